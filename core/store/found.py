"""Mentions as scripts ask for them: filtered, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from core.domain import MentionStatus
from core.store.cases import CaseRow
from core.store.mentions import MentionRow, ReadingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which mentions; None asks for nothing. ``until``: up to, not with."""

    platform: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: MentionStatus | None = None
    outage: bool | None = None
    angry: bool | None = None
    stage: str | None = None  # of the case it belongs to
    incident: int | None = None
    relevant: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which mention a page begins."""

    created_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Found:
    """A mention with its case; every mention that was kept has one."""

    mention: MentionRow
    case: CaseRow | None


def page(db: Session, brand: str, wanted: Wanted, *, after: Place | None, limit: int) -> Sequence[Found]:
    rows = _asked(brand, wanted)
    if after is not None:
        earlier = MentionRow.created_at < after.created_at
        rows = rows.where(or_(earlier, and_(MentionRow.created_at == after.created_at, MentionRow.id < after.id)))
        rows = rows.where(MentionRow.created_at <= after.created_at)  # what an index can be entered at
    rows = rows.order_by(MentionRow.created_at.desc(), MentionRow.id.desc()).limit(limit)
    return [Found(row[0], row[1]) for row in db.execute(rows)]


def one(db: Session, brand: str, mention_id: int) -> Found | None:
    """A mention by our own number; another brand's is not found."""
    row = db.execute(_asked(brand, Wanted()).where(MentionRow.id == mention_id)).first()
    return Found(row[0], row[1]) if row else None


def _asked(brand: str, wanted: Wanted) -> Select[MentionRow, CaseRow]:
    rows = select(MentionRow, CaseRow).outerjoin(CaseRow, CaseRow.id == MentionRow.case_id)
    rows = rows.where(MentionRow.brand == brand)
    if wanted.outage is not None or wanted.angry is not None:
        rows = rows.join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
    asked = (
        (wanted.platform, MentionRow.platform == wanted.platform),
        (wanted.since, MentionRow.created_at >= wanted.since if wanted.since else None),
        (wanted.until, MentionRow.created_at < wanted.until if wanted.until else None),
        (wanted.status, MentionRow.status == wanted.status),
        (wanted.outage, ReadingRow.outage.is_(wanted.outage)),
        (wanted.angry, ReadingRow.angry.is_(wanted.angry)),
        (wanted.stage, CaseRow.stage == wanted.stage),
        (wanted.incident, CaseRow.incident_id == wanted.incident),
        (wanted.relevant, MentionRow.relevant.is_(wanted.relevant)),
    )
    for value, condition in asked:
        if value is not None and condition is not None:
            rows = rows.where(condition)
    return rows
