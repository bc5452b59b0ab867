"""Incidents and the versions of their fact sheets."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import OPEN, FactSheet, IncidentStatus, Voice
from core.store.base import Base


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


def newest_open(db: Session, brand: str) -> IncidentRow | None:
    """The open incident drafts rest on: the one opened last."""
    return db.scalar(
        select(IncidentRow)
        .where(IncidentRow.brand == brand, IncidentRow.status.in_([status.value for status in OPEN]))
        .order_by(IncidentRow.id.desc())
        .limit(1)
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

    With ``now``, a promised update time that has passed is left out: nothing may promise it again.
    """
    if incident is None:
        return FactSheet(brand=voice)
    promised = incident.next_update_at
    if promised is not None and now is not None and promised <= now:
        promised = None
    return FactSheet(
        brand=voice,
        title=incident.title,
        status=IncidentStatus(incident.status),
        started_at=incident.started_at.astimezone(zone),
        next_update_at=promised.astimezone(zone) if promised else None,
        components=tuple(incident.components),
        regions=tuple(incident.regions),
        facts=facts_in_force(db, incident.id),
        links=tuple(incident.links),
        version=incident.sheet_version,
    )


def sheet_version(db: Session, incident_id: int | None) -> int:
    """The version a draft for this incident must rest on; 0 without an incident."""
    incident = db.get(IncidentRow, incident_id) if incident_id else None
    return incident.sheet_version if incident else 0


def timeline_of(db: Session, incident_id: int) -> Sequence[TimelineRow]:
    return db.scalars(select(TimelineRow).where(TimelineRow.incident_id == incident_id).order_by(TimelineRow.id)).all()
