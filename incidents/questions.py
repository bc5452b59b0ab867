"""What customers ask about an incident, most asked first.

Questions are sorted by the words of their topic; within a topic, and for those of none, the ones that are alike are
one. Likeness is the share of small words' stems they have in common (Dice's coefficient over words without the
smallest ones): crude, quick, and it needs no model.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from incidents.commitments import sentences
from incidents.words import SPOKEN, words

ALIKE = 0.5  # share of words in common from which two questions are one
MOST_TOPICS, MOST_WORDINGS = 12, 3
MOST_READ = 2000  # posts; the newest are given first
TOPICS = ("safe", "refund", "when", "why", "prevent", "how", "contact", "where", "doing", "what")
_LONGEST = 140
_HIDDEN = re.compile(r"https?://\S+|[@#]\S+|\bu/\S+|\S+@\S+|[+(]?\d[\d\s().-]{5,}\d|\b(?=\w*\d)\w{6,}\b")
_MARKS = re.compile(r"[?!](?:\s*[?!])+")
_WORD = re.compile(r"[^\W\d_]{2,}")


class Heard(NamedTuple):
    """A question as a customer put it, and the language they wrote in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Question:
    """``topic`` is one of TOPICS, or "" for what fits none. ``heard``: typical wordings, without names and numbers."""

    topic: str
    count: int
    heard: tuple["Heard", ...]


def most_asked(posts: Iterable[tuple[str, str]], *, at_least: int = 2) -> list[Question]:
    """From (text, language) of posts. A post counts once a topic; what fits no topic must come ``at_least`` times."""
    by_topic: dict[str, list[Heard]] = defaultdict(list)
    for text, language in list(posts)[:MOST_READ]:
        for topic, question in _questions(text, language):
            by_topic[topic].append(question)
    found = [Question(topic, len(asked), _typical(asked)) for topic, asked in by_topic.items() if topic]
    groups = _groups(by_topic.get("", []))
    found += [Question("", len(group), (_shortest(group),)) for group in groups if len(group) >= at_least]
    return sorted(found, key=lambda question: (-question.count, question.topic))[:MOST_TOPICS]


def _questions(text: str, language: str) -> list[tuple[str, Heard]]:
    """Each topic that a post asks about, once, with the sentence that asks."""
    seen: dict[str, Heard] = {}
    tag = language if language in SPOKEN else "en"
    for _, sentence in sentences(text[: _LONGEST * 20]):
        topic = topic_of(sentence, tag)
        if not (sentence.rstrip().endswith("?") or _opens_as_question(sentence, tag)):
            continue
        wording = _clean(sentence)
        if len(_WORD.findall(wording)) >= 2:
            seen.setdefault(topic, Heard(wording, language))
    return list(seen.items())


def topic_of(sentence: str, language: str) -> str:
    """The first topic whose words a sentence has, the most urgent ones first; "" for none."""
    text = sentence.casefold().replace("’", "'")
    return next((topic for topic in TOPICS if _rule(language, topic).search(text)), "")


@cache
def _rule(language: str, topic: str) -> re.Pattern[str]:
    return re.compile(words(language)["hear"][topic])


_OPENINGS = {
    "en": re.compile(
        r"^\W*(?:when|why|how|what(?! an?\b)|where|who|is|are|do|does|did|will|can|any (?:news|update|word|idea)"
        r"|(?:could|would|should|has|have) (?:i|you|we|they|it|this|that|the|any\w+|some\w+))\b"
    ),
    "fr": re.compile(
        r"^\W*(?:quand|pourquoi|comment|que|qu'|qui|quel(?:le)?s?|où|est-ce|combien|à quelle heure|des nouvelles"
        r"|(?:puis|peut|y a|savez|avez|allez|pouvez)-(?:je|on|t-il|vous))\b"
    ),
    "es": re.compile(r"^\W*(?:¿|cuándo|cuando|por qué|cómo|qué|dónde|donde está|quién|cuál|hay|alguna)"),
}


def _opens_as_question(sentence: str, language: str) -> bool:
    """Many questions come without their mark."""
    text = re.sub(r"^(?:\W*[@#]\S+)+", "", sentence.casefold().replace("’", "'"))
    return _OPENINGS[language].match(text) is not None


def _clean(sentence: str) -> str:
    """Without names, links and numbers: what is shown to a whole shop names nobody."""
    text = " ".join(_HIDDEN.sub(" ", sentence).split()).lstrip(",.:;-– ")
    text = text[:1].upper() + text[1:]
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"


def calm(question: str, language: str = "en") -> str:
    """As a heading has it: what is shouted in sentence case, with one mark, also where the customer set none."""
    text = _MARKS.sub(lambda marks: "?" if "?" in marks[0] else "!", question)
    if text.isupper():
        text = re.sub(r"^\W*\w|\bi\b", lambda letter: letter[0].upper(), text.lower())
    asks = language in SPOKEN and text[-1:].isalnum() and _opens_as_question(text, language)
    return str(words(language)["time"]["question"]).format(text.lstrip("¿")) if asks else text


def _stems(text: str) -> frozenset[str]:
    found = {word[:6] for word in _WORD.findall(text.casefold()) if word not in _small()}
    return frozenset(found or _WORD.findall(text.casefold()))


@cache
def _small() -> frozenset[str]:
    return frozenset(word for tag in SPOKEN for word in words(tag)["hear"]["small"].split())


def _groups(asked: Sequence[Heard]) -> list[list[Heard]]:
    """Alike questions together, the largest group first; each joins the first group whose founder it is like."""
    groups: list[tuple[frozenset[str], list[Heard]]] = []
    having: dict[str, list[int]] = defaultdict(list)  # stem → the groups whose founder has it; no other can be alike
    for question in asked:
        stems = _stems(question.text)
        common = Counter(place for stem in stems for place in having[stem])
        alike = {place: 2 * count / (len(stems) + len(groups[place][0])) for place, count in common.items()}
        near = min(alike, key=lambda place: (-alike[place], place), default=None)
        if near is not None and alike[near] >= ALIKE:
            groups[near][1].append(question)
            continue
        for stem in stems:
            having[stem].append(len(groups))
        groups.append((stems, [question]))
    return sorted((group for _, group in groups), key=len, reverse=True)


def _typical(asked: Sequence[Heard]) -> tuple[Heard, ...]:
    return tuple(_shortest(group) for group in _groups(asked)[:MOST_WORDINGS])


def _shortest(group: Sequence[Heard]) -> Heard:
    return min(group, key=lambda heard: (len(heard.text), heard))
