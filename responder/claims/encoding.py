"""Premise and reply as token ids, and which tokens belong to which clause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

START, PAD, END = 0, 1, 2
"""The special tokens of the shipped tokenizer (XLM-RoBERTa's numbering)."""

LONGEST_PREMISE = 300
LONGEST = 510


@dataclass(frozen=True, slots=True)
class Encoded:
    """``ids`` of `<s> premise </s> reply </s>`; ``tokens``: first and last+1 place of every clause, equal when cut."""

    ids: list[int]
    tokens: list[tuple[int, int]]


def encode(tokenizer: Any, premise: str, reply: str, spans: Sequence[tuple[int, int]]) -> Encoded:
    """One input. What is longer than LONGEST tokens is cut; a clause that is cut whole gets an empty place."""
    first = tokenizer.encode(premise, add_special_tokens=False).ids[:LONGEST_PREMISE]
    second = tokenizer.encode(reply, add_special_tokens=False)
    room = LONGEST - len(first) - 3
    head = [START, *first, END]
    ids = [*head, *second.ids[:room], END]
    places, at = [], 0
    offsets = second.offsets[:room]
    for start, end in spans:
        while at < len(offsets) and offsets[at][1] <= start:
            at += 1
        last = at
        while last < len(offsets) and offsets[last][0] < end:
            last += 1
        places.append((len(head) + at, len(head) + last))
    return Encoded(ids, places)
