"""Sees a series leave its usual course: a causal, streaming, robust moving baseline.

Level and variance of log(1 + value) are exponentially weighted, and learn from clipped innovations, so that a spike
neither drags the level along nor blinds the detector for long (the Huber-type robust EWMA of Gelper, Fried and Croux,
"Robust forecasting with exponential and Holt-Winters smoothing", 2010). Logarithms, because counts of posts vary in
proportion to their size and have heavy tails. Any regular interval.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

COOL_DOWN = timedelta(hours=24)
SCALE = 10.0  # deviations that score 1 - 1/e
ALERT_AT = 0.32  # 3.9 deviations: on real mention volumes about one false alert in two weeks


@dataclass(frozen=True, slots=True)
class Scored:
    """``score`` in 0..1: how rare the value is against its own past, on one scale for every series and time."""

    timestamp: datetime
    value: float
    score: float
    alert: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How the detector judges.

    ``memory``: time in which the baseline forgets to 1/e, between ``fewest`` and ``most`` rows. ``clip``: standard
    deviations beyond which an innovation teaches no more. ``floor``: added to the deviation, so that a series which
    hardly moves is not alarmed by one post. ``warm_up``: rows before the first score. ``alert_at``: the score that
    alerts. ``repeated``: what is left of the score of a row that tops nothing of the last cool-down.
    """

    memory: timedelta = timedelta(days=10)
    fewest: int = 200
    most: int = 3000
    clip: float = 5.0
    floor: float = 0.1
    warm_up: int = 48
    alert_at: float = ALERT_AT
    cool_down: timedelta = COOL_DOWN
    repeated: float = 0.3


class _Baseline:
    """Level and variance of the series so far."""

    def __init__(self, how: Sensitivity) -> None:
        self._how = how
        self._level = self._variance = 0.0
        self._rows = 0

    def surprise(self, value: float) -> float:
        """How many deviations a value lies above the level; 0 while warming up."""
        return self._deviations(value) if self._rows >= self._how.warm_up else 0.0

    def learn(self, value: float, interval: timedelta | None) -> None:
        """Takes a value in, as far as ``clip`` lets it."""
        if not self._rows:
            self._level, self._variance = math.log1p(value), 1.0
        step = max(-self._how.clip, min(self._how.clip, self._deviations(value))) * self._deviation()
        rate = max(1 / self._memory(interval), 1 / (self._rows + 2))
        self._level += rate * step
        self._variance += rate * (step * step - self._variance)
        self._rows += 1

    def _deviations(self, value: float) -> float:
        return (math.log1p(value) - self._level) / self._deviation()

    def _deviation(self) -> float:
        return math.sqrt(self._variance) + self._how.floor

    def _memory(self, interval: timedelta | None) -> float:
        rows = self._how.memory / interval if interval else self._how.most
        return max(self._how.fewest, min(self._how.most, rows))


def detect(series: Iterable[tuple[datetime, float]], sensitivity: Sensitivity | None = None) -> Iterator[Scored]:
    """Yields each row with its score and whether it alerts; a row's score uses nothing after it.

    Values are counts or rates per interval, at least 0. Only rises alert; a row within the cool-down of an earlier
    alert does not. A value that is not finite scores 0 and teaches nothing.
    """
    how = sensitivity or Sensitivity()
    baseline = _Baseline(how)
    before: datetime | None = None
    last_alert: datetime | None = None
    recent: deque[tuple[datetime, float]] = deque()
    for moment, value in series:
        if not math.isfinite(value):
            yield Scored(moment, value, 0.0, alert=False)
            continue
        count = max(value, 0.0)
        score = 1 - math.exp(-max(baseline.surprise(count), 0.0) / SCALE)
        score, recent = _news(score, moment, recent, how)
        alert = score >= how.alert_at and (last_alert is None or moment - last_alert >= how.cool_down)
        last_alert = moment if alert else last_alert
        yield Scored(moment, value, score, alert)
        baseline.learn(count, moment - before if before else None)
        before = moment


def _news(
    score: float, moment: datetime, recent: deque[tuple[datetime, float]], how: Sensitivity
) -> tuple[float, deque[tuple[datetime, float]]]:
    """A row below the height of the last cool-down tells little new and is scored down; ``recent`` falls in score."""
    while recent and moment - recent[0][0] >= how.cool_down:
        recent.popleft()
    highest = recent[0][1] if recent else 0.0
    while recent and recent[-1][1] <= score:
        recent.pop()
    recent.append((moment, score))
    return (score if score > highest else score * how.repeated), recent
