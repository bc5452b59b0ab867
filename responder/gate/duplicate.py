"""No reply is nearly the same as one we just gave somebody else.

The facts are the same for everybody, and so they should be: what is compared is what we say beside them.
"""

from collections.abc import Iterator, Sequence

from core.domain import FactSheet, Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_READ, block, body, fold, sentences, warn, words

NAME = "duplicate"
_SHINGLE = 3  # words
_SAME, _ALIKE = 0.9, 0.5  # Jaccard index of the shingles of our own words
_COPY = 0.97  # of the whole reply: platforms take a copy for spam, whatever it says
_ENOUGH = 12  # shingles of our own; fewer words say nothing about sameness


def check(candidate: Candidate) -> Iterator[Finding]:
    """A block for a copy of a recent reply or of its wording, a warning for one much alike (shingles: Broder, 1997)."""
    facts = _fact_sentences(candidate.sheet)
    whole, own = _shingles(body(candidate)), _shingles(_without(body(candidate), facts))
    copied = said = 0.0
    for other in candidate.recent:
        folded = fold(other[:LONGEST_READ])
        copied = max(copied, _alike(whole, _shingles(folded)))
        if len(own) >= _ENOUGH:
            said = max(said, _alike(own, _shingles(_without(folded, facts))))
    if copied >= _COPY or said >= _SAME:
        yield block(NAME, 0, len(candidate.reply), _message(max(copied, said)))
    elif said >= _ALIKE:
        yield warn(NAME, 0, len(candidate.reply), _message(said))


def _message(share: float) -> str:
    return f"The wording is {round(100 * share)} % the same as in a recent reply. Speak of this customer's own case."


def _fact_sentences(sheet: FactSheet) -> list[str]:
    """Every sentence of the facts, folded, longest first, without its end mark."""
    found = {piece.text.strip().rstrip(".!") for text in sheet.facts.values() for piece in sentences(fold(text))}
    return sorted(found - {""}, key=len, reverse=True)


def _without(folded: str, facts: Sequence[str]) -> str:
    for fact in facts:
        folded = folded.replace(fact, " | ")  # no shingle runs across the gap
    return folded


def _shingles(folded: str) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for part in folded.split(" | "):
        tokens = words(part)
        found.update(tuple(tokens[i : i + _SHINGLE]) for i in range(len(tokens) - _SHINGLE + 1))
    return frozenset(found)


def _alike(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
