"""Days as people name them on the command line."""

import sys
from datetime import datetime, time, timedelta, tzinfo

import typer

from core.clock import in_reach


def day_of(flag: str, day: str, zone: tzinfo, *, after: int = 0) -> datetime | None:
    """The beginning of a day, or of one ``after`` days later; None for no day. Exits with a line for what is no day."""
    if not day:
        return None
    try:
        moment = datetime.strptime(day, "%Y-%m-%d").date() + timedelta(days=after)  # noqa: DTZ007 - a day has no zone
        found = datetime.combine(moment, time(), zone)
        if in_reach(found):
            return found
    except (ValueError, OverflowError):
        pass
    print(f"amends: {flag}: {day!r} is no day such as 2026-11-20", file=sys.stderr)
    raise typer.Exit(2)
