"""The second words that customers are owed: for a promise that was kept or broken, and at the end of an incident."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import DraftStatus, FollowUpStatus, IncidentStatus
from core.store import promise_readings
from core.store.base import Base, UtcDateTime
from core.store.cases import CaseRow
from core.store.deliveries import STANDS, ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow, insert_or_ignore
from core.store.promise_readings import PromiseReadingRow
from core.store.promises import PromiseWordRow


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


def due(db: Session, brand: str, *, after: int = 0, limit: int) -> Sequence[FollowUpRow]:
    return db.scalars(
        select(FollowUpRow)
        .where(FollowUpRow.brand == brand, FollowUpRow.status == FollowUpStatus.DUE.value, FollowUpRow.id > after)
        .order_by(FollowUpRow.id)
        .limit(limit)
    ).all()


def conclude(
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


def due_again(db: Session, draft_id: int, now: datetime) -> None:
    """The draft of a follow-up was taken back because its facts changed: it is due again."""
    db.execute(
        update(FollowUpRow)
        .where(FollowUpRow.draft_id == draft_id, FollowUpRow.status == FollowUpStatus.DRAFTED.value)
        .values(status=FollowUpStatus.DUE.value, draft_id=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )


def of_draft(db: Session, draft_id: int) -> FollowUpRow | None:
    """The follow-up that a draft is."""
    return db.scalar(select(FollowUpRow).where(FollowUpRow.draft_id == draft_id).limit(1))


def under_way(db: Session, promise_id: int) -> int:
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
    """Whether a reply of ours that still stands reached a customer at or after a moment."""
    rows = (
        select(DeliveryRow.id)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(
            MentionRow.case_id == case_id,
            STANDS,
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
        promise_readings.mark_read(db, resolution(other), now)


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
