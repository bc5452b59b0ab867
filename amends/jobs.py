"""The jobs by name: the schedule, the command line and a button call the same function."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from amends.bootstrap import App
from classifier.relevance import brand_of
from classifier.score import BATCH, score_new
from core.domain import Platform
from core.errors import AmendsError, ConfigError
from core.store import drafts, erasing, events, logins
from incidents import (
    alerts,
    dead_links,
    feedback,
    notifying,
    promise_finding,
    promise_following,
    promotions,
    public_status,
)
from incidents.suspecting import suspect
from incidents.watching import Watched
from listener.poll import poll
from listener.vanished import look_for_gone
from responder import bounds, desk
from responder.drafting import draft_pending
from responder.feedback_replies import draft_results
from responder.followups import draw_follow_ups
from responder.looking_back import look_back
from responder.sending import send_due
from responder.writers.phrasebook import names

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
    total, brands = 0, {app.settings.brand.name: brand_of(app.settings.brand)}
    while not stopping():
        read = score_new(app.model, store=app.store, clock=app.clock, brands=brands, limit=BATCH)
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
    pace = app.settings.responder.pace_seconds
    return send_due(app.store, app.publishers, clock=app.clock, stopping=stopping, pace=pace)


def detect_outages(app: App) -> int | None:
    """Opens a suspected incident when customers' words tell of an outage; returns its id."""
    return suspect(
        app.store, app.usual, brand=app.settings.brand.name, detection=app.settings.detection, clock=app.clock
    )


def feedback_all(app: App) -> Counter[str]:
    """Hands feedback to its departments, and drafts the results for the customers."""
    brand, departments = app.settings.brand.name, app.settings.feedback.departments
    routed = feedback.route_new(app.store, brand=brand, departments=departments, clock=app.clock)
    return Counter(routed=routed.total()) + draft_results(app.drafting)


def watch_all(app: App) -> Counter[str]:
    """Looks for what deserves an alarm."""
    every = app.settings.schedule.poll_seconds
    sources = {name: config.poll_seconds or every for name, config in app.settings.sources.items()}
    watched = Watched(brand=app.settings.brand.name, alerts=app.settings.alerts, sources=sources)
    return alerts.watch(app.store, watched, clock=app.clock)


def notify_all(app: App, stopping: Never = _never) -> Counter[str]:
    """Sends the alarms that are due."""
    return notifying.send_due(
        app.store,
        app.channels,
        brand=app.settings.brand.name,
        address=app.address,
        zone=app.settings.brand.zone(),
        clock=app.clock,
        stopping=stopping,
    )


def promises_all(app: App) -> Counter[str]:
    """Finds what was promised, follows it, and draws the follow-ups that are due."""
    brand = app.settings.brand
    done = Counter(found=promise_finding.collect(app.store, brand=brand, clock=app.clock))
    done += promise_following.watch(app.store, brand=brand, clock=app.clock)
    return done + draw_follow_ups(app.drafting)


def status_page(app: App) -> bool:
    """Writes the public page anew when the facts changed."""
    folder = app.settings.status_page.place(app.settings.store.url)
    try:
        return public_status.refresh(
            app.store,
            brand=app.settings.brand,
            folder=folder,
            clock=app.clock,
            past_after=app.settings.incidents.past_after(),
            names=names(),
        )
    except OSError as error:
        raise ConfigError(f"status_page.folder: {folder} cannot be written: {error.strerror}") from None


def check_links(app: App) -> int:
    """Looks whether the pages that the fact sheets point to answer."""
    return dead_links.check(app.store, brand=app.settings.brand, wanted_too=app.settings.links, clock=app.clock)


def guard_promotions(app: App) -> Counter[str]:
    """Puts promotions on hold in a crisis, and tells the schedulers."""
    brand, config = app.settings.brand, app.settings.promotions
    done = Counter(held=promotions.hold_in_crisis(app.store, brand=brand, config=config, clock=app.clock))
    return done + promotions.call_due(app.store, config=config, clock=app.clock)


def wake_snoozed(app: App) -> int:
    """Tells the open queues which cases are back."""
    return desk.wake_due(app.store, clock=app.clock)


def look_back_all(app: App) -> Counter[str]:
    """Reads what was sent from the platforms, and holds it against what was approved."""
    return look_back(app.store, app.publishers, clock=app.clock)


def ask_bounds(app: App) -> Counter[str]:
    """Asks the servers that set their own how long a reply may be."""
    routes = {platform.value: app.route(platform) for platform in Platform}
    serving = {platform: app.publishers[way.publisher] for platform, way in routes.items() if way}
    return bounds.ask(app.store, serving, clock=app.clock)


def look_for_gone_all(app: App, stopping: Never = _never) -> Counter[str]:
    """Erases what was deleted on its platform. Raises the first AmendsError, after every source had its turn."""
    total, failures = Counter[str](), list[AmendsError]()
    days = app.settings.listening.look_back_days
    for source in app.witnesses:
        try:
            total += look_for_gone(source, store=app.store, clock=app.clock, days=days, stopping=stopping)
        except AmendsError as error:  # one platform out of order must not keep the others from being asked
            failures.append(error)
    if failures:
        raise failures[0]
    return total


def ask_for_model(app: App) -> bool:
    """Asks the hub again for a model that could not be reached; returns whether the configured model reads."""
    from classifier.models import Fetched

    model = app.model
    return model.ask_again() if isinstance(model, Fetched) else True


def sweep(app: App) -> None:
    """Forgets what nobody can still ask for: old events, ended sessions, drafts that were redrawn long ago."""
    now = app.clock()
    with app.store.begin() as db:
        events.sweep(db, now)
        logins.sweep(db, now)
        drafts.forget_superseded(db, now - REDRAWN_KEPT)
    alerts.forget(app.store, brand=app.settings.brand.name, settings=app.settings.alerts, clock=app.clock)
    erasing.settle(app.store, whole=False)  # what was erased while somebody read is still in SQLite's log


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
