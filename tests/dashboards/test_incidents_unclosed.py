"""A resolved incident that nobody closes: past after a while for all but the lead, who is asked to close it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from core.sections import Incidents
from core.settings import Brand, Settings
from core.store import listings
from core.store.incidents import IncidentRow
from tests.dashboards.test_incidents import json_ids
from tests.dashboards.test_status import public
from tests.dashboards.visiting import Visitor, new_user, sign_in, visit, words
from tests.factories import BRAND, Database


def resolved(visitor: Visitor, title: str, **ago: float) -> int:
    at = visitor.clock() - timedelta(**ago)
    return visitor.rows.incident(title=title, status="resolved", resolved_at=at, next_update_at=None)


def listed(visitor: Visitor) -> tuple[str, str]:
    """What stands under Open, and under Past."""
    page = words(visitor.get("/incidents").text)
    is_open, past = page[page.index("Open an incident") + len("Open an incident") :].split("Past", 1)
    return is_open, past


def test_it_moves_to_the_past_and_a_calm_line_asks_to_close_it(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = resolved(visitor, "Calls fail.", days=2, hours=23)
    is_open, past = listed(visitor)
    assert ("Calls fail. Resolved" in is_open, "Ready to be closed" in is_open, "Calls fail" in past) == (
        True, True, False,
    )  # fmt: skip
    visitor.clock.forward(hours=1)
    is_open, past = listed(visitor)
    assert (
        "No incident is open. One resolved incident is past, and waits for a lead to close it: Calls fail." in is_open
    )
    assert "Calls fail. Resolved" in past
    assert "not closed yet" in past
    assert visitor.post(f"/incidents/{made}/status", status="closed", version="1").status_code == 303
    assert "waits for a lead" not in words(visitor.get("/incidents").text)
    with visitor.deps.store.read() as db:
        assert db.get_one(IncidentRow, made).status == "closed", "a person did that, and only a person"


def test_it_is_open_again_as_soon_as_it_goes_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = resolved(visitor, "Calls fail.", days=9)
    back = {"status": "monitoring", "reason": "it fails again", "version": "1"}
    assert visitor.post(f"/incidents/{made}/status", **back).status_code == 303
    is_open, past = listed(visitor)
    assert ("Calls fail." in is_open, "Calls fail." in past) == (True, False)


def test_the_bar_and_the_public_page_leave_it_out_and_the_next_is_what_they_show(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    resolved(visitor, "Texts fail.", hours=1)
    resolved(visitor, "Calls fail.", days=4)
    bar = words(visitor.get("/bar").text)
    assert ("Texts fail." in bar, "Calls fail." in bar, "more open" in bar) == (True, False, False)
    page = words(public(visitor))
    assert ("Texts fail." in page, "Calls fail." in page) == (True, False)


def test_front_line_and_journey_are_of_what_everybody_is_told_of(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = resolved(visitor, "Texts fail.", days=2, hours=23)
    resolved(visitor, "Calls fail.", days=4)
    for path in ("/frontline", "/journey"):
        page = visitor.get(path).text
        assert ("Texts fail." in page, "Calls fail." in page) == (True, False), path
    assert visitor.get("/api/v1/status").json()["incident"]["title"] == "Texts fail."
    visitor.clock.forward(hours=1)
    assert visitor.get("/api/v1/status").json()["incident"] is None
    assert "Texts fail." not in visitor.get("/frontline").text
    assert "Texts fail." in visitor.get(f"/incidents/{made}/frontline").text


def test_who_cannot_close_it_is_not_asked(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    for number in range(5):
        resolved(visitor, f"Case {number}.", days=4)
    page = words(visitor.get("/incidents").text)
    assert (
        "5 resolved incidents are past, and wait for a lead to close them: Case 4. , Case 3. , Case 2. and 2 more"
        in page
    )
    sign_in(visitor, new_user(visitor, "Vic", "viewer"))
    page = words(visitor.get("/incidents").text)
    assert "wait for a lead" not in page
    assert "Case 0. Resolved" in page


def test_the_page_asks_once_for_what_nobody_ended(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    resolved(visitor, "Calls fail.", days=4)
    resolved(visitor, "Texts fail.", days=1)
    visitor.get("/incidents")  # the bar has looked, and its figures are fresh
    asked = list[str]()
    event.listen(visitor.rows.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    is_open, past = listed(visitor)
    assert ("Texts fail." in is_open, "lead to close it: Calls fail." in is_open, "Calls fail." in past) == (True,) * 3
    lists = [each for each in asked if "FROM incidents" in each and "ORDER BY incidents.id DESC" in each]
    assert len(lists) == 2, "one for what is open, one for what is past"


def test_how_long_is_set_in_the_configuration(tmp_path: Path) -> None:
    settings = Settings(brand=Brand(name=BRAND), incidents=Incidents(past_after_days=10))
    visitor = visit(tmp_path, settings=settings)
    resolved(visitor, "Calls fail.", days=9)
    assert "Calls fail." in listed(visitor)[0]


@pytest.mark.parametrize("how_many", [3, 9])
def test_the_json_goes_through_all_of_them_once(tmp_path: Path, how_many: int) -> None:
    visitor = visit(tmp_path)
    old = [resolved(visitor, f"Old {number}", days=4) for number in range(how_many)]
    over = [visitor.rows.incident(status="closed") for _ in range(how_many)]
    still = [resolved(visitor, f"New {number}", days=1) for number in range(how_many)]
    assert json_ids(visitor) == [*reversed(still), *reversed([*old, *over])]


def test_both_lists_have_everything_once_on_both_databases(any_database: Database) -> None:
    now = any_database.clock()
    for status in ("suspected", "identified", "resolved", "closed", "merged", "dismissed"):
        for at in (None, now - timedelta(days=4), now - timedelta(days=3), now):
            any_database.incident(status=status, resolved_at=at)
    with any_database.store.read() as db:
        since = now - timedelta(days=3)
        going, lingering = ([row.id for row in rows] for rows in listings.incidents_parted(db, BRAND, since=since))
        over = [row.id for row in listings.incidents_over(db, BRAND, since=since, limit=99)]
    assert sorted(going + over) == list(range(1, 25))
    assert lingering == [11, 10]
    assert set(lingering) < set(over)
