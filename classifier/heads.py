"""The questions the model answers about a post: one head each, in the order of the output vector."""

from collections.abc import Sequence
from dataclasses import dataclass

SENTIMENTS = ("negative", "neutral", "positive")
EMOTIONS = ("anger", "annoyance", "anxiety", "sadness", "confusion", "joy", "neutral")
INTENTS = (
    "outage_report",
    "status_question",
    "complaint",
    "support_request",
    "compensation_request",
    "churn_threat",
    "praise",
    "suggestion",
    "question",
    "other",
)
IMPACTS = ("none", "work", "business", "safety", "family", "education", "money", "leisure")
ABOUTS = ("service", "other")
TWEET_EMOTIONS = ("anger", "joy", "optimism", "sadness")


@dataclass(frozen=True, slots=True)
class Head:
    """One head. `multi` heads answer yes or no for each label; the others choose one label."""

    name: str
    labels: tuple[str, ...]
    multi: bool = False

    @property
    def width(self) -> int:
        """Numbers this head takes in the output vector."""
        return len(self.labels)


HEADS: tuple[Head, ...] = (
    Head("sentiment", SENTIMENTS),
    Head("emotion", EMOTIONS),
    Head("intents", INTENTS, multi=True),
    Head("outage", ("outage",), multi=True),
    Head("angry", ("angry",), multi=True),
    Head("impact", IMPACTS),
    Head("about", ABOUTS),
    # Learned beside the others because published data asks these questions; also measured against it.
    Head("tweet_emotion", TWEET_EMOTIONS),
    Head("irony", ("irony",), multi=True),
)


def slices(heads: Sequence[Head]) -> dict[str, slice]:
    """Where each head's logits stand in one row of the model's output."""
    found: dict[str, slice] = {}
    start = 0
    for head in heads:
        found[head.name] = slice(start, start + head.width)
        start += head.width
    return found


def width(heads: Sequence[Head]) -> int:
    """Numbers in one row of the model's output."""
    return sum(head.width for head in heads)
