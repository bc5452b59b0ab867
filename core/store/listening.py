"""What the sources page asks of mentions and readings, along their keys: it is redrawn all day long."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store.mentions import MentionRow, ReadingRow

STEP = 2000  # mentions looked at a time


def kept_since(db: Session, brand: str, since: datetime, *, step: int = STEP) -> dict[str, int]:
    """How many mentions each source brought since a moment.

    Mentions are numbered in the order they are fetched, so this walks back from the newest and stops at the first
    stretch that is older as a whole: it costs what the day brought, not what the table holds.
    """
    found: Counter[str] = Counter()
    before: int | None = None
    while True:
        rows = select(MentionRow.id, MentionRow.brand, MentionRow.source, MentionRow.fetched_at)
        rows = rows.where(MentionRow.id < before) if before is not None else rows
        stretch = db.execute(rows.order_by(MentionRow.id.desc()).limit(step)).all()
        recent = [row for row in stretch if row.fetched_at >= since]
        found.update(row.source for row in recent if row.brand == brand)
        if not recent or len(stretch) < step:
            return dict(found)
        before = stretch[-1].id


def newest_model(db: Session) -> tuple[str, datetime] | None:
    """name@version of the model that read the newest mention read, and when; None before the first reading."""
    row = db.execute(
        select(ReadingRow.model, ReadingRow.read_at).order_by(ReadingRow.mention_id.desc()).limit(1)
    ).first()
    return (row.model, row.read_at) if row else None
