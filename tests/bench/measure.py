"""Clocks and rows of the table."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row; ``is_ratio``: comparable between machines, and shown first."""

    name: str
    value: str
    is_ratio: bool = False


def seconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def p50_p95(act: Callable[[], object], times: int = 60) -> tuple[float, float]:
    """Median and 95th percentile of many calls, in milliseconds; the first twenty are not counted."""
    for _ in range(20):
        act()
    found = sorted(1000 * seconds(act) for _ in range(times))
    return found[times // 2], found[int(times * 0.95)]


def in_turn(first: Callable[[], object], second: Callable[[], object], times: int) -> tuple[float, float]:
    """The medians of two things done in turn, in seconds: whatever else the machine does meets both alike."""
    first()
    second()
    found = [(seconds(first), seconds(second)) for _ in range(times)]
    return statistics.median(one for one, _ in found), statistics.median(other for _, other in found)
