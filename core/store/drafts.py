"""Drafts waiting in the queue and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, and_, bindparam, cast, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from core.domain import DraftStatus, Finding, Ground, Level
from core.store.base import Base
from core.store.deliveries import STANDS, ApprovalRow, DeliveryRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow, ReadingRow

NOTHING = text("'[]'")


class DraftRow(Base):
    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_queue", "status", "priority", "waiting_since", "id"),
        Index("ix_drafts_waiting", "status", "waiting_since"),
        Index("ix_drafts_sheet", "status", "incident_id", "sheet_version"),  # what is to be drawn again
        # One live draft a mention: the database itself refuses a second.
        Index(
            "uq_drafts_live",
            "mention_id",
            unique=True,
            sqlite_where=text("status IN ('waiting', 'approved')"),
            postgresql_where=text("status IN ('waiting', 'approved')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    sheet_version: Mapped[int]
    status: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str]
    stage: Mapped[str]
    persona: Mapped[str]
    moves: Mapped[list[Any]]
    written: Mapped[str] = mapped_column(Text, default="", server_default="")  # before any edit; "" when not kept
    grounds: Mapped[list[Any]] = mapped_column(default=list, server_default=NOTHING)  # as Ground, of ``written``
    facts_used: Mapped[list[Any]]
    facts_missing: Mapped[list[Any]] = mapped_column(default=list, server_default=NOTHING)  # said to be unknown
    findings: Mapped[list[Any]]  # as Finding, values of plain types
    passed: Mapped[bool]
    writer: Mapped[str]
    priority: Mapped[int]  # higher first; never from the audience's size
    waiting_since: Mapped[datetime]  # when the customer wrote
    version: Mapped[int] = mapped_column(default=1)  # counts edits; an approval names the one it saw
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # last; None: nobody's own words
    reason: Mapped[str] = mapped_column(default="")  # why it was rejected or superseded
    occasion: Mapped[str] = mapped_column(default="", server_default="")  # "" an answer, else the follow-up it is
    four_eyes: Mapped[str] = mapped_column(default="", server_default="")  # why two people must agree, by commas
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]  # when its words were last written or weighed

    mention: Mapped[MentionRow] = relationship(lazy="joined", viewonly=True)
    incident: Mapped[IncidentRow | None] = relationship(viewonly=True)

    def rests_on(self) -> list[Ground]:
        """What each sentence of ``written`` rests on; [] when the writer could not tell."""
        return [Ground(**{**ground, "heard": tuple(map(tuple, ground["heard"])), "facts": tuple(ground["facts"])})
                for ground in self.grounds]  # fmt: skip

    def found(self) -> list[Finding]:
        return [Finding(**{**finding, "level": Level(finding["level"])}) for finding in self.findings]


class EditorRow(Base):
    """Somebody who edited a draft, whichever version. Written by the database itself, from ``drafts.edited_by``."""

    __tablename__ = "draft_editors"

    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


_DRAFTS = Base.metadata.tables[DraftRow.__tablename__]
_WHOLE = (
    select(DraftRow)
    .join(DraftRow.mention)
    .outerjoin(MentionRow.reading)
    .outerjoin(MentionRow.case)
    .outerjoin(DraftRow.incident)
    .options(
        contains_eager(DraftRow.mention).options(contains_eager(MentionRow.reading), contains_eager(MentionRow.case)),
        contains_eager(DraftRow.incident),
    )
    .where(DraftRow.id == bindparam("draft_id"))
)
_HELD = select(DraftRow.id).where(DraftRow.id == bindparam("draft_id")).with_for_update()


def whole(db: Session, draft_id: int, *, lock: bool = False) -> DraftRow | None:
    """A draft with its post, reading, case and incident, in one go: who decides asks for all of them.

    ``lock``: held until the transaction ends, so that who decides second sees what the first one did.
    """
    if lock and db.get_bind().dialect.name == "postgresql":  # on SQLite who writes is alone anyway
        db.execute(_HELD, {"draft_id": draft_id})  # by itself: what is read next is as the one before left it
    return db.scalar(_WHOLE, {"draft_id": draft_id}, execution_options={"populate_existing": lock})


def editors(db: Session, draft_id: int) -> set[int]:
    """Everybody who ever edited a draft, by user id."""
    return set(db.scalars(select(EditorRow.user_id).where(EditorRow.draft_id == draft_id)))


def oldest_wait(db: Session) -> datetime | None:
    """When the longest-waiting mention with a waiting draft was posted."""
    return db.scalar(select(func.min(DraftRow.waiting_since)).where(DraftRow.status == DraftStatus.WAITING.value))


def recent_texts(db: Session, *, limit: int = 200) -> list[str]:
    """The newest replies, waiting or sent, newest first: what the next one must not repeat."""
    # Told by what they are not: SQLite would gather and sort all that wait, instead of going back from the newest.
    gone = (DraftStatus.REJECTED.value, DraftStatus.SUPERSEDED.value)
    rows = (
        select(DraftRow.text)
        .where(DraftRow.status.not_in(gone), DraftRow.text != "")
        .order_by(DraftRow.id.desc())
        .limit(limit)
    )
    return list(db.scalars(rows))


def move(
    db: Session, draft_id: int, *, expect: DraftStatus, to: DraftStatus, version: int | None = None, **values: Any
) -> bool:
    """Compare-and-set of a draft's status (and version, when given); False when it moved on since it was read."""
    rows = update(_DRAFTS).where(_DRAFTS.c.id == draft_id, _DRAFTS.c.status == expect.value)
    rows = rows if version is None else rows.where(_DRAFTS.c.version == version)
    db.flush()
    done = db.execute(rows.values(status=to.value, **values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget_superseded(db: Session, before: datetime) -> int:
    """Deletes drafts that were redrawn before a moment and never approved; returns how many."""
    approved = select(ApprovalRow.id).where(ApprovalRow.draft_id == DraftRow.id).exists()
    gone = (DraftRow.status == DraftStatus.SUPERSEDED.value, DraftRow.updated_at < before, ~approved)
    done = db.execute(delete(DraftRow).where(*gone).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def live_of(db: Session, mention_id: int) -> DraftRow | None:
    """The waiting or approved draft of a mention."""
    live = (DraftStatus.WAITING.value, DraftStatus.APPROVED.value)
    return db.scalar(select(DraftRow).where(DraftRow.mention_id == mention_id, DraftRow.status.in_(live)))


def outdated(db: Session, brand: str, now: datetime, *, limit: int) -> Sequence[DraftRow]:
    """Waiting drafts whose incident's sheet changed since; when there are none, whose promised update time has passed.

    Each is a question of its own, and + 0 makes SQLite begin with the incidents, which are few: so both go
    along an index.
    """
    rows = (
        select(DraftRow)
        .join(IncidentRow, IncidentRow.id + 0 == DraftRow.incident_id)
        .where(IncidentRow.brand == brand, DraftRow.status == DraftStatus.WAITING.value)
        .order_by(DraftRow.id)
        .limit(limit)
    )
    behind = DraftRow.sheet_version < IncidentRow.sheet_version
    promised = and_(
        IncidentRow.next_update_at <= now,
        DraftRow.updated_at < IncidentRow.next_update_at,
        or_(DraftRow.edited_by.is_not(None), cast(DraftRow.facts_used, Text).contains('"next_update_at"')),
    )
    return db.scalars(rows.where(behind)).all() or db.scalars(rows.where(promised)).all()


def unjoined(db: Session, brand: str, *, since: datetime, limit: int) -> Sequence[DraftRow]:
    """Waiting drafts on outage mentions since a moment that were written before there was an incident."""
    return db.scalars(
        select(DraftRow)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(
            DraftRow.status == DraftStatus.WAITING.value,
            DraftRow.incident_id.is_(None),
            MentionRow.brand.concat("") == brand,  # keeps SQLite from going through every mention since then
            MentionRow.created_at >= since,
            ReadingRow.outage,
        )
        .order_by(DraftRow.sheet_version, DraftRow.id)  # as ix_drafts_sheet has them
        .limit(limit)
    ).all()


def waiting_of_case(db: Session, case_id: int) -> Sequence[DraftRow]:
    """The waiting drafts of a case, locked."""
    return db.scalars(
        select(DraftRow)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(MentionRow.case_id == case_id, DraftRow.status == DraftStatus.WAITING.value)
        .with_for_update(of=DraftRow)
    ).all()


def sent_to_case(db: Session, case_id: int) -> Sequence[str]:
    """What we told this customer and still stand by, oldest first."""
    rows = (
        select(DeliveryRow.text)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(MentionRow.case_id == case_id, STANDS, DeliveryRow.text != "")
        .order_by(DeliveryRow.id)
    )
    return db.scalars(rows).all()
