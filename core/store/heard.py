"""What the detector of outages listens to: read mentions of a brand in the order they were written."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.store.mentions import MentionRow, ReadingRow


class HeardRow(NamedTuple):
    """``id`` of the mention; scores are probabilities in 0..1."""

    id: int
    author: str
    text: str
    created_at: datetime
    outage_score: float
    angry_score: float


class ScoreRow(NamedTuple):
    created_at: datetime
    outage_score: float
    angry_score: float


def between(db: Session, *, brand: str, start: datetime, end: datetime) -> list[HeardRow]:
    """The mentions written in [start, end) that are read and about the brand, oldest first."""
    rows = (
        select(
            MentionRow.id,
            MentionRow.platform + ":" + MentionRow.author,
            MentionRow.text,
            MentionRow.created_at,
            ReadingRow.outage_score,
            ReadingRow.angry_score,
        )
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(*_wanted(brand, start, end))
        .order_by(MentionRow.created_at, MentionRow.id)
    )
    return [HeardRow(*row) for row in db.execute(rows)]


def scores_between(db: Session, *, brand: str, start: datetime, end: datetime) -> Iterator[ScoreRow]:
    """The same without the words and in no order, row by row: weeks of a large brand are many."""
    rows = (
        select(MentionRow.created_at, ReadingRow.outage_score, ReadingRow.angry_score)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(*_wanted(brand, start, end))
        .execution_options(yield_per=5000)
    )
    return (ScoreRow(*row) for row in db.execute(rows))


def _wanted(brand: str, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        MentionRow.brand == brand,
        MentionRow.created_at >= start,
        MentionRow.created_at < end,
        MentionRow.relevant.is_(True),
        MentionRow.spam.is_(False),
    )
