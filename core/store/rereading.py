"""Mentions that were read, to be read again by another model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.domain import MentionStatus
from core.store.mentions import MentionRow, ReadingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which mentions, by the time they were posted at; ``unless_by`` are names of models whose readings may stay."""

    since: datetime | None = None
    until: datetime | None = None  # up to, not with
    unless_by: frozenset[str] = frozenset()


def count(db: Session, wanted: Wanted) -> int:
    """How many there are."""
    rows = select(func.count()).select_from(MentionRow).join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
    return db.scalar(rows.where(*_which(wanted))) or 0


def batch(db: Session, wanted: Wanted, *, after: int, limit: int) -> Sequence[MentionRow]:
    """The next ones behind an id, in the order they were kept."""
    rows = select(MentionRow).join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
    return db.scalars(rows.where(*_which(wanted), MentionRow.id > after).order_by(MentionRow.id).limit(limit)).all()


def locked(db: Session, ids: Iterable[int]) -> Sequence[MentionRow]:
    """Those of them that can still be read again; nobody else changes one until this transaction ends."""
    mine = db.scalars(
        select(MentionRow.id).where(MentionRow.id.in_(list(ids))).order_by(MentionRow.id).with_for_update()
    )
    # A second query: the first began before the lock, and PostgreSQL shows what else it joined as it was then.
    rows = select(MentionRow).join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
    return db.scalars(rows.where(*_which(Wanted()), MentionRow.id.in_(mine.all())).order_by(MentionRow.id)).all()


def _which(wanted: Wanted) -> list[ColumnElement[bool]]:
    """A new one is read anyway, and only then counted; one whose words are gone cannot be read."""
    which = [MentionRow.status != MentionStatus.NEW.value, MentionRow.text != ""]
    if wanted.since is not None:
        which.append(MentionRow.created_at >= wanted.since)
    if wanted.until is not None:
        which.append(MentionRow.created_at < wanted.until)
    if wanted.unless_by:
        which.append(ReadingRow.model.not_in(sorted(wanted.unless_by)))
    return which
