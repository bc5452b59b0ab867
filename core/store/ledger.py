"""What a failure cost: entries made by hand, causes and who owns them, and the rows that costs are counted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    ForeignKey,
    String,
    Text,
    cast,
    func,
    literal,
    select,
    union,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from core.domain import IncidentStatus, Intent
from core.store.audit import AuditRow
from core.store.base import Base
from core.store.cases import CaseRow
from core.store.deliveries import STANDS, ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow, ReadingRow

WORK = ("draft.approved", "draft.rejected", "draft.edited")
# An alarm nobody confirmed, or one that was dismissed, is no failure that cost something.
_NO_FAILURE = (IncidentStatus.SUSPECTED.value, IncidentStatus.DISMISSED.value)


class EntryRow(Base):
    """Money spent because of a failure, entered by a person. Never changed; a wrong one is taken back."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str] = mapped_column(index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    cents: Mapped[int] = mapped_column(BigInteger)
    customers: Mapped[int | None]  # how many got it; None: not said
    what: Mapped[str] = mapped_column(Text)
    author: Mapped[str]
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None]


class CauseRow(Base):
    """Why an incident happened, and who could have prevented it."""

    __tablename__ = "incident_causes"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    cause: Mapped[str]
    department: Mapped[str]
    credit_cents: Mapped[int | None]  # worth of the compensation that replies promise without an amount, per customer
    author: Mapped[str]
    at: Mapped[datetime]


def failures(db: Session, brand: str, *, since: datetime | None) -> Sequence[IncidentRow]:
    """Confirmed incidents that began since a moment (None: all), newest first."""
    rows = select(IncidentRow).where(IncidentRow.brand == brand, IncidentRow.status.not_in(_NO_FAILURE))
    rows = rows.where(IncidentRow.started_at >= since) if since else rows
    return db.scalars(rows.order_by(IncidentRow.started_at.desc())).all()


def entries(
    db: Session, brand: str, *, since: datetime | None = None, incident_id: int | None = None
) -> Sequence[EntryRow]:
    """Entries that stand, newest first, of one incident or all. ``since`` is about those that belong to none."""
    rows = select(EntryRow).where(EntryRow.brand == brand, EntryRow.voided_at.is_(None))
    rows = rows if incident_id is None else rows.where(EntryRow.incident_id == incident_id)
    if since:
        rows = rows.where(EntryRow.incident_id.is_not(None) | (EntryRow.at >= since))
    return db.scalars(rows.order_by(EntryRow.id.desc())).all()


def void(db: Session, brand: str, entry_id: int, *, by: str, now: datetime) -> bool:
    """Takes an entry back; False when it does not stand."""
    done = db.execute(
        update(EntryRow)
        .where(EntryRow.id == entry_id, EntryRow.brand == brand, EntryRow.voided_at.is_(None))
        .values(voided_at=now, voided_by=by)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def causes(db: Session, brand: str, *, incident_id: int | None = None) -> dict[int, CauseRow]:
    """By incident; ``incident_id`` None: of all."""
    rows = select(CauseRow).join(IncidentRow, IncidentRow.id == CauseRow.incident_id).where(IncidentRow.brand == brand)
    rows = rows if incident_id is None else rows.where(CauseRow.incident_id == incident_id)
    return {row.incident_id: row for row in db.scalars(rows)}


@dataclass(frozen=True, slots=True)
class Compensated:
    """A reply that went out and promised compensation."""

    incident_id: int | None
    case_id: int | None
    text: str


def compensated(
    db: Session, brand: str, *, since: datetime | None = None, incident_id: int | None = None
) -> list[Compensated]:
    """Replies sent whose words rest on the compensation of the fact sheet, of one incident or all."""
    rows = (
        select(DraftRow.incident_id, MentionRow.case_id, DeliveryRow.text)
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(
            MentionRow.brand == brand,
            STANDS,
            cast(DraftRow.facts_used, String).like('%"compensation"%'),
        )
        .order_by(DeliveryRow.id)
    )
    rows = rows.where(DeliveryRow.ended_at >= since) if since else rows
    rows = rows if incident_id is None else rows.where(DraftRow.incident_id == incident_id)
    return [Compensated(row[0], row[1], row[2]) for row in db.execute(rows)]


@dataclass(frozen=True, slots=True)
class Act:
    """A person did something with a draft."""

    actor: str
    at: datetime
    draft_id: int
    decided: bool  # else it was edited


def acts(db: Session, *, since: datetime | None = None, incident_id: int | None = None) -> list[Act]:
    """What people did in the queue, oldest first.

    Of one incident: what they did with its drafts, and what each of them had done right before, with whatever draft.
    """
    wanted = AuditRow.action.in_(WORK) if incident_id is None else AuditRow.id.in_(_acts_around(incident_id))
    rows = select(AuditRow.actor, AuditRow.at, AuditRow.subject, AuditRow.action).where(wanted)
    rows = rows.where(AuditRow.at >= since) if since else rows
    return [
        Act(row.actor, row.at, int(row.subject.removeprefix("draft:")), row.action != "draft.edited")
        for row in db.execute(rows.order_by(AuditRow.id))
    ]


def _acts_around(incident_id: int) -> CompoundSelect[int]:
    """Ids in the audit: the acts on an incident's drafts, and of each the same person's act before."""
    act, before = aliased(AuditRow), aliased(AuditRow)
    drafts = select(literal("draft:") + cast(DraftRow.id, String)).where(DraftRow.incident_id == incident_id)
    # concat keeps SQLite from beginning with everything that was ever decided
    ours = act.subject.in_(drafts), act.action.concat("").in_(WORK)
    last = (
        select(before.id)
        .where(before.actor == act.actor, before.action.concat("").in_(WORK), before.id < act.id)
        .order_by(before.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return union(select(act.id).where(*ours), select(last).where(*ours))


def queued(
    db: Session, brand: str, *, since: datetime | None = None, incident_id: int | None = None
) -> dict[int, tuple[int | None, datetime]]:
    """For each draft, of one incident or all, that was made since a moment: its incident, and when it was queued."""
    rows = (
        select(DraftRow.id, DraftRow.incident_id, DraftRow.created_at)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(MentionRow.brand == brand)
    )
    rows = rows.where(DraftRow.created_at >= since) if since else rows
    rows = rows if incident_id is None else rows.where(DraftRow.incident_id == incident_id)
    return {row[0]: (row[1], row[2]) for row in db.execute(rows)}


def leaving(db: Session, brand: str, *, incident_id: int | None = None) -> dict[int, int]:
    """How many customers of each incident, or of one, said that they may leave."""
    rows = (
        select(CaseRow.incident_id, func.count(CaseRow.id.distinct()))
        .join(MentionRow, MentionRow.case_id == CaseRow.id)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(
            CaseRow.brand == brand,
            CaseRow.incident_id.is_not(None),
            MentionRow.relevant,
            cast(ReadingRow.intents, String).like(f'%"{Intent.CHURN_THREAT.value}"%'),
        )
        .group_by(CaseRow.incident_id)
    )
    rows = rows if incident_id is None else rows.where(CaseRow.incident_id == incident_id)
    return {row[0]: row[1] for row in db.execute(rows) if row[0] is not None}
