"""The processes that are killed: the product's own passes in a loop, with its real adapters, and nothing else.

Everything heavy is imported here, so that a fork server that has loaded this module starts a process in an instant.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import praw  # noqa: F401 - loaded before the fork
import tweepy  # noqa: F401
from pydantic import SecretStr

from core import clock as core_clock
from core import wire  # noqa: F401
from core.accounts import RedditPublisher as RedditPublisherSettings
from core.accounts import RedditSource as RedditSourceSettings
from core.accounts import XPublisher as XPublisherSettings
from core.accounts import XSource as XSourceSettings
from core.errors import AmendsError
from core.store import (
    Store,
    open_store,
    schema,  # noqa: F401 - every table, as the service knows them after its migration
)
from listener.poll import poll
from listener.sources import Source
from listener.sources.reddit import RedditSource
from listener.sources.x import XSource
from responder.publishers import Publisher
from responder.publishers.reddit import RedditPublisher
from responder.publishers.x import XPublisher
from responder.sending import send_due

US = "northwind"
PAUSE = 0.01  # seconds between two passes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process works. Its time runs ``speed`` times as fast as ours since ``epoch``, so that waits of minutes
    (read lags, back-offs) pass in seconds; ``read_lag`` is in its time. ``log``: where it writes passes that broke."""

    store: str
    x: str
    reddit: str
    epoch: float
    speed: float
    read_lag: float
    log: str

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.epoch + (time.time() - self.epoch) * self.speed, UTC)


def send(place: Place) -> None:
    """Sends what is due, for ever."""
    store, publishers = open_store(place.store), publishers_of(place)
    _for_ever(place, lambda: send_due(store, publishers, clock=place.clock))


def listen(place: Place) -> None:
    """Polls both platforms, for ever."""
    store, sources = open_store(place.store), sources_of(place)
    _for_ever(place, lambda: [_poll(source, store, place) for source in sources])


def _poll(source: Source, store: Store, place: Place) -> None:
    try:
        poll(source, store=store, brand="Northwind", handles=(), wanted=lambda _mention: True, clock=place.clock)
    except AmendsError:  # the source is noted as failing, and asked again after its back-off
        return


def _for_ever(place: Place, step: Callable[[], object]) -> None:
    while True:
        try:
            step()
        except Exception:  # noqa: BLE001 - as the scheduler does: the next pass tries again; the test counts them
            with Path(place.log).open("a") as log:
                traceback.print_exc(file=log)
        time.sleep(PAUSE)


def publishers_of(place: Place) -> dict[str, Publisher]:
    given = {"account": US, "read_lag_seconds": place.read_lag}
    keys = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    x = {"kind": "x", "base_url": place.x, **given, **dict.fromkeys(keys, SecretStr("user-token"))}
    reddit = {"kind": "reddit", "base_url": place.reddit, "oauth_url": place.reddit, **given, **_log_in()}
    return {
        "x": XPublisher("x", XPublisherSettings.model_validate(x)),
        "reddit": RedditPublisher("reddit", RedditPublisherSettings.model_validate(reddit)),
    }


def sources_of(place: Place) -> list[Source]:
    x = {"kind": "x", "base_url": place.x, "query": US, "bearer_token": SecretStr("app-token")}
    reddit = {"kind": "reddit", "base_url": place.reddit, "oauth_url": place.reddit, "subreddits": ("telecom",)}
    return [
        XSource("x", XSourceSettings.model_validate(x), clock=core_clock.now),
        RedditSource("reddit", RedditSourceSettings.model_validate(reddit | _log_in()), clock=core_clock.now),
    ]


def _log_in() -> dict[str, SecretStr]:
    return {"client_id": SecretStr("app"), "client_secret": SecretStr("app-secret"), "password": SecretStr("secret")}
