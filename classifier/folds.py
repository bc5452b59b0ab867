"""What a model's vectors know of a question it was never asked: a logistic layer learned and tested in ten folds."""

import numpy as np
from numpy.typing import NDArray

from classifier.metrics import Floats

FOLDS = 10
_PENALTIES = (50.0, 200.0, 800.0)
"""Weights of the squared coefficients; each fold's is chosen among the other nine."""
_STEPS = 6


def cross_validated(vectors: NDArray[np.float32], answers: NDArray[np.bool_], seed: int = 20261122) -> list[bool]:
    """An answer for each of the (rows, width) `vectors`, given by a layer that learned on the other nine folds."""
    fold = _folds(answers, seed)
    found = np.zeros(len(answers), bool)
    for number in range(FOLDS):
        inside = fold != number
        middle, spread = vectors[inside].mean(0), vectors[inside].std(0) + 1e-6
        rows = _with_constant((vectors - middle) / spread)
        trial = fold == (number + 1) % FOLDS
        penalty = _chosen(rows, answers, inside & ~trial, trial)
        found[~inside] = rows[~inside] @ _fit(rows[inside], answers[inside], penalty) > 0
    return [bool(value) for value in found]


def _folds(answers: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """A fold for each row, at random, with the same share of yes in each."""
    generator = np.random.default_rng(seed)
    fold = np.zeros(len(answers), np.int64)
    for value in (True, False):
        places = generator.permutation(np.flatnonzero(answers == value))
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def _with_constant(rows: Floats | NDArray[np.float32]) -> Floats:
    return np.hstack([rows, np.ones((len(rows), 1))]).astype(float)


def _chosen(rows: Floats, answers: NDArray[np.bool_], learn: NDArray[np.bool_], trial: NDArray[np.bool_]) -> float:
    """The penalty whose layer, fitted on `learn`, finds the answers of `trial` likeliest."""

    def surprise(penalty: float) -> float:
        logits = rows[trial] @ _fit(rows[learn], answers[learn], penalty)
        return float(np.logaddexp(0, np.where(answers[trial], -logits, logits)).mean())

    return min(_PENALTIES, key=surprise)


def _fit(rows: Floats, answers: NDArray[np.bool_], penalty: float) -> Floats:
    """Penalised logistic regression by Newton's steps (iteratively reweighted least squares)."""
    right = answers.astype(float)
    weights = np.zeros(rows.shape[1])
    ridge = np.full(rows.shape[1], penalty)
    ridge[-1] = 0.0
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (right - chance) - ridge * weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge + 1e-9)
        weights = weights + np.linalg.solve(curve, slope)
    return weights
