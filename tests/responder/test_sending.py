"""Sending: exactly the approved bytes, exactly once, whatever the platform does."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain import DeliveryStatus, DraftStatus
from core.errors import Conflict
from core.settings import Responder
from core.store import deliveries
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from responder import approval
from responder.approval import Actor, Route
from responder.sending import send_due
from tests.factories import Clock, Database
from tests.responder.memory_platform import Fault, Platform

NOW = Responder(undo_seconds=0)
AFTER_READ_LAG = 120.0


def route(_platform: str) -> Route:
    return Route(publisher="platform", account="northwind")


def approved(database: Database, text: str = "We are on it.", **draft: object) -> DeliveryRow:
    made = database.draft(text=text, **draft)
    actor = Actor(database.user(f"user{database.count}"), "Ana", "approver")
    return approval.approve(
        database.store,
        draft_id=made,
        version=1,
        text=text,
        actor=actor,
        route=route,
        responder=NOW,
        clock=database.clock,
    )


def status_of(database: Database, delivery_id: int) -> tuple[str, str]:
    with database.store.read() as db:
        row = db.get_one(DeliveryRow, delivery_id)
        return row.status, db.get_one(DraftRow, row.approval.draft_id).status


def passes(database: Database, platform: Platform, clock: Clock, count: int = 12) -> None:
    for _ in range(count):
        send_due(database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=AFTER_READ_LAG)


def passes_every(seconds: float, database: Database, platform: Platform, clock: Clock) -> None:
    """For 20 minutes."""
    for _ in range(int(1200 / seconds)):
        send_due(database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=seconds)


def test_what_was_approved_is_sent_once(any_database: Database, clock: Clock) -> None:
    platform = Platform(clock)
    text = "Zürich 👩‍👩‍👧 \u202eمرحبا\u202c e\u0301 <b>&amp;</b>\r\nline"
    made = approved(any_database, text)
    passes(any_database, platform, clock)
    assert [post.text for post in platform.posts] == [text]
    assert status_of(any_database, made.id) == ("sent", "done")


def test_nothing_is_sent_before_the_undo_time_is_over(database: Database, clock: Clock) -> None:
    platform, draft = Platform(clock), database.draft(text="We are on it.")
    actor = Actor(database.user(), "Ana", "approver")
    approval.approve(
        database.store, draft_id=draft, version=1, text="We are on it.", actor=actor, route=route,
        responder=Responder(undo_seconds=10), clock=clock,
    )  # fmt: skip
    clock.forward(seconds=9)
    send_due(database.store, {"platform": platform}, clock=clock)
    assert platform.posts == []
    approval.undo(database.store, draft_id=draft, actor=actor, clock=clock)
    clock.forward(seconds=60)
    send_due(database.store, {"platform": platform}, clock=clock)
    assert platform.posts == []


def test_too_late_to_undo_is_said(database: Database, clock: Clock) -> None:
    made = approved(database)
    send_due(database.store, {"platform": Platform(clock)}, clock=clock)
    actor = Actor(database.user(), "Ana", "approver")
    with pytest.raises(Conflict, match="too late"):
        approval.undo(database.store, draft_id=made.approval.draft_id, actor=actor, clock=clock)


@pytest.mark.parametrize("fault", list(Fault))
def test_one_fault_and_then_a_good_platform(any_database: Database, clock: Clock, fault: Fault) -> None:
    platform = Platform(clock, faults=[fault])
    made = approved(any_database)
    passes(any_database, platform, clock)
    created = 0 if fault is Fault.REFUSED else 1
    assert len(platform.posts) == created
    assert status_of(any_database, made.id) == ("sent" if created else "refused", "done")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from(list(Fault)), max_size=10), lag=st.floats(0, 10), blind=st.booleans())
def test_never_twice_and_never_lost(database: Database, faults: list[Fault], lag: float, blind: bool) -> None:
    clock = database.clock = Clock()
    platform = Platform(clock, faults=list(faults), lag=lag, blind=blind)
    made = approved(database)
    passes(database, platform, clock, count=45)  # ten faults, each with its longest back-off
    sent = [post for post in platform.posts if post.target == made.target_id]
    assert len(sent) <= 1
    status, _ = status_of(database, made.id)
    assert status in ("sent", "refused", "unknown")
    assert (status == "sent") <= (len(sent) == 1)
    assert (status == "refused") <= (len(sent) == 0)


def test_an_outcome_that_cannot_be_told_waits_for_a_person(database: Database, clock: Clock) -> None:
    platform = Platform(clock, faults=[Fault.ANSWER_LOST], blind=True)
    made = approved(database)
    passes(database, platform, clock)
    assert status_of(database, made.id) == ("unknown", "approved")
    actor = Actor(database.user("Lena"), "Lena", "lead")
    approval.settle(database.store, delivery_id=made.id, sent=True, actor=actor, clock=clock)
    assert status_of(database, made.id) == ("sent", "done")
    with pytest.raises(Conflict):
        approval.settle(database.store, delivery_id=made.id, sent=False, actor=actor, clock=clock)


def test_it_is_looked_for_at_growing_distances(database: Database, clock: Clock) -> None:
    platform = Platform(clock, faults=[Fault.ANSWER_LOST], blind=True, retry_after=240)
    made = approved(database)
    passes_every(5, database, platform, clock)
    assert status_of(database, made.id)[0] == "unknown"
    assert platform.looks <= 6  # as often as the platform wants to be asked, and once more at the end
    other, platform = approved(database), Platform(clock, faults=[Fault.ANSWER_LOST], blind=True)
    passes_every(5, database, platform, clock)
    assert status_of(database, other.id)[0] == "unknown"
    assert 20 <= platform.looks <= 50


def test_a_reply_that_is_not_there_goes_back_to_the_queue(database: Database, clock: Clock) -> None:
    platform = Platform(clock, faults=[Fault.LOST], blind=True)
    made = approved(database)
    passes(database, platform, clock)
    actor = Actor(database.user("Lena"), "Lena", "lead")
    approval.settle(database.store, delivery_id=made.id, sent=False, actor=actor, clock=clock)
    assert status_of(database, made.id) == ("refused", "waiting")
    again = approval.approve(
        database.store, draft_id=made.approval.draft_id, version=1, text="We are on it.", actor=actor, route=route,
        responder=NOW, clock=clock,
    )  # fmt: skip
    passes(database, platform, clock, count=1)
    assert (status_of(database, again.id)[0], len(platform.posts)) == ("sent", 1)


def test_a_busy_platform_costs_time_and_never_the_reply(database: Database, clock: Clock) -> None:
    platform = Platform(clock, faults=[*[Fault.BUSY] * 8, Fault.LOST])
    made = approved(database)
    passes(database, platform, clock, count=20)
    assert (status_of(database, made.id)[0], len(platform.posts)) == ("sent", 1)


def test_a_call_that_may_still_be_running_is_left_alone(database: Database, clock: Clock) -> None:
    """A second process must not read back, and repeat, what the first is posting at this moment."""
    made = approved(database)
    with database.store.begin() as db:
        deliveries.move(
            db, made.id, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING, started_at=clock(), attempts=1
        )
    platform = Platform(clock)
    clock.forward(seconds=20)
    send_due(database.store, {"platform": platform}, clock=clock)
    assert status_of(database, made.id)[0] == "sending"
    passes(database, platform, clock, count=3)
    assert (status_of(database, made.id)[0], len(platform.posts)) == ("sent", 1)


def test_changed_facts_call_an_approval_back(database: Database, clock: Clock) -> None:
    incident = database.incident()
    made = approved(database, incident_id=incident, sheet_version=1)
    with database.store.begin() as db:
        from core.store.incidents import IncidentRow

        db.get_one(IncidentRow, incident).sheet_version = 2
    platform = Platform(clock)
    passes(database, platform, clock, count=2)
    assert platform.posts == []
    assert status_of(database, made.id) == ("cancelled", DraftStatus.WAITING.value)


def test_an_old_approval_expires(database: Database, clock: Clock) -> None:
    made = approved(database)
    clock.now += timedelta(hours=25)
    platform = Platform(clock)
    passes(database, platform, clock, count=1)
    assert (platform.posts, status_of(database, made.id)[0]) == ([], "cancelled")


def test_a_publisher_that_left_the_configuration_is_said(
    database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    made = approved(database)
    send_due(database.store, {}, clock=clock)
    assert status_of(database, made.id) == ("cancelled", "waiting")
    assert "no such publisher" in caplog.text
