"""What was sent is held against what was approved; and it can be taken down."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.domain import Gone, Target, sha256
from core.errors import Conflict, InputError, Refused, Transient
from core.settings import Responder
from core.store import audit, deliveries, erasing, watch
from core.store.audit import AuditRow
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow, DeliveryRow, Look
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from responder import approval
from responder.approval import Actor, Route
from responder.looking_back import ANOTHER, MISSING, look_back, take_down, write_anew
from responder.publishers import Published
from responder.sending import send_due
from tests.factories import Clock, Database, inspect, settings
from tests.responder.memory_platform import Fault, Platform


@dataclass
class Showing(Platform):
    """A platform that shows what it keeps: ``kept`` overrides it, None is nothing."""

    kept: dict[str, str | None] = field(default_factory=dict)
    down: bool = False

    def stored(self, external_id: str, target: Target) -> str | None:
        if self.blind:
            self.looks += 1
            raise Transient("503", retry_after=self.retry_after)
        return self.kept.get(external_id, self.posts[int(external_id) - 1].text)

    def same(self, approved: str, stored: str) -> bool:
        return approved == stored.removesuffix(" \n")

    def delete(self, external_id: str, target: Target) -> None:
        if self.down:
            raise Transient("no answer came.")
        self.kept[external_id] = None


def approved(database: Database, clock: Clock, platform: Showing, number: int = 0) -> DeliveryRow:
    text = f"We are on it, customer {number}." if number else "We are on it."
    draft = database.draft(database.mention(author=f"c{number}"), text=text)
    made = approval.approve(
        database.store, draft_id=draft, version=1, text=text, clock=clock,
        actor=Actor(database.user(f"Ana {number}"), "Ana", "approver"),
        route=lambda _: Route(platform.name, "northwind"), responder=Responder(undo_seconds=0),
    )  # fmt: skip
    assert made is not None
    return made


@pytest.fixture
def sent(any_database: Database, clock: Clock) -> tuple[Showing, DeliveryRow, Actor]:
    platform = Showing(clock)
    made = approved(any_database, clock, platform)
    send_due(any_database.store, {"platform": platform}, clock=clock)
    return platform, made, Actor(1, "Ana", "approver")


def look(database: Database, platform: Platform, clock: Clock) -> dict[str, int]:
    return dict(look_back(database.store, {"platform": platform}, clock=clock))


def row(database: Database, made: DeliveryRow) -> DeliveryRow:
    with database.store.read() as db:
        return db.get_one(DeliveryRow, made.id)


def test_what_is_the_same_is_looked_at_once(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, _ = sent
    assert look(any_database, platform, clock) == {}, "not before the read lag is over"
    clock.forward(seconds=11)
    platform.kept["1"] = "We are on it. \n"
    assert look(any_database, platform, clock) == {"same": 1}
    assert look(any_database, platform, clock) == {}
    assert (row(any_database, made).looked_at, row(any_database, made).differs) == (clock(), "")


@pytest.mark.parametrize(("kept", "differs"), [("We are on it!", ANOTHER), (None, MISSING)])
def test_what_differs_is_flagged_and_told(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor], kept: str | None, differs: str
) -> None:
    platform, made, _ = sent
    clock.forward(seconds=11)
    platform.kept["1"] = kept
    assert look(any_database, platform, clock) == {"differs": 1}
    assert row(any_database, made).differs == differs
    with any_database.store.read() as db:
        last = audit.newest(db, limit=1)[0]
    assert (last.action, last.detail["stored"]) == ("delivery.differs", kept or "")


def test_what_cannot_be_read_is_tried_again_at_growing_distances(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, _ = sent
    platform.blind = True
    clock.forward(seconds=11)
    waits = []
    for _ in range(4):
        assert look(any_database, platform, clock) == {"later": 1}
        kept = row(any_database, made)
        assert kept.look_at is not None
        waits.append((kept.look_at - clock()).total_seconds())
        clock.now = kept.look_at - timedelta(seconds=1)
        assert look(any_database, platform, clock) == {}, "not before its time"
        clock.forward(seconds=1)
    assert waits == [30, 60, 120, 240]
    assert "503" in row(any_database, made).look_problem
    platform.blind = False
    clock.forward(hours=5)
    assert look(any_database, platform, clock) == {"same": 1}, "hours later it is still held against the approval"
    assert row(any_database, made).look == Look.SAME


def test_after_a_day_a_person_is_told(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, _ = sent
    platform.blind = True
    seen: Counter[str] = Counter()
    for _ in range(40):
        clock.forward(minutes=61)
        seen.update(look(any_database, platform, clock))
    assert seen["unseen"] == 1
    assert seen["later"] > 10
    assert row(any_database, made).look == Look.UNSEEN
    with any_database.store.read() as db:
        assert [each.id for each in watch.unlike_approved(db, clock() - timedelta(days=1))] == [made.id]
        assert watch.unlike_approved(db, clock() + timedelta(days=1)) == []


def test_an_unknown_reply_that_turns_up_is_sent_and_an_absent_one_stays_with_a_person(
    any_database: Database, clock: Clock
) -> None:
    platform = Showing(clock)
    rows = [approved(any_database, clock, platform, number) for number in range(2)]
    platform.faults = [Fault.ANSWER_LOST, Fault.LOST]
    platform.blind = True
    for _ in range(20):  # until both are parked for a person
        send_due(any_database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=60)
    assert [row(any_database, each).status for each in rows] == ["unknown", "unknown"]
    assert look(any_database, platform, clock) == {"later": 2}
    platform.blind = False
    clock.forward(minutes=30)
    assert look(any_database, platform, clock)["found"] == 1
    assert [row(any_database, each).status for each in rows] == ["sent", "unknown"]
    assert len(platform.posts) == 1, "nothing was posted again"
    clock.forward(minutes=30)
    assert look(any_database, platform, clock) == {"same": 1, "later": 1}


@dataclass
class Slow(Showing):
    """While it answers, the posts we replied to are erased."""

    database: Database | None = None

    def stored(self, external_id: str, target: Target) -> str | None:
        self._erase()
        return super().stored(external_id, target)

    def find(self, text: str, target: Target, *, key: str) -> Published | None:
        found = super().find(text, target, key=key)
        self._erase()
        return found and Published(found.external_id, "https://platform.example/your/mermaidsong")

    def _erase(self) -> None:
        if self.database:
            with self.database.store.begin() as db:
                erasing.erase(db, [1], why=Gone.DELETED, now=self.clock())


@pytest.mark.parametrize("unknown", [False, True])
def test_words_that_are_erased_while_the_platform_answers_do_not_come_back(
    any_database: Database, clock: Clock, unknown: bool
) -> None:
    platform = Slow(clock, faults=[Fault.ANSWER_LOST] if unknown else [], blind=unknown)
    made = approved(any_database, clock, platform)
    for _ in range(20 if unknown else 1):
        send_due(any_database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=60)
    platform.blind, platform.database, platform.kept["1"] = False, any_database, "your mermaidsong"
    look(any_database, platform, clock)
    kept = row(any_database, made)
    assert (kept.status, kept.text, kept.url, kept.look) == ("sent", "", None, Look.DUE)
    with any_database.store.read() as db:
        assert not [each for each in db.query(AuditRow) if "mermaidsong" in str(each.detail)]
    platform.database = None
    clock.forward(hours=2)
    assert look(any_database, platform, clock) == {}


def test_a_reply_is_taken_down_with_a_reason_once(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, actor = sent
    given = {"delivery_id": made.id, "actor": actor, "clock": clock}
    with pytest.raises(InputError):
        take_down(any_database.store, {"platform": platform}, reason=" ", **given)
    take_down(any_database.store, {"platform": platform}, reason="wrong customer", **given)
    assert platform.kept["1"] is None
    assert row(any_database, made).taken_down == "wrong customer"
    with pytest.raises(Conflict):
        take_down(any_database.store, {"platform": platform}, reason="again", **given)
    clock.forward(seconds=11)
    assert look(any_database, platform, clock) == {}, "what we took down ourselves is no alarm"
    with any_database.store.read() as db:
        last = audit.newest(db, limit=1)[0]
    assert (last.action, last.actor, last.detail["reason"]) == ("delivery.taken_down", "Ana", "wrong customer")


def test_who_may_not_and_what_cannot_be_taken_down(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    _, made, actor = sent
    for who, publishers in ((Actor(9, "Vic", "viewer"), {}), (actor, {"platform": Platform(clock)})):
        with pytest.raises(Refused):
            take_down(any_database.store, publishers, delivery_id=made.id, reason="x", actor=who, clock=clock)


def test_a_platform_that_asks_for_rest_is_left_alone(database: Database, clock: Clock) -> None:
    platform = Showing(clock, retry_after=300)
    made = [approved(database, clock, platform, number) for number in (1, 2, 3)]
    send_due(database.store, {"platform": platform}, clock=clock)
    clock.forward(seconds=11)
    platform.blind = True
    assert look(database, platform, clock) == {"later": 1}
    assert platform.looks == 1
    assert row(database, made[0]).look_at == clock() + timedelta(seconds=300)


def down(database: Database, platform: Showing, made: DeliveryRow, ana: Actor, clock: Clock) -> None:
    take_down(
        database.store, {"platform": platform}, delivery_id=made.id, reason="wrong time", actor=ana, clock=clock
    )  # fmt: skip


def anew(database: Database, made: DeliveryRow, ana: Actor, clock: Clock) -> DraftRow:
    number = write_anew(database.store, delivery_id=made.id, actor=ana, clock=clock)
    with database.store.read() as db:
        return db.get_one(DraftRow, number)


def approve_as(database: Database, draft: DraftRow, words: str, ana: Actor, clock: Clock) -> DeliveryRow | None:
    if words != draft.text:
        draft = approval.edit(
            database.store, draft_id=draft.id, version=draft.version, text=words, actor=ana,
            brand=settings().brand, inspect=inspect, clock=clock,
        )  # fmt: skip
    return approval.approve(
        database.store, draft_id=draft.id, version=draft.version, text=words, clock=clock, actor=ana,
        route=lambda _: Route("platform", "northwind"), responder=Responder(undo_seconds=0),
    )  # fmt: skip


def test_one_corrected_reply_takes_the_place_of_one_that_was_taken_down(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, ana = sent
    down(any_database, platform, made, ana, clock)
    draft = anew(any_database, made, ana, clock)
    assert (draft.status, draft.text) == ("waiting", made.text)
    with pytest.raises(Conflict, match="nothing to write anew"):
        anew(any_database, made, ana, clock)
    corrected = approve_as(any_database, draft, "We are on it, and know more at 16:00.", ana, clock)
    assert corrected is not None
    platform.faults = [Fault.ANSWER_LOST]
    for _ in range(3):
        send_due(any_database.store, {"platform": platform}, clock=clock)
        clock.forward(seconds=60)
    assert [post.text for post in platform.posts] == [made.text, "We are on it, and know more at 16:00."]
    assert (row(any_database, corrected).status, row(any_database, corrected).external_id) == ("sent", "2")
    with pytest.raises(Conflict, match="nothing to write anew"):
        anew(any_database, made, ana, clock)
    down(any_database, platform, corrected, ana, clock)
    assert anew(any_database, corrected, ana, clock).id == draft.id, "it was wrong once more"


@pytest.mark.parametrize("words", ["We are on it.", " We  are on it. "])
def test_what_was_taken_down_is_never_said_to_that_post_again(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor], words: str
) -> None:
    platform, made, ana = sent
    down(any_database, platform, made, ana, clock)
    with pytest.raises(Refused, match="these words were taken down"):
        approve_as(any_database, anew(any_database, made, ana, clock), words, ana, clock)


def test_the_database_itself_keeps_one_reply_a_post_and_no_word_twice(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, ana = sent
    old = made.approval

    def send(words: str, key: str) -> None:
        with any_database.store.begin() as db:
            values = {name: getattr(old, name) for name in list(ApprovalRow.__table__.columns.keys()) if name != "id"}
            another = ApprovalRow(**values | {"text": words, "sha256": sha256(words), "revoked_at": None})
            db.add(another)
            db.flush()
            deliveries.open_delivery(db, another, key=key)

    with pytest.raises(Conflict):
        send("Other words.", "a")
    down(any_database, platform, made, ana, clock)
    with pytest.raises(Refused, match="taken down"):
        send(made.text, "b")
    send("Other words.", "c")
    with pytest.raises(Conflict):
        send("Once more.", "d")
    for change in ("taken_down_at = NULL", "taken_down_at = '2020-01-01 00:00:00'"):
        with pytest.raises(IntegrityError), any_database.store.begin() as db:
            db.execute(text(f"UPDATE deliveries SET {change} WHERE id = {made.id}"))
    with pytest.raises(IntegrityError), any_database.store.begin() as db:  # it has not even begun
        db.execute(text("UPDATE deliveries SET taken_down_at = not_before WHERE status = 'approved'"))


def test_while_nobody_knows_whether_a_reply_is_out_no_other_one_is_written(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, ana = sent
    platform.down = True
    with pytest.raises(Refused, match="must be looked at"):
        down(any_database, platform, made, ana, clock)
    with pytest.raises(Conflict, match="nothing to write anew"):
        anew(any_database, made, ana, clock)
    platform.down = False
    down(any_database, platform, made, ana, clock)
    corrected = approve_as(any_database, anew(any_database, made, ana, clock), "Better words.", ana, clock)
    assert corrected is not None
    platform.faults, platform.blind = [Fault.ANSWER_LOST], True
    for _ in range(3):
        send_due(any_database.store, {"platform": platform}, clock=clock)
        clock.forward(minutes=16)
    assert row(any_database, corrected).status == "unknown"
    with pytest.raises(Conflict, match="no reply to take down"):
        down(any_database, platform, corrected, ana, clock)
    for each in (made, corrected):
        with pytest.raises(Conflict, match="nothing to write anew"):
            anew(any_database, each, ana, clock)


def test_no_corrected_reply_to_who_said_stop_or_was_answered_by_hand(
    any_database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, ana = sent
    down(any_database, platform, made, ana, clock)
    with any_database.store.begin() as db:
        db.get_one(CaseRow, 1).opted_out_at = clock()
    with pytest.raises(Refused, match="asked us to stop"):
        anew(any_database, made, ana, clock)
    with any_database.store.begin() as db:
        db.get_one(CaseRow, 1).opted_out_at = None
        db.get_one(MentionRow, 1).status = "answered"
    with pytest.raises(Conflict, match="nothing to write anew"):
        anew(any_database, made, ana, clock)
