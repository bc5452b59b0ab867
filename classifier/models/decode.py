"""Raw model outputs → probabilities → readings."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.heads import Head, slices
from classifier.models.config import ModelConfig
from core.domain import About, Emotion, Impact, Intent, Reading, Sentiment

Probabilities = Mapping[str, NDArray[np.float32]]
"""Head name → (rows, labels) in 0..1; rows of choice heads sum to 1."""

WORDLESS = 0.2
"""Most confidence when no word was said: whatever a picture or a link suggests is a guess."""

CLEAR, NEAR = 0.2, 0.03
"""Least lead of the likeliest sentiment, and least distance from a threshold, that leave no doubt: one post in six has
less. Asking about every post within 0.06, and every rare intent, halves the speed; on held-out rows it gains a point on
anger and one on intents."""

STRANGE = 0.5
"""Most confidence in a script that the model was not taught."""


def probabilities(logits: NDArray[np.float32], config: ModelConfig) -> dict[str, NDArray[np.float32]]:
    """(rows, width) logits → calibrated probabilities of each head (temperature scaling, Guo et al. 2017)."""
    found = {}
    places = slices(config.heads)
    for head in config.heads:
        scaled = logits[:, places[head.name]] / config.temperatures.get(head.name, 1.0)
        if head.multi:
            scaled = scaled + np.asarray(config.shifts.get(head.name, (0.0,)), np.float32)
        found[head.name] = _sigmoid(scaled) if head.multi else _softmax(scaled)
    return found


def averaged(one: Probabilities, other: Probabilities, heads: Sequence[Head]) -> NDArray[np.float32]:
    """Two models' probabilities of the same rows → (rows, width) mean log-odds (choice heads: logs), as logits."""
    return np.hstack([(_logs(one[head.name], head) + _logs(other[head.name], head)) / 2 for head in heads])


def doubtful(chances: Probabilities, config: ModelConfig) -> NDArray[np.bool_]:
    """(rows,): whether a post should be read twice.

    The sentiment has a close second, or outage, angry or an alarm stands near its threshold.
    """
    ranked = np.sort(chances["sentiment"], 1)
    found: NDArray[np.bool_] = ranked[:, -1] - ranked[:, -2] < CLEAR
    bars = [(name, 0, config.thresholds[name][0]) for name in ("outage", "angry")]
    for head in config.heads:
        bars += [(head.name, head.labels.index(label), bar) for label, bar in config.alarms.get(head.name, {}).items()]
    for name, place, bar in bars:
        found |= np.abs(chances[name][:, place] - bar) < NEAR
    return found


def readings(
    chances: Probabilities, config: ModelConfig, languages: Sequence[str], limits: Sequence[float]
) -> list[Reading]:
    """One reading a row. ``limits``: the most confidence of each; of a post without words no intent is guessed."""
    from classifier.confidence import confidences

    sure = confidences(chances, config)
    sentiment = chances["sentiment"].tolist()
    emotion = chosen(chances, config, "emotion")
    impact = chosen(chances, config, "impact")
    about = chosen(chances, config, "about")
    intents = _intents(chances["intents"], config)
    outage, angry = chances["outage"][:, 0].tolist(), chances["angry"][:, 0].tolist()
    outage_least, angry_least = config.thresholds["outage"][0], config.thresholds["angry"][0]
    labels = {head.name: head.labels for head in config.heads}
    return [
        Reading(
            sentiment=Sentiment(labels["sentiment"][_top(sentiment[i])]),
            sentiment_score=round(sentiment[i][2] - sentiment[i][0], 4),
            emotion=Emotion(labels["emotion"][emotion[i]]),
            intents=(Intent.OTHER,) if limits[i] <= WORDLESS else intents[i],
            outage=outage[i] >= outage_least,
            outage_score=round(outage[i], 4),
            angry=angry[i] >= angry_least,
            angry_score=round(angry[i], 4),
            impact=Impact(labels["impact"][impact[i]]),
            about=About(labels["about"][about[i]]),
            language=languages[i],
            confidence=round(min(sure[i], limits[i]), 4),
            model=config.full_name,
        )
        for i in range(len(sentiment))
    ]


def chosen(chances: Probabilities, config: ModelConfig, name: str) -> list[int]:
    """Label numbers of a choice head, one a row: the likeliest, unless a label with an alarm reaches it."""
    found = chances[name].argmax(1)
    labels = next(head.labels for head in config.heads if head.name == name)
    for label, least in config.alarms.get(name, {}).items():
        number = labels.index(label)
        found[chances[name][:, number] >= least] = number
    return [int(number) for number in found]


def _top(chances: list[float]) -> int:
    return chances.index(max(chances))


def _intents(chances: NDArray[np.float32], config: ModelConfig) -> list[tuple[Intent, ...]]:
    """Labels over their thresholds, what stands out most first; when there is none, the likeliest.

    'other' stands alone.
    """
    names = [Intent(label) for label in next(head.labels for head in config.heads if head.name == "intents")]
    thresholds = np.asarray(config.thresholds["intents"], np.float32)
    over = chances >= thresholds
    height = chances / thresholds
    nearest = height.argmax(1)
    over[np.arange(len(over)), nearest] = True
    other = names.index(Intent.OTHER)
    over[:, other] &= (nearest == other) | (over.sum(1) == 1)
    over[over[:, other]] = np.eye(len(names), dtype=bool)[other]
    # Rounded, so that the company a post is read in does not change the order of two that stand out alike.
    order = np.argsort(-np.where(over, np.round(height, 2), -1.0), axis=1, kind="stable")
    return [tuple(names[place] for place in order[row, : over[row].sum()]) for row in range(len(over))]


def _logs(chances: NDArray[np.float32], head: Head) -> NDArray[np.float32]:
    chances = np.clip(chances, 1e-6, 1 - 1e-6)
    found: NDArray[np.float32] = np.log(chances / (1 - chances)) if head.multi else np.log(chances)
    return found


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (1 / (1 + np.exp(-values))).astype(np.float32)
    return found


def _softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(values - values.max(1, keepdims=True))
    found: NDArray[np.float32] = (raised / raised.sum(1, keepdims=True)).astype(np.float32)
    return found
