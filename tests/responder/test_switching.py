"""The switches: nothing leaves while one is off, and what waits goes out when it is on again."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.domain import Target
from core.errors import Conflict, InputError, Refused
from core.settings import Responder
from core.store import Store, audit, events, switches
from core.store.deliveries import DeliveryRow
from responder import approval, switching
from responder.approval import Actor, Route
from responder.publishers import Published
from responder.sending import send_due
from tests.factories import Clock, Database
from tests.responder.memory_platform import Platform

PLATFORM = frozenset({"platform", "other"})


@dataclass
class Busy(Platform):
    """A platform that lets something happen just before each post."""

    meanwhile: Callable[[], None] = field(default=lambda: None)

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        published = super().publish(text, target, key=key)
        self.meanwhile()
        return published


@pytest.fixture
def lead(database: Database) -> Actor:
    return Actor(database.user("Lena"), "Lena", "lead")


def approved(database: Database, publisher: str = "platform", **draft: object) -> DeliveryRow:
    made = database.draft(text="We are on it.", **draft)
    actor = Actor(database.user(f"user{database.count}"), "Ana", "approver")
    delivery = approval.approve(
        database.store, draft_id=made, version=1, text="We are on it.", actor=actor, clock=database.clock,
        route=lambda _: Route(publisher, "northwind"), responder=Responder(undo_seconds=0),
    )  # fmt: skip
    assert delivery is not None
    return delivery


def off(store: Store, clock: Clock, actor: Actor, scope: str = "all", key: str = "") -> None:
    switching.off(store, scope=scope, key=key, reason="wrong facts", actor=actor, accounts=PLATFORM, clock=clock)


def status_of(database: Database, delivery: DeliveryRow) -> str:
    with database.store.read() as db:
        return db.get_one(DeliveryRow, delivery.id).status


def test_off_for_all_and_on_again(database: Database, clock: Clock, lead: Actor) -> None:
    platform, made = Platform(clock), approved(database)
    off(database.store, clock, lead)
    for _ in range(3):
        send_due(database.store, {"platform": platform}, clock=clock)
    assert (platform.posts, status_of(database, made)) == ([], "approved")
    switching.on(database.store, scope="all", key="", actor=lead, clock=clock)
    send_due(database.store, {"platform": platform}, clock=clock)
    assert len(platform.posts) == 1


def test_off_for_one_account_or_one_incident_leaves_the_others(database: Database, clock: Clock, lead: Actor) -> None:
    here, there = Platform(clock), Platform(clock, name="other")
    incident, another = database.incident(), database.incident()
    approved(database, incident_id=another, sheet_version=1)
    approved(database, "other", incident_id=another, sheet_version=1)
    approved(database, "other", incident_id=incident, sheet_version=1)
    off(database.store, clock, lead, "account", "platform")
    off(database.store, clock, lead, "incident", str(incident))
    send_due(database.store, {"platform": here, "other": there}, clock=clock)
    assert (len(here.posts), len(there.posts)) == (0, 1)


@pytest.mark.parametrize("pace", [0.0, 30.0])
def test_what_is_held_back_holds_up_no_others(database: Database, clock: Clock, lead: Actor, pace: float) -> None:
    here, there = Platform(clock), Platform(clock, name="other")
    incident, another = database.incident(), database.incident()
    for _ in range(52):
        approved(database, incident_id=incident, sheet_version=1)
    approved(database, "other", incident_id=another, sheet_version=1)
    if not pace:
        off(database.store, clock, lead, "incident", str(incident))
    send_due(database.store, {"platform": here, "other": there}, clock=clock, pace=pace)
    assert len(there.posts) == 1


def test_a_switch_pulled_during_a_pass_stops_the_very_next_reply(database: Database, clock: Clock, lead: Actor) -> None:
    for _ in range(4):
        approved(database)
    platform = Busy(clock)

    def pull() -> None:
        if len(platform.posts) == 2:
            off(database.store, clock, lead)

    platform.meanwhile = pull
    send_due(database.store, {"platform": platform}, clock=clock)
    assert len(platform.posts) == 2


def test_a_switch_pulled_between_claim_and_call_stops_that_reply(database: Database, clock: Clock, lead: Actor) -> None:
    """The clock is asked for the last time when the row is claimed: from then on the switch is off."""
    made, platform = approved(database), Platform(clock)
    asked = 0

    def clock_with_a_hand() -> object:
        return clock()

    class Hands(dict[str, Platform]):
        def __getitem__(self, name: str) -> Platform:
            nonlocal asked
            asked += 1
            if status_of(database, made) == "sending":  # claimed, and not yet called
                off(database.store, clock, lead)
            return super().__getitem__(name)

    send_due(database.store, Hands(platform=platform), clock=clock_with_a_hand)  # type: ignore[arg-type]
    assert asked
    assert platform.posts == []
    assert status_of(database, made) == "approved"


def test_the_database_itself_lets_nothing_begin(any_database: Database, clock: Clock) -> None:
    made = approved(any_database)
    lead = Actor(any_database.user("Lena"), "Lena", "lead")
    off(any_database.store, clock, lead, "account", "platform")
    with pytest.raises(IntegrityError), any_database.store.begin() as db:
        db.execute(text("UPDATE deliveries SET status = 'sending' WHERE id = :id"), {"id": made.id})


def test_who_may_pull_it_and_who_may_put_it_back(database: Database, clock: Clock, lead: Actor) -> None:
    with pytest.raises(Refused):
        off(database.store, clock, Actor(9, "Vic", "viewer"))
    approver = Actor(8, "Ana", "approver")
    off(database.store, clock, approver)
    with pytest.raises(Conflict, match="off already"):
        off(database.store, clock, lead)
    with pytest.raises(Refused, match="only a lead"):
        switching.on(database.store, scope="all", key="", actor=approver, clock=clock)
    switching.on(database.store, scope="all", key="", actor=lead, clock=clock)
    with pytest.raises(Conflict, match="not off"):
        switching.on(database.store, scope="all", key="", actor=lead, clock=clock)
    with database.store.read() as db:
        trail = [(row.action, row.actor, row.subject) for row in audit.newest(db)]
        told = [row.detail["action"] for row in events.since(db, 0) if row.kind == "switch"]
    assert trail[:2] == [("switch.on", "Lena", "switch:all"), ("switch.off", "Ana", "switch:all")]
    assert told == ["switch.off", "switch.on"]


@pytest.mark.parametrize(("scope", "key"), [("account", "nobody"), ("incident", "77"), ("incident", "x"), ("moon", "")])
def test_a_switch_that_is_none(database: Database, clock: Clock, lead: Actor, scope: str, key: str) -> None:
    with pytest.raises(InputError):
        off(database.store, clock, lead, scope, key)


@pytest.mark.parametrize("key", ["01", "²", "9" * 30])
def test_a_number_that_no_reply_is_held_against(database: Database, clock: Clock, lead: Actor, key: str) -> None:
    assert database.incident() == 1
    with pytest.raises(InputError):
        off(database.store, clock, lead, "incident", key)


def test_two_who_pull_it_at_once(any_database: Database, clock: Clock) -> None:
    lead = Actor(any_database.user("Lena"), "Lena", "lead")
    told: list[Exception] = []

    def second() -> None:
        try:
            off(any_database.store, clock, lead)
        except Exception as error:  # noqa: BLE001 - looked at below
            told.append(error)

    other = threading.Thread(target=second)
    with any_database.store.begin() as db:
        switches.put_off(db, scope="all", key="", reason="", actor="Ana", now=clock())
        other.start()
        time.sleep(0.3)  # so that it finds nothing, and waits for us to end
    other.join()
    assert [type(error) for error in told] == [Conflict]


def test_replies_of_one_account_keep_their_distance(database: Database, clock: Clock) -> None:
    here, there = Platform(clock), Platform(clock, name="other")
    for _ in range(3):
        approved(database)
    approved(database, "other")
    publishers = {"platform": here, "other": there}
    send_due(database.store, publishers, clock=clock, pace=30)
    assert (len(here.posts), len(there.posts)) == (1, 1)
    clock.forward(seconds=29)
    send_due(database.store, publishers, clock=clock, pace=30)
    assert len(here.posts) == 1
    clock.forward(seconds=1)
    send_due(database.store, publishers, clock=clock, pace=30)
    assert len(here.posts) == 2
