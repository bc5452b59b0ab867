"""Phrasings a lead takes over: tried on the whole map, in force with the next draft, taken back; on both databases."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.domain import FactSheet, Finding, Impact, Level, Plan, Stage
from core.errors import Conflict, InputError, Refused
from core.store import audit
from core.store import wordings as rows
from responder import wordings
from responder.gate import Candidate
from responder.gate.registry import inspect
from responder.learning import Proposal
from responder.wordings import Lead, LivingPlaybook
from tests.factories import BRAND, Clock, Database
from tests.responder.edited_replies import AFTER, BEFORE, JOURNEY, LINE, SAID, change

LENA = Lead("Lena", "lead")
Gate = Callable[[Candidate], tuple[Finding, ...]]


def no_money(candidate: Candidate) -> tuple[Finding, ...]:
    """A quick gate: every reply goes through it, and only the word refund is stopped."""
    at = candidate.reply.find("refund")
    found = Finding(check="money", level=Level.BLOCK, start=at, end=at + 6, message="No refund is in the facts.")
    return (found,) if at >= 0 else ()


def in_corner(_stage: Stage, _persona: Impact, sheet: FactSheet) -> Plan:
    """The plan of one cell for all: enough where not the map is in question."""
    return JOURNEY.plan(Stage.ANGER, Impact.WORK, sheet)


def proposal(database: Database, clock: Clock) -> Proposal:
    for number, editor in enumerate(("Ana", "Ben", "Ana")):
        change(database, clock, editor, number)
    (found,) = wordings.open_proposals(database.store, brand=BRAND, clock=clock)
    assert (found.line, found.before, found.after, found.editors) == (LINE, BEFORE, AFTER, ("Ana", "Ben"))
    assert found.examples[0].said == SAID
    return found


def take(
    database: Database, clock: Clock, found: Proposal, after: str = AFTER, *, who: Lead = LENA, gate: Gate = no_money
) -> int:
    return wordings.take_over(
        database.store, brand=BRAND, proposal=found, after=after, plans=in_corner, inspect=gate,
        languages=("en",), actor=who, clock=clock,
    )  # fmt: skip


def forms(living: LivingPlaybook) -> tuple[str, ...]:
    return living.now()._books["en"].lines[LINE]


def test_taken_over_it_is_said_from_the_next_draft_on_and_taken_back_no_more(
    any_database: Database, clock: Clock
) -> None:
    found = proposal(any_database, clock)
    living = LivingPlaybook(lambda: any_database.store, BRAND, ("en",))
    elsewhere = LivingPlaybook(lambda: any_database.store, "Another brand", ("en",))
    assert BEFORE in forms(living)
    assert take(any_database, clock, found) > 3, "different replies with it went through the gate"
    assert AFTER in forms(living)
    assert BEFORE not in forms(living)
    assert BEFORE in forms(elsewhere)
    assert wordings.open_proposals(any_database.store, brand=BRAND, clock=clock) == []
    with pytest.raises(Conflict):
        take(any_database, clock, found)
    with any_database.store.read() as db:
        (row,) = rows.in_force(db, BRAND)
    wordings.take_back(any_database.store, brand=BRAND, number=row.id, actor=LENA, clock=clock)
    assert BEFORE in forms(living)
    assert AFTER not in forms(living)
    with pytest.raises(Conflict):
        wordings.take_back(any_database.store, brand=BRAND, number=row.id, actor=LENA, clock=clock)
    with any_database.store.read() as db:
        told = [(each.action, each.actor) for each in audit.newest(db, limit=2)]
    assert told == [("wording.taken_back", "Lena"), ("wording.taken", "Lena")]


def test_what_the_gate_blocks_anywhere_is_not_taken_over(any_database: Database, clock: Clock) -> None:
    found = proposal(any_database, clock)
    with pytest.raises(Refused, match="do not pass the gate"):
        take(any_database, clock, found, "We will refund every customer in full for this.")
    with any_database.store.read() as db:
        assert rows.decisions(db, BRAND) == []


def test_the_real_gate_lets_the_proposed_words_through(database: Database, clock: Clock) -> None:
    tried: list[Candidate] = []

    def some(candidate: Candidate) -> tuple[Finding, ...]:
        """Every tenth reply: the gate takes its time."""
        tried.append(candidate)
        return inspect(candidate) if len(tried) % 10 == 1 else ()

    assert take(database, clock, proposal(database, clock), gate=some) == len(tried)


@pytest.mark.parametrize(
    ("after", "error"),
    [("", InputError), ("Another time is one too many.", InputError), ("Again {region}.", InputError),
     ("Again!", InputError), ("Again {", InputError), ("x" * 401, InputError)],
)  # fmt: skip
def test_what_is_no_phrasing_of_the_line_is_refused(
    database: Database, clock: Clock, after: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        take(database, clock, proposal(database, clock), after)


def test_only_a_lead_decides_and_what_was_turned_down_stays_away(database: Database, clock: Clock) -> None:
    found = proposal(database, clock)
    ana = Lead("Ana", "approver")
    with pytest.raises(Refused):
        take(database, clock, found, who=ana)
    with pytest.raises(Refused):
        wordings.reject(database.store, brand=BRAND, proposal=found, actor=ana, clock=clock)
    wordings.reject(database.store, brand=BRAND, proposal=found, actor=LENA, clock=clock)
    assert wordings.open_proposals(database.store, brand=BRAND, clock=clock) == []


def test_a_phrasing_that_no_reply_uses_cannot_be_taken_over(database: Database, clock: Clock) -> None:
    found = replace(proposal(database, clock), examples=())
    with pytest.raises(Refused, match="cannot be tried"):
        take(database, clock, found)


def test_old_edits_are_forgotten(database: Database, clock: Clock) -> None:
    proposal(database, clock)
    clock.forward(days=91)
    assert wordings.open_proposals(database.store, brand=BRAND, clock=clock) == []


def test_every_cell_is_tried(database: Database, clock: Clock) -> None:
    cells, replies = set(), []

    def plans(stage: Stage, persona: Impact, sheet: FactSheet) -> Plan:
        cells.add((stage, persona))
        return JOURNEY.plan(stage, persona, sheet)

    def seen(candidate: Candidate) -> tuple[Finding, ...]:
        replies.append(candidate.reply)
        return ()

    wordings.take_over(
        database.store, brand=BRAND, proposal=proposal(database, clock), after=AFTER, plans=plans, inspect=seen,
        languages=("en",), actor=LENA, clock=clock,
    )  # fmt: skip
    assert cells == set(JOURNEY.cells)
    assert len(replies) == len(set(replies)) > 20
    assert all(AFTER in reply for reply in replies)
