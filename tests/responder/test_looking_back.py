"""What was sent is held against what was approved; and it can be taken down."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.domain import Target
from core.errors import Conflict, InputError, Refused, Transient
from core.settings import Responder
from core.store import audit
from core.store.deliveries import DeliveryRow
from responder import approval
from responder.approval import Actor, Route
from responder.looking_back import ANOTHER, MISSING, look_back, take_down
from responder.sending import send_due
from tests.factories import Clock, Database
from tests.responder.memory_platform import Platform


@dataclass
class Showing(Platform):
    """A platform that shows what it keeps: ``kept`` overrides it, None is nothing."""

    kept: dict[str, str | None] = field(default_factory=dict)

    def stored(self, external_id: str, target: Target) -> str | None:
        if self.blind:
            raise Transient("503")
        return self.kept.get(external_id, self.posts[int(external_id) - 1].text)

    def same(self, approved: str, stored: str) -> bool:
        return approved == stored.removesuffix(" \n")

    def delete(self, external_id: str, target: Target) -> None:
        self.kept[external_id] = None


@pytest.fixture
def sent(database: Database, clock: Clock) -> tuple[Showing, DeliveryRow, Actor]:
    platform, draft = Showing(clock), database.draft(text="We are on it.")
    actor = Actor(database.user(), "Ana", "approver")
    made = approval.approve(
        database.store, draft_id=draft, version=1, text="We are on it.", actor=actor, clock=clock,
        route=lambda _: Route("platform", "northwind"), responder=Responder(undo_seconds=0),
    )  # fmt: skip
    assert made is not None
    send_due(database.store, {"platform": platform}, clock=clock)
    return platform, made, actor


def look(database: Database, platform: Platform, clock: Clock) -> dict[str, int]:
    return dict(look_back(database.store, {"platform": platform}, clock=clock))


def row(database: Database, made: DeliveryRow) -> DeliveryRow:
    with database.store.read() as db:
        return db.get_one(DeliveryRow, made.id)


def test_what_is_the_same_is_looked_at_once(
    database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, _ = sent
    assert look(database, platform, clock) == {}, "not before the read lag is over"
    clock.forward(seconds=11)
    platform.kept["1"] = "We are on it. \n"
    assert look(database, platform, clock) == {"same": 1}
    assert look(database, platform, clock) == {}
    assert (row(database, made).looked_at, row(database, made).differs) == (clock(), "")


@pytest.mark.parametrize(("kept", "differs"), [("We are on it!", ANOTHER), (None, MISSING)])
def test_what_differs_is_flagged_and_told(
    database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor], kept: str | None, differs: str
) -> None:
    platform, made, _ = sent
    clock.forward(seconds=11)
    platform.kept["1"] = kept
    assert look(database, platform, clock) == {"differs": 1}
    assert row(database, made).differs == differs
    with database.store.read() as db:
        last = audit.newest(db, limit=1)[0]
    assert (last.action, last.detail["stored"]) == ("delivery.differs", kept or "")


def test_what_cannot_be_read_is_tried_again_for_an_hour(
    database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, _ = sent
    clock.forward(seconds=11)
    platform.blind = True
    assert look(database, platform, clock) == {"later": 1}
    clock.now += timedelta(hours=1)
    assert look(database, platform, clock) == {}
    assert row(database, made).looked_at is None


def test_a_reply_is_taken_down_with_a_reason_once(
    database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    platform, made, actor = sent
    given = {"delivery_id": made.id, "actor": actor, "clock": clock}
    with pytest.raises(InputError):
        take_down(database.store, {"platform": platform}, reason=" ", **given)
    take_down(database.store, {"platform": platform}, reason="wrong customer", **given)
    assert platform.kept["1"] is None
    assert row(database, made).taken_down == "wrong customer"
    with pytest.raises(Conflict):
        take_down(database.store, {"platform": platform}, reason="again", **given)
    clock.forward(seconds=11)
    assert look(database, platform, clock) == {}, "what we took down ourselves is no alarm"
    with database.store.read() as db:
        last = audit.newest(db, limit=1)[0]
    assert (last.action, last.actor, last.detail["reason"]) == ("delivery.taken_down", "Ana", "wrong customer")


def test_who_may_not_and_what_cannot_be_taken_down(
    database: Database, clock: Clock, sent: tuple[Showing, DeliveryRow, Actor]
) -> None:
    _, made, actor = sent
    for who, publishers in ((Actor(9, "Vic", "viewer"), {}), (actor, {"platform": Platform(clock)})):
        with pytest.raises(Refused):
            take_down(database.store, publishers, delivery_id=made.id, reason="x", actor=who, clock=clock)
