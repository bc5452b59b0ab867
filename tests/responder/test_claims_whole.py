"""Whole training drafts: their file format and what a changed sheet does to their clauses."""

import random
from pathlib import Path

import pytest

from core.errors import InputError
from responder.claims.labels import FLAGS, STATES
from responder.claims.training import compose, pairs, whole
from responder.claims.training.setting import RULES, Setting

TEXT = """
### fenwick
brand: Fenwick
status: identified
started: 18:20
parts: home internet
places: Leeds; York
scope: Leeds and York are offline.
cause: A cut cable.

--- en bad
> @{handle} again??
~ none: Twice is too much.
= cause: Somebody cut our cable,
| ! cause: Our cable wore out,
! scope: but York is fine.
?#guarantee eta: It is back by noon, promised.
= no_eta: We have no time yet.
! update: News at midnight.
"""


def one(tmp_path: Path, text: str = TEXT) -> whole.Whole:
    (tmp_path / "drafts_x.txt").write_text(text)
    [draft] = whole.drafts(tmp_path)
    return draft


def told(draft: whole.Whole, fields: dict[str, str]) -> list[set[str]]:
    setting = Setting(draft.sheet, fields, {}, None, draft.language)
    return [{STATES[state] for state in whole.states(line, setting)} for line in draft.lines]


def test_a_draft_is_read_with_its_sheet(tmp_path: Path) -> None:
    draft = one(tmp_path)
    assert (draft.sheet.fields["brand"], draft.post, len(draft.lines)) == ("Fenwick", "@{handle} again??", 6)
    fine = [{"none"}, {"supported"}, {"contradicted"}, {"unsupported"}, {"supported"}, {"contradicted"}]
    assert told(draft, draft.sheet.fields) == fine
    assert draft.lines[3].flags == {"guarantee"}


def test_another_clause_stands_in_for_the_one_above_it(tmp_path: Path) -> None:
    draft = one(tmp_path)
    seen = {tuple(line.text for line in draft.told(random.Random(seed))) for seed in range(20)}
    asis = [line.text for line in draft.lines]
    assert seen == {tuple(asis), (asis[0], "Our cable wore out,", *asis[2:])}


def test_without_its_fact_a_clause_rests_on_nothing(tmp_path: Path) -> None:
    draft = one(tmp_path)
    poorer = {name: value for name, value in draft.sheet.fields.items() if name != "cause"}
    assert told(draft, poorer)[1] == {"unsupported"}
    seen = {frozenset(whole.poorer(draft.sheet, random.Random(seed))) for seed in range(20)}
    assert seen == {frozenset(draft.sheet.fields), frozenset(poorer)}


@pytest.mark.parametrize(("line", "place"), [("* what", 20), ("~#nonsense none: Hello there.", 20)])
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, place: int) -> None:
    with pytest.raises(InputError, match=rf"drafts_x\.txt:{place}"):
        one(tmp_path, TEXT + line + "\n")


def test_the_written_drafts_can_all_be_drawn() -> None:
    written = whole.drafts()
    assert {draft.language for draft in written} == set(pairs.LANGUAGES)
    facts = {"scope", "cause", "next_step", "workaround", "compensation", "prevention"}
    known = {"started", "update", "status", "parts", "places", "heard", *RULES}
    for draft in written:
        assert {"brand", "status", "scope", "started"} <= set(draft.sheet.fields), draft.sheet.name
        assert draft.post, (draft.sheet.name, draft.lines)
        for line in draft.all_lines():
            assert line.flags <= set(FLAGS)
            if line.sign == "=":
                assert line.kind in facts | known, (draft.sheet.name, line)
                assert line.kind in known or draft.sheet.fields.get(line.kind), (draft.sheet.name, line)
    composer = compose.Composer(whole.joined([], written), pairs.common(), pairs.mentions(), 7, written)
    for drawn in (composer.draw() for _ in range(300)):
        assert len(drawn.spans) == len(drawn.states) == len(drawn.flags)
        assert all("{" not in drawn.reply[start:end] for start, end in drawn.spans)
