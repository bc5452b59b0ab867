"""The JSON interface below /api/v1: an application of its own, so that its errors, its callers and its description are.

Who asks shows a token; somebody who is signed in may read. What it can do ends before the approval of a reply.
"""

from fastapi import FastAPI

from dashboards.deps import Deps

PREFIX = "/api/v1"


def add_to(app: FastAPI, deps: Deps) -> None:
    """Serves the whole interface below /api/v1."""
    from dashboards.api import described, incidents, mentions, money, problems, promotions, queue, status, trends
    from dashboards.api.callers import Limits

    api = FastAPI(title="Amends", docs_url=None, redoc_url=None, openapi_url=None, responses=described.RESPONSES)
    api.state.deps = deps
    api.state.limits = Limits(deps.settings.web.api_per_minute)
    for part in (mentions, incidents, queue, trends, money, promotions, status):
        api.include_router(part.router)
    described.add_to(api, PREFIX)
    problems.answer(api)
    app.mount(PREFIX, api)
