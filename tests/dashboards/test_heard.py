"""What features say in English is told in the reader's language, and nothing stands in the tables that nobody says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards import heard as hearing
from dashboards import languages
from dashboards.heard import heard
from responder.gate.registry import CHECKS
from tests.responder.test_gate import CASES, candidate

ROOT = Path(hearing.__file__).parents[1]
FEATURES = ("core", "incidents", "listener", "classifier", "responder", "dashboards")


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    languages.speak("fr")
    yield
    languages.speak("en")


def said_somewhere() -> str:
    """Every string that stands in the code, one a line, without the tables themselves."""
    paths = [path for name in FEATURES for path in sorted((ROOT / name).rglob("*.py"))]
    kept = [path for path in paths if not path.name.startswith("heard") and "training" not in path.parts]
    nodes = (node for path in kept for node in ast.walk(ast.parse(path.read_text())))
    return "\n".join(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def threes(message: str) -> list[str]:
    """Every three words of a message that stand together, without what is filled in."""
    parts = re.split(r"%\(\w+\)s|[':.;,()“”]", message.replace("%%", "%"))
    words = [part.split() for part in parts]
    return [" ".join(part[at : at + 3]) for part in words for at in range(len(part) - 2)]


def test_every_message_of_the_tables_is_one_that_somebody_says() -> None:
    everything = said_somewhere()
    for message in hearing.MESSAGES:
        found = [three in everything for three in threes(message)]
        # Some are put together from two fixed texts, so not all of it stands in one; short ones say too little.
        assert len(found) < 8 or sum(found) >= 0.4 * len(found), message


def test_no_two_templates_fit_one_message_in_the_same_way() -> None:
    assert len(set(hearing.MESSAGES)) == len(hearing.MESSAGES)


def test_what_the_gate_finds_is_told_in_french() -> None:
    bad = [case for case in CASES if "fault" in case][::4]
    checks = [check for name, check in CHECKS if name != "support"]  # its messages are fixed, its model is slow
    said = [finding.message for case in bad for check in checks for finding in check(candidate(case))]
    assert len(said) > 40
    assert [message for message in said if heard(message) == message] == []


def test_quoted_words_are_not_translated() -> None:
    told = heard("'phone' is a word of the trade. Say it as the customer would.")
    assert told.startswith("«\u202fphone\u202f»")


def test_values_that_are_words_of_ours_are() -> None:
    assert heard("the gate blocks this reply: The reply is empty. Write one or reject the draft.").endswith(
        "La réponse est vide. Écrivez-en une ou rejetez le brouillon."
    )


def test_what_nobody_knows_is_told_as_it_came() -> None:
    assert heard("100 % of this is new: {odd} %(thing)s") == "100 % of this is new: {odd} %(thing)s"


def test_what_is_longer_than_any_message_is_somebodys_text() -> None:
    assert heard("a: not valid TOML: b") != "a: not valid TOML: b"
    long = "a: not valid TOML: " + "b: not valid TOML: " * 40
    assert heard(long) == long  # comparing it with every template takes time that grows with its cube


def test_in_english_nothing_is_looked_up() -> None:
    languages.speak("en")
    assert heard("Check the address.") == "Check the address."
