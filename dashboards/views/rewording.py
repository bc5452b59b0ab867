"""What an approver may ask of the playbook: another wording of a reply, and its sentences while writing one."""

from dataclasses import asdict
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from dashboards import wording
from dashboards.auth import Approver, deps_of
from dashboards.deps import Deps
from dashboards.heard import heard
from dashboards.preview import stretches
from dashboards.views.queue import Id, Version, draft_of
from incidents.journey import of_brand
from incidents.journey_edits import LivingMap
from responder import rewording
from responder.bounds import bounds_of
from responder.lengths import measure
from responder.rewording import Rewording
from responder.writers.alternatives import Wish

router = APIRouter()
_file = cache(of_brand)


class Taken(BaseModel):
    """The wording as it was shown, and the draft it was shown beside."""

    version: Version
    wish: Wish
    text: str = Field(max_length=20_000)


def _wired(deps: Deps) -> Rewording:
    brand = deps.settings.brand
    return Rewording(
        store=deps.store,
        brand=brand,
        plans=LivingMap(deps.store, brand.name, _file(brand.journey)),
        inspect=deps.inspect,
        clock=deps.clock,
        agent=deps.settings.responder.agent,
    )


@router.get("/queue/{draft_id}/wording")
def other(request: Request, _signed: Approver, draft_id: Id, wish: Annotated[Wish, Query()]) -> JSONResponse:
    """Another wording of a draft, to be shown beside it."""
    deps = deps_of(request)
    offered = rewording.offer(_wired(deps), draft_id=draft_id, wish=wish)
    with deps.store.read() as db:
        platform = draft_of(db, draft_id).mention.platform
        bounds = bounds_of(db, platform)
    length = measure(platform, offered.written.text, bounds=bounds)
    told: dict[str, Any] = {
        "wish": wish.value,
        "version": offered.version,
        "text": offered.written.text,
        "length": length.length,
        "limit": length.limit,
        "pieces": [asdict(each) for each in stretches(platform, offered.written.text, offered.findings, bounds=bounds)],
        "findings": [
            {"level": each.level.value, "message": heard(each.message), "words": ""} for each in offered.findings
        ],
    }
    return JSONResponse(told)


@router.post("/queue/{draft_id}/wording")
def take(request: Request, signed: Approver, draft_id: Id, body: Taken) -> JSONResponse:
    draft = rewording.take(
        _wired(deps_of(request)), draft_id=draft_id, version=body.version, wish=body.wish, text=body.text,
        actor=signed.actor(),
    )  # fmt: skip
    return JSONResponse({"draft": draft.id, "version": draft.version, "passed": draft.passed})


@router.get("/queue/{draft_id}/sentences")
def sentences(request: Request, _signed: Approver, draft_id: Id) -> JSONResponse:
    """The playbook's sentences that are true for this customer, the moves of their cell first."""
    found = rewording.sentences(_wired(deps_of(request)), draft_id=draft_id)
    plain = [{"move": wording.plain(each.move.value), "text": each.text, "planned": each.planned} for each in found]
    return JSONResponse({"sentences": plain})
