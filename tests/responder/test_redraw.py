"""A change of the sheet draws exactly those replies again that rest on what changed."""

from dataclasses import replace

import pytest

from core.domain import Finding, IncidentStatus, Move, PartState, touched
from core.store import incidents
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from incidents import journey_edits
from incidents.facts import SheetChanges
from incidents.journey_edits import LivingMap
from incidents.lifecycle import edit_sheet
from responder.approval import Actor, edit
from responder.drafting import Drafting, draft_pending
from responder.gate import Candidate
from responder.sending import send_due
from tests.factories import BRAND, Database, inspect
from tests.responder import test_drafting as drawing
from tests.responder.memory_platform import Platform
from tests.responder.test_drafting import approve, drafts_of, opened

drafting = drawing.drafting  # the fixture
CAUSE = "A change we made overnight stopped part of our network."
CREDIT = "Everybody affected gets two days of service credited."
ASKS_WHY, ASKS_CREDIT = "@northwind why is there no data?", "@northwind do I get my money back for this?"
REFUND = {"intents": ["compensation_request"], "impact": "money", "outage": True}


def change(database: Database, incident: int, **changes: object) -> None:
    with database.store.read() as db:
        version = incidents.sheet_version(db, incident)
    edit_sheet(
        database.store, incident_id=incident, version=version, changes=SheetChanges(**changes),  # type: ignore[arg-type]
        actor="Lena", clock=database.clock,
    )  # fmt: skip


@pytest.fixture
def two(any_database: Database, drafting: Drafting) -> tuple[int, int, int]:
    """An incident, a post whose reply states the cause, and one whose reply states the credit and not the cause."""
    incident = opened(any_database, cause=CAUSE, compensation=CREDIT)
    why = any_database.mention(ASKS_WHY, author="why", status="read")
    credit = any_database.mention(ASKS_CREDIT, author="credit", status="read", reading=REFUND)
    draft_pending(drafting)
    assert "cause" in newest(any_database, why).facts_used
    assert "compensation" in newest(any_database, credit).facts_used
    return incident, why, credit


def newest(database: Database, mention: int) -> DraftRow:
    return drafts_of(database, mention)[-1]


def test_only_who_used_the_changed_fact_is_drawn_again(
    any_database: Database,
    drafting: Drafting,
    two: tuple[int, int, int],
) -> None:
    incident, why, credit = two
    uses = {mention: set(newest(any_database, mention).facts_used) for mention in (why, credit)}
    for fact in ("cause", "compensation"):
        change(any_database, incident, facts={fact: f"Another {fact} was found: it is this one."})
        again = sum(fact in used for used in uses.values())
        assert draft_pending(drafting) == {"stale": again, "drafted": again}
    with any_database.store.read() as db:
        version = db.get_one(IncidentRow, incident).sheet_version
    assert {newest(any_database, mention).sheet_version for mention in (why, credit)} == {version}
    assert draft_pending(drafting) == {}


def test_a_fact_nobody_used_redraws_nothing_and_approvals_stand(
    any_database: Database,
    drafting: Drafting,
    two: tuple[int, int, int],
) -> None:
    incident, why, credit = two
    approve(any_database, newest(any_database, why))
    change(any_database, incident, facts={"phone": "1 800 555 0100"})
    assert draft_pending(drafting) == {}
    platform = Platform(any_database.clock)
    send_due(any_database.store, {"platform": platform}, clock=any_database.clock)
    assert len(platform.posts) == 1
    assert len(drafts_of(any_database, credit)) == 1


def test_an_approved_reply_that_used_it_comes_back(
    any_database: Database,
    drafting: Drafting,
    two: tuple[int, int, int],
) -> None:
    incident, why, _ = two
    approve(any_database, newest(any_database, why), undo_seconds=60)
    change(any_database, incident, facts={"cause": "Another cause."})
    any_database.clock.forward(minutes=2)  # type: ignore[attr-defined]
    platform = Platform(any_database.clock)
    send_due(any_database.store, {"platform": platform}, clock=any_database.clock)
    assert platform.posts == []
    draft_pending(drafting)
    assert "another cause" in newest(any_database, why).text.lower()


def test_a_fact_that_is_held_back_leaves_the_replies_that_used_it(
    any_database: Database,
    drafting: Drafting,
    two: tuple[int, int, int],
) -> None:
    incident, why, credit = two
    change(any_database, incident, facts={"compensation": CREDIT}, unsafe=frozenset({"compensation"}))
    done = draft_pending(drafting)
    assert done["stale"] >= 1
    assert "compensation" not in newest(any_database, credit).facts_used
    assert "two days" not in newest(any_database, credit).text
    before = newest(any_database, why).id
    change(any_database, incident, facts={"prevention": "SECRET"}, unsafe=frozenset({"prevention"}))
    assert draft_pending(drafting) == {}
    assert newest(any_database, why).id == before


def test_who_said_it_is_not_known_hears_when_it_is(any_database: Database, drafting: Drafting) -> None:
    incident = opened(any_database, compensation=CREDIT)
    why = any_database.mention(ASKS_WHY, author="why", status="read")
    draft_pending(drafting)
    assert "cause" in newest(any_database, why).facts_missing
    change(any_database, incident, facts={"prevention": "We test every change twice."})
    assert draft_pending(drafting) == {}
    change(any_database, incident, facts={"cause": CAUSE})
    assert draft_pending(drafting) == {"stale": 1, "drafted": 1}
    assert "overnight" in newest(any_database, why).text


def test_the_status_and_what_is_back_are_in_every_word(
    any_database: Database,
    drafting: Drafting,
    two: tuple[int, int, int],
) -> None:
    incident, _, _ = two
    change(any_database, incident, status=IncidentStatus.MONITORING)
    assert draft_pending(drafting) == {"stale": 2, "drafted": 2}
    change(any_database, incident, states={"Ontario": PartState.PARTLY})
    used = sum("regions" in draft.facts_used for draft in all_waiting(any_database))
    assert draft_pending(drafting)["stale"] == used


def all_waiting(database: Database) -> list[DraftRow]:
    with database.store.read() as db:
        return db.query(DraftRow).filter(DraftRow.status == "waiting").all()


def test_a_translation_touches_its_own_language(any_database: Database, drafting: Drafting) -> None:
    incident = opened(any_database, cause=CAUSE)
    change(any_database, incident, facts={"cause.fr": "Un changement fait cette nuit."})
    english = any_database.mention(ASKS_WHY, author="en", status="read")
    french = any_database.mention(
        "@northwind pourquoi il n'y a pas de réseau ?", author="fr", status="read", reading={"language": "fr"}
    )
    draft_pending(drafting)
    change(any_database, incident, facts={"cause.fr": "Une erreur pendant un changement cette nuit."})
    assert draft_pending(drafting) == {"stale": 1, "drafted": 1}
    assert (len(drafts_of(any_database, english)), len(drafts_of(any_database, french))) == (1, 2)
    assert "erreur" in newest(any_database, french).text


def test_a_change_that_was_not_written_down_counts_as_every_change(
    any_database: Database,
    drafting: Drafting,
    two: tuple[int, int, int],
) -> None:
    incident, _, _ = two
    with any_database.store.begin() as db:
        db.get_one(IncidentRow, incident).sheet_version = 2
    assert draft_pending(drafting)["stale"] == 2
    with any_database.store.begin() as db:
        db.get_one(IncidentRow, incident).sheet_version = 3
    change(any_database, incident, facts={"phone": "1 800 555 0100"})
    assert draft_pending(drafting)["stale"] == 2


@pytest.mark.parametrize(
    ("changed", "used", "language", "expected"),
    [
        ({"cause"}, ["cause"], "en", True),
        ({"cause"}, ["scope"], "en", False),
        ({"status"}, [], "en", True),
        ({"*"}, [], "en", True),
        ({"links"}, ["links[0]"], "en", True),
        ({"components"}, ["phone"], "en", True),
        ({"components"}, ["cause"], "en", False),
        ({"cause.fr"}, ["cause"], "fr", True),
        ({"cause.fr"}, ["cause"], "en", False),
        ({"scope.fr"}, ["scope"], "en", True),  # there are no other words for it
        ({"title"}, ["cause"], "en", False),
        (set(), ["cause"], "en", False),
    ],
)
def test_what_touches_a_reply(changed: set[str], used: list[str], language: str, expected: bool) -> None:
    assert touched(changed=changed, used=used, language=language, known={"cause", "links"}) is expected


def test_a_changed_map_is_used_by_the_next_draft(any_database: Database, drafting: Drafting) -> None:
    from dataclasses import replace

    living = LivingMap(any_database.store, BRAND, drafting.journey)  # type: ignore[arg-type]
    with_ = replace(drafting, journey=living)
    opened(any_database, cause=CAUSE, compensation=CREDIT)
    first = any_database.mention("@northwind this is a disgrace", author="one", status="read")
    draft_pending(with_)
    was = newest(any_database, first)
    cell = next(plan for plan in living.now().cells.values() if (plan.stage, plan.persona) == (was.stage, was.persona))
    shorter = replace(cell, moves=(Move.OWN, Move.INVITE), least_important=(Move.INVITE,))
    journey_edits.edit_cell(
        any_database.store, brand=BRAND, plan=shorter, version=0, actor="Lena", clock=any_database.clock
    )
    second = any_database.mention("@northwind this is a disgrace!", author="two", status="read")
    draft_pending(with_)
    gone = {"next_step", "make_good", "acknowledge"}
    assert gone & set(was.moves)
    assert not gone & set(newest(any_database, second).moves)
    assert len(drafts_of(any_database, first)) == 1


def test_the_gate_weighs_while_nobody_waits_and_what_is_edited_meanwhile_stays(
    any_database: Database, drafting: Drafting
) -> None:
    """Somebody edits one of two stale drafts while the gate is at work: their words stand, and are weighed next."""
    incident = opened(any_database)
    one, other = (
        any_database.draft(incident_id=incident, sheet_version=0, edited_by=any_database.user(name), text=f"By {name}.")
        for name in ("Ana", "Ben")
    )
    cleo, weighed = Actor(any_database.user("Cleo"), "Cleo", "approver"), list[str]()

    def gate(candidate: Candidate) -> tuple[Finding, ...]:
        weighed.append(candidate.reply)
        if len(weighed) == 1:
            edit(
                any_database.store, draft_id=one, version=1, text="By Cleo.", actor=cleo, brand=drafting.brand,
                inspect=inspect, clock=any_database.clock,
            )  # fmt: skip
            with any_database.store.begin() as db:  # and the facts change once more
                db.get_one(IncidentRow, incident).sheet_version += 1
                db.get_one(DraftRow, one).sheet_version = 0
        return inspect(candidate)

    def state(number: int) -> tuple[str, int, int]:
        with any_database.store.read() as db:
            draft = db.get_one(DraftRow, number)
            return draft.text, draft.version, draft.sheet_version

    with_ = replace(drafting, inspect=gate)
    assert draft_pending(with_) == {}, "both moved on"
    assert (state(one), state(other)) == (("By Cleo.", 2, 0), ("By Ben.", 1, 0))
    assert draft_pending(with_) == {"stale": 2}
    with any_database.store.read() as db:
        now = db.get_one(IncidentRow, incident).sheet_version
    assert (state(one), state(other)) == (("By Cleo.", 3, now), ("By Ben.", 2, now))
    assert weighed == ["By Ana.", "By Ben.", "By Cleo.", "By Ben."]
