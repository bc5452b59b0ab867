"""Texts on their way out and back: whether one can be sent at all, and whether a post of ours that a platform
shows is the reply we tried to send.

Platforms change what they store: handles before it, short links, line ends, spaces. So texts are compared by their
words, and where that leaves a doubt nobody may conclude that the reply is absent.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from core.domain import Eligibility, Target
from core.errors import Refused, Transient

GONE = "The post was deleted or is no longer shown to us; nothing was sent."  # refused, on every platform alike
ALIKE = 0.6  # at or above this share of common text, two replies to one post cannot be told apart for sure
HANDLES = re.compile(r"^(?:@\w+\s+)+")

T = TypeVar("T")


def must_be_sendable(text: str, target: Target) -> None:
    """Raises Refused for an answer to a post we only watch, and for half characters (lone surrogates): no two
    platforms make the same of them.
    """
    if target.eligible is Eligibility.NONE:
        raise Refused("Watch only: the author did not address us, or the post is gone. Nothing was sent.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Refused(f"The reply holds half a character at position {error.start}; nothing was sent.") from None


def same_reply(text: str, candidates: Iterable[T], shown: Callable[[T], str]) -> T | None:
    """The candidate (our answers to the one target) that shows ``text``; None when none of them can be it.

    Raises Transient when one resembles it too much to be sure.
    """
    wanted, doubtful = normal(text), False
    for candidate in candidates:
        found = normal(shown(candidate))
        if found == wanted:
            return candidate
        doubtful = doubtful or difflib.SequenceMatcher(None, wanted, found, autojunk=False).ratio() >= ALIKE
    if doubtful:
        raise Transient(
            "The platform shows a reply of ours to this post that is much like this one. A person must look."
        )
    return None


def same_words(approved: str, stored: str) -> bool:
    """Whether two texts are the same but for composition, white space and handles a platform puts in front."""
    return normal(approved) == normal(stored)


def normal(text: str) -> str:
    """Composed characters, single spaces, without the handles a platform puts in front."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return HANDLES.sub("", spaced)
