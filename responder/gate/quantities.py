"""Reads numbers, clock times and durations out of English, French and Spanish text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from responder.gate.number_words import composed
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
_HUNDREDS_ES = "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
_TENS |= {word: value for value, word in zip(range(200, 1000, 100), _HUNDREDS_ES.split(), strict=True)}
# "un", "once" and "one" are articles, adverbs and pronouns far more often than figures.
_NOT_FIGURES = frozenset({"zero", "one", "un", "uno", "cero", "once", "neuf", "nueve"})
NUMBER_WORDS = (
    {word: value for names in _UNITS.values() for value, word in enumerate(names.split()) if word not in _NOT_FIGURES}
    | _TENS
    | {"nine": 9}
)

_TWENTIES_ES = "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_JOINED = {"en": ("-", " "), "fr": ("-", " "), "es": (" y ",)}
_BY_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "fr": "vingt trente quarante cinquante soixante",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}


def _compounds() -> dict[str, int]:
    """The numbers of two words, as far as the language builds them in one way: "thirty-five", "treinta y cinco"."""
    found = {word: value for value, word in enumerate(_TWENTIES_ES.split(), 21)}
    for language, tens in _BY_TENS.items():
        units = _UNITS[language].split()[1:10]
        for ten, name in enumerate(tens.split(), 2):
            found |= {
                f"{name}{join}{unit}": ten * 10 + one for one, unit in enumerate(units, 1) for join in _JOINED[language]
            }
            if language == "fr":
                found |= {f"{name} et un": ten * 10 + 1, f"{name}-et-un": ten * 10 + 1}
    return found


NUMBER_WORDS |= _compounds()
_CLOCK_WORDS = (
    {word: value for names in _UNITS.values() for value, word in enumerate(names.split()) if 0 < value <= 12}
    | {str(value): value for value in range(1, 13)}
    | {"una": 1, "noon": 12, "midnight": 0}
)
_FRENCH_HOURS = {word: value for value, word in enumerate(_UNITS["fr"].split()) if value} | {
    "une": 1, "vingt et une": 21, "vingt-et-une": 21, "vingt-deux": 22, "vingt deux": 22, "vingt-trois": 23,
    "vingt trois": 23, "vingt-quatre": 24,
}  # fmt: skip
_MINUTE_WORDS = {
    word: value for word, value in (NUMBER_WORDS | {str(value): value for value in range(1, 30)}).items() if value < 30
}


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_ANY_NUMBER = _any(NUMBER_WORDS)  # put together once: it is long, and asked for with every text


# "a quarter past nine", "twenty to eight", "neuf heures et demie", "las once menos veinte"
_SPOKEN = (
    rf"\b(?:(?P<en_part>(?:an?\s)?quarter|half|(?:{_any(_MINUTE_WORDS)})(?:\sminutes)?)"
    rf"\s(?P<en_side>past|after|to)"
    rf"\s(?P<en_hour>{_any(_CLOCK_WORDS)})(?![:.]\d|\s(?:minutes?|hours?|days?|weeks?|times?|people|of)\b)"
    rf"|(?:(?<=\bat )|(?<=since )|(?<=from )|(?<=by )|(?<=until )|(?<=till )|(?<=the ))half[ -]"
    rf"(?P<gb_hour>{_any(_CLOCK_WORDS)})(?!\s(?:minutes?|hours?|days?|weeks?|times?|people|of)\b)"
    rf"|(?P<fr_hour>{_any(_CLOCK_WORDS)}|midi|minuit)(?:\sheures?)?\s(?P<fr_side>et|moins)"
    rf"\s(?P<fr_part>(?:le\s)?quart|demie?|{_any(_MINUTE_WORDS)})(?!\s(?:heures?|minutes?|h\b))"
    rf"|las?\s(?P<es_hour>{_any(_CLOCK_WORDS)})\s(?P<es_side>y|menos)\s(?P<es_part>media|cuarto"
    rf"|{_any(_MINUTE_WORDS)}))\b"
)

HALF_DAY = 720
_MONEY = r"(?!\s?(?:[€£$]|euros?|pounds?|dollars?|libras?|livres?|dolares?)(?!\w))"
_CLOCK = (
    r"(?<![\d:.,/$€£-])(?P<hour>[01]?\d|2[0-4])(?:(?:[:.]"
    r"|\s?h(?:rs?)?\s?)(?P<minute>[0-5]\d))(?:\s?h\b)?(?!\d|:\d|[.,]\d)"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?" + _MONEY
)
_HOUR = (
    r"(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-4])(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s?(?P<clock>o'clock))"
    r"|(?:(?<=\ba )|(?<=\bentre )|(?<=\bvers )|(?<=\bavant )|(?<=\bapres )|(?<=\bdes )|(?<=\bjusqu'a ))"
    r"(?P<fr>[01]?\d|2[0-4])\s?h(?:eures?)?\b(?!\s?\d)|(?<=\ba las )(?P<es>[01]?\d|2[0-4])\b(?![:.,]?\d)"
)
_NOON = (
    r"(?:\b(?P<noon>noon|midday|mediodia)"
    r"|(?:(?<=\ba )|(?<=avant )|(?<=vers )|(?<=apres )|(?<=des )|(?<=d'ici )|(?<=jusqu'a ))(?P<midi>midi))\b"
    r"|\b(?P<midnight>midnight|minuit|medianoche)\b"
)
_DIGITS = r"(?<![\w#@/.,])(?:[$€£]\s?)?(?P<digits>\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
_SPAN = (
    r"(?:(?P<n>\d{{1,3}}(?:[.,]5)?(?=[\s-]?[a-z])|(?:{words}|an?|une?|one"
    r"|uno)(?=[\s-]))(?P<half>[\s-](?:and\s(?:(?:a\s)?half|(?:a|three)[\s-]quarters?)))?[\s-]?(?:(?:petite|bonne|good|short|full|more"
    r"|buena|little)\s)?"
    r"(?P<unit>minut(?:es?|os?|as?)\b|mins?\b|hours?|hrs?\b|heures?|horas?|h\b)"
    r"(?P<after>\s(?:et demie|y media|and a half))?(?!\s?\d))"
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
    for reader in (_spoken, _quarters, _times, _long_spans, _french_hours, _spans, _numbers):
        for figure in reader(folded):
            if not taken.meets(figure.start, figure.end):
                taken.take(figure.start, figure.end)
                yield figure


def _spoken(text: str) -> Iterator[Figure]:
    """Times in words; which half of the day they mean stays open."""
    for match in rx(_SPOKEN).finditer(text):
        if match["gb_hour"]:  # "at half nine" is half past nine
            yield Figure(
                match.start(), match.end(), "time", (_CLOCK_WORDS[match["gb_hour"]] * 60 + 30) % 720, sure=False
            )
            continue
        spoken = next(name for name in ("en", "fr", "es") if match[f"{name}_hour"])
        if match["en_side"] == "to" and match.string.endswith("from ", 0, match.start()):
            continue  # "from two to five"
        if spoken == "fr" and _is_span(match):
            continue
        hour = {"midi": 12, "minuit": 0}.get(match[f"{spoken}_hour"])
        hour = _CLOCK_WORDS[match[f"{spoken}_hour"]] if hour is None else hour
        part = match[f"{spoken}_part"].removesuffix(" minutes")
        minutes = 30 if part[:4] in {"half", "demi", "medi"} else 15 if "quar" in part or "cuar" in part else 0
        minutes = minutes or _MINUTE_WORDS[part]
        before = match[f"{spoken}_side"] in {"to", "moins", "menos"}
        value = (hour * 60 + (-minutes if before else minutes)) % 720
        yield Figure(match.start(), match.end(), "time", value, sure=False)


def _is_span(match: "re.Match[str]") -> bool:
    """Whether "trois heures et demie" is how long, not when; "deux et demi" counts something else altogether."""
    if match["fr_hour"] in {"midi", "minuit"} or match["fr_side"] == "moins":
        return False
    when = rx(r"\b(?:a|vers|des|avant|apres|jusqu'a|pour)\s$").search(match.string, 0, match.start())
    since = rx(r"\bdepuis\s$").search(match.string, 0, match.start()) and _CLOCK_WORDS[match["fr_hour"]] >= 5
    return "heure" not in match[0] or not (when or since)


def _long_spans(text: str) -> Iterator[Figure]:
    """Hours and minutes that belong together: "three hours and forty minutes", "an hour and a quarter"."""
    pattern = (
        rf"\b(?P<hours>\d{{1,2}}|{_ANY_NUMBER}|an|une?|one|una)\s(?P<extra>and\sa\shalf\s)?"
        rf"(?:h\b|hours?|heures?|horas?),?\s(?:(?:and|et|y)\s)?"
        rf"(?:(?P<part>(?:a\s)?quarter|three quarters|quart|cuarto)\b"
        rf"|(?P<minutes>\d{{1,2}}|{_ANY_NUMBER})\s?(?:minut\w*|mins?\b))"
    )
    for match in rx(pattern).finditer(text):
        hours = {"an": 1.0, "une": 1.0, "un": 1.0, "one": 1.0, "una": 1.0}.get(match["hours"])
        hours = _amount(match["hours"]) if hours is None else hours
        minutes = (45.0 if "three" in match["part"] else 15.0) if match["part"] else _amount(match["minutes"])
        yield Figure(match.start(), match.end(), "span", hours * 60 + minutes)


def _french_hours(text: str) -> Iterator[Figure]:
    """Hours and minutes in words, "deux heures dix": a time of day, or how long; who asks has to allow for both."""
    pattern = (
        rf"(?<![\w-])(?P<hour>{_any(_FRENCH_HOURS)})\sheures?\s"
        rf"(?P<minute>trois quarts|{_ANY_NUMBER})(?!\s(?:minutes?|heures?))\b"
    )
    for match in rx(pattern).finditer(text):
        hour = _FRENCH_HOURS[match["hour"]]
        minutes = 45 if match["minute"] == "trois quarts" else NUMBER_WORDS[match["minute"]]
        yield Figure(match.start(), match.end(), "time", hour % 24 * 60 + minutes, sure=hour > 12)


def _times(text: str) -> Iterator[Figure]:
    for match in rx(f"{_CLOCK}").finditer(text):
        yield _time(match, int(match["hour"]), int(match["minute"]), match["half"])
    for match in rx(f"{_HOUR}|{_NOON}").finditer(text):
        if match["noon"] or match["midi"] or match["midnight"]:
            yield Figure(match.start(), match.end(), "time", 0 if match["midnight"] else HALF_DAY)
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


_QUARTERS = (
    r"\b(?:(?P<three>three[- ]quarters? of an hour|trois quarts d'heure|tres cuartos de hora)"
    r"|(?:a |un )?(?:quarter of an hour|quart d'heure|cuarto de hora))\b"
)


def _quarters(text: str) -> Iterator[Figure]:
    for match in rx(_QUARTERS).finditer(text):
        yield Figure(match.start(), match.end(), "span", 45.0 if match["three"] else 15.0)


def _spans(text: str) -> Iterator[Figure]:
    for match in rx(r"\b" + _SPAN.format(words=_ANY_NUMBER)).finditer(text):
        amount = _amount(match["n"])
        if match["half"] or match["after"]:
            amount += _part(match["half"] or "half")
        minutes = amount if match["unit"].startswith("m") else amount * 60
        yield Figure(match.start(), match.end(), "span", minutes)


def _part(words: str) -> float:
    """Of an hour: "and a half", "and three quarters"."""
    return 0.5 if "half" in words else 0.75 if "three" in words else 0.25


def _amount(text: str) -> float:
    if text in {"a", "an", "un", "une", "one", "uno"}:
        return 1.0
    return float(NUMBER_WORDS[text]) if text in NUMBER_WORDS else float(text.replace(",", "."))


def _numbers(text: str) -> Iterator[Figure]:
    for match in rx(_DIGITS).finditer(text):
        yield Figure(match.start(), match.end(), "number", _plain(match["digits"]))
    for start, end, value in composed(text, NUMBER_WORDS):
        yield Figure(start, end, "number", value)


def _plain(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+", digits):
        return float(re.sub(r"\D", "", digits))
    return float(digits.replace(",", "."))
