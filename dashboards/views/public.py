"""/status, the public outage page: served from the file that a job keeps, never from the database.

Plain routes, outside of the routers: no session is looked up, so the page stands when the database does not.
"""

import asyncio
import hashlib
import logging
import time

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.errors import AmendsError
from dashboards.deps import Deps
from incidents.public_status import CSS, INDEX, refresh, stylesheet
from incidents.words import SPOKEN
from responder.writers.phrasebook import names

log = logging.getLogger(__name__)
SECONDS = 15  # how long a browser or a cache in front may keep the page: everybody reloads it in an outage
NOBODY_WRITES = 90.0  # seconds after which a page that no job renews is renewed here; its time changes each minute
LOOK_EVERY = 5.0
SOON = "This page is being made. Reload it in a few seconds."


class PublicPage:
    """The files as they were read last: what is in memory is served also when they are gone."""

    def __init__(self, deps: Deps) -> None:
        self.deps = deps
        self.folder = deps.settings.status_page.place(deps.settings.store.url)
        self._known: dict[str, tuple[float, bytes]] = {}

    def get(self, name: str) -> bytes | None:
        """The newest content of one file, or None when there never was one."""
        known = self._known.get(name)
        try:
            changed = (self.folder / name).stat().st_mtime
            if known is None or known[0] != changed:
                known = self._known[name] = (changed, (self.folder / name).read_bytes())
        except OSError:
            pass
        return known[1] if known else None

    def is_old(self) -> bool:
        """Whether no scheduler keeps the file: it runs elsewhere, or does not run."""
        try:
            return time.time() - (self.folder / INDEX).stat().st_mtime > NOBODY_WRITES
        except OSError:
            return True

    def renew(self) -> None:
        """Makes the page here; whatever goes wrong, the old one stays."""
        try:
            settings = self.deps.settings
            refresh(
                self.deps.store, brand=settings.brand, folder=self.folder, clock=self.deps.clock,
                past_after=settings.incidents.past_after(), names=names(),
            )  # fmt: skip
        except (AmendsError, OSError) as error:
            log.warning("the status page could not be made", extra={"problem": str(error)})
        except Exception:  # whatever it was, the next round is made
            log.exception("the status page could not be made")

    async def begin(self) -> None:
        """Before the first request: there is a page, unless the database is away and never made one."""
        if await asyncio.to_thread(self.is_old):
            await asyncio.to_thread(self.renew)

    async def keep(self, stopping: asyncio.Event) -> None:
        """Until the service stops: renews a page that nobody else renews."""
        while not stopping.is_set():
            try:
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY)
            except TimeoutError:
                await self.begin()


def add_to(app: FastAPI, deps: Deps) -> PublicPage:
    """Registers the page, its languages and its style sheet."""
    public = PublicPage(deps)

    def page(request: Request) -> Response:
        return _answer(request, public.get(INDEX), "text/html")

    def language(request: Request) -> Response:
        name = request.path_params["language"]
        return _answer(request, public.get(f"{name}.html") if name in SPOKEN else None, "text/html")

    def style(request: Request) -> Response:
        return _answer(request, stylesheet(), "text/css")

    methods = ["GET", "HEAD"]
    app.add_route("/status", page, methods=methods)
    app.add_route(f"/{INDEX}", page, methods=methods)
    app.add_route(f"/{CSS}", style, methods=methods)
    app.add_route("/{language:str}.html", language, methods=methods)
    return public


def _answer(request: Request, body: bytes | None, kind: str) -> Response:
    if body is None:
        return PlainTextResponse(SOON, status_code=503, headers={"Retry-After": "5"})
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"Cache-Control": f"public, max-age={SECONDS}", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)
