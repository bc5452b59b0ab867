"""Whose account is shut acts no more: what was theirs to see to becomes everybody's, on both databases."""

from datetime import timedelta

from core.domain.alarm import AlarmKind
from core.store import audit
from core.store.promises import PromiseRow
from dashboards import people
from incidents import alerts
from tests.factories import BRAND, Database
from tests.incidents.test_alerts import rows, watch
from tests.incidents.test_promises import answer, collect, opened
from tests.incidents.test_promises import rows as all_rows


def late(database: Database, owner: str) -> None:
    now = database.clock()
    promise = PromiseRow(
        brand=BRAND, kind="contact", text="We'll call you at 10:00.", owner=owner, due_at=now - timedelta(minutes=1),
        made_at=now, status="open", settled_by="", reason="",
    )  # fmt: skip
    with database.store.begin() as db:
        db.add(promise)


def shut(database: Database, name: str) -> None:
    people.disable(database.store, name=name, actor="Ada", clock=database.clock)


def test_an_overdue_promise_of_who_left_asks_everybody(any_database: Database) -> None:
    any_database.user("Zoë Ana")
    late(any_database, "ZOE\u0308 ANA")  # as it was typed elsewhere
    watch(any_database)
    shut(any_database, "Zoë Ana")
    any_database.clock.forward(minutes=15)  # type: ignore[attr-defined]
    watch(any_database)
    before, after = rows(any_database.store, AlarmKind.PROMISE)
    assert before.body.endswith("Its owner is ZOE\u0308 ANA.")
    assert after.body.endswith("Its owner ZOE\u0308 ANA cannot log in any more: give it to somebody else.")


def taken_on_by_ana(database: Database) -> None:
    """Her promise is late, and she is on its alarm."""
    database.user("Ana")
    late(database, "Ana")
    watch(database)
    [alarm] = rows(database.store)
    alerts.acknowledge(database.store, brand=BRAND, alarm_id=alarm.id, actor="Ana", clock=database.clock)


def test_an_alarm_that_was_taken_on_by_who_left_is_said_again(any_database: Database) -> None:
    taken_on_by_ana(any_database)
    any_database.clock.forward(hours=1)  # type: ignore[attr-defined]
    assert watch(any_database) == {}, "she is on it"
    shut(any_database, "Ana")
    assert watch(any_database) == {"raised": 1}
    assert [row.acknowledged_by for row in rows(any_database.store)] == [None, None]
    with any_database.store.read() as db:
        [told] = [entry for entry in audit.newest(db) if entry.action == "user.disabled"]
    assert told.detail["alarms"] == 1


def test_what_is_over_keeps_who_had_it(any_database: Database) -> None:
    taken_on_by_ana(any_database)
    with any_database.store.begin() as db:
        db.query(PromiseRow).one().status = "kept"
    watch(any_database)
    shut(any_database, "Ana")
    [row] = rows(any_database.store)
    assert (row.over_at, row.acknowledged_by) == (any_database.clock(), "Ana")


def test_a_new_promise_goes_to_who_is_still_there(any_database: Database) -> None:
    any_database.user("Lena", "lead")
    incident = opened(any_database, minutes=None)  # by Lena
    shut(any_database, "Lena")
    answer(any_database, incident, "The credit will be on your next bill.")
    collect(any_database)
    [promise] = all_rows(any_database)
    assert promise.owner.startswith("ana"), "who approved it, in the place of the lead who left"
