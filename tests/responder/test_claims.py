"""Clauses, premise and training drafts of the claim model."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from core.domain import FactSheet, IncidentStatus, Voice
from core.errors import ConfigError, InputError
from responder.claims.clauses import split
from responder.claims.labels import FLAGS, STATES
from responder.claims.model import ClaimModel
from responder.claims.premise import NOT_KNOWN, premise
from responder.claims.training import compose, draft, pairs

SHEET = FactSheet(
    brand=Voice(name="Fenwick"),
    status=IncidentStatus.IDENTIFIED,
    started_at=datetime.fromisoformat("2026-11-19T18:20:00+00:00"),
    components=("home internet",),
    regions=("Leeds", "York"),
    facts={"scope": "Leeds and York are offline.", "cause": "A cut cable."},
)


def pieces(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We're sorry. It is down at 2:30 p.m. in York.", ["We're sorry.", "It is down at 2:30 p.m. in York."]),
        ("It's ours, and we are fixing it now.", ["It's ours,", "and we are fixing it now."]),
        ("Nous cherchons la cause ; rien n'est sûr encore.", ["Nous cherchons la cause ;", "rien n'est sûr encore."]),
        (
            "¿Cuándo vuelve? No lo sabemos, pero seguimos aquí.",
            ["¿Cuándo vuelve?", "No lo sabemos,", "pero seguimos aquí."],
        ),
        ("See https://status.example.org for news about it.", ["See https://status.example.org for news about it."]),
        ("One line about Leeds\nanother line about York", ["One line about Leeds", "another line about York"]),
    ],
)
def test_texts_are_cut_into_clauses(text: str, wanted: list[str]) -> None:
    assert [" ".join(piece.split()) for piece in pieces(text)] == wanted


def test_every_word_belongs_to_one_clause() -> None:
    text = "Hi. No. Leeds is out: since 6:20, but York isn't \u2013 we think; more at 8.\n\n\u2026 !\nBye now, friends"
    spans = split(text)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    kept = "".join(text[span.start : span.end] for span in spans)
    assert [char for char in kept if char.isalnum()] == [char for char in text if char.isalnum()]
    assert split("\u2026 !! \n") == []


def test_the_premise_names_what_is_not_known() -> None:
    told = premise(SHEET, "is it\nback @fenwick")
    assert "cause: A cut cable." in told
    assert f"compensation: {NOT_KNOWN}" in told
    assert "started: 18:20" in told
    assert told.endswith("customer: is it back @fenwick")
    assert f"cause: {NOT_KNOWN}" in premise(replace(SHEET, facts={}), "")


def test_the_training_texts_can_all_be_read() -> None:
    sheets, common, heard = pairs.sheets(), pairs.common(), pairs.mentions()
    assert len(sheets) >= 40
    assert {line.language for sheet in sheets for line in sheet.lines} == set(pairs.LANGUAGES)
    for sheet in sheets:
        assert {"brand", "status", "scope", "started"} <= set(sheet.fields), sheet.name
        for line in sheet.lines:
            assert line.flags <= set(FLAGS), line
            assert line.sign == "?" or sheet.fields.get(line.kind), (sheet.name, line)
    assert {flag for line in common for flag in line.flags} == set(FLAGS)
    assert {one.language for one in heard} == set(pairs.LANGUAGES)


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "sheets_x.txt").write_text("### one\nbrand: One\nwhat is this\n")
    with pytest.raises(InputError, match=r"sheets_x\.txt:3"):
        pairs.sheets(tmp_path)


def drawn(count: int = 400) -> list[draft.Draft]:
    composer = compose.Composer(pairs.sheets(), pairs.common(), pairs.mentions(), 7)
    return [composer.draw() for _ in range(count)]


def test_drafts_are_labelled_clause_by_clause() -> None:
    for one in drawn():
        assert len(one.spans) == len(one.states) == len(one.flags)
        for (start, end), states in zip(one.spans, one.states, strict=True):
            assert one.reply[start:end].strip()
            assert states
            assert states <= set(range(len(STATES)))
            assert "{" not in one.reply[start:end]


def test_the_sheet_decides_whether_a_clause_is_borne_out() -> None:
    """No clause gives its state away: the same words are right under one sheet and wrong under another."""
    seen: dict[str, set[int]] = {}
    for one in drawn(3000):
        for (start, end), states in zip(one.spans, one.states, strict=True):
            if len(states) == 1:
                seen.setdefault(one.reply[start:end].lower().rstrip("."), set()).update(states)
    fair, foul = STATES.index("supported"), {STATES.index("unsupported"), STATES.index("contradicted")}
    both = [text for text, states in seen.items() if fair in states and states & foul]
    assert len(both) > 100


def test_a_missing_model_is_absent_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert not ClaimModel(tmp_path).present()
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ConfigError, match=r"tokenizer\.json"):
        ClaimModel(tmp_path).warm_up()
