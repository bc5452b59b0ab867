"""Hears an outage in what customers write: a sequential scan over the readings' probabilities, causal, in minutes.

After each post that speaks of an outage, every span that ends now and begins with such a post, up to an hour long, is
asked two questions:

1. How much likelier are its readings when the service fails than on a quiet day? Each post adds the logarithm of that
   ratio: a sure reading much, a doubtful one little, and a post about something else takes away. (A marketing campaign
   or a price row brings posts, and with them their usual share of mistakes: that is no outage.)
2. The same, together with how unusual so many posts are for this time of day and after the hour before.

The first is a log-likelihood ratio (Wald 1945, Page 1954), the second adds the Chernoff bound of a Poisson count; both
are in nats. The scan over all spans is Kulldorff's (1997).
"""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from incidents.usual import Usual

SERIES = ("likely", "very likely", "sure")
FROM = LIKELY, VERY_LIKELY, SURE = (0.55, 0.85, 0.92)
"""Probabilities of an outage at which each series begins; below the first a post is not counted as speaking of one."""

FAILING = (0.27, 0.12, 0.06, 0.55)
"""What is read while a service fails: the share of posts in no series, then in each of ``SERIES``.

The shipped reader's on posts about outages labelled by hand, one post in five being about something else.
"""

LONGEST = 60.0
SHORTEST = 2.0
"""Minutes of the longest and the shortest span."""

MOST_POSTS = 400
"""Posts that are looked back on at most: beyond, an outage is beyond doubt in fewer minutes."""
HALF_HOUR = 30.0
SILENCE = 360.0  # minutes without any post; a small brand has gaps of an hour within an outage
OVER = 4.0
"""Nats below which a half hour is nothing unusual."""

FEWEST_OF_SPIKE = 12
HOURS_BEFORE_SPIKE = 24  # a brand that was never heard before is all rise
RISE = 3.0
"""A rise is at least so many posts in half an hour, and clearly more than three times the usual."""

SCALE = 20.0  # nats that score 1 - 1/e
_NOISE = re.compile(r"https?://\S+|[@#]\w+|\brt\b|[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Heard:
    """One post with what the reader says of it: probabilities in 0..1. ``key`` is the caller's own name for it."""

    at: datetime
    author: str
    text: str
    outage: float
    angry: float
    key: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """When to alarm.

    ``words`` and ``evidence``: nats that the two questions must reach; ``factor`` 2 puts up with twice the false
    alarms, 0.5 with half. ``fewest``: different people. ``cool_down``: minutes of silence after an alarm has ended.
    """

    factor: float = 1.0
    fewest: int = 3
    cool_down: float = 60.0
    words: float = 3.5
    evidence: float = 11.0

    @property
    def least(self) -> float:
        """Nats for an alarm: the bound on false alarms falls with their exponential."""
        return self.evidence - math.log(self.factor)

    def after_dismissals(self, dismissed: int) -> "Sensitivity":
        """Each alarm that a person dismissed lately halves the false alarms that are put up with."""
        return Sensitivity(
            factor=self.factor / 2**dismissed,
            fewest=self.fewest,
            cool_down=self.cool_down,
            words=self.words,
            evidence=self.evidence,
        )


@dataclass(slots=True, kw_only=True)
class Alarm:
    """An outage, or a rise that is none. ``ended_at`` None while it lasts; ``score`` in 0..1."""

    kind: Literal["outage", "spike"]
    started_at: datetime
    detected_at: datetime
    ended_at: datetime | None = None
    mentions: int = 0
    outage_mentions: int = 0
    angry_mentions: int = 0
    people: int = 0  # who raised it
    usual: float = 0.0  # posts about failures (outage) or posts (spike) that were to be expected in the span
    peak_per_minute: int = 0
    score: float = 0.0
    keys: list[object] = field(default_factory=list)  # the posts that raised it, newest first


@dataclass(frozen=True, slots=True)
class Span:
    """The span that says most: its first post, nats, posts about failures that were to be expected, and who speaks."""

    first: int
    nats: float
    usual: float
    speaking: tuple[int, ...]


def series_of(outage: float) -> int:
    """The series a post belongs to by its probability: 1 to 3, 0 for none."""
    return bisect_right(FROM, outage)


def excess(found: float, expected: float) -> float:
    """Nats against ``found`` arising where ``expected`` is usual (Chernoff bound of a Poisson count)."""
    return found * math.log(found / expected) - found + expected if found > expected else 0.0


def weights(shares: Sequence[float]) -> list[float]:
    """Nats that a post in no series, then in each of ``SERIES``, says for an outage where ``shares`` are usual."""
    usual = (max(1 - sum(shares), FAILING[0] / 2), *shares)  # a reader that errs always says nothing
    return [math.log(failing / quiet) for failing, quiet in zip(FAILING, usual, strict=True)]


class Watch:
    """Listens to one brand, post by post, in the order of time. ``usual`` is learned on as hours end."""

    def __init__(self, how: Sensitivity, usual: Usual | None = None) -> None:
        self._how = how
        self._usual = usual or Usual(len(SERIES))
        self._hour: int | None = None
        self._sums = [0.0] * (1 + len(SERIES))
        self._times: list[float] = []
        self._posts: list[Heard] = []
        self._series: list[int] = []
        self._weights = weights(self._usual.shares)
        self._silent_until = -math.inf
        self._looked = -math.inf
        self._most = (
            0.0  # posts that speak of it (outage) or all (spike) in the loudest half hour of the alarm that is on
        )
        self.on: Alarm | None = None

    def hear(self, post: Heard) -> Alarm | None:
        """Takes a post in; returns the alarm that it raises. A post that comes late counts as of now."""
        minute = max(post.at.timestamp() / 60, self._times[-1] if self._times else -math.inf)
        self._silence(minute)
        self._turn(int(minute // 60))
        self._keep(minute, post)
        if self.on is not None:
            self._count(self.on, len(self._posts) - 1)
        if minute - self._looked >= 1:
            self._looked = minute
            self._end(minute)
        alarm = self._outage(minute)
        return alarm if alarm is not None else self._spike(minute)

    def _silence(self, minute: float) -> None:
        """Long without any post, an alarm ends where it ended, not when the next post comes, days later."""
        if self.on is not None and minute - self._times[-1] > SILENCE:
            self._end(self._times[-1] + HALF_HOUR + 1)

    def _turn(self, hour: int) -> None:
        """An hour that is over is learned."""
        if self._hour is not None and hour > self._hour:
            self._usual.learn({self._hour: tuple(self._sums)}, until=hour)
            self._weights = weights(self._usual.shares)
            self._sums = [0.0] * len(self._sums)
        self._hour = hour

    def _keep(self, minute: float, post: Heard) -> None:
        series = series_of(post.outage)
        self._times.append(minute)
        self._posts.append(post)
        self._series.append(series)
        self._sums[0] += 1
        if series:
            self._sums[series] += 1
        old = bisect_left(self._times, minute - 3 * LONGEST)
        if old > 1000:  # in one go, now and then: cutting a list costs its length
            del self._times[:old], self._posts[:old], self._series[:old]

    def _outage(self, minute: float) -> Alarm | None:
        if (self.on is not None and self.on.kind == "outage") or minute < self._silent_until or not self._series[-1]:
            return None
        span = self._scan(minute)
        return None if span is None else self._raise_outage(span)

    def _scan(self, minute: float) -> Span | None:
        """The span that ends now and says most, when it says enough; posts are looked at from now backwards."""
        times, posts = self._times, self._posts
        heard: dict[str, int] = {}
        people: set[str] = set()
        speaking: list[int] = []
        words = listened = 0.0
        best: Span | None = None
        for place in range(len(times) - 1, max(-1, len(times) - 1 - MOST_POSTS), -1):
            if times[place] < minute - LONGEST:
                break
            post, series = posts[place], self._series[place]
            if post.author in people:
                continue  # who repeats himself is heard once
            part = 1.0
            if series:  # the second to say the same counts half, the third a third
                same = _words(post.text)
                heard[same] = heard.get(same, 0) + 1
                part = 1 / heard[same]
            listened += part
            words += part * self._weights[series]
            if not series:
                continue
            people.add(post.author)
            speaking.append(place)
            if len(people) >= self._how.fewest and words >= self._how.words:
                expected = self._expected(place, minute)
                nats = words + excess(listened, expected)
                if nats >= max(self._how.least, best.nats if best else 0.0):
                    best = Span(place, nats, expected * sum(self._usual.shares), tuple(speaking))
        return best

    def _expected(self, place: int, minute: float) -> float:
        """Posts to be expected in a span: by the clock, or by the flow of the hour before it."""
        before = place - bisect_left(self._times, self._times[place] - 60)
        lasted = max(minute - self._times[place], SHORTEST)
        return max(self._usual.per_minute(minute), before / 60) * lasted

    def _raise_outage(self, span: Span) -> Alarm:
        if self.on is not None:
            self.on.ended_at = self._posts[-1].at  # the rise turns out to be an outage
        alarm = self._alarm("outage", span.first, span.nats)
        alarm.usual = span.usual
        alarm.people = len(span.speaking)
        alarm.keys = [self._posts[place].key for place in span.speaking]
        return alarm

    def _alarm(self, kind: Literal["outage", "spike"], first: int, nats: float) -> Alarm:
        now = self._posts[-1].at
        self.on = alarm = Alarm(kind=kind, started_at=self._posts[first].at, detected_at=now)
        alarm.score = 1 - math.exp(-nats / SCALE)
        self._most = 0.0
        for place in range(first, len(self._posts)):
            self._count(alarm, place)
        return alarm

    def _count(self, alarm: Alarm, place: int) -> None:
        speaks = self._series[place] > 0
        alarm.mentions += 1
        alarm.outage_mentions += speaks
        alarm.angry_mentions += speaks and self._posts[place].angry >= LIKELY
        minute_before = place + 1 - bisect_left(self._times, self._times[place] - 1, hi=place + 1)
        alarm.peak_per_minute = max(alarm.peak_per_minute, minute_before)

    def _end(self, minute: float) -> None:
        """The alarm is over when its last half hour is a tenth of its loudest, or nothing unusual any more."""
        if self.on is None:
            return
        first = bisect_left(self._times, minute - HALF_HOUR)
        posts = len(self._times) - first
        usual = HALF_HOUR * self._usual.per_minute(minute)
        loud, expected = float(posts), 1.5 * usual
        if self.on.kind == "outage":
            share = sum(self._usual.shares)
            loud = float(self._speaking(first))
            expected = share * max(usual, posts - loud)
        self._most = max(self._most, loud)
        lasted = minute - self.on.detected_at.timestamp() / 60
        if lasted >= HALF_HOUR and (excess(loud, expected) < OVER or loud < self._most / 10):
            self.on.ended_at = datetime.fromtimestamp(minute * 60, UTC)
            self._silent_until = minute + self._how.cool_down
            self.on = None

    def _spike(self, minute: float) -> Alarm | None:
        """Many more posts than usual, of which few speak of an outage."""
        if self.on is not None or minute < self._silent_until or self._looked != minute:
            return None
        first = bisect_left(self._times, minute - HALF_HOUR)
        posts = len(self._times) - first
        usual = HALF_HOUR * self._usual.per_minute(minute)
        if self._usual.hours < HOURS_BEFORE_SPIKE or posts < FEWEST_OF_SPIKE:
            return None
        if excess(posts, RISE * usual) < self._how.least:
            return None
        if self._speaking(first) > posts * max(2 * sum(self._usual.shares), 0.3):
            return None  # many do: the scan above has the say
        alarm = self._alarm("spike", first, excess(posts, usual))
        alarm.usual = usual
        return alarm

    def _speaking(self, first: int) -> int:
        """How many posts from this place on speak of an outage."""
        return sum(series > 0 for series in self._series[first:])


def _words(text: str) -> str:
    """What near-identical posts have in common: the letters, without names, links and figures."""
    return _NOISE.sub(" ", text.lower()).strip()[:100]
