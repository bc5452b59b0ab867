"""Plays the incident lead of the demo: opens the incident and keeps its fact sheet as that day's lead did."""

from amends.bootstrap import App
from core.domain import IncidentStatus
from core.store import cursors, incidents
from incidents.lifecycle import SheetChanges, edit_sheet, open_incident
from listener.sources.demo import DemoSource, Step

LEAD = "demo lead"


def tell(app: App, name: str) -> int:
    """Applies the steps of the story that are due and not yet told; returns how many."""
    source = app.source(name)
    if not isinstance(source, DemoSource):
        return 0
    with app.store.read() as db:
        played = db.get(cursors.CursorRow, name)
        told = db.get(cursors.CursorRow, _notes(name))
    after = int(told.cursor["step"]) if told and told.cursor else -1
    due = source.facts_due(played.cursor if played else None, app.clock(), after=after)
    for step in due:
        # Noted first: a crash in between skips one line of a rehearsal, the other order would open it twice.
        _note(app, name, step.number)
        _apply(app, step)
    return len(due)


def _notes(name: str) -> str:
    return f"{name} (story)"


def _note(app: App, name: str, number: int) -> None:
    with app.store.begin() as db:
        row = cursors.of(db, _notes(name))
        cursors.advance(db, _notes(name), {"step": number}, version=row.version, now=app.clock())


def _apply(app: App, step: Step) -> None:
    brand = app.settings.brand.name
    with app.store.read() as db:
        incident = incidents.newest_open(db, brand)
    # After a pause of the service several steps come at once: a promised time may have passed already.
    promised = step.next_update_at if step.next_update_at and step.next_update_at > app.clock() else None
    if incident is None or incident.status == IncidentStatus.RESOLVED.value != step.status.value:
        open_incident(
            app.store,
            brand=brand,
            title=step.title,
            status=step.status,
            started_at=step.started_at,
            next_update_at=promised,
            components=step.components,
            regions=step.regions,
            links=step.links,
            facts=step.facts,
            actor=LEAD,
            clock=app.clock,
        )
        return
    changes = SheetChanges(
        status=step.status,
        next_update_at=promised,
        no_next_update=promised is None,
        components=step.components,
        regions=step.regions,
        states=step.states,
        links=step.links,
        facts=step.changes,
    )
    edit_sheet(
        app.store, incident_id=incident.id, version=incident.sheet_version, changes=changes, actor=LEAD, clock=app.clock
    )
