"""Lists a page at a time: ``limit`` and the opaque ``next`` of the page before as ``after``. New rows shift nothing."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

from core.errors import InputError

MOST, USUAL = 200, 50
T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at once.")]
After = Annotated[str, Query(max_length=200, description="The `next` of the page before; empty for the first.")]


def _plus(value: object) -> object:
    """An offset's ``+`` that nobody wrote as %2B arrives as a space."""
    return value[:-6] + "+" + value[-5:] if isinstance(value, str) and value[-6:-5] == " " else value


def _sensible(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 2200:  # far outside, no time zone can be applied
        raise ValueError("choose a year from 1970 to 2199")
    return moment


Moment = Annotated[AwareDatetime, BeforeValidator(_plus), AfterValidator(_sensible)]


def pack(*parts: object) -> str:
    """The place behind the last row of a page."""
    return base64.urlsafe_b64encode("~".join(map(str, parts)).encode()).decode().rstrip("=")


def unpack(after: str, read: Callable[..., T]) -> T | None:
    """What ``pack`` was given, through ``read``; None for "". Raises InputError."""
    if not after:
        return None
    try:
        parts = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode().split("~")
        return read(*parts)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        raise InputError("after: not a place in this list; send the `next` of the page before as it is") from None


def number(text: str, *, least: int = 0) -> int:
    """The id of a row, or with ``least`` another number that a column holds. Raises ValueError."""
    found = int(text)
    if not least <= found < 2**31:
        raise ValueError(text)
    return found


def moment(text: str) -> datetime:
    """Raises ValueError for a time without offset."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return _sensible(found)
