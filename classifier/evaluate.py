"""The accuracy table: a model's figures beside published ones, from data it is pointed at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from classifier import gold, metrics
from classifier.folds import cross_validated
from classifier.heads import EMOTIONS, IMPACTS, INTENTS, SENTIMENTS
from classifier.models import Model
from core.domain import Band, Reading
from core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `value` is 0..100 (calibration error: 0..100, smaller is better)."""

    task: str
    data: str
    measure: str
    rows: int
    value: float
    anchors: str
    reach: float | None = None


@runtime_checkable
class Sure(Protocol):
    """A model that also tells the probabilities of all its heads, those learned beside the reading included."""

    def probabilities(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Head name → (texts, labels)."""
        ...


@runtime_checkable
class Seeing(Protocol):
    """A model that tells the vectors its answers come from."""

    def features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts, width)."""
        ...


SENTIMENT_ANCHORS = "SVM 62.9, RoBERTa-base 71.3, BERTweet 73.4, TimeLMs-2021 73.7"
EMOTION_ANCHORS = "SVM 64.7, RoBERTa-base 76.1, BERTweet 79.3, TimeLMs-2021 80.2"
READERS = "two readers {}"


def evaluate(model: Model, data_dir: Path) -> list[Row]:
    """Measure `model` on every set found below `data_dir`.

    Anchors are those of TweetEval's leader board (Barbieri et al. 2020 and its repository), UMSAB's
    XLM-T paper, and the agreement of gold_dev's two readers. Raises ConfigError when no set is found.
    """
    rows = (_tweets, _complaints, _languages, _gold)
    found = [row for part in rows for row in part(model, data_dir)]
    if not found:
        msg = f"evaluate: {data_dir} holds none of tweeteval, xlm-t_umsab, xci_complaints, gold_dev: see --data"
        raise ConfigError(msg)
    return found


def table(rows: Sequence[Row]) -> str:
    """The table as plain text, one line a row."""
    head = ("task", "data", "rows", "measure", "value", "reach", "published")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    numbers = (2, 4, 5)
    return "\n".join(
        "  ".join(
            cell.rjust(w) if i in numbers else cell.ljust(w)
            for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    reach = "" if row.reach is None else f"{row.reach:.1f}"
    return (row.task, row.data, str(row.rows), row.measure, f"{row.value:.1f}", reach, row.anchors)


def _tweets(model: Model, data: Path) -> Iterator[Row]:
    found = gold.tweeteval(data, "sentiment", "test")
    if found:
        yield _sentiment(model, found, "TweetEval test", SENTIMENT_ANCHORS, 71.3)
    found = gold.tweeteval(data, "emotion", "test")
    if found and isinstance(model, Sure):
        chances = model.probabilities(found.texts).get("tweet_emotion")
        if chances is not None:
            value = metrics.f1_macro(found.labels, chances.argmax(1).tolist(), chances.shape[1])
            yield Row("emotion", "TweetEval test", "macro F1", len(found.texts), value, EMOTION_ANCHORS, 76.1)


def _complaints(model: Model, data: Path) -> Iterator[Row]:
    """A logistic layer over the model's vectors, in ten folds: no row of the set was trained on."""
    found = gold.complaints(data)
    if found and isinstance(model, Seeing):
        labels = np.array(found.labels, bool)
        guess = cross_validated(model.features(found.texts), labels)
        value = metrics.f1_macro(found.labels, [int(value) for value in guess], 2)
        yield Row("complaint", "X-CI, 10 folds", "macro F1", len(labels), value, "Jin and Aletras 88.2", 88.2)


def _languages(model: Model, data: Path) -> Iterator[Row]:
    anchors = {"french": ("XLM-Tw 71.2", 68.0), "spanish": ("XLM-Tw 67.9", None)}
    for language, (anchor, reach) in anchors.items():
        found = gold.umsab(data, language, "test")
        if found:
            yield _sentiment(model, found, f"UMSAB {language} test", anchor, reach)


def _sentiment(model: Model, found: gold.Labelled, data: str, anchors: str, reach: float | None) -> Row:
    guess = [SENTIMENTS.index(reading.sentiment.value) for reading in model.read(found.texts)]
    value = metrics.recall_macro(found.labels, guess, len(SENTIMENTS))
    return Row("sentiment", data, "macro recall", len(guess), value, anchors, reach)


def _gold(model: Model, data: Path) -> Iterator[Row]:
    truth = gold.gold_dev(data)
    if not truth:
        return
    readings = model.read([row["text"] for row in truth])
    for task, measure, value, anchor, reach in _gold_figures(truth, readings):
        yield Row(task, "gold_dev", measure, len(truth), value, anchor, reach)
    yield from _bands(truth, readings)


Figure = tuple[str, str, float, str, float | None]


def _gold_figures(truth: Sequence[gold.Truth], readings: Sequence[Reading]) -> Iterator[Figure]:
    yield "outage", "F1", _f1(truth, readings, lambda row: row["outage"], lambda r: r.outage), READERS.format(95), 95.0
    yield "angry", "F1", _f1(truth, readings, lambda row: row["angry"], lambda r: r.angry), READERS.format(92), 92.0
    both = _f1(truth, readings, lambda row: row["outage"] and row["angry"], lambda r: r.outage_anger)
    yield "outage anger", "F1", both, READERS.format(87), 87.0
    each = [_intent(truth, readings, name) for name in INTENTS]
    yield "intents", "macro F1", float(np.mean(each)), READERS.format(95), 80.0
    right, guess = _numbers(truth, readings, "sentiment", SENTIMENTS)
    yield "sentiment", "macro recall", metrics.recall_macro(right, guess, len(SENTIMENTS)), "readers' kappa 0.91", None
    for name, labels in (("emotion", EMOTIONS), ("impact", IMPACTS)):
        right, guess = _numbers(truth, readings, name, labels)
        yield name, "macro F1", metrics.f1_macro(right, guess, len(labels)), "", None
        yield name, "accuracy", metrics.accuracy(right, guess), "", None
    for name in ("outage", "angry"):
        sure = [getattr(reading, f"{name}_score") for reading in readings]
        gap = 100 * metrics.calibration_error(sure, [bool(row[name]) for row in truth])
        yield name, "calibration error", gap, "", None


def _bands(truth: Sequence[gold.Truth], readings: Sequence[Reading]) -> Iterator[Row]:
    """By confidence: how many of the decisions that matter are right, and how often all of them are."""
    right = [_right(*each) for each in zip(truth, readings, strict=True)]
    for band in Band:
        chosen = [row for row, reading in zip(right, readings, strict=True) if reading.band is band]
        if chosen:
            name = f"confidence {band.value}"
            yield Row(name, "gold_dev", "decisions right", len(chosen), 100 * float(np.mean(chosen)), "", None)
            yield Row(name, "gold_dev", "all four right", len(chosen), 100 * float(np.all(chosen, 1).mean()), "", None)


def _right(row: gold.Truth, reading: Reading) -> tuple[bool, bool, bool, bool]:
    """Outage, angry, sentiment, and whether the main intent, the first, is among the true ones."""
    return (
        reading.outage == row["outage"],
        reading.angry == row["angry"],
        reading.sentiment.value == row["sentiment"],
        reading.intents[0].value in row["intents"],
    )


def _f1(
    truth: Sequence[gold.Truth],
    readings: Sequence[Reading],
    right: Callable[[gold.Truth], bool],
    said: Callable[[Reading], bool],
) -> float:
    return metrics.f1([right(row) for row in truth], [said(reading) for reading in readings])


def _intent(truth: Sequence[gold.Truth], readings: Sequence[Reading], name: str) -> float:
    return _f1(truth, readings, lambda row: name in row["intents"], lambda r: name in r.intents)


def _numbers(
    truth: Sequence[gold.Truth], readings: Sequence[Reading], name: str, labels: Sequence[str]
) -> tuple[list[int], list[int]]:
    right = [labels.index(row[name]) for row in truth]
    return right, [labels.index(getattr(reading, name).value) for reading in readings]
