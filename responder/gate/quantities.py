"""Reads numbers, clock times and durations out of English, French and Spanish text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from responder.gate.clock_words import CLOCK_WORDS, HALF_DAY, HOUR_WORD, french_hours, spoken
from responder.gate.number_words import ANY_NUMBER, NUMBER_WORDS, OF_HOURS, composed
from responder.gate.reading import Taken, rx

_MONEY = r"(?!\s?(?:[€£$]|euros?|pounds?|dollars?|libras?|livres?|dolares?)(?!\w))"
_CLOCK = (
    r"(?<![\d:.,/$€£-])(?P<hour>[01]?\d|2[0-4])(?:(?:[:.]"
    r"|\s?h(?:rs?)?\s?)(?P<minute>[0-5]\d))(?:\s?h\b)?(?!\d|:\d|[.,]\d)"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?" + _MONEY
)
_HOUR = (
    rf"\b(?P<word>{HOUR_WORD})\so'clock\b"
    r"|(?<![\d:.,/$€£-])(?P<day>1[0-2]|[1-9])(?=\sin the (?:morning|afternoon|evening)\b)"
    r"|(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-4])(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s?(?P<clock>o'clock))"
    r"|(?:(?<=\ba )|(?<=\bentre )|(?<=\bvers )|(?<=\bavant )|(?<=\bapres )|(?<=\bdes )|(?<=\bjusqu'a ))"
    r"(?P<fr>[01]?\d|2[0-4])\s?h(?:eures?)?\b(?!\s?\d)|(?:(?<=\ba las )|(?<=\bla )(?=1 de la ))"
    r"(?P<es>[01]?\d|2[0-4])\b(?![:.,]?\d)"
)
_HOUR_ALONE = (  # "sobre las tres", "around four": not "las tres zonas", not "one by one"
    rf"(?:\b(?:a|sobre|hacia|hasta|desde|para|antes de|despues de|a eso de)\slas?\s(?P<es>{HOUR_WORD})"
    rf"|\b(?:at|by|around|about|before|after|until|till|since|towards)\s(?!one\b|once\b)(?P<en>{HOUR_WORD}))"
    r"(?=\W*$|\s?[.,;:!?)\u2026](?!\d)|\s(?:de la (?:tarde|noche|manana|madrugada)|en punto|hoy|today|tonight|sharp"
    r"|this (?:morning|afternoon|evening))\b)"
)
_NOON = (
    r"(?:\b(?P<noon>noon|midday|mediodia)"
    r"|(?:(?<=\ba )|(?<=avant )|(?<=vers )|(?<=apres )|(?<=des )|(?<=d'ici )|(?<=jusqu'a ))(?P<midi>midi))\b"
    r"|\b(?P<midnight>midnight|minuit|medianoche)\b"
)
_DIGITS = r"(?<![\w#@/.,])(?:[$€£]\s?)?(?P<digits>\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_KIND = (
    r"(?:(?:petites?|bonnes?|grosses?|longues?|good|short|full|whole|entire|solid|long|extra|additional|further|more"
    r"|buenas?|largas?|escasas?|little)\s)?"
)
_UNIT = r"(?P<unit>minut(?:es?|os?|as?|itos?)\b|mins?\b|hours?|hrs?\b|heures?|hor(?:it)?as?|h\b)"
_BOUND = r"neuf(?=\sh)|nueve(?=\s)|once(?=\s(?:horas|minutos)\b)"
_SPAN = (
    rf"(?:(?P<n>\d{{1,3}}(?:[.,]5)?(?=[\s-]?[a-z])|(?:{ANY_NUMBER}|{_BOUND}|an?|une?|one"
    r"|uno)(?=[\s-]))(?P<half>[\s-](?:and\s(?:(?:a\s)?half|(?:a|three)[\s-]quarters?)))?[\s-]?"
    rf"{_KIND}{_UNIT}"
    r"(?P<after>\s(?:et demie|y media|and a half))?(?!\s?\d))"
)
_QUARTERS = (
    r"\b(?:(?P<three>three[- ]quarters? of an hour|trois quarts d'heure|tres cuartos de hora)"
    r"|(?:a |un )?(?:quarter of an hour|quart d'heure|cuarto de hora))\b"
)
_ONE = frozenset({"a", "an", "one", "un", "une", "uno", "una"})
_ALONE = 5  # minutes after "an hour and" that need no unit
_DONE = (  # what may follow "an hour and forty"; anything else could be what the forty counts
    r"(?=\s*(?:$|[.,;:!?)](?!\d))|\s(?:late|long|left|ago|before|after|to|in|now|without|already|until|desde"
    r"|de retraso|de retard|sin|antes|ya|avant|hasta)\b)"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """``kind`` is time (minutes of the day), span (minutes) or number; ``sure`` is false for a time without am/pm."""

    start: int
    end: int
    kind: str
    value: float
    sure: bool = True


@lru_cache(maxsize=512)
def figures(folded: str) -> tuple[Figure, ...]:
    """Every figure of a folded text; each code point belongs to one figure at most. The facts are read once."""
    return tuple(_figures(folded))


def _figures(folded: str) -> Iterator[Figure]:
    taken = Taken(len(folded))
    for reader in (_spoken, _quarters, _times, _hours_alone, _long_spans, _french_hours, _spans, _numbers):
        for figure in reader(folded):
            if not taken.meets(figure.start, figure.end):
                taken.take(figure.start, figure.end)
                yield figure


def _spoken(text: str) -> Iterator[Figure]:
    """Times in words; which half of the day they mean stays open."""
    for start, end, minute in spoken(text):
        yield Figure(start, end, "time", minute, sure=False)


def _long_spans(text: str) -> Iterator[Figure]:
    """Hours and minutes that belong together: "three hours and forty minutes", "una hora y tres cuartos"."""
    if not rx(r"hour|heure|hora|\dh\b|\sh\b").search(text):
        return
    pattern = (
        rf"\b(?P<hours>\d{{1,2}}|{ANY_NUMBER}|{_BOUND}|an|une?|one|una)\s(?P<extra>and\sa\shalf\s)?"
        rf"(?:h\b|hours?|heures?|horas?),?\s(?:(?P<and>and|et|y)\s)?"
        rf"(?:(?P<part>(?:a\s)?quarter|(?:three|trois|tres)[\s-](?:quart|cuarto)(?:er)?s?|quart|cuarto)\b"
        rf"|(?P<minutes>\d{{1,2}}|{ANY_NUMBER})\s?(?:(?P<unit>minut\w*|mins?\b)|(?<=[a-z]){_DONE}))"
    )
    for match in rx(pattern).finditer(text):
        if match["minutes"] and not match["unit"] and not (match["and"] and _amount(match["minutes"]) >= _ALONE):
            continue
        minutes = (45.0 if match["part"][:2] in {"th", "tr"} else 15.0) if match["part"] else _amount(match["minutes"])
        if minutes < 60:
            yield Figure(match.start(), match.end(), "span", _amount(match["hours"]) * 60 + minutes)


def _french_hours(text: str) -> Iterator[Figure]:
    for start, end, minute, sure in french_hours(text):
        yield Figure(start, end, "time", minute, sure)


def _times(text: str) -> Iterator[Figure]:
    for match in rx(f"{_CLOCK}").finditer(text):
        yield _time(match, int(match["hour"]), int(match["minute"]), match["half"])
    for match in rx(f"{_HOUR}|{_NOON}").finditer(text):
        if match["noon"] or match["midi"] or match["midnight"]:
            yield Figure(match.start(), match.end(), "time", 0 if match["midnight"] else HALF_DAY)
        else:
            digits = match["hour"] or match["day"] or match["fr"] or match["es"]
            yield _time(match, int(digits) if digits else CLOCK_WORDS[match["word"]], 0, match["half"])


def _hours_alone(text: str) -> Iterator[Figure]:
    """Whole hours in words, without a mark of their own."""
    for match in rx(_HOUR_ALONE).finditer(text):
        word = "es" if match["es"] else "en"
        yield Figure(*match.span(word), "time", CLOCK_WORDS[match[word]] % 12 * 60.0, sure=False)


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


def _quarters(text: str) -> Iterator[Figure]:
    for match in rx(_QUARTERS).finditer(text):
        yield Figure(match.start(), match.end(), "span", 45.0 if match["three"] else 15.0)


def _spans(text: str) -> Iterator[Figure]:
    for start, end, amount in composed(text):
        if text[start:end] not in NUMBER_WORDS and (match := rx(rf"[\s-]{_KIND}{_UNIT}").match(text, end)):
            yield Figure(start, match.end(), "span", amount * _minutes_of(match["unit"]))
    for match in rx(r"\b" + _SPAN).finditer(text):
        amount = _amount(match["n"])
        if match["half"] or match["after"]:
            amount += _part(match["half"] or "half")
        yield Figure(match.start(), match.end(), "span", amount * _minutes_of(match["unit"]))


def _minutes_of(unit: str) -> int:
    return 1 if unit.startswith("m") else 60


def _part(words: str) -> float:
    """Of an hour: "and a half", "and three quarters"."""
    return 0.5 if "half" in words else 0.75 if "three" in words else 0.25


def _amount(text: str) -> float:
    if text in _ONE:
        return 1.0
    number = NUMBER_WORDS.get(text, OF_HOURS.get(text))
    return float(text.replace(",", ".")) if number is None else float(number)


def _numbers(text: str) -> Iterator[Figure]:
    for match in rx(_DIGITS).finditer(text):
        yield Figure(match.start(), match.end(), "number", _plain(match["digits"]))
    for start, end, value in composed(text):
        yield Figure(start, end, "number", value)


def _plain(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+", digits):
        return float(re.sub(r"\D", "", digits))
    return float(digits.replace(",", "."))
