"""Posts that want something else than a report of the failure get that, and nobody is told what they just said."""

from dataclasses import replace

import pytest

from core.domain import Emotion, FactSheet, Impact, IncidentStatus, Intent, Move, Sentiment, Stage
from responder.writers import phrasebook
from responder.writers.playbook import PlaybookWriter
from tests.responder.test_playbook import FULL, brief, reading

BOOKS = phrasebook.load()
WRITER = PlaybookWriter(BOOKS)
WATER = replace(
    FULL,
    regions=("Holt",),
    components=("water",),
    facts={
        "scope": "There is no water in Holt. Marden is not affected. The water that comes is fit to drink.",
        "workaround": "Tankers stand at Holt school until 22:00; bring your own cans. "
        "Elderly or ill people who can't leave home get cans delivered.",
    },
)
SHEET_ES = replace(
    FULL,
    status=IncidentStatus.MONITORING,
    regions=("Lima", "Quito"),
    facts={
        "scope": "Quito has been back since 20:40; Lima is still down.",
        "cause": "A disk filled up. It was not an attack.",
        "workaround": "Players from Lima can play on the Quito server.",
        "compensation": "Pass holders get three days, automatically. For lost items, open a ticket.",
    },
)
CALM = replace(
    reading(intents=(Intent.QUESTION,)),
    sentiment=Sentiment.NEUTRAL,
    emotion=Emotion.NEUTRAL,
    outage=False,
    outage_score=0.01,
)


def reply(text, **more):
    return WRITER.write(brief(text, **{"sheet": WATER, "platform": "bluesky", **more})).text


def says(text, *keys, language="en"):
    return any(line in text for key in keys for line in BOOKS[language].lines[key])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "in case it helps anyone: closing the main valve for ten minutes worked for me"),
        ("fr", "si ça peut aider : chez moi ça a marché en coupant l'arrivée dix minutes"),
        ("es", "por si a alguien le sirve: a mí me ha funcionado cerrando la llave diez minutos"),
    ],
)
def test_who_shares_what_helped_is_thanked_and_told_nothing(language: str, text: str) -> None:
    said = reply(text, language=language)
    assert says(said, "thank.tip", language=language)
    assert "Holt" not in said


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "why don't you send a text to all customers when this happens"),
        ("fr", "vous devriez envoyer un sms aux clients"),
        ("es", "consejo: mandad un sms a los clientes"),
    ],
)
def test_an_idea_is_taken_up(language: str, text: str) -> None:
    said = reply(text, language=language)
    assert says(said, "ack.suggestion", language=language)
    assert "Holt" not in said


def test_who_still_lacks_it_where_we_call_it_well_is_not_contradicted() -> None:
    said = reply("marden here, still nothing. you say marden is fine??")
    assert says(said, "ack.disputed")
    assert "not affected" not in said
    over = replace(WATER, status=IncidentStatus.RESOLVED)
    assert says(reply("you say resolved, my tap says no", sheet=over), "ack.disputed")


def test_a_question_about_something_else_is_not_answered_with_the_outage() -> None:
    said = reply("do you take meter readings by post?", reading=CALM)
    assert says(said, "none.topic")
    assert "Holt" not in said
    assert not says(reply("so what is it this time?", reading=CALM), "none.topic")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "is the second line still $15 a month?"),
        ("fr", "la deuxième ligne est toujours à 15 € par mois ?"),
        ("es", "¿la segunda línea sigue costando 15 euros?"),
    ],
)
def test_a_question_while_nothing_fails_hears_that_the_answer_is_not_at_hand(language: str, text: str) -> None:
    nothing = FactSheet(brand=FULL.brand, status=None)
    said = reply(text, sheet=nothing, language=language, reading=replace(CALM, language=language))
    assert says(said, "none.topic", language=language)
    assert says(said, "invite.private", language=language)
    assert not says(said, "none.open", "none.area", language=language)


@pytest.mark.parametrize("text", ["10/10 service, I love brushing my teeth with lemonade", "brilliant. take a bow"])
def test_bitter_praise_is_not_thanked(text: str) -> None:
    praise = replace(CALM, intents=(Intent.PRAISE,), sentiment=Sentiment.POSITIVE, emotion=Emotion.JOY)
    assert not says(reply(text, reading=praise, stage=Stage.RELIEF), "thank.praise", "stage.relief", "thank.back")
    assert says(reply("thanks for the tankers", reading=praise, stage=Stage.RELIEF), "thank.praise")


def test_what_fails_is_no_news_to_who_says_so() -> None:
    assert "no water in Holt" not in reply("no water in Holt since breakfast, every month the same")
    assert "no water in Holt" in reply("is it just me in Holt?") or "Holt" in reply("is it just me in Holt?")


def test_what_is_for_the_ill_is_said_to_them_first_and_to_nobody_else() -> None:
    assert "delivered" not in reply("what happened? is it the road works?", platform="reddit")
    at_risk = reply(
        "my husband is on home dialysis, no water, what do we do", impact=Impact.SAFETY, stage=Stage.ANXIETY
    )
    assert at_risk.index("delivered") < (at_risk + "Tankers").index("Tankers")


def test_a_word_of_the_question_finds_the_fact_that_answers_it() -> None:
    assert "fit to drink" in reply("they say it's contaminated, can I drink it?", platform="x")
    assert "until 22:00" in reply("until what time are the tankers there?", platform="x")


def test_no_harm_is_told_that_no_word_names() -> None:
    for impact in (Impact.LEISURE, Impact.MONEY, Impact.FAMILY, Impact.EDUCATION):
        assert not says(reply("nothing works", impact=impact), f"topic.{impact}_general")


def test_who_is_hurt_hears_that_we_are_sorry_and_a_bare_question_its_answer() -> None:
    assert says(reply("third time this month, I've had it"), "own.sorry")
    assert not says(reply("when is it back?"), "own.sorry")
    funeral = reply("my father's funeral is today and we have no water")
    assert says(funeral, "topic.family_loss")
    assert not says(funeral, "own.sorry")


def test_who_cannot_get_through_is_not_given_the_number_again() -> None:
    sheet = replace(WATER, facts={**WATER.facts, "phone": "0800 000 412"})
    assert "0800" in reply("can somebody call me back please", sheet=sheet)
    assert "0800" not in reply("called 4 times, nobody picks up. somebody call me back", sheet=sheet)


@pytest.mark.parametrize("language", ["fr", "es"])
def test_facts_in_another_language_are_never_denied(language: str) -> None:
    asked = {
        "fr": ("comment je peux jouer ?", "c'est un piratage ?", "et mon remboursement ?", "c'est en panne ?"),
        "es": ("¿cómo puedo jugar?", "¿os han hackeado?", "¿y el reembolso?", "¿está caído?"),
    }[language]
    way, hacked, money, status = (reply(text, sheet=SHEET_ES, language=language, platform="x") for text in asked)
    assert says(way, "help.elsewhere", language=language)
    assert says(hacked, "cause.no_attack", language=language)
    assert not says(money, "credit.automatic", language=language)  # only some of it is
    assert status.index("Quito") < status.index("Lima")


def test_the_moves_of_an_idea_are_thanks() -> None:
    written = WRITER.write(brief("suggestion: put a sign up", sheet=WATER, platform="x"))
    assert set(written.moves) <= {Move.ACKNOWLEDGE, Move.THANK, Move.NEXT_STEP}


def test_who_is_afraid_hears_what_works() -> None:
    said = reply("alone at home and scared", stage=Stage.ANXIETY, platform="mastodon")
    assert "Marden is not affected" in said
    assert "Marden" not in reply("nothing works, useless", platform="mastodon")
