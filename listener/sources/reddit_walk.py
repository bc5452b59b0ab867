"""The way down a Reddit listing, newest first, and how it is kept in a cursor."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

ANCHORS = 5  # things kept to go on from, for the case that the last ones are deleted meanwhile
REACH = 950  # a listing holds about 1,000 things, whatever came

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Walk:
    """Reads down to ``floor`` (seconds since 1970). ``newest``: the newest time seen; the next walk starts from it.

    ``anchors``: full names to go on after, the likeliest first. ``seen``: how many things were passed.
    """

    floor: float
    newest: float
    anchors: tuple[str, ...] = ()
    seen: int = 0
    is_resumed: bool = False
    done: bool = False

    @classmethod
    def begin(cls, note: object, *, first: float, overlap: float) -> Self:
        """The walk that goes on where ``note`` stopped, or a new one. Unreadable notes count as none at all."""
        kept = note if isinstance(note, dict) else {}
        anchors = kept.get("anchors")
        floor, newest, until, seen = (_number(kept.get(name)) for name in ("floor", "newest", "until", "seen"))
        if isinstance(anchors, list) and floor is not None:
            names = tuple(str(name) for name in anchors)
            return cls(floor, newest or floor, names, int(seen or 0), is_resumed=True)
        floor = first if until is None else until - overlap
        return cls(floor, first if until is None else until)

    def note(self) -> dict[str, object]:
        """What to keep of it, as JSON."""
        if self.done:
            return {"until": self.newest}
        return {"floor": self.floor, "newest": self.newest, "anchors": list(self.anchors), "seen": self.seen}

    def after(self, children: Sequence[dict[str, Any]], *, more: bool) -> Self:
        """What is left when a page was read; ``more``: the listing goes on after it."""
        if not children and self.anchors:
            # Everything to go on from is gone: read it all again rather than call it read.
            return replace(self, newest=self.floor, done=True)
        times = [float(child["data"].get("created_utc", 0)) for child in children]
        below = bool(times) and max(times[-ANCHORS:]) < self.floor
        seen = self.seen + len(children)
        if not more and not below and seen >= REACH:
            log.warning("Reddit shows only its latest %d things; older ones of this listing were not reached", seen)
        names = tuple(str(child["data"].get("name", "")) for child in reversed(children[-ANCHORS:]))
        newest = max([self.newest, *times])
        return replace(self, newest=newest, anchors=names, seen=seen, done=below or not more)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
