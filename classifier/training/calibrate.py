"""Probabilities that are as often right as they say, and the thresholds of a yes.

Both are chosen on rows no weight was trained on. Temperature scaling is Guo et al. 2017; yes/no labels
also get a shift (Platt 1999), for the share of yes differs between training rows and real posts.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from classifier import metrics
from classifier.heads import Head, slices
from classifier.metrics import Floats
from classifier.models.config import ModelConfig

TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(3.0), 40))
SHIFTS = np.linspace(-1.5, 1.5, 61)
THRESHOLDS = np.linspace(0.15, 0.75, 61)
ALARMS = np.linspace(0.05, 0.5, 46)
LEAST_PRECISION = 0.5
"""At least every second alarm must be right, or people stop looking."""
_NEIGHBOURS = 5
"""A threshold is judged with this many on either side: a single lucky peak does not count."""


def calibrate(config: ModelConfig, logits: Floats, truth: Floats) -> ModelConfig:
    """`config` with temperatures, shifts and thresholds fitted to (rows, width) logits and answers.

    `truth` holds 0, 1 or NaN for unknown. Heads without any answer keep what they have.
    """
    temperatures, shifts, thresholds = dict(config.temperatures), dict(config.shifts), dict(config.thresholds)
    for head, place in zip(config.heads, slices(config.heads).values(), strict=True):
        known = ~np.isnan(truth[:, place]).any(1)
        if not known.any():
            continue
        scores, right = logits[known, place], truth[known, place]
        temperatures[head.name] = _temperature(head, scores, right)
        if head.multi:
            scaled = scores / temperatures[head.name]
            shifts[head.name] = tuple(_shift(scaled[:, i], right[:, i]) for i in range(head.width))
            chances = _sigmoid(scaled + np.array(shifts[head.name]))
            thresholds[head.name] = tuple(_threshold(chances[:, i], right[:, i]) for i in range(head.width))
    return replace(config, temperatures=temperatures, shifts=shifts, thresholds=thresholds)


def alarm(chances: Floats, right: Floats) -> float | None:
    """The probability from which a label that must not be missed is answered, or None when no bar will do.

    `chances` are (rows,) calibrated probabilities of the label, `right` (rows,) 1 where it holds. The bar with
    the best F2 (recall counts four times; van Rijsbergen 1979), averaged over its neighbours, among those where
    at least `LEAST_PRECISION` of the answers are right.
    """
    scores = np.array([_f2(right > 0, chances >= bar) for bar in ALARMS])
    smooth = np.convolve(np.pad(scores, _NEIGHBOURS, mode="edge"), np.ones(2 * _NEIGHBOURS + 1), "valid")
    precise = np.array([_precision(right > 0, chances >= bar) >= LEAST_PRECISION for bar in ALARMS])
    if not precise.any() or not scores.any():
        return None
    return _best(ALARMS, np.where(precise, -smooth, np.inf).tolist())


def _f2(right: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return 5 * float((right & said).sum()) / max(4 * float(right.sum()) + float(said.sum()), 1.0)


def _precision(right: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    return float((right & said).sum()) / max(float(said.sum()), 1.0)


def _temperature(head: Head, scores: Floats, right: Floats) -> float:
    if not head.multi:
        return _best(TEMPERATURES, [_choice_surprise(scores / t, right) for t in TEMPERATURES])
    return _best(TEMPERATURES, [_shifted_surprise(scores / t, right) for t in TEMPERATURES])


def _shifted_surprise(scores: Floats, right: Floats) -> float:
    """Surprise with each label's own best shift; a few shifts are enough to choose a temperature by."""
    found = [min(_surprise(scores[:, i] + s, right[:, i]) for s in SHIFTS[::6]) for i in range(scores.shape[1])]
    return float(np.mean(found))


def _shift(scores: Floats, right: Floats) -> float:
    return _best(SHIFTS, [_surprise(scores + shift, right) for shift in SHIFTS])


def _threshold(chances: Floats, right: Floats) -> float:
    """The threshold with the best F1, averaged over its neighbours."""
    f1 = np.array([metrics.f1(right > 0, chances >= least) for least in THRESHOLDS])
    kernel = np.ones(2 * _NEIGHBOURS + 1)
    smooth = np.convolve(np.pad(f1, _NEIGHBOURS, mode="edge"), kernel, "valid")
    return _best(THRESHOLDS, (-smooth).tolist())


def _best(choices: Floats, losses: Sequence[float]) -> float:
    return round(float(choices[int(np.argmin(losses))]), 4)


def _choice_surprise(scores: Floats, right: Floats) -> float:
    logs = (
        scores
        - np.log(np.exp(scores - scores.max(1, keepdims=True)).sum(1, keepdims=True))
        - scores.max(1, keepdims=True)
    )
    return float(-(right * logs).sum(1).mean())


def _surprise(scores: Floats, right: Floats) -> float:
    return float((np.logaddexp(0, scores) - right * scores).mean())


def _sigmoid(values: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-values))
    return found
