"""Promises: what we committed ourselves to, what is overdue, what was kept; each with its owner and its time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain import PromiseKind, PromiseStatus
from core.errors import Conflict, InputError
from core.store import Session, promises, users
from core.store.incidents import IncidentRow
from core.store.promises import PromiseRow, Reach
from dashboards.auth import Approver, Signed, Viewer, deps_of
from dashboards.forms import LONGEST, Fields, Form, local
from dashboards.heard import heard
from dashboards.languages import _, later, ngettext, pgettext
from dashboards.pages import page
from incidents import promises as ledger

router = APIRouter()
SHOWN = 200  # of each list
LISTS: Mapping[str, str] = {
    "open": later("Open", "promises"), "kept": later("Kept", "promises"), "broken": later("Broken", "promises"),
    "withdrawn": later("Taken back", "promises"),
}  # fmt: skip
KINDS: Mapping[str, str] = {
    PromiseKind.UPDATE.value: later("Update", "promise"),
    PromiseKind.RESTORED.value: later("Tell when it is back"),
    PromiseKind.CREDIT.value: later("Money or credit"),
    PromiseKind.REPAIR.value: later("Works again"),
    PromiseKind.CONTACT.value: later("Get back to a customer"),
    PromiseKind.OTHER.value: later("Other", "promise"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One promise as the page tells of it."""

    row: PromiseRow
    kind: str
    overdue: bool
    to: str  # whom it was made to
    incident: IncidentRow | None
    late_by: datetime | None  # its due time, when it was kept after it
    left: bool  # its owner cannot log in any more


def _number(promise_id: str) -> int:
    """Dependency: the number in the address; one that no row can have is not found."""
    if not (promise_id.isascii() and promise_id.isdigit() and len(promise_id) < 10):
        raise HTTPException(404)
    return int(promise_id)


Id = Annotated[int, Depends(_number)]


def _told_to(reach: Reach) -> str:
    if reach.published and reach.customers:
        return ngettext("In public, and to %(num)s customer", "In public, and to %(num)s customers", reach.customers)
    if reach.published:
        return _("In public")
    if reach.customers:
        return ngettext("To %(num)s customer", "To %(num)s customers", reach.customers)
    return pgettext("promise", "No reply with it stands")


def _shown(db: Session, rows: Sequence[PromiseRow], now: datetime) -> list[Shown]:
    reach, shut = promises.reach(db, [row.id for row in rows]), users.shut(db)
    found = []
    for row in rows:
        overdue = row.status == PromiseStatus.OPEN.value and row.due_at <= now
        kept_late = (
            row.status == PromiseStatus.KEPT.value and row.settled_at is not None and row.settled_at > row.due_at
        )
        incident = db.get(IncidentRow, row.incident_id) if row.incident_id else None
        found.append(
            Shown(
                row, pgettext("promise", KINDS.get(row.kind, row.kind)), overdue, _told_to(reach[row.id]),
                incident, row.due_at if kept_late else None, users.key_of(row.owner) in shut,
            )
        )  # fmt: skip
    return found


def _page(
    request: Request,
    signed: Signed,
    chosen: str,
    *,
    trouble: tuple[int, str] | None = None,
    values: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    deps = deps_of(request)
    brand, now = deps.settings.brand, deps.clock()
    with deps.store.read() as db:
        rows = promises.with_status(db, brand.name, PromiseStatus(chosen), limit=SHOWN)
        counts = promises.counts(db, brand.name)
        late = len(promises.open_due(db, brand.name, now))
        shown = _shown(db, rows, now)
        people = [row.name for row in users.everybody(db) if row.disabled_at is None and row.role != "viewer"]
    groups = [
        (later("Overdue", "promises"), [each for each in shown if each.overdue]),
        (LISTS["open"], [each for each in shown if not each.overdue]),
    ]
    return page(
        request,
        "promises.html",
        signed,
        title=_("Promises"),
        status=status,
        chosen=chosen,
        lists=[(name, pgettext("promises", words), counts.get(name, 0)) for name, words in LISTS.items()],
        groups=[group for group in groups if group[1]]
        if chosen == "open"
        else [(LISTS[chosen], shown)]
        if shown
        else [],
        late=late,
        more=counts.get(chosen, 0) > len(rows),
        people=people,
        may_edit=signed.can("approver"),
        trouble=trouble,
        values=values or {},
        soonest=local(now, brand.zone()),
        zone=brand.time_zone,
    )


@router.get("/promises")
def show(request: Request, signed: Viewer, show: str = "open") -> Response:
    return _page(request, signed, show if show in LISTS else "open")


@router.post("/promises/{promise_id}")
def decide(request: Request, signed: Approver, promise_id: Id, values: Fields) -> Response:
    """``do``: kept, broken, hand_over (``owner``) or move (``due_at``); ``reason`` says why."""
    deps = deps_of(request)
    brand = deps.settings.brand
    form = Form(values, brand.zone())
    reason = form.text("reason")[:LONGEST]
    way = {"brand": brand.name, "promise_id": promise_id, "actor": signed.name, "clock": deps.clock}
    try:
        match form.text("do"):
            case "kept" | "broken" as to:
                ledger.settle(deps.store, kept=to == "kept", reason=reason, **way)  # type: ignore[arg-type]
            case "hand_over":
                ledger.hand_over(deps.store, to=form.text("owner"), **way)  # type: ignore[arg-type]
            case "move":
                at = form.moment("due_at", now=deps.clock(), past=False)
                if at is None or form.errors:
                    raise InputError(form.errors.get("due_at", "due: choose a time"))  # noqa: TRY301 - as the use cases do
                ledger.move_due(deps.store, due_at=at, reason=reason, **way)  # type: ignore[arg-type]
            case _:
                raise HTTPException(422, _("Choose one of the steps that the page offers."))
    except (Conflict, InputError) as error:
        status = 409 if isinstance(error, Conflict) else 422
        message = _("Nothing was done: %(why)s.", why=heard(str(error)).rstrip("."))
        return _page(request, signed, "open", trouble=(promise_id, message), values=values, status=status)
    return RedirectResponse("/promises", status_code=303)
