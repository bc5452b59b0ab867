"""A reply speaks the customer's language."""

from collections.abc import Iterator, Mapping

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_HEARD, block, body, fold, rx, words
from responder.gate.vocabulary import listed

NAME = "language"
_MARKS: Mapping[str, frozenset[str]] = {
    "English": listed("marks_en"),
    "French": listed("marks_fr"),
    "Spanish": listed("marks_es"),
}
_ENOUGH = 3
_SPANISH_SIGNS = r"[¿¡]"  # no other of the three has them; worth a word each
_LEAD = 2
_ACCENTS = r"[\u00e0-\u00ff\u0153]"


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding when both texts are long enough to tell and their languages differ."""
    spoken = tell(body(candidate))
    asked = tell(fold(candidate.mention[:LONGEST_HEARD])) or _short(candidate.mention[:LONGEST_HEARD], spoken)
    if asked and spoken and asked != spoken:
        message = f"The customer wrote in {asked} and the reply is in {spoken}. Answer in {asked}."
        yield block(NAME, 0, len(candidate.reply), message)


def _short(mention: str, spoken: str | None) -> str | None:
    """The language of a post too short to tell by itself, when nothing in it is of the language of the reply."""
    found = words(rx(r"https?://\S+|[@#]\S+").sub(" ", fold(mention)))
    signs = bool(rx(_ACCENTS).search(mention.lower()))
    counts = {name: _count(found, marks) for name, marks in _MARKS.items()}
    if spoken is None or counts[spoken]:
        return None
    name = max(counts, key=lambda name: counts[name])
    others = [count for other, count in counts.items() if other != name]
    return name if counts[name] + signs >= _ENOUGH - 1 and counts[name] > max(others) else None


def tell(folded: str) -> str | None:
    """The language of a folded text by its small words, or None when it cannot be told."""
    text = rx(r"https?://\S+|[@#]\S+|\"[^\"]*\"|«[^»]*»").sub(" ", folded)
    found = words(text)
    if len(found) < _ENOUGH:
        return None
    signs = len(rx(_SPANISH_SIGNS).findall(text))
    counts = sorted(
        ((_count(found, marks) + signs * (name == "Spanish"), name) for name, marks in _MARKS.items()), reverse=True
    )
    (most, name), (next_most, _) = counts[0], counts[1]
    return name if most >= _ENOUGH and most >= next_most + _LEAD and most > 1.5 * next_most else None


def _count(found: list[str], marks: frozenset[str]) -> int:
    pieces = [part for word in found for part in ({word, *word.split("'")} if "'" in word else {word})]
    return sum(piece in marks for piece in pieces)
