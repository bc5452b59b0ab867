"""The review of an incident: every figure from rows that the test made."""

from datetime import timedelta

import pytest

from core.errors import InputError
from core.sections import Money
from core.store.rollups import RollupRow
from incidents.review import Review, review, size_of
from tests.dashboards.aftermath import HELPED, closed_incident
from tests.factories import BRAND, Clock, Database
from tests.incidents.sending import send


def look(database: Database, incident: int) -> Review:
    with database.store.read() as db:
        return review(db, brand=BRAND, money=Money(), incident_id=incident, now=database.clock())


def test_delays_run_from_the_first_complaint(any_database: Database, clock: Clock) -> None:
    start = clock() - timedelta(hours=3)
    incident = any_database.incident(started_at=start, opened_at=start + timedelta(minutes=30))
    case = any_database.case(incident_id=incident)
    glad = {"sentiment": "positive", "outage": False}
    any_database.mention(case_id=case, created_at=start - timedelta(hours=30))  # about something else, long before
    any_database.mention(case_id=case, created_at=start - timedelta(minutes=9), reading=glad)
    complaint = any_database.mention(case_id=case, created_at=start - timedelta(minutes=5))
    send(any_database, any_database.draft(complaint, incident_id=incident), at=start + timedelta(minutes=55))
    found = look(any_database, incident)
    assert found.first_complaint == start - timedelta(minutes=5)
    assert found.detection_delay == timedelta(minutes=35).total_seconds()
    assert found.first_reply_delay == timedelta(minutes=60).total_seconds()


def test_who_knew_before_the_first_complaint_has_a_delay_below_zero(any_database: Database, clock: Clock) -> None:
    start = clock() - timedelta(hours=3)
    incident = any_database.incident(started_at=start, opened_at=start)
    any_database.mention(case_id=any_database.case(incident_id=incident), created_at=start + timedelta(minutes=10))
    assert look(any_database, incident).detection_delay == -600


def test_an_incident_nobody_spoke_of_has_no_figures_rather_than_zeros(any_database: Database) -> None:
    found = look(any_database, any_database.incident())
    assert (found.first_complaint, found.detection_delay, found.first_reply, found.first_reply_delay) == (None,) * 4
    assert [(one.customers, one.wait_median) for one in found.reached] == [(0, None)] * 6
    assert (found.wrote_again, found.helped) == (0, [])


@pytest.mark.parametrize(
    ("followers", "size"),
    [
        ([None], "unknown"), ([None, 5], "under 100"), ([0], "under 100"), ([99], "under 100"), ([100], "100 to 999"),
        ([20, 1000], "1,000 to 9,999"), ([9999], "1,000 to 9,999"), ([10_000], "10,000 or more"), ([], "unknown"),
    ],
)  # fmt: skip
def test_the_size_of_an_audience(followers: list[int | None], size: str) -> None:
    assert size_of(followers) == size


def test_answers_by_audience_count_customers_and_those_we_may_not_answer(any_database: Database, clock: Clock) -> None:
    start = clock() - timedelta(hours=3)
    incident = any_database.incident(started_at=start)

    def customer(name: str, followers: int | None, wait: int | None, eligible: str = "tagged") -> None:
        case = any_database.case(name, incident_id=incident)
        first = any_database.mention(
            case_id=case, author=name, followers=followers, created_at=start, eligible=eligible
        )
        any_database.mention(
            case_id=case, author=name, followers=followers, created_at=start + timedelta(minutes=1), eligible=eligible
        )
        if wait is not None:
            at = start + timedelta(minutes=wait)
            send(any_database, any_database.draft(first, incident_id=incident), at=at)

    customer("loud", 50_000, 5)
    customer("quiet", 12, 90)
    customer("quiet too", 30, 30)
    customer("unheard", 40, None)
    customer("watched", 40, None, "none")
    customer("unknown", None, None)
    found = {one.size: one for one in look(any_database, incident).reached}
    quiet = found["under 100"]
    assert (quiet.customers, quiet.reachable, quiet.answered) == (4, 3, 2)
    assert (quiet.wait_median, quiet.wait_longest) == (3600, 5400)
    assert found["10,000 or more"].wait_median == 300
    assert (found["unknown"].customers, found["unknown"].answered) == (1, 0)
    assert (found["all"].customers, found["all"].reachable, found["all"].answered) == (6, 5, 3)


def test_the_mood_before_during_and_after_shares_no_hour(any_database: Database, clock: Clock) -> None:
    start = clock().replace(minute=30) - timedelta(hours=40)
    incident = any_database.incident(
        started_at=start, status="resolved", resolved_at=start + timedelta(hours=2), opened_at=start
    )
    with any_database.store.begin() as db:
        for hour in range(-30, 40):
            for platform in ("x", "reddit"):
                db.add(
                    RollupRow(
                        brand=BRAND, platform=platform, hour=start.replace(minute=0) + timedelta(hours=hour), volume=2,
                        negative=1, neutral=1, positive=0, outage=0, outage_anger=0,
                    )
                )  # fmt: skip
    found = look(any_database, incident)
    moods = {mood.name: mood for mood in found.moods}
    assert {name: mood.volume for name, mood in moods.items()} == {"before": 96, "during": 12, "after": 96}
    assert moods["before"].end == moods["during"].start
    assert moods["during"].end == moods["after"].start
    assert sum(row.volume for row in found.hours) == 96 + 12 + 96


def test_an_open_incident_has_no_after(any_database: Database) -> None:
    found = look(any_database, any_database.incident())
    assert not found.over
    assert [mood.name for mood in found.moods] == ["before", "during"]


def test_texts_that_helped_are_those_before_a_change_to_glad(any_database: Database, clock: Clock) -> None:
    incident = closed_incident(any_database, clock, customers=20)
    found = look(any_database, incident)
    assert found.replies == found.wrote_again == 9
    assert found.turned == 4
    assert [one.text for one in found.helped] == [HELPED]  # the same words once


def test_who_was_glad_before_was_not_turned(any_database: Database, clock: Clock) -> None:
    incident = any_database.incident(started_at=clock() - timedelta(hours=5))
    case = any_database.case(incident_id=incident)
    glad = {"sentiment": "positive", "outage": False}
    first = any_database.mention(case_id=case, created_at=clock() - timedelta(hours=3), reading=glad)
    send(any_database, any_database.draft(first, incident_id=incident), at=clock() - timedelta(hours=2))
    any_database.mention(case_id=case, created_at=clock() - timedelta(hours=1), reading=glad)
    assert look(any_database, incident).wrote_again == 0


def test_promises_are_counted_as_they_ended(any_database: Database, clock: Clock) -> None:
    kept = look(any_database, closed_incident(any_database, clock, customers=1)).promises
    assert (kept.kept, kept.broken, kept.open, kept.overdue, kept.withdrawn) == (2, 1, 1, 1, 0)


def test_another_brands_incident_is_not_found(any_database: Database) -> None:
    with pytest.raises(InputError, match="there is no incident"):
        look(any_database, any_database.incident(brand="Other"))
