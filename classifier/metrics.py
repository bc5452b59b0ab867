"""The measures of the accuracy table, in numpy alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def recall_macro(truth: Sequence[int], predicted: Sequence[int], classes: int) -> float:
    """Mean recall over the classes that occur, 0..100 (SemEval-2017 task 4's measure)."""
    right, wanted = np.asarray(truth), np.asarray(predicted)
    recalls = [np.mean(wanted[right == label] == label) for label in range(classes) if (right == label).any()]
    return 100 * float(np.mean(recalls))


def f1_macro(truth: Sequence[int], predicted: Sequence[int], classes: int) -> float:
    """Mean F1 over the classes that occur in either, 0..100."""
    right, guess = np.asarray(truth), np.asarray(predicted)
    found = [
        f1(right == label, guess == label) for label in range(classes) if ((right == label) | (guess == label)).any()
    ]
    return float(np.mean(found))


def f1(truth: ArrayLike, predicted: ArrayLike) -> float:
    """F1 of the positive class of a yes/no question, 0..100; 0 when nothing is right."""
    right, guess = np.asarray(truth, bool), np.asarray(predicted, bool)
    both = float((right & guess).sum())
    return 200 * both / max(float(right.sum() + guess.sum()), 1.0)


def accuracy(truth: Sequence[int], predicted: Sequence[int]) -> float:
    """Share of right answers, 0..100."""
    return 100 * float(np.mean(np.asarray(truth) == np.asarray(predicted)))


def calibration_error(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error, 0..1: the mean gap between sureness and share of right answers (Guo et al. 2017)."""
    sure, good = np.asarray(confidence, float), np.asarray(right, float)
    places = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        abs(sure[places == b].mean() - good[places == b].mean()) * (places == b).mean()
        for b in range(bins)
        if (places == b).any()
    ]
    return float(np.sum(gaps))
