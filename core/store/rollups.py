"""Counts by hour and platform, kept in step with the readings in the same transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import Reading, Sentiment
from core.store.base import Base

COUNTS = ("volume", "negative", "neutral", "positive", "outage", "outage_anger")


class RollupRow(Base):
    __tablename__ = "rollups"

    brand: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)  # start of the hour, UTC, by the mention's own time
    volume: Mapped[int] = mapped_column(default=0)
    negative: Mapped[int] = mapped_column(default=0)
    neutral: Mapped[int] = mapped_column(default=0)
    positive: Mapped[int] = mapped_column(default=0)
    outage: Mapped[int] = mapped_column(default=0)
    outage_anger: Mapped[int] = mapped_column(default=0)


def _counts(reading: Reading, sign: int) -> dict[str, int]:
    counts = {sentiment.value: sign * (reading.sentiment is sentiment) for sentiment in Sentiment}
    return counts | {"volume": sign, "outage": sign * reading.outage, "outage_anger": sign * reading.outage_anger}


def differ(one: Reading, other: Reading) -> bool:
    """Whether two readings are counted differently."""
    return _counts(one, 1) != _counts(other, 1)


def count(
    db: Session, *, brand: str, platform: str, at: datetime, new: Reading | None, old: Reading | None = None
) -> None:
    """Adds a reading to its hour and takes the one it replaces out. ``new`` None: only takes out."""
    change = dict.fromkeys(COUNTS, 0)
    for reading, sign in ((new, 1), (old, -1)):
        if reading is not None:
            change = {name: change[name] + value for name, value in _counts(reading, sign).items()}
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(RollupRow).values(brand=brand, platform=platform, hour=hour, **change)
    columns = RollupRow.__table__.columns
    db.execute(
        row.on_conflict_do_update(
            index_elements=["brand", "platform", "hour"],
            set_={name: columns[name] + row.excluded[name] for name in COUNTS},
        )
    )


def between(db: Session, *, brand: str, start: datetime, end: datetime) -> Sequence[RollupRow]:
    """The hours in [start, end), oldest first."""
    return db.scalars(
        select(RollupRow)
        .where(RollupRow.brand == brand, RollupRow.hour >= start, RollupRow.hour < end)
        .order_by(RollupRow.hour, RollupRow.platform)
    ).all()
