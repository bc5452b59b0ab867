"""What customers are told of an incident all at once: aloud on the telephone, and in one line on the website."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.domain import FactSheet, IncidentStatus
from incidents.commitments import sentences
from incidents.words import full, spoken, where, words

SPOKEN_SECONDS = 25
WORDS_A_MINUTE = 150
MOST_WORDS = SPOKEN_SECONDS * WORDS_A_MINUTE // 60  # 62
BANNER = 160  # characters
OVER = frozenset({IncidentStatus.RESOLVED, IncidentStatus.CLOSED})


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text for the telephone."""

    language: str
    name: str
    text: str
    words: int

    @property
    def seconds(self) -> int:
        """How long it takes to say at 150 words a minute, rounded up."""
        return -(-self.words * 60 // WORDS_A_MINUTE)


def ivr(sheet: FactSheet, language: str, now: datetime) -> str:
    """At most 25 seconds, said at 150 words a minute. The least important sentences go first; none is cut in two.

    Facts that have no words in this language are left out: a machine must not speak two languages in one breath.
    """
    book = words(language)["pack"]
    greeting = book["greeting"].format(brand=sheet.brand.name)
    must = [greeting, _state(sheet, language), _ivr_next(sheet, language, now)]
    may = [_own(sheet, name, language) for name in _order(sheet)]
    room = MOST_WORDS - sum(len(text.split()) for text in must)
    chosen: list[str] = []
    facts = [sentence for text in may for _, sentence in sentences(text)][:6]
    stay = str(book["ivr_stay"])
    for sentence in (*facts, stay):
        if "http" not in sentence and len(sentence.split()) <= room:
            chosen.append(sentence)
            room -= len(sentence.split())
    last = [stay] if stay in chosen else []  # who waits for another reason hears the end of the news first
    said = [sentence for sentence in chosen if sentence != stay]
    return " ".join(text for text in (greeting, must[1], *said, must[2], *last) if text)


def _order(sheet: FactSheet) -> tuple[str, ...]:
    if sheet.status in OVER:
        return "compensation", "next_step"
    return ("workaround", "next_step") if sheet.components else ("scope", "workaround", "next_step")


def _state(sheet: FactSheet, language: str) -> str:
    book = words(language)["pack"]
    if sheet.status in OVER:
        return str(book["ivr_resolved"])
    if sheet.status is IncidentStatus.MONITORING:
        return str(book["ivr_monitoring"])
    return str(book["ivr_down"]).format(what=_few(_ours(sheet, language)))


def _few(text: str, most: int = 24) -> str:
    """The first words of a list that is too long to be listened to."""
    parts = text.split()
    return text if len(parts) <= most else " ".join(parts[:most]).rstrip(",") + "…"


def _ours(sheet: FactSheet, language: str) -> str:
    """What fails and where."""
    service = str(words(language)["pack"]["service"])
    return where(sheet if sheet.components else replace(sheet, components=(service,)), language)


def _ivr_next(sheet: FactSheet, language: str, now: datetime) -> str:
    if sheet.status in OVER or sheet.next_update_at is None or sheet.next_update_at <= now:
        return ""
    return str(words(language)["pack"]["ivr_next"]).format(time=spoken(sheet.next_update_at, language))


def _own(sheet: FactSheet, name: str, language: str) -> str:
    """A fact in exactly this language."""
    return sheet.get(f"{name}.{language}")


def banner(sheet: FactSheet, language: str, now: datetime, *, titled: bool) -> str:
    """One line for the top of a website. ``titled``: the incident's title is in this language."""
    book = words(language)["pack"]
    over = "banner_resolved" if sheet.status in OVER else ""
    kind = over or ("banner_monitoring" if sheet.status is IncidentStatus.MONITORING else "banner_down")
    parts = [book[kind].format(title=sheet.title if titled else _ours(sheet, language))]
    if not over and sheet.next_update_at is not None and sheet.next_update_at > now:
        parts.append(next_update(sheet, language, now))
    if sheet.links:
        parts.append(book["banner_more"].format(link=sheet.links[0]))
    while len(parts) > 1 and len(" ".join(parts)) > BANNER:
        parts.pop()
    line = " ".join(parts)
    return line if len(line) <= BANNER else line[: BANNER - 1].rsplit(" ", 1)[0] + "…"


def next_update(sheet: FactSheet, language: str, now: datetime) -> str:
    """When we speak again; of a time that has passed, that it is late: nobody is told to wait for it."""
    book = words(language)["pack"]
    if sheet.status in OVER:
        return ""
    if sheet.next_update_at is None:
        return str(book["no_next"])
    form = words(language)["page"]["late"] if sheet.next_update_at <= now else book["next"]
    return str(form).format(time=full(sheet.next_update_at, language))
