"""Incidents: the list, and opening one by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from core.domain import FACT_NAMES, OPEN, IncidentStatus
from core.errors import InputError
from core.store import incidents as rows
from core.store import listings
from core.store.incidents import IncidentRow
from core.store.listings import Figures
from dashboards.auth import Lead, Signed, Viewer, deps_of
from dashboards.deps import Deps
from dashboards.forms import Fields, Form, local
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.sheet_words import FACT_WORDS, STATUS_WORDS, is_over, is_overdue
from incidents import lifecycle

router = APIRouter()
OPENING = (IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING, IncidentStatus.RESOLVED)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    row: IncidentRow
    words: str
    figures: Figures
    overdue: bool


def _order(row: IncidentRow) -> tuple[int, int]:
    """Open ones first, then alarms nobody looked at, then the past; newest first among each."""
    status = IncidentStatus(row.status)
    live = status in OPEN and status is not IncidentStatus.RESOLVED
    rank = 0 if live else 1 if status is IncidentStatus.SUSPECTED else 2 if status is IncidentStatus.RESOLVED else 3
    return rank, -row.id


def listed(deps: Deps) -> list[Listed]:
    now = deps.clock()
    with deps.store.read() as db:
        found = sorted(rows.all_of(db, deps.settings.brand.name), key=_order)
        figures = listings.figures(db, [row.id for row in found])
    return [
        Listed(row, _(STATUS_WORDS[IncidentStatus(row.status)]), figures[row.id], is_overdue(row, now)) for row in found
    ]


@router.get("/incidents")
def show_all(request: Request, signed: Viewer) -> Response:
    found = listed(deps_of(request))
    groups = [
        (later("Open", "incidents"), [one for one in found if not is_over(one.row)]),
        (later("Past", "incidents"), [one for one in found if is_over(one.row)]),
    ]
    return page(request, "incidents.html", signed, title=_("Incidents"), groups=groups)


# --- opening one -----------------------------------------------------------------------------------------------


@router.get("/incidents/new")
def ask(request: Request, signed: Lead) -> Response:
    deps = deps_of(request)
    now = local(deps.clock(), deps.settings.brand.zone())
    return _new_page(request, signed, {"status": IncidentStatus.INVESTIGATING.value, "started_at": now}, {})


def _new_page(request: Request, signed: Signed, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    return page(
        request,
        "incident_new.html",
        signed,
        title=_("Open an incident"),
        status=422 if errors else 200,
        values=values,
        errors=errors,
        statuses=[(status.value, _(STATUS_WORDS[status])) for status in OPENING],
        facts=FACT_WORDS,
        zone=deps_of(request).settings.brand.time_zone,
    )


@router.post("/incidents/new")
def make(request: Request, signed: Lead, values: Fields) -> Response:
    deps = deps_of(request)
    form = Form(values, deps.settings.brand.zone())
    title = form.required("title", _("Say in a few words what fails."))
    status = form.one_of("status", OPENING, _("Choose where the incident stands."))
    started = form.moment("started_at", now=deps.clock(), past=True)
    if started is None and "started_at" not in form.errors:
        form.errors["started_at"] = _("Say when it began; the first complaint is a good guess.")
    following = form.moment("next_update_at", now=deps.clock(), past=False)
    links = form.links("links")
    if form.errors or status is None or started is None:
        return _new_page(request, signed, values, form.errors)
    try:
        made = lifecycle.open_incident(
            deps.store,
            brand=deps.settings.brand.name,
            title=title,
            status=status,
            started_at=started,
            next_update_at=following,
            components=form.items("components"),
            regions=form.items("regions"),
            links=links,
            facts={name: text for name in FACT_NAMES if (text := form.text(f"fact.{name}"))},
            actor=signed.name,
            clock=deps.clock,
        )
    except InputError as error:  # a rule this form does not know: said at the top rather than lost
        return _new_page(request, signed, values, {"title": heard(str(error))})
    return RedirectResponse(f"/incidents/{made}", status_code=303)
