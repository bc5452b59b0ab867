"""The front-line pack: what phone and shop say, drawn from the fact sheet at the moment it is asked for.

Nothing is stored, so nothing can fall behind the facts. A missing fact is said to be missing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from core.domain import FactSheet, IncidentStatus
from incidents.commitments import sentences
from incidents.public_status import fact
from incidents.questions import Heard, Question, calm
from incidents.words import Names, full, in_words, is_foreign, listed, number, spoken, where, words

SPOKEN_SECONDS = 25
WORDS_A_MINUTE = 150
MOST_WORDS = SPOKEN_SECONDS * WORDS_A_MINUTE // 60  # 62
BANNER = 160  # characters
_TOPIC_FACTS: Mapping[str, tuple[str, ...]] = {
    "when": (), "why": ("cause",), "what": ("scope",), "how": ("workaround",), "refund": ("compensation",),
    "prevent": ("prevention",), "contact": ("phone",), "doing": ("next_step",), "safe": (), "where": (),
}  # fmt: skip
_EMERGENCY = ("911", "112", "999", "emergenc", "urgence")
_ALWAYS = ("when", "why", "what", "how", "refund")
_OVER = frozenset({IncidentStatus.RESOLVED, IncidentStatus.CLOSED})
_OVER_TELLS: Mapping[str, str] = {"when": "over", "how": "over_how"}  # nothing is left to wait for or to do


@dataclass(frozen=True, slots=True)
class Answer:
    """A question customers ask, in the words of one language, and what to say."""

    topic: str
    question: str
    asked_in: str  # the language of the question: the customers' own where it fits no topic
    answer: str
    said_in: str  # the language of the answer: the sheet's own where a fact has no words in the agents'
    known: bool
    count: int  # how many posts ask it
    heard: Sequence[Heard]  # as customers put it, those in the agents' language first


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
    own: str  # the language in which title and facts were written
    foreign: Sequence[str]  # what the two internal texts say in it, when it is not theirs
    tongues: Mapping[str, str]  # tag → "in English", in ``language``


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
    own, ours = languages[0], sheets[language]
    foreign = _foreign(ours, language, own)
    marked = _marked(ours, foreign, words(language)["tongues"].get(own, own))
    return Pack(
        version=sheet.version,
        at=now,
        language=language,
        answers=_answers(ours, questions, language, own, now),
        banners=[_spoken(tag, banner(sheets[tag], tag, now, titled=tag == own)) for tag in languages],
        aloud=[_spoken(tag, ivr(sheets[tag], tag, now)) for tag in languages],
        internal=internal(marked, course, language, now),
        summary=summary(marked, course, language, now),
        own=own,
        foreign=foreign,
        tongues=words(language)["tongues"],
    )


def _foreign(sheet: FactSheet, language: str, own: str) -> tuple[str, ...]:
    if language == own:
        return ()
    facts = (text for name, text in sheet.facts.items() if "." not in name and is_foreign(sheet, name, language))
    return (sheet.title, *facts)


def _marked(sheet: FactSheet, foreign: Sequence[str], tongue: str) -> FactSheet:
    """The sheet with a small word behind what is in another language, so that nobody takes it for a fault."""

    def mark(text: str) -> str:
        return f"{text} ({tongue})" if text in foreign else text

    return replace(sheet, title=mark(sheet.title), facts={name: mark(text) for name, text in sheet.facts.items()})


def pieces(text: str, foreign: Sequence[str]) -> list[tuple[str, bool]]:
    """A text in its stretches, each with whether it is one of the ``foreign`` ones; together they are the text."""
    if not any(foreign):
        return [(text, False)]
    longest_first = sorted(filter(None, foreign), key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]


def _spoken(language: str, text: str) -> Spoken:
    return Spoken(language, words(language)["name"]["this"], text, len(text.split()))


# --- the agents' brief -------------------------------------------------------------------------------------------


def _answers(sheet: FactSheet, questions: Sequence[Question], language: str, own: str, now: datetime) -> list[Answer]:
    """What is asked most comes first; the questions everybody has are answered also when nobody asked yet."""
    sorted_ones = [question for question in questions if question.topic in _TOPIC_FACTS]
    topics = {question.topic for question in sorted_ones} | {"how" if sheet.status in _OVER else ""}
    sorted_ones += [Question(topic, 0, ()) for topic in _ALWAYS if topic not in topics]
    unsorted = [question for question in questions if question.topic not in _TOPIC_FACTS and question.heard]
    return [_answer(question, sheet, language, own, now) for question in (*sorted_ones, *unsorted)]


def _answer(question: Question, sheet: FactSheet, language: str, own: str, now: datetime) -> Answer:
    topic = question.topic if question.topic in _TOPIC_FACTS else ""
    asked = Heard(words(language)["questions"][topic], language) if topic else question.heard[0]
    said, known = answer(sheet, topic, language, now)
    told = [text for name, text in sheet.facts.items() if "." not in name and is_foreign(sheet, name, language)]
    return Answer(
        topic=topic,
        question=asked.text if topic else calm(*asked),
        asked_in=asked.language or language,
        answer=said,
        said_in=own
        if known and any(sentence in text for text in told for _, sentence in sentences(said))
        else language,
        known=known,
        count=question.count,
        heard=sorted(
            question.heard if topic else question.heard[1:],
            key=lambda heard: (heard.language != language, heard.language),
        ),
    )


def answer(sheet: FactSheet, topic: str, language: str, now: datetime) -> tuple[str, bool]:
    """What to say to one kind of question, and whether it is known."""
    book = words(language)["pack"]
    if sheet.status in _OVER and topic in _OVER_TELLS:
        after = fact(sheet, "next_step", language) if topic == "how" else ""  # for whom it still fails
        return f"{book[_OVER_TELLS[topic]]} {after}".strip(), True
    said = " ".join(filter(None, (fact(sheet, name, language) for name in _TOPIC_FACTS.get(topic, ()))))
    if topic == "safe":
        said = _about_emergencies(sheet, language)
    elif topic == "where":
        said = sheet.links[0] if sheet.links else ""
    elif topic == "what":
        said = said or where(sheet, language)
    if said:
        return said, True
    return f"{book['unknown']} {_next(sheet, language, now)}".strip(), False


def _about_emergencies(sheet: FactSheet, language: str) -> str:
    texts = (fact(sheet, name, language) for name in ("scope", "workaround", "next_step"))
    return " ".join(
        sentence
        for text in texts
        for _, sentence in sentences(text)
        if any(word in sentence.casefold() for word in _EMERGENCY)
    )


def _next(sheet: FactSheet, language: str, now: datetime) -> str:
    """When we speak again; of a time that has passed, that it is late: nobody is told to wait for it."""
    book = words(language)["pack"]
    if sheet.status in _OVER:
        return ""
    if sheet.next_update_at is None:
        return str(book["no_next"])
    form = words(language)["page"]["late"] if sheet.next_update_at <= now else book["next"]
    return str(form).format(time=full(sheet.next_update_at, language))


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
    if sheet.status in _OVER:
        return "compensation", "next_step"
    return ("workaround", "next_step") if sheet.components else ("scope", "workaround", "next_step")


def _state(sheet: FactSheet, language: str) -> str:
    book = words(language)["pack"]
    if sheet.status in _OVER:
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
    if sheet.status in _OVER or sheet.next_update_at is None or sheet.next_update_at <= now:
        return ""
    return str(words(language)["pack"]["ivr_next"]).format(time=spoken(sheet.next_update_at, language))


def _own(sheet: FactSheet, name: str, language: str) -> str:
    """A fact in exactly this language."""
    return sheet.get(f"{name}.{language}")


def banner(sheet: FactSheet, language: str, now: datetime, *, titled: bool) -> str:
    """One line for the top of a website. ``titled``: the incident's title is in this language."""
    book = words(language)["pack"]
    over = "banner_resolved" if sheet.status in _OVER else ""
    kind = over or ("banner_monitoring" if sheet.status is IncidentStatus.MONITORING else "banner_down")
    parts = [book[kind].format(title=sheet.title if titled else _ours(sheet, language))]
    if not over and sheet.next_update_at is not None and sheet.next_update_at > now:
        parts.append(_next(sheet, language, now))
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
    shown = ("cause", "next_step", *(() if sheet.status in _OVER else ("workaround",)), "compensation")
    facts = {name: fact(sheet, name, language) for name in shown}
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
    if sheet.next_update_at and sheet.next_update_at <= now and sheet.status not in _OVER:
        lines.append(book["late"])
    return "\n".join(lines)


def summary(sheet: FactSheet, course: Course, language: str, now: datetime) -> str:
    """For who decides: what it is, what it costs us with customers, what is missing."""
    book, counted = words(language)["inside"], _counted(course, language)
    over = sheet.status in _OVER
    decided = [name for name in _DECIDED if not (over and name == "next_step")]
    missing = ", ".join(book[f"missing_{name}"] for name in decided if not fact(sheet, name, language))
    step = fact(sheet, "next_step", language) or ("" if over else book["no_next_step"])
    lines = [
        book["stands"].format(title=sheet.title, **_state_of(sheet, language)),
        fact(sheet, "cause", language) or book["no_cause"],
        *filter(None, [step]),
        book["reach"].format(**counted),
        book["out"].format(**counted),
    ]
    if missing and sheet.status is not None:
        lines.append(book["missing"].format(said=missing))
    if course.overdue:
        lines.append(book["overdue"].format(count=counted["overdue"]))
    if sheet.next_update_at and not over:
        form = book["tell_late" if sheet.next_update_at <= now else "tell_next"]
        lines.append(form.format(time=full(sheet.next_update_at, language)))
    return "\n".join(lines)


def _state_of(sheet: FactSheet, language: str) -> Mapping[str, str]:
    book = words(language)["inside"]
    began = book["began"].format(time=full(sheet.started_at, language)) if sheet.started_at else book["no_start"]
    return {"state": book[sheet.status.value if sheet.status else "suspected"], "began": began}


def _promised(sheet: FactSheet, language: str) -> str:
    book = words(language)["inside"]
    if sheet.status in _OVER:
        return str(book["next_over"])
    return full(sheet.next_update_at, language) if sheet.next_update_at else str(book["next_unset"])


def _counted(course: Course, language: str) -> Mapping[str, str]:
    return {name: number(count, language) for name, count in asdict(course).items()}
