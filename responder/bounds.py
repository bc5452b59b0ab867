"""How long a reply may be: what the platform's rules say, or what its server said of itself."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from core.clock import Clock
from core.errors import AmendsError
from core.store import Session, Store, bounds
from responder.lengths import Bounds, Length, measure, usual
from responder.publishers import Bounded, Publisher

log = logging.getLogger(__name__)
KNOWN_FOR = timedelta(hours=6)  # servers change it seldom; one that grew it should not wait for a restart


def bounds_of(db: Session, platform: str) -> Bounds:
    """What the server of our account said, else the platform's usual ones. Raises InputError: no such platform."""
    told = bounds.of(db, platform)
    return Bounds(told.longest, told.per_link) if told else usual(platform)


def measured(db: Session, platform: str, text: str) -> Length:
    """How long a text is where it would be posted."""
    return measure(platform, text, bounds=bounds_of(db, platform))


def ask(store: Store, serving: Mapping[str, Publisher], *, clock: Clock) -> Counter[str]:
    """Asks the servers that set their own bounds, unless they told lately. ``serving``: who posts on a platform.

    Returns counts of ``asked`` and ``failed``; until a server told, the usual bounds hold.
    """
    done = Counter[str]()
    for platform, publisher in serving.items():
        if isinstance(publisher, Bounded) and _is_due(store, platform, publisher.name, clock):
            done[_ask(store, platform, publisher, clock)] += 1
    return done


def _is_due(store: Store, platform: str, publisher: str, clock: Clock) -> bool:
    with store.read() as db:
        told = bounds.of(db, platform)
    return told is None or told.publisher != publisher or told.asked_at <= clock() - KNOWN_FOR


def _ask(store: Store, platform: str, publisher: Bounded, clock: Clock) -> str:
    try:
        told = publisher.bounds()
    except AmendsError as error:
        log.info("a server does not say how long a reply may be", extra={"platform": platform, "problem": str(error)})
        return "failed"
    with store.begin() as db:
        bounds.keep(
            db, platform, publisher=publisher.name, longest=told.longest, per_link=told.per_link, now=clock()
        )  # fmt: skip
    return "asked"
