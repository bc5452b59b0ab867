"""The way down a listing on Bluesky, newest first, and how it is kept in a cursor."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from core.clock import in_reach


@dataclass(frozen=True, slots=True)
class Walk:
    """Reads down to ``floor``. ``newest``: the newest moment seen; the next walk begins ``overlap`` before it.

    ``token``: Bluesky's own place in the paging. It may drift while posts arrive, which only repeats some of them.
    """

    floor: datetime
    newest: datetime
    token: str = ""
    is_resumed: bool = False
    done: bool = False

    @classmethod
    def begin(cls, note: object, *, first: datetime, overlap: timedelta) -> Self:
        """The walk that goes on where ``note`` stopped, or a new one. Unreadable notes count as none at all."""
        kept = note if isinstance(note, dict) else {}
        floor, newest, until = (moment(kept.get(name)) for name in ("floor", "newest", "until"))
        if floor and kept.get("token"):
            return cls(floor, newest or floor, str(kept["token"]), is_resumed=True)
        return cls(until - overlap if until else first, until or first)

    def note(self) -> dict[str, str]:
        """What to keep of it, as JSON."""
        if self.done:
            return {"until": self.newest.isoformat()}
        return {"floor": self.floor.isoformat(), "newest": self.newest.isoformat(), "token": self.token}

    def from_the_top(self) -> Self:
        """The same way down, begun anew."""
        return replace(self, token="")

    def after(self, times: Sequence[datetime], token: str) -> Self:
        """What is left when a page with these moments was read; ``token`` "": the listing ended."""
        below = bool(times) and min(times) < self.floor
        done = below or not token or not times
        return replace(self, newest=max([self.newest, *times]), token=token, done=done)


def moment(value: object) -> datetime | None:
    """A time as the AT Protocol writes it, in UTC; None for anything else, and for one that no calendar can hold."""
    with suppress(ValueError, TypeError, AttributeError):
        found = datetime.fromisoformat(value)  # type: ignore[arg-type]
        return found.astimezone(UTC) if found.tzinfo and in_reach(found) else None
    return None
