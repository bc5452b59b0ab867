"""What figures may be said: those of the facts and the customer's words, and plain arithmetic on them."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from core.domain import FactSheet
from responder.gate import Candidate
from responder.gate.clock_words import CLOCK_WORDS, DAY, HALF_DAY, HOUR_WORD
from responder.gate.number_words import ANY_NUMBER, NUMBER_WORDS
from responder.gate.quantities import Figure, figures
from responder.gate.reading import customer_text, facts_text, fold, rx, sentences

_COUNTED = 20  # from here on a difference of two numbers is an answer to "how many are left", not a chance hit
_MOST_COUNTED = 40
_FEW_TIMES = 30
_EACH = (
    r"(?:\b(?:per|par|por) (?:person|head|guest|customer|passenger|personne|tete|client|persona|cliente)\b|\beach\b)"
)
_OF_A_FAMILY = 12  # people, in the customer's words; from here on nobody multiplies bottles by them
_DAYS = r"\s(?:full )?(?:days?|jours?|dias?)\b"
_A_DAY = r"(?<!once )(?<!twice )(?<!times )(?<!fois )(?<!veces )\b(?:an?|one|une?) (?:full )?(?:day|jour|dia)\b"
_EVERY_HOUR = (
    r"\b(?P<minute>\d{1,2})(?:\s?min\w*)?\s(?:past|after)\s(?:each|every|the)\shour\b"
    r"|\ba(?: la minute| las?| los)? (?P<les>\d{1,2})(?: minut\w+)? de (?:chaque heure|cada hora)\b"
)
_POSTED_HOUR = (
    r"\b(?:since|at|from|till|until|by|around|about|before|after|las|desde las|depuis|vers)\s(?P<hour>1[0-2]|[1-9])"
    r"(?=\s*(?:$|[,.;!?\n)](?!\d))|\s(?:it'?s|and|now|this|today|tonight|am|pm|to|when|i|we|my|but|so|y|et)\b)"
)
_POSTED_TOGETHER = rf"\b(?:at|since|till|until|by|around|about|from) (?P<hour>{HOUR_WORD}) (?P<minute>{ANY_NUMBER})\b"
_HOURLY = (
    r"\b(?:hourly|(?:every|each|once an) hour|cada hora|una vez por hora|toutes les heures|chaque heure|par heure)\b"
)
_OTHER_CLOCK = r"(?:\s[\w.]+){0,4}\s?[(/]\s?"
_CLOCK_OF = (
    r"\s?(?:in|en|au|aux|a|heures?|horas?|time|local|uk|us|gmt|utc|bst|ces?t|ee?s?t|[ecmp][sd]?t|ist|jst|aes?t)\b"
)
_OF = r"\s(?:\w+\s){0,2}?(?:(?:out )?of|de|des|sur|sobre)\s(?:the |our |los |las |les |nos |cada )?$"
_STILL = r"\s(?:still|are|is|were|remain|have|siguen|quedan|ya|restent|sont|encore)\b"

# "the third time" may be answered with "three times".
_ORDINALS = {
    word: float(value)
    for names in (
        "second third fourth fifth sixth seventh eighth ninth tenth",
        "deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
        "segunda tercera cuarta quinta sexta septima octava novena decima",
        "segundo tercero cuarto quinto sexto septimo octavo noveno decimo",
        "twice thrice",
    )
    for value, word in enumerate(names.split(), 2)
}


@dataclass(slots=True)
class Moments:
    """Times of day, in minutes."""

    known: set[float]  # with what arithmetic makes of them
    told: set[float]  # as they were told, by both clocks
    hours: set[float]  # by both clocks
    each_hour: set[float]  # minutes past every hour at which something happens
    began: set[float]  # when the trouble did; empty when that is not known


@dataclass(slots=True)
class Spans:
    """Lengths, in minutes."""

    known: set[float]  # with what lies between two times
    told: set[float]  # as they were told, by the customer or the facts
    own: set[float]  # that the customer tells, or that lie between their hours
    in_minutes: set[float]  # those that were told in minutes
    longest: float  # from the start to the next update


@dataclass(slots=True)
class Numbers:
    """What is counted, and the numbers that tell the length of something in other units."""

    known: set[float]  # with dates, and what arithmetic makes of them
    counted: set[float]  # in the facts and posts, without days and years
    hours: set[float]  # of the spans; among the known ones, but for days and weeks
    left: set[float]  # differences of the facts' larger numbers: what is still to come
    rest: set[float]  # thirteen of "9 of 22"
    totals: set[float]  # of the numbers of one sentence of the facts
    shares: set[float]  # what part one number of the facts is of another
    listed: set[int]  # how many regions and components there are


@dataclass(slots=True)
class Known:
    """What may be said; ``said`` is the facts and the customer's words, for what is told in other words."""

    moments: Moments
    spans: Spans
    numbers: Numbers
    said: str


@dataclass(slots=True)
class _Told:
    """The figures of texts as they stand there."""

    times: set[float] = field(default_factory=set)
    spans: set[float] = field(default_factory=set)
    in_minutes: set[float] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    ordinals: set[float] = field(default_factory=set)
    hours: set[float] = field(default_factory=set)  # of the spans

    def add(self, folded: str) -> None:
        for figure in figures(folded):
            if figure.kind == "number":
                self.numbers.add(figure.value)
            elif figure.kind == "time":
                self._add_time(figure, folded)
            else:
                self._add_span(figure, folded)
        self.ordinals |= {value for word, value in _ORDINALS.items() if re.search(rf"\b{word}\b", folded)}

    def _add_time(self, figure: Figure, folded: str) -> None:
        self.times |= {figure.value} if figure.sure else {figure.value, (figure.value + HALF_DAY) % DAY}
        if in_hours(figure, folded):
            self.spans.add(figure.value)

    def _add_span(self, figure: Figure, folded: str) -> None:
        self.spans.add(figure.value)
        self.hours.add(figure.value / 60)
        if "min" in folded[figure.start : figure.end]:
            self.in_minutes.add(figure.value)
        if in_hours(figure, folded):
            self.times.add(figure.value % DAY)


def in_hours(figure: Figure, text: str) -> bool:
    """Whether it is written "8 h", "3 h 25", "dix heures": in French a time of day and a length look alike."""
    written = r"(?:\d\s?h|heures?)(?:\s?\d\d|\s(?:un |trois )?[a-z-]+)?$"
    return bool(rx(written).search(text[figure.start : figure.end]))


def known(candidate: Candidate) -> Known:
    """All that the candidate's facts and posts allow to be said."""
    sheet, heard = candidate.sheet, customer_text(candidate)
    told = _Told()
    told.add(heard)
    told.times |= _posted_hours(heard)
    own = told.spans | _between(told.times)
    told.add(fold("\n".join([sheet.title, *sheet.facts.values(), *sheet.components])))
    told.times |= {float(_minute(moment)) for moment in (sheet.started_at, sheet.next_update_at) if moment}
    facts = fold("\n".join(sheet.facts.values()))
    told.times |= _elsewhere(facts, sheet)
    times = told.times | {(time + sign * span) % DAY for time in told.times for span in told.spans for sign in (1, -1)}
    return Known(
        moments=_moments(told, times, facts, sheet),
        spans=_spans(told, times, own, sheet, facts),
        numbers=_numbers(told, sheet, facts, heard),
        said=facts_text(sheet) + "\n" + heard,
    )


def _moments(told: _Told, times: set[float], facts: str, sheet: FactSheet) -> Moments:
    return Moments(
        known=times | _ends(facts),
        told=told.times | {(time + HALF_DAY) % DAY for time in told.times},
        hours={hour for time in times for hour in (time // 60, time // 60 - 12, time // 60 + 12)},
        each_hour={float(one["minute"] or one["les"]) for one in rx(_EVERY_HOUR).finditer(facts)},
        began={float(_minute(sheet.started_at))} if sheet.started_at else set(),
    )


def _spans(told: _Told, times: set[float], own: set[float], sheet: FactSheet, facts: str) -> Spans:
    start, update = sheet.started_at, sheet.next_update_at
    spans = told.spans | _between(times) | _over_midnight(facts) | _into_the_night(start, told.times)
    spans |= {days * DAY for days in _days(facts)} | ({60.0} if rx(_HOURLY).search(facts) else set())
    longest = (update - start).total_seconds() / 60 if start and update else 0
    return Spans(
        known=spans,
        told=told.spans | {days * DAY for days in _days(facts)},
        own=own,
        in_minutes=told.in_minutes,
        longest=longest,
    )


def _numbers(told: _Told, sheet: FactSheet, facts: str, heard: str) -> Numbers:
    numbers = told.numbers | told.hours | told.ordinals | _for_all(facts_text(sheet), heard)
    numbers |= {float(part) for day in (sheet.started_at, sheet.next_update_at) if day for part in (day.day, day.year)}
    large = sorted(number for number in numbers if number >= _COUNTED)[-_MOST_COUNTED:]
    parts = _parts(facts)
    return Numbers(
        known=numbers,
        counted=told.numbers,
        hours=told.hours,
        left={more - less for more in large for less in large if more - less >= _COUNTED},
        rest={whole - part for part, whole, counted in parts if counted},
        totals=_totals(facts),
        shares={share for part, whole, _ in parts for share in (part / whole, 1 - part / whole)},
        listed={len(sheet.regions), len(sheet.components)} - {0, 1},
    )


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _elsewhere(facts: str, sheet: FactSheet) -> set[float]:
    """The start, the update and the hours of the facts by the other clock where the facts tell one moment by two:
    "05:50 UK time (06:50 in France)", "9 am ET / 6 am PT".
    """
    times = [figure for figure in figures(facts) if figure.kind == "time"]
    ours = {float(_minute(moment)) for moment in (sheet.started_at, sheet.next_update_at) if moment}
    ahead: set[float] = set()
    theirs: set[float] = set()
    for one, other in pairwise(times):
        if rx(_OTHER_CLOCK).fullmatch(facts, one.end, other.start) and rx(_CLOCK_OF).match(facts, other.end):
            here, there = (other, one) if other.value in ours else (one, other)
            ahead.add((there.value - here.value) % DAY)
            theirs.add(there.value)
    ours |= {figure.value for figure in times} - theirs
    return {(time + more) % DAY for time in ours for more in ahead}


def _posted_hours(heard: str) -> set[float]:
    """By both clocks, of "since 8", "i gave up at 10", "at ten fifteen" in the customer's words."""
    hours = [int(match["hour"]) * 60 for match in rx(_POSTED_HOUR).finditer(heard)]
    hours += [
        CLOCK_WORDS[match["hour"]] * 60 + NUMBER_WORDS[match["minute"]]
        for match in rx(_POSTED_TOGETHER).finditer(heard)
    ]
    return {float((hour + more) % DAY) for hour in hours for more in (0, HALF_DAY)}


def _into_the_night(started: datetime | None, times: set[float]) -> set[float]:
    """How long it is from the start to what was told of the hours after midnight."""
    if not started:
        return set()
    start = _minute(started)
    return {time - start + DAY for time in times if time < start and time - start + DAY < HALF_DAY}


def _over_midnight(facts: str) -> set[float]:
    """How long it is from one time to the next of a sentence of the facts where that comes earlier in the day."""
    found: set[float] = set()
    for sentence in sentences(facts):
        times = [figure.value for figure in figures(sentence.text) if figure.kind == "time"]
        found |= {now - then + DAY for then, now in pairwise(times) if now < then}
    return found


def _days(facts: str) -> set[float]:
    """The lengths that the facts give in days."""
    told = {figure.value for figure in figures(facts) if figure.kind == "number" and rx(_DAYS).match(facts, figure.end)}
    return told | ({1.0} if rx(_A_DAY).search(facts) else set())


def _parts(facts: str) -> list[tuple[float, float, bool]]:
    """Part and whole where one sentence of the facts counts both of one thing, and whether it says "9 of 22"."""
    found = []
    for sentence in sentences(facts):
        numbers = [figure for figure in figures(sentence.text) if figure.kind == "number"]
        for one, other in pairwise(numbers):
            less, more = sorted((one.value, other.value))
            counted = one.value == less and rx(_OF).match(sentence.text, one.end, other.start)
            if 0 < less < more and (counted or rx(_STILL).match(sentence.text, other.end)):
                found.append((less, more, bool(counted)))
    return found


def _ends(facts: str) -> set[float]:
    """When what starts at a time and takes a span is over, where one sentence of the facts gives both."""
    found: set[float] = set()
    for sentence in sentences(facts):
        told = figures(sentence.text)
        spans = [figure.value for figure in told if figure.kind == "span"]
        found |= {(figure.value + span) % DAY for figure in told if figure.kind == "time" for span in spans}
    return found


def _totals(facts: str) -> set[float]:
    """The sums of the numbers that stand in one sentence of the facts."""
    told = ([one.value for one in figures(part.text) if one.kind == "number"] for part in sentences(facts))
    return {sum(numbers) for numbers in told if len(numbers) > 1}


def _for_all(facts: str, heard: str) -> set[float]:
    """Four bottles per person are twenty for a family of five."""
    people = {figure.value for figure in figures(heard) if figure.kind == "number" and figure.value <= _OF_A_FAMILY}
    each = {
        figure.value
        for figure in figures(facts)
        if figure.kind == "number" and rx(rf"^[^.\d]{{0,25}}{_EACH}").search(facts[figure.end : figure.end + 45])
    }
    return {one * many for one in each for many in people}


def _between(times: set[float]) -> set[float]:
    """Every span between two times of day, in minutes; of many times by a day as one number with a bit a minute."""
    if len(times) < _FEW_TIMES:
        return {float(int(late) - int(early)) for early in times for late in times if int(late) > int(early)}
    day = sum(1 << int(time) for time in times)
    return {float(span) for span in range(1, DAY) if day & day >> span}
