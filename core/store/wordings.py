"""Phrasings of the playbook that a lead took over from approvers' edits, or turned down; the newest row counts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base

TAKEN, REJECTED, BACK = "taken", "rejected", "taken back"


class WordingRow(Base):
    """One decision. ``before``: the phrasing of the language file; ``proposed``: what approvers made of it, with its
    placeholders; ``after``: what is said instead, None unless ``decision`` is ``taken``.
    """

    __tablename__ = "wordings"
    __table_args__ = (Index("ix_wordings_line", "brand", "language", "line", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    language: Mapped[str]
    line: Mapped[str]
    before: Mapped[str] = mapped_column(Text)
    proposed: Mapped[str] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime]


def newest_id(db: Session, brand: str) -> int:
    """Counts on with every decision."""
    return db.scalar(select(func.max(WordingRow.id)).where(WordingRow.brand == brand)) or 0


def decisions(db: Session, brand: str) -> Sequence[WordingRow]:
    """Every decision, newest first."""
    return db.scalars(select(WordingRow).where(WordingRow.brand == brand).order_by(WordingRow.id.desc())).all()


def in_force(db: Session, brand: str) -> list[WordingRow]:
    """The phrasings that are said instead of the language files', one for each place."""
    newest = (
        select(func.max(WordingRow.id))
        .where(WordingRow.brand == brand, WordingRow.decision != REJECTED)
        .group_by(WordingRow.language, WordingRow.line, WordingRow.before)
    )
    rows = db.scalars(select(WordingRow).where(WordingRow.id.in_(newest)).order_by(WordingRow.id))
    return [row for row in rows if row.decision == TAKEN]


def lock(db: Session, brand: str) -> int:
    """The newest decision's number; whoever decides next waits for this transaction."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"wordings {brand}"))))
    return newest_id(db, brand)
