"""Sources: is every listening place heard, does every publisher send, which model reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from core.settings import Settings
from core.store import audit, cursors, events, failed, listening, listings, lookups, switches
from core.store.cursors import CursorRow
from core.store.incidents import IncidentRow
from core.store.listings import Posted
from core.store.switches import SwitchRow
from dashboards.auth import Lead, Viewer, deps_of
from dashboards.languages import _, later, ngettext
from dashboards.pages import page
from dashboards.wording import PLATFORMS

router = APIRouter()
KINDS = {
    "demo": later("Demo: a played outage day"),
    "x": "X",
    "reddit": "Reddit",
    "bluesky": "Bluesky",
    "mastodon": "Mastodon",
    "console": later("Console: written to a file"),
    "email": later("E-mail: written to a desk of ours"),
    "webhook": later("Webhook: handed to a program of ours"),
}
PATIENCE = 5  # missed polls until silence is worth a look
A_FEW = 5  # failed mentions shown


@dataclass(frozen=True, slots=True)
class Listening:
    """One source as the page tells of it."""

    name: str
    kind: str
    state: str  # working | quiet | failing | untried | once
    words: str
    succeeded_at: datetime | None
    problem: str
    next_try: datetime | None
    today: int


@dataclass(frozen=True, slots=True)
class Sending:
    """One publisher."""

    name: str
    kind: str
    account: str
    platforms: str
    posted: Posted


def _source(
    name: str, kind: str, every: float, row: CursorRow | None, now: datetime, today: int, unasked: str
) -> Listening:
    """``unasked``: why it cannot be asked whether its posts are still there."""
    succeeded, problem = (row.succeeded_at, row.problem) if row else (None, "")
    state, words = _state(row, every, now)
    return Listening(name, kind, state, words, succeeded, problem or unasked, _next_try(row, every), today)


def _state(row: CursorRow | None, every: float, now: datetime) -> tuple[str, str]:
    if row is None or row.polled_at is None:
        return "untried", _("Not asked yet")
    if row.failures:
        return "failing", ngettext("Failed once", "Failed %(num)s times in a row", row.failures)
    if row.succeeded_at and now - row.succeeded_at > timedelta(seconds=max(60.0, PATIENCE * every)):
        return "quiet", _("Not asked for a while: is the scheduler running?")
    return "working", _("Working")


def _next_try(row: CursorRow | None, every: float) -> datetime | None:
    if row is None or row.polled_at is None:
        return None
    usual = row.polled_at + timedelta(seconds=every)
    return max(usual, row.not_before) if row.not_before else usual


def _sources(
    settings: Settings, found: dict[str, CursorRow], today: dict[str, int], unasked: dict[str, str], now: datetime
) -> list[Listening]:
    listed = [
        _source(
            name,
            KINDS[source.kind],
            source.poll_seconds or settings.schedule.poll_seconds,
            found.get(name),
            now,
            today.get(name, 0),
            unasked.get(name, ""),
        )
        for name, source in settings.sources.items()
    ]
    # What was imported, or came from a source that config.toml no longer names.
    others = sorted(set(today) - set(settings.sources))
    listed += [
        Listening(name, later("Not in config.toml"), "once", _("Brought mentions today"), None, "", None, today[name])
        for name in others
    ]
    return listed


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that can be switched off, and whether it is."""

    scope: str
    key: str
    words: str
    off: SwitchRow | None


def _switches(
    settings: Settings, running: list[IncidentRow], off: dict[tuple[str, str], SwitchRow]
) -> Iterator[Switch]:
    """Everything, each account, each incident that is not over; and what is off and none of these any more."""
    named = {(switches.ALL, ""): _("All replies")}
    named |= {(switches.ACCOUNT, name): _("Account %(name)s", name=name) for name in settings.publishers}
    named |= {(switches.INCIDENT, str(row.id)): _("Incident: %(title)s", title=row.title) for row in running}
    named |= {place: f"{place[0]} {place[1]}" for place in off if place not in named}
    for place, words in named.items():
        yield Switch(*place, words, off.get(place))


@router.get("/sources")
def show(request: Request, signed: Viewer) -> Response:
    deps = deps_of(request)
    settings, now, zone = deps.settings, deps.clock(), deps.settings.brand.zone()
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
    with deps.store.read() as db:
        found = {row.source: row for row in cursors.all_rows(db)}
        today = listening.kept_since(db, settings.brand.name, midnight)
        unasked = lookups.problems(db)
        posted = listings.posted(db, midnight)
        model = listening.newest_model(db)
        broken = failed.count(db, settings.brand.name)
        newest_broken = failed.newest(db, settings.brand.name, limit=A_FEW)
        off = {(row.scope, row.key): row for row in switches.everything_off(db)}
        running = [*listings.incidents_unended(db, settings.brand.name)]
    publishers = [
        Sending(
            name,
            KINDS[publisher.kind],
            publisher.account,
            ", ".join(PLATFORMS[platform.value] for platform in publisher.platforms),
            posted.get(name, Posted()),
        )
        for name, publisher in settings.publishers.items()
    ]
    return page(
        request,
        "sources.html",
        signed,
        title=_("Sources"),
        sources=_sources(settings, found, today, unasked, now),
        publishers=publishers,
        switches=list(_switches(settings, running, off)),
        model=model,
        broken=broken,
        newest_broken=newest_broken,
        platforms=PLATFORMS,
        configured=settings.classifier.model,
        now=now,
        zone=settings.brand.time_zone,
    )


@router.post("/sources/try-again")
def try_again(request: Request, signed: Lead) -> Response:
    """Sends every mention that failed back on its road; the next pass of the service takes it up."""
    deps = deps_of(request)
    with deps.store.begin() as db:
        moved = failed.try_again(db, deps.settings.brand.name)
        if moved:
            now = deps.clock()
            audit.record(db, actor=signed.name, action="mentions.retried", subject="mentions", now=now, mentions=moved)
            events.tell(db, "source", now=now, retried=moved)
    return RedirectResponse("/sources", status_code=303)
