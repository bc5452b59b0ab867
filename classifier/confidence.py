"""How far a reading can be trusted: how likely its decisions that matter are right.

They are outage, angry, sentiment and the main intent: what a reply, its place in the queue, and the trends rest on.
The geometric mean of their four calibrated probabilities is bent by a logistic curve so that it says how many of the
decisions are right (Platt 1999); the curve stands in the model's config.json, chosen on gold_dev.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.models.config import ModelConfig

Chances = Mapping[str, NDArray[np.float32]]
DECISIONS = ("outage", "angry", "sentiment", "intents")


@dataclass(frozen=True, slots=True)
class Curve:
    """confidence = logistic(slope * log-odds of the mean + offset)."""

    slope: float
    offset: float


def confidences(chances: Chances, config: ModelConfig) -> list[float]:
    """One confidence a row, 0..1: the share of its four decisions that can be expected to be right."""
    slope, offset = config.confidence
    found: list[float] = _logistic(slope * _odds(_mean(chances, config)) + offset).tolist()
    return found


def fit(chances: Chances, config: ModelConfig, right: NDArray[np.bool_]) -> Curve:
    """The curve under which confidences say how many decisions are right. ``right``: (rows, 4), as DECISIONS."""
    odds = np.stack([_odds(_mean(chances, config)), np.ones(len(right))], 1)
    share, weight = right.mean(1), np.array([1.0, 0.0])
    for _ in range(50):  # Newton's method; the likelihood has one maximum
        said = _logistic(odds @ weight)
        slope = (odds * (said * (1 - said))[:, None]).T @ odds + 1e-6 * np.eye(2)
        weight = weight - np.linalg.solve(slope, odds.T @ (said - share))
    return Curve(float(weight[0]), float(weight[1]))


def main_intents(chances: Chances, config: ModelConfig) -> list[int]:
    """The number of the intent that stands out most over its threshold, a row."""
    numbers: list[int] = _over(chances, config).argmax(1).tolist()
    return numbers


def _over(chances: Chances, config: ModelConfig) -> NDArray[np.float64]:
    found: NDArray[np.float64] = chances["intents"] / np.asarray(config.thresholds["intents"], np.float64)
    return found


def _mean(chances: Chances, config: ModelConfig) -> NDArray[np.float64]:
    """Geometric mean of the probabilities of what was decided, which a threshold may put below one half."""
    rows = np.arange(len(chances["sentiment"]))
    decided = [_answer(chances, config, "outage"), _answer(chances, config, "angry"), chances["sentiment"].max(1)]
    decided.append(np.maximum(chances["intents"][rows, _over(chances, config).argmax(1)], 0.05))
    found: NDArray[np.float64] = np.exp(np.mean(np.log(np.maximum(np.stack(decided, 1), 1e-6)), 1))
    return found


def _answer(chances: Chances, config: ModelConfig, head: str) -> NDArray[np.float64]:
    yes = chances[head][:, 0].astype(np.float64)
    found: NDArray[np.float64] = np.where(yes >= config.thresholds[head][0], yes, 1 - yes)
    return found


def _odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.clip(share, 1e-4, 1 - 1e-4)
    found: NDArray[np.float64] = np.log(share / (1 - share))
    return found


def _logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return found
