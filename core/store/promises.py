"""Promises, the words that made them, and the follow-ups owed to those who were promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    cast,
    delete,
    false,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from core.domain import DeliveryStatus, DraftStatus, FollowUpStatus, IncidentStatus, PromiseKind, PromiseStatus
from core.store.base import Base, UtcDateTime
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.incidents import FactRow, IncidentRow, TimelineRow
from core.store.mentions import MentionRow, insert_or_ignore


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


class PromiseReadingRow(Base):
    """What has been looked through for commitments: each approval, fact and edit exactly once."""

    __tablename__ = "promise_readings"

    source: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class FollowUpRow(Base):
    """A second word to a customer whom we answered or promised something; one per customer and occasion."""

    __tablename__ = "follow_ups"
    __table_args__ = (UniqueConstraint("case_id", "occasion"), Index("ix_follow_ups_status", "status", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promises.id"), index=True)
    occasion: Mapped[str]  # "promise:12", "resolved:5:1763654400"
    kind: Mapped[str]  # a PromiseKind, or "resolved"
    status: Mapped[str] = mapped_column(default=FollowUpStatus.DUE.value)
    reason: Mapped[str] = mapped_column(default="")
    draft_id: Mapped[int | None] = mapped_column(index=True)  # no foreign key: drafts that were redrawn are forgotten
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


# --- what is still to be looked through ------------------------------------------------------------------------


def _unread(prefix: str, row_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    source = literal(prefix) + cast(row_id, String)
    return ~select(PromiseReadingRow.source).where(PromiseReadingRow.source == source).exists()


def unread_approvals(db: Session, brand: str, now: datetime, *, limit: int) -> Sequence[tuple[ApprovalRow, DraftRow]]:
    """Approvals whose undo time is over and that stand, not looked through yet, with the draft that they bind."""
    rows = (
        select(ApprovalRow, DraftRow)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        # concat keeps SQLite from beginning with every mention of the brand
        .where(MentionRow.brand.concat("") == brand, ApprovalRow.release_at <= now, ApprovalRow.revoked_at.is_(None))
        .where(_unread("approval:", ApprovalRow.id))
        .order_by(ApprovalRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def unread_facts(db: Session, brand: str, *, limit: int) -> Sequence[tuple[FactRow, IncidentRow]]:
    """Published texts of fact sheets that were not looked through yet."""
    rows = (
        select(FactRow, IncidentRow)
        .join(IncidentRow, IncidentRow.id == FactRow.incident_id)
        .where(IncidentRow.brand == brand, FactRow.safe, FactRow.text != "", _unread("fact:", FactRow.id))
        .order_by(FactRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def unread_edits(db: Session, brand: str, *, limit: int) -> Sequence[tuple[TimelineRow, IncidentRow]]:
    """Entries of the timelines that were not looked through yet: they name every update time that was promised."""
    rows = (
        select(TimelineRow, IncidentRow)
        .join(IncidentRow, IncidentRow.id == TimelineRow.incident_id)
        .where(IncidentRow.brand == brand, _unread("timeline:", TimelineRow.id))
        .order_by(TimelineRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def mark_read(db: Session, source: str, now: datetime) -> bool:
    """Whether we are the first to look through a source."""
    row = insert_or_ignore(db, PromiseReadingRow, {"source": source, "at": now}).returning(PromiseReadingRow.source)
    return db.execute(row).scalar_one_or_none() is not None


# --- promises --------------------------------------------------------------------------------------------------


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
    """Open promises that nothing published and no standing approval makes any more."""
    stands = (
        select(PromiseWordRow.id)
        .outerjoin(ApprovalRow, ApprovalRow.id == PromiseWordRow.approval_id)
        .where(PromiseWordRow.promise_id == PromiseRow.id, ApprovalRow.revoked_at.is_(None))
    )
    return db.scalars(
        select(PromiseRow).where(
            PromiseRow.brand == brand, PromiseRow.status == PromiseStatus.OPEN.value, ~stands.exists()
        )
    ).all()


@dataclass(frozen=True, slots=True)
class Reach:
    """To how many customers a promise was given, and where it stands in public."""

    customers: int = 0
    published: bool = False


def reach(db: Session, promise_ids: Sequence[int]) -> dict[int, Reach]:
    """For each promise: customers of standing approvals, and whether a fact sheet makes it too."""
    ids = list(promise_ids)
    told = (
        select(PromiseWordRow.promise_id, func.count(PromiseWordRow.case_id.distinct()))
        .outerjoin(ApprovalRow, ApprovalRow.id == PromiseWordRow.approval_id)
        .where(PromiseWordRow.promise_id.in_(ids), ApprovalRow.revoked_at.is_(None))
        .group_by(PromiseWordRow.promise_id)
    )
    public = select(PromiseWordRow.promise_id).where(
        PromiseWordRow.promise_id.in_(ids), PromiseWordRow.approval_id.is_(None)
    )
    customers, shown = {row[0]: row[1] for row in db.execute(told)}, set(db.scalars(public))
    return {each: Reach(customers.get(each, 0), each in shown) for each in ids}


def promised_cases(db: Session, promise_id: int) -> Sequence[int]:
    """The cases whose customers really got the promise: the reply went out."""
    rows = db.scalars(
        select(PromiseWordRow.case_id)
        .join(DeliveryRow, DeliveryRow.approval_id == PromiseWordRow.approval_id)
        .where(
            PromiseWordRow.promise_id == promise_id,
            PromiseWordRow.case_id.is_not(None),
            DeliveryRow.status == DeliveryStatus.SENT.value,
        )
        .distinct()
    )
    return [case_id for case_id in rows if case_id is not None]


# --- follow-ups ------------------------------------------------------------------------------------------------


def owe(
    db: Session,
    *,
    brand: str,
    case_id: int,
    occasion: str,
    kind: str,
    incident_id: int | None,
    promise_id: int | None,
    now: datetime,
) -> bool:
    """Notes that a customer is owed a follow-up, once per occasion."""
    values = {"brand": brand, "case_id": case_id, "occasion": occasion, "kind": kind, "incident_id": incident_id}
    values |= {"promise_id": promise_id, "status": FollowUpStatus.DUE.value, "reason": "", "draft_id": None}
    values |= {"created_at": now, "updated_at": now}
    return (
        db.execute(insert_or_ignore(db, FollowUpRow, values).returning(FollowUpRow.id)).scalar_one_or_none() is not None
    )


def due_follow_ups(db: Session, brand: str, *, after: int = 0, limit: int) -> Sequence[FollowUpRow]:
    return db.scalars(
        select(FollowUpRow)
        .where(FollowUpRow.brand == brand, FollowUpRow.status == FollowUpStatus.DUE.value, FollowUpRow.id > after)
        .order_by(FollowUpRow.id)
        .limit(limit)
    ).all()


def conclude_follow_up(
    db: Session, follow_up_id: int, *, to: FollowUpStatus, now: datetime, reason: str = "", draft_id: int | None = None
) -> bool:
    """Compare-and-set of a due follow-up; False when another process had it first."""
    done = db.execute(
        update(FollowUpRow)
        .where(FollowUpRow.id == follow_up_id, FollowUpRow.status == FollowUpStatus.DUE.value)
        .values(status=to.value, reason=reason, draft_id=draft_id, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def follow_up_again(db: Session, draft_id: int, now: datetime) -> None:
    """The draft of a follow-up was taken back because its facts changed: it is due again."""
    db.execute(
        update(FollowUpRow)
        .where(FollowUpRow.draft_id == draft_id, FollowUpRow.status == FollowUpStatus.DRAFTED.value)
        .values(status=FollowUpStatus.DUE.value, draft_id=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def follow_up_of(db: Session, draft_id: int) -> FollowUpRow | None:
    """The follow-up that a draft is."""
    return db.scalar(select(FollowUpRow).where(FollowUpRow.draft_id == draft_id).limit(1))


def follow_ups_under_way(db: Session, promise_id: int) -> int:
    """How many customers of a promise still wait for their follow-up: due, in the queue, or on its way."""
    live = DraftRow.status.in_([DraftStatus.WAITING.value, DraftStatus.APPROVED.value])
    rows = (
        select(func.count(FollowUpRow.id.distinct()))
        .join(PromiseWordRow, PromiseWordRow.case_id == FollowUpRow.case_id)
        .outerjoin(DraftRow, DraftRow.id == FollowUpRow.draft_id)
        .where(PromiseWordRow.promise_id == promise_id, FollowUpRow.kind == "resolved")
        .where((FollowUpRow.status == FollowUpStatus.DUE.value) | live)
    )
    return db.scalar(rows) or 0


def answered_since(db: Session, case_id: int, moment: datetime) -> bool:
    """Whether a reply of ours reached a customer at or after a moment."""
    rows = (
        select(DeliveryRow.id)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(
            MentionRow.case_id == case_id,
            DeliveryRow.status == DeliveryStatus.SENT.value,
            DeliveryRow.ended_at >= moment,
        )
    )
    return db.scalar(rows.limit(1)) is not None


def resolved_unread(db: Session, brand: str) -> Sequence[IncidentRow]:
    """Incidents that are over and whose customers were not noted for a follow-up yet."""
    over = (IncidentStatus.RESOLVED.value, IncidentStatus.CLOSED.value)
    rows = select(IncidentRow).where(
        IncidentRow.brand == brand, IncidentRow.status.in_(over), IncidentRow.resolved_at.is_not(None)
    )
    found = db.scalars(rows.order_by(IncidentRow.id)).all()
    keys = {row.id: resolution(row) for row in found}
    seen = set(db.scalars(select(PromiseReadingRow.source).where(PromiseReadingRow.source.in_(keys.values()))))
    return [row for row in found if keys[row.id] not in seen]


def resolution(incident: IncidentRow) -> str:
    """The name of one end of an incident: one that comes back and ends again has another."""
    at = incident.resolved_at
    return f"resolved:{incident.id}:{int(at.timestamp()) if at else 0}"


def end_counts_anew(db: Session, incident: IncidentRow) -> None:
    """Others joined an incident that is over: they are owed its end too. Who was noted already stays noted once."""
    read = delete(PromiseReadingRow).where(PromiseReadingRow.source == resolution(incident))
    db.execute(read, execution_options={"synchronize_session": False})


def same_end(db: Session, incident: IncidentRow, other: IncidentRow, now: datetime) -> None:
    """``other`` came from an incident that is over: who was noted there is not noted a second time."""
    if incident.resolved_at is not None and db.get(PromiseReadingRow, resolution(incident)) is not None:
        mark_read(db, resolution(other), now)


def owed_again(db: Session, incident: IncidentRow, *, since: datetime, now: datetime) -> None:
    """The end of an incident holds again: what was dropped since a moment because it did not is due once more."""
    db.execute(
        update(FollowUpRow)
        .where(
            FollowUpRow.occasion == resolution(incident),
            FollowUpRow.status == FollowUpStatus.SKIPPED.value,
            FollowUpRow.updated_at >= since,
        )
        .values(status=FollowUpStatus.DUE.value, reason="", updated_at=now)
        .execution_options(synchronize_session=False)
    )


def owe_end(db: Session, incident: IncidentRow, now: datetime) -> int:
    """Everybody who complained is owed the end of an incident, once; returns to how many that is new.

    One statement: a row at a time, a large incident would keep all others from writing for half a minute. Who may be
    written to, and whether a first answer waits, is asked when drawing.
    """
    said = {"brand": incident.brand, "occasion": resolution(incident), "kind": "resolved", "reason": ""}
    said |= {"status": FollowUpStatus.DUE.value}
    whom = select(
        CaseRow.id, CaseRow.incident_id, *(literal(now, UtcDateTime()) for _ in range(2)), *map(literal, said.values())
    ).where(CaseRow.incident_id == incident.id)
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    names = ["case_id", "incident_id", "created_at", "updated_at", *said]
    owed = dialect.insert(FollowUpRow).from_select(names, whom).on_conflict_do_nothing()
    return len(db.scalars(owed.returning(FollowUpRow.id)).all())
