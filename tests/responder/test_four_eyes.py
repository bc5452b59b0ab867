"""Two people must agree where the policy says so: bound to the bytes, never the editor, and the database insists."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.domain import sha256
from core.errors import Conflict, Refused
from core.settings import Responder
from core.store import audit, deliveries, drafts
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from responder import approval
from responder.approval import Actor, Route
from tests.factories import Clock, Database, inspect, settings

ALL = ("compensation", "legal", "safety", "first_reply", "blocked")
BLOCK = {"check": "figures", "level": "block", "start": 0, "end": 1, "message": "No amount stands in the fact sheet."}
TOO_LONG = BLOCK | {"check": "length", "message": "Too long by 4."}
SAFETY: dict[str, Any] = {"impact": "safety"}


@pytest.fixture
def people(database: Database) -> tuple[Actor, Actor, Actor]:
    names = ("Ana", "Ben", "Cleo")
    return tuple(Actor(database.user(name), name, "approver") for name in names)  # type: ignore[return-value]


def decide(database: Database, draft_id: int, actor: Actor, policy: tuple[str, ...] = ALL) -> DeliveryRow | None:
    with database.store.read() as db:
        draft = db.get_one(DraftRow, draft_id)
    return approval.approve(
        database.store, draft_id=draft_id, version=draft.version, text=draft.text, actor=actor, clock=database.clock,
        route=lambda _: Route("platform", "northwind"),
        responder=Responder(undo_seconds=0, approval_hours=24, four_eyes=policy),  # type: ignore[arg-type]
    )  # fmt: skip


def edit(database: Database, draft_id: int, actor: Actor, words: str, version: int = 1) -> None:
    approval.edit(
        database.store, draft_id=draft_id, version=version, text=words, actor=actor,
        brand=settings().brand, inspect=inspect, clock=database.clock,
    )  # fmt: skip


def safety(database: Database) -> int:
    return database.draft(database.mention(reading=SAFETY), text="Please call 911 if you are in danger.")


def test_one_person_agrees_and_nothing_is_on_its_way_until_another_does(
    database: Database, people: tuple[Actor, Actor, Actor]
) -> None:
    ana, ben, _ = people
    draft = safety(database)
    assert decide(database, draft, ana) is None
    with database.store.read() as db:
        assert deliveries.of_draft(db, draft) is None
        assert db.get_one(DraftRow, draft).status == "waiting"
    delivery = decide(database, draft, ben)
    assert delivery is not None
    assert delivery.approval.approver_id == ben.id
    with database.store.read() as db:
        told = [row.action for row in audit.newest(db) if row.subject == f"draft:{draft}"]
    assert told == ["draft.approved", "draft.agreed"]


def test_nobody_counts_twice(database: Database, people: tuple[Actor, Actor, Actor]) -> None:
    ana, _, _ = people
    draft = safety(database)
    decide(database, draft, ana)
    with pytest.raises(Conflict, match="a second person must agree"):
        decide(database, draft, ana)


def test_who_edited_it_is_neither_of_the_two(database: Database, people: tuple[Actor, Actor, Actor]) -> None:
    ana, ben, cleo = people
    draft = safety(database)
    edit(database, draft, ana, "Please call 911 now.")
    with pytest.raises(Refused, match="you edited this reply"):
        decide(database, draft, ana)
    assert decide(database, draft, ben) is None
    assert decide(database, draft, cleo) is not None


def test_who_edited_it_before_somebody_else_did_is_neither_of_the_two_either(
    any_database: Database, clock: Clock
) -> None:
    database = any_database
    ana, ben, cleo, dan = (Actor(database.user(name), name, "approver") for name in ("Ana", "Ben", "Cleo", "Dan"))
    draft = safety(database)
    edit(database, draft, ana, "Please call 911 now, from any phone you can reach.")
    edit(database, draft, ben, "Please call 911 now, from any phone.", version=2)
    for editor in (ana, ben):
        with pytest.raises(Refused, match="you edited this reply"):
            decide(database, draft, editor)
    assert decide(database, draft, cleo) is None
    with pytest.raises(Refused, match="needs a second person"):
        _send_alone(database, draft, ana, clock)  # the database says the same
    assert decide(database, draft, dan) is not None


def test_who_wrote_the_result_of_feedback_is_neither_of_the_two(
    database: Database, people: tuple[Actor, Actor, Actor]
) -> None:
    ana, ben, _ = people
    draft = database.draft(database.mention(reading=SAFETY), edited_by=ana.id)
    edit(database, draft, ben, "You told us, and here is what came of it.")
    with pytest.raises(Refused, match="you edited this reply"):
        decide(database, draft, ana)


@pytest.mark.parametrize("change", ["DELETE FROM draft_editors", "UPDATE draft_editors SET user_id = user_id + 1"])
def test_who_edited_a_draft_is_kept_as_long_as_the_draft(any_database: Database, change: str) -> None:
    ana = Actor(any_database.user(), "Ana", "approver")
    draft = safety(any_database)
    edit(any_database, draft, ana, "Please call 911 now.")
    with pytest.raises(IntegrityError), any_database.store.begin() as db:
        db.execute(text(change))
    with any_database.store.begin() as db:
        db.execute(text(f"UPDATE drafts SET status = 'superseded' WHERE id = {draft}"))
        assert drafts.forget_superseded(db, any_database.clock() + timedelta(days=1)) == 1


def test_an_edit_voids_what_was_agreed(database: Database, people: tuple[Actor, Actor, Actor]) -> None:
    ana, ben, cleo = people
    draft = safety(database)
    decide(database, draft, ana)
    edit(database, draft, cleo, "Please call 911 at once.")
    assert decide(database, draft, ben) is None, "Ana agreed to another text"
    assert decide(database, draft, ana) is not None


def test_an_agreement_runs_out(database: Database, clock: Clock, people: tuple[Actor, Actor, Actor]) -> None:
    ana, ben, _ = people
    draft = safety(database)
    decide(database, draft, ana)
    clock.forward(hours=24)
    assert decide(database, draft, ben) is None


def test_an_agreement_can_be_taken_back_by_its_giver_alone(
    database: Database, people: tuple[Actor, Actor, Actor]
) -> None:
    ana, ben, _ = people
    draft = safety(database)
    decide(database, draft, ana)
    with pytest.raises(Conflict):
        approval.undo(database.store, draft_id=draft, actor=ben, clock=database.clock)
    approval.undo(database.store, draft_id=draft, actor=ana, clock=database.clock)
    assert decide(database, draft, ben) is None


@pytest.mark.parametrize(
    ("point", "mention", "reading", "reply"),
    [
        ("compensation", "no data all day", {"intents": ["compensation_request"]}, "We hear you."),
        ("compensation", "no data all day", {}, "You get a credit of one day."),
        ("compensation", "pas de réseau", {}, "Nous vous remboursons la journée."),
        ("legal", "my lawyer will call you", {}, "We hear you."),
        ("legal", "voy a denunciar", {}, "Responderemos ante el tribunal."),
        ("safety", "my mother cannot call an ambulance", SAFETY, "Please use another phone."),
    ],
)
def test_what_the_policy_sees(
    database: Database,
    people: tuple[Actor, Actor, Actor],
    point: str,
    mention: str,
    reading: dict[str, Any],
    reply: str,
) -> None:
    made = database.mention(mention, reading=reading)
    assert decide(database, database.draft(made, text=reply), people[0], (point,)) is None
    plain = database.draft(database.mention("no data since 9"), text="We are on it.")
    assert decide(database, plain, people[0], (point,)) is not None


def test_without_a_policy_one_person_is_enough(database: Database, people: tuple[Actor, Actor, Actor]) -> None:
    assert decide(database, safety(database), people[0], ()) is not None


def test_the_first_reply_on_an_incident_takes_two(database: Database, people: tuple[Actor, Actor, Actor]) -> None:
    ana, ben, _ = people
    incident = database.incident()
    first, second = (database.draft(incident_id=incident, sheet_version=1) for _ in range(2))
    assert decide(database, first, ana, ("first_reply",)) is None
    assert decide(database, first, ben, ("first_reply",)) is not None
    assert decide(database, second, ana, ("first_reply",)) is not None


def test_two_people_may_send_what_the_gate_blocks_but_not_what_is_too_long(
    database: Database, people: tuple[Actor, Actor, Actor]
) -> None:
    ana, ben, _ = people
    blocked, long = database.draft(findings=[BLOCK]), database.draft(findings=[TOO_LONG])
    with pytest.raises(Refused, match="the gate blocks"):
        decide(database, blocked, ana, ("safety",))
    assert decide(database, blocked, ana) is None
    assert decide(database, blocked, ben) is not None
    with pytest.raises(Refused, match="the gate blocks"):
        decide(database, long, ana)


def _approval(draft: DraftRow, actor: Actor, clock: Clock) -> ApprovalRow:
    return ApprovalRow(
        draft_id=draft.id, draft_version=draft.version, text=draft.text, sha256=sha256(draft.text),
        platform=draft.mention.platform, target_id=draft.mention.external_id, account="northwind",
        publisher="platform", sheet_version=0, approver_id=actor.id, approved_at=clock(), release_at=clock(),
        expires_at=clock(),
    )  # fmt: skip


def _send_alone(database: Database, draft_id: int, actor: Actor, clock: Clock) -> None:
    """What a program that forgot to ask would do."""
    with database.store.begin() as db:
        row = _approval(db.get_one(DraftRow, draft_id), actor, clock)
        db.add(row)
        db.flush()
        deliveries.open_delivery(db, row, key="k")


def test_the_database_itself_lets_no_delivery_in_that_one_person_approved(any_database: Database, clock: Clock) -> None:
    database = any_database
    ana, ben = (Actor(database.user(name), name, "approver") for name in ("Ana", "Ben"))
    draft = safety(database)
    decide(database, draft, ana)
    with pytest.raises(Refused, match="needs a second person"):
        _send_alone(database, draft, ana, clock)
    assert decide(database, draft, ben) is not None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE drafts SET four_eyes = ''",
        "UPDATE agreements SET user_id = user_id + 1",
        "UPDATE agreements SET sha256 = 'x'",
        "DELETE FROM agreements",
    ],
)
def test_the_database_keeps_agreements_as_they_are(any_database: Database, change: str) -> None:
    ana = Actor(any_database.user(), "Ana", "approver")
    decide(any_database, safety(any_database), ana)
    with pytest.raises(IntegrityError), any_database.store.begin() as db:
        db.execute(text(change))
