"""Every number, time, date and amount must come from the facts, the customer's words, or arithmetic on them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from core.domain import Finding
from responder.gate import Candidate, roughly
from responder.gate.days import strange_days
from responder.gate.language import tell
from responder.gate.quantities import HALF_DAY, Figure, figures
from responder.gate.reading import (
    Taken,
    block,
    body,
    customer_text,
    facts_text,
    fold,
    rx,
    sentence_of,
    sentences,
    shown,
)

NAME = "figure"
HOUR = 60
DAY = 1440
_COUNTED = 20  # from here on a difference of two numbers is an answer to "how many are left", not a chance hit
_MOST_COUNTED = 40
_UNIT = (
    r"\s?(?:[kmg]b|mb\w*|gigas?|%|euros?|dollars?|pounds?|km|miles?|kilometres?|metres?|[$€£]|percent|homes?"
    r"|customers?)\b"
)
_FEW = 6
_MEASURE = (
    r"[\s-](?:\w+ )?(?:hours?|heures?|horas?|days?|jours?|dias?|weeks?|semaines?|semanas?|months?|mois|mes(?:es)?"
    r"|years?|ans?|anos?|minut\w+|gigas?|[kmg]b|euros?|dollars?|pounds?|pesos?|libras?|percent"
    r"|per cent|pour cent|por ciento|homes?|customers?|clients?|clientes?|foyers?|hogares)\b|\s?[%$€£]"
)
_LIMIT = (
    r"\b(?:(?:more|longer|less|fewer|shorter) than|over|at least|up to|under|beyond|plus de|au moins|jusqu'a|moins de"
    r"|mas de|al menos|hasta|menos de)\W*$"
)
_GIVEN = (
    r"[$€£]|\b(?:euros?|dollars?|pounds?|credit\w*|refund\w*|abono|avoir|rembours\w*|reembols\w*|bill|factura"
    r"|facture)\b"
)
_EMERGENCY = frozenset({911, 111, 112, 999, 15, 17, 18, 24, 7})  # "24/7" too
_PAST = (
    r"\b(?:for|since|been|without|after|already|more than|over|nearly|almost|depuis|pendant|apres|sans"
    r"|desde|hace|llev\w+|durante|sin|mas de|casi|presque|plus de|spent|lost|of (?:no|silence))\b"
)
_ARTICLE = re.compile(r"(?:an?|une?|una)\s")
_MEASURED = (  # "in an hour" measures, "we won't name an hour" does not
    r"\b(?:in|within|for|about|around|over|under|nearly|almost|than|another|after|give us|dans|d'ici|depuis"
    r"|pendant|durant"
    r"|encore|en|dentro de|desde hace|hace|durante|casi|otra|d'|de|falta|queda|tarda|comptez|petite"
    r"|takes?|lasts?|only)\W*$"
)
_NUMERAL = r"\d|twelve|douze|doce"
_DUE = r"\b(?:by|at|until|till|before|avant|d'ici|jusqu'a|antes del?|para el?|hasta el?|a|al)\W*(?:el )?$"
_AHEAD = r"\b(?:dans|d'ici|sous|en|encore|pendant|depuis|apres)\W*$"
_PLACES = (
    r"\s+(?:\w+\s+)?(?:areas?|regions?|cit(?:y|ies)|towns?|places?|zones?|villes?|secteurs?|ciudades"
    r"|lugares|services?|stations?|gares?|estaciones|servicios|of (?:them|those)|things?|choses?|cosas?|ways?|steps?"
    r"|questions?|messages?)\b"
)
_AT = (  # "at 8" is a time, "8 crews" is not
    r"\b(?:at|by|since|from|until|till|before|after|around|about|past|and|to|vers|a|depuis|jusqu'a|avant|apres|des|et"
    r"|las"
    r"|desde|hasta|sobre)\W*(?:las\W*)?$"
)
_AMOUNT_WORDS = (
    r"\b(?:dozens|hundreds|thousands|millions|tens of|two[- ]thirds|three[- ]quarters"
    r"|a (?:third|quarter)(?! time| of an hour)"
    r"|(?:one|two|three|four|five|six|seven|eight|nine)(?: out of every| out of| in every| in) (?:two"
    r"|three|four|five|ten|twenty|\d+)"
    r"|(?:une )?(?:dizaines?|vingtaines?|centaines?|milliers|moitie)|(?:un|deux|trois) (?:tiers|quarts?)"
    r"|(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf) sur (?:deux|trois|quatre|cinq|dix|\d+)"
    r"|(?:la )?mitad|decenas|cientos|miles|(?:dos|un) tercios?|tres cuartos|(?:uno|una|dos|tres|cuatro"
    r"|cinco|seis|siete|ocho|nueve) de cada \w+"
    r"|halved|twice (?:the|as)|tripled?|thrice|four fifths|half full"
    r"|every half[- ](?:an[- ])?hour|half[- ]hourly|toutes les demi-heures|cada media hora"
    r"|per ?cent|percent|pour cent|por ciento|only a (?:few|handful)|a handful|una decena"
    r"|quelques centaines|unos pocos)\b"
)
_SHARES = (
    r"\bhalf\b|\bmoitie\b|\bmitad\b|\bone in two\b|\bun sur deux\b|\b50 ?%",
    (
        r"\bthird\b|\bone (?:\w+ )?(?:in|out of) (?:every )?three\b|\btiers\b|\bune? (?:\w+ )?sur trois\b|\btercio\b"
        r"|\bde cada tres\b"
    ),
    r"\bdoubl\w*|\btwice (?:the|as)\b|\bduplica\w*|\bdeux fois\b|\bdos veces\b",
    r"\bthree quarters\b|\btrois quarts\b|\btres cuartos\b",
    r"\bquarter\b|\bone (?:in|out of) four\b|\bquart\b|\bun sur quatre\b|\bcuarto\b|\bde cada cuatro\b",
)
_HALF_HOURS = r"\bhalf[- ](?:an[- ])?hour|\bdemi-heures?\b|\bmedia hora\b|\b30 ?min"
_FOREIGN = {
    "French": frozenset({"tres", "dos"}),
    "English": frozenset({"cent", "cents"}),
    "Spanish": frozenset({"ten"}),
}
"""Everyday words of one language that are numbers in another once their accents are gone."""
_PERCENT = r"\b(?:percent|per cent|pour cent|por ciento)\b|%"
_WEEKS = r"\s+(?:more |full |autres )?(?:weeks?|semaines?|semanas?)\b"
_DAYS = r"\s+(?:more |full |autres )?(?:days?|jours?|dias?)\b"
_EACH = (
    r"(?:\b(?:per|par|por) (?:person|head|guest|customer|passenger|personne|tete|client|persona|cliente)\b|\beach\b)"
)
_NEARLY = (  # "in about" tells the future
    r"(?<!\bin )(?<!within )(?<!dans )(?<!\ben )(?<!another )\b(?:just (?:under|over)|nearly|about|around"
    r"|almost|roughly"
    r"|environ|presque|casi|unos)\W*$"
)
_TOTAL = r"\b(?:in (?:all|total)|altogether|all told|together|au total|en tout|en total)\b"
_OF_A_FAMILY = 12  # people, in the customer's words; from here on nobody multiplies bottles by them

# "the third time" may be answered with "three times".
_ORDINALS = {
    word: float(value)
    for names in (
        "second third fourth fifth sixth seventh eighth ninth tenth",
        "deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
        "segunda tercera cuarta quinta sexta septima octava novena decima",
        "twice thrice",
    )
    for value, word in enumerate(names.split(), 2)
}


@dataclass(slots=True)
class Known:
    """What may be said: times of day and spans in minutes, plain numbers."""

    times: set[float] = field(default_factory=set)
    spans: set[float] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    hours: set[float] = field(default_factory=set)  # of the times, by both clocks
    left: set[float] = field(default_factory=set)  # differences of the facts' larger numbers: what is still to come
    counts: set[int] = field(default_factory=set)  # how many regions and components there are
    longest: float = 0  # minutes from the start to the next update
    totals: set[float] = field(default_factory=set)  # of the numbers of one sentence of the facts
    shares: str = ""  # the facts and the customer's words, for shares told in other words

    def add_text(self, folded: str) -> None:
        for figure in figures(folded):
            if figure.kind == "time":
                self.times.add(figure.value)
                if not figure.sure:
                    self.times.add((figure.value + HALF_DAY) % DAY)
                if _in_hours(figure, folded):
                    self.spans.add(figure.value)
            elif figure.kind == "span":
                self.spans.add(figure.value)
                self.numbers.add(figure.value / 60)
                if _in_hours(figure, folded):
                    self.times.add(figure.value % DAY)
            else:
                self.numbers.add(figure.value)
        self.numbers |= {value for word, value in _ORDINALS.items() if re.search(rf"\b{word}\b", folded)}

    def add_moment(self, moment: datetime | None) -> None:
        if moment:
            self.times.add(moment.hour * 60 + moment.minute)
            self.numbers |= {moment.day, moment.year}


def _in_hours(figure: Figure, text: str) -> bool:
    """Whether it is written "8 h", "3 h 25", "dix heures": in French a time of day and a length look alike."""
    return bool(rx(r"(?:\d\s?h|heures?)(?:\s?\d\d|\s[a-z-]+)?$").search(text[figure.start : figure.end]))


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every figure that nothing supports."""
    text = without_contacts(body(candidate))
    known = _known(candidate)
    limits = {(figure.kind, figure.value) for figure in figures(facts_text(candidate.sheet))}
    said = facts_text(candidate.sheet) + "\n" + customer_text(candidate)
    found = list(figures(text))
    foreign = _FOREIGN.get(tell(text) or "", frozenset())
    for figure in found:
        if text[figure.start : figure.end] in foreign:
            continue
        if not _supported(figure, text, known) or _other_limit(figure, text, limits):
            yield _finding(candidate, figure.start, figure.end)
    spans = Taken(len(text))
    for figure in found:
        if figure.kind in {"span", "time"}:
            spans.take(figure.start, figure.end)
    for match in rx(_AMOUNT_WORDS).finditer(text):
        if match[0] not in said and not _same_share(match[0], said) and not spans.meets(*match.span()):
            yield _finding(candidate, match.start(), match.end())
    moments = [moment for moment in (candidate.sheet.started_at, candidate.sheet.next_update_at) if moment]
    for start, end in strange_days(text, said, moments):
        yield _finding(candidate, start, end)


def _other_limit(figure: Figure, text: str, told: set[tuple[str, float]]) -> bool:
    """'More than four hours' beside money, where the facts draw the line elsewhere: no arithmetic gives a credit."""
    sentence = sentence_of(text, figure.start)
    before = text[sentence.start : figure.start]
    return (
        figure.kind == "span"
        and bool(rx(_LIMIT).search(before) and rx(_GIVEN).search(sentence.text))
        and any(kind == "span" for kind, _ in told)
        and (figure.kind, figure.value) not in told
    )


def _finding(candidate: Candidate, start: int, end: int) -> Finding:
    said = shown(candidate, start, end)
    return block(NAME, start, end, f"'{said}' is not in the facts or the customer's words. Correct it or take it out.")


def without_contacts(text: str) -> str:
    """Links, addresses, handles, phone numbers and list marks blanked out; another check reads them."""
    hide = (
        r"https?://\S+|\S{1,99}@\S+|@\S+|\b\S{1,99}\.example\S*|(?<![\w.,:/-])(?:\+|\(?\d)[\d().\s-]{5,24}\d"
        r"|(?<!\d)\d{1,9}\)"
        r"|^\d+\. |\b[2345]g\b"
    )
    return re.sub(
        hide, lambda match: match[0] if _one_number(match[0]) else " " * len(match[0]), text, flags=re.MULTILINE
    )


def _one_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,3}(?:[ .,]\d{3})+|\d{1,2}[-. ]\d{1,2}", text.strip())) or (
        len(re.sub(r"\D", "", text)) < 7 and text[:1] not in "@h"
    )


def _known(candidate: Candidate) -> Known:
    sheet = candidate.sheet
    known = Known()
    known.add_moment(sheet.started_at)
    known.add_moment(sheet.next_update_at)
    known.add_text(fold("\n".join([sheet.title, *sheet.facts.values(), *sheet.components])))
    known.add_text(customer_text(candidate))
    if sheet.started_at and sheet.next_update_at:
        known.longest = (sheet.next_update_at - sheet.started_at).total_seconds() / 60
    known.times |= {(time + sign * span) % DAY for time in known.times for span in known.spans for sign in (1, -1)}
    known.spans |= _between(known.times)
    known.hours = {hour for time in known.times for hour in (time // 60, time // 60 - 12, time // 60 + 12)}
    known.shares = facts_text(sheet) + "\n" + customer_text(candidate)
    known.totals = _totals(fold("\n".join(sheet.facts.values())))
    known.times |= _ends(fold("\n".join(sheet.facts.values())))
    known.numbers |= _for_all(facts_text(sheet), customer_text(candidate))
    large = sorted(number for number in known.numbers if number >= _COUNTED)[-_MOST_COUNTED:]
    known.left = {more - less for more in large for less in large if more - less >= _COUNTED}
    known.counts = {len(sheet.regions), len(sheet.components)} - {0, 1}
    return known


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
    """Every span between two times of day, in minutes; a day as one number with a bit a minute."""
    day = sum(1 << int(time) for time in times)
    return {float(span) for span in range(1, DAY) if day & day >> span}


def _supported(figure: Figure, text: str, known: Known) -> bool:
    if figure.kind == "time":
        return _time_supported(figure, text, known)
    if figure.kind == "span":
        return _span_supported(figure, text, known)
    emergency = figure.value in _EMERGENCY and not rx(_UNIT).match(text, figure.end)
    rounded = roughly.count(text[max(0, figure.start - 30) : figure.start], figure.value, known.numbers)
    if emergency or rounded or figure.value in known.numbers | known.left:
        return True
    in_total = figure.value in known.totals and rx(_TOTAL).search(sentence_of(text, figure.start).text)
    if in_total or _same_length(figure, text, known) or _of_a_share(figure, text, known):
        return True
    if figure.value in known.hours and rx(_AT).search(text[max(0, figure.start - 20) : figure.start]):
        return True
    return _few(figure, text, known)


def _time_supported(figure: Figure, text: str, known: Known) -> bool:
    """A time of day that is known, by either clock where none is named, or a length written like one."""
    before = text[max(0, figure.start - 40) : figure.start]
    if roughly.moment(before, figure.value, known.times):
        return True
    if _in_hours(figure, text) and figure.value in known.spans and not rx(_AT).search(before):
        return True
    options = {figure.value} if figure.sure else {figure.value, (figure.value + HALF_DAY) % DAY}
    if options & known.times:
        return True
    if figure.value % HALF_DAY == 0 and not rx(_NUMERAL).search(text[figure.start : figure.end]):
        return not rx(_DUE).search(before)  # noon and midnight by name: parts of the day unless something is due then
    return figure.value % 60 == 0 and figure.value / 60 in known.numbers


def _few(figure: Figure, text: str, known: Known) -> bool:
    """Small numbers in words, "the two of you", "all three lines": the claim model judges what they count."""
    if figure.value <= _FEW and not text[figure.start].isdigit() and not rx(_MEASURE).match(text, figure.end):
        return True
    return (figure.value <= 3 or figure.value in known.counts) and bool(rx(_PLACES).match(text, figure.end))


def _same_length(figure: Figure, text: str, known: Known) -> bool:
    """Whether weeks are told of which the facts give the days, or days of which they give the weeks or the hours."""
    if rx(_WEEKS).match(text, figure.end):
        return figure.value * 7 in known.numbers
    if rx(_DAYS).match(text, figure.end):
        return figure.value / 7 in known.numbers or figure.value * DAY in known.spans
    return False


def _of_a_share(figure: Figure, text: str, known: Known) -> bool:
    """The last number of "one point in two", "three of every hundred", where the facts give it."""
    before = text[max(0, figure.start - 40) : figure.start]
    if figure.value == 100 and rx(r"\b(?:in|of|sur|de|out of)(?: (?:every|each|cada|chaque))?(?: an?)?\s$").search(
        before
    ):
        return bool(rx(_PERCENT).search(known.shares))
    shares = {2: _SHARES[0], 3: _SHARES[1], 4: _SHARES[4]}
    one = rx(r"\b(?:one|1|une?|un[oa]?)\b(?: \w+){0,2} (?:in|of|out of|in every|out of every|sur|de cada)\s$").search(
        before
    )
    return bool(one and figure.value in shares and rx(shares[int(figure.value)]).search(known.shares))


def _span_supported(figure: Figure, text: str, known: Known) -> bool:
    """A stated span; or, in a sentence about the past, one that the known times or the day so far allow."""
    if figure.value in known.spans or (figure.value % 60 == 0 and figure.value / 60 in known.numbers):
        return True
    before = text[sentence_of(text, figure.start).start : figure.start][-40:]
    times = {figure.value, (figure.value + HALF_DAY) % DAY}
    if _in_hours(figure, text) and (
        roughly.moment(before, figure.value % DAY, known.times)
        or (times & known.times and not rx(_AHEAD).search(before))
    ):
        return True
    if _ARTICLE.match(text, figure.start) and (
        figure.value == 1 or (figure.value == HOUR and not rx(_MEASURED).search(before))
    ):
        return True  # "once a minute" and "we won't name an hour" measure nothing
    near = rx(_NEARLY).search(before) and any(abs(figure.value - span) <= figure.value / 10 for span in known.spans)
    if near:
        return True
    if not rx(_PAST).search(before) or rx(r"\b(?:within|in|dans|en|d'ici|dentro de|another|encore|otras?)\W*$").search(
        before
    ):
        return False
    slack = max(30.0, figure.value * 0.15)
    return figure.value <= known.longest + slack or any(abs(figure.value - span) <= slack for span in known.spans)


def _same_share(phrase: str, said: str) -> bool:
    """Whether the facts or the customer give the same share in other words: "a third", "one in three"."""
    return any(rx(share).search(phrase) and rx(share).search(said) for share in (*_SHARES, _HALF_HOURS))
