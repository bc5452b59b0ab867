"""The words around the facts, one file a language: for the status page and the front-line pack."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.domain import FactSheet

HERE = Path(__file__).parent
SPOKEN = ("en", "fr", "es")
Words = Mapping[str, Mapping[str, Any]]
Names = Mapping[str, Mapping[str, str]]  # for each language, component names in small letters and what people call them


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


def number(count: int, language: str) -> str:
    """As "12,345", with the mark that parts thousands in this language."""
    return f"{count:,}".replace(",", str(words(language)["time"]["thousands"]))


def listed(names: Sequence[str], language: str) -> str:
    """As "Hamilton, Ottawa and Québec"; "" for none."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {words(language)['time']['list_and']} {names[-1]}"


def in_words(sheet: FactSheet, language: str, languages: Sequence[str], names: Names) -> FactSheet:
    """The sheet with components as people call them in one of the ``languages``; in the first they keep their names.

    A line never speaks two languages: where a component has no name, all are "our service". Two components that
    people call the same are one. What is written without a language is in the first, and stands there as its own.
    """
    if language == languages[0]:
        own = {f"{name}.{language}": text for name, text in sheet.facts.items() if "." not in name}
        return replace(sheet, facts={**own, **sheet.facts})
    terms = names.get(language, {})
    called = dict.fromkeys(terms.get(name.casefold(), name if name[:1].isupper() else "") for name in sheet.components)
    restored = dict.fromkeys(terms.get(name.casefold(), name) for name in sheet.restored)  # regions too
    service = str(words(language)["pack"]["service"])
    return replace(sheet, components=tuple(called) if all(called) else (service,), restored=tuple(restored))


def is_foreign(sheet: FactSheet, name: str, language: str) -> bool:
    """Whether a fact of a sheet ``in_words`` is told in the words of another language, for want of its own."""
    return bool(sheet.get(name)) and not sheet.get(f"{name}.{language}")


def where(sheet: FactSheet, language: str) -> str:
    """As "mobile data in Hamilton and Ottawa"; one of both when the other is not known, "" for none."""
    components, regions = listed(sheet.components, language), listed(sheet.regions, language)
    if not (components and regions):
        return components or regions
    return str(words(language)["asked"]["where"]).format(components=components, regions=regions)
