"""Any sequence-classification model of the Hugging Face hub, or of a local directory, for one of the heads.

Needs the extra [torch]. The bundled model fills the other heads, and reads alone when this one cannot.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from classifier.heads import EMOTIONS, SENTIMENTS
from classifier.models import Model
from classifier.text import masked
from core.domain import Emotion, Reading, Sentiment
from core.errors import AmendsError, ConfigError, Permanent, Transient

log = logging.getLogger(__name__)

BATCH = 32
MAX_LEN = 128


@dataclass(frozen=True, slots=True)
class Loaded:
    """A fetched model: `labels` are our names in its output order, all of the head `head`."""

    tokenizer: Any
    network: Any
    head: str
    labels: tuple[str, ...]


class HuggingFaceModel:
    """`source` supplies sentiment or emotion, `bundled` the rest. Fetched at the first reading or `warm_up`.

    `label_map` gives our name for each of its labels ({"LABEL_0": "negative", ...}); labels that already
    have our names need no entry. `problem` says in one line why only the bundled model reads, if so; `ask_again` from
    time to time, while it reads on, and it takes over when it is there.
    """

    def __init__(
        self, bundled: Model, source: str, *, revision: str = "main", label_map: Mapping[str, str] | None = None
    ) -> None:
        self.source, self.revision = source, revision
        self.name = f"{source}@{revision}"
        self.problem: str | None = None
        self._bundled, self._label_map = bundled, dict(label_map or {})
        self._loaded: Loaded | None = None
        self._may_come = False

    @property
    def names(self) -> frozenset[str]:
        return self._bundled.names if self._loaded is None else frozenset({self.name})

    def warm_up(self) -> None:
        """Load both models. When this one cannot be had, says so in `problem` and in the log."""
        self._bundled.warm_up()
        if self._loaded is None:
            self._fetch()

    def ask_again(self) -> bool:
        """Tries once more what failed because the network did; returns whether this model reads now."""
        if self._loaded is None and self._may_come:
            self._fetch()
        return self._loaded is not None

    def _fetch(self) -> None:
        try:
            self._loaded, self.problem = fetch(self.source, self.revision, self._label_map), None
            log.info("this model reads from now on", extra={"model": self.name})
        except AmendsError as error:
            self._may_come = isinstance(error, Transient)
            self.problem = f"{error}; the bundled model reads meanwhile"
            log.warning(self.problem)

    def read(self, texts: Sequence[str], languages: Sequence[str | None] = ()) -> list[Reading]:
        """One reading for each text, in order; `model` on each tells which model answered."""
        if self._loaded is None and self.problem is None:
            self.warm_up()
        loaded = self._loaded  # one model reads all of them, also when this one comes meanwhile
        readings = self._bundled.read(texts, languages)
        if loaded is None:
            return readings
        chances = _chances(loaded, texts)
        return [self._joined(loaded, reading, row) for reading, row in zip(readings, chances, strict=True)]

    def _joined(self, loaded: Loaded, reading: Reading, chances: Sequence[float]) -> Reading:
        sure = max(chances)
        label = loaded.labels[list(chances).index(sure)]
        confidence = round(min(reading.confidence, sure), 4)
        if loaded.head == "emotion":
            return replace(reading, emotion=Emotion(label), confidence=confidence, model=self.name)
        each = dict(zip(loaded.labels, chances, strict=True))
        score = round(each.get("positive", 0.0) - each.get("negative", 0.0), 4)
        return replace(
            reading, sentiment=Sentiment(label), sentiment_score=score, confidence=confidence, model=self.name
        )


def fetch(source: str, revision: str, label_map: Mapping[str, str]) -> Loaded:
    """Load a model by name or directory, weights as safetensors only.

    Raises ConfigError (extra not installed, no such local directory, labels that are not ours) or Transient
    (the hub does not answer or does not have it).
    """
    try:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        msg = f"classifier.model: {source} needs torch and transformers; pip install 'amends[torch]'"
        raise ConfigError(msg) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, revision=revision)
        network = AutoModelForSequenceClassification.from_pretrained(source, revision=revision, use_safetensors=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise _cannot_load(source, revision, error) from error
    names = [network.config.id2label[number] for number in range(network.config.num_labels)]
    head, labels = our_labels(source, names, label_map)
    return Loaded(tokenizer, network.eval(), head, labels)


def our_labels(source: str, names: Sequence[str], label_map: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Which head a model's labels belong to, and our name for each. Raises ConfigError when they fit none."""
    labels = tuple(label_map.get(name, name).lower() for name in names)
    for head, known in (("sentiment", SENTIMENTS), ("emotion", EMOTIONS)):
        if set(labels) <= set(known) and len(set(labels)) == len(labels) > 1:
            return head, labels
    msg = (
        f"classifier.label_map: {source} has the labels {', '.join(names)}; give each a different one of "
        f"{', '.join(SENTIMENTS)} (or of the emotions)"
    )
    raise ConfigError(msg)


def _cannot_load(source: str, revision: str, error: Exception) -> AmendsError:
    reason = " ".join(str(error).split())[:160]
    if Path(source).exists():
        return Permanent(f"classifier.model: {source} cannot be loaded ({reason})")
    return Transient(f"classifier.model: {source} at revision {revision} cannot be fetched ({reason})")


def _chances(loaded: Loaded, texts: Sequence[str]) -> list[list[float]]:
    """Probabilities, one row a text in order; rows of like length share a batch."""
    import torch

    cleaned = [masked(text) for text in texts]
    numbers = sorted(range(len(cleaned)), key=lambda number: len(cleaned[number]))
    found: list[list[float]] = [[]] * len(cleaned)
    for start in range(0, len(numbers), BATCH):
        chosen = numbers[start : start + BATCH]
        fed = loaded.tokenizer(
            [cleaned[number] for number in chosen],
            padding=True,
            truncation=True,
            max_length=MAX_LEN,
            return_tensors="pt",
        )
        with torch.inference_mode():
            rows = loaded.network(**fed).logits.float().softmax(-1).tolist()
        for number, row in zip(chosen, rows, strict=True):
            found[number] = row
    return found
