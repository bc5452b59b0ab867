"""Posts that want an answer and may not get one from here: open them on the platform, and say when that is done."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.store import Session, watched
from core.store.mentions import MentionRow
from dashboards import wording
from dashboards.auth import Approver, Lead, Viewer, deps_of
from dashboards.forms import Fields
from dashboards.languages import _
from dashboards.pages import page
from responder import by_hand
from responder.freshness import may_answer
from responder.policy import worth_reply

router = APIRouter()
Id = Annotated[int, Path(ge=1, lt=2**31)]
BACK = timedelta(days=7)  # nobody is glad of an answer after a week
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Watched:
    mention: MentionRow
    why: str  # no reply goes out from here
    opted_out: bool


@router.get("/queue/watched")
def show(request: Request, signed: Viewer) -> HTMLResponse:
    deps = deps_of(request)
    with deps.store.read() as db:
        found = watched.since(db, deps.settings.brand.name, deps.clock() - BACK)
        rows = [_row(db, mention) for mention in found if _wants_answer(mention)]
    return page(
        request, "watched.html", signed, title=_("Watched"), rows=rows[:SHOWN], more=max(0, len(rows) - SHOWN),
        wording=wording, may_decide=signed.can("approver"), may_resume=signed.can("lead"),
    )  # fmt: skip


def _wants_answer(mention: MentionRow) -> bool:
    return mention.reading is not None and worth_reply(mention.reading.value())


def _row(db: Session, mention: MentionRow) -> Watched:
    allowed, why = may_answer(db, mention)
    opted_out = not allowed and watched.opted_out(db, mention)
    return Watched(mention, "" if allowed else why, opted_out)


@router.post("/mentions/{mention_id}/answered")
def answered(request: Request, signed: Approver, mention_id: Id) -> Response:
    deps = deps_of(request)
    by_hand.answered(deps.store, mention_id=mention_id, actor=signed.actor(), clock=deps.clock)
    return RedirectResponse("/queue/watched", status_code=303)


@router.post("/mentions/{mention_id}/resume")
def resume(request: Request, signed: Lead, mention_id: Id, fields: Fields) -> Response:
    """Lifts the stop of this post's author."""
    deps = deps_of(request)
    by_hand.resume(
        deps.store, mention_id=mention_id, reason=fields.get("reason", ""), actor=signed.actor(), clock=deps.clock
    )
    return RedirectResponse("/queue/watched", status_code=303)
