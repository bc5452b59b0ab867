"""Two processes, or a person and a job, at the same row: one wins, the other is told, nothing goes out twice.

The second one acts inside the first one's call: from the platform's side while a post is under way, or from the
clock, which every decision asks after it has looked and before it writes.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from core.domain import Target
from core.errors import Conflict, OutcomeUnknown
from core.settings import Responder
from core.store import audit, cursors, open_store
from core.store.drafts import DraftRow
from responder import approval
from responder.approval import Actor
from responder.publishers import Published
from responder.sending import send_due
from tests.factories import Clock, Database, inspect, settings
from tests.responder.memory_platform import Fault, Platform
from tests.responder.test_sending import approved, passes, route, status_of


@dataclass
class Meanwhile(Platform):
    """A platform at which something else happens while a call is under way."""

    publishing: Callable[[], None] | None = None
    looking: Callable[[], None] | None = None
    created_last: float = 0.0  # seconds that a call takes; the post is created at its end

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        act, self.publishing = self.publishing, None
        if act:
            act()
        if self.created_last:
            self.clock.forward(seconds=self.created_last)  # type: ignore[attr-defined]
        return super().publish(text, target, key=key)

    def find(self, text: str, target: Target, *, key: str) -> Published | None:
        found = super().find(text, target, key=key)
        act, self.looking = self.looking, None
        if act:
            act()
        return found


def test_an_earlier_try_does_not_make_a_running_call_look_finished(database: Database, clock: Clock) -> None:
    """The first try was answered 429; while the second is on its way, another process looks at the row."""
    platform = Meanwhile(clock, faults=[Fault.BUSY], read_lag=1, lag=0)
    made = approved(database)
    send_due(database.store, {"platform": platform}, clock=clock)
    clock.forward(seconds=30)

    def another_process() -> None:
        for _ in range(3):
            clock.forward(seconds=12)
            send_due(database.store, {"platform": platform}, clock=clock)

    platform.publishing = another_process
    passes(database, platform, clock)
    assert len(platform.posts) == 1
    assert status_of(database, made.id)[0] == "sent"


def test_a_slow_look_does_not_undo_a_newer_try(database: Database, clock: Clock) -> None:
    """One process looks, finds nothing and is slow to say so; another has made the next try meanwhile."""
    platform = Meanwhile(clock, faults=[Fault.LOST, Fault.ANSWER_LOST])
    made = approved(database)
    send_due(database.store, {"platform": platform}, clock=clock)
    clock.forward(seconds=120)
    slow = Meanwhile(clock, posts=platform.posts)

    def tried_again_by_another() -> None:
        send_due(database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=60)
        send_due(database.store, {"platform": platform}, clock=clock)

    slow.looking = tried_again_by_another
    send_due(database.store, {"platform": slow}, clock=clock)
    assert len(platform.posts) == 1
    clock.forward(seconds=11)
    passes(database, platform, clock)
    assert len(platform.posts) == 1
    assert status_of(database, made.id)[0] == "sent"


def test_an_answer_to_an_older_try_does_not_touch_a_newer_one(database: Database, clock: Clock) -> None:
    """A process that stood still for minutes hears 429 for its call, when another has made the next try."""
    platform = Meanwhile(clock, faults=[Fault.ANSWER_LOST])
    stopped = Meanwhile(clock, faults=[Fault.BUSY], posts=platform.posts)
    made = approved(database)

    def stood_still() -> None:
        clock.forward(seconds=300)
        send_due(database.store, {"platform": platform}, clock=clock)  # gives the first try up
        clock.forward(seconds=60)
        send_due(database.store, {"platform": platform}, clock=clock)

    stopped.publishing = stood_still
    send_due(database.store, {"platform": stopped}, clock=clock)
    assert len(platform.posts) == 1
    clock.forward(seconds=6)
    passes(database, platform, clock)
    assert len(platform.posts) == 1
    assert status_of(database, made.id)[0] == "sent"


def test_the_read_lag_counts_from_the_end_of_the_call(database: Database, clock: Clock) -> None:
    """The post may have been made in the last moment of a call that took fifteen seconds."""
    platform = Meanwhile(clock, faults=[Fault.ANSWER_LOST], read_lag=10, lag=9, created_last=15)
    made = approved(database)
    for _ in range(60):
        send_due(database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=2)
    assert len(platform.posts) == 1
    assert status_of(database, made.id)[0] == "sent"


@dataclass
class ClockThat:
    """Starts ``act`` in another thread when it is asked the first time, and gives it a moment."""

    act: Callable[[], object]
    now: datetime
    thread: threading.Thread | None = None

    def __call__(self) -> datetime:
        if self.thread is None:
            self.thread = threading.Thread(target=self.act)
            self.thread.start()
            self.thread.join(0.4)
        return self.now

    def join(self) -> None:
        assert self.thread is not None
        self.thread.join(20)


@pytest.fixture
def other(any_database: Database) -> Iterator[Database]:
    """The same database as another process has it."""
    url = any_database.store.engine.url.render_as_string(hide_password=False)
    store = open_store(url)
    yield Database(store, any_database.clock)
    store.close()


@pytest.mark.parametrize("first", ["edit", "reject"])
def test_of_two_people_at_one_draft_one_is_told(any_database: Database, other: Database, first: str) -> None:
    draft = any_database.draft(text="We are on it.")
    ana, bo = Actor(any_database.user("Ana"), "Ana", "approver"), Actor(any_database.user("Bo"), "Bo", "approver")
    conflicts: list[str] = []

    def told(who: str, decide: Callable[[], object]) -> None:
        try:
            decide()
        except Conflict:
            conflicts.append(who)

    clock = ClockThat(lambda: told("approver", lambda: approval.approve(
        other.store, draft_id=draft, version=1, text="We are on it.", actor=bo, route=route, responder=Responder(),
        clock=other.clock,
    )), any_database.clock())  # fmt: skip
    if first == "edit":
        told("editor", lambda: approval.edit(
            any_database.store, draft_id=draft, version=1, text="We are working on it.", actor=ana,
            brand=settings().brand, inspect=inspect, clock=clock,
        ))  # fmt: skip
    else:
        told("editor", lambda: approval.reject(
            any_database.store, draft_id=draft, version=1, reason="no", actor=ana, clock=clock
        ))  # fmt: skip
    clock.join()
    assert len(conflicts) == 1
    with any_database.store.read() as db:
        row = db.get_one(DraftRow, draft)
    assert (row.status, row.text) != ("approved", "We are working on it.")


def test_two_decisions_at_once_both_stand_in_the_audit_trail(any_database: Database, other: Database) -> None:
    problems: list[Exception] = []

    def write(database: Database, actor: str, hold: float) -> None:
        try:
            with database.store.begin() as db:
                audit.record(db, actor=actor, action="test", subject="draft:1", now=database.clock())
                threading.Event().wait(hold)
        except Exception as error:  # noqa: BLE001 - shown below
            problems.append(error)

    slow = threading.Thread(target=write, args=(any_database, "Ana", 0.4))
    slow.start()
    threading.Event().wait(0.1)
    write(other, "Bo", 0)
    slow.join(20)
    assert problems == []
    with any_database.store.read() as db:
        rows = list(reversed(audit.newest(db)))
    assert [row.actor for row in rows] == ["Ana", "Bo"]
    assert rows[1].previous == rows[0].hash == audit.seal(rows[0])


def test_of_two_polls_at_once_one_cursor_stands(any_database: Database, other: Database) -> None:
    with any_database.store.begin() as db:
        version = cursors.of(db, "x").version
    conflicts: list[str] = []

    def advance(database: Database, name: str, hold: float) -> None:
        try:
            with database.store.begin() as db:
                cursors.advance(db, "x", {"by": name}, version=version, now=database.clock())
                threading.Event().wait(hold)
        except Conflict:
            conflicts.append(name)

    slow = threading.Thread(target=advance, args=(any_database, "first", 0.4))
    slow.start()
    threading.Event().wait(0.1)
    advance(other, "second", 0)
    slow.join(20)
    assert conflicts == ["second"]
    with any_database.store.read() as db:
        assert cursors.of(db, "x").cursor == {"by": "first"}


def test_an_outcome_nobody_knows_is_no_answer(database: Database, clock: Clock) -> None:
    """The stand-in keeps its promise: a lost answer raises, and what it created can be found after its lag."""
    platform = Meanwhile(clock, faults=[Fault.ANSWER_LOST], lag=5)
    target = Target(platform="x", external_id="1", author="sam", eligible="tagged")  # type: ignore[arg-type]
    with pytest.raises(OutcomeUnknown):
        platform.publish("Hi.", target, key="k")
    assert platform.find("Hi.", target, key="k") is None
    clock.forward(seconds=5)
    assert platform.find("Hi.", target, key="k") is not None
