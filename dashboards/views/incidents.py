"""Incidents: the list, and opening one by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from core.domain import FACT_NAMES, IncidentStatus
from core.errors import InputError
from core.store import Session, listings
from core.store.incidents import IncidentRow
from core.store.listings import Figures
from dashboards.auth import Lead, Signed, Viewer, deps_of
from dashboards.deps import Deps
from dashboards.forms import Fields, Form, local
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.queue_list import MOST
from dashboards.sheet_words import FACT_WORDS, STATUS_WORDS, is_overdue
from incidents import lifecycle

router = APIRouter()
A_PAGE = 20
OPENING = (IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING, IncidentStatus.RESOLVED)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    row: IncidentRow
    words: str
    figures: Figures
    overdue: bool


def _order(row: IncidentRow) -> tuple[int, int]:
    """Open ones first, then alarms nobody looked at, then what is resolved; newest first among each."""
    status = IncidentStatus(row.status)
    return 1 if status is IncidentStatus.SUSPECTED else 2 if status is IncidentStatus.RESOLVED else 0, -row.id


def going(deps: Deps) -> list[Listed]:
    """All that are not over, but for what was resolved so long ago that it is past."""
    return _unended(deps)[0]


def _unended(deps: Deps) -> tuple[list[Listed], list[IncidentRow]]:
    """What goes on, and what stands among the past and waits for a lead to close it."""
    with deps.store.read() as db:
        rows, unclosed = listings.incidents_parted(db, deps.settings.brand.name, since=deps.past_since())
        return _listed(deps, db, sorted(rows, key=_order)), unclosed


def past(deps: Deps, before: int | None, *, limit: int) -> list[Listed]:
    """The others, newest first, behind the one with the id ``before``."""
    brand, since = deps.settings.brand.name, deps.past_since()
    with deps.store.read() as db:
        return _listed(deps, db, listings.incidents_over(db, brand, since=since, before=before, limit=limit))


def _listed(deps: Deps, db: Session, found: Sequence[IncidentRow]) -> list[Listed]:
    figures, now = listings.figures(db, [row.id for row in found]), deps.clock()
    return [
        Listed(row, _(STATUS_WORDS[IncidentStatus(row.status)]), figures[row.id], is_overdue(row, now)) for row in found
    ]


@router.get("/incidents")
def show_all(request: Request, signed: Viewer, before: Annotated[int | None, Query(ge=1, lt=MOST)] = None) -> Response:
    """What is going on and the newest of the past; with ``before`` only the past behind that one."""
    deps = deps_of(request)
    over = past(deps, before, limit=A_PAGE + 1)
    groups, unclosed = [(later("Past", "incidents"), over[:A_PAGE])], list[IncidentRow]()
    if before is None:
        is_open, unclosed = _unended(deps)
        groups.insert(0, (later("Open", "incidents"), is_open))
    older = over[A_PAGE - 1].row.id if len(over) > A_PAGE else None
    return page(
        request, "incidents.html", signed, title=_("Incidents"), groups=groups, older=older, newest=before is None,
        unclosed=unclosed if signed.can("lead") else [],
    )  # fmt: skip


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
