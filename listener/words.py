"""Text cut into comparable units, so that a search term meets whole words in any script and any case."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_ASCII_UNITS = re.compile(r"\w+|[^\w\s]")
_HASHTAG = re.compile(r"(?<![\w&#/])#(\w+)")
_EDGE = "\0"
# Scripts written without spaces: every character is a unit, since a word's edge cannot be seen.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0x20000, 0x3FFFF),  # Han, supplements
)


def folded(text: str) -> str:
    """``text`` without differences of case, width or composition; curly apostrophes straight. Accents stay."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    return unicodedata.normalize("NFKC", plain.casefold())


def joined(text: str) -> str:
    """The units of ``text`` (words, single signs) between separators: a unit sequence is then a plain substring."""
    return _EDGE + "".join(unit + _EDGE for unit in units(text))


def units(text: str) -> Iterator[str]:
    """Words and single signs of ``text`` in order, folded; white space and controls are dropped. Linear time."""
    text = folded(text)
    if text.isascii():
        for found in _ASCII_UNITS.finditer(text):
            if found[0] > " ":
                yield found[0]
        return
    start = -1
    for at, character in enumerate(text):
        kind = _kind(character)
        if kind == "word":
            start = at if start < 0 else start
            continue
        if start >= 0:
            yield text[start:at]
            start = -1
        if kind == "sign":
            yield character
    if start >= 0:
        yield text[start:]


def hashtags(text: str) -> frozenset[str]:
    """The hashtags of ``text``, folded, without ``#``."""
    return frozenset(found[1] for found in _HASHTAG.finditer(folded(text)))


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "ZC":
        return "space"
    if any(low <= ord(character) <= high for low, high in _UNSPACED):
        return "sign"
    return "word" if category[0] in "LNM" or character == "_" else "sign"
