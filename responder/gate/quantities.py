"""Reads numbers, clock times and durations out of English, French and Spanish text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from responder.gate.reading import Taken, rx

_UNITS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty",
    "fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept"
    " dix-huit dix-neuf vingt",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis"
    " diecisiete dieciocho diecinueve veinte",
}
_TENS = {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
    "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "treinta": 30, "cuarenta": 40,
    "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90, "cien": 100, "ciento": 100,
    "vingt-quatre": 24, "quarante-huit": 48, "veinticuatro": 24, "twenty-four": 24, "forty-eight": 48,
    "dozen": 12, "thousand": 1000, "mil": 1000, "mille": 1000, "million": 1_000_000,
    "quinzaine": 15, "quincena": 15, "fortnight": 14,
}  # fmt: skip
# "un", "once" and "one" are articles, adverbs and pronouns far more often than figures.
_NOT_FIGURES = frozenset({"zero", "one", "un", "uno", "cero", "once", "neuf", "nueve"})
NUMBER_WORDS = (
    {word: value for names in _UNITS.values() for value, word in enumerate(names.split()) if word not in _NOT_FIGURES}
    | _TENS
    | {"nine": 9}
)

_CLOCK = (
    r"(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-4])(?:(?:[:.]"
    r"|\s?h(?:rs?)?\s?)(?P<minute>[0-5]\d))(?:\s?h\b)?(?![\d:]|[.,]\d)"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?"
)
_HOUR = (
    r"(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-4])(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s?(?P<clock>o'clock))"
    r"|(?<=\ba )(?P<fr>[01]?\d|2[0-4])\s?h(?:eures?)?\b(?!\s?\d)|(?<=\ba las )(?P<es>[01]?\d|2[0-4])\b(?![:.,]?\d)"
)
_NOON = r"\b(?P<noon>noon|midday|midi|mediodia)\b|\b(?P<midnight>midnight|minuit|medianoche)\b"
_DIGITS = r"(?<![\w#@/.,])(?:[$€£]\s?)?(?P<digits>\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_WORDS = r"\b(?P<word>" + "|".join(sorted(map(re.escape, NUMBER_WORDS), key=len, reverse=True)) + r")s?\b"
_SPAN = (
    r"(?:(?P<n>\d{{1,3}}(?:[.,]5)?(?=[\s-]?[a-z])|(?:{words}|an?|une?|one"
    r"|uno)(?=[\s-]))(?P<half>[\s-](?:and\s(?:a\s)?half))?[\s-]?(?:(?:petite|bonne|good|short|full|more"
    r"|buena|little)\s)?"
    r"(?P<unit>minut\w*|min\b|hours?|hrs?\b|heures?|horas?|h\b)(?P<after>\s(?:et demie|y media))?(?!\s?\d))"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """``kind`` is time (minutes of the day), span (minutes) or number; ``sure`` is false for a time without am/pm."""

    start: int
    end: int
    kind: str
    value: float
    sure: bool = True


def figures(folded: str) -> Iterator[Figure]:
    """Every figure of a folded text; each code point belongs to one figure at most."""
    taken = Taken(len(folded))
    for reader in (_times, _spans, _numbers):
        for figure in reader(folded):
            if not taken.meets(figure.start, figure.end):
                taken.take(figure.start, figure.end)
                yield figure


def _times(text: str) -> Iterator[Figure]:
    for match in rx(f"{_CLOCK}").finditer(text):
        yield _time(match, int(match["hour"]), int(match["minute"]), match["half"])
    for match in rx(f"{_HOUR}|{_NOON}").finditer(text):
        if match["noon"] or match["midnight"]:
            yield Figure(match.start(), match.end(), "time", 720 if match["noon"] else 0)
        else:
            yield _time(match, int(match["hour"] or match["fr"] or match["es"]), 0, match["half"])


def _time(match: "re.Match[str]", hour: int, minute: int, half: str | None) -> Figure:
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    afternoon = rx(
        r"\s?(?:(?:this|in the|de la|de l'|du|ce|cet|esta)\s)?(?:afternoon|evening|tonight|tarde|noche"
        r"|apres-midi|soir)"
    )
    if not half and hour <= 12 and afternoon.match(match.string, match.end()):
        hour = hour % 12 + 12
        half = "p"
    sure = half is not None or hour > 12 or hour == 0
    return Figure(match.start(), match.end(), "time", (hour % 24) * 60 + minute, sure)


def _spans(text: str) -> Iterator[Figure]:
    words = "|".join(sorted(map(re.escape, NUMBER_WORDS), key=len, reverse=True))
    for match in rx(r"\b" + _SPAN.format(words=words)).finditer(text):
        amount = _amount(match["n"])
        if match["half"] or match["after"]:
            amount += 0.5
        minutes = amount if match["unit"].startswith("m") else amount * 60
        yield Figure(match.start(), match.end(), "span", minutes)


def _amount(text: str) -> float:
    if text in {"a", "an", "un", "une", "one", "uno"}:
        return 1.0
    return float(NUMBER_WORDS[text]) if text in NUMBER_WORDS else float(text.replace(",", "."))


def _numbers(text: str) -> Iterator[Figure]:
    for match in rx(_DIGITS).finditer(text):
        yield Figure(match.start(), match.end(), "number", _plain(match["digits"]))
    for match in rx(_WORDS).finditer(text):
        yield Figure(match.start(), match.end(), "number", NUMBER_WORDS[match["word"]])


def _plain(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+", digits):
        return float(re.sub(r"\D", "", digits))
    return float(digits.replace(",", "."))
