"""The only place that asks the time."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

Clock = Callable[[], datetime]
WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
"""A moment as ``iso`` writes it."""
YEARS = range(1900, 3000)
"""What a moment from outside may lie in: no time zone can be applied in the first and the last year of a calendar."""


def in_reach(moment: datetime) -> bool:
    """Whether a moment from outside can be reckoned with: shifted by days, told in any time zone."""
    return moment.year in YEARS


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC to the second, for machines: ``2026-11-20T13:05:00+00:00``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def spoken(text: str, zone: tzinfo) -> str:
    """A text with the moments that ``iso`` wrote in it as people say them: ``Fri 20 Nov, 08:05 EST``."""
    return WRITTEN.sub(lambda found: f"{datetime.fromisoformat(found[0]).astimezone(zone):%a %d %b, %H:%M %Z}", text)
