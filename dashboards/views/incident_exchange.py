"""Incidents in and out: JSON for status pages, and a pasted fact sheet or status page taken in."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict, InputError
from core.settings import Brand
from core.store import listings
from dashboards.auth import Lead, Signed, deps_of, require
from dashboards.deps import Deps
from dashboards.forms import Fields
from dashboards.heard import heard
from dashboards.languages import _
from dashboards.pages import page
from dashboards.views.incident import Id, number_of
from incidents import exchange, status_page, taking_in
from incidents.exchange import Incoming
from incidents.status_page import Published
from incidents.taking_in import Taken

router = APIRouter()

_PLACE = re.compile(r"([a-z_][\w.\[\]]*)\s?:\s")
"""At the head of a refusal: where in the file it is, as in incidents[1].status."""


def _download(request: Request, incident_id: int, shape: Callable[[Published, Brand], Any], name: str) -> Response:
    deps = deps_of(request)
    brand = deps.settings.brand
    with deps.store.read() as db:
        row = listings.incident(db, brand.name, incident_id)
        if row is None:
            raise HTTPException(404)
        found = status_page.published(db, row, brand)
    body = json.dumps(shape(found, brand), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{incident_id}.json"'}
    return Response(body, media_type="application/json", headers=headers)


@router.get("/incidents/{incident_id}/incident.json", dependencies=[Depends(require("viewer"))])
def plain(request: Request, incident_id: Id) -> Response:
    """Everything public of one incident, in a form that can be taken in again."""
    return _download(request, incident_id, lambda found, _brand: status_page.as_json(found), "incident")


@router.get("/incidents/{incident_id}/statuspage.json", dependencies=[Depends(require("viewer"))])
def statuspage(request: Request, incident_id: Id) -> Response:
    """The same as Statuspage gives it."""
    return _download(request, incident_id, lambda found, brand: status_page.as_statuspage([found], brand), "statuspage")


@router.get("/incidents/import")
def ask(request: Request, signed: Lead) -> Response:
    return _page(request, signed, {"into": request.query_params.get("into", "")})


def _page(
    request: Request, signed: Signed, values: Mapping[str, str], problems: Sequence[str] = (), left: Sequence[str] = ()
) -> Response:
    deps = deps_of(request)
    brand = deps.settings.brand.name
    into = values.get("into", "")
    with deps.store.read() as db:
        target = listings.incident(db, brand, number_of(into)) if into else None
    return page(
        request,
        "incident_import.html",
        signed,
        title=_("Import an incident"),
        status=422 if problems else 200,
        values=values,
        problems=problems,
        left=left,
        target=target,
    )


def _sentence(error: Exception) -> str:
    """The reason; a place in the file stands as the file has it, not with a capital letter."""
    why = heard(str(error))
    if place := _PLACE.match(why):
        return _("At %(place)s: %(why)s.", place=place[1], why=why[place.end() :])
    return f"{why[:1].upper()}{why[1:]}."


def _take_each(
    deps: Deps, found: Sequence[Incoming], signed: Signed, into: int | None
) -> tuple[list[Taken], list[str]]:
    """What was taken in, and in words why the others were not: one that is refused holds up no other."""
    brand, taken, refused = deps.settings.brand.name, list[Taken](), list[str]()
    for one in found:
        try:
            done = taking_in.take_in(
                deps.store, one, brand=brand, actor=signed.name, clock=deps.clock, incident_id=into
            )
            taken.append(done)
        except (InputError, Conflict) as error:
            refused.append(f"{one.title}: {heard(str(error))}." if len(found) > 1 else _sentence(error))
    return taken, refused


@router.post("/incidents/import")
def take(request: Request, signed: Lead, values: Fields) -> Response:
    """The text is a FACTS.toml, our JSON, or a Statuspage's."""
    deps = deps_of(request)
    brand = deps.settings.brand
    into = number_of(values["into"]) if values.get("into") else None
    try:
        found = exchange.read(values.get("text", ""), brand=brand, one=into is not None)
    except InputError as error:
        return _page(request, signed, values, [_sentence(error)])
    taken, refused = _take_each(deps, found, signed, into)
    if not taken:
        return _page(request, signed, values, refused)
    if left := refused + [heard(word) for one in taken if one.done == "left" for word in one.words]:
        return _page(request, signed, {"into": values.get("into", "")}, left=left)
    place = f"/incidents/{taken[0].id}" if len(taken) == 1 else "/incidents"
    return RedirectResponse(place, status_code=303)
