"""Shorter, warmer, plainer: what each changes, what none may lose, and the playbook's sentences for one customer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.domain import (
    About,
    Emotion,
    FactSheet,
    Impact,
    IncidentStatus,
    Intent,
    Level,
    Move,
    Reading,
    Sentiment,
    Stage,
    Voice,
)
from incidents.journey import of_brand
from responder.gate import Candidate
from responder.gate.registry import inspect
from responder.lengths import measure
from responder.writers import Brief
from responder.writers.alternatives import Wish, alternatives, lix
from responder.writers.canned import sentences
from responder.writers.phrasebook import load
from responder.writers.playbook import PlaybookWriter

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
BOOKS = load()
SHEET = FactSheet(
    brand=Voice(name="Northwind Mobile", sign_off="^{agent}"),
    title="Mobile data outage",
    status=IncidentStatus.IDENTIFIED,
    started_at=NOW - timedelta(hours=2, minutes=10),
    next_update_at=NOW + timedelta(minutes=30),
    components=("mobile data",),
    regions=("Ontario",),
    facts={
        "cause": "A part of our network that connects phones stopped working after a planned change.",
        "next_step": "We are undoing the change region by region.",
        "workaround": "Calls and texts work; use Wi-Fi for data.",
        "cause.fr": "Une partie de notre réseau s'est arrêtée après un changement prévu.",
        "cause.es": "Una parte de nuestra red dejó de funcionar después de un cambio previsto.",
    },
    links=("https://status.northwind.example",),
    version=3,
)
TEXTS = {
    "en": "@northwind no data since 9 and I can't work, what is going on?",
    "fr": "@northwind plus de réseau, je ne peux pas travailler, que se passe-t-il ?",
    "es": "@northwind sin datos, no puedo trabajar, ¿qué pasa?",
}
ROOM = {"x": 280, "bluesky": 300, "reddit": 10_000}


def brief(
    language: str = "en", stage: Stage = Stage.ANGER, platform: str = "x", impact: Impact = Impact.WORK, **values: Any
) -> Brief:
    reading = Reading(
        sentiment=Sentiment.NEGATIVE, sentiment_score=-0.8, emotion=Emotion.ANGER,
        intents=(Intent.OUTAGE_REPORT, Intent.STATUS_QUESTION), outage=True, outage_score=0.9, angry=True,
        angry_score=0.9, impact=impact, about=About.SERVICE, language=language, confidence=0.9, model="m@1",
    )  # fmt: skip
    sheet = values.pop("sheet", SHEET)
    plan = of_brand("").plan(stage, impact, sheet)
    return Brief(
        **({"mention_id": "x:1", "platform": platform, "author": "ada", "text": TEXTS[language], "language": language,
            "reading": reading, "plan": plan, "sheet": sheet, "now": NOW, "limit": ROOM[platform], "agent": "Ana"}
           | values)
    )  # fmt: skip


def blocked(text: str, asked: Brief) -> list[tuple[str, str]]:
    candidate = Candidate(reply=text, platform=asked.platform, mention=asked.text, sheet=asked.sheet)
    return [(each.check, text[each.start : each.end]) for each in inspect(candidate) if each.level is Level.BLOCK]


CELLS = [(language, stage) for language in TEXTS for stage in Stage]


@pytest.mark.parametrize(("language", "stage"), CELLS)
def test_each_is_what_was_asked_for_fits_and_passes_the_gate(language: str, stage: Stage) -> None:
    asked = brief(language, stage)
    present = PlaybookWriter(languages=("en", "fr", "es")).write(asked).text
    for wish in Wish:
        found = list(alternatives(asked, wish, BOOKS, present=present))
        assert len({each.text for each in found}) == len(found)
        for each in found:
            assert each.text != present
            assert each.language == language
            assert measure("x", each.text).valid
            assert each.text.endswith("^Ana")
            if wish is Wish.SHORTER:
                assert len(each.text) < len(present)
            if wish is Wish.PLAINER:
                assert lix(each.text) < lix(present)
        assert wish is not Wish.WARMER or found
        passing = [each for each in found if not blocked(each.text, asked)]
        assert bool(passing) == bool(found), [blocked(each.text, asked) for each in found]


def test_a_shorter_one_keeps_the_answer_and_when_we_speak_again() -> None:
    asked = brief(text="@northwind is my mother's alarm still working? what is going on", impact=Impact.SAFETY)
    present = PlaybookWriter().write(asked).text
    shorter = next(iter(alternatives(asked, Wish.SHORTER, BOOKS, present=present)))
    assert len(shorter.text) < len(present)
    assert "Calls and texts work" in shorter.text
    assert "next_update_at" in shorter.facts_used


def test_what_is_as_short_as_it_can_be_has_no_shorter_one() -> None:
    assert list(alternatives(brief(), Wish.SHORTER, BOOKS, present="Next update at 3:30 pm. ^Ana")) == []


def test_a_warmer_one_speaks_to_the_person_first_and_says_the_same_facts() -> None:
    asked = brief(stage=Stage.ANGER, platform="reddit")
    present = PlaybookWriter().write(asked)
    warmer = next(iter(alternatives(asked, Wish.WARMER, BOOKS, present=present.text)))
    assert "angry" in warmer.text.split(".")[0] or "sorry" in warmer.text.split(".")[0]
    assert set(warmer.facts_used) >= set(present.facts_used)


def test_a_plainer_one_leaves_out_what_only_an_engineer_reads() -> None:
    sheet = FactSheet(
        brand=SHEET.brand, title="t", status=IncidentStatus.IDENTIFIED, next_update_at=SHEET.next_update_at,
        facts={"cause": "The session database lost its quorum.", "next_step": "We are undoing the change."}, version=1,
    )  # fmt: skip
    asked = brief(platform="reddit", sheet=sheet, text="nothing since 9. what happened?")
    present = PlaybookWriter().write(asked).text
    assert "quorum" in present
    plainer = next(iter(alternatives(asked, Wish.PLAINER, BOOKS, present=present, hard=lambda text: "quorum" in text)))
    assert "quorum" not in plainer.text
    assert "cause" not in plainer.facts_used


def test_the_same_brief_gives_the_same_offers() -> None:
    first, again = (list(alternatives(brief(), Wish.WARMER, BOOKS, present="x")) for _ in range(2))
    assert first == again


def test_lix_counts_long_words_and_long_sentences() -> None:
    assert lix("It is back.") == 3
    assert lix("Restoration progresses.") == 2 + 100
    assert lix("") == 0


def test_sentences_are_those_of_the_cell_first_each_once_and_all_true() -> None:
    asked = brief()
    found = sentences(asked, BOOKS)
    texts = [each.text for each in found]
    assert len(texts) == len(set(texts))
    assert [each.planned for each in found] == sorted((each.planned for each in found), reverse=True)
    assert {each.move for each in found if each.planned} >= {Move.OWN, Move.EXPLAIN, Move.NEXT_STEP}
    assert any("undoing the change" in text for text in texts)
    assert any("3:30 pm" in text for text in texts)
    assert not any("{" in text for text in texts)
    assert "A part of our network that connects phones stopped working after a planned change." in texts
