"""Where each source stands, and how it fares."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.errors import Conflict
from core.store.base import Base
from core.store.mentions import insert_or_ignore


class CursorRow(Base):
    __tablename__ = "cursors"

    source: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=0)
    polled_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    not_before: Mapped[datetime | None]  # back-off after a failure
    problem: Mapped[str] = mapped_column(default="")


def of(db: Session, source: str, *, lock: bool = False) -> CursorRow:
    """The row of a source, made on first use. ``lock``: nobody else moves it until this transaction ends."""
    row = db.get(CursorRow, source, with_for_update=lock or None)
    if row is None:
        # Another process may make it at the same moment.
        db.execute(insert_or_ignore(db, CursorRow, {"source": source, "version": 0, "failures": 0, "problem": ""}))
        row = db.get_one(CursorRow, source, with_for_update=lock or None)
    return row


def advance(db: Session, source: str, cursor: dict[str, Any], *, version: int, now: datetime) -> int:
    """Saves a cursor if nobody else did since ``version``; returns the new version. Raises Conflict otherwise."""
    row = of(db, source, lock=True)
    if row.version != version:
        raise Conflict(f"source {source}: another poll moved on")
    row.cursor, row.version, row.polled_at, row.succeeded_at = cursor, version + 1, now, now
    row.failures, row.problem, row.not_before = 0, "", None
    return row.version


def all_rows(db: Session) -> Sequence[CursorRow]:
    return db.scalars(select(CursorRow).order_by(CursorRow.source)).all()
