"""Writes an incident that came from outside (``exchange.read``) into ours. What cannot stand is refused or said.

A status page tells of its incidents over and over, long after they ended, and often later than we knew. So what is over
here stays over until the page says something new of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.clock import Clock
from core.domain import OPEN, IncidentStatus, PartState, goes_back
from core.errors import Conflict, InputError
from core.store import Session, Store, incidents, listings
from core.store.incidents import IncidentRow
from incidents import lifecycle
from incidents.exchange import Incoming
from incidents.facts import SheetChanges, tidy

_RUNS = OPEN - {IncidentStatus.RESOLVED}
_ENDED = (IncidentStatus.CLOSED, IncidentStatus.DISMISSED)
SAME_START = 60  # seconds


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one: ``words`` are what a person should know."""

    id: int
    done: str  # opened | edited | left: the sheet stays as it is
    words: tuple[str, ...]


def take_in(
    store: Store, incoming: Incoming, *, brand: str, actor: str, clock: Clock, incident_id: int | None = None
) -> Taken:
    """Writes an incident into the one named, into one of the same title and start, or into a new one.

    What is closed or dismissed here, or part of another incident, keeps its sheet: only what the page says is added to
    the timeline. If it says of something that is over here that it runs again, and said so later, that is opened anew.
    A status goes back when the page said so later than it moved here; a page that lags behind changes nothing.
    A promised time that has passed is left out and said. Raises InputError, Conflict as an edit of the sheet does.
    """
    now, words = clock(), []
    if incoming.next_update_at is not None and incoming.next_update_at <= now:
        words.append(f"the next update promised for {incoming.next_update_at.isoformat()} has passed and was left out")
        incoming = replace(incoming, next_update_at=None)
    with store.read() as db:
        row = listings.incident(db, brand, incident_id) if incident_id is not None else _same(db, brand, incoming)
        whole = _whole(db, row) if row is not None else None
        again = whole is not None and _goes_back_since(db, whole, incoming)
    if incident_id is not None and row is None:
        raise InputError(f"there is no incident {incident_id}")
    if row is None or whole is None or (again and whole.status in _ENDED and incident_id is None):
        words += [f"incident {whole.id} is {whole.status} here and runs again: this is a new one"] if whole else []
        made, done = _open(store, incoming, brand, actor, clock), "opened"
    elif stays := _stays(row, whole, incoming, again=again):
        made, done = whole.id, "left"
        words.append(stays)
    else:
        made, done = row.id, "edited"
        words += _edit(store, row, incoming, actor, clock, reason="the status page says so" if again else "")
    words += _tell(store, made, incoming, actor, clock)
    if incoming.unsafe and done != "left":
        words.append("the newest update stands in the sheet as scope, held back: read it, then allow publishing")
    return Taken(made, done, tuple(words))


def _same(db: Session, brand: str, incoming: Incoming) -> IncidentRow | None:
    """Ours of the same title and start, one that runs first. Without a start, only what runs may be meant."""
    title = " ".join(incoming.title.split()).casefold()
    found = [row for row in incidents.all_of(db, brand) if row.title.casefold() == title and _began(row, incoming)]
    return min(found, key=lambda row: not _is_going(row), default=None)


def _began(row: IncidentRow, incoming: Incoming) -> bool:
    if incoming.started_at is None:
        return _is_going(row)
    return abs((row.started_at - incoming.started_at).total_seconds()) < SAME_START


def _is_going(row: IncidentRow) -> bool:
    return row.status in OPEN or row.status == IncidentStatus.SUSPECTED


def _whole(db: Session, row: IncidentRow) -> IncidentRow:
    """What an incident is part of by now; itself when it is part of none."""
    while row.status == IncidentStatus.MERGED and row.merged_into is not None:
        row = db.get_one(IncidentRow, row.merged_into)
    return row


def _is_back(row: IncidentRow, incoming: Incoming) -> bool:
    """Whether it stands further along here than it is said to stand."""
    was = IncidentStatus(row.status)
    return goes_back(was, incoming.status) or (was in _ENDED and incoming.status in _RUNS)


def _goes_back_since(db: Session, row: IncidentRow, incoming: Incoming) -> bool:
    """The same, when that was said after it came so far here."""
    if not incoming.updates or not _is_back(row, incoming):
        return False
    moved = row.closed_at or row.resolved_at or _moved_at(db, row)
    return any(update.at > moved for update in incoming.updates)


def _moved_at(db: Session, row: IncidentRow) -> datetime:
    """When its status became what it is."""
    steps = (entry.at for entry in incidents.timeline_of(db, row.id) if entry.detail.get("status") == row.status)
    return max(steps, default=row.opened_at)


def _stays(row: IncidentRow, whole: IncidentRow, incoming: Incoming, *, again: bool) -> str:
    """Why the sheet stays as it is; "" when it is to be edited. Raises InputError for what only a person can say."""
    if row is not whole:
        return f"incident {row.id} is part of incident {whole.id} here, so the sheet of that one stays as it is"
    if whole.status in _ENDED:
        more = ", and it runs again on the status page: import it without naming an incident to open a new one"
        return f"incident {whole.id} is {whole.status} here, so its sheet stays as it is{more if again else ''}"
    if not _is_back(whole, incoming) or again:
        return ""
    if incoming.updates:
        since = "and the status page said nothing since, so its sheet stays as it is"
        return f"incident {whole.id} is {whole.status} here {since}"
    raise InputError(
        f"incident {whole.id} is {whole.status} here, and going back to {incoming.status} needs a reason: "
        "say it on its page, then import this again"
    )


def _tell(store: Store, incident_id: int, incoming: Incoming, actor: str, clock: Clock) -> list[str]:
    """Adds the updates that the timeline does not have."""
    known = _known_updates(store, incident_id)
    fresh = [each for each in incoming.updates if each.text and (each.at.timestamp(), each.text) not in known]
    for each in fresh:
        lifecycle.tell_update(store, incident_id=incident_id, text=each.text, actor=actor, clock=clock, at=each.at)
    return [f"{len(fresh)} updates added to the timeline"] if fresh else []


def _open(store: Store, incoming: Incoming, brand: str, actor: str, clock: Clock) -> int:
    if incoming.started_at is None:
        raise InputError("started_at: is missing; say when it began")
    made = lifecycle.open_incident(
        store,
        brand=brand,
        title=incoming.title,
        status=incoming.status,
        started_at=incoming.started_at,
        next_update_at=incoming.next_update_at,
        components=incoming.components,
        regions=incoming.regions,
        links=incoming.links,
        facts=incoming.facts,
        unsafe=incoming.unsafe,
        actor=actor,
        clock=clock,
    )
    if incoming.states:
        _edit_states(store, made, incoming, actor, clock)
    return made


def _edit(
    store: Store, row: IncidentRow, incoming: Incoming, actor: str, clock: Clock, *, reason: str = ""
) -> list[str]:
    with store.read() as db:
        known = listings.facts_now(db, row.id)
    # What a lead has approved is not put aside for a text that nobody read yet.
    facts = {name: text for name, text in incoming.facts.items() if name not in incoming.unsafe or name not in known}
    changes = SheetChanges(
        title=incoming.title or None,
        status=incoming.status,
        next_update_at=incoming.next_update_at,
        components=tuple(tidy((*row.components, *incoming.components))) or None,
        regions=tuple(tidy((*row.regions, *incoming.regions))) or None,
        states=_named_as(incoming.states, (*row.components, *row.regions)),
        links=tuple(tidy((*incoming.links, *row.links))) or None,
        facts=facts,
        unsafe=incoming.unsafe,
        reason=reason,
    )
    try:
        version = lifecycle.edit_sheet(
            store, incident_id=row.id, version=row.sheet_version, changes=changes, actor=actor, clock=clock
        )
    except Conflict:
        raise Conflict(f"somebody changed incident {row.id} while this was taken in; import it again") from None
    return [] if version > row.sheet_version else ["the sheet says the same already"]


def _named_as(states: Mapping[str, PartState], names: Sequence[str]) -> Mapping[str, PartState]:
    """The states under the names the sheet has, which may be written in another case."""
    known = {name.casefold(): name for name in names}
    return {known.get(part.casefold(), part): state for part, state in states.items()}


def _edit_states(store: Store, incident_id: int, incoming: Incoming, actor: str, clock: Clock) -> None:
    changes = SheetChanges(states=_named_as(incoming.states, tidy((*incoming.components, *incoming.regions))))
    lifecycle.edit_sheet(store, incident_id=incident_id, version=1, changes=changes, actor=actor, clock=clock)


def _known_updates(store: Store, incident_id: int) -> set[tuple[float, str]]:
    with store.read() as db:
        return {
            (row.at.timestamp(), row.what) for row in incidents.timeline_of(db, incident_id) if row.kind == "update"
        }
