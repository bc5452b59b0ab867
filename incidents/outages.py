"""Hears an outage in what customers write: a sequential scan over the readings' probabilities, causal, in minutes.

Each post brings evidence in 0..1 from the reader's probabilities, for two series: outage, and outage with anger. After
each post that speaks of an outage, every span that ends now and begins with such a post, up to an hour long, is asked
two questions:

1. Is there more evidence than usual for this time of day, and than the flow of the hour before and all the other posts
   of the span would bring at the usual share? (A marketing campaign or a price row brings posts, and with them their
   usual share of mistakes: that is no outage.)
2. Is the share of evidence among the posts of the span beyond the usual share?

Both answers are Chernoff bounds, in nats (Hoeffding 1963; for sums of independent values in 0..1 they hold whatever
the values' distribution, so no error rate of a model is assumed). The scan over all spans is Kulldorff's (1997).
"""

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from incidents.usual import Usual

SERIES = ("outage", "outage_anger")
SURE_NOT, SURE = 0.4, 0.9
"""Probabilities below the first are no evidence, above the second whole evidence."""

SPEAKS = 0.5
"""Evidence from which on a post is counted as one that speaks of an outage."""

LONGEST = 60.0
SHORTEST = 2.0
"""Minutes of the longest and the shortest span."""

MOST_POSTS = 400
"""Posts that are looked back on at most: beyond, an outage is beyond doubt in fewer minutes."""
HALF_HOUR = 30.0
OVER = 4.0
"""Nats below which a half hour is nothing unusual."""

FEWEST_OF_SPIKE = 12
HOURS_BEFORE_SPIKE = 24  # a brand that was never heard before is all rise
RISE = 3.0
"""A rise is at least so many posts in half an hour, and clearly more than three times the usual."""

MISSED = 1
"""Posts of a span that may speak of the outage without the reader noticing; they do not speak against it."""

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

    ``evidence`` and ``share``: nats that the two questions must reach; ``factor`` 2 puts up with twice the false
    alarms, 0.5 with half. ``fewest``: different people. ``cool_down``: minutes of silence after an alarm has ended.
    """

    factor: float = 1.0
    fewest: int = 3
    cool_down: float = 60.0
    evidence: float = 9.5
    share: float = 5.0

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
            evidence=self.evidence,
            share=self.share,
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
    usual: float = 0.0  # evidence (outage) or posts (spike) that were to be expected in the span that raised it
    peak_per_minute: int = 0
    score: float = 0.0
    keys: list[object] = field(default_factory=list)  # the posts that raised it, newest first


@dataclass(frozen=True, slots=True)
class Span:
    """The span that says most: its first post, nats of evidence, what was usual, and who speaks in it."""

    first: int
    nats: float
    usual: float
    speaking: tuple[int, ...]


def evidence_of(outage: float, angry: float) -> tuple[float, float]:
    """Evidence for each of ``SERIES``, 0..1, from probabilities."""
    sure = _ramp(outage)
    return sure, sure * _ramp(angry)


def _ramp(chance: float) -> float:
    return min(max((chance - SURE_NOT) / (SURE - SURE_NOT), 0.0), 1.0)


def excess(found: float, expected: float) -> float:
    """Nats against ``found`` arising where ``expected`` is usual (Chernoff bound of a sum of values in 0..1)."""
    return found * math.log(found / expected) - found + expected if found > expected else 0.0


def share_excess(share: float, usual: float, posts: float) -> float:
    """Nats against a share of evidence among ``posts`` where ``usual`` is usual (Hoeffding's binomial bound)."""
    if share <= usual:
        return 0.0
    rest = (1 - share) * math.log((1 - share) / (1 - usual)) if share < 1 else 0.0
    return posts * (share * math.log(share / usual) + rest)


class Watch:
    """Listens to one brand, post by post, in the order of time. ``usual`` is learned on as hours end."""

    def __init__(self, how: Sensitivity, usual: Usual | None = None) -> None:
        self._how = how
        self._usual = usual or Usual(len(SERIES))
        self._hour: int | None = None
        self._sums = [0.0] * (1 + len(SERIES))
        self._times: list[float] = []
        self._posts: list[Heard] = []
        self._evidence: tuple[list[float], ...] = tuple([] for _ in SERIES)
        self._silent_until = -math.inf
        self._looked = -math.inf
        self._most = 0.0  # evidence (outage) or posts (spike) in the loudest half hour of the alarm that is on
        self.on: Alarm | None = None

    def hear(self, post: Heard) -> Alarm | None:
        """Takes a post in; returns the alarm that it raises. A post that comes late counts as of now."""
        minute = max(post.at.timestamp() / 60, self._times[-1] if self._times else -math.inf)
        self._turn(int(minute // 60))
        found = evidence_of(post.outage, post.angry)
        self._keep(minute, post, found)
        if self.on is not None:
            self._count(self.on, found)
        if minute - self._looked >= 1:
            self._looked = minute
            self._end(minute)
        alarm = self._outage(minute, found)
        return alarm if alarm is not None else self._spike(minute)

    def _turn(self, hour: int) -> None:
        """An hour that is over is learned."""
        if self._hour is not None and hour > self._hour:
            self._usual.learn({self._hour: tuple(self._sums)}, until=hour)
            self._sums = [0.0] * len(self._sums)
        self._hour = hour

    def _keep(self, minute: float, post: Heard, found: tuple[float, ...]) -> None:
        self._times.append(minute)
        self._posts.append(post)
        self._sums[0] += 1
        for number, (series, value) in enumerate(zip(self._evidence, found, strict=True), 1):
            series.append(value)
            self._sums[number] += value
        old = bisect_left(self._times, minute - 3 * LONGEST)
        if old > 1000:  # in one go, now and then: cutting a list costs its length
            del self._times[:old], self._posts[:old]
            for series in self._evidence:
                del series[:old]

    def _outage(self, minute: float, found: tuple[float, ...]) -> Alarm | None:
        if (self.on is not None and self.on.kind == "outage") or minute < self._silent_until:
            return None
        for number, value in enumerate(found):
            span = self._scan(minute, number) if value >= SPEAKS else None
            if span is not None:
                return self._raise_outage(span)
        return None

    def _scan(self, minute: float, number: int) -> Span | None:
        """The span that ends now and says most, when it says enough; posts are looked at from now backwards."""
        times, posts, values = self._times, self._posts, self._evidence[number]
        share = self._usual.shares[number]
        usual = self._usual.per_minute(minute) * share
        heard: dict[str, int] = {}
        people: set[str] = set()
        speaking: list[int] = []
        counted = listened = 0.0
        best: Span | None = None
        for place in range(len(times) - 1, max(-1, len(times) - 1 - MOST_POSTS), -1):
            if times[place] < minute - LONGEST:
                break
            if posts[place].author in people:
                continue  # who repeats himself is heard once
            value = values[place]
            weight = 1.0
            if value > 0:  # the second to say the same counts half, the third a third
                words = _words(posts[place].text)
                heard[words] = heard.get(words, 0) + 1
                weight = 1 / heard[words]
            listened += weight
            counted += value * weight
            if value < SPEAKS:
                continue
            people.add(posts[place].author)
            speaking.append(place)
            if len(people) >= self._how.fewest:
                expected = self._expected(place, minute, usual, share, listened - counted)
                nats = excess(counted, expected)
                if nats >= max(self._how.least, best.nats if best else 0.0) and (
                    share_excess(counted / listened, share, listened) >= self._how.share
                ):
                    best = Span(place, nats, expected, tuple(speaking))
        return best

    def _expected(self, place: int, minute: float, usual: float, share: float, others: float) -> float:
        """Evidence to be expected: by the clock, by the flow of the hour before, and by the other posts of the span."""
        lasted = max(minute - self._times[place], SHORTEST)
        before = place - bisect_left(self._times, self._times[place] - 60)
        return max(usual * lasted, share * before / 60 * lasted, share * max(others - MISSED, 0))

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
            self._count(alarm, tuple(series[place] for series in self._evidence), place)
        return alarm

    def _count(self, alarm: Alarm, found: tuple[float, ...], place: int | None = None) -> None:
        place = len(self._times) - 1 if place is None else place
        alarm.mentions += 1
        alarm.outage_mentions += found[0] >= SPEAKS
        alarm.angry_mentions += found[1] >= SPEAKS
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
            share = self._usual.shares[0]
            loud = sum(self._evidence[0][first:])
            expected = max(usual * share, share * (posts - loud))
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
        if sum(self._evidence[0][first:]) > posts * max(2 * self._usual.shares[0], 0.3):
            return None  # many do: the scan above has the say
        alarm = self._alarm("spike", first, excess(posts, usual))
        alarm.usual = usual
        return alarm


def _words(text: str) -> str:
    """What near-identical posts have in common: the letters, without names, links and figures."""
    return _NOISE.sub(" ", text.lower()).strip()[:100]
