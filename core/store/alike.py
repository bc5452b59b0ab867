"""Waiting drafts of one kind: same incident, stage, persona, language and urgency, free for one person to decide on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from core.store.drafts import DraftRow
from core.store.waiting import WaitingRow

# Looked at, of one incident, stage and urgency, longest wait first: in a flood there are tens of thousands. The first
# hundred nearly always hold enough.
FIRST, MOST = 100, 1000


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
    near = _nearest(db, draft, me, now, most=FIRST)
    found = _same(db, draft, near, limit)
    if len(near) < FIRST or len(found) == limit:
        return found
    return _same(db, draft, _nearest(db, draft, me, now, most=MOST), limit)


_waiting, _draft = WaitingRow.__table__, DraftRow.__table__
_FREE = (
    select(_waiting.c.draft_id)
    .where(
        _waiting.c.rank == bindparam("rank"),
        _waiting.c.stage == bindparam("stage"),
        ~_waiting.c.blocked,
        ~_waiting.c.escalated,
        or_(_waiting.c.wakes_at.is_(None), _waiting.c.wakes_at <= bindparam("now")),
        or_(_waiting.c.owner_id.is_(None), _waiting.c.owner_id == bindparam("me")),
    )
    .order_by(_waiting.c.since, _waiting.c.draft_id)
    .limit(bindparam("most"))
)
# No IS NOT DISTINCT FROM: PostgreSQL has no index for that.
_OF_INCIDENT = _FREE.where(_waiting.c.incident_id == bindparam("incident"))
_OF_NONE = _FREE.where(_waiting.c.incident_id.is_(None))
# They wait, or were not listed: asked once more, SQLite would begin with all that wait.
_KIN = select(_draft.c.id, _draft.c.text, _draft.c.moves).where(
    _draft.c.id.in_(bindparam("near", expanding=True)),
    _draft.c.passed,
    _draft.c.persona == bindparam("persona"),
    _draft.c.language == bindparam("language"),
    _draft.c.occasion == bindparam("occasion"),
)


def _nearest(db: Session, draft: DraftRow, me: int, now: datetime, *, most: int) -> Sequence[int]:
    asked = {"rank": -draft.priority, "stage": draft.stage, "now": now, "me": me, "most": most}
    if draft.incident_id is None:
        return db.scalars(_OF_NONE, asked).all()
    return db.scalars(_OF_INCIDENT, asked | {"incident": draft.incident_id}).all()


def _same(db: Session, draft: DraftRow, near: Sequence[int], limit: int) -> list[Kin]:
    asked = {"near": near, "persona": draft.persona, "language": draft.language, "occasion": draft.occasion}
    found = {row[0]: Kin(*row) for row in db.execute(_KIN, asked)}
    return [found[each] for each in near if each in found][:limit]
