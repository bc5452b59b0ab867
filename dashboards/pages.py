"""Turns a template into a page: what every page shares is put together here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from core.domain import IncidentStatus
from core.store import drafts, events, incidents, promotions, switches, waiting
from core.store.incidents import IncidentRow
from core.store.promotions import HoldRow
from core.store.switches import SwitchRow
from dashboards import languages, spoken
from dashboards.auth import Signed
from dashboards.called import called
from dashboards.deps import Deps
from dashboards.heard import heard

HERE = Path(__file__).parent
FRESH = timedelta(milliseconds=250)  # how long the figures of the bar may be reused


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands on top of every page while an incident is open or promotions wait, and the counts of the rail."""

    incident: IncidentRow | None  # the newest that is open
    others: int  # open besides it
    due: IncidentRow | None  # whose promised update comes first
    waiting: int
    oldest: datetime | None
    overdue: bool
    hold: HoldRow | None  # of promotions
    switches: Sequence[SwitchRow]  # what is switched off
    last_event: int
    at: datetime


class Pages:
    """The templates and what they all know. One per app, at ``app.state.pages``."""

    def __init__(self, deps: Deps, static: str) -> None:
        self.deps = deps
        self._bar: Bar | None = None
        self._looking = Lock()
        self.env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.env.filters["json"] = lambda value: json.dumps(value, ensure_ascii=True)
        self.env.filters["exact"] = self._exact
        self.env.filters["dated"] = self._dated
        self.env.filters["times"] = lambda text: spoken.with_times(text, deps.settings.brand.zone())
        self.env.filters["browser"] = spoken.browser
        self.env.filters["plain"] = "{:g}".format
        self.env.filters.update(languages.FILTERS, heard=heard, called=called)
        self.env.globals.update(languages.IN_TEMPLATES)
        self.env.globals.update(
            page_texts=languages.script_address,
            static=lambda name: f"{static}/{name}",
            time=self._time,
            brand=deps.settings.brand,
            drill=deps.drill,
        )

    def _time(self, moment: datetime, way: spoken.Way = "ago") -> Markup:
        return spoken.time_tag(moment, self.deps.clock(), self.deps.settings.brand.zone(), way)

    def _dated(self, moment: datetime) -> Markup:
        return spoken.day_and_time(moment, self.deps.clock(), self.deps.settings.brand.zone())

    def _exact(self, moment: datetime) -> str:
        return spoken.exact(moment, self.deps.settings.brand.zone())

    def bar(self) -> Bar:
        """Fresh to a quarter of a second. One request looks, the others go on with what is known."""
        now = self.deps.clock()
        known = self._bar
        if known is not None and timedelta(0) <= now - known.at < FRESH:
            return known
        if self._looking.acquire(blocking=known is None):
            try:
                known = self._bar = self._look(now)
            finally:
                self._looking.release()
        return known or self._look(now)

    def _look(self, now: datetime) -> Bar:
        with self.deps.store.read() as db:
            last = events.newest_id(db)  # before the rest: an event told twice is harmless, one missed is not
            running = incidents.told(db, self.deps.settings.brand.name, since=self.deps.past_since())
            hold = promotions.standing(db, self.deps.settings.brand.name)
            many = waiting.count_all(db)
            oldest = drafts.oldest_wait(db)
            off = switches.everything_off(db)
        lasting = [row for row in reversed(running) if row.status != IncidentStatus.RESOLVED.value]
        promised = {row.next_update_at: row for row in lasting if row.next_update_at}
        due = promised[min(promised)] if promised else None
        return Bar(
            incident=running[0] if running else None,
            others=max(0, len(running) - 1),
            due=due,
            waiting=many,
            oldest=oldest,
            overdue=bool(promised) and min(promised) <= now,
            hold=hold,
            switches=off,
            last_event=last,
            at=now,
        )

    def html(self, name: str, /, **context: Any) -> str:
        """A fragment: only what the template itself needs."""
        return self.env.get_template(name).render(**context)


def pages_of(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def page(
    request: Request, template: str, signed: Signed | None, /, *, title: str, status: int = 200, **context: Any
) -> HTMLResponse:
    """A whole page. ``signed`` None: nobody is signed in, so no navigation and no figures.

    The templates find: ``title``, ``signed``, ``bar``, ``csrf``, ``path``, ``now``, ``brand``, ``static("file")``,
    ``time(moment, way)``, ``moment | exact``, ``value | json``, and what is given in ``context``.
    """
    pages = pages_of(request)
    shared = {
        "title": title,
        "signed": signed,
        "csrf": signed.csrf if signed else "",
        "bar": pages.bar() if signed else None,
        "path": request.url.path,
        "now": pages.deps.clock(),
    }
    return HTMLResponse(pages.html(template, **(shared | context)), status_code=status)


def fragment(request: Request, template: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A piece of a page, for our own scripts."""
    return HTMLResponse(pages_of(request).html(template, **context), status_code=status)
