"""What a lead decides about an incident besides its facts: where it stands, what is back, what it is part of."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain import DismissReason, IncidentStatus, PartState
from core.errors import Conflict, InputError
from core.store.incidents import IncidentRow
from dashboards.auth import Lead, Signed, deps_of
from dashboards.forms import Fields, Form
from dashboards.heard import heard
from dashboards.languages import _
from dashboards.sheet_words import STATUS_WORDS
from dashboards.views.incident import Id, Trouble, back, found, one_page, save
from incidents import lifecycle, merging
from incidents.facts import SheetChanges

router = APIRouter()


def _form(request: Request, values: Fields) -> Form:
    return Form(values, deps_of(request).settings.brand.zone())


def _clash(row: IncidentRow) -> str:
    return _(
        "Somebody else changed this incident meanwhile. Nothing was done: it is “%(status)s” now. Decide again.",
        status=_(STATUS_WORDS[IncidentStatus(row.status)]),
    )


def _refused(
    request: Request, signed: Signed, incident_id: int, part: str, error: Exception, typed: Fields | None = None
) -> Response:
    """The page again with what went wrong, and with what was typed; nothing was done."""
    if isinstance(error, Conflict):
        trouble = Trouble(part, _clash(found(request, incident_id)))
    else:
        trouble = Trouble(part, _("Nothing was done: %(why)s.", why=heard(str(error))), status=422)
    return one_page(request, signed, incident_id, trouble=trouble, typed=typed)


@router.post("/incidents/{incident_id}/status")
def move(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    found(request, incident_id)
    form = _form(request, values)
    to = form.one_of("status", tuple(IncidentStatus), "")
    if to is None:
        raise HTTPException(422, _("Choose one of the steps that the page offers."))
    why = form.one_of("dismissed_for", tuple(DismissReason), "") if to is IncidentStatus.DISMISSED else None
    changes = SheetChanges(status=to, reason=form.text("reason")[:500], dismissed_for=why)
    try:
        save(request, signed, incident_id, form, changes)
    except (Conflict, InputError) as error:
        return _refused(request, signed, incident_id, "status", error)
    return back(incident_id)


@router.post("/incidents/{incident_id}/parts")
def restore(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """How far each component and region is back; fields are named ``part.NAME``."""
    row = found(request, incident_id)
    form = _form(request, values)
    known = {state.value for state in PartState}
    chosen = {part: form.text(f"part.{part}") for part in (*row.components, *row.regions)}
    states = {part: PartState(state) for part, state in chosen.items() if state in known}
    try:
        save(request, signed, incident_id, form, SheetChanges(states=states))
    except (Conflict, InputError) as error:
        return _refused(request, signed, incident_id, "parts", error)
    return back(incident_id, "#parts")


@router.post("/incidents/{incident_id}/updates")
def add_update(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """What was said in public elsewhere, kept in the timeline."""
    found(request, incident_id)
    deps, text = deps_of(request), _form(request, values).text("text")[:4000]
    try:
        lifecycle.tell_update(deps.store, incident_id=incident_id, text=text, actor=signed.name, clock=deps.clock)
    except InputError as error:
        return _refused(request, signed, incident_id, "updates", error)
    return back(incident_id, "#timeline")


@router.post("/incidents/{incident_id}/merge")
def merge(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    found(request, incident_id)
    deps, form = deps_of(request), _form(request, values)
    into = form.number("into")
    try:
        merging.merge(
            deps.store,
            incident_id=incident_id,
            version=form.number("version"),
            into_id=found(request, into).id,
            actor=signed.name,
            clock=deps.clock,
        )
    except (Conflict, InputError) as error:
        return _refused(request, signed, incident_id, "merge", error, values)
    return back(into)


@router.post("/incidents/{incident_id}/split")
def split(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """Takes this incident's merge back."""
    found(request, incident_id)
    deps, version = deps_of(request), _form(request, values).number("version")
    try:
        merging.split(deps.store, incident_id=incident_id, version=version, actor=signed.name, clock=deps.clock)
    except (Conflict, InputError) as error:
        return _refused(request, signed, incident_id, "merge", error)
    return back(incident_id)


@router.post("/incidents/{incident_id}/split-off")
def split_off(request: Request, signed: Lead, incident_id: Id, values: Fields) -> Response:
    """Makes an incident of its own of those who speak of certain words."""
    found(request, incident_id)
    deps, form = deps_of(request), _form(request, values)
    try:
        made = merging.split_off(
            deps.store,
            incident_id=incident_id,
            version=form.number("version"),
            title=form.text("title"),
            words=form.items("words"),
            actor=signed.name,
            clock=deps.clock,
        )
    except (Conflict, InputError) as error:
        return _refused(request, signed, incident_id, "split", error, values)
    return RedirectResponse(f"/incidents/{made}", status_code=303)
