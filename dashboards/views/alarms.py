"""Alarms: what holds and nobody took on, and what became of the others. One outage fills one line of each kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.domain.alarm import AlarmKind
from core.errors import Conflict
from core.store import Session, mentions
from core.store import alerts as rows
from core.store.alerts import AlarmRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from dashboards.auth import Approver, Signed, Viewer, deps_of
from dashboards.forms import Fields
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.wording import gone
from incidents import alerts

router = APIRouter()
KIND_WORDS = {
    AlarmKind.SAFETY: later("Danger"),
    AlarmKind.SUSPECTED: later("Suspected incident"),
    AlarmKind.UPDATE: later("Overdue update"),
    AlarmKind.PROMISE: later("Overdue promise"),
    AlarmKind.REPLY: later("Reply differs"),
    AlarmKind.SILENT: later("Silence"),
    AlarmKind.LOGIN: later("Log-in refused"),
    AlarmKind.SOURCE: later("Source stopped"),
    AlarmKind.TEST: later("Test"),
}
MANY = {
    AlarmKind.SAFETY: later("%(count)s customers may be in danger"),
    AlarmKind.SUSPECTED: later("%(count)s suspected incidents"),
    AlarmKind.UPDATE: later("%(count)s promised updates are overdue"),
    AlarmKind.PROMISE: later("%(count)s promises are overdue"),
    AlarmKind.REPLY: later("%(count)s replies are not what was approved"),
    AlarmKind.SILENT: later("Complaints rise on %(count)s platforms and we are silent"),
    AlarmKind.LOGIN: later("%(count)s log-ins are refused"),
    AlarmKind.SOURCE: later("%(count)s sources do not answer"),
    AlarmKind.TEST: later("%(count)s tests"),
}
MOST = 10  # digits of a number in an address
TOGETHER = 1000  # alarms that are taken on with one press
RAISED = 200  # alarms of one group that are spelled out


@dataclass(frozen=True, slots=True)
class Group:
    """The alarms of one kind about one incident, or about none: the newest of every subject, newest first."""

    rows: Sequence[AlarmRow]
    incident: IncidentRow | None

    @property
    def newest(self) -> AlarmRow:
        return self.rows[0]

    @property
    def title(self) -> str:
        if len(self.rows) == 1:
            return heard(self.newest.title)
        return _(MANY[AlarmKind(self.newest.kind)], count=len(self.rows))

    @property
    def takers(self) -> list[str]:
        """Who took alarms of this group on."""
        return list(dict.fromkeys(row.acknowledged_by for row in self.rows if row.acknowledged_by))

    @property
    def over(self) -> int:
        return sum(1 for row in self.rows if row.over_at)


def _grouped(db: Session, found: Iterable[AlarmRow]) -> list[Group]:
    """The group of the newest alarm first."""
    newest: dict[tuple[str, str], AlarmRow] = {}
    for row in sorted(found, key=lambda row: -row.id):
        newest.setdefault((row.kind, row.subject), row)
    about = rows.incidents_of(db, newest.values())
    groups: dict[tuple[str, int | None], list[AlarmRow]] = {}
    for row in newest.values():
        groups.setdefault((row.kind, about.get(row.id)), []).append(row)
    return [Group(held, db.get(IncidentRow, number) if number else None) for (_kind, number), held in groups.items()]


def _posts(db: Session, groups: Iterable[Group]) -> dict[int, MentionRow]:
    """What the customers wrote who may be in danger, by alarm: who acts reads it first."""
    shown = [row for group in groups for row in group.rows[:RAISED]]
    about = {row.id: int(row.occasion) for row in shown if row.kind == AlarmKind.SAFETY and row.occasion.isdigit()}
    found = mentions.by_ids(db, about.values())
    return {alarm: found[mention] for alarm, mention in about.items() if mention in found}


def sent_words(row: AlarmRow, *, channels: bool) -> str:
    """How far the message about an alarm got."""
    match row.status:
        case "sent":
            return _("Message sent")
        case "sending":
            return _("Message on its way")
        case "failed":
            why = heard(row.problem).rstrip(".")
            if row.not_before:
                return _("Message not delivered: %(why)s. It is tried again by itself.", why=why)
            return _("Message not delivered: %(why)s. It is not tried any more.", why=why)
        case _other:
            return _("Message waits") if channels else _("No message: no channel is set up")


@router.get("/alarms")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed)


def _page(request: Request, signed: Signed, *, trouble: str = "") -> Response:
    deps = deps_of(request)
    brand, channels = deps.settings.brand.name, bool(deps.settings.alerts.addresses())
    with deps.store.read() as db:
        now, past = _grouped(db, rows.open_now(db, brand)), _grouped(db, rows.past(db, brand))
        posts = _posts(db, now)
    urgency = [kind.value for kind in AlarmKind]
    return page(
        request,
        "alarms.html",
        signed,
        title=_("Alarms"),
        status=409 if trouble else 200,
        trouble=trouble,
        open=sorted(now, key=lambda group: urgency.index(group.newest.kind)),
        past=past,
        posts=posts,
        gone=gone,
        kinds={kind.value: _(words) for kind, words in KIND_WORDS.items()},
        words={row.id: sent_words(row, channels=channels) for group in (*now, *past) for row in group.rows},
        shown=RAISED,
        channels=channels,
    )


@router.post("/alarms/acknowledge")
def acknowledge_all(request: Request, signed: Approver, values: Fields) -> Response:
    """``ids``: the alarms of a group as it was seen, parted by commas."""
    deps = deps_of(request)
    numbers = [text for text in values.get("ids", "").split(",") if text.isascii() and text.isdigit()]
    chosen = [int(text) for text in numbers[:TOGETHER] if len(text) < MOST]
    try:
        alerts.acknowledge_all(
            deps.store, brand=deps.settings.brand.name, alarm_ids=chosen, actor=signed.name, clock=deps.clock
        )
    except Conflict:
        return _page(request, signed, trouble=_("Somebody took these alarms on meanwhile. Nothing else was done."))
    return RedirectResponse("/alarms", status_code=303)


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
        return _page(request, signed, trouble=_("Somebody took this alarm on meanwhile. Nothing else was done."))
    return RedirectResponse("/alarms", status_code=303)
