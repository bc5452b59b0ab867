"""The way up a listing on Mastodon, by the ids of its entries, and how it is kept in a cursor.

An id does not say when its entry came into the listing: a post of another server stands where it was written, and two
notifications of one moment may come in either order. So a new walk begins below what was read last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from listener.sources.bluesky_walk import moment

APART = 8  # marks are kept an eighth of the overlap from each other: the note stays short


@dataclass(frozen=True, slots=True)
class Mark:
    """``id`` was the highest at this moment."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Walk:
    """``known``: the highest id that was read, "" before the very first pass. ``marks``: those of passes that ended."""

    known: str = ""
    marks: tuple[Mark, ...] = ()
    is_open: bool = False

    @classmethod
    def begin(cls, note: object, *, now: datetime, overlap: timedelta) -> Self:
        """The walk that goes on where ``note`` stopped, or a new one from what was the highest ``overlap`` ago.

        A text is a note of old: an id. Unreadable notes count as none at all.
        """
        if not isinstance(note, dict):
            return cls(note if isinstance(note, str) else "")
        marks = _marks(note.get("marks"))
        if note.get("open") or not marks:
            return cls(str(note.get("known") or ""), marks)
        ripe = sum(mark.at <= now - overlap for mark in marks)
        marks = marks[max(0, ripe - 1) :]
        return cls(marks[0].id, marks)

    def at(self, ids: Sequence[str]) -> Self:
        """Further up, still on the way."""
        return replace(self, known=max([self.known, *ids], key=order), is_open=True)

    def ended(self, now: datetime, overlap: timedelta) -> Self:
        """At the end of the listing."""
        last = self.marks[-1] if self.marks else None
        new = last is None or (order(self.known) > order(last.id) and now - last.at >= overlap / APART)
        return replace(self, is_open=False, marks=(*self.marks, Mark(now, self.known)) if new else self.marks)

    def note(self) -> dict[str, object]:
        """What to keep of it, as JSON."""
        marks = [[mark.at.isoformat(), mark.id] for mark in self.marks]
        return {"known": self.known, "marks": marks, "open": self.is_open}


def order(number: str) -> tuple[int, str]:
    """Ids are numbers written as text; other servers of the kind use letters, which sort by length and then as text."""
    return len(number), number


def _marks(kept: Any) -> tuple[Mark, ...]:
    pairs = [pair for pair in kept if isinstance(pair, list) and len(pair) == 2] if isinstance(kept, list) else []
    read = [(moment(at), str(number)) for at, number in pairs]
    return tuple(Mark(at, number) for at, number in read if at)
