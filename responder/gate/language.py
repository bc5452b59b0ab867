"""A reply speaks the customer's language."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_HEARD, LONGEST_READ, block, body, fold, rx, warn, words
from responder.gate.vocabulary import listed

NAME = "language"
_WRITTEN: Mapping[str, frozenset[str]] = {
    "English": listed("marks_en"),
    "French": listed("marks_fr"),
    "Spanish": listed("marks_es"),
}
"""The languages that the playbook writes: a customer who writes in one is owed it."""
_MARKS: Mapping[str, frozenset[str]] = {
    **_WRITTEN,
    "German": listed("marks_de"),
    "Italian": listed("marks_it"),
    "Portuguese": listed("marks_pt"),
    "Dutch": listed("marks_nl"),
}
_CHINESE_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
_NAMES = r"https?://\S+|[@#]\S+"
_LETTERS, _MOST = 6, 0.6  # the fewest letters, and the share of one alphabet, that tell
_ENOUGH = 3
_SPANISH_SIGNS = r"[¿¡]"  # no other of the three has them; worth a word each
_LEAD = 2
_ACCENTS = r"[\u00e0-\u00ff\u0153]"


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding when both texts are long enough to tell and their languages, or their alphabets, differ.

    A warning where the customer's language is one that no playbook writes: then any answer may be better than none.
    """
    mention = candidate.mention[:LONGEST_HEARD]
    read, written = alphabet(mention), alphabet(candidate.reply[:LONGEST_READ])
    if read and written and read != written:
        found = block if written != "Latin" else warn
        message = "The reply is not in the letters that the customer writes in. Answer in their language."
        yield found(NAME, 0, len(candidate.reply), message)
        return
    spoken = tell(body(candidate))
    asked = tell(fold(mention)) or _short(mention, spoken)
    if asked and spoken and asked != spoken:
        found = warn if spoken in _WRITTEN and asked not in _WRITTEN else block
        message = f"The customer wrote in {asked} and the reply is in {spoken}. Answer in {asked}."
        yield found(NAME, 0, len(candidate.reply), message)


def alphabet(text: str) -> str | None:
    """The alphabet of most letters of a text ("Latin", "Arabic"), or None when they are too few or too mixed.

    Named as Unicode names the letters; the signs of Chinese and Japanese count as one.
    """
    letters = [letter for letter in rx(_NAMES).sub(" ", text) if letter.isalpha()]
    if len(letters) < _LETTERS:
        return None
    counts = Counter("Latin" if letter.isascii() else _alphabet_of(letter) for letter in letters)
    name, most = counts.most_common(1)[0]
    return name if most >= _MOST * len(letters) else None


def _alphabet_of(letter: str) -> str:
    name = unicodedata.name(letter, "unknown").split()[0]
    return "Chinese or Japanese" if name in _CHINESE_JAPANESE else name.capitalize()


def _short(mention: str, spoken: str | None) -> str | None:
    """The language of a post too short to tell by itself, when nothing in it is of the language of the reply."""
    found = words(rx(_NAMES).sub(" ", fold(mention)))
    signs = bool(rx(_ACCENTS).search(mention.lower()))
    pieces = _pieces(found)
    counts = {name: len(pieces & marks) for name, marks in _WRITTEN.items()}
    if spoken is None or counts.get(spoken):
        return None
    name = max(counts, key=lambda name: counts[name])
    others = [count for other, count in counts.items() if other != name]
    return name if counts[name] + signs >= _ENOUGH - 1 and counts[name] > max(others) else None


@lru_cache(maxsize=16)  # several checks ask about the same reply, post and facts
def tell(folded: str) -> str | None:
    """The language of a folded text by its small words, or None when it cannot be told."""
    text = rx(_NAMES + r"|\"[^\"]*\"|«[^»]*»").sub(" ", folded)
    found = words(text)
    if len(found) < _ENOUGH:
        return None
    pieces, signs = _pieces(found), len(rx(_SPANISH_SIGNS).findall(text))
    counts = sorted(
        ((len(pieces & marks) + signs * (name == "Spanish"), name) for name, marks in _MARKS.items()), reverse=True
    )
    (most, name), (next_most, _) = counts[0], counts[1]
    return name if most >= _ENOUGH and most >= next_most + _LEAD and most > 1.5 * next_most else None


def _pieces(found: Iterable[str]) -> set[str]:
    """The different words of a text and their parts: "no data, no data, no data" holds one mark."""
    return {part for word in found for part in ({word, *word.split("'")} if "'" in word else {word})}
