"""The words for hours and minutes, and hours told in them: "a quarter past nine", "a las nueve y cuarenta"."""

import re
from collections.abc import Iterator

from responder.gate.number_words import ANY_NUMBER, BOUND, NUMBER_WORDS, any_of
from responder.gate.reading import rx

DAY = 1440
HALF_DAY = DAY // 2
_OTHERS = {"one": 1, "un": 1, "une": 1, "una": 1, "once": 11, "noon": 12, "midday": 12, "midnight": 0}
_WORDS = NUMBER_WORDS | BOUND
CLOCK_WORDS = (
    {word: value for word, value in _WORDS.items() if value <= 12 and word != "dozen"}
    | {str(value): value for value in range(1, 13)}
    | _OTHERS
)
_NAMED = {"midi": 12, "mediodia": 12, "minuit": 0, "medianoche": 0}
FRENCH_HOURS = {word: value for word, value in _WORDS.items() if value <= 20} | {
    "un": 1, "une": 1, "vingt et une": 21, "vingt-et-une": 21, "vingt-deux": 22, "vingt deux": 22, "vingt-trois": 23,
    "vingt trois": 23, "vingt-quatre": 24,
}  # fmt: skip
MINUTE_WORDS = {
    word: value for word, value in (_WORDS | {str(one): one for one in range(1, 60)}).items() if value < 60
} | {"five and twenty": 25}
DAY_HOURS = {word: value for word, value in NUMBER_WORDS.items() if value <= 24 and value} | {"one": 1}
FULL_MINUTES = {word: value for word, value in NUMBER_WORDS.items() if 10 <= value < 60}  # that need no "past" or "to"
_HOUR = any_of(CLOCK_WORDS)
HOUR_WORD = any_of(word for word in CLOCK_WORDS if word.isalpha())
_FRENCH_HOUR = any_of(FRENCH_HOURS | {str(one): one for one in range(1, 25)})
_MINUTE = any_of(MINUTE_WORDS)
# As far as "twenty-nine past" goes.
TO_HALF = any_of(word for word, value in MINUTE_WORDS.items() if value < 30 and word != "one")
_COUNTED = (
    r"(?:\s(?:working|business|full|more))?\s"
    r"(?:minutes?|hours?|days?|weeks?|months?|times?|people|of|per|homes?|customers?|percent)\b"
)
_COUNTED_ES = r"\s(?:minutos?|horas?|dias?|semanas?|mes(?:es)?|anos?|euros?|pesos?|client\w+|personas?|por|mil|veces)\b"

_ENGLISH = (
    rf"\b(?:(?P<en_part>(?:an?\s)?quarter|half|(?:{_MINUTE})\sminutes?|(?:{TO_HALF}))"
    rf"\s(?P<en_side>past|after|to|before)\s(?P<en_hour>{_HOUR})(?![:.]\d|{_COUNTED})"
    rf"|(?<!\band a )(?<!\ba )half[ -](?P<gb_hour>{_HOUR})(?![:.]?\d|{_COUNTED}))\b"
)
_FRENCH = (
    rf"\b(?:(?P<fr_hour>{_HOUR}|midi|minuit)(?:\sheures?)?\s(?P<fr_side>et|moins)"
    rf"\s(?P<fr_part>(?:le\s)?quart|demie?|{TO_HALF})(?!\s(?:heures?|minutes?|h\b))"
    rf"|(?P<fr_late>{_FRENCH_HOUR})\sheures?\spassees?\sde\s(?P<fr_since>{_MINUTE})"
    rf"|(?P<fr_named>midi|minuit)\s(?P<fr_after>{_MINUTE})(?!\s(?:heures?|minutes?|h\b))"
    rf"|(?P<fr_gap>(?:un\s)?quart d'heure|(?:{_MINUTE})\sminutes?)\s(?P<fr_which>avant|apres)"
    rf"\s(?:(?P<fr_of>{_FRENCH_HOUR})\s?h(?:eures?)?(?!\s?\d|\s(?:{_MINUTE})\b)|(?P<fr_noon>midi|minuit)))\b"
)
_SPANISH = (
    rf"\b(?:(?:las?\s(?P<es_hour>{_HOUR})|(?P<es_named>mediodia|medianoche))"
    rf"\s(?P<es_side>y|menos)\s(?P<es_part>media|cuarto|{_MINUTE})"
    rf"|las?\s(?P<es_plain>{_HOUR})\s(?P<es_minute>{_MINUTE})(?!{_COUNTED_ES})"
    rf"|(?P<es_gap>(?:un\s)?cuarto(?: de hora)?|(?:{_MINUTE})\sminutos?|(?:{TO_HALF})(?=\spara))"
    rf"\s(?P<es_which>para|pasadas|despues|antes)\s(?:de\s|del\s|el\s)?"
    rf"(?:las?\s(?P<es_of>{_HOUR})(?![:.]?\d|\s(?:y|menos)\s)|(?:la\s)?(?P<es_noon>mediodia|medianoche)))\b"
)
# The words without which a pattern finds nothing: looking for them first is quick.
_READ = (
    (r"\b(?:past|after|to|before|half)\b", _ENGLISH),
    (r"heure|midi|minuit|\b(?:et|moins|avant|apres)\b", _FRENCH),
    (r"\blas?\s|mediodia|medianoche", _SPANISH),
)


def spoken(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and minutes past noon or midnight of every hour in words; which half of the day stays open."""
    for anchor, pattern in _READ:
        if rx(anchor).search(text):
            for match in rx(pattern).finditer(text):
                value = _minute(match)
                if value is not None:
                    yield match.start(), match.end(), value % HALF_DAY


def _minute(match: "re.Match[str]") -> float | None:
    told = {name: words for name, words in match.groupdict().items() if words}
    if "gb_hour" in told:  # "at half nine" is half past nine
        return CLOCK_WORDS[told["gb_hour"]] * 60 + 30
    if "fr_late" in told:
        return _hour(told["fr_late"]) * 60 + MINUTE_WORDS[told["fr_since"]]
    if "fr_named" in told:
        return _NAMED[told["fr_named"]] * 60 + MINUTE_WORDS[told["fr_after"]]
    if "es_plain" in told:
        minutes = MINUTE_WORDS[told["es_minute"]]
        return CLOCK_WORDS[told["es_plain"]] * 60 + minutes if minutes >= 10 else None
    if "fr_gap" in told or "es_gap" in told:
        name = "fr" if "fr_gap" in told else "es"
        hour = _hour(told.get(f"{name}_of") or told[f"{name}_noon"])
        minutes = _part(told[f"{name}_gap"])
        return hour * 60 + (-minutes if told[f"{name}_which"] in {"avant", "antes", "para"} else minutes)
    return _beside(match, told)


def _beside(match: "re.Match[str]", told: dict[str, str]) -> float | None:
    """The hour with its minutes before or after: "twenty to eight", "neuf heures et demie", "las once menos veinte"."""
    spoken_in = match.lastgroup[:2] if match.lastgroup else ""
    side, part = told[f"{spoken_in}_side"], told[f"{spoken_in}_part"]
    if side == "to" and match.string.endswith("from ", 0, match.start()):
        return None  # "from two to five"
    if side == "before" and not part.endswith(("quarter", "minutes", "minute")):
        return None  # "five before nine" counts things
    if spoken_in == "fr" and _is_span(match):
        return None
    hour = _hour(told.get(f"{spoken_in}_hour") or told["es_named"])
    minutes = _part(part)
    return hour * 60 + (-minutes if side in {"to", "before", "moins", "menos"} else minutes)


def _hour(words: str) -> int:
    for names in (_NAMED, CLOCK_WORDS, FRENCH_HOURS):
        if words in names:
            return names[words]
    return int(words)


def _part(words: str) -> int:
    """Minutes of "half", "un quart d'heure", "veinte minutos"."""
    if rx(r"half|demie?|media\b").fullmatch(words):
        return 30
    if rx(r"(?:un |le |an? )?(?:quart|quarter|cuarto)\b").match(words):
        return 15
    return MINUTE_WORDS[rx(r" minut\w+$").sub("", words)]


def _is_span(match: "re.Match[str]") -> bool:
    """Whether "trois heures et demie" is how long, not when; "deux et demi" counts something else altogether."""
    if match["fr_hour"] in {"midi", "minuit"} or match["fr_side"] == "moins":
        return False
    when = rx(r"\b(?:a|vers|des|avant|apres|jusqu'a|pour)\s$").search(match.string, 0, match.start())
    since = rx(r"\bdepuis\s$").search(match.string, 0, match.start()) and CLOCK_WORDS[match["fr_hour"]] >= 5
    return "heure" not in match[0] or not (when or since)


def french_hours(text: str) -> Iterator[tuple[int, int, float, bool]]:
    """Start, end, minute of the day of "deux heures dix", and whether its half of the day is sure.

    It may be a time of day or how long; who asks has to allow for both.
    """
    if "heure" not in text:
        return
    pattern = (
        rf"(?<![\w-])(?P<hour>{any_of(FRENCH_HOURS)})\sheures?\s"
        rf"(?:(?P<three>trois quarts)|(?P<one>un quart)|(?P<minute>{ANY_NUMBER})(?!\s(?:minutes?|heures?)))\b"
    )
    for match in rx(pattern).finditer(text):
        hour = FRENCH_HOURS[match["hour"]]
        minutes = 45 if match["three"] else 15 if match["one"] else NUMBER_WORDS[match["minute"]]
        yield match.start(), match.end(), hour % 24 * 60 + minutes, hour > 12
