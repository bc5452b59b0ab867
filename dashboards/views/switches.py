"""The switches that stop sending. Anybody who approves may pull one, a lead puts it back."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from dashboards.auth import Approver, Lead, deps_of
from dashboards.forms import Fields
from responder import switching

router = APIRouter()


@router.post("/switches/off")
def off(request: Request, signed: Approver, fields: Fields) -> Response:
    deps = deps_of(request)
    switching.off(
        deps.store, scope=fields.get("scope", ""), key=fields.get("key", ""), reason=fields.get("reason", ""),
        actor=signed.actor(), accounts=frozenset(deps.settings.publishers), clock=deps.clock,
    )  # fmt: skip
    return RedirectResponse("/sources#switches", status_code=303)


@router.post("/switches/on")
def on(request: Request, signed: Lead, fields: Fields) -> Response:
    deps = deps_of(request)
    switching.on(
        deps.store, scope=fields.get("scope", ""), key=fields.get("key", ""), actor=signed.actor(), clock=deps.clock
    )
    return RedirectResponse("/sources#switches", status_code=303)
