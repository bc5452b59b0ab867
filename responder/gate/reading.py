"""How the checks read a text: folded for matching, cut into clauses, compared with what may be said.

Folding keeps every code point in its place (lower case, accents taken off, straight apostrophes), so that an offset
into the folded text is an offset into the reply.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.domain import FactSheet, Finding, Level
from responder.gate import Candidate
from responder.gate.orders import commands

_SENTENCE = 4  # words; a shorter fact could stand in a sentence that says the opposite
LONGEST_READ = 12_000  # code points; anything longer is over every platform's limit and blocked for that
LONGEST_HEARD = 5_000  # code points of one of the customer's posts
_EARLIER_HEARD = 20  # of the customer's earlier posts, the newest
_APOSTROPHES = {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
_BOUNDARY = (
    r"(?<!\bp)(?<!\ba)[.!?;\u2026]+(?=[\s\"')»”]|$)|\n+|\s?:\s|\s[\u2013\u2014-]\s|\u2014"
    r"|,?\s(?:but|however|although|mais|cependant|pero|sino|aunque)\s"
    r"|,\s(?:and|so|et|donc|y|e|asi que)\s"
)
NOT_KNOWN = (
    r"\b(?:(?:do|does|did|can|could|wo|would|is|are|was|were|has|have|had|should)n't|don't|can't|won't"
    r"|cannot|not|no|nor"
    r"|never|nothing|none|nobody|neither|without|unable|whether|unknown|rather than|instead of"
    r"|pas|aucune?|rien|ni|jamais|inconnue?|nada|ningun[oa]?|tampoco|nunca|sin)\b"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the reply that says one thing; ``text`` is folded, offsets are into the reply."""

    start: int
    end: int
    text: str
    question: bool

    def says_not(self) -> bool:
        """Whether it denies, hedges or says that something is not known."""
        return bool(rx(NOT_KNOWN).search(self.text))


@lru_cache(maxsize=1024)
def rx(source: str) -> re.Pattern[str]:
    """A pattern over folded text, compiled on first use."""
    return re.compile(source)


def _fold_char(char: str) -> str:
    char = _APOSTROPHES.get(char, char)
    if char.isascii():
        return char.lower()
    base = unicodedata.normalize("NFD", char)[0]
    lower = base.lower()
    return lower if len(lower) == 1 else base


@lru_cache(maxsize=512)
def fold(text: str) -> str:
    """Lower case without accents, code point for code point."""
    return text.lower() if text.isascii() else "".join(map(_fold_char, text))


def body(candidate: Candidate) -> str:
    """The reply as far as the checks read it, folded."""
    return fold(candidate.reply[:LONGEST_READ])


@lru_cache(maxsize=64)
def clauses(folded: str) -> tuple[Clause, ...]:
    """The clauses of a folded text, in order."""
    found, start = [], 0
    for match in [*rx(_BOUNDARY).finditer(folded), None]:
        end = match.start() if match else len(folded)
        if piece := folded[start:end].strip():
            left = start + folded[start:end].index(piece)
            found.append(Clause(left, left + len(piece), piece, bool(match and "?" in match[0])))
        start = match.end() if match else end
    return tuple(found)


@lru_cache(maxsize=64)
def sentences(folded: str) -> tuple[Clause, ...]:
    """The sentences of a folded text, in order."""
    found = []
    for match in rx(r"[^.!?\n](?:[^.!?\n]|[.!?](?!\s|$))*[.!?]*").finditer(folded):
        text = match[0]
        if text.strip():
            found.append(Clause(match.start(), match.end(), text, text.rstrip().endswith("?")))
    return tuple(found)


def sentence_of(folded: str, at: int) -> Clause:
    """The sentence that holds a place of the reply."""
    found = sentences(folded)
    before = bisect_right(found, at, key=lambda sentence: sentence.start)
    if before and at < found[before - 1].end:
        return found[before - 1]
    return Clause(0, len(folded), folded, question=False)


def facts_text(sheet: FactSheet) -> str:
    """Every approved text of the sheet, folded, one a line."""
    return fold("\n".join([sheet.title, *sheet.facts.values(), *sheet.components, *sheet.regions, *sheet.links]))


def approved_spans(candidate: Candidate) -> Iterator[tuple[int, int]]:
    """Where the reply repeats a sentence of the facts word for word; offsets into the reply."""
    text = body(candidate)
    for fact in candidate.sheet.facts.values():
        for sentence in sentences(fold(fact)):
            said = sentence.text.strip().rstrip(".!")
            at = text.find(said) if len(words(said)) >= _SENTENCE else -1
            if at >= 0:
                yield at, at + len(said)


def posted(candidate: Candidate, earlier: int = _EARLIER_HEARD) -> list[str]:
    """The beginnings of the customer's newest posts, as far as the checks read them."""
    return [post[:LONGEST_HEARD] for post in (candidate.mention, *candidate.history[-earlier:])]


def heard(candidate: Candidate, earlier: int = _EARLIER_HEARD) -> str:
    """What the customer told us, which a reply may take up: their posts but those that give orders."""
    return "\n".join(post for post in posted(candidate, earlier) if not commands(fold(post)))


def customer_text(candidate: Candidate) -> str:
    """The customer's own words, folded."""
    return fold(heard(candidate))


@lru_cache(maxsize=256)
def holds(folded: str, source: str) -> bool:
    """Whether a pattern is found in a text that is asked again and again."""
    return bool(rx(source).search(folded))


class Taken:
    """Places of a text that are given away; asking and taking cost no more than the stretch is long."""

    def __init__(self, length: int) -> None:
        self._marks = bytearray(length)

    def meets(self, start: int, end: int) -> bool:
        """Whether the stretch overlaps one that was taken."""
        return any(self._marks[start:end])

    def take(self, start: int, end: int) -> None:
        self._marks[start:end] = b"\1" * (end - start)


def words(folded: str) -> list[str]:
    """Words and numbers of a folded text."""
    return rx(r"[^\W_]+(?:'[^\W_]+)?").findall(folded)


def named(folded: str, names: Iterable[str]) -> frozenset[str]:
    """Those of the folded names that stand in a text as words of their own."""
    return frozenset(name for name in names if rx(rf"\b{re.escape(name)}\b").search(folded))


def hits(found: Iterable[Clause], source: str) -> Iterator[tuple[Clause, re.Match[str]]]:
    """The first match of a pattern in each clause that has one."""
    pattern = rx(source)
    for clause in found:
        if match := pattern.search(clause.text):
            yield clause, match


def block(check: str, start: int, end: int, message: str) -> Finding:
    return Finding(check=check, level=Level.BLOCK, start=start, end=end, message=message)


def warn(check: str, start: int, end: int, message: str) -> Finding:
    return Finding(check=check, level=Level.WARN, start=start, end=end, message=message)


def shown(candidate: Candidate, start: int, end: int) -> str:
    """A stretch of the reply, short enough for a message."""
    text = candidate.reply[start:end].strip()
    return text if len(text) <= 60 else text[:57].rstrip() + "..."
