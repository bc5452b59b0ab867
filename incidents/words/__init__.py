"""The words around the facts, one file a language: for the status page and the front-line pack."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPOKEN = ("en", "fr", "es")
Words = Mapping[str, Mapping[str, Any]]


@cache
def words(language: str) -> Words:
    """The words of one language of SPOKEN."""
    loaded: Words = tomllib.loads((HERE / f"{language}.toml").read_text(encoding="utf-8"))
    return loaded


def of_brand(languages: Sequence[str]) -> tuple[str, ...]:
    """The brand's languages that have words here, its first ones first; English when there are none."""
    found = tuple(dict.fromkeys(tag for language in languages if (tag := language.split("-")[0].lower()) in SPOKEN))
    return found or SPOKEN[:1]


def full(moment: datetime, language: str) -> str:
    """As "Fri 20 November, 14:03", in the moment's own zone."""
    book = words(language)["time"]
    return str(book["full"]).format(
        day=book["days"][moment.weekday()],
        date=moment.day,
        month=book["months"][moment.month - 1],
        h=moment.hour,
        m=moment.minute,
    )


def spoken(moment: datetime, language: str) -> str:
    """As "2:30 pm" or "14 h 30": how it is said aloud."""
    book = words(language)["time"]
    form = book["spoken_time"] if moment.minute else book["spoken_hour"]
    half = "am" if moment.hour < 12 else "pm"
    return str(form).format(h=moment.hour, h12=moment.hour % 12 or 12, m=moment.minute, half=half)


def listed(names: Sequence[str], language: str) -> str:
    """As "Hamilton, Ottawa and Québec"; "" for none."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words(language)['time']['list_and']} {names[-1]}"
