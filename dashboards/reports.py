"""Reports that browsers send when the content security policy blocked something."""

import logging
from datetime import datetime, timedelta

from core.clock import Clock

log = logging.getLogger(__name__)
PAUSE = timedelta(minutes=1)  # anybody may send reports: they must not fill the log


class Reports:
    """Counts them all; logs one at most every PAUSE, with how many came since the one before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told_at: datetime | None = None
        self._told = 0
        self.count = 0

    def add(self, report: str) -> None:
        self.count += 1
        now = self._clock()
        if self._told_at is not None and timedelta(0) <= now - self._told_at < PAUSE:
            return
        fields = {"reports": self.count - self._told, "report": report}
        log.warning("content security policy report", extra=fields)
        self._told_at, self._told = now, self.count
