"""An incident's life: suspected by the detector, confirmed by a person, moved along, ended.

Every edit is a new version of the sheet; who edits an older one is told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.clock import Clock
from core.domain import LEGAL_MOVES, OPEN, DismissReason, IncidentStatus, goes_back
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, events, incidents, stages
from core.store.incidents import IncidentRow, TimelineRow
from incidents.facts import (
    SheetChanges,
    Told,
    apply,
    check_next_update,
    check_restored,
    check_started,
    checked_title,
    tidy,
)

__all__ = ["SheetChanges", "confirm", "dismiss", "edit_sheet", "note", "open_incident", "suspect", "tell_update"]
DETECTOR = "amends"
DOUBT = "Suspected "  # begins the titles that the detector gives
REASON_WORDS: Mapping[DismissReason, str] = {
    DismissReason.NOT_AN_OUTAGE: "not an outage",
    DismissReason.PLANNED_WORK: "planned work",
    DismissReason.NOT_OURS: "somebody else's failure",
    DismissReason.DUPLICATE: "known as another incident",
    DismissReason.TEST: "a test",
}


def suspect(
    store: Store,
    *,
    brand: str,
    title: str,
    started_at: datetime,
    why: str,
    clock: Clock,
    components: tuple[str, ...] = (),
    regions: tuple[str, ...] = (),
    evidence: Mapping[str, Any] | None = None,
    actor: str = DETECTOR,
) -> int:
    """Opens an alarm for a person to confirm or dismiss; returns its id. Until then no reply rests on it.

    ``why`` says in words what was seen, ``evidence`` in figures (plain JSON); both stand in the timeline.
    """
    now = clock()
    row = _new(
        brand=brand, title=title, status=IncidentStatus.SUSPECTED, started_at=min(started_at, now),
        components=components, regions=regions, actor=actor, now=now,
    )  # fmt: skip
    with store.begin() as db:
        db.add(row)
        db.flush()
        note(db, row, actor, "incident.suspected", f"suspected: {why}", now, kind="detected", **(evidence or {}))
        return row.id


def open_incident(
    store: Store,
    *,
    brand: str,
    title: str,
    status: IncidentStatus,
    started_at: datetime,
    next_update_at: datetime | None,
    components: tuple[str, ...],
    regions: tuple[str, ...],
    links: tuple[str, ...],
    facts: Mapping[str, str],
    actor: str,
    clock: Clock,
    unsafe: frozenset[str] = frozenset(),
) -> int:
    """Opens an incident by hand; returns its id. Raises InputError for a sheet that cannot stand."""
    now = clock()
    check_started(started_at, now)
    row = _new(
        brand=brand, title=title, status=status, started_at=started_at,
        components=components, regions=regions, links=links, actor=actor, now=now,
    )  # fmt: skip
    check_next_update(next_update_at, now, started_at)
    row.next_update_at = next_update_at
    row.resolved_at = now if status is IncidentStatus.RESOLVED else None
    with store.begin() as db:
        db.add(row)
        db.flush()
        told = Told()
        apply(db, row, SheetChanges(facts=facts, unsafe=unsafe), told, actor=actor, now=now)
        incidents.note_changes(row, 0, told.parts)
        note(db, row, actor, "incident.opened", f"opened as {status.value}", now, kind="opened", status=status.value)
        return row.id


def _new(
    *,
    brand: str,
    title: str,
    status: IncidentStatus,
    started_at: datetime,
    components: tuple[str, ...],
    regions: tuple[str, ...],
    actor: str,
    now: datetime,
    links: tuple[str, ...] = (),
) -> IncidentRow:
    return IncidentRow(
        brand=brand,
        title=checked_title(title),
        status=status.value,
        started_at=started_at,
        next_update_at=None,
        components=tidy(components),
        regions=tidy(regions),
        links=tidy(links),
        sheet_version=1,
        opened_by=actor,
        opened_at=now,
        changed={},
        states={},
        dismissed_for="",
    )


def edit_sheet(store: Store, *, incident_id: int, version: int, changes: SheetChanges, actor: str, clock: Clock) -> int:
    """Applies an edit made while looking at ``version``; returns the new version, or the same when nothing changed.

    Raises Conflict when somebody else edited meanwhile, InputError for an illegal status move, time or fact.
    """
    now = clock()
    with store.begin() as db:
        row = locked(db, incident_id, version)
        row.sheet_version += 1
        told = Told()
        moved = _move(db, row, changes, told, now)
        apply(db, row, changes, told, actor=actor, now=now)
        if moved is IncidentStatus.RESOLVED:
            check_restored(row)
        if not told.words:
            row.sheet_version = version
            return version
        incidents.note_changes(row, version, told.parts)
        action = "incident.dismissed" if moved is IncidentStatus.DISMISSED else "incident.edited"
        detail: dict[str, Any] = {"status": row.status, "reason": changes.reason} if moved else {}
        note(db, row, actor, action, "; ".join(told.words), now, kind=action.partition(".")[2], **detail)
        return row.sheet_version


def confirm(store: Store, *, incident_id: int, version: int, actor: str, clock: Clock) -> int:
    """A person says that an alarm is an incident; returns the sheet's new version. Raises as ``edit_sheet``."""
    changes = SheetChanges(status=IncidentStatus.INVESTIGATING)
    return edit_sheet(store, incident_id=incident_id, version=version, changes=changes, actor=actor, clock=clock)


def dismiss(
    store: Store, *, incident_id: int, version: int, reason: DismissReason, actor: str, clock: Clock, words: str = ""
) -> int:
    """A person says that an alarm is none, and why. Raises as ``edit_sheet``."""
    changes = SheetChanges(status=IncidentStatus.DISMISSED, dismissed_for=reason, reason=words)
    return edit_sheet(store, incident_id=incident_id, version=version, changes=changes, actor=actor, clock=clock)


def tell_update(
    store: Store, *, incident_id: int, text: str, actor: str, clock: Clock, at: datetime | None = None
) -> None:
    """Writes what was said in public, or what happened, into the timeline. The sheet stays as it is."""
    text = text.strip()
    if not text:
        raise InputError("update: the text is empty")
    now = clock()
    with store.begin() as db:
        row = db.get(IncidentRow, incident_id)
        if row is None:
            raise InputError(f"there is no incident {incident_id}")
        note(db, row, actor, "incident.update", text, now, kind="update", at=at)


def locked(db: Session, incident_id: int, version: int | None = None) -> IncidentRow:
    """An incident for editing; two editors must not make the same version. Raises Conflict, InputError."""
    row = db.get(IncidentRow, incident_id, with_for_update=True)
    if row is None:
        raise InputError(f"there is no incident {incident_id}")
    if version is not None and row.sheet_version != version:
        raise Conflict("somebody changed this fact sheet while you were editing; compare and save again")
    return row


def _move(db: Session, row: IncidentRow, changes: SheetChanges, told: Told, now: datetime) -> IncidentStatus | None:
    """Moves the status when the edit asks for it; returns where to."""
    was, to = IncidentStatus(row.status), changes.status
    if to is None or to is was:
        return None
    _check_move(was, to, changes)
    row.status = to.value
    told.add("status", f"{was.value} → {to.value}{_because(changes)}")
    if was is IncidentStatus.SUSPECTED and to in OPEN and row.title.startswith(DOUBT):
        row.title = row.title.removeprefix(DOUBT).capitalize()  # the public reads it from now on
        told.add("title")
    if to is IncidentStatus.RESOLVED:
        row.resolved_at = now
        stages.resolve(db, row.id, now=now)
    elif was is IncidentStatus.RESOLVED and goes_back(was, to):
        row.resolved_at = None
        stages.reopen(db, row.id, now=now)
    if to in (IncidentStatus.CLOSED, IncidentStatus.DISMISSED):
        row.closed_at = now
        row.dismissed_for = changes.dismissed_for.value if changes.dismissed_for else ""
    return to


def _check_move(was: IncidentStatus, to: IncidentStatus, changes: SheetChanges) -> None:
    if to not in LEGAL_MOVES[was]:
        raise InputError(f"status: an incident that is {was.value} cannot become {to.value}")
    if goes_back(was, to) and not changes.reason.strip():
        raise InputError(f"status: going back from {was.value} to {to.value} needs a reason: say what did not hold")
    if to is IncidentStatus.DISMISSED and changes.dismissed_for is None:
        reasons = ", ".join(REASON_WORDS.values())
        raise InputError(f"status: say why it is dismissed: {reasons}")


def _because(changes: SheetChanges) -> str:
    words = REASON_WORDS[changes.dismissed_for] if changes.dismissed_for else ""
    parts = [part for part in (words, changes.reason.strip().replace("; ", ", ")) if part]
    return f" ({': '.join(parts)})" if parts else ""


def note(
    db: Session,
    row: IncidentRow,
    actor: str,
    action: str,
    what: str,
    now: datetime,
    *,
    kind: str = "edited",
    at: datetime | None = None,
    **detail: Any,
) -> None:
    """One decision: an entry of the timeline (at ``at`` when it happened earlier), the audit, the open pages."""
    kept = detail | {"version": row.sheet_version}
    db.add(TimelineRow(incident_id=row.id, at=at or now, actor=actor, what=what, kind=kind, detail=kept))
    db.flush()
    audit.record(db, actor=actor, action=action, subject=f"incident:{row.id}", now=now, what=what, **detail)
    events.tell(db, "incident", now=now, incident_id=row.id, status=row.status, version=row.sheet_version)
