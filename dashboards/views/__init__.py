"""The pages, one a file. To add one: a file here with a ``router``, a line in ``routers``, a template.

A handler names the role it needs by its parameter: ``signed: Viewer | Approver | Lead | Admin`` of dashboards.auth.
"""

from collections.abc import Iterator

from fastapi import APIRouter


def routers() -> Iterator[APIRouter]:
    from dashboards.views import (
        account,
        alarms,
        audit,
        events,
        feedback,
        frontline,
        health,
        incident,
        incident_exchange,
        incident_life,
        incidents,
        journey,
        login,
        money,
        people,
        promises,
        promotions,
        queue,
        review,
        setup,
        sources,
        switches,
        trends,
        watched,
    )

    for view in (
        login,
        setup,
        account,
        people,
        watched,
        queue,
        events,
        health,
        trends,
        incidents,
        incident_exchange,
        incident,
        incident_life,
        journey,
        sources,
        switches,
        audit,
        alarms,
        money,
        review,
        feedback,
        promises,
        frontline,
        promotions,
    ):
        yield view.router
