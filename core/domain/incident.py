"""One failure of the service and what may be said about it."""

from collections.abc import Collection, Mapping
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
    MERGED = "merged"  # goes on as part of another incident, until it is split off again


class DismissReason(StrEnum):
    """Why an alarm was no incident. The first one is a false alarm: it teaches the detector's sensitivity."""

    NOT_AN_OUTAGE = "not_an_outage"
    PLANNED_WORK = "planned_work"
    NOT_OURS = "not_ours"
    DUPLICATE = "duplicate"
    TEST = "test"


class PartState(StrEnum):
    """How far a component or a region is restored."""

    DOWN = "down"
    PARTLY = "partly"
    BACK = "back"


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
    IncidentStatus.MERGED: frozenset(),
}
# How far along the road; a move to a lower number goes back.
_ROAD = (
    IncidentStatus.INVESTIGATING,
    IncidentStatus.IDENTIFIED,
    IncidentStatus.MONITORING,
    IncidentStatus.RESOLVED,
)
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
    restored: tuple[str, ...] = ()  # components and regions that are back; no longer among the two lists above

    def get(self, name: str) -> str:
        """The text of a fact, or "" when it is not known."""
        return self.facts.get(name, "")


def goes_back(was: IncidentStatus, to: IncidentStatus) -> bool:
    """Whether a move of status leads backwards on the road: something thought done did not hold."""
    return was in _ROAD and to in _ROAD and _ROAD.index(to) < _ROAD.index(was)


EVERYTHING = "*"  # among changed parts: it cannot be told which


def touched(*, changed: Collection[str], used: Collection[str], language: str, known: Collection[str]) -> bool:
    """Whether a reply rests on any part of a sheet that changed.

    ``changed`` and ``known`` are names of parts: facts ("cause", "cause.fr"), "status", "next_update_at", "components",
    "regions", "links", "started_at". ``used`` are those the reply states, and those it says are not known
    ("links[0]" counts as links). Every reply speaks in the tense of the status. Which page or number can be pointed to
    depends on what is down. A fact's words in one language touch only replies in it, unless there are no others.
    """
    names = {name.partition("[")[0] for name in used}
    if {EVERYTHING, "status"} & set(changed) or ("components" in changed and names & {"links", "phone"}):
        return True
    for part in changed:
        name, _, tongue = part.partition(".")
        if name in names and (not tongue or tongue == language or name not in known):
            return True
    return False
