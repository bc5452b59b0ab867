"""The playbook's own sentences are not questioned, as long as they are true of the sheet."""

from dataclasses import replace

import pytest

from core.domain import Level
from responder.gate import Candidate, own_words
from responder.gate.registry import inspect
from tests.responder.test_playbook import BOOKS, FULL

WITHOUT = replace(FULL, facts={"scope": FULL.facts["scope"]})


def unquestioned(reply: str, sheet: object) -> bool:
    candidate = Candidate(reply=reply, platform="reddit", mention="when is it back?", sheet=sheet)  # type: ignore[arg-type]
    return list(own_words.spans(candidate)) == [(0, len(reply))]


@pytest.mark.parametrize("language", BOOKS)
@pytest.mark.parametrize(
    ("line", "without", "with_it"),
    [
        ("credit.unknown", True, False),
        ("credit.elsewhere", False, True),
        ("cause.unknown", True, False),
        ("cause.elsewhere", False, True),
        ("invite.private", True, True),
        ("safety.advice", True, True),
    ],
)
def test_a_line_stands_as_long_as_it_is_true(language: str, line: str, *, without: bool, with_it: bool) -> None:
    alone = [text for text in BOOKS[language].lines[line] if text.count(".") == 1 and "?" not in text]
    assert alone
    for text in alone:
        assert (unquestioned(text, WITHOUT), unquestioned(text, FULL)) == (without, with_it), text


def test_what_is_added_to_it_is_questioned() -> None:
    text = BOOKS["en"].lines["credit.unknown"][0].rstrip(".") + ", but you will get $20."
    found = inspect(Candidate(reply=text, platform="x", mention="refund?", sheet=WITHOUT))
    assert any(finding.level is Level.BLOCK for finding in found)
