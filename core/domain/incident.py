"""One failure of the service and what may be said about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IncidentStatus(StrEnum):
    """The public status of a fact sheet (Statuspage's words) plus the internal ends of an incident's life."""

    SUSPECTED = "suspected"  # raised by the detector, not confirmed by a person
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"


# Forward along the road, back from a fix that did not hold, or out by dismissal. Nothing leaves an end.
LEGAL_MOVES: Mapping[IncidentStatus, frozenset[IncidentStatus]] = {
    IncidentStatus.SUSPECTED: frozenset({IncidentStatus.INVESTIGATING, IncidentStatus.DISMISSED}),
    IncidentStatus.INVESTIGATING: frozenset(
        {IncidentStatus.IDENTIFIED, IncidentStatus.MONITORING, IncidentStatus.RESOLVED, IncidentStatus.DISMISSED}
    ),
    IncidentStatus.IDENTIFIED: frozenset(
        {IncidentStatus.INVESTIGATING, IncidentStatus.MONITORING, IncidentStatus.RESOLVED}
    ),
    IncidentStatus.MONITORING: frozenset(
        {IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED, IncidentStatus.RESOLVED}
    ),
    IncidentStatus.RESOLVED: frozenset(
        {IncidentStatus.INVESTIGATING, IncidentStatus.MONITORING, IncidentStatus.CLOSED}
    ),
    IncidentStatus.CLOSED: frozenset(),
    IncidentStatus.DISMISSED: frozenset(),
}
OPEN = frozenset(
    {
        IncidentStatus.INVESTIGATING,
        IncidentStatus.IDENTIFIED,
        IncidentStatus.MONITORING,
        IncidentStatus.RESOLVED,
    }
)

# The texts of a fact sheet, in the order they are asked for and shown. A missing one is not known.
FACT_NAMES = ("scope", "cause", "next_step", "workaround", "compensation", "prevention", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How the brand speaks and is addressed."""

    name: str
    voice: str = "warm, plain, first person plural"
    sign_off: str = ""  # may hold {agent}
    handles: tuple[str, ...] = ()  # "@northwind", "@northwind.example", "u/northwind"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSheet:
    """Everything a reply may claim. A fact that is absent is not known, and a reply says so.

    ``version`` counts the edits of the sheet, so that a draft written from an older one can be told.
    """

    brand: Voice
    title: str = ""
    status: IncidentStatus | None = None  # None: no incident is open
    started_at: datetime | None = None  # aware; its offset is the zone that replies speak in
    next_update_at: datetime | None = None
    components: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)  # keys among FACT_NAMES
    links: tuple[str, ...] = ()
    version: int = 0

    def get(self, name: str) -> str:
        """The text of a fact, or "" when it is not known."""
        return self.facts.get(name, "")
