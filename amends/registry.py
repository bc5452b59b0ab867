"""Which class serves a ``kind`` of the configuration. One line each; imported only when a config asks for it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.clock import Clock
from core.settings import Brand, Settings
from core.store import Store
from listener.sources import Source
from responder.publishers import Publisher
from responder.writers import Writer

if TYPE_CHECKING:
    from responder.writers.llm import Engine


def handles(brand: Brand, prefix: str) -> tuple[str, ...]:
    """The brand's own account names that begin with ``prefix``, without it."""
    return tuple(handle.removeprefix(prefix) for handle in brand.handles if handle.startswith(prefix))


def _demo(name: str, config: Any, _brand: Brand, clock: Clock) -> Source:
    from listener.sources.demo import DemoSource

    return DemoSource(name, minutes=config.minutes, loop=config.loop, clock=clock)


def _x(name: str, config: Any, brand: Brand, clock: Clock) -> Source:
    from listener.sources.x import XSource

    return XSource(name, config, accounts=handles(brand, "@"), clock=clock)


def _reddit(name: str, config: Any, brand: Brand, clock: Clock) -> Source:
    from listener.sources.reddit import RedditSource

    return RedditSource(name, config, accounts=handles(brand, "u/"), clock=clock)


def _bluesky(name: str, config: Any, brand: Brand, clock: Clock) -> Source:
    from listener.sources.bluesky import BlueskySource

    return BlueskySource(name, config, accounts=handles(brand, "@"), clock=clock)


def _mastodon(name: str, config: Any, brand: Brand, clock: Clock) -> Source:
    from listener.sources.mastodon import MastodonSource

    return MastodonSource(name, config, accounts=handles(brand, "@"), clock=clock)


def _console_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.console import ConsolePublisher

    return ConsolePublisher(name, config)


def _x_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.x import XPublisher

    return XPublisher(name, config)


def _reddit_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.reddit import RedditPublisher

    return RedditPublisher(name, config)


def _bluesky_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.bluesky import BlueskyPublisher

    return BlueskyPublisher(name, config)


def _mastodon_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.mastodon import MastodonPublisher

    return MastodonPublisher(name, config)


def _email_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.email import EmailPublisher

    return EmailPublisher(name, config)


def _webhook_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.webhook import WebhookPublisher

    return WebhookPublisher(name, config)


def writer_of(settings: Settings, store: Callable[[], Store], clock: Clock, *, living: bool = False) -> Writer:
    """Who drafts. ``store`` is opened only by a writer with a budget, and by a ``living`` playbook, which says what the
    lead took over. Raises ConfigError: no texts.
    """
    from responder.wordings import LivingPlaybook
    from responder.writers.playbook import PlaybookWriter

    languages = settings.brand.languages
    playbook: Writer = PlaybookWriter(languages=languages)
    if living:
        playbook = LivingPlaybook(store, settings.brand.name, languages)
    if settings.writer.kind == "playbook":
        return playbook
    from responder.gate.registry import inspect
    from responder.writers.llm import LlmWriter

    engine = _ENGINES[settings.writer.kind](settings.writer)
    return LlmWriter(
        engine, settings.writer, instead=playbook, inspect=inspect, store=store, clock=clock, languages=languages
    )


def _endpoint(config: Any) -> "Engine":
    from responder.writers.llm_http import EndpointEngine

    return EndpointEngine(config)


def _local(config: Any) -> "Engine":
    from responder.writers.llm_local import LocalEngine

    return LocalEngine(config)


_ENGINES: Mapping[str, Callable[[Any], "Engine"]] = {"endpoint": _endpoint, "local": _local}
SOURCES: Mapping[str, Callable[[str, Any, Brand, Clock], Source]] = {
    "demo": _demo,
    "x": _x,
    "reddit": _reddit,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
}
PUBLISHERS: Mapping[str, Callable[[str, Any], Publisher]] = {
    "console": _console_publisher,
    "x": _x_publisher,
    "reddit": _reddit_publisher,
    "bluesky": _bluesky_publisher,
    "mastodon": _mastodon_publisher,
    "email": _email_publisher,
    "webhook": _webhook_publisher,
}
