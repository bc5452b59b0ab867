"""Alarms: what holds and nobody took on, and what became of the others."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain.alarm import AlarmKind
from core.errors import Conflict
from core.store import alerts as rows
from core.store.alerts import AlarmRow
from dashboards.auth import Approver, Signed, Viewer, deps_of
from dashboards.pages import page
from incidents import alerts

router = APIRouter()
KIND_WORDS = {
    AlarmKind.SAFETY: "Danger",
    AlarmKind.SUSPECTED: "Suspected incident",
    AlarmKind.UPDATE: "Overdue update",
    AlarmKind.PROMISE: "Overdue promise",
    AlarmKind.SILENT: "Silence",
    AlarmKind.LOGIN: "Log-in refused",
    AlarmKind.SOURCE: "Source stopped",
    AlarmKind.TEST: "Test",
}
MOST = 10  # digits of a number in an address


def sent_words(row: AlarmRow, *, channels: bool) -> str:
    """How far the message about an alarm got."""
    match row.status:
        case "sent":
            return "Message sent"
        case "sending":
            return "Message on its way"
        case "failed":
            again = "It is tried again by itself." if row.not_before else "It is not tried any more."
            return f"Message not delivered: {row.problem.rstrip('.')}. {again}"
        case _:
            return "Message waits" if channels else "No message: no channel is set up"


@router.get("/alarms")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed)


def _page(request: Request, signed: Signed, *, trouble: str = "") -> Response:
    deps = deps_of(request)
    brand, channels = deps.settings.brand.name, bool(deps.settings.alerts.addresses())
    with deps.store.read() as db:
        now, past = rows.open_now(db, brand), rows.past(db, brand)
    urgency = [kind.value for kind in AlarmKind]
    return page(
        request,
        "alarms.html",
        signed,
        title="Alarms",
        status=409 if trouble else 200,
        trouble=trouble,
        open=sorted(now, key=lambda row: urgency.index(row.kind)),
        past=past,
        kinds={kind.value: words for kind, words in KIND_WORDS.items()},
        words={row.id: sent_words(row, channels=channels) for row in (*now, *past)},
        channels=channels,
    )


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(request: Request, signed: Approver, alarm_id: str) -> Response:
    deps = deps_of(request)
    if not (alarm_id.isascii() and alarm_id.isdigit() and len(alarm_id) < MOST):
        raise HTTPException(404)
    try:
        alerts.acknowledge(
            deps.store, brand=deps.settings.brand.name, alarm_id=int(alarm_id), actor=signed.name, clock=deps.clock
        )
    except Conflict:
        return _page(request, signed, trouble="Somebody took this alarm on meanwhile. Nothing else was done.")
    return RedirectResponse("/alarms", status_code=303)
