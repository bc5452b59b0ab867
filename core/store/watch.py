"""What the watch over alarms asks of the rows, every few seconds: each query goes along an index."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from core.domain import OPEN, DeliveryStatus, DraftStatus, Impact, IncidentStatus, Sentiment
from core.store.deliveries import ApprovalRow, DeliveryRow, Look
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow, ReadingRow

_DECIDED = (DraftStatus.APPROVED.value, DraftStatus.DONE.value, DraftStatus.REJECTED.value)


def suspected(db: Session, brand: str) -> Sequence[IncidentRow]:
    """Incidents that the detector opened and nobody confirmed or dismissed."""
    rows = select(IncidentRow).where(IncidentRow.brand == brand, IncidentRow.status == IncidentStatus.SUSPECTED.value)
    return db.scalars(rows.order_by(IncidentRow.id)).all()


def overdue(db: Session, brand: str, now: datetime) -> Sequence[IncidentRow]:
    """Incidents that go on and whose promised update time has passed; an end is an update."""
    rows = select(IncidentRow).where(
        IncidentRow.brand == brand,
        IncidentRow.status.in_([status.value for status in OPEN - {IncidentStatus.RESOLVED}]),
        IncidentRow.next_update_at <= now,
    )
    return db.scalars(rows.order_by(IncidentRow.id)).all()


def complaints(db: Session, brand: str, *, start: datetime, end: datetime) -> dict[str, int]:
    """How many mentions in [start, end) complain (negative, or about an outage), by platform."""
    rows = db.execute(
        select(MentionRow.platform, func.count())
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(
            MentionRow.brand == brand,
            MentionRow.created_at >= start,
            MentionRow.created_at < end,
            MentionRow.relevant,
            or_(ReadingRow.outage, ReadingRow.sentiment == Sentiment.NEGATIVE.value),
        )
        .group_by(MentionRow.platform)
    )
    return {row[0]: row[1] for row in rows}


def last_sent(db: Session, platform: str) -> datetime | None:
    """When our newest reply on a platform went out."""
    return db.scalar(
        select(DeliveryRow.ended_at)
        .where(DeliveryRow.status == DeliveryStatus.SENT.value, DeliveryRow.platform == platform)
        .order_by(DeliveryRow.id.desc())
        .limit(1)
    )


def stuck(db: Session) -> dict[str, tuple[int, str]]:
    """Approved replies whose last try failed, by publisher: how many, and what was said of the newest."""
    rows = db.execute(
        select(ApprovalRow.publisher, DeliveryRow.problem)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .where(DeliveryRow.status == DeliveryStatus.APPROVED.value, DeliveryRow.problem != "")
        .order_by(DeliveryRow.id)
    )
    found: dict[str, tuple[int, str]] = {}
    for publisher, problem in rows:
        found[publisher] = (found.get(publisher, (0, ""))[0] + 1, problem)
    return found


def unlike_approved(db: Session, since: datetime) -> Sequence[DeliveryRow]:
    """Sent replies, still up, that were found since a moment to differ from what was approved, or never seen."""
    found_at = case((DeliveryRow.look == Look.UNSEEN, DeliveryRow.look_at), else_=DeliveryRow.looked_at)
    return db.scalars(
        select(DeliveryRow)
        .where(
            DeliveryRow.look.in_([Look.DIFFERS, Look.UNSEEN]),
            DeliveryRow.status == DeliveryStatus.SENT.value,
            DeliveryRow.taken_down_at.is_(None),
            found_at >= since,
        )
        .order_by(DeliveryRow.id)
        .limit(50)
    ).all()


class Danger(NamedTuple):
    """A mention that speaks of danger; ``draft``: the reply that waits for it."""

    id: int
    case_id: int | None
    platform: str
    created_at: datetime
    draft: int | None


def in_danger(db: Session, brand: str, since: datetime) -> Sequence[Danger]:
    """Mentions since a moment that speak of danger and that nobody decided on, oldest first; every one."""
    decided = select(DraftRow.id).where(DraftRow.mention_id == MentionRow.id, DraftRow.status.in_(_DECIDED)).exists()
    waiting = (
        select(func.max(DraftRow.id))
        .where(DraftRow.mention_id == MentionRow.id, DraftRow.status == DraftStatus.WAITING.value)
        .scalar_subquery()
    )
    rows = (
        select(MentionRow.id, MentionRow.case_id, MentionRow.platform, MentionRow.created_at, waiting)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(
            MentionRow.brand.concat("") == brand,  # keeps SQLite from going through every mention since then
            MentionRow.created_at >= since,
            MentionRow.relevant,
            ReadingRow.impact == Impact.SAFETY.value,
            ReadingRow.read_at >= since,  # no post is read before it is written: this goes along an index
            ~decided,
        )
        .order_by(MentionRow.id)
    )
    return [Danger(*row) for row in db.execute(rows)]
