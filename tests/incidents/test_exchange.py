"""What leaves for status pages, what comes in from them, and what never leaves."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain import IncidentStatus, PartState
from core.errors import Conflict, InputError
from core.settings import Brand
from core.store import incidents, listings
from core.store.incidents import FactRow, IncidentRow
from incidents import exchange, lifecycle, merging, status_page, taking_in
from incidents.facts import SheetChanges
from tests.factories import BRAND, Clock, Database

NORTHWIND = Brand(name=BRAND, time_zone="America/Toronto")


def opened(database: Database) -> int:
    return lifecycle.open_incident(
        database.store, brand=BRAND, title="No data", status=IncidentStatus.INVESTIGATING, started_at=database.clock(),
        next_update_at=database.clock() + timedelta(hours=1), components=("data", "calls"), regions=("Ontario",),
        links=("https://status.northwind.example",), facts={"scope": "Data is down."}, actor="Lena",
        clock=database.clock,
    )  # fmt: skip


def edit(database: Database, incident: int, **changes: Any) -> None:
    database.clock.forward(minutes=5)  # type: ignore[attr-defined]
    with database.store.read() as db:
        version = incidents.sheet_version(db, incident)
    lifecycle.edit_sheet(
        database.store, incident_id=incident, version=version, changes=SheetChanges(**changes), actor="Lena",
        clock=database.clock,
    )  # fmt: skip


def public(database: Database, incident: int) -> status_page.Published:
    with database.store.read() as db:
        return status_page.published(db, db.get_one(IncidentRow, incident), NORTHWIND)


def test_a_statuspage_has_every_step_with_the_facts_of_its_moment(database: Database) -> None:
    made = opened(database)
    edit(database, made, facts={"cause": "A wrong change."}, status=IncidentStatus.IDENTIFIED)
    edit(database, made, states={"data": PartState.PARTLY, "calls": PartState.BACK}, status=IncidentStatus.MONITORING)
    page = status_page.as_statuspage([public(database, made)], NORTHWIND)
    [incident] = page["incidents"]
    assert (incident["name"], incident["status"], incident["impact"]) == ("No data", "monitoring", "minor")
    assert [(each["status"], each["body"]) for each in reversed(incident["incident_updates"])] == [
        ("investigating", "Data is down."),
        ("identified", "Data is down. A wrong change."),
        ("monitoring", "Data is down. A wrong change."),
    ]
    assert page["components"] == [
        {"id": "data", "name": "data", "status": "partial_outage"},
        {"id": "calls", "name": "calls", "status": "operational"},
    ]
    assert incident["started_at"] == "2026-11-20T09:00:00-05:00"
    assert incident["monitoring_at"] == "2026-11-20T09:10:00-05:00"


def test_what_is_held_back_leaves_nowhere_not_even_as_an_older_word(database: Database) -> None:
    made = opened(database)
    edit(database, made, facts={"cause": "SECRET one"}, status=IncidentStatus.IDENTIFIED)
    edit(database, made, facts={"workaround": "SECRET two"}, unsafe=frozenset({"workaround"}))
    edit(database, made, facts={"cause": "SECRET one"}, unsafe=frozenset({"cause"}))
    edit(database, made, status=IncidentStatus.MONITORING)
    found = public(database, made)
    for told in (status_page.as_statuspage([found], NORTHWIND), status_page.as_json(found)):
        assert "SECRET" not in json.dumps(told)


@pytest.mark.parametrize("status", ["suspected", "dismissed", "merged"])
def test_of_what_nobody_confirmed_nothing_is_public(database: Database, status: str) -> None:
    with pytest.raises(InputError, match="nothing of it is public"):
        public(database, database.incident(status=status))


def test_our_own_json_comes_back_as_it_went(database: Database) -> None:
    made = opened(database)
    edit(database, made, facts={"cause": "A wrong change.", "cause.fr": "Une erreur."}, states={"data": PartState.BACK})
    text = json.dumps(status_page.as_json(public(database, made)))
    with database.store.begin() as db:
        db.get_one(IncidentRow, made).title = "Another"
    [incoming] = exchange.read(text, brand=NORTHWIND)
    taken = taking_in.take_in(database.store, incoming, brand=BRAND, actor="Lena", clock=database.clock)
    assert (taken.done, taken.id == made) == ("opened", False)
    with database.store.read() as db:
        row = db.get_one(IncidentRow, taken.id)
        assert incidents.facts_in_force(db, taken.id) == incidents.facts_in_force(db, made)
        assert (row.title, row.components, row.states) == ("No data", ["data", "calls"], {"data": "back"} | REST)
        assert row.started_at == db.get_one(IncidentRow, made).started_at


REST = {"calls": "down", "Ontario": "down"}
PAGE: dict[str, Any] = {
    "page": {"id": "x", "name": "Northwind"},
    "incidents": [
        {
            "id": "p31", "name": "Calls fail", "status": "monitoring", "impact": "major",
            "created_at": "2026-11-20T08:30:00.000-05:00", "started_at": "2026-11-20T08:20:00.000-05:00",
            "shortlink": "https://stspg.io/p31",
            "components": [{"id": "c1", "name": "Calls", "status": "degraded_performance"}],
            "incident_updates": [
                {"status": "monitoring", "body": "A fix is in place.", "created_at": "2026-11-20T08:50:00.000-05:00"},
                {"status": "investigating", "body": "We look into it.", "created_at": "2026-11-20T08:30:00.000-05:00"},
            ],
        }
    ],
}  # fmt: skip


def take(database: Database, text: str, **more: Any) -> taking_in.Taken:
    [incoming] = exchange.read(text, brand=NORTHWIND)
    return taking_in.take_in(database.store, incoming, brand=BRAND, actor="Lena", clock=database.clock, **more)


def test_a_statuspage_comes_in_once_and_its_words_wait_for_a_lead(any_database: Database) -> None:
    taken = take(any_database, json.dumps(PAGE))
    again = take(any_database, json.dumps(PAGE))
    assert (taken.done, again.done, again.id) == ("opened", "edited", taken.id)
    assert again.words[0] == "the sheet says the same already"
    with any_database.store.read() as db:
        row = db.get_one(IncidentRow, taken.id)
        assert (row.status, row.states, row.links) == ("monitoring", {"Calls": "partly"}, ["https://stspg.io/p31"])
        assert incidents.facts_in_force(db, taken.id) == {}
        scope = listings.facts_now(db, taken.id)["scope"]
        told = [each.what for each in incidents.timeline_of(db, taken.id) if each.kind == "update"]
    assert (scope.text, scope.safe) == ("A fix is in place.", False)
    assert told == ["We look into it.", "A fix is in place."]


def test_a_status_that_goes_back_is_refused_and_an_approved_fact_stays(database: Database) -> None:
    made = opened(database)
    edit(database, made, status=IncidentStatus.RESOLVED)
    with pytest.raises(
        InputError, match=f"incident {made} is resolved here, and going back to monitoring needs a reason"
    ):
        take(database, changed(incident_updates=[]), incident_id=made)
    taken = take(database, changed(status="postmortem"), incident_id=made)
    with database.store.read() as db:
        assert incidents.facts_in_force(db, taken.id)["scope"] == "Data is down."
        assert db.query(FactRow).filter(FactRow.name == "scope").count() == 1


def over(database: Database, *states: IncidentStatus) -> int:
    """The incident of the page, taken in and ended here."""
    made = take(database, json.dumps(PAGE)).id
    for status in states:
        edit(database, made, status=status, states={"Calls": PartState.BACK})
    return made


def page_says(status: str, text: str, at: str) -> str:
    told = [*PAGE["incidents"][0]["incident_updates"], {"status": status, "body": text, "created_at": at}]
    return changed(status=status, incident_updates=told)


def sheet(database: Database, incident: int) -> tuple[str, int, list[str]]:
    """Status and version of a sheet, and the updates of its timeline."""
    with database.store.read() as db:
        row = db.get_one(IncidentRow, incident)
        told = [each.what for each in incidents.timeline_of(db, incident) if each.kind == "update"]
        return row.status, row.sheet_version, told


CLOSED = (IncidentStatus.RESOLVED, IncidentStatus.CLOSED)
SINCE = "2026-11-20T11:00:00-05:00"  # after it was over here


def test_what_is_closed_here_takes_the_later_words_of_the_page_and_no_more(any_database: Database) -> None:
    made = over(any_database, *CLOSED)
    before = sheet(any_database, made)
    for text in (json.dumps(PAGE), changed(status="resolved", components=[])):  # lagging behind, and as we know it
        assert take(any_database, text).words[0] == f"incident {made} is closed here, so its sheet stays as it is"
    taken = take(any_database, page_says("postmortem", "It was the router.", SINCE))
    assert (taken.id, taken.done) == (made, "left")
    status, version, told = sheet(any_database, made)
    assert (status, version, told[-1]) == (*before[:2], "It was the router.")


def test_what_was_closed_here_and_runs_again_is_opened_anew_once(any_database: Database) -> None:
    made, again = over(any_database, *CLOSED), page_says("investigating", "It fails again.", SINCE)
    named = take(any_database, again, incident_id=made)
    assert (named.id, named.done) == (made, "left")
    assert "import it without naming an incident" in named.words[0]
    new, once_more = take(any_database, again), take(any_database, again)
    assert (new.done, new.id == made) == ("opened", False)
    assert new.words[0] == f"incident {made} is closed here and runs again: this is a new one"
    assert (once_more.done, once_more.id) == ("edited", new.id)
    assert sheet(any_database, made)[0] == "closed"


def test_a_page_that_lags_behind_reopens_nothing_and_one_that_says_so_does(database: Database) -> None:
    made = over(database, IncidentStatus.RESOLVED)
    late = take(database, json.dumps(PAGE))
    assert (late.done, sheet(database, made)[0]) == ("left", "resolved")
    assert take(database, page_says("investigating", "It fails again.", SINCE)).done == "edited"
    with database.store.read() as db:
        said = [each.what for each in incidents.timeline_of(db, made)]
    assert sheet(database, made)[0] == "investigating"
    assert any("the status page says so" in words for words in said)


def test_a_step_back_while_it_runs_comes_with_the_word_of_the_page_or_says_why_not(any_database: Database) -> None:
    made = take(any_database, json.dumps(PAGE)).id
    edit(any_database, made, status=IncidentStatus.INVESTIGATING, reason="it came back")
    edit(any_database, made, status=IncidentStatus.MONITORING)
    before = "2026-11-20T09:05:00-05:00"  # we went on five minutes later
    late = take(any_database, page_says("identified", "We know the cause.", before))
    assert (late.done, sheet(any_database, made)[0]) == ("left", "monitoring")
    assert late.words[0] == (
        f"incident {made} is monitoring here and the status page said nothing since, so its sheet stays as it is"
    )
    assert sheet(any_database, made)[2][-1] == "We know the cause.", "what it says stands in the timeline all the same"
    back = take(any_database, page_says("identified", "The fix did not hold.", SINCE))
    assert (back.id, back.done, sheet(any_database, made)[0]) == (made, "edited", "identified")
    with any_database.store.read() as db:
        said = [each.what for each in incidents.timeline_of(db, made)]
    assert any("monitoring → identified (the status page says so)" in words for words in said)


class Interfering(Clock):
    """The second time it is asked, which is right before the sheet is written, somebody else has edited it."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.asked, self.act = 0, act

    def __call__(self) -> datetime:
        self.asked += 1
        if self.asked == 2:
            self.act()
        return self.now


def test_an_edit_during_the_import_is_named(database: Database) -> None:
    made = take(database, json.dumps(PAGE)).id
    meanwhile = Interfering(lambda: edit(database, made, facts={"cause": "A wrong change."}))
    [incoming] = exchange.read(changed(status="resolved", components=[]), brand=NORTHWIND)
    with pytest.raises(Conflict, match=f"somebody changed incident {made} while this was taken in; import it again"):
        taking_in.take_in(database.store, incoming, brand=BRAND, actor="Lena", clock=meanwhile)
    assert sheet(database, made)[0] == "monitoring"


def test_what_became_part_of_another_is_told_there_and_changes_nothing(database: Database) -> None:
    made, into = take(database, json.dumps(PAGE)).id, opened(database)
    with database.store.read() as db:
        version = incidents.sheet_version(db, made)
    merging.merge(database.store, incident_id=made, version=version, into_id=into, actor="Lena", clock=database.clock)
    before = sheet(database, into)
    taken = take(database, page_says("resolved", "All good.", SINCE))
    assert (taken.id, taken.done) == (into, "left")
    assert taken.words[0].startswith(f"incident {made} is part of incident {into} here")
    assert sheet(database, into)[:2] == before[:2]
    assert sheet(database, into)[2] == [*before[2], "All good."]


def test_an_old_incident_of_the_same_name_is_not_meant_by_a_sheet_without_a_start(database: Database) -> None:
    database.incident(title="No data", status="closed", closed_at=database.clock(), resolved_at=database.clock())
    with pytest.raises(InputError, match="started_at: is missing"):
        take(database, '[incident]\ntitle = "No data"\nstatus = "investigating"\n')


def test_a_fact_sheet_comes_in_and_a_passed_promise_is_left_out(database: Database) -> None:
    made = opened(database)
    sheet = """
[incident]
title = "No data"
status = "identified"
started_at = 2026-11-20T09:00:00-05:00
next_update_at = 2026-11-20T09:30:00-05:00
restored = ["Québec"]
[facts]
cause = "A wrong change."
"""
    database.clock.forward(hours=1)  # type: ignore[attr-defined]
    taken = take(database, sheet)
    assert (taken.id, taken.done) == (made, "edited")
    assert taken.words[0].startswith("the next update promised for 2026-11-20T09:30:00-05:00 has passed")
    with database.store.read() as db:
        row = db.get_one(IncidentRow, made)
        assert incidents.facts_in_force(db, made)["cause"] == "A wrong change."
    assert (row.status, row.regions, row.states) == ("identified", ["Ontario", "Québec"], {"Québec": "back"})


def changed(**values: Any) -> str:
    page = json.loads(json.dumps(PAGE))
    page["incidents"][0] |= values
    return json.dumps(page)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not valid JSON: line 1"),
        ("[" * 100_000, "nested too deeply|not valid JSON"),
        ('{"incidents": {}}', "incidents: a list is expected"),
        ('{"incidents": [3]}', r"incidents\[0\]: an object is expected"),
        (changed(name=" "), r"incidents\[0\]\.name: a text is expected"),
        (changed(status="scheduled"), "'scheduled' is not a status; use one of investigating"),
        (changed(started_at="soon"), r"incidents\[0\]\.started_at: 'soon' is not a time"),
        (changed(started_at="2026-11-20T08:00:00"), "has no offset"),
        (changed(incident_updates=[{"body": "x"}]), r"incident_updates\[0\]\.created_at: is missing"),
        ('{"format": "amends.incident", "incident": {"title": "x", "status": "resolved", "states": {"a": "up"}}}',
         r"states\.a: 'up' is none of down, partly, back"),
        ("[incident]\nweather = 3\n", r"facts:2: incident\.weather: is not a key"),
        (changed(started_at="0001-01-01T00:00:00Z"), "is not in the years 1900 to 2999"),
        ("x" * 1_000_001, "at most 1,000,000 are read"),
        ('{"incidents": [' + "1" * 5000 + "]}", "not valid JSON: a number is too long"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        exchange.read(text, brand=NORTHWIND)


def test_what_names_a_part_is_as_clean_as_what_is_said_of_it() -> None:
    whole = {"title": "x", "status": "resolved", "states": {"a\ud800\0": "back"}}
    [one] = exchange.read(json.dumps({"format": "amends.incident", "incident": whole}), brand=NORTHWIND)
    assert list(one.states) == ["a"]


def test_a_long_update_comes_in_once(database: Database) -> None:
    text = changed(incident_updates=[{"body": "word " * 1000, "created_at": "2026-11-20T08:10:00-05:00"}])
    assert "1 updates added to the timeline" in take(database, text).words
    assert "1 updates added to the timeline" not in take(database, text).words


def test_the_steps_of_an_incident_that_became_part_of_this_one_are_not_its_own(database: Database) -> None:
    made = opened(database)
    edit(database, made, facts={"cause": "A wrong change."})
    other = opened(database)
    edit(database, other, status=IncidentStatus.IDENTIFIED)
    edit(database, other, facts={"scope": "Calls."})
    lifecycle.tell_update(database.store, incident_id=other, text="Calls fail too.", actor="Lena", clock=database.clock)
    with database.store.read() as db:
        version = incidents.sheet_version(db, other)
    merging.merge(database.store, incident_id=other, version=version, into_id=made, actor="Lena", clock=database.clock)
    told = [(each.status, each.text) for each in public(database, made).updates]
    assert told == [("investigating", "Data is down."), ("investigating", "Calls fail too.")]


def test_only_one_fits_into_an_incident() -> None:
    two = json.dumps({"incidents": PAGE["incidents"] * 2})
    with pytest.raises(InputError, match="this holds 2 incidents"):
        exchange.read(two, brand=NORTHWIND, one=True)
