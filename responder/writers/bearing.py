"""Which approved sentences bear on what a customer wrote: those that share words with it which few others hold.

Words are compared by how they begin, so "booked" finds "booking", and by families: "gone" finds "lost". The customer's
words choose among the sentences of the sheet and never enter the reply.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from responder.gate.reading import fold

_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
_BEGINNING = 5  # letters: longer words are the same when they begin alike
_LENGTH = 0.3  # how much a long sentence, which shares a word with anything, is held back


@dataclass(frozen=True, slots=True)
class Words:
    """What one language's words tell. ``common`` ones tell nothing; ``family``: a word's beginning → its family's."""

    common: Collection[str]
    family: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence that a text points to: its number, how clearly, by how many words, and the most telling of them.

    The word's place is in code points.
    """

    number: int
    weight: float
    words: int
    start: int
    end: int


def points(text: str, sentences: Sequence[str], words: Words, names: Collection[str] = ()) -> list[Point]:
    """The sentences that share a telling word with the text, the nearest first; ``names`` tell nothing either."""
    heard = {beginning: place for place, beginning in _telling(text, words, names)}
    told = [{beginning for _, beginning in _telling(sentence, words, names)} for sentence in sentences]
    held = Counter(beginning for beginnings in told for beginning in beginnings)
    found: list[Point] = []
    for number, beginnings in enumerate(told):
        if shared := sorted(heard.keys() & beginnings, key=lambda one: (held[one], heard[one])):
            weight = sum(math.log((len(told) + 1) / held[one]) for one in shared) / (1 + len(beginnings)) ** _LENGTH
            found.append(Point(number, weight, len(shared), *heard[shared[0]]))
    return sorted(found, key=lambda point: -point.weight)


def families(lines: str) -> dict[str, str]:
    """``Words.family`` from one family a line."""
    rows = [[beginning(word) for word in fold(line).split()] for line in lines.splitlines() if line.strip()]
    return {one: row[0] for row in rows for one in row}


def bare(text: str) -> str:
    """The text without accents, letter for letter, as people write; `fold` makes small letters of it too."""
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def beginning(word: str) -> str:
    """What words that mean the same have in common, of a folded word."""
    plural = word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural and len(word) <= _BEGINNING else word[:_BEGINNING]


def _telling(text: str, words: Words, names: Collection[str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Where each telling word stands, and how it begins."""
    for match in _WORD.finditer(fold(text)):
        word = match[0]
        if word not in words.common and word not in names:
            yield match.span(), words.family.get(beginning(word), beginning(word))
