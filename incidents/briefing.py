"""The front-line pack: what phone and shop say, drawn from the fact sheet at the moment it is asked for.

Nothing is stored, so nothing can fall behind the facts. A missing fact is said to be missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from core.domain import FactSheet, IncidentStatus
from incidents.commitments import sentences
from incidents.public_status import fact
from incidents.questions import Question, calm
from incidents.words import Names, full, in_words, listed, number, spoken, where, words

SPOKEN_SECONDS = 25
WORDS_A_MINUTE = 150
MOST_WORDS = SPOKEN_SECONDS * WORDS_A_MINUTE // 60  # 62
BANNER = 160  # characters
_TOPIC_FACTS: Mapping[str, tuple[str, ...]] = {
    "when": ("next_step",), "why": ("cause",), "what": ("scope",), "how": ("workaround",), "refund": ("compensation",),
    "prevent": ("prevention",), "contact": ("phone",), "doing": ("next_step",), "safe": (), "where": (),
}  # fmt: skip
_EMERGENCY = ("911", "112", "999", "emergenc", "urgence")
_ALWAYS = ("when", "why", "what", "how", "refund")


@dataclass(frozen=True, slots=True)
class Answer:
    """A question customers ask, in the words of one language, and what to say."""

    topic: str
    question: str
    answer: str
    known: bool
    count: int  # how many posts ask it
    heard: Sequence[str]  # as customers put it


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far the incident reaches, for the two internal texts."""

    customers: int = 0
    mentions: int = 0
    angry: int = 0
    leaving: int = 0
    answered: int = 0  # customers
    sent: int = 0  # replies
    waiting: int = 0
    overdue: int = 0  # promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    version: int
    at: datetime
    language: str
    answers: Sequence[Answer]
    banners: Sequence[Spoken]
    aloud: Sequence[Spoken]
    internal: str
    summary: str


def pack(
    sheet: FactSheet,
    *,
    questions: Sequence[Question],
    course: Course,
    language: str,
    languages: Sequence[str],
    names: Names | None = None,
    now: datetime,
) -> Pack:
    """Every text for one sheet. ``language``: of the agents' texts; the customers' texts come in all ``languages``.

    ``names``: what people call components in the languages after the first, in which they keep their own.
    """
    sheets = {tag: in_words(sheet, tag, languages, names or {}) for tag in (*languages, language)}
    ours = sheets[language]
    return Pack(
        version=sheet.version,
        at=now,
        language=language,
        answers=_answers(ours, questions, language),
        banners=[_spoken(tag, banner(sheets[tag], tag)) for tag in languages],
        aloud=[_spoken(tag, ivr(sheets[tag], tag, now)) for tag in languages],
        internal=internal(ours, course, language, now),
        summary=summary(ours, course, language, now),
    )


def _spoken(language: str, text: str) -> Spoken:
    return Spoken(language, words(language)["name"]["this"], text, len(text.split()))


# --- the agents' brief -------------------------------------------------------------------------------------------


def _answers(sheet: FactSheet, questions: Sequence[Question], language: str) -> list[Answer]:
    """What is asked most comes first; the questions everybody has are answered also when nobody asked yet."""
    asked = {question.topic: question for question in questions}
    topics = [question.topic for question in questions if question.topic in _TOPIC_FACTS]
    topics += [topic for topic in _ALWAYS if topic not in topics]
    found = []
    for topic in topics:
        text, known = answer(sheet, topic, language)
        question = asked.get(topic)
        wording = words(language)["questions"][topic]
        found.append(
            Answer(topic, wording, text, known, question.count if question else 0, question.heard if question else ())
        )
    found += [
        Answer("", calm(question.heard[0]), *answer(sheet, "", language), question.count, question.heard[1:])
        for question in questions
        if question.topic not in _TOPIC_FACTS and question.heard
    ]
    return found


def answer(sheet: FactSheet, topic: str, language: str) -> tuple[str, bool]:
    """What to say to one kind of question, and whether it is known."""
    book = words(language)["pack"]
    said = " ".join(filter(None, (fact(sheet, name, language) for name in _TOPIC_FACTS.get(topic, ()))))
    if topic == "safe":
        said = _about_emergencies(sheet, language)
    elif topic == "where":
        said = sheet.links[0] if sheet.links else ""
    elif topic == "what":
        said = said or where(sheet, language)
    elif topic == "when":
        said = book["over"] if sheet.status is IncidentStatus.RESOLVED else ""
        return (said, True) if said else (f"{book['unknown']} {_next(sheet, language)}", False)
    if said:
        return said, True
    return f"{book['unknown']} {_next(sheet, language)}".strip(), False


def _about_emergencies(sheet: FactSheet, language: str) -> str:
    texts = (fact(sheet, name, language) for name in ("scope", "workaround", "next_step"))
    return " ".join(
        sentence
        for text in texts
        for _, sentence in sentences(text)
        if any(word in sentence.casefold() for word in _EMERGENCY)
    )


def _next(sheet: FactSheet, language: str) -> str:
    book = words(language)["pack"]
    if sheet.status is IncidentStatus.RESOLVED:
        return ""
    if sheet.next_update_at is None:
        return str(book["no_next"])
    return str(book["next"]).format(time=full(sheet.next_update_at, language))


# --- for customers: telephone and web ----------------------------------------------------------------------------


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
    if sheet.status is IncidentStatus.RESOLVED:
        return "compensation", "next_step"
    return ("workaround", "next_step") if sheet.components else ("scope", "workaround", "next_step")


def _state(sheet: FactSheet, language: str) -> str:
    book = words(language)["pack"]
    if sheet.status is IncidentStatus.RESOLVED:
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
    if sheet.status is IncidentStatus.RESOLVED or sheet.next_update_at is None or sheet.next_update_at <= now:
        return ""
    return str(words(language)["pack"]["ivr_next"]).format(time=spoken(sheet.next_update_at, language))


def _own(sheet: FactSheet, name: str, language: str) -> str:
    """A fact in exactly this language; the plain one is taken for English."""
    return sheet.get(f"{name}.{language}") or (sheet.get(name) if language == "en" else "")


def banner(sheet: FactSheet, language: str) -> str:
    """One line for the top of a website."""
    book = words(language)["pack"]
    kind = {IncidentStatus.RESOLVED: "banner_resolved", IncidentStatus.MONITORING: "banner_monitoring"}
    title = sheet.title if language == "en" else _ours(sheet, language)
    parts = [book[kind.get(sheet.status, "banner_down") if sheet.status else "banner_down"].format(title=title)]
    if sheet.status is not IncidentStatus.RESOLVED and sheet.next_update_at is not None:
        parts.append(_next(sheet, language))
    if sheet.links:
        parts.append(book["banner_more"].format(link=sheet.links[0]))
    while len(parts) > 1 and len(" ".join(parts)) > BANNER:
        parts.pop()
    line = " ".join(parts)
    return line if len(line) <= BANNER else line[: BANNER - 1].rsplit(" ", 1)[0] + "…"


# --- for our own people, in their language -----------------------------------------------------------------------

_DECIDED = ("scope", "cause", "next_step", "compensation", "prevention")


def internal(sheet: FactSheet, course: Course, language: str, now: datetime) -> str:
    """What every colleague should know, one line a thing."""
    book = words(language)["inside"]
    facts = {name: fact(sheet, name, language) for name in ("cause", "next_step", "workaround", "compensation")}
    affected = fact(sheet, "scope", language) or where(sheet, language)
    told = {
        "affected": affected,
        "restored": listed(sheet.restored, language),
        **facts,
        "next": _promised(sheet, language),
    }
    lines = [
        book["stands"].format(title=sheet.title, **_state_of(sheet, language)),
        *(book[key].format(said=said or book["unknown"]) for key, said in told.items() if said or key != "restored"),
        book["heard"].format(**_counted(course, language)),
        book["only"],
    ]
    if sheet.next_update_at and sheet.next_update_at <= now:
        lines.append(book["late"])
    return "\n".join(lines)


def summary(sheet: FactSheet, course: Course, language: str, now: datetime) -> str:
    """For who decides: what it is, what it costs us with customers, what is missing."""
    book, counted = words(language)["inside"], _counted(course, language)
    missing = ", ".join(book[f"missing_{name}"] for name in _DECIDED if not fact(sheet, name, language))
    lines = [
        book["in_short"].format(title=sheet.title, **_state_of(sheet, language)),
        fact(sheet, "cause", language) or book["no_cause"],
        fact(sheet, "next_step", language) or book["no_next_step"],
        book["reach"].format(**counted),
        book["out"].format(**counted),
    ]
    if missing and sheet.status is not None:
        lines.append(book["missing"].format(said=missing))
    if course.overdue:
        lines.append(book["overdue"].format(count=counted["overdue"]))
    if sheet.next_update_at and sheet.status is not IncidentStatus.RESOLVED:
        form = book["tell_late" if sheet.next_update_at <= now else "tell_next"]
        lines.append(form.format(time=full(sheet.next_update_at, language)))
    return "\n".join(lines)


def _state_of(sheet: FactSheet, language: str) -> Mapping[str, str]:
    book = words(language)["inside"]
    began = book["began"].format(time=full(sheet.started_at, language)) if sheet.started_at else book["no_start"]
    return {"state": book[sheet.status.value if sheet.status else "suspected"], "began": began}


def _promised(sheet: FactSheet, language: str) -> str:
    book = words(language)["inside"]
    if sheet.status is IncidentStatus.RESOLVED:
        return str(book["next_over"])
    return full(sheet.next_update_at, language) if sheet.next_update_at else str(book["next_unset"])


def _counted(course: Course, language: str) -> Mapping[str, str]:
    return {name: number(count, language) for name, count in asdict(course).items()}
