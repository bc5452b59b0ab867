"""What is usual for a brand: posts by time of day, and which share of them reads like an outage when there is none.

The share is the reader's own floor: true single complaints together with what the model mistakes for them. It is
learned from the brand's quiet hours, so it follows the brand and the model in use.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DAYS = 28
"""Days that are remembered."""

PRIOR_SHARE = 0.1
PRIOR_POSTS = 50
"""The share that is assumed before anything was heard, and the posts it takes to outweigh it."""

PRIOR_DAYS = 3
"""Days of the all-day mean that are mixed into each hour of the day, so that an hour seen twice is not believed."""

LEAST_SHARE = 0.01
LOUD = 5.0
"""Evidence, in nats, beyond which an hour is no quiet one and teaches no share."""


class Usual:
    """Hour by hour: posts, and the evidence of each series in them. Only finished hours are learned."""

    def __init__(self, series: int) -> None:
        self._hours: dict[int, tuple[float, ...]] = {}
        self._per_minute = [6 / 360] * 24
        self.shares = [PRIOR_SHARE] * series

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
        """Takes finished hours in: hour since 1970 → posts and evidence of each series. ``until`` is not learned yet.

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
        self.shares = [_quiet_share(rows[:, 0], rows[:, 1 + number]) for number in range(len(self.shares))]


def _by_time_of_day(posts: "NDArray[np.float64]", first: int) -> list[float]:
    """Posts a minute for each hour of the day; an hour far above its median counts as three medians."""
    import numpy as np

    of_day = [posts[(hour - first) % 24 :: 24] for hour in range(24)]
    middle = float(np.median(posts))
    capped = [np.minimum(some, 3 * max(float(np.median(some)) if len(some) else 0.0, middle) + 3) for some in of_day]
    mean = (sum(float(some.sum()) for some in capped) + 6) / (len(posts) + 6)
    return [(float(some.sum()) + PRIOR_DAYS * mean) / (len(some) + PRIOR_DAYS) / 60 for some in capped]


def _quiet_share(posts: "NDArray[np.float64]", evidence: "NDArray[np.float64]") -> float:
    """Evidence a post over the quiet hours; which hours those are depends on the share itself, so it is approached."""
    import numpy as np

    posts, evidence = posts[posts > 0], evidence[posts > 0]
    share = PRIOR_SHARE
    for _ in range(6):
        expected = share * posts
        ratio = np.maximum(evidence / expected, 1.0)
        quiet = evidence * np.log(ratio) - np.where(ratio > 1, evidence - expected, 0) < LOUD
        found = (evidence[quiet].sum() + PRIOR_SHARE * PRIOR_POSTS) / (posts[quiet].sum() + PRIOR_POSTS)
        share = max(float(found), LEAST_SHARE)
    return share
