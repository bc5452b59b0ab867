"""When a sentence says something will be done: clock times, days, dates and spans in English, French and Spanish.

Read over folded text (lower case, no accents), relative to the moment the sentence was approved and in the zone the
brand speaks in. A rule here is a word of the language; there is no model.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

JUST_PASSED = timedelta(hours=1)  # "at 15:00" approved at 15:10 still means today: it is late, not tomorrow
END_OF_DAY = time(23, 59)
_A_DAY = timedelta(days=1)
_A_BILL = timedelta(days=31)

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "una": 1, "uno": 1, "two": 2, "deux": 2, "dos": 2, "couple of": 2,
    "a couple of": 2, "three": 3, "trois": 3, "tres": 3, "a few": 3, "few": 3, "quelques": 3, "unas": 3, "unos": 3,
    "four": 4, "quatre": 4, "cuatro": 4, "five": 5, "cinq": 5, "cinco": 5, "six": 6, "seis": 6, "seven": 7,
    "sept": 7, "siete": 7, "eight": 8, "huit": 8, "ocho": 8, "nine": 9, "neuf": 9, "nueve": 9, "ten": 10, "dix": 10,
    "diez": 10, "twelve": 12, "douze": 12, "doce": 12, "fifteen": 15, "quinze": 15, "quince": 15, "twenty": 20,
    "vingt": 20, "veinte": 20, "thirty": 30, "trente": 30, "treinta": 30, "forty": 40, "forty-five": 45,
}  # fmt: skip
_NUMBER = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))
_UNITS: tuple[tuple[str, timedelta, bool], ...] = (
    (r"min(?:ute?|uto)?s?\b", timedelta(minutes=1), False),
    (r"(?:h(?:ou)?rs?|h|hours?|heures?|horas?)\b", timedelta(hours=1), False),
    (r"(?:(?:business|working|week) ?days?|jours? ouvr\w+|dias? (?:habiles?|laborables?))\b", timedelta(days=1), True),
    (r"(?:days?|jours?|dias?)\b", timedelta(days=1), False),
    (r"(?:weeks?|semaines?|semanas?)\b", timedelta(weeks=1), False),
    (r"(?:months?|mois|mes(?:es)?)\b", timedelta(days=31), False),
)  # fmt: skip
_SPAN = re.compile(
    r"\b(?:in|within|in (?:about|around|the next)|for|over|the next|no later than"
    r"|dans(?: les?)?(?: environ)?|d'ici(?: a)?"
    r"|sous|en(?: unos| unas)?|dentro de|en (?:las|los) proxim[ao]s|antes de|in less than|en moins de|en menos de)"
    rf"\s+(?:about |around |the next |less than |environ |prochaines? |prochains? |proxim[ao]s )?"
    rf"(?P<n>\d{{1,3}}|{_NUMBER})\s*(?:prochaine?s |more |autres )?"
    rf"(?P<unit>{'|'.join(f'(?:{unit})' for unit, _, _ in _UNITS)})"
)
_A_TIME_NOT_A_SPAN = re.compile(r"^d'ici(?: a)? (?:[7-9]|1\d|2\d) ?h$")  # "d'ici 18 h" is six in the evening
_HALF_HOUR = re.compile(r"\b(?:half an hour|half-hour|une demi-heure|media hora)\b")
_VAGUE_DAYS = re.compile(
    r"\b(?:in the (?:coming|next(?: few)?) days|over the (?:coming|next(?: few)?) days|dans les prochains jours"
    r"|dans les jours qui viennent|en los proximos dias|estos dias)\b"
)
_BILL = re.compile(
    r"\b(?:next|coming|following) (?:\w+ )?(?:bill|invoice|statement)\b|\bprochaine facture\b|\bfacture suivante\b"
    r"|\bproxima factura\b|\bfactura siguiente\b"
)
_HALVES = {
    "am": r"\ba\.? ?m\b|\bin the morning\b|\bdu matin\b|\bde la manana\b",
    "pm": r"\bp\.? ?m\b|\bin the (?:afternoon|evening)\b|\btonight\b|\bthis (?:afternoon|evening)\b|\bde l'apres-midi\b"
    r"|\bcet apres-midi\b|\bdu soir\b|\bce soir\b|\bde la (?:tarde|noche)\b|\besta (?:tarde|noche)\b",
}
_LEAD = (
    r"(?:at|by|before|around|about|until|from|till|a las?|las|antes de las?|hacia las?|sobre las?|vers|avant|des|pour)"
)
_NO_COUNT = (
    r"(?!\s*(?:[:.,]?\d|%|€|\$|min|hour|heure|hora|day|jour|dia|week|semain|seman|month|mois|mes\b|th\b"
    r"|st\b|nd\b|rd\b|de\b(?! la)|euros?|dollars?|gb|[a-z]{0,3}\d))"
)
_CLOCKS = (
    re.compile(r"\b(?P<h>[01]?\d|2[0-4])\s?[:h]\s?(?P<m>[0-5]\d)\b"),  # 15:00, 15 h 30
    re.compile(r"\b(?P<h>1[0-2]|0?\d)(?:[.](?P<m>[0-5]\d))?\s?(?=[ap]\.? ?m\b)"),  # 3 pm, 3.30 pm
    re.compile(r"\b(?P<h>[01]?\d|2[0-4])\s?(?:h|heures?|hrs?)\b(?P<m>)"),  # 15 h
    re.compile(rf"\b{_LEAD}\s+(?P<h>[01]?\d|2[0-3])\b{_NO_COUNT}(?P<m>)"),  # at 3, a las 15
)
_NAMED = {time(12): r"\b(?:noon|midday|midi|mediodia)\b(?<!apres-midi)", time(0): r"\b(?:midnight|minuit|medianoche)\b"}
_PARTS = (
    (time(12), r"\bmorning\b|\bmatin\b|\besta manana\b|\bpor la manana\b"),
    (time(18), r"\bafternoon\b|\bapres-midi\b|\besta tarde\b|\bpor la tarde\b"),
    (time(22), r"\bevening\b|\btonight\b|\bsoir\b|\besta noche\b|\bpor la noche\b"),
    (END_OF_DAY, r"\bend of (?:the |this )?day\b|\bfin de (?:la )?journee\b|\b(?:final|fin) del dia\b"),
)  # fmt: skip
_TODAY = re.compile(
    r"\btoday\b|\btonight\b|\bthis (?:morning|afternoon|evening)\b|\baujourd'hui\b|\bce (?:soir"
    r"|matin)\b|\bcet apres-midi\b"
    r"|\bhoy\b|\besta (?:manana|tarde|noche)\b|\bend of (?:the |this )?day\b|\bfin de (?:la )?journee\b"
    r"|\b(?:final|fin) del dia\b"
)  # fmt: skip
_TOMORROW = re.compile(r"\btomorrow\b|\bdemain\b|(?<!la )(?<!esta )\bmanana\b")
_WEEKDAYS = (
    r"monday|lundi|lunes", r"tuesday|mardi|martes", r"wednesday|mercredi|miercoles", r"thursday|jeudi|jueves",
    r"friday|vendredi|viernes", r"saturday|samedi|sabado", r"sunday|dimanche|domingo",
)  # fmt: skip
_MONTHS = (
    "jan(?:uary|vier)?|enero", "feb(?:ruary)?|fevrier|febrero", "mar(?:ch)?|mars|marzo", "apr(?:il)?|avril|abril",
    "may|mai|mayo", "june?|juin|junio", "july?|juillet|julio", "aug(?:ust)?|aout|agosto",
    "sept?(?:ember)?|septembre|sep?tiembre", "oct(?:ober)?|octobre|octubre", "nov(?:ember)?|novembre|noviembre",
    "dec(?:ember)?|decembre|diciembre",
)  # fmt: skip
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, 1))
_DATES = (
    re.compile(rf"\b(?P<day>[0-3]?\d|1er)(?:st|nd|rd|th)?(?: of)?(?: de)? (?:{_MONTH})\b"),
    re.compile(rf"\b(?:{_MONTH})\.? (?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!:)"),
)
_ISO_DATE = re.compile(r"\b(?P<y>20\d\d)-(?P<m>[01]\d)-(?P<d>[0-3]\d)\b")
_THIS_WEEK = re.compile(
    r"\bthis week\b|\bend of the week\b|\bcette semaine\b|\bfin de (?:la )?semaine\b|\besta semana\b"
    r"|\bfin(?:al)? de (?:la )?semana\b"
)
_NEXT_WEEK = re.compile(r"\bnext week\b|\bsemaine prochaine\b|\b(?:proxima semana|semana que viene)\b")


@dataclass(frozen=True, slots=True)
class When:
    """A moment, and by how much two sentences that mean the same may differ in it."""

    at: datetime
    slack: timedelta = timedelta(0)


def fold(text: str) -> str:
    """Lower case, without accents, one kind of apostrophe and space."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " "))
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


def when(sentence: str, *, made_at: datetime, zone: tzinfo) -> When | None:
    """The latest moment that keeps the sentence, in ``zone``; None when it names none.

    A clock time without a day is its next occurrence (or up to an hour ago); a day without a clock time is its end.
    """
    text, now = fold(sentence), made_at.astimezone(zone)
    if (span := _span(text, now)) is not None:
        return span
    clock, day = _clock(text), _day(text, now.date())
    if clock is not None:
        return When(_at(now, day, clock, zone))
    if day is not None:
        return When(_local(day, _part(text), zone))
    if _BILL.search(text):
        return When(now + _A_BILL, slack=timedelta(days=20))
    if _VAGUE_DAYS.search(text):
        return When(now + timedelta(days=7), slack=timedelta(days=3))
    return None


def _span(text: str, now: datetime) -> When | None:
    if _HALF_HOUR.search(text):
        return When(_after(now, timedelta(minutes=30)), slack=timedelta(minutes=10))
    found = _SPAN.search(text)
    if found is None or _A_TIME_NOT_A_SPAN.search(found[0]):
        return None
    count = int(found["n"]) if found["n"].isdigit() else _NUMBERS[found["n"]]
    unit, business = next((size, business) for rule, size, business in _UNITS if re.match(rule, found["unit"]))
    length = count * unit
    at = _business(now, count) if business else _after(now, length) if unit < _A_DAY else now + length
    return When(at, slack=min(length / 4, timedelta(days=2)))


def _after(now: datetime, length: timedelta) -> datetime:
    """So long by the stopwatch: the wall clock jumps when summer time begins or ends."""
    return (now.astimezone(UTC) + length).astimezone(now.tzinfo)


def _business(now: datetime, days: int) -> datetime:
    at = now
    while days > 0:
        at += timedelta(days=1)
        days -= at.weekday() < 5
    return at


def _clock(text: str) -> tuple[time, bool] | None:
    """A time of day, and whether the half of the day is known."""
    for moment, name in _NAMED.items():
        if re.search(name, text):
            return moment, True
    half = next((name for name, rule in _HALVES.items() if re.search(rule, text)), "")
    for rule in _CLOCKS:
        if found := rule.search(text):
            hour, minute = int(found["h"]), int(found["m"] or 0)
            if half and hour <= 12:
                hour = hour % 12 + (12 if half == "pm" else 0)
            known = bool(half) or hour > 12 or hour == 0 or bool(found["m"]) or rule is _CLOCKS[2]
            return time(hour % 24, minute), known
    return None


def _day(text: str, today: date) -> date | None:  # noqa: PLR0911 - one way to name a day after the other
    if found := _ISO_DATE.search(text):
        return _date(int(found["y"]), int(found["m"]), int(found["d"]))
    for rule in _DATES:
        if found := rule.search(text):
            month = next(number for number in range(1, 13) if found[f"m{number}"])
            here = _date(today.year, month, int(found["day"].removesuffix("er")))
            return (
                here if here is None or here >= today - timedelta(days=60) else _date(today.year + 1, month, here.day)
            )
    if _TODAY.search(text):
        return today
    if _TOMORROW.search(text):
        return today + timedelta(days=1)
    for number, names in enumerate(_WEEKDAYS):
        if re.search(rf"\b(?:{names})\b", text):
            return today + timedelta(days=(number - today.weekday()) % 7 or 7)
    sunday = today + timedelta(days=6 - today.weekday())
    if _NEXT_WEEK.search(text):
        return sunday + timedelta(days=7)
    return sunday if _THIS_WEEK.search(text) else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _part(text: str) -> time:
    return next((end for end, rule in _PARTS if re.search(rule, text)), END_OF_DAY)


def _at(now: datetime, day: date | None, clock: tuple[time, bool], zone: tzinfo) -> datetime:
    moment, known = clock
    if day is not None:
        if moment == time(0):  # midnight ends the day that is named
            return _local(day + timedelta(days=1), moment, zone)
        return _local(day, moment, zone)
    halves = [moment] if known or moment.hour >= 12 else [moment, moment.replace(hour=moment.hour + 12)]
    days = (now.date(), now.date() + timedelta(days=1))
    options = [_local(each, half, zone) for each in days for half in halves]
    past = JUST_PASSED if known else timedelta(0)
    return next((option for option in sorted(options) if option >= now - past), options[-1])


def _local(day: date, moment: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, moment, tzinfo=zone)
