"""Waiting drafts of one kind: same incident, stage, persona, language and urgency, free for one person to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core.domain import DraftStatus
from core.store.drafts import DraftRow
from core.store.waiting import WaitingRow

# Looked at, of one incident, stage and urgency, longest wait first: in a flood there are tens of thousands. The first
# hundred nearly always hold enough.
STRETCHES = (100, 1000)


@dataclass(frozen=True, slots=True)
class Kin:
    """What one is told from another by."""

    id: int
    text: str
    moves: Sequence[str]


def of_kind(db: Session, draft: DraftRow, *, me: int, now: datetime, limit: int) -> list[Kin]:
    """Up to ``limit`` of them, longest wait first; not what is blocked, put off, with a lead or somebody else's.

    ``draft`` itself is among them when it is so itself and near enough to the front. The list's own index says which
    may be; of the drafts themselves only so many are read as are needed.
    """
    found: list[Kin] = []
    for stretch in STRETCHES:
        rows = db.execute(_same(draft, _nearest(draft, me, now).limit(stretch)).limit(limit))
        found = [Kin(row.id, row.text, row.moves) for row in rows]
        if len(found) == limit:
            break
    return found


def _nearest(draft: DraftRow, me: int, now: datetime) -> Select[int, datetime]:
    incident = WaitingRow.incident_id  # no IS NOT DISTINCT FROM: PostgreSQL has no index for that
    return (
        select(WaitingRow.draft_id, WaitingRow.since)
        .where(
            WaitingRow.rank == -draft.priority,
            incident.is_(None) if draft.incident_id is None else incident == draft.incident_id,
            WaitingRow.stage == draft.stage,
            ~WaitingRow.blocked,
            ~WaitingRow.escalated,
            or_(WaitingRow.wakes_at.is_(None), WaitingRow.wakes_at <= now),
            or_(WaitingRow.owner_id.is_(None), WaitingRow.owner_id == me),
        )
        .order_by(WaitingRow.since, WaitingRow.draft_id)
    )


def _same(draft: DraftRow, nearest: Select[int, datetime]) -> Select[int, str, list[str]]:
    near = nearest.subquery()
    return (
        select(DraftRow.id, DraftRow.text, DraftRow.moves)
        .join(near, near.c.draft_id == DraftRow.id)
        .where(
            DraftRow.status == DraftStatus.WAITING.value,
            DraftRow.passed,
            DraftRow.persona == draft.persona,
            DraftRow.language == draft.language,
            DraftRow.occasion == draft.occasion,
        )
        .order_by(near.c.since, DraftRow.id)
    )
