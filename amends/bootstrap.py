"""The only wiring: settings in, working parts out. Everything is opened when it is first used."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from amends import registry
from core import clock as core_clock
from core import settings as core_settings
from core.clock import Clock
from core.domain import Eligibility, Mention
from core.errors import ConfigError
from core.logs import configure
from core.settings import Settings
from core.store import Store, open_store
from core.store.audit import is_sealed, seal_from_now
from core.store.migrate import migrate
from core.store.sealing import Sealer, read_or_make_key
from listener.query import parse
from listener.sources import Source, Witness
from responder.approval import Route
from responder.publishers import Publisher

if TYPE_CHECKING:
    from classifier.models import Model
    from classifier.why import Because
    from incidents.channels import Channel
    from incidents.usual import Usual
    from responder.drafting import Drafting
    from responder.writers import Writer


@dataclass(frozen=True)
class App:
    """One configured product. The parts are made on first use and then kept."""

    settings: Settings
    clock: Clock = core_clock.now
    drill: bool = False  # a rehearsal: whatever its settings say, nothing is published
    _loading: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @cached_property
    def store(self) -> Store:
        """The database, migrated to the newest schema. Raises ConfigError."""
        store = open_store(self.settings.store.url)
        migrate(store)
        seal_from_now(store, self._sealer(store), self.clock)
        return store

    def _sealer(self, store: Store) -> Sealer:
        """The key of the audit and its checkpoint. A key is made only while nothing is sealed with another."""
        config, url = self.settings.audit, self.settings.store.url
        key = read_or_make_key(config.key.get_secret_value(), config.key_file(url), may_make=not is_sealed(store))
        return Sealer(key, config.checkpoint_file(url))

    @property
    def model(self) -> "Model":
        """The classifier, loaded and warm. Whoever asks while another thread loads it waits for that one."""
        from classifier.models import load

        with self._loading:
            if "loaded_model" not in self.__dict__:
                model = load(self.settings.classifier, languages=self.settings.brand.languages)
                model.warm_up()
                self.__dict__["loaded_model"] = model
            found: Model = self.__dict__["loaded_model"]
            return found

    def why(self, text: str, language: str) -> "tuple[Because, ...]":
        """Which words moved the reading of a post; nothing for a model that cannot tell. Raises ConfigError."""
        from classifier.why import Telling, explain

        model = self.model
        return explain(model, text, language) if isinstance(model, Telling) else ()

    @cached_property
    def sources(self) -> dict[str, Source]:
        return self._connected()

    @cached_property
    def witnesses(self) -> tuple[Witness, ...]:
        """The sources that can be asked about old posts, once more: vendors' clients do not serve two jobs at once."""
        return tuple(source for source in self._connected().values() if isinstance(source, Witness))

    def _connected(self) -> dict[str, Source]:
        return {
            name: registry.SOURCES[config.kind](name, config, self.settings.brand, self.clock)
            for name, config in self.settings.sources.items()
        }

    @cached_property
    def publishers(self) -> dict[str, Publisher]:
        kinds = {config.kind for config in self.settings.publishers.values()}
        if self.drill and kinds != {"console"}:
            raise ConfigError("a drill publishes to the console only")
        return {
            name: registry.PUBLISHERS[config.kind](name, config) for name, config in self.settings.publishers.items()
        }

    @cached_property
    def channels(self) -> "tuple[Channel, ...]":
        """Where alarms go; a drill wakes nobody. Raises ConfigError for an address that cannot be read."""
        if self.drill or not self.settings.alerts.addresses():
            return ()
        from incidents.channels.apprise import channels_of

        return channels_of(self.settings.alerts)

    @property
    def address(self) -> str:
        """Where browsers find our pages."""
        web = self.settings.web
        host = f"[{web.host}]" if ":" in web.host else web.host
        return web.public_url or f"http://{host}:{web.port}"

    @cached_property
    def usual(self) -> "Usual":
        """What the detector of outages has learned so far; made anew from the rows after a start."""
        from incidents.outages import SERIES
        from incidents.usual import Usual

        return Usual(len(SERIES))

    @cached_property
    def writer(self) -> "Writer":
        """Who drafts. Raises ConfigError."""
        return registry.writer_of(self.settings, lambda: self.store, self.clock)

    @cached_property
    def drafting(self) -> "Drafting":
        from incidents.journey import of_brand
        from incidents.journey_edits import LivingMap
        from responder.drafting import Drafting
        from responder.gate.registry import inspect

        return Drafting(
            store=self.store,
            brand=self.settings.brand,
            journey=LivingMap(self.store, self.settings.brand.name, of_brand(self.settings.brand.journey)),
            writer=registry.writer_of(self.settings, lambda: self.store, self.clock, living=True),
            inspect=inspect,
            clock=self.clock,
            agent=self.settings.responder.agent,
        )

    def route(self, platform: str) -> Route | None:
        """Who posts on a platform: the first publisher of the configuration that serves it."""
        for name, config in self.settings.publishers.items():
            if platform in config.platforms:
                return Route(publisher=name, account=config.account)
        return None

    def source(self, name: str) -> Source:
        """A source by its config name. Raises ConfigError with the names there are."""
        if name not in self.sources:
            raise ConfigError(
                f"there is no source {name!r}; the configuration has: {', '.join(self.sources) or 'none'}"
            )
        return self.sources[name]

    @cached_property
    def _query_matches(self) -> Callable[[Mention], bool]:
        query = self.settings.brand.query
        return parse(query).matches if query else lambda _mention: True

    def wanted(self, mention: Mention) -> bool:
        """Whether the brand's query, when there is one, asks for this mention. Who addressed us is always heard."""
        return mention.eligible is not Eligibility.NONE or self._query_matches(mention)


def build(config: str | Path | None = None, *, clock: Clock = core_clock.now) -> App:
    """Reads the settings, sets up logging with their secrets cut out, and wires the rest. Raises ConfigError."""
    settings = core_settings.load(config)
    if settings.brand.query:
        parse(settings.brand.query)  # a query that cannot be read must stop the start, not every poll
    configure(settings.logs.level, settings.logs.format, core_settings.secrets_of(settings))
    return App(settings, clock)
