"""What a person typed into a form: read field by field, every fault kept beside its field."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request

from dashboards.languages import _, counted

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST = 4000  # characters of one field


async def fields_of(request: Request) -> dict[str, str]:
    """Dependency: the text fields of a posted form; line ends made one kind, NUL and lone surrogates cut out."""
    form = await request.form()
    return {name: _clean(value) for name, value in form.items() if isinstance(value, str)}


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode(errors="ignore").decode()


Fields = Annotated[dict[str, str], Depends(fields_of)]


def local(moment: datetime, zone: tzinfo) -> str:
    """A moment as ``<input type=datetime-local>`` wants it, in the zone."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


class Form:
    """Reads fields; what cannot be read is said in ``errors`` by field, in words for the person who typed it."""

    def __init__(self, values: Mapping[str, str], zone: tzinfo) -> None:
        self.values = values
        self.zone = zone
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def required(self, name: str, missing: str) -> str:
        text = self.text(name)
        if not text:
            self.errors[name] = missing
        elif len(text) > LONGEST:
            self.errors[name] = too_long(len(text), LONGEST)
        return text

    def number(self, name: str) -> int:
        """A version or id; anything else is -1, which no row has."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def one_of(self, name: str, choices: tuple[Choice, ...], missing: str) -> Choice | None:
        found = next((choice for choice in choices if choice.value == self.text(name)), None)
        if found is None:
            self.errors[name] = missing
        return found

    def items(self, name: str) -> tuple[str, ...]:
        """Entries parted by commas or line ends; empty and repeated ones fall away."""
        parts = (part.strip() for part in self.text(name).replace("\n", ",").split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    def links(self, name: str) -> tuple[str, ...]:
        """Web addresses, one a line."""
        lines = tuple(dict.fromkeys(line.strip() for line in self.text(name).split("\n") if line.strip()))
        bad = next((line for line in lines if not is_web_address(line)), None)
        if bad is not None:
            self.errors[name] = _(
                "“%(text)s” is not a web address. Write it whole, such as https://status.example.com.", text=bad[:80]
            )
        return lines

    def moment(self, name: str, *, now: datetime, past: bool) -> datetime | None:
        """A local time of the brand's zone, or None when left empty. ``past``: it must have been; else it must come."""
        text = self.text(name)
        if not text:
            return None
        try:
            naive = datetime.fromisoformat(text)
        except ValueError:
            self.errors[name] = _("Write the time as in 2026-11-20T14:30.")
            return None
        if not 2000 <= naive.year < 2100:  # far outside, no time zone can be applied
            self.errors[name] = _("Choose a year from 2000 to 2099.")
            return None
        at = naive if naive.tzinfo else naive.replace(tzinfo=self.zone)
        # A time that the clocks skip comes back from UTC as another one.
        if not naive.tzinfo and at.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != naive:
            self.errors[name] = _(
                "The clocks are put forward over this time, so it does not exist that day. Choose a later one."
            )
        elif not naive.tzinfo and not past and at.utcoffset() != at.replace(fold=1).utcoffset():
            self.errors[name] = _(
                "The clocks are put back over this time, so it comes twice that day. Choose one outside of that hour."
            )
        elif past and at > now:
            self.errors[name] = _("This lies in the future. Say when it began.")
        elif not past and at <= now:
            self.errors[name] = _(
                "This has passed: it is %(now)s now. Choose a time to come, or leave it empty.",
                now=local(now, self.zone)[11:],
            )
        return at


def too_long(length: int, most: int) -> str:
    """What to say of a text with more characters than are kept."""
    return _("This has %(length)s characters; at most %(most)s are kept.", length=counted(length), most=counted(most))


def is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and not any(character.isspace() for character in text)
    )
