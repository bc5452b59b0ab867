"""Incidents and the versions of their fact sheets."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import EVERYTHING, OPEN, DismissReason, FactSheet, IncidentStatus, PartState, Voice
from core.store import links
from core.store.base import Base

EMPTY = text("'{}'")
FALSE_ALARMS_COUNT = timedelta(days=30)


class IncidentRow(Base):
    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    title: Mapped[str]
    components: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    links: Mapped[list[Any]]
    started_at: Mapped[datetime]
    next_update_at: Mapped[datetime | None]
    sheet_version: Mapped[int] = mapped_column(default=1)  # counts every edit of the sheet
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Which part of the sheet changed last in which version: {"cause": 7}. "*": a change of which nothing is known.
    changed: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=EMPTY)
    # How far single components and regions are restored: {"Ontario": "back"}; who is not named is down.
    states: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=EMPTY)
    dismissed_for: Mapped[str] = mapped_column(default="", server_default="")  # a DismissReason
    merged_into: Mapped[int | None]  # an incident's id, while it is part of that one

    def state_of(self, part: str) -> PartState:
        """How far one component or region is restored."""
        return PartState(self.states.get(part, PartState.DOWN))

    def lingers(self, since: datetime) -> bool:
        """Whether it was resolved before ``since``, and nobody closed it: it is past for all but its lead."""
        return (
            self.status == IncidentStatus.RESOLVED.value and self.resolved_at is not None and self.resolved_at <= since
        )


class FactRow(Base):
    """One version of one fact; the newest row of a name is in force. An empty text takes a fact back."""

    __tablename__ = "facts"
    __table_args__ = (UniqueConstraint("incident_id", "name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    name: Mapped[str]
    version: Mapped[int]  # the sheet_version that this edit made
    text: Mapped[str] = mapped_column(Text)
    safe: Mapped[bool] = mapped_column(default=True)  # safe to publish
    author: Mapped[str]
    at: Mapped[datetime]


class TimelineRow(Base):
    """What happened to an incident, append-only."""

    __tablename__ = "timeline"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    what: Mapped[str] = mapped_column(Text)
    # detected | opened | edited | update | merged | split | dismissed; "" for what was written before kinds were kept
    kind: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=EMPTY)


def newest_open(db: Session, brand: str) -> IncidentRow | None:
    """The open incident drafts rest on: the one opened last."""
    return db.scalar(
        select(IncidentRow)
        .where(IncidentRow.brand == brand, IncidentRow.status.in_([status.value for status in OPEN]))
        .order_by(IncidentRow.id.desc())
        .limit(1)
    )


def all_open(db: Session, brand: str) -> Sequence[IncidentRow]:
    """The open incidents, the one opened last first."""
    wanted = (IncidentRow.brand == brand, IncidentRow.status.in_([status.value for status in OPEN]))
    return db.scalars(select(IncidentRow).where(*wanted).order_by(IncidentRow.id.desc())).all()


def told(db: Session, brand: str, *, since: datetime) -> list[IncidentRow]:
    """The open incidents that everybody is told of: without what was resolved before ``since``."""
    return [row for row in all_open(db, brand) if not row.lingers(since)]


def newest_told(db: Session, brand: str, *, since: datetime) -> IncidentRow | None:
    """The one of them that was opened last."""
    return next(iter(told(db, brand, since=since)), None)


_SUSPECTING = 0x73757370  # names our lock among those of this PostgreSQL database


def suspect_alone(db: Session, brand: str) -> None:
    """Until this transaction ends nobody else opens an alarm of this brand: what it reads now stays so.

    On SQLite a transaction that writes is alone anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_SUSPECTING, func.hashtext(brand))))


def suspected_of(db: Session, brand: str) -> Sequence[IncidentRow]:
    """Alarms that nobody looked at, newest first."""
    wanted = (IncidentRow.brand == brand, IncidentRow.status == IncidentStatus.SUSPECTED.value)
    return db.scalars(select(IncidentRow).where(*wanted).order_by(IncidentRow.id.desc())).all()


def false_alarms(db: Session, brand: str, *, now: datetime, within: timedelta = FALSE_ALARMS_COUNT) -> int:
    """How many alarms people dismissed as not an outage lately: what the detector's sensitivity learns from."""
    return (
        db.scalar(
            select(func.count()).where(
                IncidentRow.brand == brand,
                IncidentRow.status == IncidentStatus.DISMISSED.value,
                IncidentRow.dismissed_for == DismissReason.NOT_AN_OUTAGE.value,
                IncidentRow.closed_at > now - within,
            )
        )
        or 0
    )


def all_of(db: Session, brand: str) -> Sequence[IncidentRow]:
    return db.scalars(select(IncidentRow).where(IncidentRow.brand == brand).order_by(IncidentRow.id.desc())).all()


def facts_of(db: Session, incident_id: int) -> Sequence[FactRow]:
    """Every version of every fact, oldest first."""
    return db.scalars(select(FactRow).where(FactRow.incident_id == incident_id).order_by(FactRow.id)).all()


def facts_in_force(db: Session, incident_id: int) -> dict[str, str]:
    """The newest text of each fact that is safe to publish; facts taken back are absent."""
    newest = {row.name: row for row in facts_of(db, incident_id)}
    return {name: row.text for name, row in newest.items() if row.text and row.safe}


def sheet_of(
    db: Session, incident: IncidentRow | None, voice: Voice, zone: tzinfo, *, now: datetime | None = None
) -> FactSheet:
    """What replies may claim; times in the zone the brand speaks in. Without an incident: nothing is known.

    With ``now``, a promised update time that has passed is left out: nothing may promise it again. So are addresses
    that do not answer: nothing may point to them.
    """
    if incident is None:
        return FactSheet(brand=voice)
    promised = incident.next_update_at
    if promised is not None and now is not None and promised <= now:
        promised = None
    components, regions, restored = failing(incident)
    sheet = FactSheet(
        brand=voice,
        title=incident.title,
        status=IncidentStatus(incident.status),
        started_at=incident.started_at.astimezone(zone),
        next_update_at=promised.astimezone(zone) if promised else None,
        components=components,
        regions=regions,
        facts=facts_in_force(db, incident.id),
        links=tuple(incident.links),
        version=incident.sheet_version,
        restored=restored,
    )
    return links.alive(sheet, links.down(db)) if now is not None else sheet


def failing(incident: IncidentRow) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The components and the regions that still fail, and what is back of both.

    When all of one kind are back, or it is over, the list stays whole: it then says what the failure was about.
    """
    over = incident.status not in {status.value for status in OPEN - {IncidentStatus.RESOLVED}}
    kept, restored = [], []
    for names in (incident.components, incident.regions):
        down = [name for name in names if incident.state_of(name) is not PartState.BACK]
        whole = over or not down
        kept.append(tuple(names if whole else down))
        restored += [] if whole else [name for name in names if name not in down]
    return kept[0], kept[1], tuple(restored)


def sheet_version(db: Session, incident_id: int | None) -> int:
    """The version a draft for this incident must rest on; 0 without an incident."""
    incident = db.get(IncidentRow, incident_id) if incident_id else None
    return incident.sheet_version if incident else 0


def note_changes(incident: IncidentRow, before: int, parts: Sequence[str]) -> None:
    """Keeps which parts the newest version of the sheet changed; ``before`` is the version it came from."""
    known = dict(incident.changed or {})
    if before > 1 and max(known.values(), default=0) < before:
        known[EVERYTHING] = before  # written before this was kept
    incident.changed = known | dict.fromkeys(parts or [""], incident.sheet_version)


def changed_since(incident: IncidentRow, version: int) -> frozenset[str]:
    """The parts of the sheet that changed after a version of it; EVERYTHING when that cannot be told."""
    known: Mapping[str, int] = incident.changed or {}
    if version == incident.sheet_version:
        return frozenset()
    if version < 1 or max(known.values(), default=0) < incident.sheet_version:
        return frozenset({EVERYTHING})
    return frozenset(name for name, at in known.items() if at > version and name)


def timeline_of(db: Session, incident_id: int) -> Sequence[TimelineRow]:
    """What happened to an incident, and to those merged into it, oldest first."""
    rows = select(TimelineRow).where(TimelineRow.incident_id.in_(family(db, incident_id)))
    return db.scalars(rows.order_by(TimelineRow.at, TimelineRow.id)).all()


def family(db: Session, incident_id: int) -> list[int]:
    """An incident's id and those of all that are merged into it, directly or by way of another."""
    found, new = [incident_id], [incident_id]
    while new:
        rows = select(IncidentRow.id).where(IncidentRow.merged_into.in_(new), IncidentRow.id.not_in(found))
        new = list(db.scalars(rows))
        found += new
    return found
