"""What approvers' edits propose for the playbook, and what a lead made of it."""

import hashlib
from functools import cache

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict, InputError, Refused
from core.store import wordings as rows
from dashboards.auth import Lead, Signed, Viewer, deps_of
from dashboards.forms import Fields, Form
from dashboards.heard import heard
from dashboards.languages import _
from dashboards.pages import page
from dashboards.wording import LANGUAGES
from incidents.journey import of_brand
from incidents.journey_edits import LivingMap
from responder import wordings
from responder.learning import OFTEN, PEOPLE, Proposal

router = APIRouter()
PAST = 50  # decisions shown
_file = cache(of_brand)


@router.get("/playbook")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed)


def _page(
    request: Request, signed: Signed, *, faulty: str = "", fault: str = "", typed: str = "", status: int = 200
) -> Response:  # fmt: skip
    deps = deps_of(request)
    brand = deps.settings.brand.name
    found = wordings.open_proposals(deps.store, brand=brand, clock=deps.clock)
    with deps.store.read() as db:
        decisions = rows.decisions(db, brand)[:PAST]
        in_force = {row.id for row in rows.in_force(db, brand)}
    return page(
        request,
        "playbook.html",
        signed,
        title=_("Playbook"),
        status=status,
        proposals=[(_mark(each), each) for each in found],
        decisions=decisions,
        in_force=in_force,
        languages=LANGUAGES,
        often=OFTEN,
        people=PEOPLE,
        may_change=signed.can("lead"),
        faulty=faulty,
        fault=fault,
        typed=typed,
    )


def _mark(proposal: Proposal) -> str:
    """The same proposal has the same mark, whatever else was proposed meanwhile."""
    place = f"{proposal.language} {proposal.line}\n{proposal.before}\n{proposal.after}"
    return hashlib.sha256(place.encode()).hexdigest()[:16]


@router.post("/playbook/{mark}/take")
def take(request: Request, signed: Lead, mark: str, values: Fields) -> Response:
    """Takes a proposal over, as it is or in the lead's own words."""
    deps = deps_of(request)
    brand, after = deps.settings.brand, Form(values, deps.settings.brand.zone()).text("after")
    proposal = _proposal(request, mark)
    journey = LivingMap(deps.store, brand.name, _file(brand.journey))
    try:
        wordings.take_over(
            deps.store, brand=brand.name, proposal=proposal, after=after, plans=journey.plan, inspect=deps.inspect,
            languages=brand.languages, actor=wordings.Lead(signed.name, signed.role), clock=deps.clock,
        )  # fmt: skip
    except Conflict as error:
        return _page(request, signed, faulty=mark, fault=_sentence(error), typed=after, status=409)
    except (InputError, Refused) as error:
        return _page(request, signed, faulty=mark, fault=_sentence(error), typed=after, status=422)
    return RedirectResponse("/playbook", status_code=303)


@router.post("/playbook/{mark}/reject")
def reject(request: Request, signed: Lead, mark: str, _values: Fields) -> Response:
    deps = deps_of(request)
    wordings.reject(
        deps.store, brand=deps.settings.brand.name, proposal=_proposal(request, mark),
        actor=wordings.Lead(signed.name, signed.role), clock=deps.clock,
    )  # fmt: skip
    return RedirectResponse("/playbook", status_code=303)


@router.post("/playbook/{number}/take-back")
def take_back(request: Request, signed: Lead, number: str, _values: Fields) -> Response:
    """The phrasing before holds again."""
    deps = deps_of(request)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise HTTPException(404)
    wordings.take_back(
        deps.store, brand=deps.settings.brand.name, number=int(number),
        actor=wordings.Lead(signed.name, signed.role), clock=deps.clock,
    )  # fmt: skip
    return RedirectResponse("/playbook", status_code=303)


def _proposal(request: Request, mark: str) -> Proposal:
    deps = deps_of(request)
    found = wordings.open_proposals(deps.store, brand=deps.settings.brand.name, clock=deps.clock)
    proposal = next((each for each in found if _mark(each) == mark), None)
    if proposal is None:
        raise Conflict("this is not proposed any more: somebody decided about it, or the edits it rested on are gone")
    return proposal


def _sentence(error: Exception) -> str:
    text = heard(str(error))
    return _("Nothing was changed: %(why)s", why=text) + ("" if text.endswith((".", "”)")) else ".")
