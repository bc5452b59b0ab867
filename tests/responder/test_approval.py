"""Approval: exact bytes, one decision, and nobody overwrites anybody."""

import threading
import time
from datetime import datetime

import pytest

from core.errors import Conflict, InputError, Refused
from core.settings import Responder
from core.store import audit
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from responder import approval, by_hand
from responder.approval import Actor, Route
from tests.factories import Clock, Database, inspect, settings

TEXT = "We are on it."


def route(_platform: str) -> Route | None:
    return Route(publisher="console", account="northwind")


@pytest.fixture
def ana(database: Database) -> Actor:
    return Actor(database.user("Ana"), "Ana", "approver")


def approve(database: Database, draft: int, actor: Actor, *, version: int = 1, text: str = TEXT, route=route):
    return approval.approve(
        database.store,
        draft_id=draft,
        version=version,
        text=text,
        actor=actor,
        route=route,
        responder=Responder(),
        clock=database.clock,
    )


def edit(database: Database, draft: int, actor: Actor, text: str, version: int = 1) -> DraftRow:
    return approval.edit(
        database.store,
        draft_id=draft,
        version=version,
        text=text,
        actor=actor,
        brand=settings().brand,
        inspect=inspect,
        clock=database.clock,
    )


def test_an_approval_holds_exact_bytes_target_and_person(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    delivery = approve(database, draft, ana)
    with database.store.read() as db:
        row = db.get_one(ApprovalRow, delivery.approval_id)
        target = db.get_one(DraftRow, draft).mention.external_id
    assert (row.text, row.target_id, row.account, row.approver_id) == (TEXT, target, "northwind", ana.id)


def test_another_text_than_the_one_seen_is_a_conflict(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    with pytest.raises(Conflict, match="changed"):
        approve(database, draft, ana, text="We are on it!")


def test_an_edit_makes_the_older_version_unapprovable(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    edited = edit(database, draft, ana, "We are working on it.")
    assert edited.version == 2
    with pytest.raises(Conflict, match="edited"):
        approve(database, draft, ana, version=1, text=TEXT)
    assert approve(database, draft, ana, version=2, text="We are working on it.")


def test_of_two_approvals_one_wins(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    approve(database, draft, ana)
    with pytest.raises(Conflict, match="Ana approved this already"):
        approve(database, draft, Actor(database.user("Bo"), "Bo", "approver"))


def test_of_two_edits_the_second_is_told(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    edit(database, draft, ana, "One.")
    with pytest.raises(Conflict):
        edit(database, draft, ana, "Two.")


def test_an_edit_is_checked_again(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    assert not edit(database, draft, ana, "You get $500 back.").passed
    with pytest.raises(Refused, match="gate"):
        approve(database, draft, ana, version=2, text="You get $500 back.")


@pytest.mark.parametrize(("text", "fault"), [(" \n", "empty"), ("a\x00b", "NUL"), ("a\ud800", "surrogate")])
def test_texts_that_cannot_be_sent(database: Database, ana: Actor, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        edit(database, database.draft(), ana, text)


def test_viewers_decide_nothing(database: Database) -> None:
    viewer = Actor(database.user("Vi", "viewer"), "Vi", "viewer")
    draft = database.draft(text=TEXT)
    for act in (
        lambda: approve(database, draft, viewer),
        lambda: edit(database, draft, viewer, "x"),
        lambda: approval.reject(
            database.store, draft_id=draft, version=1, reason="", actor=viewer, clock=database.clock
        ),
    ):
        with pytest.raises(Refused, match="may look"):
            act()


def test_a_post_that_may_not_be_answered_cannot_be_approved(database: Database, ana: Actor) -> None:
    draft = database.draft(database.mention(eligible="none"), text=TEXT)
    with pytest.raises(Refused):
        approve(database, draft, ana)


def test_who_asked_us_to_stop_gets_no_reply(database: Database, ana: Actor) -> None:
    draft = database.draft(text=TEXT)
    with database.store.begin() as db:
        mention = db.get_one(DraftRow, draft).mention
        db.get_one(CaseRow, db.get_one(MentionRow, mention.id).case_id).opted_out_at = database.clock()
    with pytest.raises(Refused):
        approve(database, draft, ana)


def test_no_publisher_for_the_platform_is_said(database: Database, ana: Actor) -> None:
    with pytest.raises(Refused, match="no publisher is set up for x"):
        approve(database, database.draft(text=TEXT), ana, route=lambda _platform: None)


def test_undo_brings_the_draft_back(database: Database, ana: Actor, clock: Clock) -> None:
    draft = database.draft(text=TEXT)
    approve(database, draft, ana)
    assert approval.undo(database.store, draft_id=draft, actor=ana, clock=clock).status == "waiting"
    assert approve(database, draft, ana)


def test_a_rejection_keeps_its_reason_and_everything_is_in_the_audit(
    database: Database, ana: Actor, clock: Clock
) -> None:
    draft = database.draft(text=TEXT)
    edit(database, draft, ana, "We are working on it.")
    approval.reject(database.store, draft_id=draft, version=2, reason=" not ours ", actor=ana, clock=clock)
    with database.store.read() as db:
        assert db.get_one(DraftRow, draft).reason == "not ours"
        told = [(row.actor, row.action) for row in reversed(audit.newest(db))]
    assert told == [("Ana", "draft.edited"), ("Ana", "draft.rejected")]


def test_answered_by_hand_and_approved_at_once(any_database: Database, clock: Clock) -> None:
    """Who says second that a post is answered is told; a reply that is on its way is not said to be withdrawn."""
    mention = any_database.mention()
    draft, ana = any_database.draft(mention, text="We are on it."), Actor(any_database.user(), "Ana", "approver")
    told: list[Exception] = []

    def by_another_hand() -> None:
        try:
            by_hand.answered(any_database.store, mention_id=mention, actor=ana, clock=clock)
        except Exception as error:  # noqa: BLE001 - looked at below
            told.append(error)

    other = threading.Thread(target=by_another_hand)

    def clock_that_lets_another_in() -> datetime:
        if other.ident is None:
            other.start()
            time.sleep(0.3)  # so that it finds the draft waiting, and waits for us to end
        return clock()

    approval.approve(
        any_database.store, draft_id=draft, version=1, text="We are on it.", actor=ana, route=route,
        responder=Responder(), clock=clock_that_lets_another_in,
    )  # fmt: skip
    other.join()
    assert [type(error) for error in told] == [Conflict]
