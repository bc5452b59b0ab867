"""The list of the queue for our own scripts: its order, rows of it, the counts of its views, filters under a name."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse

from core.errors import InputError
from core.store import lines, saved, waiting
from core.store.drafts import DraftRow
from core.store.queue import place_of
from core.store.saved import FilterRow
from core.store.waiting import View
from dashboards import wording
from dashboards.auth import Signed, Viewer, deps_of
from dashboards.languages import _
from dashboards.pages import fragment
from dashboards.queue_list import AT_ONCE, MOST, PAGE, Counting, Wish, listed, place_in, place_text

router = APIRouter()
Wanted = Annotated[Wish, Depends()]
Ids = Annotated[str, Query(pattern=r"^[0-9]{1,10}(,[0-9]{1,10}){0,199}$")]


class Named(BaseModel):
    """``query``: as the address of the queue has it."""

    name: str = Field(max_length=60)
    query: str = Field(max_length=500)
    shared: bool = False


@router.get("/queue/list")
def rows(request: Request, signed: Viewer, wish: Wanted, after: str = "") -> HTMLResponse:
    """The rows behind the place ``after`` ("" for the first ones), and in the last element where to go on."""
    deps, now = deps_of(request), deps_of(request).clock()
    with deps.store.read() as db:
        found = lines.of(db, waiting.ids(db, wish.asked(signed.id, now), after=place_in(after), limit=PAGE))
    more = place_text(found[-1].place) if len(found) == PAGE else ""
    shown = listed(found, signed, now, view=wish.view)
    return fragment(request, "_rows.html", rows=shown, more=more, item=None, wording=wording)


@router.get("/queue/order")
def order(request: Request, signed: Viewer, wish: Wanted, after: str = "") -> JSONResponse:
    """The ids of what is asked for in the queue's order, a stretch at a time; ``next`` is the place to go on from.

    The first stretch also tells how many there are in ``total``: -1 for a search that goes on, not to make it twice.
    """
    deps, place = deps_of(request), place_in(after)
    with deps.store.read() as db:
        asked = wish.asked(signed.id, deps.clock())
        found = waiting.ids(db, asked, after=place, limit=AT_ONCE)
        last = db.get(DraftRow, found[-1]) if len(found) == AT_ONCE else None
        told: dict[str, object] = {"ids": found, "next": place_text(place_of(last)) if last else ""}
        if not after:
            told["total"] = len(found) if last is None else -1 if wish.q.strip() else waiting.count(db, asked)
    return JSONResponse(told)


@router.get("/queue/rows")
def some(request: Request, signed: Viewer, ids: Ids, view: View = View.ALL) -> HTMLResponse:
    """These rows, in this order, also of drafts that wait no more."""
    deps = deps_of(request)
    with deps.store.read() as db:
        shown = listed(lines.of(db, _numbers(ids)), signed, deps.clock(), view=view)
    return fragment(request, "_rows.html", rows=shown, more="", item=None, wording=wording)


@router.get("/queue/among")
def among(request: Request, signed: Viewer, wish: Wanted, ids: Ids) -> JSONResponse:
    """Which of these drafts belong to what is asked for, now."""
    deps = deps_of(request)
    with deps.store.read() as db:
        return JSONResponse({"ids": waiting.among(db, wish.asked(signed.id, deps.clock()), _numbers(ids))})


def _numbers(ids: str) -> list[int]:
    return [number for number in map(int, ids.split(",")) if 0 < number < MOST]


@router.get("/queue/views")
def views(request: Request, signed: Viewer) -> JSONResponse:
    """How many there are in each view, as this person sees it."""
    counting: Counting = request.app.state.counting
    return JSONResponse(counting.now(deps_of(request).clock()).of(signed.id))


# --- filters under a name --------------------------------------------------------------------------------------


@router.post("/queue/filters")
def keep(request: Request, signed: Viewer, body: Named) -> JSONResponse:
    """Keeps a filter; one of the same name is replaced."""
    deps, name = deps_of(request), " ".join(body.name.split())
    if not name or any("\ud800" <= letter <= "\udfff" or letter == "\x00" for letter in name + body.query):
        raise InputError(_("give these filters a name"))
    with deps.store.begin() as db:
        row = saved.of_name(db, signed.id, name) or FilterRow(user_id=signed.id, name=name, made_at=deps.clock())
        row.query, row.shared = body.query.removeprefix("?"), body.shared
        db.add(row)
        db.flush()
        return JSONResponse({"id": row.id, "name": row.name})


@router.post("/queue/filters/{filter_id}/delete")
def forget(request: Request, signed: Viewer, filter_id: int) -> JSONResponse:
    """Deletes one's own; a shared one of somebody else a lead may delete too."""
    with deps_of(request).store.begin() as db:
        row = saved.by_id(db, filter_id) if 0 < filter_id < MOST else None
        if row is None or not _may_delete(row, signed):
            raise HTTPException(404, _("There is no such filter of yours."))
        db.delete(row)
    return JSONResponse({"id": filter_id})


def _may_delete(row: FilterRow, signed: Signed) -> bool:
    return row.user_id == signed.id or (row.shared and signed.can("lead"))
