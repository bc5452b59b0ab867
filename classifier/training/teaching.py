"""What a finished network says of many posts, kept on disk for the networks that learn from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.heads import HEADS, Head
from classifier.metrics import Floats
from classifier.training.examples import Answer, Example
from classifier.training.own import digest
from classifier.training.second import HARD, TAUGHT


@dataclass(frozen=True, slots=True)
class Answers:
    """Calibrated probabilities by post: `places` finds a text's row in each head's (posts, labels)."""

    places: dict[str, int]
    chances: dict[str, Floats]


def save(path: Path, rows: Sequence[Example], chances: dict[str, NDArray[np.float32]]) -> None:
    """Keep the probabilities of `rows`, head by head, under the digests of their texts."""
    np.savez(path, digests=np.array([digest(row.text) for row in rows]), **chances)  # type: ignore[arg-type]


def load(path: Path) -> Answers:
    """What `save` kept."""
    with np.load(path) as file:
        chances = {head.name: file[head.name].astype(float) for head in HEADS}
        return Answers({str(key): number for number, key in enumerate(file["digests"])}, chances)


def taught(rows: Sequence[Example], teachers: Sequence[Answers]) -> Iterator[Example]:
    """The rows with their teachers' mean answers, mixed with what people answered.

    A row that no teacher knows stays as it is; one that nobody answered at all is left out.
    """
    for row in rows:
        key = digest(row.text)
        knowing = [teacher for teacher in teachers if key in teacher.places]
        if knowing:
            soft = {
                name: np.mean([each.chances[name][each.places[key]] for each in knowing], axis=0)
                for name in {*TAUGHT, *row.answers}
            }
            answers = {head.name: _mixed(head, row, soft[head.name]) for head in HEADS if head.name in soft}
            yield replace(row, answers=answers)
        elif row.answers:
            yield row


def _mixed(head: Head, row: Example, soft: Floats) -> Answer:
    answer = row.answers.get(head.name)
    if answer is None:
        return tuple(map(float, soft))
    said = np.eye(head.width)[answer] if isinstance(answer, int) else np.array(answer, float)
    return tuple(map(float, np.where(np.isnan(said), soft, HARD * said + (1 - HARD) * soft)))
