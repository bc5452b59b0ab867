"""Promotions: whether they are on hold and why, what is held, whether the schedulers were told; hold and release."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict, InputError, Refused
from core.store import audit, listings, promotions
from dashboards.auth import Lead, Signed, Viewer, deps_of
from dashboards.forms import LONGEST, Fields, Form
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from incidents import promotions as guard

router = APIRouter()
STATES = {
    promotions.DUE: later("trying", "call"),
    promotions.SENT: later("told", "call"),
    promotions.FAILED: later("not told", "call"),
}
EVENTS = {guard.HOLD: later("hold", "call"), guard.RELEASE: later("release", "call")}


def _page(request: Request, signed: Signed, *, problem: str = "", status: int = 200) -> Response:
    deps = deps_of(request)
    brand, config = deps.settings.brand, deps.settings.promotions
    with deps.store.read() as db:
        row = promotions.standing(db, brand.name)
        past = promotions.past(db, brand.name)
        incident = listings.incident(db, brand.name, row.incident_id) if row and row.incident_id else None
        held = promotions.held(db, row.id) if row else []
        calls = promotions.calls_of(db, [each.id for each in ([row] if row else []) + list(past[:1])])
        angry = guard.unanswered(db, row) if row else 0
    return page(
        request,
        "promotions.html",
        signed,
        title=_("Promotions"),
        status=status,
        hold=row,
        incident=incident,
        held=held,
        calls=calls,
        failed=any(call.status == promotions.FAILED for call in calls),
        past=past,
        angry=angry,
        may_edit=signed.can("lead"),
        may_override=signed.can("admin"),
        problem=problem,
        states=STATES,
        events=EVENTS,
        told=bool(config.webhooks),
        signs=bool(config.secret.get_secret_value()),
        asks=bool(config.token.get_secret_value()),
    )


@router.get("/promotions")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed)


@router.post("/promotions")
def decide(request: Request, signed: Lead, values: Fields) -> Response:
    """``do``: hold (``reason``), release (``override`` of an admin over unanswered anger), call_again."""
    try:
        _decide(request, signed, values)
    except (Conflict, InputError, Refused) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _page(
            request, signed, problem=_("Nothing was done: %(why)s.", why=heard(str(error)).rstrip(".")), status=status
        )
    return RedirectResponse("/promotions", status_code=303)


def _decide(request: Request, signed: Signed, values: Mapping[str, str]) -> None:
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    brand, config, clock = deps.settings.brand, deps.settings.promotions, deps.clock
    match form.text("do"):
        case "hold":
            reason = form.text("reason")[:LONGEST]
            guard.hold(deps.store, brand=brand, config=config, reason=reason, actor=signed.name, clock=clock)
        case "release":
            guard.release(
                deps.store, brand=brand, config=config, override=form.text("override")[:LONGEST], actor=signed.name,
                admin=signed.can("admin"), clock=clock,
            )  # fmt: skip
        case "call_again":
            with deps.store.begin() as db:
                again = promotions.call_again(db, brand.name, clock())
                audit.record(
                    db,
                    actor=signed.name,
                    action="promotions.called_again",
                    subject="promotions",
                    now=clock(),
                    calls=again,
                )
        case _:
            raise HTTPException(422, _("Choose one of the steps that the page offers."))
