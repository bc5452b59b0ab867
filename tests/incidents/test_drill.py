"""A rehearsal takes nothing of the real service with which it could publish; and says how it went."""

from datetime import timedelta
from pathlib import Path

import pytest

from amends.bootstrap import App
from core.accounts import DemoSource, XPublisher, XSource
from core.domain import IncidentStatus, Platform
from core.errors import ConfigError
from core.sections import Alerts
from core.settings import Brand, Responder, Settings
from incidents import drill, lifecycle
from incidents.facts import SheetChanges
from tests.factories import BRAND, Database

REAL = Settings(
    brand=Brand(name=BRAND, handles=("@northwind",), query="northwind", time_zone="America/Toronto"),
    responder=Responder(undo_seconds=3),
    sources={"x": XSource(kind="x")},
    publishers={"x": XPublisher(kind="x", account="northwind")},
)


def rehearsal(tmp_path: Path, *, lead: bool = False) -> Settings:
    return drill.rehearsal(REAL, tmp_path, minutes=5, lead=lead)


def test_nothing_that_can_publish_comes_along(tmp_path: Path) -> None:
    made = rehearsal(tmp_path)
    assert drill.is_drill(made)
    assert not drill.is_drill(REAL)
    assert {config.kind for config in made.publishers.values()} == {"console"}
    assert set(made.publishers["console"].platforms) == set(Platform)
    assert made.sources == {"drill": DemoSource(kind="demo", minutes=5, lead=False)}
    assert made.alerts == Alerts()
    assert made.store.url == f"sqlite:///{tmp_path}/amends.db"
    assert (made.brand.name, made.brand.query, made.responder.undo_seconds) == (f"{BRAND} (drill)", "", 3)
    assert [route.publisher for platform in Platform if (route := App(made, drill=True).route(platform))] == [
        "console"
    ] * len(Platform)


def test_an_app_that_drills_refuses_every_other_publisher(tmp_path: Path) -> None:
    assert set(App(rehearsal(tmp_path), drill=True).publishers) == {"console"}
    with pytest.raises(ConfigError, match="a drill publishes to the console only"):
        _ = App(REAL, drill=True).publishers


def test_the_lead_of_the_day_is_played_only_when_asked(tmp_path: Path) -> None:
    from amends.schedule import table

    for lead in (False, True):
        names = [job.name for job in table(App(rehearsal(tmp_path, lead=lead), drill=True), lambda: False)]
        assert ("story drill" in names) is lead


def test_the_debriefing_tells_what_was_done_when(database: Database) -> None:
    clock = database.clock
    made = lifecycle.suspect(
        database.store, brand=BRAND, title="No signal", started_at=clock(), why="14 mentions", clock=clock
    )
    clock.forward(minutes=4)  # type: ignore[attr-defined]
    lifecycle.confirm(database.store, incident_id=made, version=1, actor="Lena", clock=clock)
    database.case("kim", incident_id=made, stage="anger", persona="work")
    clock.forward(minutes=20)  # type: ignore[attr-defined]
    lifecycle.edit_sheet(
        database.store, incident_id=made, version=2, changes=SheetChanges(status=IncidentStatus.RESOLVED),
        actor="Lena", clock=clock,
    )  # fmt: skip
    with database.store.read() as db:
        [told] = drill.debrief(db, BRAND)
        assert drill.debrief(db, "Somebody else") == []
    assert told.confirmed_at == told.suspected_at + timedelta(minutes=4)  # type: ignore[operator]
    assert drill.lines(told) == [
        "No signal",
        "  suspected: 14:00:00 UTC",
        "  confirmed: 14:04:00 UTC, after 4.0 min",
        "  first public update: never",
        "  first approval, to the quarter hour: never",
        "  resolved: 14:24:00 UTC, after 24.0 min",
        "  replies approved: 0",
        "  customers: 1, of them answered 0, waiting 0, not ours to answer 1, got nothing 0",
    ]
