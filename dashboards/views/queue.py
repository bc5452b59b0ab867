"""The approval queue: its page, the reading pane, what was sent, and how a post was read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from core.domain import BadLabelError, Labels
from core.errors import InputError
from core.store import Session, corrections, drafts, lines, listings, queue, saved, waiting
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from dashboards import wording
from dashboards.auth import Approver, Signed, Viewer, deps_of
from dashboards.languages import _, later
from dashboards.pages import fragment, page
from dashboards.pane import earlier_of, item_of
from dashboards.queue_list import MOST, PAGE, VIEWS, Counting, Wish, languages, listed, place_text, stages, waits
from responder.looking_back import can_write_anew
from responder.relabel import labels_of, relabel

router = APIRouter()
Id = Annotated[int, Path(ge=1, lt=MOST)]
Version = Annotated[int, Field(ge=0, lt=MOST)]
INCIDENTS = 20  # newest ones to narrow the list to
REASONS = (later("Already answered"), later("Not for us to answer"), later("Wrong facts"), later("Wrong tone"))


class Relabelling(BaseModel):
    """Labels as ``Labels.parse`` takes them; ``seen``: the correction that stood on the page, 0 for none."""

    seen: Version
    labels: dict[str, Any]


@router.get("/")
def start(_signed: Viewer) -> RedirectResponse:
    return RedirectResponse("/queue", status_code=303)


@router.get("/queue")
def show(
    request: Request,
    signed: Viewer,
    wish: Annotated[Wish, Depends()],
    draft: Annotated[int | None, Query(ge=1, lt=MOST)] = None,
) -> HTMLResponse:
    deps, now = deps_of(request), deps_of(request).clock()
    counting: Counting = request.app.state.counting
    with deps.store.read() as db:
        rows = lines.of(db, waiting.ids(db, wish.asked(signed.id, now), limit=PAGE))
        chosen = drafts.whole(db, draft) if draft else None
        chosen = chosen or (drafts.whole(db, rows[0].id) if rows else None)
        shown: dict[str, Any] = {
            "rows": listed(rows, signed, now, view=wish.view),
            "item": item_of(request, db, chosen, signed) if chosen else None,
            "last": queue.last_approval(db),
            "incident_choices": [
                (row.id, row.title) for row in listings.newest_incidents(db, deps.settings.brand.name, limit=INCIDENTS)
            ],
            "saved": saved.seen_by(db, signed.id),
            "problems": waiting.count_unknown(db),
        }
    return page(
        request, "queue.html", signed, title=_("Queue"), wish=wish, views=VIEWS,
        more=place_text(rows[-1].place) if len(rows) == PAGE else "", counts=counting.now(now).of(signed.id),
        opened=draft is not None, wording=wording, reasons=REASONS,
        longer=waits(), stage_choices=stages(), languages=languages(deps.settings.brand.languages), **shown,
    )  # fmt: skip


@router.get("/queue/sent")
def sent(request: Request, signed: Viewer) -> HTMLResponse:
    return page(request, "sent.html", signed, title=_("Sent"), **_sent(request, signed))


@router.get("/queue/sent/rows")
def sent_rows(request: Request, signed: Viewer) -> HTMLResponse:
    return fragment(request, "_sent.html", **_sent(request, signed))


def _sent(request: Request, signed: Signed) -> dict[str, Any]:
    with deps_of(request).store.read() as db:
        found = queue.recent_deliveries(db)
        anew = {each.delivery.id for each in found if can_write_anew(db, each.delivery, each.draft)}
    return {
        "sendings": found,
        "anew": anew,
        "wording": wording,
        "may_decide": signed.can("approver"),
        "csrf": signed.csrf,
        "now": deps_of(request).clock(),
    }


@router.get("/queue/{draft_id}/pane")
def pane(request: Request, signed: Viewer, draft_id: Id) -> HTMLResponse:
    with deps_of(request).store.read() as db:
        item = item_of(request, db, draft_of(db, draft_id), signed)
    return fragment(request, "_pane.html", item=item, wording=wording, reasons=REASONS)


@router.get("/queue/{draft_id}/earlier")
def earlier(
    request: Request, _signed: Viewer, draft_id: Id, before: Annotated[int, Query(ge=1, lt=MOST)]
) -> HTMLResponse:
    """What was said in the draft's case before the post ``before``, as far as it is shown at once."""
    with deps_of(request).store.read() as db:
        draft, post = draft_of(db, draft_id), db.get(MentionRow, before)
        if post is None or post.case_id is None or post.case_id != draft.mention.case_id:
            raise HTTPException(404, _("This post is not part of the case any more. Open the reply again."))
        found = earlier_of(request, db, draft, post)
    return fragment(request, "_earlier.html", earlier=found)


def draft_of(db: Session, draft_id: int) -> DraftRow:
    draft = drafts.whole(db, draft_id)
    if draft is None:
        raise HTTPException(404, _("There is no such draft."))
    return draft


@router.get("/queue/{draft_id}/why")
def why(request: Request, _signed: Viewer, draft_id: Id) -> HTMLResponse:
    """The post with the words marked that moved its reading, asked of the model in use now."""
    deps = deps_of(request)
    with deps.store.read() as db:
        mention = draft_of(db, draft_id).mention
    text, language = mention.text, mention.reading.language if mention.reading else "und"
    if deps.why is None:
        raise HTTPException(404, _("This model cannot tell which words moved it."))
    found = deps.why(text, language)
    told: dict[str, list[str]] = {}
    for each in found:
        told.setdefault(wording.reason_of(each), []).extend(text[start:end] for start, end in each.spans)
    return fragment(request, "_why.html", pieces=wording.marked(text, found), reasons=list(told.items()))


@router.get("/queue/{draft_id}/labels")
def labels(request: Request, _signed: Approver, draft_id: Id) -> HTMLResponse:
    """The dialog in which a reading is put right."""
    deps = deps_of(request)
    with deps.store.read() as db:
        mention = draft_of(db, draft_id).mention
        last, plain = corrections.newest_of(db, mention.id), labels_of(mention).plain()
    choices = wording.choices(deps.settings.brand.languages, plain["language"])
    return fragment(
        request, "_labels.html", mention=mention, labels=plain, choices=choices, seen=last.id if last else 0
    )  # fmt: skip


@router.post("/mentions/{mention_id}/reading")
def correct(request: Request, signed: Approver, mention_id: Id, body: Relabelling) -> JSONResponse:
    """Puts a person's labels in the place of the reading."""
    deps = deps_of(request)
    try:
        wanted = Labels.parse(body.labels)
    except BadLabelError as error:
        raise InputError(str(error)) from None
    done = relabel(
        deps.store, mention_id=mention_id, seen=body.seen, labels=wanted, actor=signed.actor(), clock=deps.clock
    )
    changed = done.before != done.after
    return JSONResponse(
        {
            "correction": done.correction if changed else None,
            "before": done.before.plain(),
            "after": done.after.plain(),
            "redrawn": done.redrawn,
        }
    )
