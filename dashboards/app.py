"""The web application, put together from its parts."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from dashboards import api, auth, bodies, cookies, errors, views
from dashboards.deps import Deps
from dashboards.live import Live
from dashboards.oidc import Provider
from dashboards.pages import HERE, Pages
from dashboards.presence import Presence
from dashboards.queue_list import Counting
from dashboards.reports import Reports
from dashboards.security import SecurityHeaders
from dashboards.views import public


def create_app(deps: Deps) -> FastAPI:
    """The whole web side. Set ``app.state.stopping`` to end the live streams at once; the lifespan's end does too."""
    static = f"/static/{_fingerprint(HERE / 'static')}"
    app = FastAPI(
        title="Amends",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        dependencies=[Depends(auth.guard)],
    )
    app.state.deps = deps
    app.state.pages = Pages(deps, static)
    app.state.counting = Counting(deps.store)
    app.state.stopping = asyncio.Event()
    app.state.presence = Presence(deps.store, deps.clock)
    app.state.live = Live(deps.store, app.state.stopping, presence=app.state.presence)
    app.state.provider = Provider(deps.settings.people.oidc, deps.clock)
    app.state.csp_reports = Reports(deps.clock)
    app.state.public = public.add_to(app, deps)
    api.add_to(app, deps)
    for router in views.routers():
        app.include_router(router)
    app.mount(static, StaticFiles(directory=HERE / "static"), name="static")
    app.add_middleware(bodies.LargestBody, prefix=api.PREFIX)
    app.add_middleware(SecurityHeaders, https=cookies.is_https(deps), static=static)
    errors.answer(app)
    return app


def _fingerprint(directory: Path) -> str:
    """Changes with any static file: part of their address, so that browsers may keep them for ever."""
    digest = hashlib.sha256()
    for file in sorted(directory.rglob("*")):
        if file.is_file():
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await app.state.public.begin()
    stopping, live = app.state.stopping, app.state.live
    tasks = [live.run(), app.state.public.keep(stopping), app.state.presence.keep(live.say, stopping)]
    running = [asyncio.create_task(task) for task in tasks]
    try:
        yield
    finally:
        app.state.stopping.set()
        await asyncio.gather(*running, return_exceptions=True)
