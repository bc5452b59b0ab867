"""No letter that the eye does not see, or takes for another.

Hidden characters turn a text around, or carry words that only machines read; letters of another alphabet and
decorated ones slip past every check that compares words, and screen readers spell them out.
"""

import unicodedata
from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_READ, block, rx

NAME = "hidden"
_UNSEEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufffd"
    "\U000e0000-\U000e007f]+|(?<=[a-zA-Z])[\u200c\u200d]+(?=[a-zA-Z])"
)
_FLAG = "\U0001f3f4[\U000e0020-\U000e007f]+"  # England, Scotland, Wales: the only use of these characters
_DECORATED = "[\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\U0001d400-\U0001d7ff\U0001f130-\U0001f189]+"
_FOREIGN = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")  # the alphabets with letters that look Latin


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every hidden character, every decorated word and every word of two alphabets."""
    reply = candidate.reply[:LONGEST_READ]
    seen = rx(_FLAG).sub(lambda match: "\U0001f3f4" + "." * (len(match[0]) - 1), reply)
    for match in rx(_UNSEEN).finditer(seen):
        named = f"U+{ord(match[0][0]):04X}"
        yield block(NAME, *match.span(), f"A character nobody sees stands here ({named}). Take it out.")
    if not reply.isascii():
        for match in rx(_DECORATED).finditer(reply):
            yield block(NAME, *match.span(), f"'{match[0][:20]}' is written in decorated letters. Use plain ones.")
        for match in rx(r"[^\W\d_]+").finditer(reply):
            if _of_two_alphabets(match[0]):
                yield block(NAME, *match.span(), f"'{match[0]}' mixes two alphabets. Type the word anew.")


def _of_two_alphabets(word: str) -> bool:
    if word.isascii():
        return False
    names = [unicodedata.name(letter, "") for letter in word]
    return any(name.startswith("LATIN") for name in names) and any(name.startswith(_FOREIGN) for name in names)
