"""What the sentences of a playbook reply rest on: facts of the sheet, and the very words of the customer."""

from itertools import product

import pytest

from core.domain import Impact, Stage
from incidents.journey import load
from responder.lengths import usual
from responder.naming import led
from responder.writers import Brief
from responder.writers.heard import hear
from tests.responder.test_playbook import BOOKS, NOW, SAID, SHEETS, WRITER, reading

JOURNEY = load()


def brief(text: str, language: str = "en", sheet: str = "full", stage: Stage = Stage.ANGER,
          persona: Impact = Impact.WORK) -> Brief:  # fmt: skip
    return Brief(
        mention_id="x:1", platform="mastodon", author="sam", text=text, language=language,
        reading=reading(persona, language=language), plan=JOURNEY.plan(stage, persona, SHEETS[sheet]),
        sheet=SHEETS[sheet], now=NOW, limit=usual("mastodon").longest,
    )  # fmt: skip


@pytest.mark.parametrize("language", list(SAID))
def test_every_sentence_has_its_ground_in_every_cell(language: str) -> None:
    for stage, persona, sheet in product(Stage, Impact, SHEETS):
        given = brief(SAID[language][persona], language, sheet, stage, persona)
        written = WRITER.write(given)
        assert written.grounds
        assert {fact for ground in written.grounds for fact in ground.facts} == set(written.facts_used)
        assert dict.fromkeys(ground.move for ground in written.grounds).keys() == {m.value for m in written.moves}
        at = 0
        for ground in written.grounds:
            assert at <= ground.start < ground.end <= len(written.text)
            assert written.text[at : ground.start].strip() == ""
            at = ground.end
            for start, end in ground.heard:
                assert given.text[start:end].strip() == given.text[start:end] != ""


def test_a_phrased_sentence_knows_its_phrasing_and_what_filled_it() -> None:
    written = WRITER.write(brief("@northwind 3 hours without signal, and again"))
    phrased = [ground for ground in written.grounds if ground.form]
    assert phrased
    for ground in phrased:
        said = written.text[ground.start : ground.end]
        assert ground.form in BOOKS["en"].lines[ground.line]
        assert ground.form.format(**ground.slots).casefold() == said.casefold()


@pytest.mark.parametrize(
    ("text", "heard", "words"),
    [
        ("@northwind\n\nWHY is this  down again? 👩‍👩‍👧 see https://x.example/why", "ask.why", "WHY"),
        ("Désolé… it’s down again", "signal.again", "again"),
        ("no signal for 3 hours", "duration", "for 3 hours"),
        ("@why.example no signal", "ask.why", None),
    ],
)
def test_the_words_are_found_where_they_stand_in_the_post(text: str, heard: str, words: str | None) -> None:
    spans = hear(brief(text), BOOKS["en"]).spans
    assert (text[slice(*spans[heard])] if heard in spans else None) == words


def test_what_stands_in_front_moves_the_sentences_along() -> None:
    written = WRITER.write(brief("@northwind down again"))
    moved = led(written, "@sam ")
    assert moved.text == f"@sam {written.text}"
    assert [moved.text[g.start : g.end] for g in moved.grounds] == [
        written.text[g.start : g.end] for g in written.grounds
    ]
