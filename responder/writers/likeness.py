"""How alike two replies read: the share of common runs of three words (Broder, 1997: resemblance of documents)."""

import re
from functools import lru_cache

RUN = 3  # words


@lru_cache(maxsize=2048)
def runs(text: str) -> frozenset[int]:
    """The text's runs of three words as hashes; of a shorter text, its words."""
    words = re.findall(r"\w+", text.lower())
    size = RUN if len(words) >= RUN else 1
    return frozenset(hash(tuple(words[start : start + size])) for start in range(len(words) - size + 1))


def likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """0 (nothing in common) to 1 (the same): the Jaccard index of two texts' runs."""
    common = len(one & other)
    return common / ((len(one) + len(other) - common) or 1)
