"""The pages, one a file. To add one: a file here with a ``router``, a line in ``routers``, a template.

A handler names the role it needs by its parameter: ``signed: Viewer | Approver | Lead | Admin`` of dashboards.auth.
"""

from collections.abc import Iterator

from fastapi import APIRouter


def routers() -> Iterator[APIRouter]:
    from dashboards.views import (
        audit,
        events,
        health,
        incident,
        incidents,
        login,
        queue,
        setup,
        sources,
        status,
        trends,
    )

    for view in (login, setup, queue, events, health, trends, incidents, incident, sources, status, audit):
        yield view.router
