"""The cells of the journey map that people changed; the newest row of a cell is in force."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base


class CellRow(Base):
    """One version of one cell. ``moves`` None: the change was taken back, the file's cell holds again."""

    __tablename__ = "journey_cells"
    __table_args__ = (Index("ix_journey_cells_cell", "brand", "stage", "persona", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    stage: Mapped[str]
    persona: Mapped[str]
    moves: Mapped[list[Any] | None]
    least_important: Mapped[list[Any]]
    tone: Mapped[str] = mapped_column(Text)
    actions: Mapped[list[Any]]
    owner: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime]


def newest_id(db: Session, brand: str) -> int:
    """Counts on with every change of the brand's map."""
    return db.scalar(select(func.max(CellRow.id)).where(CellRow.brand == brand)) or 0


def in_force(db: Session, brand: str) -> Mapping[tuple[str, str], CellRow]:
    """(stage, persona) → the newest version of every cell that was ever changed."""
    newest = select(func.max(CellRow.id)).where(CellRow.brand == brand).group_by(CellRow.stage, CellRow.persona)
    return {(row.stage, row.persona): row for row in db.scalars(select(CellRow).where(CellRow.id.in_(newest)))}


def versions(db: Session, brand: str, stage: str, persona: str) -> Sequence[CellRow]:
    """Every version of a cell, newest first."""
    cell = (CellRow.brand == brand, CellRow.stage == stage, CellRow.persona == persona)
    return db.scalars(select(CellRow).where(*cell).order_by(CellRow.id.desc())).all()


def lock(db: Session, brand: str, stage: str, persona: str) -> int:
    """The version of a cell, 0 when it never changed; whoever changes it next waits for this transaction."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"journey {brand} {stage} {persona}"))))
    rows = versions(db, brand, stage, persona)
    return rows[0].id if rows else 0
