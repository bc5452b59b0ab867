"""One pass over one source: fetch outside a transaction, keep each page together with its cursor in one."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain import Mention
from core.errors import AmendsError, ConfigError, Conflict, Transient
from core.store import Store, cursors, events
from core.store.cursors import CursorRow
from listener.intake import keep_all
from listener.sources import Page, Source

log = logging.getLogger(__name__)
LONGEST_BACK_OFF = timedelta(minutes=15)


def poll(
    source: Source,
    *,
    store: Store,
    brand: str,
    handles: Iterable[str],
    wanted: Callable[[Mention], bool],
    clock: Clock,
) -> Counter[str]:
    """Fetches what is new and keeps it. Returns counts as ``keep_all`` does.

    A failing source is noted with its back-off, whatever failed, and the error raised on; what earlier pages brought
    stays kept, and the next pass goes on behind them. Where another process reads the same source, this one yields.
    """
    row = _look(store, source.name)
    if row.not_before is not None and clock() < row.not_before:
        return Counter()
    total = Counter[str]()
    version = row.version
    try:
        for page in source.fetch(row.cursor):
            counts, version = _keep(
                store, source.name, page, version, brand=brand, handles=handles, wanted=wanted, now=clock()
            )
            total += counts
    except Conflict:
        log.info("another process reads this source", extra={"source": source.name})
    except Exception as error:
        _note_failure(store, source.name, error, clock())
        raise
    return total


def _look(store: Store, name: str) -> CursorRow:
    with store.begin() as db:
        return cursors.of(db, name)


def _keep(
    store: Store,
    name: str,
    page: Page,
    version: int,
    *,
    brand: str,
    handles: Iterable[str],
    wanted: Callable[[Mention], bool],
    now: datetime,
) -> tuple[Counter[str], int]:
    with store.begin() as db:
        version = cursors.advance(db, name, page.cursor, version=version, now=now)
        counts = keep_all(db, page.mentions, brand=brand, handles=handles, source=name, wanted=wanted, now=now)
        return counts, version


def _note_failure(store: Store, name: str, error: Exception, now: datetime) -> None:
    problem = str(error) if isinstance(error, AmendsError) else f"unforeseen: {type(error).__name__}: {error}"
    with store.begin() as db:
        row = cursors.of(db, name)
        row.failures, row.polled_at, row.problem = row.failures + 1, now, problem
        row.not_before = now + back_off(error, row.failures)
        events.tell(db, "source", now=now, source=name, problem=problem)
    log.warning("source failed", extra={"source": name, "failures": row.failures, "problem": problem})


def back_off(error: Exception, failures: int) -> timedelta:
    """How long a source is left alone after so many failures in a row."""
    if isinstance(error, Transient) and error.retry_after is not None:
        return timedelta(seconds=error.retry_after)
    if isinstance(error, ConfigError):
        return timedelta(minutes=1)
    return min(LONGEST_BACK_OFF, timedelta(seconds=5 * 2 ** min(failures, 10)))
