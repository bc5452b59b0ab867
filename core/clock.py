"""The only place that asks the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC to the second, for machines: ``2026-11-20T13:05:00+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
