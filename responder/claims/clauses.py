"""Cuts a draft into the clauses that are judged one by one, in English, French and Spanish."""

import re
from dataclasses import dataclass

_SHORTEST = 3  # words; a shorter piece says nothing by itself and goes with the clause before it
_ABBREVIATED = (
    r"(?<!\b[aApP])(?<!\b[aApP]\.\s[mM])(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bNo)(?<!\bMme)(?<!\bSra)"
    r"(?<!\bSr)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)"
)
_ENDS = re.compile(
    rf"{_ABBREVIATED}[.!?\u2026]+[\"')\u201d\u00bb]*(?=\s|$)"  # a sentence is over
    r"|\n+|;(?=\s)|:(?=\s)|\s[\u2013\u2014-](?=\s)|\u2014"
    r"|,(?=\s(?:and|but|so|because|mais|et|donc|car|parce|pero|y|as\u00ed|porque|sino)\s)"
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text; code points, the end not included."""

    start: int
    end: int


def split(text: str) -> list[Span]:
    """The clauses of a text in order; every letter and figure belongs to one of them."""
    found: list[Span] = []
    for start, end in _pieces(text):
        if not _WORD.search(text, start, end):
            continue
        short = len(_WORD.findall(text, start, end)) < _SHORTEST
        if short and found and "\n" not in text[found[-1].end : start]:
            found[-1] = Span(found[-1].start, end)
        else:
            found.append(Span(start, end))
    return found


def _pieces(text: str) -> list[tuple[int, int]]:
    """The stretches between two boundaries, without the white space around them."""
    pieces, start = [], 0
    for end in [*(match.end() for match in _ENDS.finditer(text)), len(text)]:
        left = start + len(text[start:end]) - len(text[start:end].lstrip())
        right = left + len(text[start:end].strip())
        if right > left:
            pieces.append((left, right))
        start = end
    return pieces
