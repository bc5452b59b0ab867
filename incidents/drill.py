"""A rehearsal: a recorded day in a database of its own, from which nothing can leave; and how it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.accounts import ConsolePublisher, DemoSource
from core.domain import Platform
from core.settings import Settings
from core.settings import Store as StoreSettings
from core.store import Session, coverage, incidents, timelines
from core.store.coverage import Whose

MARK = " (drill)"
SOURCE, PUBLISHER = "drill", "console"


def rehearsal(settings: Settings, directory: Path, *, minutes: float, lead: bool) -> Settings:
    """The settings of a drill.

    Only what a rehearsal needs is taken over: no source, publisher or address for alarms of the real service is in it.
    ``lead``: the incident lead of that day is played too; else people open the incident and keep its facts.
    """
    brand = settings.brand.model_copy(update={"name": settings.brand.name + MARK, "query": ""})
    return Settings(
        brand=brand,
        store=StoreSettings(url=f"sqlite:///{directory / 'amends.db'}"),
        web=settings.web.model_copy(update={"public_url": ""}),
        schedule=settings.schedule,
        detection=settings.detection,
        classifier=settings.classifier,
        responder=settings.responder,
        logs=settings.logs,
        sources={SOURCE: DemoSource(kind="demo", minutes=minutes, lead=lead)},
        publishers={
            PUBLISHER: ConsolePublisher(
                kind="console", platforms=tuple(Platform), path=str(directory / "not-published.jsonl")
            )
        },
    )


def is_drill(settings: Settings) -> bool:
    """Whether these are the settings of a drill."""
    return settings.brand.name.endswith(MARK)


@dataclass(frozen=True, slots=True)
class Debrief:
    """How one incident of a drill went; a moment is None for what nobody did."""

    title: str
    suspected_at: datetime | None
    confirmed_at: datetime | None
    first_update_at: datetime | None
    first_reply_at: datetime | None
    resolved_at: datetime | None
    approved: int
    reached: coverage.Cell


def debrief(db: Session, brand: str) -> Sequence[Debrief]:
    """Every incident of a brand, oldest first."""
    return [_one(db, row) for row in reversed(incidents.all_of(db, brand))]


def _one(db: Session, row: incidents.IncidentRow) -> Debrief:
    notes, replies = incidents.timeline_of(db, row.id), timelines.replies(db, row.id)
    moved = [note.at for note in notes if note.detail.get("status")]
    cells = coverage.cells(db, Whose(brand=row.brand, incident_id=row.id))
    return Debrief(
        title=row.title,
        suspected_at=next((note.at for note in notes if note.kind == "detected"), None),
        confirmed_at=next(iter(moved), None),
        first_update_at=next((note.at for note in notes if note.kind == "update"), None),
        first_reply_at=replies[0].at if replies else None,
        resolved_at=row.resolved_at,
        approved=sum(each.approved for each in replies),
        reached=sum(cells.values(), start=coverage.Cell()),
    )


def lines(told: Debrief) -> Sequence[str]:
    """One debriefing in words, for a person."""
    began = told.suspected_at or told.confirmed_at
    steps = (
        ("suspected", told.suspected_at),
        ("confirmed", told.confirmed_at),
        ("first public update", told.first_update_at),
        ("first approval, to the quarter hour", told.first_reply_at),
        ("resolved", told.resolved_at),
    )
    reached = told.reached
    customers = (
        f"  customers: {reached.customers}, of them answered {reached.answered}, waiting {reached.coming}, "
        f"not ours to answer {reached.out_of_reach}, got nothing {reached.nothing}"
    )
    return [
        told.title,
        *(f"  {name}: {_when(at, began)}" for name, at in steps),
        f"  replies approved: {told.approved}",
        customers,
    ]


def _when(at: datetime | None, began: datetime | None) -> str:
    if at is None:
        return "never"
    clock = at.strftime("%H:%M:%S")
    after = (at - began).total_seconds() if began else 0
    return f"{clock} UTC" + (f", after {after / 60:.1f} min" if after > 0 else "")
