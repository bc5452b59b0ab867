"""What is usual for a brand: posts by time of day, and which share of them reads like an outage when there is none.

Both are learned from the brand's quiet hours, so they follow the brand and the model in use. The shares hold true
single complaints together with what the model mistakes for them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DAYS = 28
"""Days that are remembered."""

FLOORS = (0.08, 0.025, 0.04)
"""The shares assumed before anything was heard, in the order of the series; no brand is believed to have smaller ones.

The shipped reader's on posts labelled by hand, with one true complaint in twenty.
"""

PRIOR_POSTS = 50
"""The posts it takes to outweigh the floors."""

FIRST_GUESS = 0.1
"""The share from which the quiet hours are approached: generous, so that a reader that errs often has some."""

PRIOR_DAYS = 3
"""Days of the all-day mean that are mixed into each hour of the day, so that an hour seen twice is not believed."""

LOUD, BUSY = 5.0, 3.0
"""Nats beyond which an hour is no quiet one: of a series, it then teaches no share; of posts, no usual number."""


class Usual:
    """Hour by hour: posts, and how many of them each series has. Only finished hours are learned."""

    def __init__(self, series: int) -> None:
        self._hours: dict[int, tuple[float, ...]] = {}
        self._per_minute = [6 / 360] * 24
        self.shares = list(FLOORS[:series])

    @property
    def learned_to(self) -> int | None:
        """The first hour (since 1970, UTC) after those that were learned."""
        return max(self._hours) + 1 if self._hours else None

    @property
    def hours(self) -> int:
        """How many hours were learned, silent ones among them."""
        return max(self._hours) + 1 - min(self._hours) if self._hours else 0

    def per_minute(self, minute: float) -> float:
        """Posts that are usual in a minute (since 1970, UTC) of this time of day."""
        return self._per_minute[int(minute // 60) % 24]

    def learn(self, hours: Mapping[int, tuple[float, ...]], *, until: int) -> None:
        """Takes finished hours in: hour since 1970 → posts, and those of each series. ``until`` is not learned yet.

        An hour without a row between two that were heard had no posts. The same hour twice counts once.
        """
        import numpy as np

        known = self._hours | dict(hours)
        self._hours = {hour: row for hour, row in known.items() if until - 24 * DAYS <= hour < until}
        if not self._hours:
            return
        first = min(self._hours)
        rows = np.zeros((until - first, 1 + len(self.shares)))
        for hour, row in self._hours.items():
            rows[hour - first] = row
        self._per_minute = _by_time_of_day(rows[:, 0], first)
        self.shares = [
            _quiet_share(rows[:, 0], rows[:, number], floor)
            for number, floor in enumerate(FLOORS[: len(self.shares)], 1)
        ]


def _by_time_of_day(posts: "NDArray[np.float64]", first: int) -> list[float]:
    """Posts a minute for each hour of the day, from its quiet ones; which those are is approached."""
    import numpy as np

    of_day = (first + np.arange(len(posts))) % 24
    usual = np.full(24, float(np.median(posts)) + 0.5)
    for _ in range(4):
        quiet = _nats(posts, usual[of_day]) < BUSY
        mean = (posts[quiet].sum() + 1) / (quiet.sum() + 1)
        heard = np.bincount(of_day[quiet], weights=posts[quiet], minlength=24)
        usual = (heard + PRIOR_DAYS * mean) / (np.bincount(of_day[quiet], minlength=24) + PRIOR_DAYS)
    return [float(each) / 60 for each in usual]


def _quiet_share(posts: "NDArray[np.float64]", counted: "NDArray[np.float64]", floor: float) -> float:
    """Share of posts over the quiet hours; which those are depends on the share itself, so it is approached."""
    posts, counted = posts[posts > 0], counted[posts > 0]
    share = FIRST_GUESS
    for _ in range(6):
        quiet = _nats(counted, share * posts) < LOUD
        found = (counted[quiet].sum() + floor * PRIOR_POSTS) / (posts[quiet].sum() + PRIOR_POSTS)
        share = max(float(found), floor)
    return share


def _nats(found: "NDArray[np.float64]", expected: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Against each count arising where so much is expected; 0 for those that are not above it (Chernoff, Poisson)."""
    import numpy as np

    ratio = np.maximum(found / expected, 1.0)
    return np.where(ratio > 1, found * np.log(ratio) - found + expected, 0.0)
