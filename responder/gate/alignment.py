"""How far a clause of the reply says what some clause of the facts says: shared word stems, and the same yes or no."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.domain import FactSheet
from responder.gate.reading import NOT_KNOWN, Clause, clauses, fold, rx
from responder.gate.vocabulary import listed
from responder.gate.wording import stem

_OF_WHOM = (  # "anyone who could not buy a ticket may travel" says yes
    r"\b(?:who|whose|if|in case|qui|si|quien(?:es)?)\s(?:\w+ ){0,3}?(?:not|cannot|\w+n't|without|ne \w+ pas|n'\w+ pas"
    r"|no)\b"
)
_LEAST = 4  # letters of a word that tells something
_COMMON = listed("common")


@dataclass(frozen=True, slots=True)
class Told:
    """A clause of the facts: its text, its stems, and whether it says not."""

    text: str
    stems: frozenset[str]
    denies: bool


@lru_cache(maxsize=512)
def content(folded: str) -> frozenset[str]:
    """The stems of the words that tell something."""
    found = rx(r"[^\W\d_]+(?:'[^\W\d_]+)?").findall(folded)
    return frozenset(stem(word) for word in found if _tells(word))


def _tells(word: str) -> bool:
    return len(word) >= _LEAST and word not in _COMMON and not word.endswith("n't")


def told(sheet: FactSheet) -> tuple[Told, ...]:
    """The clauses of the facts, in order."""
    return _told(fold("\n".join(sheet.facts.values())))


@lru_cache(maxsize=32)
def _told(facts: str) -> tuple[Told, ...]:
    return tuple(Told(clause.text, content(clause.text), denies(clause)) for clause in clauses(facts))


def denies(clause: Clause) -> bool:
    """Whether a clause says not, beside a "no" that answers the customer."""
    return bool(rx(NOT_KNOWN).search(rx(rf"^\W*(?:no|non)\b,?\s|{_OF_WHOM}").sub(" ", clause.text)))


def borne_out(clause: Clause, sheet: FactSheet, *, share: float = 0.6) -> bool:
    """Whether so much of what the clause tells stands in one clause of the facts that says yes or no alike."""
    said = content(clause.text)
    return bool(said) and any(
        len(said & fact.stems) >= share * len(said) and fact.denies == denies(clause) for fact in told(sheet)
    )


def covered(folded: str, sheet: FactSheet, heard: str = "") -> float:
    """The share, 0..1, of what a text tells that stands anywhere in the facts or in what was heard."""
    said = content(folded)
    known = content(heard).union(*(fact.stems for fact in told(sheet)))
    return len(said & known) / len(said) if said else 1.0


def pieces(folded: str) -> Iterator[Clause]:
    """What stands between the commas of every clause."""
    for clause in clauses(folded):
        yield from pieces_of(clause)


def pieces_of(clause: Clause) -> Iterator[Clause]:
    """What stands between the commas of a clause."""
    at = 0
    for part in rx(r",\s").split(clause.text):
        left = clause.text.index(part, at)
        at = left + len(part)
        yield Clause(clause.start + left, clause.start + at, part, clause.question)
