"""Parts of a sheet that do not agree are named at their fact; sheets that agree raise no doubt."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain import IncidentStatus
from core.store.incidents import FactRow, IncidentRow
from incidents import facts_file
from incidents.contradictions import doubts
from listener.sources.demo import DemoSource

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
SHEETS = sorted((Path(__file__).parents[1] / "responder/sheets").glob("*.toml"))


def row(status: str = "identified", **values: Any) -> IncidentRow:
    lists = {"components": ["mobile data"], "regions": ["Ontario", "Québec"], "links": [], "states": {}}
    return IncidentRow(**({"status": status, "next_update_at": None, "sheet_version": 1} | lists | values))


def look(incident: IncidentRow, now: datetime = NOW, /, **facts: str) -> list[tuple[str, str]]:
    """Facts by name, ``scope_fr`` for the French one; written at nine o'clock."""
    names = {name if name == "next_step" else name.replace("_", ".", 1): text for name, text in facts.items()}
    rows = {name: FactRow(name=name, text=text, version=1, at=NOW) for name, text in names.items()}
    return [(each.part, each.words) for each in doubts(incident, rows, zone=ZONE, now=now)]


@pytest.mark.parametrize(
    ("incident", "facts", "part", "words"),
    [
        (row(next_update_at=NOW.replace(hour=10)), {"next_step": "Next update at 11:00."}, "next_step",
         "the next update comes at 11:00, but the sheet promises 10:00"),
        (row(), {"next_step": "Prochain point à 11 h."}, "next_step", "at 11:00, but no time is promised"),
        (row(next_update_at=NOW.replace(hour=15)), {"next_step": "Service will be back by 12:00."}, "next_step",
         "works again by 12:00, but the next update comes only at 15:00"),
        (row(), {"scope": "It will be fixed by 18:00.", "scope_fr": "Le service sera rétabli avant 20 h."}, "scope.fr",
         "by 20:00, but scope says 18:00"),
        (row(), {"scope": "Calls are back in all cities."}, "scope", "all is back"),
        (row("investigating"), {"next_step": "La panne est terminée."}, "next_step", "all is back"),
        (row(), {"workaround": "La avería ha sido resuelta."}, "workaround", "all is back"),
        (row("resolved"), {"scope": "Mobile data is still down in Ontario."}, "scope", "the incident is resolved"),
        (row("resolved"), {"scope_es": "Los datos no funcionan."}, "scope.es", "the incident is resolved"),
        (row(states={"Ontario": "back"}), {"scope": "Mobile data is down in Ontario."}, "scope",
         "Ontario is down, but it is marked as back"),
        (row(states={"Québec": "down"}), {"scope_fr": "Les données sont revenues au Québec."}, "scope.fr",
         "Québec is back, but it is marked as still failing"),
        (row(), {"scope": "Mobile data is not affected."}, "scope", "mobile data is not affected, but it is listed"),
        (row(), {"cause": "A cut cable.", "next_step": "We are looking for the cause."}, "next_step",
         "not known, but the sheet names it"),
        (row(), {"cause_es": "Aún no sabemos por qué."}, "cause", "identified, but it does not stand here"),
        (row(), {"cause": "A cable.", "phone": "1-800-555-0100", "workaround": "Call +1 888 555 0199."}, "workaround",
         "names +1 888 555 0199, but phone says 1-800-555-0100"),
        (row(), {"cause": "A cable.", "workaround": "See https://help.a.example/x", "workaround_fr":
         "Voir https://www.b.example/x"}, "workaround.fr", "points to b.example, but workaround to help.a.example"),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_said_at_its_fact(
    incident: IncidentRow, facts: dict[str, str], part: str, words: str
) -> None:
    assert any(where == part and words in said for where, said in look(incident, **facts)), look(incident, **facts)


@pytest.mark.parametrize(
    ("incident", "facts"),
    [
        (row(next_update_at=NOW.replace(hour=11)), {"cause": "A cable.", "next_step": "Next update at 11 am."}),
        (row(next_update_at=NOW.replace(hour=11)), {"cause": "A cable.", "scope": "It will be back by 18:00."}),
        (row("investigating"), {"scope": "Calls are back in Kingston. They are still down in Toronto."}),
        (row("investigating"), {"next_step": "We will tell you when the outage is over."}),
        (row("investigating"), {"scope": "Not all services are fully restored."}),
        (row("resolved"), {"next_step": "If your phone is still down, switch it off and on once."}),
        (row("resolved"), {"scope": "Calls did not work for five hours."}),
        (row("monitoring", states={"Ontario": "back"}), {"scope": "Ontario is back, Québec is still down."}),
        (row("monitoring"), {"scope": "Mobile data is back everywhere."}),
        (row("investigating"), {"scope": "Home internet is not affected."}),
        (row("investigating"), {"cause": "We do not know the cause yet.", "next_step": "We look for it."}),
        (row(), {"cause": "A cable.", "phone": "+1 800 555 0100", "workaround": "Call 800-555-0100 or 911."}),
        (row(), {"cause": "A change on 2026-11-20 at 08:05:00.", "phone": "1-800-555-0100"}),
        (row(), {"cause": "A cable.", "workaround": "See https://a.example", "workaround_fr":
         "Voir https://www.a.example/fr"}),
        (row("closed"), {"scope": "Everything is down.", "next_step": "Next update at 11:00."}),
    ],
)  # fmt: skip
def test_what_agrees_raises_no_doubt(incident: IncidentRow, facts: dict[str, str]) -> None:
    assert look(incident, **facts) == []


def test_an_end_that_was_promised_and_passed_is_said_once_it_has() -> None:
    facts = {"cause": "A cable.", "next_step": "Service will be back by 10:00."}
    assert look(row(), NOW, **facts) == []
    [(part, words)] = look(row(), NOW + timedelta(hours=2), **facts)
    assert (part, "That has passed, and it is not fixed" in words) == ("next_step", True)
    assert look(row("monitoring"), NOW + timedelta(hours=2), **facts) == []


def test_no_step_of_the_shipped_day_contradicts_itself() -> None:
    start = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
    source = DemoSource("demo", minutes=750, clock=lambda: start)
    steps = source.facts_due({"started": start.isoformat(), "day": 0, "post": 0}, start + timedelta(days=1))
    assert len(steps) == 8
    for step in steps:
        lists = {"components": list(step.components), "regions": list(step.regions)}
        incident = row(step.status.value, next_update_at=step.next_update_at, **lists)
        rows = {name: FactRow(name=name, text=text, version=1, at=step.at) for name, text in step.facts.items()}
        assert doubts(incident, rows, zone=ZONE, now=step.at) == []


@pytest.mark.parametrize("file", SHEETS, ids=lambda file: file.stem)
def test_sheets_that_were_written_with_care_raise_no_doubt(file: Path) -> None:
    sheet = facts_file.load(file)
    at = sheet.started_at or NOW
    status = (sheet.status or IncidentStatus.INVESTIGATING).value
    lists = {"components": list(sheet.components), "regions": list(sheet.regions)}
    incident = row(status, next_update_at=sheet.next_update_at, **lists)
    rows = {name: FactRow(name=name, text=text, version=1, at=at) for name, text in sheet.facts.items()}
    assert doubts(incident, rows, zone=at.tzinfo or UTC, now=at) == []
