"""Tokens of the JSON API: a lead's own, and for an admin everybody's."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict, InputError
from core.store import tokens as rows
from dashboards import tokens
from dashboards.auth import Lead, Signed, deps_of
from dashboards.forms import Fields, Form
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page

router = APIRouter()
DAYS = (("30", later("30 days")), ("90", later("90 days")), ("365", later("A year")), ("", later("No end")))


def _page(
    request: Request, signed: Signed, *, secret: str = "", problem: str = "", values: dict[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    deps = deps_of(request)
    with deps.store.read() as db:
        found = rows.unrevoked(db, None if signed.can("admin") else signed.id)
    return page(
        request,
        "tokens.html",
        signed,
        title=_("Tokens"),
        status=status,
        tokens=found,
        secret=secret,
        problem=problem,
        values=values or {"days": "90"},
        days=DAYS,
        scopes=tokens.SCOPE_WORDS,
    )


@router.get("/account/tokens")
def show(request: Request, signed: Lead) -> Response:
    return _page(request, signed)


@router.post("/account/tokens")
def change(request: Request, signed: Lead, values: Fields) -> Response:
    """``do``: make (``name``, ``scope.NAME`` "yes", ``days``), revoke (``token``). A new one is shown once."""
    deps, form = deps_of(request), Form(values, deps_of(request).settings.brand.zone())
    try:
        match form.text("do"):
            case "make":
                scopes = {scope for scope in tokens.SCOPES if form.text(f"scope.{scope}") == "yes"}
                days = form.number("days") if form.text("days") else None
                _id, secret = tokens.make(
                    deps.store, owner=signed, name=form.text("name"), scopes=scopes, days=days, clock=deps.clock
                )
                return _page(request, signed, secret=secret)
            case "revoke":
                tokens.revoke(deps.store, token_id=form.number("token"), by=signed, clock=deps.clock)
            case _:
                raise HTTPException(422, _("Choose one of the steps that the page offers."))
    except (Conflict, InputError) as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _page(
            request,
            signed,
            problem=_("Nothing was done: %(why)s.", why=heard(str(error))),
            values=values,
            status=status,
        )
    return RedirectResponse("/account/tokens", status_code=303)
