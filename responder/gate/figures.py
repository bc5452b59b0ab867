"""Every number, time, date and amount must come from the facts, the customer's words, or arithmetic on them."""

import re
from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate, bare_hours, roughly
from responder.gate.clock_words import DAY, HALF_DAY
from responder.gate.days import strange_days
from responder.gate.forecast import WORD_TO_COME
from responder.gate.known import Known, in_hours, known
from responder.gate.language import tell
from responder.gate.quantities import Figure, figures
from responder.gate.reading import (
    Taken,
    block,
    body,
    facts_text,
    rx,
    sentence_of,
    shown,
)
from responder.gate.shares import amounts, of_a_share

NAME = "figure"
HOUR = 60
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
    r"|desde|hace|llev\w+|durante|sin|mas de|casi|presque|plus de|spent|lost|of (?:no|silence))\b|\bplus d'"
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
_FOREIGN = {
    "French": frozenset({"tres", "dos"}),
    "English": frozenset({"cent", "cents"}),
    "Spanish": frozenset({"ten"}),
}
"""Everyday words of one language that are numbers in another once their accents are gone."""
_WEEKS = r"\s+(?:more |full |autres )?(?:weeks?|semaines?|semanas?)\b"
_DAYS = r"\s+(?:more |full |autres )?(?:days?|jours?|dias?)\b"
_SECONDS = r"\s+(?:seconds?|secondes?|segundos?)\b"
_AND_DAYS = r"\s(?:and|et|y)\s(?:\w+)\s(?:days?|jours?|dias?)\b"
_YOURS = r"\b(?:your|those|these|tes|vos|ces|tus?|sus?|esos|estos)\s$"
_DOES = r"\s(?:se|is|are|was|were|aren't|do|don't|does|did|go|fall|make|pasan|son|no|ne|sont|font|depassent)\b"
_SENTENCE_END = r"\s*(?:$|[.!?;:,)](?!\d))"
_THIS_DAY = r"\s(?:ce|du) (?:matin|soir)\b"
_REST = (
    r"\b(?:left|remain\w*|missing|to go|still|not|yet|other|rest|off|down|without|no|sin|faltan?|quedan?|resto"
    r"|pendientes?|restent?|reste|manquent?|pas|encore|autres)\b"
)
_LEFT = r"\b(?:left|remain\w*|quedan?|faltan?|reste(?:nt)?)\b"
_MINUTES_ALONE = r"(?:hours?|heures?|horas?),? (?:and|et|y) (?!.*(?:half|demie|media|quart|cuart|min))"
_TO_COME = (  # no arithmetic on hours gone by tells how long something will take
    r"\b(?:give us|allow(?: us)?|count on|reckon on|calcul(?:a|e|ad|en)|comptez|laissez-nous|dad?nos|dentro de|d'ici"
    r"|dans|another|otr[ao]s?|within)\W*(?:(?:about|around|roughly|some|environ|unos|unas|otr[ao]s?)\W*)?$"
)
_FOR_EACH = r"\s(?:per|por|par) (?!hour|heure|hora|day|jour|dia|person|personne)\w+"
_NEARLY = (  # "in about" tells the future
    r"(?<!\bin )(?<!within )(?<!dans )(?<!\ben )(?<!another )\b(?:just (?:under|over)|nearly|about|around"
    r"|almost|roughly|getting on for|coming up (?:to|on|for)"
    r"|environ|presque|casi|unos)\W*$"
)
_TOTAL = r"\b(?:in (?:all|total)|altogether|all told|together|au total|en tout|en total)\b"


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every figure that nothing supports."""
    text = without_contacts(body(candidate))
    allowed = known(candidate)
    limits = {(figure.kind, figure.value) for figure in figures(facts_text(candidate.sheet))}
    found = list(figures(text))
    foreign = _FOREIGN.get(tell(text) or "", frozenset())
    for figure in found:
        if text[figure.start : figure.end] in foreign:
            continue
        if not _supported(figure, text, allowed) or _other_limit(figure, text, limits):
            yield _finding(candidate, figure.start, figure.end)
    spans = Taken(len(text))
    for figure in found:
        if figure.kind in {"span", "time"}:
            spans.take(figure.start, figure.end)
    for start, end in amounts(text, allowed):
        if not spans.meets(start, end) and not bare_hours.told(start, end, text, allowed):
            yield _finding(candidate, start, end)
    moments = [moment for moment in (candidate.sheet.started_at, candidate.sheet.next_update_at) if moment]
    for start, end in strange_days(text, allowed.said, moments):
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
    """Links, addresses, handles, phone numbers, list marks and the signature ("^June") blanked out.

    Another check reads them.
    """
    hide = (
        r"https?://\S+|\S{1,99}@\S+|@\S+|\b\S{1,99}\.example\S*|(?<![\w.,:/-])(?:\+|\(?\d)[\d().\s-]{5,24}\d"
        r"|(?<!\d)\d{1,9}\)"
        r"|^\d+\. |\b[2345]g\b|[\^~]\s?[^\W\d_]+\s*\Z"
    )
    return re.sub(
        hide, lambda match: match[0] if _one_number(match[0]) else " " * len(match[0]), text, flags=re.MULTILINE
    )


def _one_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,3}(?:[ .,]\d{3})+|\d{1,2}[-. ]\d{1,2}", text.strip())) or (
        len(re.sub(r"\D", "", text)) < 7 and text[:1] not in "@h^~"
    )


def _supported(figure: Figure, text: str, known: Known) -> bool:
    if figure.kind == "time":
        return _time_supported(figure, text, known)
    if figure.kind == "span":
        return _span_supported(figure, text, known)
    return _number_supported(figure, text, known) or bare_hours.told(figure.start, figure.end, text, known)


def _number_supported(figure: Figure, text: str, known: Known) -> bool:
    emergency = figure.value in _EMERGENCY and not rx(_UNIT).match(text, figure.end)
    rounded = roughly.count(text[max(0, figure.start - 30) : figure.start], figure.value, known.numbers.counted)
    if emergency or rounded or figure.value in known.numbers.left:
        return True
    if figure.value in known.numbers.known and not (
        figure.value in known.numbers.hours - known.numbers.counted and rx(rf"{_DAYS}|{_WEEKS}").match(text, figure.end)
    ):
        return True
    sentence = sentence_of(text, figure.start).text
    if (figure.value in known.numbers.totals and rx(_TOTAL).search(sentence)) or (
        figure.value in known.numbers.rest and rx(_REST).search(sentence)
    ):
        return True
    if figure.value in known.moments.hours and rx(_AT).search(text[max(0, figure.start - 20) : figure.start]):
        return True
    ways = (_same_length, of_a_share, _few, _bare)
    return any(borne_out(figure, text, known) for borne_out in ways)


def _time_supported(figure: Figure, text: str, known: Known) -> bool:
    """A time of day that is known, by either clock where none is named, or a length written like one."""
    before = text[max(0, figure.start - 40) : figure.start]
    if roughly.moment(before, figure.value, known.moments.known):
        return True
    since = before.endswith("depuis ")  # an hour of the day, or how long
    if in_hours(figure, text) and figure.value in known.spans.known and (since or not rx(_AT).search(before)):
        return True
    if figure.value % 60 in known.moments.each_hour:
        return True
    options = {figure.value} if figure.sure else {figure.value, (figure.value + HALF_DAY) % DAY}
    if options & known.moments.known:
        return True
    if figure.value % HALF_DAY == 0 and not rx(_NUMERAL).search(text[figure.start : figure.end]):
        return not rx(_DUE).search(before)  # noon and midnight by name: parts of the day unless something is due then
    return figure.value % 60 == 0 and (figure.value / 60 or 12) in known.numbers.known


def _few(figure: Figure, text: str, known: Known) -> bool:
    """Small numbers in words, "the two of you", "all three lines": the claim model judges what they count."""
    if figure.value <= _FEW and not text[figure.start].isdigit() and not rx(_MEASURE).match(text, figure.end):
        return True
    return (figure.value <= 3 or figure.value in known.numbers.listed) and bool(rx(_PLACES).match(text, figure.end))


def _bare(figure: Figure, text: str, known: Known) -> bool:
    """Minutes without their unit: "it starts from sixty", "your twenty-five are a bit more"."""
    if figure.value not in known.spans.in_minutes:
        return False
    yours = rx(_YOURS).search(text[max(0, figure.start - 20) : figure.start])
    return bool(rx(_SENTENCE_END).match(text, figure.end) or (yours and rx(_DOES).match(text, figure.end)))


def _same_length(figure: Figure, text: str, known: Known) -> bool:
    """Whether weeks, days or seconds are told of which the facts or the customer give the same in another unit."""
    if rx(_SECONDS).match(text, figure.end):
        return figure.value / 60 in known.spans.known
    if weeks := rx(_WEEKS).match(text, figure.end):
        more = rx(_AND_DAYS).match(text, weeks.end())
        days = next((one.value for one in figures(more[0]) if one.kind == "number"), 1.0) if more else 0.0
        return figure.value * 7 + days in known.numbers.known
    if rx(_DAYS).match(text, figure.end):
        return figure.value / 7 in known.numbers.known or figure.value * DAY in known.spans.known
    return False


def _span_supported(figure: Figure, text: str, known: Known) -> bool:
    """A stated span; or, in a sentence about the past, one that the known times or the day so far allow."""
    sentence = sentence_of(text, figure.start)
    ahead = rx(_TO_COME).search(text, max(sentence.start, figure.start - 40), figure.start)
    to_come = ahead and not _of_an_update(sentence.text)
    if to_come or rx(_FOR_EACH).match(text, figure.end):
        return figure.value in known.spans.told
    if rx(_MINUTES_ALONE).search(text[figure.start : figure.end]):  # "two hours and forty" is told to be exact
        return figure.value in (known.spans.own if rx(_LEFT).search(sentence.text) else known.spans.known)
    if figure.value in known.spans.known or (figure.value % 60 == 0 and figure.value / 60 in known.numbers.known):
        return True
    before = text[sentence.start : figure.start][-40:]
    times = {figure.value, (figure.value + HALF_DAY) % DAY}
    if in_hours(figure, text) and (
        (before.endswith("depuis ") and figure.value in known.moments.began)
        or roughly.moment(before, figure.value % DAY, known.moments.known)
        or (times & known.moments.known and (not rx(_AHEAD).search(before) or rx(_THIS_DAY).match(text, figure.end)))
    ):
        return True
    if _ARTICLE.match(text, figure.start) and (
        figure.value == 1 or (figure.value == HOUR and not rx(_MEASURED).search(before))
    ):
        return True  # "once a minute" and "we won't name an hour" measure nothing
    near = rx(_NEARLY).search(before) and any(
        abs(figure.value - span) <= figure.value / 10 for span in known.spans.known
    )
    return bool(near) or (bool(rx(_PAST).search(before)) and _lasted(figure, before, known))


def _of_an_update(sentence: str) -> bool:
    """Whether our next word comes then, or a time beside it is compared by itself: "in an hour, at 13:00"."""
    return bool(rx(WORD_TO_COME).search(sentence)) or any(figure.kind == "time" for figure in figures(sentence))


def _lasted(figure: Figure, before: str, known: Known) -> bool:
    """Whether what is told of the past fits between the known times by and large."""
    if rx(r"\b(?:within|in|dans|en|d'ici|dentro de|another|encore|otras?)\W*$").search(before):
        return False
    slack = max(30.0, figure.value * 0.15)
    return figure.value <= known.spans.longest + slack or any(
        abs(figure.value - span) <= slack for span in known.spans.known
    )
