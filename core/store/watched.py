"""Mentions that are only watched: kept, read, and not ours to answer from here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import MentionStatus
from core.store.cases import CaseRow
from core.store.mentions import MentionRow

MOST = 1000


def since(db: Session, brand: str, moment: datetime) -> Sequence[MentionRow]:
    """Watched mentions about the brand, newest first, at most 1,000."""
    return db.scalars(
        select(MentionRow)
        .where(
            MentionRow.status == MentionStatus.WATCHED.value,
            MentionRow.brand == brand,
            MentionRow.relevant,
            MentionRow.created_at >= moment,
        )
        .order_by(MentionRow.created_at.desc(), MentionRow.id.desc())
        .limit(MOST)
    ).all()


def opted_out(db: Session, mention: MentionRow) -> bool:
    """Whether its author told us to stop."""
    case = db.get(CaseRow, mention.case_id) if mention.case_id else None
    return case is not None and case.opted_out_at is not None
