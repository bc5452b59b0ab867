"""What a paid or slow model was asked for, by day: a budget that a restart does not renew."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base
from core.store.mentions import insert_or_ignore


class SpendingRow(Base):
    __tablename__ = "writer_spending"

    day: Mapped[date] = mapped_column(primary_key=True)  # UTC
    requests: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(default=0)  # of prompts and answers


def take(db: Session, *, now: datetime, tokens: int, most_requests: int, most_tokens: int) -> bool:
    """Counts one request and the tokens it may cost at most, or says that the day's budget does not allow it."""
    row = _locked(db, now)
    if row.requests + 1 > most_requests or row.tokens + tokens > most_tokens:
        return False
    row.requests, row.tokens = row.requests + 1, row.tokens + tokens
    return True


def settle(db: Session, *, taken_at: datetime, taken: int, used: int) -> None:
    """Replaces the tokens that were taken at most by those that were used."""
    row = _locked(db, taken_at)
    row.tokens = max(0, row.tokens - taken + used)


def of_day(db: Session, now: datetime) -> tuple[int, int]:
    """Requests and tokens of the day that ``now`` falls in."""
    row = db.get(SpendingRow, _day(now))
    return (row.requests, row.tokens) if row else (0, 0)


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _locked(db: Session, now: datetime) -> SpendingRow:
    """The day's row, made on first use; nobody else counts on it until this transaction ends."""
    db.execute(insert_or_ignore(db, SpendingRow, {"day": _day(now), "requests": 0, "tokens": 0}))
    return db.get_one(SpendingRow, _day(now), with_for_update=True, populate_existing=True)
