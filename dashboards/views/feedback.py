"""Feedback: what departments should hear, and what came of it."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict, InputError
from core.store import feedback as rows
from dashboards.auth import Approver, Signed, Viewer, deps_of
from dashboards.forms import Fields, Form
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.wording import gone, platform
from incidents import feedback

router = APIRouter()
KINDS = {"suggestion": later("Suggestion"), "praise": later("Praise"), "complaint": later("Complaint")}
REPLIES = {
    "none": later("The customer was not told."),
    "due": later("A reply to the customer is being drafted."),
    "drafted": later("A reply to the customer was drafted for the queue."),
    "by hand": later("We may not write to the customer through the platform; a person can, on the post itself."),
}


@router.get("/feedback")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed)


def _page(
    request: Request, signed: Signed, *, item: int = 0, fault: str = "", values: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    deps = deps_of(request)
    brand, departments = deps.settings.brand.name, deps.settings.feedback.departments
    chosen = request.query_params.get("department")
    closed = request.query_params.get("show") == "closed"
    with deps.store.read() as db:
        found = rows.listed(db, brand, status="closed" if closed else "open", department=chosen)
        counts = rows.counts(db, brand)
    names = [*departments, *(name for name in counts if name and name not in departments)]
    return page(
        request,
        "feedback.html",
        signed,
        title=_("Feedback"),
        status=status,
        items=found,
        closed=closed,
        chosen=chosen,
        names=names,
        counts=counts,
        departments=departments,
        kinds=KINDS,
        replies=REPLIES,
        platform=platform,
        gone=gone,
        faulty=item,
        fault=fault,
        values=values or {},
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise HTTPException(404)
    return int(text)


@router.post("/feedback/{item_id}/close")
def close(request: Request, signed: Approver, item_id: str, values: Fields) -> Response:
    deps, number = deps_of(request), _number(item_id)
    form = Form(values, deps.settings.brand.zone())
    try:
        feedback.close(
            deps.store, brand=deps.settings.brand.name, item_id=number, result=form.text("result"),
            tell=form.text("tell") == "yes", actor=signed.name, actor_id=signed.id, clock=deps.clock,
        )  # fmt: skip
    except InputError as error:
        said = heard(str(error).removeprefix("result: "))
        return _page(request, signed, item=number, fault=f"{said[:1].upper()}{said[1:]}.", values=values, status=422)
    except Conflict:
        raise HTTPException(409, _("Somebody closed this meanwhile. Look at it under Closed.")) from None
    return RedirectResponse("/feedback", status_code=303)


@router.post("/feedback/{item_id}/assign")
def assign(request: Request, signed: Approver, item_id: str, values: Fields) -> Response:
    deps, settings = deps_of(request), deps_of(request).settings
    form = Form(values, settings.brand.zone())
    try:
        feedback.assign(
            deps.store, brand=settings.brand.name, item_id=_number(item_id), department=form.text("department"),
            departments=settings.feedback.departments, actor=signed.name, clock=deps.clock,
        )  # fmt: skip
    except InputError as error:
        raise HTTPException(422, f"{heard(str(error))}.") from None
    except Conflict:
        raise HTTPException(409, _("Somebody closed this meanwhile. Look at it under Closed.")) from None
    return RedirectResponse("/feedback", status_code=303)
