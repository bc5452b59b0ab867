"""Who may be answered, what is worth an answer, and who comes first."""

from dataclasses import replace

import pytest

from core.domain import About, Eligibility, Emotion, Impact, Intent, Platform, Reading, Sentiment, Stage
from responder import policy

REPORT = Reading(
    sentiment=Sentiment.NEGATIVE,
    sentiment_score=-0.6,
    emotion=Emotion.ANNOYANCE,
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


@pytest.mark.parametrize("platform", list(Platform))
def test_a_tag_invites_a_reply_everywhere(platform):
    allowed, reason = policy.may_reply(platform, Eligibility.TAGGED, opted_out=False)
    assert allowed
    assert "tagged" in reason


@pytest.mark.parametrize("platform", list(Platform))
def test_an_untagged_post_is_watched_only(platform):
    allowed, reason = policy.may_reply(platform, Eligibility.NONE, opted_out=False)
    assert not allowed
    assert "Watch only" in reason


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("eligible", list(Eligibility))
def test_stop_is_honoured_whatever_else_holds(platform, eligible):
    allowed, reason = policy.may_reply(platform, eligible, opted_out=True)
    assert not allowed
    assert "stop" in reason


def test_x_and_bluesky_keep_their_own_rules():
    assert policy.may_reply("x", Eligibility.QUOTED, opted_out=False)[0]
    assert not policy.may_reply("x", Eligibility.REPLIED, opted_out=False)[0]
    assert policy.may_reply("bluesky", Eligibility.REPLIED, opted_out=False)[0]
    assert not policy.may_reply("bluesky", Eligibility.QUOTED, opted_out=False)[0]


def test_an_unknown_platform_is_refused():
    allowed, reason = policy.may_reply("usenet", Eligibility.TAGGED, opted_out=False)
    assert not allowed
    assert "usenet" in reason


@pytest.mark.parametrize("intent", sorted(set(Intent) - {Intent.OTHER, Intent.PRAISE}))
def test_reports_questions_and_complaints_are_worth_a_reply(intent):
    assert policy.worth_reply(replace(REPORT, intents=(intent,)))


def test_news_jokes_and_other_topics_are_not():
    news = replace(REPORT, intents=(Intent.OTHER,))
    assert not policy.worth_reply(news)
    assert not policy.worth_reply(replace(REPORT, about=About.OTHER))
    assert policy.worth_reply(replace(news, angry=True)), "anger over an outage is never left alone"
    assert policy.worth_reply(replace(news, impact=Impact.SAFETY))


def test_thanks_are_answered_where_the_brand_wishes():
    thanks = replace(REPORT, intents=(Intent.PRAISE,), outage=False)
    assert not policy.worth_reply(thanks)
    assert policy.worth_reply(thanks, praise=True)


def test_safety_passes_everything_and_anxiety_everything_else():
    safety = replace(REPORT, impact=Impact.SAFETY)
    least_safe = policy.priority(safety, Stage.RELIEF, 0)
    loudest = max(policy.priority(REPORT, stage, 50) for stage in Stage)
    assert least_safe > loudest
    calm = [stage for stage in Stage if stage is not Stage.ANXIETY]
    assert policy.priority(REPORT, Stage.ANXIETY, 0) > max(policy.priority(REPORT, stage, 50) for stage in calm)


def test_repeat_contact_rises_above_the_stage():
    assert policy.priority(REPORT, Stage.SURPRISE, 1) > policy.priority(REPORT, Stage.ANGER, 0)
    assert policy.priority(REPORT, Stage.SURPRISE, 2) > policy.priority(REPORT, Stage.SURPRISE, 1)


@pytest.mark.parametrize(
    "text",
    [
        "@northwind stop messaging me",
        "@northwind STOP",
        "please don’t contact me again",
        "Arrêtez de m'écrire svp",
        "no me escriban más",
        "just leave me alone",
        "Hey @northwind don't message me again",
        "u/northwind dont reply to me",
        "I said do not contact me.",
        "you need to stop texting me",
    ],
)
def test_an_order_to_stop_is_understood(text: str) -> None:
    assert policy.asks_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "when will this outage stop",
        "stop the auto-renewal of my plan",
        "you stopped my service",
        "my bus does not stop here",
        "nonstop errors",
        "don't contact me by DM, just tell me here when it's back",
        "Never message me 'resolved' again while my line is dead, when is it back?",
        "don't tell me to restart the router",
        "@northwind you don't reply to me for three days now",
        "They do not contact me about my refund",
        "Since Monday your people dont message me back",
        "they stop replying to me once they have the money",
    ],
)
def test_other_stops_are_not_orders(text: str) -> None:
    assert not policy.asks_to_stop(text)
