"""What a reply tells is told by the facts: words from nowhere, crossed places, opposites, reach, promises, kindness."""

from dataclasses import replace

import pytest

from core.domain import Level
from responder.claims.model import ClaimModel
from responder.claims.training import heldout
from responder.gate import crossed, opposite, owner, scope
from responder.gate.alignment import borne_out, covered
from responder.gate.kindness import claims_nothing
from responder.gate.reading import clauses, fold
from responder.gate.registry import inspect, passes
from responder.gate.wording import stem, words_from_nowhere
from tests.responder.test_gate import reply, sheet


def strange(text: str, **more: object) -> list[str]:
    return [word for _, word in words_from_nowhere(reply(text, **more))]


def test_words_of_the_facts_the_customer_and_kindness_come_from_somewhere() -> None:
    assert strange("We're sorry, waiting without home internet in Leeds is hard.") == []
    assert strange("A swan flew into the wires in Leeds.") == ["swan", "flew", "wires"]
    assert strange("A swan flew into the wires.", mention="I saw a swan fly, it flew into your wires") == []


def test_a_name_from_nowhere_counts_twice() -> None:
    assert strange("Some customers in Leeds and Harrogate have none.") == ["harrogate", "harrogate"]


def test_facts_in_another_language_say_nothing_of_words() -> None:
    text = "Nous cherchons toujours pourquoi les pelleteuses ne sont pas encore dans la rue de Leeds."
    assert strange(text) == []


@pytest.mark.parametrize(
    ("one", "other"), [("charged", "charges"), ("l'électricité", "électricité"), ("stopped", "stop")]
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    assert stem(fold(one)) == stem(fold(other))


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("We're so sorry about your evening", True),
        ("Send us a private message and we'll look", True),
        ("C'est rageant, pardon", True),
        ("Entendemos el enfado", True),
        ("We're sorry, a cable caused it", False),
        ("Thank you, 20 crews are out", False),
        ("The line in Eastman is back", False),
    ],
)
def test_kindness_claims_nothing(text: str, *, nothing: bool) -> None:
    assert claims_nothing(fold(text)) is nothing


def test_alignment_asks_for_the_same_words_and_the_same_yes_or_no() -> None:
    known = sheet("partial")
    said, denied, other = clauses(
        fold(
            "Three crews are putting up the second line. Three crews aren't putting up the second line. "
            "Squirrels did it."
        )
    )
    assert borne_out(said, known)
    assert not borne_out(denied, known)
    assert covered(other.text, known) == 0


@pytest.mark.parametrize(
    ("check", "name", "bad", "fair"),
    [
        (crossed, "partial", "Eastman has power again.", "Magog has power again."),
        (crossed, "early", "Mobile service in York has failed.", "Mobile service isn't affected."),
        (opposite, "resolved", "A payment taken twice doesn't go back.", "It goes back by itself."),
        (opposite, "partial", "Unplug your freezer and wrap it in foil.", "The community centre in Eastman is open."),
        (scope, "early", "Nobody was hurt in Leeds.", "Some customers in Leeds and York have none."),
        (scope, "early", "Only York is hit.", "Leeds and York are hit."),
        (owner, "early", "A colleague will call you tonight.", "Send us a message and we'll call you."),
        (owner, "early", "Hemos puesto tu caso el primero.", "Escríbenos y te llamamos."),
        (owner, "early", "Un technicien vous rappelle.", "Nous ne vous rappellerons pas sans votre accord."),
    ],
)
def test_each_check_knows_its_fault_from_the_truth(check: object, name: str, bad: str, fair: str) -> None:
    assert list(check.check(reply(bad, name=name)))  # type: ignore[attr-defined]
    assert not list(check.check(reply(fair, name=name)))  # type: ignore[attr-defined]


def test_without_an_incident_nothing_is_compared() -> None:
    none = replace(sheet("early"), status=None)
    given = replace(reply("Only York is hit, Leeds has it back."), sheet=none)
    assert not [*crossed.check(given), *opposite.check(given), *scope.check(given)]


@pytest.mark.skipif(not ClaimModel().present(), reason="this installation has no claim model")
@pytest.mark.parametrize(("folder", "passing", "stopped"), [("choose", 0.1, 0.07), ("judged", 0.3, 0.15)])
def test_drafts_over_other_sheets_are_told_apart(folder: str, passing: float, stopped: float) -> None:
    """Faults over sheets of other industries; the shares are a little worse than those the gate was chosen for."""
    outcome: dict[bool, list[bool]] = {True: [], False: []}
    for case in heldout.cases(heldout.FOLDER / folder):
        outcome[bool(case.fault)].append(passes(inspect(case.candidate)))
    bad, clean = outcome[True], outcome[False]
    assert len(bad) >= 60
    assert sum(bad) <= passing * len(bad)
    assert sum(not passed for passed in clean) <= stopped * len(clean)


def test_findings_of_these_checks_point_into_the_reply() -> None:
    text = "Eastman has power again. Only Eastman is hit. A colleague will call you."
    found = [finding for finding in inspect(reply(text, name="partial")) if finding.level is Level.BLOCK]
    assert {"crossed", "scope", "owner"} <= {finding.check for finding in found}
    assert all(text[finding.start : finding.end].strip() for finding in found)
