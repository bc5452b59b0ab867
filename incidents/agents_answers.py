"""What phone and shop say to the questions that customers ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain import FactSheet
from incidents.announcements import OVER, next_update
from incidents.commitments import sentences
from incidents.public_status import fact
from incidents.questions import Heard, Question, calm
from incidents.words import is_foreign, where, words

_TOPIC_FACTS: Mapping[str, tuple[str, ...]] = {
    "when": (), "why": ("cause",), "what": ("scope",), "how": ("workaround",), "refund": ("compensation",),
    "prevent": ("prevention",), "contact": ("phone",), "doing": ("next_step",), "safe": (), "where": (),
}  # fmt: skip
_EMERGENCY = ("911", "112", "999", "emergenc", "urgence")
_ALWAYS = ("when", "why", "what", "how", "refund")
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


def answers(sheet: FactSheet, questions: Sequence[Question], language: str, own: str, now: datetime) -> list[Answer]:
    """What is asked most comes first; the questions everybody has are answered also when nobody asked yet."""
    sorted_ones = [question for question in questions if question.topic in _TOPIC_FACTS]
    topics = {question.topic for question in sorted_ones} | {"how" if sheet.status in OVER else ""}
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
    if sheet.status in OVER and topic in _OVER_TELLS:
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
    return f"{book['unknown']} {next_update(sheet, language, now)}".strip(), False


def _about_emergencies(sheet: FactSheet, language: str) -> str:
    texts = (fact(sheet, name, language) for name in ("scope", "workaround", "next_step"))
    return " ".join(
        sentence
        for text in texts
        for _, sentence in sentences(text)
        if any(word in sentence.casefold() for word in _EMERGENCY)
    )
