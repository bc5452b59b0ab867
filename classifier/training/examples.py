"""What a training row is: a normalised text and the answers known for some of the heads."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from classifier.heads import INTENTS

UNKNOWN = math.nan
"""The answer of a yes/no label nobody gave."""

Answer = int | tuple[float, ...]
"""A choice head's label index, or one 1.0 / 0.0 / UNKNOWN for each label of a multi head."""


@dataclass(frozen=True, slots=True)
class Example:
    """A training row. Heads missing in `answers` take no part in its loss; `weight` scales the rest."""

    text: str
    answers: Mapping[str, Answer]
    source: str
    weight: float = 1.0
    weights: Mapping[str, float] = field(default_factory=dict)
    """Factors for single heads where a set's own definition is further from ours."""


def yes_no(value: bool) -> tuple[float]:
    """The answer of a one-label yes/no head."""
    return (1.0 if value else 0.0,)


def some_intents(**known: bool) -> tuple[float, ...]:
    """An intents answer where only the named labels are known."""
    return tuple(float(known[name]) if name in known else UNKNOWN for name in INTENTS)


def all_intents(present: Iterable[str]) -> tuple[float, ...]:
    """An intents answer where every label is known."""
    chosen = frozenset(present)
    return tuple(1.0 if name in chosen else 0.0 for name in INTENTS)


_LINKS = re.compile(r"https?:?/*\S*")
_TAGS = re.compile(r"[@#]\w+")
_NOT_WORDS = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """The words of a post alone, in lower case: equal for two copies of one post in different sets.

    Links, handles, hashtags, punctuation, retweet marks and emoji do not count.
    """
    words = _NOT_WORDS.sub(" ", _TAGS.sub(" ", _LINKS.sub(" ", text.lower()))).split()
    return " ".join(words[1:] if words[:1] == ["rt"] else words)
