"""What the open pages should hear of: small notes, replayed to a browser from the last one it saw.

Their numbers are in the order of the commits: who has seen one has seen, or may ask for, all below it. PostgreSQL gives
numbers out before it commits, so they are taken at the very end of a transaction, one transaction after the other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, event, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base

KEPT = timedelta(hours=1)


class EventRow(Base):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]  # draft | delivery | incident | source | trends | switch | presence
    detail: Mapped[dict[str, Any]]


_TELL = insert(Base.metadata.tables[EventRow.__tablename__])
_LOCK = 0x6576656E  # any number nobody else uses on this PostgreSQL database
_TOLD = "told"  # what a session carries until its commit


def tell(db: Session, kind: str, *, now: datetime, **detail: Any) -> None:
    """Adds an event in the transaction of what it tells, when that commits."""
    if _TOLD not in db.info:
        db.info[_TOLD] = []
        event.listen(db, "before_commit", _write)
    db.info[_TOLD].append({"at": now, "kind": kind, "detail": detail})


def _write(db: Session) -> None:
    if db.in_nested_transaction() or not db.info[_TOLD]:
        return
    db.flush()  # nothing is left to be waited for while the others wait for us
    if db.get_bind().dialect.name == "postgresql":
        # Held until this commit can be seen: whoever takes the next number takes a higher one that is seen later.
        db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    db.execute(_TELL, db.info[_TOLD])
    db.info[_TOLD] = []


_SINCE = (
    select(EventRow)
    .where(EventRow.id > bindparam("last"), EventRow.kind != bindparam("but"))
    .order_by(EventRow.id)
    .limit(bindparam("most"))
)


def since(db: Session, last_id: int, *, limit: int = 500, but: str = "") -> Sequence[EventRow]:
    """What came after an event, oldest first, without those of the kind ``but``."""
    return db.scalars(_SINCE, {"last": last_id, "but": but, "most": limit}).all()


def missing_after(db: Session, last_id: int) -> bool:
    """Whether something that came after an event is forgotten already, so that it cannot be told any more.

    A number that was never given out (PostgreSQL skips some) counts as forgotten: told twice is harmless.
    """
    oldest = db.scalar(select(func.min(EventRow.id)))
    return oldest is not None and oldest > last_id + 1


def newest_id(db: Session) -> int:
    return db.scalar(select(func.max(EventRow.id))) or 0


def sweep(db: Session, now: datetime) -> None:
    """Forgets what no open page can still ask for.

    The newest row stays: SQLite gives the number of a deleted last row out again, and pages would take it for seen.
    """
    db.execute(delete(EventRow).where(EventRow.at < now - KEPT, EventRow.id < newest_id(db)))
