"""Holds on promotions, what schedulers asked about while one stood, and the calls that tell them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from core.domain import DraftStatus, Eligibility, MentionStatus
from core.store.base import Base
from core.store.cases import CaseRow
from core.store.deliveries import STANDS, ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow, insert_or_ignore

DUE, SENT, FAILED = "due", "sent", "failed"  # a call: due → sent | failed; failed → due when a person says so
_OTHER = aliased(MentionRow)  # any post of the same customer


class HoldRow(Base):
    """One stretch of time in which nothing is promoted. ``released_at`` None: it stands."""

    __tablename__ = "promotion_holds"
    __table_args__ = (
        # One standing hold a brand: two processes that see the same crisis make one.
        Index(
            "uq_promotion_holds_standing",
            "brand",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    began_by: Mapped[str]
    began_at: Mapped[datetime]
    released_by: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None]
    override: Mapped[str] = mapped_column(Text, default="")  # why it ended over unanswered anger


class HeldRow(Base):
    """A promotion that a scheduler asked about and was told to keep back."""

    __tablename__ = "promotions_held"
    __table_args__ = (UniqueConstraint("hold_id", "promotion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("promotion_holds.id"), index=True)
    promotion: Mapped[str]  # the scheduler's own id
    title: Mapped[str]
    channel: Mapped[str]
    scheduled_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]


class CallRow(Base):
    """One message to one scheduler. Its bytes never change; every try signs them anew."""

    __tablename__ = "promotion_calls"
    __table_args__ = (UniqueConstraint("hold_id", "event", "url"), Index("ix_promotion_calls_due", "status", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey("promotion_holds.id"))
    event: Mapped[str]  # promotions.hold | promotions.release
    url: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(default=DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    problem: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def standing(db: Session, brand: str, *, lock: bool = False) -> HoldRow | None:
    """The hold that stands, if one does."""
    rows = select(HoldRow).where(HoldRow.brand == brand, HoldRow.released_at.is_(None))
    return db.scalar(rows.with_for_update() if lock else rows)


def begin(db: Session, **values: Any) -> int | None:
    """A new hold's id; None when one stands already."""
    values = {"released_by": "", "released_at": None, "override": ""} | values
    return db.execute(insert_or_ignore(db, HoldRow, values).returning(HoldRow.id)).scalar_one_or_none()


def past(db: Session, brand: str, *, limit: int = 20) -> Sequence[HoldRow]:
    """Holds that ended, newest first."""
    rows = select(HoldRow).where(HoldRow.brand == brand, HoldRow.released_at.is_not(None))
    return db.scalars(rows.order_by(HoldRow.id.desc()).limit(limit)).all()


def of_incident(db: Session, incident_id: int) -> HoldRow | None:
    """The newest hold for an incident, standing or over."""
    rows = select(HoldRow).where(HoldRow.incident_id == incident_id).order_by(HoldRow.id.desc())
    return db.scalar(rows.limit(1))


def hold_back(db: Session, **values: Any) -> None:
    """Lists a promotion as held; asking again changes nothing."""
    db.execute(insert_or_ignore(db, HeldRow, values))


def held(db: Session, hold_id: int) -> Sequence[HeldRow]:
    return db.scalars(select(HeldRow).where(HeldRow.hold_id == hold_id).order_by(HeldRow.id)).all()


def add_call(db: Session, **values: Any) -> None:
    db.execute(insert_or_ignore(db, CallRow, {"status": DUE, "attempts": 0, "problem": "", "ended_at": None} | values))


def due_calls(db: Session, now: datetime, *, limit: int = 50) -> Sequence[CallRow]:
    rows = select(CallRow).where(CallRow.status == DUE, CallRow.not_before <= now).order_by(CallRow.id).limit(limit)
    return db.scalars(rows).all()


def calls_of(db: Session, hold_ids: Sequence[int]) -> Sequence[CallRow]:
    return db.scalars(select(CallRow).where(CallRow.hold_id.in_(list(hold_ids))).order_by(CallRow.id)).all()


def claim_call(db: Session, call_id: int, *, attempt: int, not_before: datetime) -> bool:
    """Takes one try of a call, and puts the next one off until ``not_before`` in case we die in it."""
    done = db.execute(
        update(CallRow)
        .where(CallRow.id == call_id, CallRow.status == DUE, CallRow.attempts == attempt)
        .values(attempts=attempt + 1, not_before=not_before)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def end_call(db: Session, call_id: int, *, attempt: int, **values: Any) -> None:
    """Writes down what became of a try, unless a later one began meanwhile."""
    db.execute(
        update(CallRow)
        .where(CallRow.id == call_id, CallRow.attempts == attempt, CallRow.status == DUE)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def drop_calls(db: Session, hold_id: int, event: str, now: datetime) -> None:
    """Gives up what was not taken yet of an event that is over."""
    db.execute(
        update(CallRow)
        .where(CallRow.hold_id == hold_id, CallRow.event == event, CallRow.status == DUE)
        .values(status=FAILED, ended_at=now, problem="the hold ended before it was taken")
        .execution_options(synchronize_session=False)
    )


def call_again(db: Session, brand: str, now: datetime) -> int:
    """Makes every failed call due again; returns how many."""
    holds = select(HoldRow.id).where(HoldRow.brand == brand)
    done = db.execute(
        update(CallRow)
        .where(CallRow.status == FAILED, CallRow.hold_id.in_(holds))
        .values(status=DUE, attempts=0, not_before=now, ended_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def unanswered_anger(db: Session, incident_id: int) -> int:
    """Angry outage posts of an incident's customers that we may answer and that have no answer yet.

    Answered: a reply went out to the customer after the post. A post whose reply a person rejected is decided; one
    that did not address us cannot be answered and would hold promotions for ever.
    """
    answered = (
        select(DeliveryRow.id)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(_OTHER, _OTHER.id == DraftRow.mention_id)
        .where(
            _OTHER.case_id == MentionRow.case_id,
            STANDS,
            DeliveryRow.ended_at >= MentionRow.created_at,
        )
    )
    rejected = select(DraftRow.id).where(
        DraftRow.mention_id == MentionRow.id, DraftRow.status == DraftStatus.REJECTED.value
    )
    rows = (
        select(func.count(MentionRow.id))
        .join(CaseRow, CaseRow.id == MentionRow.case_id)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(
            CaseRow.incident_id == incident_id,
            CaseRow.opted_out_at.is_(None),
            MentionRow.eligible != Eligibility.NONE.value,
            MentionRow.status != MentionStatus.WATCHED.value,
            MentionRow.relevant,
            ReadingRow.angry,
            ReadingRow.outage,
            ~answered.exists(),
            ~rejected.exists(),
        )
    )
    return db.scalar(rows) or 0
