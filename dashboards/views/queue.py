"""The approval queue: list and reading pane, and the decisions on one draft."""

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from core.domain import BadLabelError, Labels, Level, sha256
from core.errors import InputError
from core.store import Session, agreements, corrections, mentions, queue
from core.store.drafts import DraftRow
from core.store.queue import Place
from dashboards import wording
from dashboards.auth import Approver, Signed, Viewer, deps_of
from dashboards.forms import Fields
from dashboards.pages import fragment, page
from responder import approval, four_eyes, looking_back
from responder.freshness import may_answer, why_stale
from responder.lengths import measure
from responder.relabel import labels_of, relabel

router = APIRouter()
_PLACE = re.compile(r"(-?\d{1,9})~((?:19|20)\d\d-[\d:.T+-]{6,40})~(\d{1,9})", re.ASCII)
MOST = 2**31  # ids are 32-bit integers on PostgreSQL
Id = Annotated[int, Path(ge=1, lt=MOST)]
Version = Annotated[int, Field(ge=0, lt=MOST)]
PAGE = 50  # rows of the list loaded at a time
REASONS = ("Already answered", "Not for us to answer", "Wrong facts", "Wrong tone")


class Seen(BaseModel):
    """What the decider had before them."""

    version: Version
    text: str = Field(max_length=20_000)


class Rejection(BaseModel):
    version: Version
    reason: str = Field(max_length=500)


class Text(BaseModel):
    text: str = Field(max_length=20_000)


class Relabelling(BaseModel):
    """Labels as ``Labels.parse`` takes them; ``seen``: the correction that stood on the page, 0 for none."""

    seen: Version
    labels: dict[str, Any]


class Settled(BaseModel):
    sent: bool


@router.get("/")
def start(_signed: Viewer) -> RedirectResponse:
    return RedirectResponse("/queue", status_code=303)


@router.get("/queue")
def show(request: Request, signed: Viewer, draft: Annotated[int | None, Query(ge=1, lt=MOST)] = None) -> HTMLResponse:
    with deps_of(request).store.read() as db:
        rows = queue.waiting_after(db, None, limit=PAGE)
        chosen = db.get(DraftRow, draft) if draft else None
        chosen = chosen or (rows[0] if rows else None)
        item = _item(request, db, chosen, signed) if chosen else None
        last = queue.last_approval(db)
        problems = queue.deliveries_by_status(db).get("unknown", 0)
    return page(
        request, "queue.html", signed, title="Queue", rows=rows, more=_more(rows), item=item, last=last,
        problems=problems, opened=draft is not None, wording=wording, reasons=REASONS,
    )  # fmt: skip


@router.get("/queue/list")
def rows(request: Request, _signed: Viewer, after: str = "") -> HTMLResponse:
    """The rows behind the place ``after`` ("" for the first ones)."""
    with deps_of(request).store.read() as db:
        found = queue.waiting_after(db, _place(after), limit=PAGE)
    return fragment(request, "_rows.html", rows=found, more=_more(found), item=None, wording=wording)


def _more(found: list[DraftRow]) -> str:
    """The place to go on from, or "" at the end."""
    if len(found) < PAGE:
        return ""
    place = queue.place_of(found[-1])
    return f"{place.priority}~{place.since.isoformat()}~{place.id}"


def _place(text: str) -> Place | None:
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    try:
        since = datetime.fromisoformat(found[2]) if found else None
    except ValueError:
        since = None
    if found is None or since is None or since.tzinfo is None:
        raise HTTPException(422, "This place in the queue cannot be read. Reload the page.")
    return Place(int(found[1]), since, int(found[3]))


@router.get("/queue/sent")
def sent(request: Request, signed: Viewer) -> HTMLResponse:
    return page(request, "sent.html", signed, title="Sent", **_sent(request, signed))


@router.get("/queue/sent/rows")
def sent_rows(request: Request, signed: Viewer) -> HTMLResponse:
    return fragment(request, "_sent.html", **_sent(request, signed))


def _sent(request: Request, signed: Signed) -> dict[str, Any]:
    with deps_of(request).store.read() as db:
        found = queue.recent_deliveries(db)
    return {
        "sendings": found,
        "wording": wording,
        "may_decide": signed.can("approver"),
        "csrf": signed.csrf,
        "now": deps_of(request).clock(),
    }


@router.get("/queue/{draft_id}/pane")
def pane(request: Request, signed: Viewer, draft_id: Id) -> HTMLResponse:
    with deps_of(request).store.read() as db:
        item = _item(request, db, _draft(db, draft_id), signed)
    return fragment(request, "_pane.html", item=item, wording=wording, reasons=REASONS)


def _draft(db: Session, draft_id: int) -> DraftRow:
    draft = db.get(DraftRow, draft_id)
    if draft is None:
        raise HTTPException(404, "There is no such draft.")
    return draft


def _item(request: Request, db: Session, draft: DraftRow, signed: Signed) -> dict[str, Any]:
    """Everything the reading pane shows of one draft."""
    mention = draft.mention
    posts = [row for row in mentions.of_case(db, mention.case_id) if row.id != mention.id] if mention.case_id else []
    replies = queue.replies_in_case(db, mention.case_id) if mention.case_id else []
    told = [(row.created_at, "", row.text) for row in posts if row.created_at <= mention.created_at]
    told += [
        (row.delivery.approval.approved_at, row.approver, row.delivery.text)
        for row in replies
        if row.draft.id != draft.id
    ]
    findings = draft.found()
    may_decide = signed.can("approver")
    two = four_eyes.needed(db, draft, deps_of(request).settings.responder.four_eyes)
    agreed = agreements.standing(db, draft, sha256(draft.text), deps_of(request).clock())
    overruled = "blocked" in two and four_eyes.may_be_overruled(draft)
    return {
        "draft": draft,
        "mention": mention,
        "reading": mention.reading,
        "history": sorted(told),
        "later": [row for row in posts if row.created_at > mention.created_at],
        "pieces": wording.pieces(draft.text, findings),
        "findings": findings,
        "length": measure(mention.platform, draft.text),
        "may_decide": may_decide,
        "obstacle": wording.obstacle(draft, may_decide=may_decide, overruled=overruled)
        or _unfit(request, db, draft)
        or (_not_me(draft, agreed, signed) if two else ""),
        "two": four_eyes.in_words(two) if draft.status == "waiting" else "",
        "agreed": agreed,
        "decision": queue.decided(db, draft.id),
        "correction": corrections.newest_of(db, mention.id),
        "may_ask_why": deps_of(request).why is not None,
    }


def _not_me(draft: DraftRow, agreed: agreements.AgreementRow | None, signed: Signed) -> str:
    """Why somebody else must decide on a reply that needs two people, or ""."""
    if draft.edited_by == signed.id:
        return "You edited this reply: two others must agree to it."
    return "You agreed. A second person must agree too." if agreed and agreed.user_id == signed.id else ""


def _unfit(request: Request, db: Session, draft: DraftRow) -> str:
    """Why an approval would be refused although the gate passed, in words; approving asks again for itself."""
    mention = draft.mention
    allowed, why = may_answer(db, mention)
    if not allowed:
        return why
    if stale := why_stale(db, draft, deps_of(request).clock()):
        return f"{stale[:1].upper()}{stale[1:]}. A new draft is on its way."
    if deps_of(request).route(mention.platform) is None:
        return f"No publisher is set up for {wording.platform(mention.platform)}. Add one to the configuration."
    return ""


@router.get("/queue/{draft_id}/why")
def why(request: Request, _signed: Viewer, draft_id: Id) -> HTMLResponse:
    """The post with the words marked that moved its reading, asked of the model in use now."""
    deps = deps_of(request)
    with deps.store.read() as db:
        mention = _draft(db, draft_id).mention
    text, language = mention.text, mention.reading.language if mention.reading else "und"
    if deps.why is None:
        raise HTTPException(404, "This model cannot tell which words moved it.")
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
        mention = _draft(db, draft_id).mention
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


@router.post("/queue/{draft_id}/check")
def check(request: Request, _signed: Approver, draft_id: Id, body: Text) -> JSONResponse:
    """What the gate and the platform's own counting say of a text that is being typed."""
    deps = deps_of(request)
    with deps.store.read() as db:
        draft = _draft(db, draft_id)
        candidate = approval.candidate_of(db, draft, body.text, deps.settings.brand)
    length = measure(candidate.platform, body.text)
    findings = [
        {"level": finding.level.value, "message": finding.message, "words": body.text[finding.start : finding.end][:80]}
        for finding in deps.inspect(candidate)
    ]
    blocked = any(finding["level"] == Level.BLOCK.value for finding in findings)
    return JSONResponse(
        {
            "length": length.length,
            "limit": length.limit,
            "valid": length.valid,
            "blocked": blocked,
            "findings": findings,
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
