"""Writers of an embedded database, one after another in the order they came."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Transient


class Turns:
    """SQLite lets one transaction write, and lets the others ask again every so often: whoever asks at the wrong
    moments may wait for seconds while later ones pass. The threads of one process queue here instead.
    """

    def __init__(self, patience: float = 15) -> None:
        self.patience = patience  # seconds
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()  # the first is whose turn it is

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait, then write. Raises Transient when `patience` runs out; not for use inside itself."""
        mine = threading.Lock()
        with self._guard:
            self._queue.append(mine)
            mine.acquire()
            if self._queue[0] is mine:
                mine.release()
        if not mine.acquire(timeout=self.patience) and not self._came_late(mine):
            raise Transient(f"the database: others have been writing for {self.patience:g} s")
        try:
            yield
        finally:
            with self._guard:
                self._queue.popleft()
                if self._queue:
                    self._queue[0].release()

    def _came_late(self, mine: threading.Lock) -> bool:
        """Whether the turn came just as patience ran out; otherwise the place in the queue is given up."""
        with self._guard:
            if self._queue[0] is mine:
                return True
            self._queue.remove(mine)
            return False
