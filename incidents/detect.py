"""Sees a series leave its usual course: a causal, streaming, robust moving baseline and the tail of what it left over.

1. The level and variance of log(1 + value) are exponentially weighted and learn from clipped innovations, so that a
   spike neither drags the level along nor blinds the detector for long (the Huber-type robust EWMA of Gelper, Fried and
   Croux, "Robust forecasting with exponential and Holt-Winters smoothing", 2010). Logarithms, because counts of posts
   vary in proportion to their size and have heavy tails.
2. How many deviations are rare differs from series to series, so each learns its own tail: how often an episode passes
   a bound, and by how much (peaks over threshold with exponential excesses: Davison and Smith, "Models for exceedances
   over high thresholds", 1990). The score is the rarity that follows: once in how many days.
3. What has been told is told once: after a rare row the next ones count little, unless they are clearly rarer still.

Any regular interval; bounded memory; a row's score uses nothing after it. docs/detection.md has the figures.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = 86400.0
LONE_WITHIN = 300.0  # seconds
HALF = 0.5  # the score of a row as rare as ``rare``


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

    ``rare``: what is expected once in this time scores 0.5. ``alert_at``: the score that alerts. ``cool_down``: no
    second alert within it; also the length of an episode.

    ``memory``: time in which the baseline forgets to 1/e, a week to hold both working days and weekends, but never
    below ``fewest`` rows. ``lone``: share of what was five minutes ago in the value judged, for a lone high row says
    less than two. ``clip``: deviations beyond which an innovation, or the excess of an episode, teaches no more.
    ``floor``: added to the deviation, so that a series which hardly moves is not alarmed by one post. ``warm_up``: rows
    before the first score.

    ``bound``: deviations at which an episode begins. Before a series has episodes of its own it is taken to have had
    ``worth`` of them, one in ``every``, passing the bound by ``excess`` deviations on average. ``tail_memory``: time in
    which its episodes are forgotten to 1/e.

    ``louder``: a row soon after a rare one is news when it is rarer by e to this power; else ``repeated`` is what is
    left of its score.
    """

    rare: timedelta = timedelta(days=10)
    alert_at: float = HALF
    cool_down: timedelta = timedelta(hours=12)
    memory: timedelta = timedelta(days=7)
    fewest: int = 200
    lone: float = 0.2
    clip: float = 5.0
    floor: float = 0.1
    warm_up: int = 48
    bound: float = 2.0
    worth: float = 4.0
    every: timedelta = timedelta(days=4)
    excess: float = 1.2
    tail_memory: timedelta = timedelta(days=90)
    louder: float = 1.0
    repeated: float = 0.3


class _Clock:
    """Time as seconds since the first row, and the usual step from row to row, which a gap hardly changes."""

    def __init__(self) -> None:
        self._start: datetime | None = None
        self.now = self.step = 0.0

    def tick(self, moment: datetime) -> None:
        if self._start is None:
            self._start = moment
            return
        now = (moment - self._start).total_seconds()
        passed, self.now = now - self.now, now
        if passed <= 0 or passed == self.step:  # clocks are put back, and rows come twice
            return
        usual = self.step or passed
        self.step = max(usual / 1.05, min(usual * 1.05, passed))


class _Baseline:
    """Level and variance of the series so far."""

    def __init__(self, how: Sensitivity) -> None:
        self._how = how
        self._step = 0.0
        self._keep, self._least = 0.0, 1 / how.fewest
        self._level = self._variance = self._smooth = 0.0
        self.rows = 0

    def deviations(self, count: float, step: float) -> float:
        """How many deviations a value lies from the level; then takes it in, as far as ``clip`` lets it."""
        how = self._how
        size = math.log1p(count)
        if not self.rows:
            self._level = self._smooth = size
            self._variance = 1.0
        if step != self._step:
            self._pace(step)
        self._smooth += (1 - self._keep) * (size - self._smooth)
        deviation = math.sqrt(self._variance) + how.floor
        found = (self._smooth - self._level) / deviation
        learned = max(-how.clip, min(how.clip, found)) * deviation
        rate = max(self._least, 1 / (self.rows + 2))
        self._level += rate * learned
        self._variance += rate * (learned * learned - self._variance)
        self.rows += 1
        return found

    def _pace(self, step: float) -> None:
        how, self._step = self._how, step
        self._keep = how.lone ** (step / LONE_WITHIN)
        self._least = 1 / max(how.fewest, how.memory.total_seconds() / step)


class _Tail:
    """How often an episode passes the bound, and by how much: both learned from those that are over."""

    def __init__(self, how: Sensitivity) -> None:
        self._bound, self._clip, self._length = how.bound, how.clip, how.cool_down.total_seconds()
        self._episodes = how.worth
        self._excesses = how.worth * how.excess
        self._days = how.worth * how.every.total_seconds() / DAY
        self._most = how.tail_memory.total_seconds() / DAY
        self._peak = self._began = 0.0  # of the running episode; no peak: none is running

    def rarity(self, size: float) -> float:
        """Logarithm of the days in which one episode as large is expected."""
        mean = self._excesses / self._episodes
        return (size - self._bound) / mean - math.log(self._episodes / self._days)

    def learn(self, size: float, now: float, step: float) -> None:
        self._days += step / DAY
        if self._days > self._most:
            self._forget()
        if self._peak and now - self._began >= self._length:
            self._episodes += 1
            self._excesses += self._peak
            self._peak = 0.0
        over = min(size - self._bound, self._clip)
        if over > 0:
            if not self._peak:
                self._began = now
            self._peak = max(self._peak, over)

    def _forget(self) -> None:
        left = self._most / self._days
        self._days *= left
        self._episodes *= left
        self._excesses *= left


class _News:
    """What of a row's rarity has not been told already."""

    def __init__(self, how: Sensitivity) -> None:
        self._span, self._louder = how.cool_down.total_seconds(), how.louder
        self._told = self._last_alert = -math.inf  # when
        self._height = 0.0
        self._recent: deque[tuple[float, float]] = deque()  # (when, rarity) of one span, falling in rarity

    def is_new(self, rarity: float, now: float) -> bool:
        """Above all of the last span; clearly so when something rare enough to alert was told in it."""
        recent = self._recent
        while recent and now - recent[0][0] >= self._span:
            recent.popleft()
        highest = recent[0][1] if recent else -math.inf
        while recent and recent[-1][1] <= rarity:
            recent.pop()
        recent.append((now, rarity))
        if now - self._told < self._span:
            return rarity > self._height + self._louder
        return rarity > highest

    def tell(self, rarity: float, now: float) -> bool:
        """Notes a row that is rare enough to alert; whether the cool-down lets it."""
        self._told, self._height = now, rarity
        if now - self._last_alert < self._span:
            return False
        self._last_alert = now
        return True


def detect(series: Iterable[tuple[datetime, float]], sensitivity: Sensitivity | None = None) -> Iterator[Scored]:
    """Yields each row with its score and whether it alerts; a row's score uses nothing after it.

    Values are counts or rates per interval, at least 0. A fall scores as a rise does, but only rises alert. A value
    that is not finite scores 0 and teaches nothing.
    """
    how = sensitivity or Sensitivity()
    clock, baseline, tail, rises, falls = _Clock(), _Baseline(how), _Tail(how), _News(how), _News(how)
    log_rare = math.log(how.rare.total_seconds() / DAY)
    for moment, value in series:
        clock.tick(moment)
        if not math.isfinite(value):
            yield Scored(moment, value, 0.0, alert=False)
            continue
        now, step = clock.now, clock.step
        deviations = baseline.deviations(max(value, 0.0), step)
        size = abs(deviations)
        if baseline.rows <= how.warm_up:
            yield Scored(moment, value, 0.0, alert=False)
            continue
        rarity = tail.rarity(size)
        if size < how.bound:  # the tail begins there; of what lies within it says nothing, however long it was silent
            rarity = min(rarity, log_rare * size / how.bound)
        score = 1 / (1 + math.exp(min(log_rare - rarity, 700.0)))
        news = rises if deviations > 0 else falls
        if not news.is_new(rarity, now):
            score *= how.repeated
        alert = score >= how.alert_at and news.tell(rarity, now) and news is rises
        yield Scored(moment, value, score, alert)
        tail.learn(size, now, step)
