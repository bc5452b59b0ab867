"""Similar waiting replies side by side: every text shown, each left out or edited, the rest approved at once."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse

from dashboards import wording
from dashboards.auth import Approver, Viewer, deps_of
from dashboards.heard import heard
from dashboards.languages import _
from dashboards.pages import fragment, page
from dashboards.pane import item_of
from dashboards.queue_list import MOST
from dashboards.views.queue import Id, Version, draft_of
from responder import batch
from responder.batch import Chosen, Outcome

router = APIRouter()
Number = Annotated[int, Field(ge=1, lt=MOST)]


class Seen(BaseModel):
    draft: Number
    version: Version
    text: str = Field(max_length=20_000)


class Batch(BaseModel):
    chosen: list[Seen] = Field(min_length=1, max_length=batch.MOST)


class Taken(BaseModel):
    drafts: list[Number] = Field(min_length=1, max_length=batch.MOST)


@router.get("/queue/batch")
def show(request: Request, signed: Viewer, draft: Annotated[int, Query(ge=1, lt=MOST)]) -> HTMLResponse:
    """The replies like one, and itself."""
    deps = deps_of(request)
    with deps.store.read() as db:
        seed = draft_of(db, draft)
        found = batch.like(db, seed, me=signed.id, now=deps.clock())
        items = [item_of(request, db, each, signed, alone=False) for each in found]
    return page(
        request, "batch.html", signed, title=_("Similar replies"), items=items, seed=seed, wording=wording,
        undo_seconds=deps.settings.responder.undo_seconds, may_decide=signed.can("approver"),
    )  # fmt: skip


@router.get("/queue/{draft_id}/card")
def card(request: Request, signed: Viewer, draft_id: Id) -> HTMLResponse:
    """One reply of a batch as it is now."""
    with deps_of(request).store.read() as db:
        item = item_of(request, db, draft_of(db, draft_id), signed, alone=False)
    return fragment(request, "_card.html", item=item, wording=wording)


@router.post("/queue/batch/approve")
def approve(request: Request, signed: Approver, body: Batch) -> JSONResponse:
    deps = deps_of(request)
    chosen = [Chosen(each.draft, each.version, each.text) for each in body.chosen]
    done = batch.approve_all(
        deps.store, chosen=chosen, actor=signed.actor(), route=deps.route, responder=deps.settings.responder,
        clock=deps.clock,
    )  # fmt: skip
    return JSONResponse({"outcomes": list(map(_plain, done)), "undo_seconds": deps.settings.responder.undo_seconds})


@router.post("/queue/batch/undo")
def undo(request: Request, signed: Approver, body: Taken) -> JSONResponse:
    deps = deps_of(request)
    done = batch.undo_all(deps.store, draft_ids=body.drafts, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"outcomes": list(map(_plain, done))})


def _plain(outcome: Outcome) -> dict[str, object]:
    return {"draft": outcome.draft_id, "agreed": outcome.agreed, "problem": heard(outcome.problem)}
