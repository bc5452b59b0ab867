"""The detector on the mention volumes of ten brands, judged as the Numenta Anomaly Benchmark judges.

Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms", 2015: a detection in a labelled window earns by
how early it is, one outside costs by its distance from the window before, a missed window costs one; 0 is what silence
scores, 100 what detections at the start of every window do.
"""

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from incidents.detect import Scored, detect

FOLDER = "realTweets"


@dataclass(frozen=True)
class Brand:
    scored: list[Scored]
    windows: list[tuple[int, int]]

    @property
    def days(self) -> float:
        return (self.scored[-1].timestamp - self.scored[0].timestamp).total_seconds() / 86400


@pytest.fixture(scope="module")
def brands(data_dir: Path) -> list[Brand]:
    labels = json.loads((data_dir / "nab/labels/combined_windows.json").read_text())
    return [_brand(data_dir / "nab/data" / name, spans) for name, spans in labels.items() if name.startswith(FOLDER)]


def _brand(file: Path, spans: list[list[str]]) -> Brand:
    with file.open(newline="") as stream:
        rows = [(datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in csv.DictReader(stream)]
    at = {moment: i for i, (moment, _) in enumerate(rows)}
    windows = [(at[datetime.fromisoformat(first)], at[datetime.fromisoformat(last)]) for first, last in spans]
    return Brand(list(detect(rows)), windows)


def _sigmoid(y: float) -> float:
    return -1.0 if y > 3 else 2 / (1 + math.exp(5 * y)) - 1


def _raw(brand: Brand, detections: Iterable[int], cost: float) -> float:
    """The sum of a brand for detections in these rows; those of the first 15 %, at most 750 rows, do not count."""
    best = dict.fromkeys(brand.windows, -1.0)
    total = 0.0
    for row in detections:
        if row < min(math.floor(0.15 * len(brand.scored)), 750):
            continue
        inside = [window for window in brand.windows if window[0] <= row <= window[1]]
        if inside:
            first, last = inside[0]
            worth = _sigmoid(-(last - row + 1) / (last - first + 1)) / _sigmoid(-1.0)
            best[inside[0]] = max(best[inside[0]], worth)
            continue
        over = [(first, last) for first, last in brand.windows if last < row]
        total += cost * (_sigmoid((row - over[-1][1]) / (over[-1][1] - over[-1][0])) if over else -1.0)
    return total + sum(best.values())


def _points(brands: list[Brand], raw: float) -> float:
    count = sum(len(brand.windows) for brand in brands)
    return 100 * (raw + count) / (2 * count)


def _at(brand: Brand, threshold: float, cost: float) -> float:
    return _raw(brand, (i for i, row in enumerate(brand.scored) if row.score >= threshold), cost)


def _held_out(brands: list[Brand], cost: float) -> float:
    """Each brand at the threshold that is best for the nine others."""
    candidates = sorted({row.score for brand in brands for row in brand.scored if row.score > 0.25})
    table = [[_at(brand, threshold, cost) for brand in brands] for threshold in candidates]
    total = 0.0
    for left_out in range(len(brands)):
        for_others = [sum(row) - row[left_out] for row in table]
        total += table[for_others.index(max(for_others))][left_out]
    return _points(brands, total)


@pytest.mark.parametrize(("cost", "floor"), [(0.11, 80.0), (0.22, 73.0)], ids=["standard", "false alerts cost double"])
def test_it_finds_what_was_labelled(brands: list[Brand], cost: float, floor: float) -> None:
    assert _held_out(brands, cost) >= floor


def test_false_alerts_are_few(brands: list[Brand]) -> None:
    false = 0
    for brand in brands:
        told = [i for i, row in enumerate(brand.scored) if row.alert]
        assert all(later - earlier >= 144 for earlier, later in pairwise(told))
        false += sum(not any(first <= i <= last for first, last in brand.windows) for i in told)
    assert false / sum(brand.days for brand in brands) <= 0.05
    alone = [_raw(brand, (i for i, row in enumerate(brand.scored) if row.alert), 0.11) for brand in brands]
    assert _points(brands, sum(alone)) >= 65
