"""Mentions that broke on their road: shown to people, and sent back when somebody says so."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.domain import MentionStatus
from core.store.mentions import MentionRow, ReadingRow


def count(db: Session, brand: str) -> int:
    """How many mentions of the brand could not be read or drafted."""
    rows = select(func.count()).select_from(MentionRow)
    return db.scalar(rows.where(MentionRow.brand == brand, MentionRow.status == MentionStatus.FAILED.value)) or 0


def newest(db: Session, brand: str, *, limit: int) -> Sequence[MentionRow]:
    """The last ``limit`` of them, newest first."""
    rows = select(MentionRow).where(MentionRow.brand == brand, MentionRow.status == MentionStatus.FAILED.value)
    return db.scalars(rows.order_by(MentionRow.id.desc()).limit(limit)).all()


def try_again(db: Session, brand: str) -> int:
    """Sends each back to where it broke: to drafting when it has a reading, else to reading. Returns how many."""
    has_reading = select(ReadingRow.mention_id).where(ReadingRow.mention_id == MentionRow.id).exists()
    return _move(db, brand, MentionStatus.READ, has_reading) + _move(db, brand, MentionStatus.NEW, ~has_reading)


def _move(db: Session, brand: str, to: MentionStatus, which: ColumnElement[bool]) -> int:
    done = db.execute(
        update(MentionRow)
        .where(MentionRow.brand == brand, MentionRow.status == MentionStatus.FAILED.value, which)
        .values(status=to.value)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
