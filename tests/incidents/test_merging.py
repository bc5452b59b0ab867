"""Two incidents become one and two again; customers, drafts, facts and timeline go along and come back."""

import pytest

from core.domain import IncidentStatus
from core.errors import Conflict, InputError
from core.store import audit, incidents, merges
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from incidents import merging
from incidents.facts import SheetChanges
from incidents.lifecycle import edit_sheet
from tests.factories import Database


@pytest.fixture
def two(any_database: Database) -> tuple[int, int]:
    """An alarm with a customer and two drafts, one of them sent; and the incident it belongs to."""
    into = any_database.incident(components=["data"], regions=["Ontario"])
    any_database.fact(into, "scope", "Data is down.")
    alarm = any_database.incident(
        status="suspected", title="Calls", components=["calls"], regions=["ontario", "Québec"]
    )
    any_database.fact(alarm, "scope", "Calls are down.")
    any_database.fact(alarm, "cause", "A cut cable.")
    case = any_database.case("kim", incident_id=alarm)
    any_database.draft(any_database.mention("no calls", case_id=case), incident_id=alarm, sheet_version=1)
    any_database.draft(any_database.mention("hm", case_id=case), incident_id=alarm, sheet_version=1, status="done")
    any_database.timeline(alarm, "suspected: 9 mentions")
    return alarm, into


def do(database: Database, what, incident: int, **more: object) -> object:
    with database.store.read() as db:
        version = db.get_one(IncidentRow, incident).sheet_version
    arguments = {"incident_id": incident, "version": version, "actor": "Lena", "clock": database.clock}
    return what(database.store, **(arguments | more))


def state(database: Database, incident: int) -> tuple[str, list[str], list[str], dict[str, str]]:
    with database.store.read() as db:
        row = db.get_one(IncidentRow, incident)
        return row.status, row.components, row.regions, incidents.facts_in_force(db, incident)


def ties(database: Database) -> tuple[set[int | None], set[tuple[int | None, int, str]]]:
    with database.store.read() as db:
        cases = {row.incident_id for row in db.query(CaseRow)}
        return cases, {(row.incident_id, row.sheet_version, row.status) for row in db.query(DraftRow)}


def test_everything_goes_along_and_comes_back(any_database: Database, two: tuple[int, int]) -> None:
    alarm, into = two
    before = state(any_database, alarm), state(any_database, into)
    do(any_database, merging.merge, alarm, into_id=into)
    assert state(any_database, alarm)[0] == "merged"
    assert state(any_database, into)[1:] == (
        ["data", "calls"],
        ["Ontario", "Québec"],
        {"scope": "Data is down.", "cause": "A cut cable."},
    )
    assert ties(any_database) == ({into}, {(into, 0, "waiting"), (into, 1, "done")})
    with any_database.store.read() as db:
        told = [row.what for row in incidents.timeline_of(db, into)]
        assert incidents.changed_since(db.get_one(IncidentRow, into), 1) == {"cause", "components", "regions"}
    assert "suspected: 9 mentions" in told
    assert any("scope: kept as it was here; cause: taken over" in what for what in told)
    do(any_database, merging.split, alarm)
    assert (state(any_database, alarm), state(any_database, into)) == before
    assert ties(any_database) == ({alarm}, {(alarm, 0, "waiting"), (alarm, 1, "done")})
    with any_database.store.read() as db:
        assert "suspected: 9 mentions" not in [row.what for row in incidents.timeline_of(db, into)]
        actions = {row.action for row in audit.newest(db)}
    assert actions == {"incident.merged", "incident.took_over", "incident.split", "incident.gave_back"}


def test_a_split_leaves_what_people_changed_since(any_database: Database, two: tuple[int, int]) -> None:
    alarm, into = two
    do(any_database, merging.merge, alarm, into_id=into)
    do(any_database, edit_sheet, into, changes=SheetChanges(facts={"cause": "A cut cable near Kingston."}))
    do(any_database, merging.split, alarm)
    assert state(any_database, into)[3]["cause"] == "A cut cable near Kingston."
    assert state(any_database, alarm)[3]["cause"] == "A cut cable."


def test_a_merge_within_a_merge_comes_apart_from_the_outside(any_database: Database, two: tuple[int, int]) -> None:
    alarm, into = two
    last = any_database.incident(title="Everything")
    do(any_database, merging.merge, alarm, into_id=into)
    do(any_database, merging.merge, into, into_id=last)
    assert ties(any_database)[0] == {last}
    with any_database.store.read() as db:
        assert "suspected: 9 mentions" in [row.what for row in incidents.timeline_of(db, last)]
    with pytest.raises(InputError, match="is itself part of another; split that one first"):
        do(any_database, merging.split, alarm)
    do(any_database, merging.split, into)
    do(any_database, merging.split, alarm)
    assert ties(any_database)[0] == {alarm}


def test_what_cannot_be_merged_or_split_is_refused(any_database: Database, two: tuple[int, int]) -> None:
    alarm, into = two
    closed = any_database.incident(status="closed")
    other = any_database.incident(brand="Somebody else")
    with pytest.raises(InputError, match="is closed; only what still runs"):
        do(any_database, merging.merge, alarm, into_id=closed)
    with pytest.raises(InputError, match="different brands"):
        do(any_database, merging.merge, alarm, into_id=other)
    with pytest.raises(InputError, match="part of itself"):
        do(any_database, merging.merge, alarm, into_id=alarm)
    with pytest.raises(InputError, match="not part of another"):
        do(any_database, merging.split, into)
    with pytest.raises(Conflict):
        do(any_database, merging.merge, alarm, into_id=into, version=7)
    with pytest.raises(InputError, match="there is no incident 999"):
        do(any_database, merging.merge, alarm, into_id=999)
    assert state(any_database, alarm)[0] == "suspected"


def test_customers_are_split_off_by_their_words(any_database: Database, two: tuple[int, int]) -> None:
    _, into = two
    wifi = any_database.case("lee", incident_id=into)
    any_database.draft(any_database.mention("my WIFI 100% dead", case_id=wifi), incident_id=into, sheet_version=1)
    stays = any_database.case("max", incident_id=into)
    any_database.mention("no data", case_id=stays)
    split = {"title": "Home internet", "words": ["wifi 100%", " "]}
    made = do(any_database, merging.split_off, into, **split)
    assert isinstance(made, int)
    assert state(any_database, made) == (IncidentStatus.IDENTIFIED, ["data"], ["Ontario"], {"scope": "Data is down."})
    with any_database.store.read() as db:
        assert db.get_one(CaseRow, wifi).incident_id == made
        assert db.get_one(CaseRow, stays).incident_id == into
    for text in ("plus rien à Évry", "PLUS RIEN À ÉVRY", "rien à évry"):
        any_database.mention(text, case_id=any_database.case(text, incident_id=into), author=text)
    with any_database.store.read() as db:
        assert len(merges.cases_speaking_of(db, into, ["Évry"])) == 3
    with pytest.raises(InputError, match="no customer of this incident speaks of fax"):
        do(any_database, merging.split_off, into, title="Fax", words=["fax"])
    with pytest.raises(InputError, match="at least one word"):
        do(any_database, merging.split_off, into, title="Fax", words=[" "])
    do(any_database, merging.merge, made, into_id=into)
    with any_database.store.read() as db:
        assert db.get_one(CaseRow, wifi).incident_id == into
