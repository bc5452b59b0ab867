"""What /readyz and ``amends check`` say about each part of the service."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from amends.bootstrap import App
from core.clock import iso
from core.errors import AmendsError, ConfigError
from core.store import cursors, mentions
from core.store.migrate import trouble_of
from dashboards.deps import Check

if TYPE_CHECKING:
    from classifier.models import Model

# A source is late when this many of its intervals passed without a success.
LATE_AFTER = 5
# A success this far in the future means that the machine's clock was set back.
CLOCK_SLACK = timedelta(seconds=30)


class Readiness:
    """Looks at the parts without calling any platform. Call it for one list of checks."""

    def __init__(self, app: App, scheduler_runs: Callable[[], bool]) -> None:
        self._app = app
        self._scheduler_runs = scheduler_runs
        self._since = app.clock()

    def __call__(self) -> list[Check]:
        return [self._database(), self._model(), self._scheduler(), *self._sources()]

    def _database(self) -> Check:
        try:
            with self._app.store.read() as db:
                return Check("database", True, f"{mentions.count(db)} mentions")
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is what must be said
            return Check("database", False, str(error).splitlines()[0])

    def _model(self) -> Check:
        loaded = self._app.__dict__.get("loaded_model")  # only looks: loading takes seconds
        return Check("model", loaded is not None, _reading(loaded) if loaded else "not loaded yet")

    def _scheduler(self) -> Check:
        runs = self._scheduler_runs()
        return Check("scheduler", runs, "running" if runs else "stopped")

    def _sources(self) -> Iterator[Check]:
        try:
            with self._app.store.read() as db:
                rows = {row.source: row for row in cursors.all_rows(db)}
        except Exception:  # noqa: BLE001 - the database check says so already
            return
        for name, config in self._app.settings.sources.items():
            row, every = rows.get(name), config.poll_seconds or self._app.settings.schedule.poll_seconds
            last = row.succeeded_at if row else None
            waited = self._app.clock() - (last or self._since)
            late = waited > timedelta(seconds=max(30, LATE_AFTER * every)) or waited < -CLOCK_SLACK
            said = f"last success {iso(last)}" if last else "not polled yet"
            yield Check(f"source {name}", not late, (row.problem or said) if row else said)


def _reading(model: "Model") -> str:
    """Which model reads, or why another one does: posts are read all the same."""
    from classifier.models import Fetched

    return (isinstance(model, Fetched) and model.problem) or model.name


def check_all(app: App) -> Iterator[Check]:
    """Every part with a real call, one at a time: for ``amends check``."""
    yield _try("database", lambda: f"{app.settings.store.url.split('@')[-1]}: {_mention_count(app)} mentions")
    yield _try("model", lambda: _in_use(app))
    yield _try("clock", lambda: _clock(app))
    if not app.settings.sources:
        yield Check("source", True, "none yet, so nobody is heard: add a [sources.NAME] section to the configuration")
    for name in app.settings.sources:
        yield _try(f"source {name}", lambda name=name: app.source(name).check())  # type: ignore[misc]
    for name in app.settings.publishers:
        yield _try(f"publisher {name}", lambda name=name: app.publishers[name].check())  # type: ignore[misc]
    if app.settings.writer.kind != "playbook":
        yield _try("writer", lambda: _writer(app))
    if app.settings.people.oidc.issuer:
        yield _try("single sign-on", lambda: _sign_on(app))
    if app.settings.alerts.addresses():
        yield _try("alarms", lambda: ", ".join(channel.name for channel in app.channels))


def _try(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except Exception as error:
        problem = str(error) if isinstance(error, AmendsError) else trouble_of(error)
        if problem is None:
            raise
        return Check(name, False, problem)


def _in_use(app: App) -> str:
    """The model that was asked for: who checks a set-up must hear that another one stands in for it."""
    from classifier.models import Fetched

    if isinstance(app.model, Fetched) and app.model.problem:
        raise ConfigError(app.model.problem)
    return app.model.name


def _mention_count(app: App) -> int:
    with app.store.read() as db:
        return mentions.count(db)


def _writer(app: App) -> str:
    from responder.writers.llm import LlmWriter

    return app.writer.engine.check() if isinstance(app.writer, LlmWriter) else "playbook"


def _sign_on(app: App) -> str:
    from dashboards.oidc import Provider

    return Provider(app.settings.people.oidc, app.clock).check()


def _clock(app: App) -> str:
    """The machine's clock against the newest thing the store knows: a clock set back would hide new mentions."""
    from core.errors import Permanent
    from core.store import audit

    now = app.clock()
    with app.store.read() as db:
        newest = audit.newest(db, limit=1)
        polled = [row.polled_at for row in cursors.all_rows(db) if row.polled_at]
    known = max([row.at for row in newest] + polled, default=now)
    if known > now + timedelta(seconds=5):
        raise Permanent(
            f"the machine's clock says {iso(now)}, but the store was written at {iso(known)}; set the clock"
        )
    return iso(now)
