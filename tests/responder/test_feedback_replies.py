"""Who gave feedback hears the result: in a draft like any other, which a person approves."""

from dataclasses import replace

import pytest

from core.domain import Finding
from core.settings import Brand, Responder
from core.store import deliveries, drafts, mentions, users
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.feedback import FeedbackRow
from core.store.mentions import MentionRow
from incidents.journey import load
from responder.approval import Actor, Route, approve, edit
from responder.drafting import Drafting, draft_pending
from responder.feedback_replies import PAGE, draft_results
from responder.gate import Candidate
from responder.gate.registry import inspect
from responder.writers.playbook import PlaybookWriter
from tests.factories import BRAND, Clock, Database
from tests.incidents.sending import send

RESULT = "From May on the shop on King Street opens at eight."


@pytest.fixture
def drafting(database: Database) -> Drafting:
    return Drafting(
        store=database.store, brand=Brand(name=BRAND, languages=("en", "fr")), journey=load(),
        writer=PlaybookWriter(languages=("en", "fr")), inspect=inspect, clock=database.clock,
    )  # fmt: skip


def closed(database: Database, mention: int, *, role: str = "lead", result: str = RESULT) -> int:
    with database.store.read() as db:
        lena = users.by_name(db, "Lena")
    user = lena.id if lena else database.user("Lena", role)
    row = FeedbackRow(
        brand=BRAND, mention_id=mention, kind="suggestion", department="Shops", why="shop", status="closed",
        result=result,
        routed_at=database.clock(), closed_at=database.clock(), closed_by="Lena", closer_id=user, reply="due",
        reply_note="",
    )  # fmt: skip
    return database._add(row)


def praise(database: Database, **values: object) -> int:
    reading = {"intents": ["suggestion"], "outage": False, "angry": False, "sentiment": "neutral", "impact": "none"}
    reading |= values.pop("reading", {})  # type: ignore[arg-type]
    return database.mention("Could the shop open earlier?", reading=reading, status="watched", **values)


def item(database: Database, number: int) -> FeedbackRow:
    with database.store.read() as db:
        return db.get_one(FeedbackRow, number)


def draft_of(database: Database, number: int) -> DraftRow:
    with database.store.read() as db:
        return db.get_one(DraftRow, item(database, number).draft_id)


def test_the_result_waits_in_the_queue_in_the_words_of_who_closed_it(database: Database, drafting: Drafting) -> None:
    mention = praise(database)
    number = closed(database, mention)
    assert draft_results(drafting) == {"drafted": 1}
    assert draft_results(drafting) == {}
    draft = draft_of(database, number)
    assert draft.text == f"You made a suggestion, and here is what came of it. {RESULT}"
    assert (draft.status, draft.mention_id, draft.occasion) == ("waiting", mention, f"feedback:{number}")
    assert item(database, number).reply == "drafted"


def test_the_language_is_the_customers(database: Database, drafting: Drafting) -> None:
    number = closed(database, praise(database, reading={"language": "fr"}))
    draft_results(drafting)
    assert draft_of(database, number).text.startswith("Vous nous avez fait une suggestion")


def test_a_customer_who_was_answered_before_hears_the_result_too(database: Database, drafting: Drafting) -> None:
    mention = praise(database)
    send(database, database.draft(mention, "Thank you, we pass it on."))
    number = closed(database, mention)
    assert draft_results(drafting) == {"drafted": 1}
    draft = draft_of(database, number)
    actor = Actor(database.user("Ben"), "Ben", "approver")
    delivery = approve(
        database.store, draft_id=draft.id, version=1, text=draft.text, actor=actor,
        route=lambda platform: Route("console", "console"), responder=Responder(), clock=database.clock,
    )  # fmt: skip
    assert delivery.status == "approved"
    with database.store.read() as db:
        assert deliveries.of_draft(db, draft.id) is not None


def test_a_reply_that_waits_is_decided_first(database: Database, drafting: Drafting) -> None:
    mention = praise(database)
    waiting = database.draft(mention)
    number = closed(database, mention)
    assert draft_results(drafting) == {"later": 1}
    with database.store.begin() as db:
        db.get_one(DraftRow, waiting).status = "rejected"
    assert draft_results(drafting) == {"drafted": 1}
    assert item(database, number).reply == "drafted"


def test_one_that_breaks_the_gate_holds_up_nobody(database: Database, drafting: Drafting) -> None:
    def fragile(candidate: Candidate) -> tuple[Finding, ...]:
        if "odd" in candidate.reply:
            raise RuntimeError("the gate fell over")
        return inspect(candidate)

    odd = closed(database, praise(database, author="kim"), result="An odd result.")
    other = database.mention("Could the shop open earlier?", status="watched", author="lee")
    second = database._add(
        FeedbackRow(
            brand=BRAND, mention_id=other, kind="suggestion", department="Shops", why="shop", status="closed",
            result=RESULT, routed_at=database.clock(), reply="due", reply_note="",
        )
    )  # fmt: skip
    assert draft_results(replace(drafting, inspect=fragile)) == {"by hand": 1, "drafted": 1}
    assert (item(database, odd).reply, item(database, second).reply) == ("by hand", "drafted")


def test_who_asked_us_to_stop_or_never_addressed_us_is_left_to_a_person(database: Database, drafting: Drafting) -> None:
    stopped = praise(database, case_id=database.case("kim", opted_out_at=database.clock()))
    never = praise(database, eligible="none", author="bob")
    first, second = closed(database, stopped), database._add(
        FeedbackRow(
            brand=BRAND, mention_id=never, kind="praise", department="", why="", status="closed", result="x",
            routed_at=database.clock(), reply="due", reply_note="",
        )
    )  # fmt: skip
    assert draft_results(drafting) == {"by hand": 2}
    assert item(database, first).reply_note == "The author asked us to stop writing to them."
    assert item(database, second).reply_note.startswith("Watch only")


def test_a_newer_post_that_may_be_answered_takes_the_place_of_one_that_may_not(
    database: Database, drafting: Drafting
) -> None:
    case = database.case("kim")
    old = praise(database, case_id=case, author="kim", eligible="none")
    new = praise(database, case_id=case, author="kim")
    number = closed(database, old)
    draft_results(drafting)
    assert draft_of(database, number).mention_id == new


@pytest.mark.parametrize(("role", "passed"), [("lead", True), ("approver", False)])
def test_what_a_lead_says_came_of_it_is_a_fact_and_what_others_say_is_not(
    database: Database, drafting: Drafting, role: str, passed: bool
) -> None:
    """The figure in it stands on no fact sheet."""
    number = closed(database, praise(database), role=role)
    draft_results(drafting)
    assert draft_of(database, number).passed is passed


def test_an_edit_is_weighed_against_the_result_too(database: Database, drafting: Drafting) -> None:
    number = closed(database, praise(database))
    draft_results(drafting)
    draft, actor = draft_of(database, number), Actor(database.user("Ben"), "Ben", "approver")

    def passes(version: int, text: str) -> bool:
        return edit(
            database.store, draft_id=draft.id, version=version, text=text, actor=actor, brand=drafting.brand,
            inspect=inspect, clock=database.clock,
        ).passed  # fmt: skip

    assert passes(1, "The shop on King Street opens at eight from May on. Thank you for the idea.")
    assert not passes(2, "The shop on King Street opens at nine from May on. Thank you for the idea.")


def test_the_words_stay_when_an_incident_opens(database: Database, drafting: Drafting, clock: Clock) -> None:
    """A person wrote them: only the findings are renewed."""
    number = closed(database, praise(database, reading={"outage": True, "intents": ["suggestion", "outage_report"]}))
    draft_results(drafting)
    database.incident(started_at=clock())
    draft_pending(drafting)
    with database.store.read() as db:
        (kept,) = [row for row in drafts_all(db) if row.status == "waiting"]
    assert kept.id == item(database, number).draft_id
    assert RESULT in kept.text


def drafts_all(db: object) -> list[DraftRow]:
    from sqlalchemy import select

    return list(db.scalars(select(drafts.DraftRow)))  # type: ignore[attr-defined]


def test_a_case_is_not_needed(database: Database, drafting: Drafting) -> None:
    from core.store.mentions import MentionRow

    mention = praise(database)
    with database.store.begin() as db:
        case = db.get_one(MentionRow, mention).case_id
        db.get_one(MentionRow, mention).case_id = None
        assert db.get(CaseRow, case) is not None
    closed(database, mention)
    assert draft_results(drafting) == {"drafted": 1}


def test_many_that_must_wait_do_not_hold_up_the_others(database: Database, drafting: Drafting) -> None:
    busy = praise(database, author="busy")
    database.draft(busy)
    with database.store.read() as db:
        case = db.get_one(MentionRow, busy).case_id
    for _ in range(PAGE + 5):
        closed(database, praise(database, author="busy", case_id=case))
    last = closed(database, praise(database, author="kim"))
    with database.store.begin() as db:  # the others' posts wait for a draft of their own
        for row in mentions.of_case(db, case or 0):
            row.status = "read"
    assert draft_results(drafting) == {"later": PAGE + 5, "drafted": 1}
    assert item(database, last).reply == "drafted"
