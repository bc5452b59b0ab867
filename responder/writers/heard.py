"""What this customer said, as far as a reply may repeat it.

Only closed values leave this module: the name of a topic, a question kind, a region of the fact sheet, a number with
a unit. No word of the customer's own goes through, so a hostile text cannot write into a reply.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from core.domain import Impact, Intent
from responder.gate.orders import commands
from responder.gate.reading import fold
from responder.writers import Brief
from responder.writers.bearing import Point, bare, points
from responder.writers.phrasebook import TOPICS, UNITS, Phrasebook, persona_of
from responder.writers.spoken import amount

_MOST = {"minute": 90, "hour": 72, "day": 60, "week": 12, "year": 60}  # more is a slip or a joke: not repeated
_SHORT = 80  # code points: in a post this short a place named is the author's own
_TELLING = frozenset({Impact.WORK, Impact.BUSINESS})  # harms that are read rightly also where no word names them
_HIDDEN = re.compile(r"https?://\S+|[@#]?\bu/\w+|@[\w.-]+")
_CLEAR = 0.4  # from this weight on, a sentence is taken to be what the post is about
_POINTS = 2
_NEAR = 0.35  # a second sentence that is pointed to by less than this share of the first is another matter
_HELPING = 1.3  # what helps now comes before what happened
_FAILING = 0.6
_READ = 2000  # code points of a post that are listened to; a reply never needs more

# A time of day, a span or a date in a sentence of the facts, but for the one at which the trouble began.
_TIMED = re.compile(
    r"\d{1,2}[:h.]\d{2}|\b\d{1,2} ?(?:[ap]\.?m|h)\b"
    r"|\b(?:\d+|[a-z]+) (?:hours?|minutes|days|heures?|jours|horas?|minutos|dias)"
    r"|\b\d{1,2} (?:de )?(?:jan|feb|fev|ene|mar|abr|apr|avr|may|mai|jun|jui|jul|aug|ago|aou|sep|oct|nov|dec|dic)[a-z]*"
)
_SINCE = re.compile(r"\b(?:since|from|desde|depuis|a partir) (?:las? |les |about )?\d{1,2}[:h.]?\d{0,2}")

POINTED = "words"
"""The kind of question that is asked by naming something that the facts speak of."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Question kinds in the order asked, and what the customer told of their own case. "" = not said."""

    asks: tuple[str, ...] = ()
    topic: str = ""
    region: str = ""
    duration: str = ""
    since: str = ""
    years: str = ""
    asking: bool = False  # a question of a known kind, or a question mark
    points: Mapping[str, str] = field(default_factory=dict)  # sentence that their words point to → its fact, in order
    clear: bool = False  # more than one word points to the first of them
    frail: bool = False  # somebody old, ill or in danger is spoken of
    signals: frozenset[str] = frozenset()
    spans: Mapping[str, Span] = field(default_factory=dict)  # what was heard → where in the post, in code points


def hear(brief: Brief, book: Phrasebook, approved: Mapping[str, str] = MappingProxyType({})) -> Heard:
    """Listens to a mention with one language's patterns, helped by the reading where words were not enough.

    ``approved``: the sentences that a reply may say as they stand, and the facts that they are of.
    """
    text, places = _plain(brief.text)
    pointed = _points(brief, text, approved, book)
    signals = _signals(brief, text, book)
    duration, years = _durations(text, book)
    asks = _sharpened(_asks(brief, text, book), signals, [sentence for sentence, _ in pointed])
    heard = Heard(
        asks=asks,
        asking=bool(asks) or "?" in text,
        topic=_topic(brief, text, book),
        region=_region(text, brief.sheet.regions),
        duration=duration,
        since=_since(text, book),
        years=years,
        points={sentence: approved[sentence] for sentence, _ in pointed},
        clear=bool(pointed) and pointed[0][1].words > 1,
        frail=frail(brief, text, book),
        signals=signals,
    )
    told = [*_spans(heard, text, book), *((f"ask.{POINTED}", point.start, point.end) for _, point in pointed[:1])]
    spans = {name: (places[start], places[end - 1] + 1) for name, start, end in told}
    return replace(heard, spans=spans)


def _plain(text: str) -> tuple[str, list[int]]:
    """Without handles, links and accents, straight apostrophes, one kind of space; and where each character stood."""
    blank = {at for match in _HIDDEN.finditer(text[:_READ]) for at in range(*match.span())}
    kept: list[tuple[str, int]] = []
    for at, letter in enumerate(text[:_READ]):
        letter = " " if at in blank or letter.isspace() else "'" if letter == "’" else letter  # noqa: PLW2901
        if unicodedata.combining(letter):  # written apart from its letter
            continue
        if letter != " " or (kept and kept[-1][0] != " "):
            kept.append((letter, at))
    if kept and kept[-1][0] == " ":
        kept.pop()
    return bare("".join(letter for letter, _ in kept)), [at for _, at in kept]


def _spans(heard: Heard, text: str, book: Phrasebook) -> Iterator[tuple[str, int, int]]:
    """Where in the plain text each thing was heard; what only the reading told has no place."""
    patterns = {f"ask.{name}": book.asks[name] for name in heard.asks}
    patterns |= {f"signal.{name}": book.signals[name] for name in heard.signals}
    patterns |= {"topic": book.topics[heard.topic]} if heard.topic in book.topics else {}
    patterns |= {"since": book.since} if heard.since else {}
    patterns |= {"region": re.compile(re.escape(heard.region), re.IGNORECASE)} if heard.region else {}
    for name, pattern in patterns.items():
        if (match := pattern.search(text)) and match.end() > match.start():
            yield name, match.start(), match.end()
    for match in book.durations.finditer(text):
        unit, number = _amount(match.groupdict(), book)
        if 0 < number <= _MOST[unit]:
            yield "years" if unit == "year" else "duration", match.start(), match.end()


def _asks(brief: Brief, text: str, book: Phrasebook) -> tuple[str, ...]:
    found = sorted((match.start(), ask) for ask, pattern in book.asks.items() if (match := pattern.search(text)))
    asks = [ask for _, ask in found]
    intents = brief.reading.intents
    if Intent.COMPENSATION_REQUEST in intents and "refund" not in asks:
        asks.append("refund")
    if Intent.STATUS_QUESTION in intents and not asks:
        asks.append("status")
    if "refund" in asks and book.signals["credit_small"].search(text):  # they know it and say that it is not enough
        asks.remove("refund")
    if len(asks) > 1 and "status" in asks:  # "what's going on, when is it back": the sharper question is answered
        asks.remove("status")
    return tuple(asks)


def _sharpened(asks: tuple[str, ...], signals: frozenset[str], pointed: list[str]) -> tuple[str, ...]:
    """Without what the words asked about answer better: "when does the desk open?" does not ask when it is back."""
    told = any(_TIMED.search(_SINCE.sub("", fold(sentence))) for sentence in pointed)
    other = "when" in asks and "returns" not in signals and told
    dropped = {"when"} if other else set()
    dropped |= {"when"} if "refund" in asks else set()  # "when do I get it back" is about the money
    dropped |= {"why", "how", "status", "doing"} if signals & {"suggests", "tip"} else set()
    return tuple(ask for ask in asks if ask not in dropped)


def _points(brief: Brief, text: str, approved: Mapping[str, str], book: Phrasebook) -> list[tuple[str, Point]]:
    """The sentences that the post is about, each with the word that points to it; those that help before others."""
    if commands(fold(text)):  # it would choose what is said, if only among approved sentences
        return []
    names, said = fold(brief.sheet.brand.name).split(), list(approved)
    found = [(said[point.number], point) for point in points(text, said, book.words, names) if point.weight >= _CLEAR]
    found = [one for one in found if _is_news(brief, text, one[0], approved[one[0]], book)]
    asks = _asks_whom(text, book)
    worth = {sentence: _worth(sentence, name, asks, book) for sentence, name in approved.items()}
    found.sort(key=lambda one: -one[1].weight * worth[one[0]])
    best = found[:1]
    well = best and approved[best[0][0]] == "scope" and worth[best[0][0]] == 1
    found = [one for one in found if worth[one[0]] >= 1] if well else found  # what fails is beside that point
    return [one for one in found[:_POINTS] if one[1].weight >= best[0][1].weight * _NEAR]


def _worth(sentence: str, fact: str, asks: bool, book: Phrasebook) -> float:
    """How much a sentence gives to somebody whose words point to it: help most, that it fails least."""
    if fact == "scope" and not asks and not book.signals["fine"].search(bare(sentence)):
        return _FAILING
    return _HELPING if fact == "workaround" else 1.0


def _asks_whom(text: str, book: Phrasebook) -> bool:
    """Whether the post asks who is hit, or how it stands."""
    return any(book.asks[ask].search(text) for ask in ("me", "status"))


def _is_news(brief: Brief, text: str, sentence: str, fact: str, book: Phrasebook) -> bool:
    """Whether a sentence tells this author something.

    That it fails is no news to who says so, and what is meant for the old and the ill is for them.
    """
    plain = bare(sentence)
    if book.signals["vulnerable"].search(plain) and not frail(brief, text, book):
        return False
    here = _region(text, brief.sheet.regions)
    well = book.signals["fine"].search(plain) and not (here and here in sentence)
    return fact != "scope" or bool(well) or not reports(brief) or _asks_whom(text, book)


def reports(brief: Brief) -> bool:
    """Whether the author says that it fails for them."""
    return brief.reading.outage or Intent.OUTAGE_REPORT in brief.reading.intents


def suggests(brief: Brief, signals: frozenset[str]) -> bool:
    """Whether the post brings an idea: its words say so, or the reading does first of all."""
    return "suggests" in signals or brief.reading.intents[:1] == (Intent.SUGGESTION,)


def frail(brief: Brief, text: str, book: Phrasebook) -> bool:
    """Whether somebody old, ill or in danger is spoken of."""
    if brief.plan.persona is Impact.SAFETY or book.signals["vulnerable"].search(text):
        return True
    return any(book.topics[topic].search(text) for topic in book.topics if persona_of(topic) is Impact.SAFETY)


def _signals(brief: Brief, text: str, book: Phrasebook) -> frozenset[str]:
    found = {name for name, pattern in book.signals.items() if pattern.search(text)}
    # Every second post that is read as leaving is plain anger: "sorry to lose you" wants a word of it, too.
    if Intent.CHURN_THREAT in brief.reading.intents and "leaving_maybe" in found:
        found.add("leaving")
    if brief.history or brief.our_replies:
        found.add("repeat")
    return frozenset(found)


def _topic(brief: Brief, text: str, book: Phrasebook) -> str:
    """What is harmed, in the words of the map: safety first, then the reading's own group, then any other.

    To somebody in danger nothing is said of another harm, for no words of theirs tell which danger it is. Where no
    words tell of a harm, the reading alone is right too seldom: no sentence is better than one about another's.
    """
    impact = brief.reading.impact
    found = [topic for topic in TOPICS if topic in book.topics and book.topics[topic].search(text)]
    own = [topic for topic in found if persona_of(topic) is impact]
    safety = [topic for topic in found if persona_of(topic) is Impact.SAFETY]
    others = [] if impact is Impact.SAFETY else found
    if chosen := [*safety, *own, *others]:
        return chosen[0]
    if book.signals["trade"].search(text):
        return f"{Impact.BUSINESS}_general"
    sure = impact is Impact.SAFETY or (impact in _TELLING and reports(brief) and "?" not in text)
    return f"{impact}_general" if sure else ""


def _region(text: str, regions: tuple[str, ...]) -> str:
    said = fold(text)
    for name in regions:
        place = re.escape(fold(name))
        # In a long post a name may be said about something else; "in Hamilton" is where the author is.
        near = (
            r"(?:in|at|near|around|from|here|a|en|de|dans|sur|desde|por|cerca de)\s+" if len(said) > _SHORT else r"\b"
        )
        if re.search(rf"{near}{place}\b", said):
            return name
    return ""


def _durations(text: str, book: Phrasebook) -> tuple[str, str]:
    """The time without service and the years as a customer, spoken; "" for what was not said."""
    spoken = {"": "", "year": ""}
    for match in book.durations.finditer(text):
        unit, number = _amount(match.groupdict(), book)
        if 0 < number <= _MOST[unit]:
            spoken["year" if unit == "year" else ""] = amount(number, unit, book)
    return spoken[""], spoken["year"]


def _amount(groups: Mapping[str, str | None], book: Phrasebook) -> tuple[str, int]:
    said = (groups["n"] or "").strip().lower()
    unit = next(unit for unit in UNITS if groups[unit])
    return unit, int(said) if said.isdigit() else book.number_words.get(said, 0)


def _since(text: str, book: Phrasebook) -> str:
    """The clock time since when the customer has been waiting, as they gave it: no half of the day is added."""
    match = book.since.search(text)
    if not match:
        return ""
    hour, minute = int(match["h"]), int(match["m"] or 0)
    if hour > 24 or minute > 59:
        return ""
    half = (match.groupdict().get("half") or "").lower().replace(".", "")
    form = book.speak["time"] if match["m"] else book.speak["hour"]
    time = form.format(h=hour, h12=hour, m=f"{minute:02d}", half=half).strip()
    return book.speak["since_one" if hour == 1 else "since"].format(time=time)
