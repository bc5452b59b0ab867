"""Promises, and the words that made them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, Text, UniqueConstraint, false, func, not_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import PromiseKind, PromiseStatus
from core.store.base import Base
from core.store.deliveries import NOTHING_LEFT, STANDS, ApprovalRow, DeliveryRow
from core.store.incidents import IncidentRow


class PromiseRow(Base):
    """One commitment; the same one made to many customers is one row with many words."""

    __tablename__ = "promises"
    __table_args__ = (Index("ix_promises_due", "status", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))  # set when it is personal to one customer
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(Text)  # the sentence that made it first
    owner: Mapped[str]
    due_at: Mapped[datetime]
    supposed: Mapped[bool] = mapped_column(default=False, server_default=false())  # the words named no time
    made_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default=PromiseStatus.OPEN.value)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class PromiseWordRow(Base):
    """One sentence that made a promise, and to whom."""

    __tablename__ = "promise_words"
    __table_args__ = (UniqueConstraint("source", "start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"), index=True)
    source: Mapped[str]  # "approval:12", "fact:3", "timeline:7"
    start: Mapped[int]  # code-point offset in the source's text
    sentence: Mapped[str] = mapped_column(Text)
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approvals.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    made_at: Mapped[datetime]


def alike(
    db: Session, *, incident_id: int, kind: PromiseKind, due_at: datetime, slack: timedelta, supposed: bool
) -> PromiseRow | None:
    """The open promise of an incident that the same words to another customer belong to."""
    rows = select(PromiseRow).where(
        PromiseRow.incident_id == incident_id,
        PromiseRow.case_id.is_(None),
        PromiseRow.kind == kind.value,
        PromiseRow.status == PromiseStatus.OPEN.value,
    )
    if supposed:
        rows = rows.where(PromiseRow.supposed)
    else:
        rows = rows.where(PromiseRow.due_at >= due_at - slack, PromiseRow.due_at <= due_at + slack)
    return db.scalar(rows.order_by(PromiseRow.id).limit(1))


def add_word(db: Session, row: PromiseWordRow) -> None:
    db.add(row)
    db.flush()


def move(db: Session, promise_id: int, *, to: PromiseStatus, at: datetime, by: str, reason: str) -> bool:
    """Settles an open promise; False when somebody else settled it first."""
    done = db.execute(
        update(PromiseRow)
        .where(PromiseRow.id == promise_id, PromiseRow.status == PromiseStatus.OPEN.value)
        .values(status=to.value, settled_at=at, settled_by=by, reason=reason)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def one(db: Session, brand: str, promise_id: int, *, lock: bool = False) -> PromiseRow | None:
    """A promise of this brand."""
    row = db.get(PromiseRow, promise_id, with_for_update=lock or None)
    return row if row is not None and row.brand == brand else None


def with_status(db: Session, brand: str, status: PromiseStatus, *, limit: int = 200) -> Sequence[PromiseRow]:
    """Open ones with the nearest due time first, settled ones with the newest first."""
    rows = select(PromiseRow).where(PromiseRow.brand == brand, PromiseRow.status == status.value).limit(limit)
    if status is PromiseStatus.OPEN:
        return db.scalars(rows.order_by(PromiseRow.due_at, PromiseRow.id)).all()
    return db.scalars(rows.order_by(PromiseRow.settled_at.desc(), PromiseRow.id.desc())).all()


def counts(db: Session, brand: str) -> dict[str, int]:
    """How many promises there are in each status."""
    rows = select(PromiseRow.status, func.count()).where(PromiseRow.brand == brand).group_by(PromiseRow.status)
    return {row[0]: row[1] for row in db.execute(rows)}


def open_due(db: Session, brand: str, before: datetime) -> Sequence[PromiseRow]:
    """Open promises whose time is up, the longest overdue first."""
    return db.scalars(
        select(PromiseRow)
        .where(
            PromiseRow.brand == brand, PromiseRow.status == PromiseStatus.OPEN.value, PromiseRow.due_at <= before
        )
        .order_by(PromiseRow.due_at, PromiseRow.id)
    ).all()  # fmt: skip


def open_of(db: Session, incident_id: int, kind: PromiseKind) -> Sequence[PromiseRow]:
    return db.scalars(
        select(PromiseRow).where(
            PromiseRow.incident_id == incident_id,
            PromiseRow.kind == kind.value,
            PromiseRow.status == PromiseStatus.OPEN.value,
        )
    ).all()


def open_incidents(db: Session, brand: str) -> Sequence[IncidentRow]:
    """Incidents that open promises belong to."""
    rows = select(PromiseRow.incident_id).where(
        PromiseRow.brand == brand, PromiseRow.status == PromiseStatus.OPEN.value, PromiseRow.incident_id.is_not(None)
    )
    return db.scalars(select(IncidentRow).where(IncidentRow.id.in_(rows)).order_by(IncidentRow.id)).all()


def taken_back(db: Session, brand: str) -> Sequence[PromiseRow]:
    """Open promises that nothing published and no reply that stands makes any more."""
    stands = _standing(select(PromiseWordRow.id).where(PromiseWordRow.promise_id == PromiseRow.id))
    return db.scalars(
        select(PromiseRow).where(
            PromiseRow.brand == brand, PromiseRow.status == PromiseStatus.OPEN.value, ~stands.exists()
        )
    ).all()


def _standing(words: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The words that are published, or stand in a reply that is out or on its way."""
    return (
        words.outerjoin(ApprovalRow, ApprovalRow.id == PromiseWordRow.approval_id)
        .outerjoin(DeliveryRow, DeliveryRow.approval_id == PromiseWordRow.approval_id)
        .where(ApprovalRow.revoked_at.is_(None), or_(DeliveryRow.id.is_(None), not_(NOTHING_LEFT)))
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """To how many customers a promise was given, and where it stands in public."""

    customers: int = 0
    published: bool = False


def reach(db: Session, promise_ids: Sequence[int]) -> dict[int, Reach]:
    """For each promise: customers of replies that stand, and whether a fact sheet makes it too."""
    ids = list(promise_ids)
    told = _standing(
        select(PromiseWordRow.promise_id, func.count(PromiseWordRow.case_id.distinct()))
        .where(PromiseWordRow.promise_id.in_(ids))
        .group_by(PromiseWordRow.promise_id)
    )
    public = select(PromiseWordRow.promise_id).where(
        PromiseWordRow.promise_id.in_(ids), PromiseWordRow.approval_id.is_(None)
    )
    customers, shown = {row[0]: row[1] for row in db.execute(told)}, set(db.scalars(public))
    return {each: Reach(customers.get(each, 0), each in shown) for each in ids}


def promised_cases(db: Session, promise_id: int) -> Sequence[int]:
    """The cases whose customers really have the promise: the reply went out, and is still up."""
    rows = db.scalars(
        select(PromiseWordRow.case_id)
        .join(DeliveryRow, DeliveryRow.approval_id == PromiseWordRow.approval_id)
        .where(
            PromiseWordRow.promise_id == promise_id,
            PromiseWordRow.case_id.is_not(None),
            STANDS,
        )
        .distinct()
    )
    return [case_id for case_id in rows if case_id is not None]
