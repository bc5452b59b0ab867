"""Which words of a post moved its reading: each is left out once, and what the model then says is compared.

Occlusion (Zeiler and Fergus 2014) over words. It needs nothing of a model but its probabilities, so it tells what the
model really does with the text, not what a part of it pays attention to.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from classifier.heads import HEADS
from core.domain import Impact, Intent, Reading, Sentiment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Chances = Mapping[str, NDArray[np.float32]]

LOOK_AT = 700
"""Characters of a post that are tried: about as many as the model reads."""

MOST = 40
"""Spans that are left out in all, at most."""

WORK = 500
"""Words that are read in all, spans times words: what two cores read in under 50 ms."""

LEAST = 0.35
"""Change of log-odds below which a span did not matter."""

SHARE = 0.4
"""A span is told when it matters at least this much of what the strongest one does."""

TOLD = 3
"""Spans told of one decision."""

_WORD = re.compile(
    r"(?:https?:|www\.)\S*|(?<!\w)@\S+|(?P<said>[^\W_]+(?:['’-][^\W_]+)*|[^\w\s\x00-\x7f]+)", re.IGNORECASE
)
"""Links and handles are found to be passed over; signs of punctuation stay where they are."""
_LONG, _PIECE = 24, 6  # characters: scripts without spaces are cut into pieces

Span = tuple[int, int]


@runtime_checkable
class Telling(Protocol):
    """A model that tells how likely each of its answers is."""

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]: ...

    def probabilities(self, texts: Sequence[str]) -> "dict[str, NDArray[np.float32]]": ...


@runtime_checkable
class Routing(Protocol):
    """Several models behind one face."""

    def reader(self, language: str) -> Telling:
        """The one that is asked first about posts in a language: what is left of a post must not go to another."""

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]: ...


@dataclass(frozen=True, slots=True)
class Because:
    """One decision of a reading and the spans of the raw text that speak for it, strongest first.

    ``decision`` is ``outage``, ``angry``, ``sentiment``, ``impact`` or ``intents``; ``label`` what was decided.
    """

    decision: str
    label: str
    spans: tuple[Span, ...]


def explain(model: Telling | Routing, text: str, language: str = "en") -> tuple[Because, ...]:
    """The decisions of a post's reading that some of its words speak for. ``language``: of its reading.

    Where two models read a post, the words are those that move the fast one towards what both decided.
    Any string; never raises for its content.
    """
    text = text[:LOOK_AT]
    words = list(_words(text))
    if not words:
        return ()
    reading = model.read([text], [language])[0]
    model = model.reader(language) if isinstance(model, Routing) else model
    spans, effects = _tried(model, text, words, _decisions(reading))
    found = [Because(name, label, _strongest(text, spans, effect)) for (name, label, _), effect in effects]
    return tuple(each for each in found if each.spans and _points(each.spans, words))


def _points(spans: Sequence[Span], words: Sequence[Span]) -> bool:
    """Whether the spans leave something out: a post that is one span points nowhere."""
    return len(words) == 1 or sum(end - start for start, end in spans) < 0.8 * (words[-1][1] - words[0][0])


Odds = Callable[["Chances", int], float]
Decision = tuple[str, str, Odds]


def _decisions(reading: Reading) -> list[Decision]:
    """What was decided, each with the log-odds of that answer in a row of probabilities."""
    found: list[Decision] = []
    if reading.outage:
        found.append(("outage", "yes", _odds("outage", "outage")))
    if reading.angry:
        found.append(("angry", "yes", _odds("angry", "angry")))
    if reading.sentiment is not Sentiment.NEUTRAL:
        found.append(("sentiment", reading.sentiment.value, _odds("sentiment", reading.sentiment.value)))
    if reading.impact is not Impact.NONE:
        found.append(("impact", reading.impact.value, _odds("impact", reading.impact.value)))
    said = [intent for intent in reading.intents if intent not in (Intent.OTHER, Intent.OUTAGE_REPORT)]
    return found + [("intents", intent.value, _odds("intents", intent.value)) for intent in said]


def _odds(head: str, label: str) -> Odds:
    place = next(each.labels for each in HEADS if each.name == head).index(label)

    def odds(chances: "Chances", row: int) -> float:
        chance = min(max(float(chances[head][row, place]), 1e-6), 1 - 1e-6)
        return math.log(chance / (1 - chance))

    return odds


Effects = list[tuple[Decision, list[float]]]


def _tried(
    model: Telling, text: str, words: Sequence[Span], decisions: Sequence[Decision]
) -> tuple[list[Span], Effects]:
    """The spans left out and how much each decision lost without them. A long post is searched in two steps."""
    most = max(8, min(MOST, WORK // len(words)))
    if len(words) <= most:
        return _without(model, text, list(words), decisions)
    parts = _parts(words, most * 2 // 3)
    spans, effects = _without(model, text, [_joined(part) for part in parts], decisions)
    weight = [max((effect[place] for _, effect in effects), default=0.0) for place in range(len(parts))]
    # The part that mattered most is looked into; the others are told as a whole.
    best = max(range(len(parts)), key=weight.__getitem__)
    finer = [_joined(part) for part in _parts(parts[best], most - len(parts))]
    if len(finer) < 2:
        return spans, effects
    more, finer_effects = _without(model, text, finer, decisions)
    kept = [place for place in range(len(parts)) if place != best]
    joined = [
        (decision, [effect[place] for place in kept] + other)
        for (decision, effect), (_, other) in zip(effects, finer_effects, strict=True)
    ]
    return [spans[place] for place in kept] + more, joined


def _without(model: Telling, text: str, spans: list[Span], decisions: Sequence[Decision]) -> tuple[list[Span], Effects]:
    chances = model.probabilities([text, *(text[:start] + text[end:] for start, end in spans)])
    lost = [
        (decision, [decision[2](chances, 0) - decision[2](chances, row) for row in range(1, len(spans) + 1)])
        for decision in decisions
    ]
    return spans, lost


def _strongest(text: str, spans: Sequence[Span], effect: Sequence[float]) -> tuple[Span, ...]:
    """The few spans that matter, strongest first; neighbours are one."""
    least = max(LEAST, SHARE * max(effect, default=0.0))
    ranked = sorted((place for place in range(len(spans)) if effect[place] >= least), key=lambda at: -effect[at])
    chosen = sorted(spans[place] for place in ranked[:TOLD])
    strength = dict(zip(spans, effect, strict=True))
    merged: list[tuple[Span, float]] = []
    for span in chosen:
        if merged and not text[merged[-1][0][1] : span[0]].strip():
            (start, _), weight = merged[-1]
            merged[-1] = ((start, span[1]), max(weight, strength[span]))
        else:
            merged.append((span, strength[span]))
    return tuple(span for span, _ in sorted(merged, key=lambda each: -each[1]))


def _words(text: str) -> Iterator[Span]:
    """Spans of what the author says: words and emoji, no handles and links."""
    for found in _WORD.finditer(text):
        start, end = found.span("said")
        if start < 0:
            continue
        if end - start <= _LONG:
            yield start, end
        else:
            yield from pairwise([*range(start, end, _PIECE), end])


def _parts(words: Sequence[Span], count: int) -> list[Sequence[Span]]:
    """At most ``count`` runs of neighbouring words, of like length."""
    size = math.ceil(len(words) / max(count, 1))
    return [words[start : start + size] for start in range(0, len(words), size)]


def _joined(part: Sequence[Span]) -> Span:
    return part[0][0], part[-1][1]
