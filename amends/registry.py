"""Which class serves a ``kind`` of the configuration. One line each; imported only when a config asks for it."""

from collections.abc import Callable, Mapping
from typing import Any

from core.clock import Clock
from core.settings import Brand
from listener.sources import Source
from responder.publishers import Publisher


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


def _console_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.console import ConsolePublisher

    return ConsolePublisher(name, config)


def _x_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.x import XPublisher

    return XPublisher(name, config)


def _reddit_publisher(name: str, config: Any) -> Publisher:
    from responder.publishers.reddit import RedditPublisher

    return RedditPublisher(name, config)


SOURCES: Mapping[str, Callable[[str, Any, Brand, Clock], Source]] = {"demo": _demo, "x": _x, "reddit": _reddit}
PUBLISHERS: Mapping[str, Callable[[str, Any], Publisher]] = {
    "console": _console_publisher,
    "x": _x_publisher,
    "reddit": _reddit_publisher,
}
