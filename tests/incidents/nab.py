"""Detectors judged as the Numenta Anomaly Benchmark judges, on the mention volumes of ten brands.

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
from pathlib import Path

from incidents.detect import Scored, detect

FOLDER = "realTweets"
STANDARD, LOW_FALSE = 0.11, 0.22
"""What a false detection costs in the standard and in the low-false-positive profile."""


@dataclass(frozen=True)
class Brand:
    scored: list[Scored]
    windows: list[tuple[int, int]]

    @property
    def days(self) -> float:
        return (self.scored[-1].timestamp - self.scored[0].timestamp).total_seconds() / 86400


def brands_of(data: Path) -> list[Brand]:
    """Every brand, scored by our detector."""
    labels = json.loads((data / "nab/labels/combined_windows.json").read_text())
    return [brand(data / "nab/data" / name, spans) for name, spans in labels.items() if name.startswith(FOLDER)]


def brand(file: Path, spans: list[list[str]]) -> Brand:
    with file.open(newline="") as stream:
        rows = [(datetime.fromisoformat(row["timestamp"]), float(row["value"])) for row in csv.DictReader(stream)]
    at = {moment: i for i, (moment, _) in enumerate(rows)}
    windows = [(at[datetime.fromisoformat(first)], at[datetime.fromisoformat(last)]) for first, last in spans]
    return Brand(list(detect(rows)), windows)


def _sigmoid(y: float) -> float:
    return -1.0 if y > 3 else 2 / (1 + math.exp(5 * y)) - 1


def raw(brand: Brand, detections: Iterable[int], cost: float) -> float:
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


def points(brands: list[Brand], total: float) -> float:
    count = sum(len(brand.windows) for brand in brands)
    return 100 * (total + count) / (2 * count)


def _at(brand: Brand, threshold: float, cost: float) -> float:
    return raw(brand, (i for i, row in enumerate(brand.scored) if row.score >= threshold), cost)


def held_out(brands: list[Brand], cost: float) -> float:
    """Each brand at the threshold that is best for the nine others."""
    candidates = sorted({row.score for brand in brands for row in brand.scored if row.score > 0.25})
    table = [[_at(brand, threshold, cost) for brand in brands] for threshold in candidates]
    total = 0.0
    for left_out in range(len(brands)):
        for_others = [sum(row) - row[left_out] for row in table]
        total += table[for_others.index(max(for_others))][left_out]
    return points(brands, total)


def own_alerts(brands: list[Brand]) -> tuple[float, float]:
    """Points of the detector's own alerts, and false ones a brand and day."""
    told = [[i for i, row in enumerate(brand.scored) if row.alert] for brand in brands]
    false = sum(
        not any(first <= i <= last for first, last in brand.windows)
        for brand, rows in zip(brands, told, strict=True)
        for i in rows
    )
    total = sum(raw(brand, rows, STANDARD) for brand, rows in zip(brands, told, strict=True))
    return points(brands, total), false / sum(brand.days for brand in brands)
