"""What customers ask about an incident, most asked first.

Questions are sorted by the words of their topic; within a topic, and for those of none, the ones that are alike are
one. Likeness is the share of small words' stems they have in common (Dice's coefficient over words without the
smallest ones): crude, quick, and it needs no model.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

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


@dataclass(frozen=True, slots=True)
class Question:
    """``topic`` is one of TOPICS, or "" for what fits none. ``heard``: typical wordings, without names and numbers."""

    topic: str
    count: int
    heard: tuple[str, ...]


def most_asked(posts: Iterable[tuple[str, str]], *, at_least: int = 2) -> list[Question]:
    """From (text, language) of posts. A post counts once a topic; what fits no topic must come ``at_least`` times."""
    by_topic: dict[str, list[str]] = defaultdict(list)
    for text, language in list(posts)[:MOST_READ]:
        for topic, question in _questions(text, language):
            by_topic[topic].append(question)
    found = [Question(topic, len(asked), _typical(asked)) for topic, asked in by_topic.items() if topic]
    groups = _groups(by_topic.get("", []))
    found += [Question("", len(group), (_shortest(group),)) for group in groups if len(group) >= at_least]
    return sorted(found, key=lambda question: (-question.count, question.topic))[:MOST_TOPICS]


def _questions(text: str, language: str) -> list[tuple[str, str]]:
    """Each topic that a post asks about, once, with the sentence that asks."""
    seen: dict[str, str] = {}
    tag = language if language in SPOKEN else "en"
    for _, sentence in sentences(text[: _LONGEST * 20]):
        topic = topic_of(sentence, tag)
        if not (sentence.rstrip().endswith("?") or _opens_as_question(sentence, tag)):
            continue
        wording = _clean(sentence)
        if len(_WORD.findall(wording)) >= 2:
            seen.setdefault(topic, wording)
    return list(seen.items())


def topic_of(sentence: str, language: str) -> str:
    """The first topic whose words a sentence has, the most urgent ones first; "" for none."""
    text = sentence.casefold().replace("’", "'")
    return next((topic for topic in TOPICS if _rule(language, topic).search(text)), "")


@cache
def _rule(language: str, topic: str) -> re.Pattern[str]:
    return re.compile(words(language)["hear"][topic])


_OPENINGS = {
    "en": re.compile(r"^\W*(?:when|why|how|what|where|is|are|do|does|will|can|any (?:news|update|word|idea))\b"),
    "fr": re.compile(r"^\W*(?:quand|pourquoi|comment|que|qu'|où|est-ce|combien|des nouvelles)\b"),
    "es": re.compile(r"^\W*(?:¿|cuándo|cuando|por qué|cómo|qué|dónde|hay|alguna)"),
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


def calm(question: str) -> str:
    """As a heading has it: what is shouted in sentence case, with one mark."""
    text = _MARKS.sub(lambda marks: "?" if "?" in marks[0] else "!", question)
    if not text.isupper():
        return text
    return re.sub(r"^\W*\w|\bi\b", lambda letter: letter[0].upper(), text.lower())


def _stems(text: str) -> frozenset[str]:
    found = {word[:6] for word in _WORD.findall(text.casefold()) if word not in _small()}
    return frozenset(found or _WORD.findall(text.casefold()))


@cache
def _small() -> frozenset[str]:
    return frozenset(word for tag in SPOKEN for word in words(tag)["hear"]["small"].split())


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """0..1."""
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _groups(asked: Sequence[str]) -> list[list[str]]:
    """Alike questions together, the largest group first; each joins the first group whose founder it is like."""
    groups: list[tuple[frozenset[str], list[str]]] = []
    for question in asked:
        stems = _stems(question)
        near = max(groups, key=lambda group: likeness(stems, group[0]), default=None)
        if near is not None and likeness(stems, near[0]) >= ALIKE:
            near[1].append(question)
        else:
            groups.append((stems, [question]))
    return sorted((group for _, group in groups), key=len, reverse=True)


def _typical(asked: Sequence[str]) -> tuple[str, ...]:
    return tuple(_shortest(group) for group in _groups(asked)[:MOST_WORDINGS])


def _shortest(group: Sequence[str]) -> str:
    return min(group, key=lambda text: (len(text), text))
