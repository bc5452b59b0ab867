"""No figure of one fact is told of another: the refund's days are not the film's, nor its date."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.alignment import content, denies
from responder.gate.figures import without_contacts
from responder.gate.quantities import Figure, figures
from responder.gate.reading import Clause, block, body, clauses, customer_text, fold, named, rx, sentences, shown
from responder.gate.wording import words_in_one_language

NAME = "swapped"
_SHARED = 2  # stems, from which on a clause is about the same as a fact
_COUNT = 3  # numbers below stand for too many things

_POINTS_BACK = (
    r"\W*(?:and |y |et )?(?:they|it|these|those|this|that|ils?|elles?|celles?|ceux|ces|estos|estas|ellos|ellas)\b"
)

Key = tuple[str, float]


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every figure that the facts give, but of another matter than the clause tells it of."""
    if not words_in_one_language(candidate):
        return
    yield from _paired(candidate)
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


def _paired(candidate: Candidate) -> Iterator[Finding]:
    """What the facts tell of one count or place, told of its neighbour."""
    sheet = candidate.sheet
    facts, names = fold("\n".join(sheet.facts.values())), tuple(map(fold, sheet.regions))
    told = _pairs(facts, names)
    for part in _parts(without_contacts(body(candidate)), names):
        here, said = _anchors(part.text, names), _of_part(part.text, names)
        if len(here) != 1 or part.question or denies(part) or rx(_HOW).search(part.text):
            continue
        own = [stems for anchor, stems in told if anchor in here]
        others = [stems for anchor, stems in told if anchor not in here and said & stems]
        if own and others and not any(said & stems for stems in own):
            message = (
                f"'{shown(candidate, part.start, part.end)}' is told of something else in the facts. Compare them."
            )
            yield block(NAME, part.start, part.end, message)


_HOW = r"\b(?:after|then|if|until|till|next|before|apres|puis|si|despues|luego|know|say|also|too|as well)\b"


def _parts(folded: str, names: tuple[str, ...]) -> Iterator[Clause]:
    """What stands between commas and "and", where two counts or places are told apart."""
    listed = rf"(?!(?:the |in )?(?:{'|'.join(map(re.escape, names))})\b)" if names else ""
    for clause in clauses(folded):
        at = 0
        for text in rx(rf",\s(?:and\s|while\s)?{listed}|\s(?:and|while|et|y)\s{listed}").split(clause.text):
            left = clause.text.index(text, at)
            at = left + len(text)
            yield Clause(clause.start + left, clause.start + at, text, clause.question)


def _anchors(text: str, names: tuple[str, ...]) -> frozenset[str]:
    """The places and the plain numbers of a part."""
    numbers = {f"{one.value:g}" for one in figures(text) if one.kind == "number" and one.value >= _COUNT}
    return named(text, names) or frozenset(numbers)


def _of_part(text: str, names: tuple[str, ...]) -> frozenset[str]:
    for name in names:
        text = text.replace(name, " ")
    return content(text) - _months()


@lru_cache(maxsize=32)
def _pairs(facts: str, names: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Anchor and stems of the parts of those sentences that tell of two counts or places side by side."""
    found: list[tuple[str, frozenset[str]]] = []
    everywhere = content(" ".join(names))
    for sentence in sentences(facts):
        told = list(_parts(sentence.text, names))
        if any(rx(_POINTS_BACK).match(part.text) for part in told[1:]):  # both parts are told of one thing
            continue
        parts = [(_anchors(part.text, names), _of_part(part.text, names)) for part in told]
        alone = [(next(iter(here)), stems - everywhere) for here, stems in parts if len(here) == 1]
        if len(alone) == 2 and len(parts) == 2 and alone[0][0] != alone[1][0]:
            both = alone[0][1] & alone[1][1]
            found += [(anchor, stems - both) for anchor, stems in alone]
    return tuple(found)


def _counted(text: str) -> list[Figure]:
    """Spans, sums and dates; a time of day may stand with whatever happened at it."""
    return [figure for figure in figures(text) if figure.kind != "time"]


@lru_cache(maxsize=32)
def _told(facts: str) -> tuple[tuple[frozenset[str], frozenset[Key]], ...]:
    """Stems and figures of every clause of the facts; "they go out on 23 November" is told of what they are."""
    found: list[tuple[frozenset[str], frozenset[Key]]] = []
    before: frozenset[str] = frozenset()
    for clause in clauses(facts):
        stems = content(clause.text) - _months()
        told = stems | before if rx(_POINTS_BACK).match(clause.text) else stems
        found.append((told, frozenset((figure.kind, figure.value) for figure in _counted(clause.text))))
        before = told
    return tuple(found)


@lru_cache(maxsize=1)
def _months() -> frozenset[str]:
    return content(
        "january february march april june july august september october november december days hours minutes"
    )


def _free(candidate: Candidate) -> set[Key]:
    """The customer's figures and small counts stand anywhere."""
    heard = {(figure.kind, figure.value) for figure in figures(customer_text(candidate))}
    return heard | {("number", float(count)) for count in range(_COUNT)}
