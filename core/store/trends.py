"""What the trends page asks of the rows: hours, platforms, and the incidents that fell into them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.domain import IncidentStatus
from core.store.incidents import IncidentRow
from core.store.rollups import RollupRow

# An alarm nobody confirmed, or one that was dismissed, is no period of failure.
_NO_FAILURE = (IncidentStatus.SUSPECTED.value, IncidentStatus.DISMISSED.value)
_OVER = (IncidentStatus.RESOLVED.value, IncidentStatus.CLOSED.value)


def platforms(db: Session, brand: str) -> list[str]:
    """Every platform that ever brought a mention that was read, by name."""
    return list(
        db.scalars(select(RollupRow.platform).where(RollupRow.brand == brand).distinct().order_by(RollupRow.platform))
    )


def first_hour(db: Session, brand: str) -> datetime | None:
    """The oldest hour with a mention that was read."""
    return db.scalar(select(RollupRow.hour).where(RollupRow.brand == brand).order_by(RollupRow.hour).limit(1))


def ended_at(incident: IncidentRow) -> datetime | None:
    """When the failure ended; None while it lasts. A re-opened one keeps its old ``resolved_at``: it is not over."""
    if incident.status not in _OVER:
        return None
    return incident.resolved_at or incident.closed_at


def incidents_between(db: Session, brand: str, start: datetime, end: datetime) -> Sequence[IncidentRow]:
    """Confirmed incidents that lasted for some part of [start, end), oldest first."""
    rows = db.scalars(
        select(IncidentRow)
        .where(
            IncidentRow.brand == brand,
            IncidentRow.status.not_in(_NO_FAILURE),
            IncidentRow.started_at < end,
            or_(IncidentRow.status.not_in(_OVER), IncidentRow.resolved_at > start, IncidentRow.closed_at > start),
        )
        .order_by(IncidentRow.started_at)
    )
    return [row for row in rows if (ended := ended_at(row)) is None or ended > start]
