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
        batch,
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
        passkeys,
        people,
        playbook,
        presence,
        promises,
        promotions,
        queue,
        queue_case,
        queue_decisions,
        queue_list,
        review,
        rewording,
        second_factor,
        setup,
        sign_on,
        sources,
        switches,
        tokens,
        trends,
        watched,
    )

    for view in (
        login,
        setup,
        account,
        second_factor,
        sign_on,
        passkeys,
        tokens,
        people,
        watched,
        batch,
        queue,
        queue_list,
        queue_decisions,
        queue_case,
        rewording,
        presence,
        events,
        health,
        trends,
        incidents,
        incident_exchange,
        incident,
        incident_life,
        journey,
        playbook,
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
