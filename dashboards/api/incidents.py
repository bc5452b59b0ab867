"""Incidents: listed, one with its facts and timeline, its facts edited, and its review."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.domain import FACT_NAMES, IncidentStatus, PartState
from core.store import incidents, listings
from core.store.incidents import IncidentRow
from dashboards.api.callers import Editor, Reader
from dashboards.api.paging import USUAL, After, Limit, Moment, number, pack, unpack
from dashboards.api.problems import ProblemError
from dashboards.api.times import Time
from dashboards.auth import deps_of
from dashboards.deps import Deps
from dashboards.forms import is_web_address
from dashboards.sheet_words import STATUS_WORDS, is_over, is_overdue
from dashboards.views.incidents import Listed, going, past
from incidents.facts import SheetChanges
from incidents.lifecycle import edit_sheet

router = APIRouter(tags=["incidents"])
Id = Annotated[int, Path(ge=1, lt=2**31)]
Text = Annotated[str, Field(max_length=4000)]
Names = Annotated[list[Text], Field(max_length=200)]
# Where an edit may move an incident: dismissing and closing end it for good, and stay with people.
Moves = Literal["investigating", "identified", "monitoring", "resolved"]


def _web_address(text: str) -> str:
    if not is_web_address(text):
        raise ValueError("write the address whole, such as https://status.example.com")
    return text


class IncidentShape(BaseModel):
    """One line of the list; counts are of customers, mentions about the brand, drafts that wait, and replies sent."""

    id: int
    title: str
    status: IncidentStatus
    components: list[str]
    regions: list[str]
    links: list[str]
    sheet_version: int
    started_at: Time
    next_update_at: Time | None
    next_update_overdue: bool
    opened_at: Time
    resolved_at: Time | None
    closed_at: Time | None
    customers: int
    mentions: int
    waiting: int
    sent: int


class IncidentList(BaseModel):
    incidents: list[IncidentShape]
    next: str | None


class TimelineEntry(BaseModel):
    at: Time
    who: str
    what: str
    kind: str


class WholeIncident(IncidentShape):
    """``facts`` by the names of FACTS.toml (``cause``, ``cause.fr``); those ``held_back`` must not be published."""

    facts: dict[str, str]
    held_back: list[str]
    states: dict[str, PartState]
    timeline: list[TimelineEntry]


class Edit(BaseModel):
    """What an edit changes; what is absent stays. ``version``: the ``sheet_version`` it was made on.

    A fact of null is taken back; ``next_update_at`` null takes the promise back. A fact that is held back stays so
    until ``publish`` names it. ``reason`` is asked for when the status goes back.
    """

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, lt=2**31)]
    title: Text | None = None
    status: Moves | None = None
    reason: Text = ""
    started_at: Moment | None = None
    next_update_at: Moment | None = None
    components: Names | None = None
    regions: Names | None = None
    links: Annotated[list[Annotated[Text, AfterValidator(_web_address)]], Field(max_length=200)] | None = None
    states: dict[str, PartState] | None = None
    facts: dict[str, Text | None] = Field(
        default={}, description=f"Among: {', '.join(FACT_NAMES)}, and in a language: cause.fr."
    )
    hold_back: Names = Field(default=[], description="Facts of this edit that must not be published.")
    publish: Names = Field(default=[], description="Facts of this edit that were held back and may be published now.")


def shape(one: Listed) -> dict[str, Any]:
    row = one.row
    plain = ("id", "title", "status", "components", "regions", "links", "sheet_version")
    times = ("started_at", "next_update_at", "opened_at", "resolved_at", "closed_at")
    return (
        {name: getattr(row, name) for name in (*plain, *times)}
        | {"next_update_overdue": one.overdue}
        | {name: getattr(one.figures, name) for name in ("customers", "mentions", "waiting", "sent")}
    )


@router.get("/incidents", response_model=IncidentList)
def many(request: Request, _caller: Reader, limit: Limit = USUAL, after: After = "") -> Any:
    """In the order of the page: open ones, alarms nobody looked at, then the past; newest first among each.

    What was resolved long ago and never closed is past, and still says "resolved".
    """
    deps, last = deps_of(request), unpack(after, _place)
    found, before = [], last[1] if last and last[0] == PAST else None
    if before is None:
        found = going(deps)
        found = found[next((at for at, one in enumerate(found, 1) if last and one.row.id == last[1]), 0) :]
    going_on = len(found)
    found += past(deps, before, limit=max(0, limit + 1 - len(found)))
    page = found[:limit]
    return {
        "incidents": [shape(one) for one in page],
        "next": pack(PAST if len(page) > going_on else GOING, page[-1].row.id) if len(found) > limit else None,
    }


GOING, PAST = "going", "past"


def _place(part: str, last: str) -> tuple[str, int]:
    if part not in (GOING, PAST):
        raise ValueError(part)
    return part, number(last)


@router.get("/incidents/{incident}", response_model=WholeIncident)
def one(request: Request, _caller: Reader, incident: Id) -> Any:
    return _whole(deps_of(request), incident)


def _whole(deps: Deps, incident: int) -> dict[str, Any]:
    with deps.store.read() as db:
        row = listings.incident(db, deps.settings.brand.name, incident)
        if row is None:
            raise ProblemError(404, f"There is no incident {incident}.")
        facts = listings.facts_now(db, row.id)
        timeline = incidents.timeline_of(db, row.id)
        figures = listings.figures(db, [row.id])[row.id]
    line = Listed(row, STATUS_WORDS[IncidentStatus(row.status)], figures, is_overdue(row, deps.clock()))
    return shape(line) | {
        "facts": {name: fact.text for name, fact in facts.items() if fact.text},
        "held_back": [name for name, fact in facts.items() if fact.text and not fact.safe],
        "states": {part: row.state_of(part) for part in (*row.components, *row.regions)},
        "timeline": [{"at": each.at, "who": each.actor, "what": each.what, "kind": each.kind} for each in timeline],
    }


@router.patch("/incidents/{incident}", response_model=WholeIncident)
def edit(request: Request, caller: Editor, incident: Id, body: Edit) -> Any:
    """One new version of the fact sheet. 409 when somebody else changed it since ``version``, or when it is over.

    Drafts that rest on what changed are drawn again; a person approves each of them.
    """
    deps = deps_of(request)
    with deps.store.read() as db:
        row = listings.incident(db, deps.settings.brand.name, incident)
        held = {name for name, fact in listings.facts_now(db, incident).items() if not fact.safe} if row else set()
    if row is None:
        raise ProblemError(404, f"There is no incident {incident}.")
    _refuse_ended(row)
    edit_sheet(
        deps.store, incident_id=row.id, version=body.version, changes=_changes(body, held), actor=caller.name,
        clock=deps.clock,
    )  # fmt: skip
    return _whole(deps, incident)


def _refuse_ended(row: IncidentRow) -> None:
    if is_over(row):
        raise ProblemError(409, f"This incident is {row.status}: its facts stay as they are.")


def _changes(body: Edit, held: set[str]) -> SheetChanges:
    """``held``: facts that are held back now."""
    facts = {name: text or "" for name, text in body.facts.items()}
    given = body.model_fields_set
    return SheetChanges(
        title=body.title,
        status=IncidentStatus(body.status) if body.status else None,
        reason=body.reason,
        started_at=body.started_at,
        next_update_at=body.next_update_at,
        no_next_update="next_update_at" in given and body.next_update_at is None,
        components=None if body.components is None else tuple(body.components),
        regions=None if body.regions is None else tuple(body.regions),
        links=None if body.links is None else tuple(body.links),
        states=body.states,
        facts=facts,
        unsafe=frozenset({*body.hold_back, *(held & facts.keys())} - set(body.publish)),
    )
