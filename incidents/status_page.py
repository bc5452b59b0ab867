"""What of an incident may be public, as JSON for status pages: Statuspage's own shape, and a plain one of ours.

Nothing that is held back leaves: neither as a fact, nor in an older update that once said it.
Shape of Statuspage: the public API v2, ``/api/v2/incidents.json`` (Atlassian).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain import OPEN, FactSheet, IncidentStatus, PartState
from core.errors import InputError
from core.settings import Brand
from core.store import Session, incidents
from core.store.incidents import FactRow, IncidentRow, TimelineRow

FORMAT, VERSION = "amends.incident", 1
PUBLIC = OPEN | {IncidentStatus.CLOSED}
SAID = ("scope", "cause", "next_step", "workaround", "compensation", "prevention")
COMPONENT_STATUS: Mapping[PartState, str] = {
    PartState.DOWN: "major_outage",
    PartState.PARTLY: "partial_outage",
    PartState.BACK: "operational",
}


@dataclass(frozen=True, slots=True)
class Update:
    """One thing told in public."""

    at: datetime
    status: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The public side of an incident; every time in the brand's zone."""

    id: int
    sheet: FactSheet
    states: Mapping[str, PartState]  # of every component and region
    parts: tuple[tuple[str, ...], tuple[str, ...]]  # all components, all regions, restored ones too
    updates: Sequence[Update]  # oldest first
    opened_at: datetime
    resolved_at: datetime | None


def published(db: Session, row: IncidentRow, brand: Brand) -> Published:
    """Raises InputError for an incident of which nothing is public: not confirmed, dismissed, or part of another."""
    if IncidentStatus(row.status) not in PUBLIC:
        raise InputError(f"#{row.id} {row.title} is {row.status}, so nothing of it is public")
    zone = brand.zone()
    facts = incidents.facts_of(db, row.id)
    allowed = _allowed(facts)
    return Published(
        id=row.id,
        sheet=incidents.sheet_of(db, row, brand.as_voice(), zone),
        states={part: row.state_of(part) for part in (*row.components, *row.regions)},
        parts=(tuple(row.components), tuple(row.regions)),
        updates=[
            Update(update.at.astimezone(zone), update.status, update.text)
            for update in _updates(row.id, incidents.timeline_of(db, row.id), facts, allowed)
        ],
        opened_at=row.opened_at.astimezone(zone),
        resolved_at=row.resolved_at.astimezone(zone) if row.resolved_at else None,
    )


def _allowed(facts: Sequence[FactRow]) -> set[str]:
    """The facts whose older words may be told too: those that are not held back now."""
    return {name for name, fact in {fact.name: fact for fact in facts}.items() if fact.safe}


def _updates(
    incident_id: int, timeline: Sequence[TimelineRow], facts: Sequence[FactRow], allowed: set[str]
) -> list[Update]:
    """What was told: every step of the status with the facts of its moment, and what was told elsewhere.

    Of an incident that became part of this one only the latter: its steps count the versions of another sheet.
    """
    status, found = IncidentStatus.INVESTIGATING.value, []
    for row in timeline:
        moved = row.detail.get("status") if row.incident_id == incident_id else None
        status = moved if moved in {each.value for each in PUBLIC} else status
        if row.kind == "update":
            found.append(Update(row.at, status, row.what))
        elif moved in {each.value for each in OPEN}:
            told = (
                allowed - {"workaround"} if moved == IncidentStatus.RESOLVED.value else allowed
            )  # none is needed then
            found.append(Update(row.at, status, _said(facts, told, row.detail.get("version", 0))))
    return found


def _said(facts: Sequence[FactRow], allowed: set[str], version: int) -> str:
    """The public facts of one version of the sheet, as one text."""
    then = {fact.name: fact for fact in facts if fact.version <= version}
    texts = [then[name].text for name in SAID if name in then and name in allowed and then[name].safe]
    return " ".join(text for text in texts if text)


# --- Statuspage ------------------------------------------------------------------------------------------------


def as_statuspage(found: Sequence[Published], brand: Brand) -> dict[str, Any]:
    """``{"page", "components", "incidents"}``, newest incident first."""
    names = dict.fromkeys(name for one in found for name in one.parts[0])
    worst = {name: _worst([one.states[name] for one in found if name in one.states]) for name in names}
    return {
        "page": {"id": _key(brand.name), "name": brand.name, "time_zone": brand.time_zone},
        "components": [{"id": _key(name), "name": name, "status": COMPONENT_STATUS[worst[name]]} for name in names],
        "incidents": [_statuspage_incident(one) for one in found],
    }


def _worst(states: Sequence[PartState]) -> PartState:
    return min(states, key=list(PartState).index)


def _key(name: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.casefold()).split())


def _statuspage_incident(one: Published) -> dict[str, Any]:
    sheet, over = one.sheet, one.sheet.status in (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)
    states = {part: PartState.BACK if over else state for part, state in one.states.items()}
    updates = [
        {
            "id": f"{one.id}-{number}",
            "incident_id": str(one.id),
            "status": _status(update.status),
            "body": update.text,
            "created_at": update.at.isoformat(),
            "updated_at": update.at.isoformat(),
            "display_at": update.at.isoformat(),
        }
        for number, update in enumerate(one.updates, 1)
    ]
    steps = {update.status: update.at.isoformat() for update in one.updates}
    return {
        "id": str(one.id),
        "name": sheet.title,
        "status": _status(str(sheet.status)),
        "impact": _impact([states[name] for name in one.parts[0]]),
        "created_at": one.opened_at.isoformat(),
        "started_at": sheet.started_at.isoformat() if sheet.started_at else None,
        "monitoring_at": steps.get(IncidentStatus.MONITORING.value),
        "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
        "updated_at": updates[-1]["updated_at"] if updates else one.opened_at.isoformat(),
        "shortlink": sheet.links[0] if sheet.links else None,
        "components": [
            {"id": _key(name), "name": name, "status": COMPONENT_STATUS[states[name]]} for name in one.parts[0]
        ],
        "incident_updates": updates[::-1],  # newest first, as there
    }


def _status(status: str) -> str:
    return IncidentStatus.RESOLVED.value if status == IncidentStatus.CLOSED.value else status


def _impact(states: Sequence[PartState]) -> str:
    """As far as it can be told: how much of what is affected is down."""
    if not states or PartState.DOWN in states:
        return "major"
    return "minor" if PartState.PARTLY in states else "none"


# --- ours ------------------------------------------------------------------------------------------------------


def as_json(one: Published) -> dict[str, Any]:
    """Everything public of one incident; ``exchange.read`` takes it back."""
    sheet = one.sheet
    return {
        "format": FORMAT,
        "version": VERSION,
        "brand": {"name": sheet.brand.name},
        "incident": {
            "id": one.id,
            "title": sheet.title,
            "status": _status(str(sheet.status)),
            "started_at": sheet.started_at.isoformat() if sheet.started_at else None,
            "next_update_at": sheet.next_update_at.isoformat() if sheet.next_update_at else None,
            "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
            "components": list(one.parts[0]),
            "regions": list(one.parts[1]),
            "states": {part: state.value for part, state in one.states.items()},
        },
        "facts": dict(sheet.facts),
        "links": list(sheet.links),
        "updates": [{"at": each.at.isoformat(), "status": each.status, "text": each.text} for each in one.updates],
    }
