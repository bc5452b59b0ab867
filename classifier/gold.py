"""The labelled sets that models are measured on. They are for choosing and measuring, never for training."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.heads import INTENTS
from core.errors import InputError

Truth = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with one right class number each."""

    texts: list[str]
    labels: list[int]


def tweeteval(data: Path, task: str, part: str) -> Labelled | None:
    """One part (train, val, test) of a TweetEval task (Barbieri et al. 2020); None when it is absent."""
    return _pair(data / "tweeteval" / "datasets" / task, part)


def umsab(data: Path, language: str, part: str) -> Labelled | None:
    """One part of the multilingual tweet sentiment set UMSAB (Barbieri et al. 2022); None when it is absent."""
    return _pair(data / "xlm-t_umsab" / "data" / "sentiment" / language, part)


def complaints(data: Path) -> Labelled | None:
    """X-CI (Singh et al. 2023, over Preotiuc-Pietro et al. 2019): 1 for a complaint; None when it is absent."""
    path = data / "xci_complaints" / "X-CI Dataset.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = [(row["tweet"], int(row["label"])) for row in csv.DictReader(file)]
    return Labelled([text for text, _ in rows], [label for _, label in rows])


def gold_dev(data: Path) -> list[Truth]:
    """Posts labelled by the guideline, with every label of a reading and their text; empty when absent.

    Raises InputError naming the line that cannot be read.
    """
    path = data / "gold_dev" / "gold_dev.jsonl"
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            found.append(_checked(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{path}:{number}: {type(error).__name__}: {error}"
            raise InputError(msg) from error
    return found


def _checked(row: Any) -> Truth:
    unknown = set(row["intents"]) - set(INTENTS)
    if unknown or not isinstance(row["text"], str):
        msg = f"unknown intents {sorted(unknown)}" if unknown else "text is not a string"
        raise ValueError(msg)
    return {key: row[key] for key in ("text", "sentiment", "emotion", "intents", "outage", "angry", "impact", "about")}


def _pair(folder: Path, part: str) -> Labelled | None:
    texts, labels = folder / f"{part}_text.txt", folder / f"{part}_labels.txt"
    if not texts.exists() or not labels.exists():
        return None
    lines = texts.read_text("utf-8").rstrip("\n").split("\n")
    numbers = [int(label) for label in labels.read_text("utf-8").split()]
    if len(lines) != len(numbers):
        msg = f"{texts}: {len(lines)} texts but {len(numbers)} labels"
        raise InputError(msg)
    return Labelled(lines, numbers)
