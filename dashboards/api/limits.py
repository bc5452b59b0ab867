"""How often one caller may ask: a bucket that refills evenly, kept in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

MOST = 10_000  # callers remembered; whoever asked longest ago is forgotten first


class Limit:
    """``each_minute`` requests a minute, and as many at once after a quiet minute."""

    def __init__(self, each_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(each_minute)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # caller → requests left, as of when
        self._lock = Lock()

    def wait(self, caller: str) -> float:
        """Takes one request; returns 0, or the seconds until there is one again."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(caller, (self._size, now))
            left = min(self._size, left + (now - since) * self._size / 60)
            took = left >= 1
            self._left[caller] = (left - took, now)
            if len(self._left) > MOST:
                self._left.popitem(last=False)
        return 0.0 if took else (1 - left) * 60 / self._size
