"""Money: what failures cost, by cause and by who could have prevented it; to print and to take along."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from core.errors import Conflict, InputError
from dashboards import reviewing
from dashboards.auth import Lead, Signed, Viewer, deps_of, require
from dashboards.deps import Deps
from dashboards.forms import Fields, Form, too_long
from dashboards.heard import heard
from dashboards.languages import _, later, pgettext
from dashboards.pages import page
from incidents import ledger as use_case
from incidents.ledger import Ledger

router = APIRouter()
RANGES: Mapping[str, tuple[str, timedelta | None]] = {
    "90d": (later("90 days"), timedelta(days=90)),
    "1y": (later("12 months"), timedelta(days=365)),
    "all": (later("All time"), None),
}
AMOUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,2})?")
SHOWN = 12  # causes in the chart; the table has all
LONGEST = 120  # characters of a cause or a department


def look(deps: Deps, span: str) -> Ledger:
    length = RANGES[span][1]
    since: datetime | None = deps.clock() - length if length else None
    with deps.store.read() as db:
        return use_case.ledger(db, brand=deps.settings.brand.name, money=deps.settings.money, since=since)


def _range(request: Request) -> str:
    chosen = request.query_params.get("range", "90d")
    return chosen if chosen in RANGES else "90d"


@router.get("/money")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed, values={}, errors={})


def _page(request: Request, signed: Signed, *, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    deps, span = deps_of(request), _range(request)
    found = look(deps, span)
    return page(
        request,
        "money.html",
        signed,
        title=_("Money"),
        status=422 if errors else 200,
        found=found,
        titles={line.incident.id: line.incident.title for line in found.lines if line.incident},
        money=deps.settings.money,
        say=reviewing,
        span=span,
        ranges=[(key, words) for key, (words, _length) in RANGES.items()],
        values=values,
        errors=errors,
        departments=list(deps.settings.feedback.departments),
    )


@router.get("/money/chart", dependencies=[Depends(require("viewer"))])
def chart(request: Request) -> JSONResponse:
    """What was spent by cause, for js/bars.js."""
    deps = deps_of(request)
    money, groups = deps.settings.money, look(deps, _range(request)).groups[:SHOWN]
    series = [
        (_("compensation"), "accent", [group.cost.given for group in groups]),
        (_("entered by hand"), "neutral", [group.cost.entered for group in groups]),
        (_("work on replies"), "ink", [group.cost.handling(money) or 0 for group in groups]),
    ]
    return JSONResponse(
        {
            "title": _("Spent by cause, in %(currency)s", currency=money.currency),
            "unit": money.currency,
            "lying": True,
            "labels": [pgettext("cause", group.cause) for group in groups],
            "series": [
                {"name": name, "colour": colour, "values": [cents / 100 for cents in values]}
                for name, colour, values in series
            ],
        }
    )


@router.get("/money.csv", dependencies=[Depends(require("viewer"))])
def as_csv(request: Request) -> Response:
    deps, span = deps_of(request), _range(request)
    text = reviewing.ledger_csv(look(deps, span), deps.settings.money)
    headers = {"Content-Disposition": f'attachment; filename="money-{span}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


# --- what people enter -----------------------------------------------------------------------------------------


def _cents(form: Form, name: str, *, required: bool) -> int | None:
    """An amount of money as it was typed, in cents; faults stand in the form."""
    text = form.text(name).replace(" ", "")
    if not text and not required:
        return None
    if not AMOUNT.fullmatch(text):
        form.errors[name] = _("Write the amount as in 1250 or 12.50.")
        return None
    whole, _point, cents = text.replace(",", ".").partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0") or 0)


def _short(form: Form, name: str) -> str:
    text = " ".join(form.text(name).split())
    if len(text) > LONGEST:
        form.errors[name] = too_long(len(text), LONGEST)
    return text


def _incident(form: Form) -> int | None:
    return form.number("incident") if form.text("incident") else None


@router.post("/money/entries")
def enter(request: Request, signed: Lead, values: Fields) -> Response:
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    what, cents = form.required("what", _("Say what the money was for.")), _cents(form, "amount", required=True)
    customers = form.number("customers") if form.text("customers") else None
    if customers is not None and customers < 0:
        form.errors["customers"] = _("Write a whole number, or leave it empty.")
    if cents == 0:
        form.errors["amount"] = _("The amount must be above 0.")
    if form.errors or cents is None:
        return _page(request, signed, values=values, errors=form.errors)
    try:
        use_case.enter(
            deps.store, brand=deps.settings.brand.name, incident_id=_incident(form), cents=cents, customers=customers,
            what=what, actor=signed.name, clock=deps.clock,
        )  # fmt: skip
    except InputError as error:
        return _page(request, signed, values=values, errors={"incident": f"{heard(str(error))}."})
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(f"/money?range={_range(request)}", status_code=303)


@router.post("/money/entries/{entry_id}/take-back")
def take_back(request: Request, signed: Lead, entry_id: str) -> Response:
    deps = deps_of(request)
    number = int(entry_id) if entry_id.isascii() and entry_id.isdigit() and len(entry_id) < 10 else -1
    try:
        use_case.take_back(
            deps.store, brand=deps.settings.brand.name, entry_id=number, actor=signed.name, clock=deps.clock
        )
    except Conflict:
        raise HTTPException(409, _("Somebody took this entry back already. Nothing else was done.")) from None
    return _back(request)


@router.post("/money/causes")
def say_cause(request: Request, signed: Lead, values: Fields) -> Response:
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    key = f"{form.number('incident')}"
    cause, department, credit = (
        _short(form, "cause"),
        _short(form, "department"),
        _cents(form, "credit", required=False),
    )
    if form.errors:
        return _page(
            request, signed, values=values, errors={f"{name}-{key}": said for name, said in form.errors.items()}
        )
    try:
        use_case.say_cause(
            deps.store, brand=deps.settings.brand.name, incident_id=int(key), cause=cause, department=department,
            credit_cents=credit, actor=signed.name, clock=deps.clock,
        )  # fmt: skip
    except InputError:
        raise HTTPException(404) from None
    return _back(request)
