"""The decisions on one draft: check, edit, approve, undo, reject; and what a person says of a delivery."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, RedirectResponse

from core.domain import Level
from dashboards import wording
from dashboards.auth import Approver, deps_of
from dashboards.forms import Fields
from dashboards.heard import heard
from dashboards.preview import stretches
from dashboards.views.queue import Id, Version, draft_of
from responder import approval, looking_back
from responder.lengths import measure

router = APIRouter()


class Seen(BaseModel):
    """What the decider had before them."""

    version: Version
    text: str = Field(max_length=20_000)


class Rejection(BaseModel):
    version: Version
    reason: str = Field(max_length=500)


class Text(BaseModel):
    text: str = Field(max_length=20_000)


class Settled(BaseModel):
    sent: bool


@router.post("/queue/{draft_id}/check")
def check(request: Request, _signed: Approver, draft_id: Id, body: Text) -> JSONResponse:
    """What the gate and the platform's own counting say of a text that is being typed."""
    deps = deps_of(request)
    with deps.store.read() as db:
        draft = draft_of(db, draft_id)
        candidate = approval.candidate_of(db, draft, body.text, deps.settings.brand)
    length = measure(candidate.platform, body.text, bounds=candidate.bounds)
    found = deps.inspect(candidate)
    findings = [
        {
            "level": finding.level.value,
            "message": heard(finding.message),
            "words": body.text[finding.start : finding.end][:80],
        }
        for finding in found
    ]
    pieces = stretches(candidate.platform, body.text, found, bounds=candidate.bounds)
    way = deps.route(candidate.platform)
    blocked = any(finding["level"] == Level.BLOCK.value for finding in findings)
    return JSONResponse(
        {
            "length": length.length,
            "limit": length.limit,
            "valid": length.valid,
            "blocked": blocked,
            "findings": findings,
            "pieces": [asdict(piece) for piece in pieces],
            "where": wording.appears(candidate.platform, way.account if way else ""),
        }
    )


@router.post("/queue/{draft_id}/edit")
def edit(request: Request, signed: Approver, draft_id: Id, body: Seen) -> JSONResponse:
    deps = deps_of(request)
    draft = approval.edit(
        deps.store, draft_id=draft_id, version=body.version, text=body.text, actor=signed.actor(),
        brand=deps.settings.brand, inspect=deps.inspect, clock=deps.clock,
    )  # fmt: skip
    return JSONResponse({"draft": draft.id, "version": draft.version, "passed": draft.passed})


@router.post("/queue/{draft_id}/approve")
def approve(request: Request, signed: Approver, draft_id: Id, body: Seen) -> JSONResponse:
    deps = deps_of(request)
    delivery = approval.approve(
        deps.store, draft_id=draft_id, version=body.version, text=body.text, actor=signed.actor(),
        route=deps.route, responder=deps.settings.responder, clock=deps.clock,
    )  # fmt: skip
    if delivery is None:
        return JSONResponse({"draft": draft_id, "agreed": True})
    return JSONResponse(
        {"draft": draft_id, "delivery": delivery.id, "undo_seconds": deps.settings.responder.undo_seconds}
    )


@router.post("/queue/{draft_id}/undo")
def undo(request: Request, signed: Approver, draft_id: Id) -> JSONResponse:
    deps = deps_of(request)
    draft = approval.undo(deps.store, draft_id=draft_id, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"draft": draft.id, "version": draft.version})


@router.post("/queue/{draft_id}/reject")
def reject(request: Request, signed: Approver, draft_id: Id, body: Rejection) -> JSONResponse:
    deps = deps_of(request)
    approval.reject(
        deps.store, draft_id=draft_id, version=body.version, reason=body.reason, actor=signed.actor(), clock=deps.clock
    )
    return JSONResponse({"draft": draft_id})


@router.post("/deliveries/{delivery_id}/settle")
def settle(request: Request, signed: Approver, delivery_id: Id, body: Settled) -> JSONResponse:
    """Somebody looked at the platform and says what became of a delivery nobody could tell about."""
    deps = deps_of(request)
    approval.settle(deps.store, delivery_id=delivery_id, sent=body.sent, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"delivery": delivery_id})


@router.post("/deliveries/{delivery_id}/take-down")
def take_down(request: Request, signed: Approver, delivery_id: Id, fields: Fields) -> RedirectResponse:
    """Deletes our reply from the platform."""
    deps = deps_of(request)
    looking_back.take_down(
        deps.store, deps.publishers(), delivery_id=delivery_id, reason=fields.get("reason", ""),
        actor=signed.actor(), clock=deps.clock,
    )  # fmt: skip
    return RedirectResponse("/queue/sent", status_code=303)


@router.post("/deliveries/{delivery_id}/write-anew")
def write_anew(request: Request, signed: Approver, delivery_id: Id, _fields: Fields) -> RedirectResponse:
    """Opens what was taken down in the queue again, to be corrected."""
    deps = deps_of(request)
    draft_id = looking_back.write_anew(deps.store, delivery_id=delivery_id, actor=signed.actor(), clock=deps.clock)
    return RedirectResponse(f"/queue?draft={draft_id}", status_code=303)
