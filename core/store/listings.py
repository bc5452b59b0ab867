"""What the pages list and count across nouns: customers of an incident, mentions of a source, decisions by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from core.domain import OPEN, DeliveryStatus, DraftStatus, IncidentStatus
from core.store.audit import AuditRow
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.incidents import FactRow, IncidentRow
from core.store.mentions import MentionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How far an incident reaches and how far we have come with answering."""

    customers: int = 0
    mentions: int = 0
    waiting: int = 0
    sent: int = 0


def incident(db: Session, brand: str, incident_id: int) -> IncidentRow | None:
    """An incident of this brand; another brand's is not found."""
    row = db.get(IncidentRow, incident_id)
    return row if row is not None and row.brand == brand else None


_UNENDED = IncidentRow.status.in_([status.value for status in (*OPEN, IncidentStatus.SUSPECTED)])


def _lingers(since: datetime) -> ColumnElement[bool]:
    """As ``IncidentRow.lingers``."""
    return and_(IncidentRow.status == IncidentStatus.RESOLVED.value, IncidentRow.resolved_at <= since)


def incidents_unended(db: Session, brand: str) -> Sequence[IncidentRow]:
    """Those that a person has yet to end, newest first."""
    rows = select(IncidentRow).where(IncidentRow.brand == brand, _UNENDED)
    return db.scalars(rows.order_by(IncidentRow.id.desc())).all()


def incidents_parted(db: Session, brand: str, *, since: datetime) -> tuple[list[IncidentRow], list[IncidentRow]]:
    """The same in two: those that go on, and those that were resolved before ``since`` and nobody closed."""
    rows = incidents_unended(db, brand)
    return [row for row in rows if not row.lingers(since)], [row for row in rows if row.lingers(since)]


def incidents_over(
    db: Session, brand: str, *, since: datetime, before: int | None = None, limit: int
) -> Sequence[IncidentRow]:
    """All but those that go on, newest first; ``before`` is the id of the last one seen."""
    rows = select(IncidentRow).where(IncidentRow.brand == brand, or_(not_(_UNENDED), _lingers(since)))
    rows = rows if before is None else rows.where(IncidentRow.id < before)
    return db.scalars(rows.order_by(IncidentRow.id.desc()).limit(limit)).all()


def newest_incidents(db: Session, brand: str, *, limit: int) -> Sequence[IncidentRow]:
    return db.scalars(
        select(IncidentRow).where(IncidentRow.brand == brand).order_by(IncidentRow.id.desc()).limit(limit)
    ).all()


def figures(db: Session, incident_ids: Sequence[int]) -> Mapping[int, Figures]:
    """The figures of each of these incidents, four queries whatever their number."""
    ids = list(incident_ids)
    customers = (
        select(CaseRow.incident_id, func.count()).where(CaseRow.incident_id.in_(ids)).group_by(CaseRow.incident_id)
    )
    mentions = (
        select(CaseRow.incident_id, func.count())
        .join(MentionRow, MentionRow.case_id == CaseRow.id)
        .where(CaseRow.incident_id.in_(ids), MentionRow.relevant)
        .group_by(CaseRow.incident_id)
    )
    waiting = (
        select(DraftRow.incident_id, func.count())
        .where(DraftRow.incident_id.in_(ids), DraftRow.status == DraftStatus.WAITING.value)
        .group_by(DraftRow.incident_id)
    )
    sent = (
        select(DraftRow.incident_id, func.count())
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .where(DraftRow.incident_id.in_(ids), DeliveryRow.status == DeliveryStatus.SENT.value)
        .group_by(DraftRow.incident_id)
    )
    counts = [{row[0]: row[1] for row in db.execute(query)} for query in (customers, mentions, waiting, sent)]
    names = ("customers", "mentions", "waiting", "sent")
    return {key: Figures(**{name: found.get(key, 0) for name, found in zip(names, counts, strict=True)}) for key in ids}


def facts_now(db: Session, incident_id: int) -> dict[str, FactRow]:
    """The newest row of each fact by name, also when it is taken back (empty) or not safe to publish."""
    rows = db.scalars(select(FactRow).where(FactRow.incident_id == incident_id).order_by(FactRow.id))
    return {row.name: row for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What went out through one publisher."""

    last_sent: datetime | None = None
    sent_today: int = 0
    unknown: int = 0  # waits for a person to say whether it went out


def posted(db: Session, since: datetime) -> dict[str, Posted]:
    """By publisher; ``since`` is the start of today."""
    sent = DeliveryRow.status == DeliveryStatus.SENT.value
    rows = db.execute(
        select(
            ApprovalRow.publisher,
            func.max(DeliveryRow.ended_at).filter(sent).label("last"),
            func.count().filter(sent, DeliveryRow.ended_at >= since).label("today"),
            func.count().filter(DeliveryRow.status == DeliveryStatus.UNKNOWN.value).label("unknown"),
        )
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .group_by(ApprovalRow.publisher)
    )
    return {row.publisher: Posted(last_sent=row.last, sent_today=row.today, unknown=row.unknown) for row in rows}


def audit_actions(db: Session) -> list[str]:
    """Every kind of decision on record, by name."""
    return list(db.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)))
