"""What an incident's timeline counts besides its own entries: replies approved and sent, by quarter hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from core.domain import DeliveryStatus
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow

SPAN = 900  # seconds


@dataclass(frozen=True, slots=True)
class Replies:
    """What people decided in the quarter hour that began at ``at``."""

    at: datetime
    approved: int
    sent: int
    taken_back: int


def replies(db: Session, incident_id: int) -> Sequence[Replies]:
    """The quarter hours in which replies of an incident were approved, oldest first."""
    quarter = _quarter(db, ApprovalRow.approved_at)
    rows = db.execute(
        select(
            quarter.label("quarter"),
            func.count(ApprovalRow.id),
            func.count().filter(DeliveryRow.status == DeliveryStatus.SENT.value),
            func.count(ApprovalRow.revoked_at),
        )
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .outerjoin(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .where(DraftRow.incident_id == incident_id)
        .group_by("quarter")
        .order_by("quarter")
    )
    return [Replies(datetime.fromtimestamp(row[0] * SPAN, UTC), *row[1:]) for row in rows]


def _quarter(db: Session, moment: Any) -> Any:
    """A moment as the number of its quarter hour since 1970."""
    if db.get_bind().dialect.name == "postgresql":
        return cast(func.floor(extract("epoch", moment) / SPAN), Integer)
    return cast(func.strftime("%s", moment), Integer).op("/")(SPAN)
