"""Opens an incident and edits its fact sheet. Every edit is a new version; who edits an older one is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock, iso
from core.domain import FACT_NAMES, LEGAL_MOVES, IncidentStatus
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, events
from core.store.incidents import FactRow, IncidentRow, TimelineRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChanges:
    """What an edit of the sheet changes; None leaves a part as it is, an empty fact takes it back."""

    title: str | None = None
    status: IncidentStatus | None = None
    next_update_at: datetime | None = None
    no_next_update: bool = False  # takes the promised time back
    components: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    links: tuple[str, ...] | None = None
    facts: Mapping[str, str] | None = None
    unsafe: frozenset[str] = frozenset()  # facts of this edit that must not be published


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
) -> int:
    """Opens an incident by hand; returns its id. Raises InputError for a sheet that cannot stand."""
    now = clock()
    if not title.strip():
        raise InputError("title: say in a few words what fails")
    if started_at > now:
        raise InputError("started at: lies in the future")
    _check_facts(facts)
    _check_next_update(next_update_at, now)
    row = IncidentRow(
        brand=brand,
        title=title.strip(),
        status=status.value,
        started_at=started_at,
        next_update_at=next_update_at,
        components=list(components),
        regions=list(regions),
        links=list(links),
        sheet_version=1,
        opened_by=actor,
        opened_at=now,
    )
    with store.begin() as db:
        db.add(row)
        db.flush()
        _write_facts(db, row, SheetChanges(facts=facts), actor, now)
        _note(db, row, actor, "incident.opened", f"opened as {status.value}", now)
        return row.id


def edit_sheet(store: Store, *, incident_id: int, version: int, changes: SheetChanges, actor: str, clock: Clock) -> int:
    """Applies an edit made while looking at ``version``; returns the new version.

    Raises Conflict when somebody else edited meanwhile, InputError for an illegal status move or time.
    """
    now = clock()
    with store.begin() as db:
        row = db.get(IncidentRow, incident_id, with_for_update=True)  # two editors must not make the same version
        if row is None:
            raise InputError(f"there is no incident {incident_id}")
        if row.sheet_version != version:
            raise Conflict("somebody changed this fact sheet while you were editing; compare and save again")
        row.sheet_version += 1
        told = [*_apply(row, changes, now), *_write_facts(db, row, changes, actor, now)]
        _note(db, row, actor, "incident.edited", "; ".join(told) or "saved without a change", now)
        return row.sheet_version


def _apply(row: IncidentRow, changes: SheetChanges, now: datetime) -> list[str]:
    """Sets the plain columns; returns what changed, in words."""
    told = []
    if changes.status is not None and changes.status.value != row.status:
        told.append(_move(row, changes.status, now))
    if changes.next_update_at is not None or changes.no_next_update:
        _check_next_update(changes.next_update_at, now)
        row.next_update_at = changes.next_update_at
        told.append(f"next update {iso(row.next_update_at) if row.next_update_at else 'not promised'}")
    for name in ("title", "components", "regions", "links"):
        value = getattr(changes, name)
        if value is not None and value != getattr(row, name):
            setattr(row, name, value if name == "title" else list(value))
            told.append(name)
    return told


def _move(row: IncidentRow, to: IncidentStatus, now: datetime) -> str:
    was = IncidentStatus(row.status)
    if to not in LEGAL_MOVES[was]:
        raise InputError(f"status: an incident that is {was.value} cannot become {to.value}")
    row.status = to.value
    if to is IncidentStatus.RESOLVED:
        row.resolved_at = now
    if to in (IncidentStatus.CLOSED, IncidentStatus.DISMISSED):
        row.closed_at = now
    return f"{was.value} → {to.value}"


def _write_facts(db: Session, row: IncidentRow, changes: SheetChanges, actor: str, now: datetime) -> list[str]:
    facts = changes.facts or {}
    _check_facts(facts)
    for name, text in facts.items():
        fact = FactRow(
            incident_id=row.id, name=name, version=row.sheet_version, text=text.strip(), author=actor, at=now
        )
        fact.safe = name not in changes.unsafe
        db.add(fact)
    return list(facts)


def _check_facts(facts: Mapping[str, str]) -> None:
    for name in facts:
        # "cause.fr" is the cause in French
        if name.partition(".")[0] not in FACT_NAMES:
            raise InputError(f"{name}: not a fact of the sheet; it has {', '.join(FACT_NAMES)}")


def _check_next_update(at: datetime | None, now: datetime) -> None:
    if at is not None and at <= now:
        raise InputError("next update: lies in the past")


def _note(db: Session, row: IncidentRow, actor: str, action: str, what: str, now: datetime) -> None:
    db.add(TimelineRow(incident_id=row.id, at=now, actor=actor, what=what))
    db.flush()
    audit.record(db, actor=actor, action=action, subject=f"incident:{row.id}", now=now, what=what)
    events.tell(db, "incident", now=now, incident_id=row.id, status=row.status, version=row.sheet_version)
