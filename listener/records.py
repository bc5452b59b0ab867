"""One record from outside (a JSON object or the cells of a CSV row) as a mention."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from core.clock import YEARS, in_reach, iso
from core.domain import Eligibility, Mention, Platform
from core.errors import InputError
from listener.eligibility import from_text

MAX_TEXT = 40_000  # characters; the longest post of the platforms is Reddit's
MAX_NAME = 300
MAX_FOLLOWERS = 10_000_000_000
AHEAD = timedelta(days=1)
"""So far a clock elsewhere may run before ours. What is dated later is no time at which anything was posted."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_Choice = TypeVar("_Choice", Platform, Eligibility)
_TIME_EXAMPLE = "e.g. 2026-11-20T08:05:00-05:00"


def mention_from(record: Mapping[str, object], handles: tuple[str, ...] = ()) -> Mention:
    """Checks and cleans a record's fields. Raises InputError naming the field and what is wrong with it.

    NULs are taken out and lone surrogates replaced by U+FFFD; a text is cut after 40,000 characters. An author's
    leading ``@`` or ``u/`` is dropped. Without "eligible" the ``handles`` in the text decide.
    """
    platform = _choice(record, "platform", Platform)
    if platform is None:
        raise InputError("platform: is missing")
    text = _text(record)
    return Mention(
        platform=platform,
        external_id=_required(record, "id"),
        author=_author(record),
        text=text,
        created_at=_time(record),
        author_name=_optional(record, "author_name", cut=True),
        followers=_followers(record),
        url=_url(record),
        in_reply_to=_optional(record, "in_reply_to") or None,
        conversation_id=_optional(record, "conversation_id") or None,
        quoted_id=_optional(record, "quoted_id") or None,
        share_of=_optional(record, "share_of") or None,
        language=_language(record),
        community=_optional(record, "community").removeprefix("/").removeprefix("r/"),
        eligible=_choice(record, "eligible", Eligibility) or from_text(text, platform, handles),
        own=_flag(record, "own"),
    )


def posted(mention: Mention, now: datetime) -> Mention:
    """The mention, if it can have been posted by ``now``. Raises InputError."""
    if mention.created_at - now > AHEAD:
        raise InputError(f"created_at: {iso(mention.created_at)} is more than a day ahead of the clock, {iso(now)}")
    return mention


def clean(text: str) -> str:
    """Without NULs; surrogate pairs joined, lone surrogates as U+FFFD: text that any store and encoding takes."""
    text = text.replace("\0", "")
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _value(record: Mapping[str, object], name: str) -> str | None:
    """A field as text: ids may come as numbers. None when absent or null."""
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{name}: {_shown(value)} is not a string")
    return clean(str(value))


def _shown(value: object) -> str:
    shown = clean(value) if isinstance(value, str) else clean(repr(value))
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return f'"{shown}"' if isinstance(value, str) else shown


def _required(record: Mapping[str, object], name: str) -> str:
    value = _value(record, name)
    if value is None:
        raise InputError(f"{name}: is missing")
    if not value.strip():
        raise InputError(f"{name}: is empty")
    return _short(name, value.strip())


def _short(name: str, value: str) -> str:
    if len(value) > MAX_NAME:
        raise InputError(f"{name}: is longer than {MAX_NAME} characters")
    return value


def _optional(record: Mapping[str, object], name: str, *, cut: bool = False) -> str:
    value = (_value(record, name) or "").strip()
    return value[:MAX_NAME] if cut else _short(name, value)


def _text(record: Mapping[str, object]) -> str:
    value = _value(record, "text")
    if value is None:
        raise InputError("text: is missing")
    value = value[:MAX_TEXT]
    if not value.strip():
        raise InputError("text: is empty")
    return value


def _author(record: Mapping[str, object]) -> str:
    author = _required(record, "author")
    author = author.removeprefix("/u/").removeprefix("u/").removeprefix("@")
    if not author:
        raise InputError("author: is empty")
    return author


def _choice(record: Mapping[str, object], name: str, kind: type[_Choice]) -> _Choice | None:
    value = _optional(record, name, cut=True)
    if not value:
        return None
    try:
        return kind(value.casefold())
    except ValueError as error:
        raise InputError(f"{name}: {_shown(value)} is not one of {', '.join(kind)}") from error


def _time(record: Mapping[str, object]) -> datetime:
    value = _required(record, "created_at")
    moment = _aware(value)
    if moment is None:
        raise InputError(f"created_at: {_shown(value)} is not a time with offset, {_TIME_EXAMPLE}")
    if not in_reach(moment):
        raise InputError(f"created_at: {_shown(value)} is not in the years {YEARS[0]} to {YEARS[-1]}")
    return moment


def _aware(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value.upper())
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _followers(record: Mapping[str, object]) -> int | None:
    value = record.get("followers")
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) < 12:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_FOLLOWERS:
        raise InputError(f"followers: {_shown(value)} is not a whole number from 0 up")
    return value


def _url(record: Mapping[str, object]) -> str:
    value = (_value(record, "url") or "").strip()
    if not value:
        return ""
    try:
        fine = urlsplit(value).scheme in {"http", "https"} and len(value) <= 2_000
    except ValueError:
        fine = False
    if not fine:
        raise InputError(f"url: {_shown(value)} is not an http or https address")
    return value


def _language(record: Mapping[str, object]) -> str | None:
    value = _optional(record, "language")
    if value and not _LANGUAGE.fullmatch(value):
        raise InputError(f"language: {_shown(value)} is not a language tag, e.g. en or fr-CA")
    return value.replace("_", "-") or None


def _flag(record: Mapping[str, object], name: str) -> bool:
    value = record.get(name)
    known = {None: False, "": False, "false": False, "0": False, "true": True, "1": True}
    key = str(value).strip().lower() if isinstance(value, bool | int | str) else value
    if not isinstance(key, str | None) or key not in known:
        raise InputError(f"{name}: {_shown(value)} is not true or false")
    return known[key]
