"""Reading part of the pane: how sure, why, and a person's correction over HTTP."""

from collections.abc import Callable

import pytest

from classifier.why import Because
from core.store import Store
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from tests import factories
from tests.dashboards.apps import create_app
from tests.dashboards.conftest import Browser
from tests.factories import Clock, Database

LABELS = {
    "sentiment": "neutral", "emotion": "confusion", "impact": "none", "about": "service", "language": "en",
    "outage": False, "angry": False, "relevant": True, "spam": False, "intents": ["question"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.95, "sure"), (0.85, "fairly sure"), (0.5, "unsure, read it yourself")]
)
def test_the_pane_says_how_sure_the_reading_is(db: Database, ana: Browser, confidence: float, words: str) -> None:
    draft = db.draft(db.mention(reading={"confidence": confidence}))
    assert f'<span title="bundled@test">{words}</span>' in ana.page(f"/queue/{draft}/pane")


def test_a_correction_over_http(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft()
    with store.read() as session:
        mention = session.get_one(DraftRow, draft).mention_id
    page = ana.page(f"/queue/{draft}/labels")
    assert 'data-seen="0"' in page
    assert 'name="outage" checked' in page
    ana.page("/queue")
    status, told = ana.decide(f"/mentions/{mention}/reading", seen=0, labels=LABELS)
    assert status == 200
    assert told["redrawn"] is True
    assert told["before"]["outage"] is True  # type: ignore[index]
    assert told["after"] == LABELS
    assert "corrected by Ana" in ana.page(f"/queue/{draft}/pane")
    assert f'data-seen="{told["correction"]}"' in ana.page(f"/queue/{draft}/labels")
    with store.read() as session:
        assert session.get_one(MentionRow, mention).reading.outage is False  # type: ignore[union-attr]
    ana.page("/queue")
    assert ana.decide(f"/mentions/{mention}/reading", seen=0, labels=LABELS | {"angry": True})[0] == 409


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sentiment": "glad"}, "sentiment: 'glad' is not one of"),
        ({"intents": []}, "intents: a list of at least one"),
        ({"outage": "yes"}, "outage: true or false"),
        ({"language": "<b>"}, "language: a tag"),
    ],
)
def test_labels_that_do_not_exist_are_refused(db: Database, ana: Browser, change: dict[str, object], said: str) -> None:
    mention = db.mention()
    status, told = ana.decide(f"/mentions/{mention}/reading", seen=0, labels=LABELS | change)
    assert status == 422
    assert said in str(told["message"])


def test_a_viewer_sees_the_reading_and_cannot_change_it(
    db: Database, browser: Callable[[], Browser], store: Store
) -> None:
    db.user("Vic", "viewer")
    vic = browser()
    vic.log_in("Vic")
    draft = db.draft()
    assert 'data-act="correct"' not in vic.page(f"/queue/{draft}/pane")
    assert vic.get(f"/queue/{draft}/labels").status_code == 403
    assert vic.decide("/mentions/1/reading", seen=0, labels=LABELS)[0] == 403


def test_nobody_signed_in_is_told_nothing(db: Database, browser: Callable[[], Browser]) -> None:
    draft = db.draft()
    for path in (f"/queue/{draft}/why", f"/queue/{draft}/labels"):
        assert browser().get(path, headers={"accept": "application/json"}).status_code == 401


def test_why_marks_the_words_and_escapes_the_rest(db: Database, store: Store, clock: Clock) -> None:
    text = "no <b>internet</b> & useless"
    asked = []

    def why(said: str, language: str) -> tuple[Because, ...]:
        asked.append((said, language))
        return (Because("outage", "yes", ((6, 14),)), Because("angry", "yes", ((21, 28), (6, 14))))

    app = create_app(factories.deps(store, clock=clock, why=why))
    db.user("Ana")
    signed = Browser(app, base_url="http://testserver")
    signed.log_in("Ana")
    draft = db.draft(db.mention(text))
    page = signed.page(f"/queue/{draft}/why")
    assert asked == [(text, "en")]
    assert '<mark class="moved" title="an outage, angry">internet</mark>' in page
    assert "no &lt;b&gt;" in page
    assert "&lt;/b&gt; &amp;" in page
    assert "<dt>angry</dt>" in page


def test_a_model_that_cannot_tell_is_not_asked(db: Database, ana: Browser) -> None:
    draft = db.draft()
    assert 'data-act="why"' not in ana.page(f"/queue/{draft}/pane")
    assert ana.get(f"/queue/{draft}/why").status_code == 404


def test_what_looks_like_an_advertisement_is_said(db: Database, ana: Browser) -> None:
    db.draft(db.mention("Buy now", spam=True))
    page = ana.page("/queue")
    assert "an advertisement or a bot" in page
    assert "an ad?" in page


def test_trends_say_how_often_people_agree(db: Database, store: Store, ana: Browser) -> None:
    from core.domain import Emotion, Impact, Reading, Sentiment
    from core.domain.reading import About
    from core.store import rollups

    reading = Reading(
        sentiment=Sentiment.NEUTRAL, sentiment_score=0, emotion=Emotion.NEUTRAL, intents=(), outage=False,
        outage_score=0, angry=False, angry_score=0, impact=Impact.NONE, about=About.SERVICE, language="en",
        confidence=1, model="m@1",
    )  # fmt: skip
    with store.begin() as session:
        rollups.count(session, brand=factories.BRAND, platform="x", at=db.clock(), new=reading)
    assert "Nobody has decided on a post" in ana.page("/trends")
    for number in range(38):
        db.draft(db.mention(author=f"a{number}"), status="rejected")
    for number in range(2):
        mention = db.mention(author=f"b{number}")
        db.draft(mention)
        ana.page("/queue")
        assert ana.decide(f"/mentions/{mention}/reading", seen=0, labels=LABELS | {"outage": True})[0] == 200
    page = ana.page("/trends")
    assert "95 %" in page
    told = ana.get("/api/v1/trends").json()["agreement"]
    assert [(week["decided"], week["agreed"]) for week in told] == [(40, 38)]
    assert told[0]["week"] == "2026-11-16"
    assert told[0]["corrected"]["angry"] == 2
    assert "outage" not in told[0]["corrected"]
