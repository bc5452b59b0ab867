"""Where customers are placed, and what the map of stages and personas asks for."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.domain import (
    About,
    Emotion,
    FactSheet,
    Impact,
    IncidentStatus,
    Intent,
    Move,
    Reading,
    Sentiment,
    Stage,
    Voice,
)
from core.errors import ConfigError
from incidents import journey

MAP = journey.load()
PLAIN = Reading(
    sentiment=Sentiment.NEUTRAL,
    sentiment_score=0.0,
    emotion=Emotion.NEUTRAL,
    intents=(Intent.OUTAGE_REPORT,),
    outage=True,
    outage_score=0.9,
    angry=False,
    angry_score=0.1,
    impact=Impact.NONE,
    about=About.SERVICE,
    language="en",
    confidence=0.8,
    model="test@1",
)
ANNOYED = replace(PLAIN, emotion=Emotion.ANNOYANCE, sentiment=Sentiment.NEGATIVE)
OPEN = IncidentStatus.IDENTIFIED


def place(reading=PLAIN, text="no service", history=(), status=OPEN, previous=None):
    return MAP.place(reading, text=text, history=history, sheet_status=status, previous_stage=previous)


def sheet(status):
    return FactSheet(brand=Voice(name="Northwind"), status=status)


@pytest.mark.parametrize(
    ("reading", "stage"),
    [
        (PLAIN, Stage.SURPRISE),
        (replace(PLAIN, emotion=Emotion.CONFUSION), Stage.SURPRISE),
        (ANNOYED, Stage.IRRITATION),
        (replace(PLAIN, intents=(Intent.CHURN_THREAT,)), Stage.IRRITATION),
        (replace(PLAIN, emotion=Emotion.ANGER, angry=True), Stage.ANGER),
        (replace(PLAIN, emotion=Emotion.ANXIETY), Stage.ANXIETY),
        (replace(PLAIN, impact=Impact.SAFETY), Stage.ANXIETY),
        (replace(PLAIN, emotion=Emotion.SADNESS), Stage.RESIGNATION),
        (replace(PLAIN, emotion=Emotion.JOY, sentiment=Sentiment.POSITIVE), Stage.RELIEF),
    ],
)
def test_first_post_is_placed_by_its_reading(reading, stage):
    assert place(reading) is stage


def test_repeat_contact_raises_the_stage():
    assert place(history=[PLAIN]) is Stage.IRRITATION
    assert place(ANNOYED, history=[PLAIN]) is Stage.IRRITATION
    assert place(ANNOYED, history=[PLAIN, PLAIN]) is Stage.ANGER
    assert place(ANNOYED, history=[PLAIN, PLAIN, ANNOYED]) is Stage.RESIGNATION


@pytest.mark.parametrize("text", ["third time I ask", "toujours rien", "otra vez sin internet", "STILL nothing"])
def test_words_of_repetition_count_as_an_earlier_contact(text):
    assert place(text=text) is Stage.IRRITATION


@pytest.mark.parametrize("text", ["down, as usual", "comme d'habitude", "lo de siempre"])
def test_words_of_giving_up_are_resignation(text):
    assert place(text=text) is Stage.RESIGNATION


def test_nobody_is_surprised_twice():
    assert place(previous=Stage.ANGER) is Stage.IRRITATION
    assert place(previous=Stage.ANXIETY) is Stage.ANXIETY
    assert place(previous=Stage.SURPRISE) is Stage.SURPRISE


@pytest.mark.parametrize("status", [IncidentStatus.RESOLVED, IncidentStatus.CLOSED])
def test_after_the_end_there_is_relief_or_an_aftermath(status):
    glad = replace(PLAIN, emotion=Emotion.JOY, sentiment=Sentiment.POSITIVE, intents=(Intent.PRAISE,))
    assert place(glad, status=status) is Stage.RELIEF
    assert place(replace(PLAIN, emotion=Emotion.ANGER, angry=True), status=status) is Stage.AFTERMATH


def test_sarcastic_thanks_are_not_relief():
    sarcasm = replace(PLAIN, emotion=Emotion.ANNOYANCE, angry=True, intents=(Intent.PRAISE,))
    assert place(sarcasm) is Stage.IRRITATION


def test_every_cell_has_a_plan_that_can_be_carried_out():
    assert len(MAP.cells) == 7 * 8
    for (stage, persona), plan in MAP.cells.items():
        assert (plan.stage, plan.persona) == (stage, persona)
        assert plan.moves
        assert plan.tone
        assert set(plan.least_important) <= set(plan.moves)
        assert set(plan.least_important) != set(plan.moves), "something must be left to say"


@pytest.mark.parametrize("stage", [Stage.SURPRISE, Stage.IRRITATION, Stage.ANGER, Stage.ANXIETY, Stage.RESIGNATION])
def test_safety_hears_what_works_before_why_it_failed(stage):
    moves = MAP.plan(stage, Impact.SAFETY, sheet(OPEN)).moves
    assert moves.index(Move.NEXT_STEP) < moves.index(Move.EXPLAIN)


@pytest.mark.parametrize("status", [None, IncidentStatus.SUSPECTED, IncidentStatus.DISMISSED])
def test_without_a_confirmed_failure_nothing_is_owned_or_made_good(status):
    for stage in Stage:
        plan = MAP.plan(stage, Impact.BUSINESS, sheet(status))
        assert Move.INVITE in plan.moves
        assert not {Move.OWN, Move.MAKE_GOOD, Move.PREVENT, Move.NEXT_STEP} & set(plan.moves)
        assert set(plan.least_important) <= set(plan.moves)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = journey.MAP_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "map.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[anger]", "[rage]", r"map\.toml: \[rage\]"),
        ('"+make_good"', '"+make_bad"', r"map\.toml: \[irritation\.business\] moves: 'make_bad'"),
        ('"+make_good"', '"+own"', r"\[irritation\.business\] moves: a move to add is already there"),
        ("leisure = {", "pleasure = {", r"map\.toml: \[surprise\] pleasure"),
        ('least_important = ["thank"]', 'least_important = ["invite"]', r"\[surprise\] least_important: invite"),
        ('moves = ["acknowledge", "explain"', 'moves = ["explain", "explain"', r"\[surprise\] moves: a move stands"),
        ("phrases = [", "sentences = [", r"map\.toml: \[repeat\] phrases"),
        ("[surprise]", "[surprise", r"map\.toml: "),
    ],
)
def test_a_wrong_map_is_refused_with_its_place(tmp_path, old, new, complaint):
    path = changed(tmp_path, old, new)
    with pytest.raises(ConfigError, match=complaint):
        journey.load(path)


def test_a_missing_map_names_the_file(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        journey.load(tmp_path / "nowhere.toml")
