"""What a colleague does around the case of a draft: take it, hand it over, put it off, hand it up, leave a note."""

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from core.errors import InputError
from dashboards import spoken
from dashboards.auth import Approver, deps_of
from dashboards.deps import Deps
from dashboards.forms import Form
from dashboards.languages import _
from dashboards.queue_list import MOST
from dashboards.views.queue import Id
from responder import desk

router = APIRouter()
MORNING = time(9)  # when "tomorrow" begins
User = Annotated[int, Field(ge=1, lt=MOST)]


class Hand(BaseModel):
    """``to``: who gets it, None for nobody. ``seen``: who had it on the page."""

    to: User | None
    seen: User | None


class Until(BaseModel):
    """A number of minutes, ``tomorrow``, ``writes`` (the customer does), ``now``, or a time of the brand's zone."""

    until: str = Field(max_length=40)


class Words(BaseModel):
    text: str = Field(max_length=20_000)


@router.post("/queue/{draft_id}/assign")
def assign(request: Request, signed: Approver, draft_id: Id, body: Hand) -> JSONResponse:
    deps = deps_of(request)
    owner = desk.assign(
        deps.store, draft_id=draft_id, to=body.to, seen=body.seen, actor=signed.actor(), clock=deps.clock
    )
    return JSONResponse({"owner": owner.id, "name": owner.name})


@router.post("/queue/{draft_id}/snooze")
def snooze(request: Request, signed: Approver, draft_id: Id, body: Until) -> JSONResponse:
    deps = deps_of(request)
    if body.until == "now":
        desk.wake(deps.store, draft_id=draft_id, actor=signed.actor(), clock=deps.clock)
        return JSONResponse({"until": None})
    until = _moment(deps, body.until)
    desk.snooze(deps.store, draft_id=draft_id, until=until, actor=signed.actor(), clock=deps.clock)
    zone = deps.settings.brand.zone()
    return JSONResponse(
        {"until": spoken.dated(until.astimezone(zone), "%a %d %b, %H:%M %Z") if until else _("they write again")}
    )


def _moment(deps: Deps, wanted: str) -> datetime | None:
    """When a case shall come back; None: when its customer writes."""
    now, zone = deps.clock(), deps.settings.brand.zone()
    if wanted == "writes":
        return None
    if wanted == "tomorrow":
        return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), MORNING, tzinfo=zone)
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 7:
        return now + timedelta(minutes=int(wanted))
    form = Form({"until": wanted}, zone)
    at = form.moment("until", now=now, past=False)
    if at is None:
        raise InputError(form.errors.get("until", _("choose until when this is snoozed")))
    return at


@router.post("/queue/{draft_id}/escalate")
def escalate(request: Request, signed: Approver, draft_id: Id, body: Words) -> JSONResponse:
    deps = deps_of(request)
    desk.escalate(deps.store, draft_id=draft_id, reason=body.text, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"draft": draft_id})


@router.post("/queue/{draft_id}/hand-back")
def hand_back(request: Request, signed: Approver, draft_id: Id) -> JSONResponse:
    deps = deps_of(request)
    desk.hand_back(deps.store, draft_id=draft_id, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"draft": draft_id})


@router.post("/queue/{draft_id}/notes")
def note(request: Request, signed: Approver, draft_id: Id, body: Words) -> JSONResponse:
    deps = deps_of(request)
    made = desk.note(deps.store, draft_id=draft_id, text=body.text, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"note": made})
