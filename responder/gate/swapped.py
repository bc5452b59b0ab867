"""No figure of one fact is told of another: the refund's days are not the film's, nor its date."""

from collections.abc import Iterator
from functools import lru_cache

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.alignment import content
from responder.gate.figures import without_contacts
from responder.gate.quantities import Figure, figures
from responder.gate.reading import block, body, clauses, customer_text, fold, shown
from responder.gate.wording import words_in_one_language

NAME = "swapped"
_SHARED = 2  # stems, from which on a clause is about the same as a fact
_COUNT = 3  # numbers below stand for too many things

Key = tuple[str, float]


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every figure that the facts give, but of another matter than the clause tells it of."""
    if not words_in_one_language(candidate):
        return
    told, free = _told(fold("\n".join(candidate.sheet.facts.values()))), _free(candidate)
    for clause in clauses(without_contacts(body(candidate))):
        said = content(clause.text)
        for figure in _counted(clause.text):
            key = (figure.kind, figure.value)
            holding = [stems for stems, keys in told if key in keys]
            if not holding or key in free or any(said & stems for stems in holding):
                continue
            if any(len(said & stems) >= _SHARED for stems, keys in told if key not in keys):
                start, end = clause.start + figure.start, clause.start + figure.end
                message = (
                    f"'{shown(candidate, start, end)}' is told of something else in the facts. Compare the clause."
                )
                yield block(NAME, start, end, message)


def _counted(text: str) -> list[Figure]:
    """Spans, sums and dates; a time of day may stand with whatever happened at it."""
    return [figure for figure in figures(text) if figure.kind != "time"]


@lru_cache(maxsize=32)
def _told(facts: str) -> tuple[tuple[frozenset[str], frozenset[Key]], ...]:
    """Stems and figures of every clause of the facts."""
    return tuple(
        (content(clause.text) - _months(), frozenset((figure.kind, figure.value) for figure in _counted(clause.text)))
        for clause in clauses(facts)
    )


@lru_cache(maxsize=1)
def _months() -> frozenset[str]:
    return content(
        "january february march april june july august september october november december days hours minutes"
    )


def _free(candidate: Candidate) -> set[Key]:
    """The customer's figures and small counts stand anywhere."""
    heard = {(figure.kind, figure.value) for figure in figures(customer_text(candidate))}
    return heard | {("number", float(count)) for count in range(_COUNT)}
