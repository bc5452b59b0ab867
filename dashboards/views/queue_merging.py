"""Two cases of one customer: finding the other one, making them one, taking that back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse

from core.store import case_merges
from core.store.cases import CaseRow
from dashboards import wording
from dashboards.auth import Approver, deps_of
from dashboards.pages import fragment
from dashboards.queue_list import MOST
from dashboards.views.queue import Id, draft_of
from responder import merging

router = APIRouter()
OFFERED = 6  # cases that may be of the same customer


class Other(BaseModel):
    case: Annotated[int, Field(ge=1, lt=MOST)]


@router.get("/queue/{draft_id}/same")
def same(
    request: Request, _signed: Approver, draft_id: Id, q: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """The cases that may be of the customer of a draft; with ``q`` those that hold its words."""
    deps = deps_of(request)
    with deps.store.read() as db:
        case = db.get(CaseRow, draft_of(db, draft_id).mention.case_id)
        found = case_merges.candidates(db, case, q, now=deps.clock(), limit=OFFERED) if case else []
    searched, most = bool(q.strip()), case_merges.SAID_LAST
    return fragment(request, "_same.html", found=found, searched=searched, most=most, wording=wording)


@router.post("/queue/{draft_id}/merge")
def merge(request: Request, signed: Approver, draft_id: Id, body: Other) -> JSONResponse:
    """``draft``: the reply that answers both now, or None."""
    deps = deps_of(request)
    done = merging.merge(deps.store, draft_id=draft_id, case_id=body.case, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"merge": done.merge_id, "draft": done.draft_id})


@router.post("/queue/merges/{merge_id}/undo")
def undo(request: Request, signed: Approver, merge_id: Id) -> JSONResponse:
    deps = deps_of(request)
    merging.undo(deps.store, merge_id=merge_id, actor=signed.actor(), clock=deps.clock)
    return JSONResponse({"merge": merge_id})
