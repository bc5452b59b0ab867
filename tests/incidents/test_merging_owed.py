"""What customers are owed goes with them through merge, split and split-off; nobody is told an end twice."""

from datetime import timedelta

import pytest

from core.domain import IncidentStatus, PromiseKind, Stage
from core.settings import Brand
from core.store import follow_ups
from core.store.cases import CaseRow
from core.store.follow_ups import FollowUpRow
from core.store.incidents import IncidentRow
from core.store.promises import PromiseRow
from incidents import merging
from incidents.facts import SheetChanges
from incidents.lifecycle import edit_sheet
from incidents.promise_following import watch
from tests.factories import BRAND, Database
from tests.incidents.test_merging import do


@pytest.fixture
def kim(any_database: Database) -> tuple[int, int, int]:
    """An incident whose customer Kim was promised a call that was kept; another incident; Kim's case."""
    calls = any_database.incident(title="Calls", components=["calls"])
    data = any_database.incident(title="Data", components=["data"])
    return calls, data, any_database.case("kim", incident_id=calls, stage="anger", persona="work")


def owe(database: Database, case: int, incident: int, occasion: str = "promise:1", kind: str = "contact") -> None:
    with database.store.begin() as db:
        follow_ups.owe(
            db, brand=BRAND, case_id=case, occasion=occasion, kind=kind, incident_id=incident, promise_id=None,
            now=database.clock(),
        )  # fmt: skip


def owed(database: Database) -> list[tuple[int, int | None, str]]:
    """Customer, incident and status of every follow-up."""
    with database.store.read() as db:
        return [(row.case_id, row.incident_id, row.status) for row in db.query(FollowUpRow).order_by(FollowUpRow.id)]


def follow(database: Database) -> None:
    watch(database.store, brand=Brand(name=BRAND), clock=database.clock)


def resolve(database: Database, incident: int) -> None:
    do(database, edit_sheet, incident, changes=SheetChanges(status=IncidentStatus.RESOLVED, no_next_update=True))


def stage(database: Database, case: int) -> str | None:
    with database.store.read() as db:
        return db.get_one(CaseRow, case).stage


def drop(database: Database) -> None:
    """As the pass that draws follow-ups does when the incident is not over."""
    with database.store.begin() as db:
        for row in db.query(FollowUpRow):
            row.status, row.updated_at = "skipped", database.clock()


def test_a_follow_up_goes_along_and_comes_back(any_database: Database, kim: tuple[int, int, int]) -> None:
    calls, data, case = kim
    other = any_database.case("max")  # was promised something by this incident, belongs to none
    owe(any_database, case, calls)
    owe(any_database, other, calls)
    do(any_database, merging.merge, calls, into_id=data)
    assert owed(any_database) == [(case, data, "due"), (other, data, "due")]
    owe(any_database, case, data, "promise:2")
    do(any_database, merging.split, calls)
    assert owed(any_database) == [(case, calls, "due"), (other, calls, "due"), (case, calls, "due")]


def test_who_joins_an_end_hears_it_too_and_once(any_database: Database, kim: tuple[int, int, int]) -> None:
    calls, data, case = kim
    own = any_database.case("lee", incident_id=data)
    resolve(any_database, data)
    follow(any_database)
    do(any_database, merging.merge, calls, into_id=data)
    follow(any_database)
    follow(any_database)
    assert owed(any_database) == [(own, data, "due"), (case, data, "due")]
    assert stage(any_database, case) == Stage.AFTERMATH


def test_an_end_that_did_not_hold_is_taken_back_and_holds_again_after_the_split(
    any_database: Database, kim: tuple[int, int, int]
) -> None:
    calls, data, case = kim
    resolve(any_database, calls)
    follow(any_database)
    any_database.clock.forward(minutes=1)  # type: ignore[attr-defined]
    do(any_database, merging.merge, calls, into_id=data)
    assert stage(any_database, case) == Stage.IRRITATION
    drop(any_database)
    do(any_database, merging.split, calls)
    assert owed(any_database) == [(case, calls, "due")]
    assert stage(any_database, case) == Stage.AFTERMATH


def test_split_off_takes_promises_and_follow_ups_of_its_customers(
    any_database: Database, kim: tuple[int, int, int]
) -> None:
    calls, _, case = kim
    stays = any_database.case("max", incident_id=calls)
    any_database.mention("my fax is dead", case_id=case)
    any_database.mention("no dial tone", case_id=stays)
    now = any_database.clock()
    for number in (case, stays):
        owe(any_database, number, calls)
        with any_database.store.begin() as db:
            db.add(
                PromiseRow(
                    brand=BRAND, incident_id=calls, case_id=number, kind=PromiseKind.CONTACT.value, text="We'll call.",
                    owner="Lena", due_at=now + timedelta(hours=1), made_at=now,
                )
            )  # fmt: skip
    made = do(any_database, merging.split_off, calls, title="Fax", words=["fax"])
    assert owed(any_database) == [(case, made, "due"), (stays, calls, "due")]
    with any_database.store.read() as db:
        assert [row.incident_id for row in db.query(PromiseRow).order_by(PromiseRow.id)] == [made, calls]


def test_split_off_after_the_end_owes_nobody_twice(any_database: Database, kim: tuple[int, int, int]) -> None:
    calls, _, case = kim
    any_database.mention("my fax is dead", case_id=case)
    resolve(any_database, calls)
    follow(any_database)
    made = do(any_database, merging.split_off, calls, title="Fax", words=["fax"])
    follow(any_database)
    assert owed(any_database) == [(case, made, "due")]
    with any_database.store.read() as db:
        assert db.get_one(IncidentRow, made).status == "resolved"
