"""Waiting drafts of one kind: same incident, stage, persona, language and urgency, free for one person to decide on."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.domain import DraftStatus
from core.store.drafts import DraftRow
from core.store.waiting import WaitingRow

LOOKED_AT = 1000  # of one incident, stage and urgency, longest wait first: in a flood there are tens of thousands


def of_kind(db: Session, draft: DraftRow, *, me: int, now: datetime, limit: int) -> list[DraftRow]:
    """Up to ``limit`` of them, longest wait first; not what is blocked, put off, with a lead or somebody else's.

    ``draft`` itself is among them when it is so itself and near enough to the front.
    """
    awake = or_(WaitingRow.wakes_at.is_(None), WaitingRow.wakes_at <= now)
    free = or_(WaitingRow.owner_id.is_(None), WaitingRow.owner_id == me)
    nearest = (
        select(WaitingRow.draft_id)
        .where(
            WaitingRow.rank == -draft.priority,
            WaitingRow.incident_id.is_not_distinct_from(draft.incident_id),
            WaitingRow.stage == draft.stage,
            ~WaitingRow.blocked,
            ~WaitingRow.escalated,
            awake,
            free,
        )
        .order_by(WaitingRow.since, WaitingRow.draft_id)
        .limit(LOOKED_AT)
        .subquery()
    )
    rows = (
        select(DraftRow)
        .join(nearest, nearest.c.draft_id == DraftRow.id)
        .where(
            DraftRow.status == DraftStatus.WAITING.value,
            DraftRow.passed,
            DraftRow.persona == draft.persona,
            DraftRow.language == draft.language,
            DraftRow.occasion == draft.occasion,
        )
        .order_by(DraftRow.waiting_since, DraftRow.id)
        .limit(limit)
    )
    return list(db.scalars(rows))
