"""The jobs by name: the schedule, the command line and a button call the same function."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from amends.bootstrap import App
from classifier.score import BATCH, score_new
from core.errors import AmendsError
from core.store import drafts, events, logins
from listener.poll import poll
from responder.drafting import draft_pending
from responder.sending import send_due

log = logging.getLogger(__name__)
Never = Callable[[], bool]
REDRAWN_KEPT = timedelta(days=7)


def _never() -> bool:
    return False


def poll_source(app: App, name: str) -> Counter[str]:
    """One pass over one source. Raises the source's AmendsError."""
    return poll(
        app.source(name),
        store=app.store,
        brand=app.settings.brand.name,
        handles=app.settings.brand.handles,
        wanted=app.wanted,
        clock=app.clock,
    )


def score_all(app: App, stopping: Never = _never) -> int:
    """Reads whatever is new, batch by batch; returns how many."""
    total = 0
    while not stopping():
        read = score_new(app.model, store=app.store, clock=app.clock, limit=BATCH)
        total += read
        if read < BATCH:
            break
    return total


def draft_all(app: App, stopping: Never = _never) -> Counter[str]:
    """Decides on and drafts for everything that is read."""
    total = Counter[str]()
    while not stopping():
        done = draft_pending(app.drafting)
        total += done
        if done["drafted"] + done["watched"] + done["failed"] == 0:
            break
    return total


def send_all(app: App, stopping: Never = _never) -> Counter[str]:
    """Sends what is due."""
    return send_due(app.store, app.publishers, clock=app.clock, stopping=stopping)


def sweep(app: App) -> None:
    """Forgets what nobody can still ask for: old events, ended sessions, drafts that were redrawn long ago."""
    now = app.clock()
    with app.store.begin() as db:
        events.sweep(db, now)
        logins.sweep(db, now)
        drafts.forget_superseded(db, now - REDRAWN_KEPT)


def guarded(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """A job for the scheduler: a failure is one loud line, and the next pass tries again."""

    def run() -> None:
        try:
            job()
        except AmendsError as error:
            log.warning("job failed", extra={"job": name, "problem": str(error)})
        except Exception:
            log.exception("job broke", extra={"job": name})

    run.__name__ = name
    return run
