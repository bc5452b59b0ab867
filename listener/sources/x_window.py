"""The stretch of time a listing on X is being read over, newest first, and how it is kept in a cursor."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

DELAY = timedelta(seconds=30)  # recent search ends this long before now unless asked otherwise


@dataclass(frozen=True, slots=True)
class Window:
    """``start`` (inclusive) to ``before`` or, when None, to now. ``mark``: where the next window takes over.

    ``token``: X's own place in the paging. ``before`` follows the oldest post seen, for the day the token is dead.
    """

    start: datetime
    mark: datetime | None = None
    token: str = ""
    before: datetime | None = None
    is_resumed: bool = False
    done: bool = False

    @classmethod
    def begin(cls, note: object, *, earliest: datetime, first: datetime, overlap: timedelta) -> Self:
        """The window that goes on where ``note`` stopped, or a new one. Unreadable notes count as none at all."""
        kept = note if isinstance(note, dict) else {}
        start, mark, before = (_time(kept.get(name)) for name in ("start", "mark", "before"))
        if start and mark and (before or mark) > earliest:
            return cls(max(start, earliest), mark, str(kept.get("token") or ""), before, is_resumed=True)
        until = _time(kept.get("until")) or mark
        return cls(max(until - overlap if until else first, earliest))

    def note(self) -> dict[str, str]:
        """What to keep of it, as JSON."""
        if self.done and self.mark:
            return {"until": self.mark.isoformat()}
        times = {"start": self.start, "mark": self.mark, "before": self.before}
        return {"token": self.token} | {name: moment.isoformat() for name, moment in times.items() if moment}

    def parameters(self) -> dict[str, Any]:
        """The request's parameters; a token already stands for the end."""
        end = {"token": self.token} if self.token else {"end_time": self.before} if self.before else {}
        return {"start_time": self.start, **end}

    def without_token(self) -> Self:
        """The same stretch from the oldest post seen on, to the second: posts of that second are read again."""
        return replace(self, token="")

    def after(self, answer: dict[str, Any], at: datetime) -> Self:
        """What is left when ``answer`` was read, which the other side gave at ``at``. The first one sets the mark."""
        mark = self.mark or at - DELAY
        token = str((answer.get("meta") or {}).get("next_token") or "")
        times = [moment for post in answer.get("data") or () if (moment := _time(post.get("created_at")))]
        seen = min(times) + timedelta(seconds=1) if times else None
        # An end less than 10 s ago is refused, so it never passes the mark.
        before = min(moment for moment in (seen, self.before, mark) if moment)
        return replace(self, mark=mark, token=token, before=before, done=not token)


def _time(value: object) -> datetime | None:
    with suppress(ValueError, TypeError, AttributeError):
        return datetime.fromisoformat(value).astimezone(UTC)  # type: ignore[arg-type]
    return None
