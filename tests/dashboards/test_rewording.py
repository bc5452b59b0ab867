"""Another wording beside the present one, sentences at the cursor, and the reply as its platform will show it."""

from collections.abc import Callable
from typing import Any

import pytest

from core.domain import Finding, Level
from core.store import Store, audit
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from dashboards.preview import stretches
from responder.lengths import measure
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import words
from tests.factories import BRAND, Clock, Database

Browsers = Callable[[], Browser]
TEXT = (
    "Unfortunately an anticipated modification interrupted considerable sections of our network, and all over Ontario "
    "we are progressively undoing everything it changed, region by region. Further information follows at 9:25 am."
)


@pytest.fixture
def draft(db: Database) -> int:
    incident = db.incident()
    db.fact(incident, "cause", "A planned change stopped a part of our network.")
    db.fact(incident, "next_step", "We are undoing the change region by region.")
    return db.draft(text=TEXT, incident_id=incident, sheet_version=1)


def row(store: Store, draft_id: int) -> DraftRow:
    with store.read() as db:
        return db.get_one(DraftRow, draft_id)


def offer(ana: Browser, draft_id: int, wish: str) -> dict[str, Any]:
    answer = ana.get(f"/queue/{draft_id}/wording", params={"wish": wish})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("wish", ["shorter", "warmer", "plainer"])
def test_a_wording_is_offered_beside_the_draft_and_changes_nothing(
    store: Store, ana: Browser, draft: int, wish: str
) -> None:
    told = offer(ana, draft, wish)
    assert told["text"] not in ("", TEXT)
    assert told["length"] == measure("x", told["text"]).length <= told["limit"] == 280
    assert "".join(piece["text"] for piece in told["pieces"]) == told["text"]
    assert (row(store, draft).text, row(store, draft).version) == (TEXT, 1)


def test_taking_it_is_a_new_version_that_rests_on_its_own_facts(store: Store, ana: Browser, draft: int) -> None:
    told = offer(ana, draft, "shorter")
    assert ana.decide(f"/queue/{draft}/wording", version=1, wish="shorter", text=told["text"]) == (
        200, {"draft": draft, "version": 2, "passed": True},
    )  # fmt: skip
    kept = row(store, draft)
    assert (kept.text, kept.version, kept.edited_by) == (told["text"], 2, None)
    assert "next_update_at" in kept.facts_used
    assert kept.grounds
    with store.read() as session:
        line = audit.newest(session)[0]
    assert (line.actor, line.action, line.detail["before"], line.detail["wish"]) == (
        "Ana",
        "draft.rewritten",
        TEXT,
        "shorter",
    )
    assert ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)[0] == 409
    assert ana.decide(f"/queue/{draft}/approve", version=2, text=told["text"])[0] == 200


def test_somebody_elses_edit_meanwhile_wins_over_the_offer(
    db: Database, store: Store, ana: Browser, browser: Browsers, draft: int
) -> None:
    db.user("Ben")
    ben = browser()
    ben.log_in("Ben")
    told = offer(ana, draft, "warmer")
    ben.decide(f"/queue/{draft}/edit", version=1, text="Ben's words.")
    status, answer = ana.decide(f"/queue/{draft}/wording", version=1, wish="warmer", text=told["text"])
    assert status == 409
    assert "Ben edited this" in str(answer["message"])
    assert row(store, draft).text == "Ben's words."


def test_only_what_was_offered_is_taken_and_only_while_the_facts_stand(
    db: Database, store: Store, ana: Browser, draft: int, clock: Clock
) -> None:
    for text in ("We pay you $40.", TEXT):
        assert ana.decide(f"/queue/{draft}/wording", version=1, wish="warmer", text=text)[0] == 409
    told = offer(ana, draft, "plainer")
    clock.forward(hours=1)  # the promised time has passed: no wording promises it any more
    assert ana.decide(f"/queue/{draft}/wording", version=1, wish="plainer", text=told["text"])[0] == 409
    assert row(store, draft).text == TEXT


OPENING = "You wrote to us about this outage, so here is how it ended."


@pytest.fixture
def follow_up(db: Database) -> int:
    incident = db.incident(status="resolved", resolved_at=db.clock(), next_update_at=None)
    db.fact(incident, "cause", "A planned change stopped a part of our network.")
    db.fact(incident, "prevention", "We test every change on a copy of the network from now on.")
    text = f"{OPENING} {TEXT.partition(' Further')[0]}"
    made = db.draft(
        text=text, incident_id=incident, sheet_version=1, occasion=f"resolved:{incident}:1", stage="aftermath",
        moves=["explain"], writer="playbook, as a follow-up",
    )  # fmt: skip
    with db.store.read() as session:
        case = session.get_one(DraftRow, made).mention.case_id
    db._add(
        FollowUpRow(
            brand=BRAND, case_id=case, incident_id=incident, occasion=f"resolved:{incident}:1", kind="resolved",
            status="drafted", draft_id=made, created_at=db.clock(), updated_at=db.clock(),
        )
    )  # fmt: skip
    return made


@pytest.mark.parametrize("wish", ["shorter", "warmer", "plainer"])
def test_a_follow_up_keeps_why_it_comes_and_says_the_rest_otherwise(
    store: Store, ana: Browser, follow_up: int, wish: str
) -> None:
    before = row(store, follow_up).text
    told = offer(ana, follow_up, wish)
    assert told["text"].startswith(f"{OPENING} ")
    assert told["text"] != before
    assert told["length"] <= told["limit"]
    assert "planned change" in told["text"]  # what happened: no first answer's apology instead
    assert ana.decide(f"/queue/{follow_up}/wording", version=1, wish=wish, text=told["text"])[0] == 200
    kept = row(store, follow_up)
    assert kept.writer.endswith(", as a follow-up")
    assert kept.occasion.startswith("resolved:")
    assert "cause" in kept.facts_used
    assert f'data-act="{wish}"' in ana.page(f"/queue?draft={follow_up}")


def test_feedbacks_result_a_decided_draft_and_nonsense_have_no_other_wording(db: Database, ana: Browser) -> None:
    follow_up = db.draft(occasion="feedback:1")
    told = ana.get(f"/queue/{follow_up}/wording?wish=shorter", headers={"Accept": "application/json"})
    assert told.status_code == 422
    assert "colleague" in told.text
    gone = db.draft(db.mention(author="gone"), status="rejected")
    assert ana.get(f"/queue/{gone}/wording?wish=shorter").status_code == 409
    assert ana.get(f"/queue/{gone}/wording?wish=louder").status_code == 422
    assert ana.get("/queue/999/wording?wish=shorter").status_code == 422
    assert 'data-act="shorter"' not in ana.page(f"/queue?draft={follow_up}")


def test_a_viewer_asks_for_nothing(db: Database, browser: Browsers, draft: int) -> None:
    db.user("Vi", "viewer")
    vi = browser()
    vi.log_in("Vi")
    assert vi.get(f"/queue/{draft}/wording?wish=shorter").status_code == 403
    assert vi.get(f"/queue/{draft}/sentences").status_code == 403
    assert vi.decide(f"/queue/{draft}/wording", version=1, wish="shorter", text="x")[0] == 403


def test_sentences_are_filled_with_this_incidents_facts(ana: Browser, draft: int) -> None:
    found = ana.get(f"/queue/{draft}/sentences").json()["sentences"]
    texts = [each["text"] for each in found]
    assert "We are undoing the change region by region." in texts
    assert any("9:25 am" in text for text in texts)
    assert found[0]["planned"]
    assert {"acknowledge", "explain", "next step"} <= {each["move"] for each in found}


def test_the_page_offers_all_of_it_by_key(ana: Browser, draft: int) -> None:
    page = words(ana.page(f"/queue?draft={draft}"))
    for said in ("Shorter f", "Warmer m", "Plainer p", "Sentences Ctrl /"):
        assert said in page


# --- as the platform shows it -----------------------------------------------------------------------------------

LINK = "https://status.northwind.example.com/incidents/2026-11-20-mobile-data"


def finding(text: str, part: str, level: Level = Level.BLOCK) -> Finding:
    at = text.index(part)
    return Finding(check="x", level=level, start=at, end=at + len(part), message=f"about {part}")


def test_findings_stand_on_their_words_also_behind_wide_characters() -> None:
    text = "\U0001f469\u200d\U0001f467 and e\u0301: we pay $40 tonight"
    found = stretches("x", text, [finding(text, "$40"), finding(text, "pay $40 tonight", Level.WARN)])
    assert [(each.text, each.level) for each in found if each.level] == [
        ("pay ", "warn"), ("$40", "block"), (" tonight", "warn"),
    ]  # fmt: skip
    assert "".join(each.text for each in found) == text


@pytest.mark.parametrize(
    ("platform", "shown"),
    [
        ("x", "status.northwind.example.c…"),
        ("mastodon", "status.northwind.example.com/i…"),
        ("bluesky", LINK),
        ("reddit", LINK),
    ],
)
def test_links_stand_as_the_platform_shows_them(platform: str, shown: str) -> None:
    found = stretches(platform, f"See {LINK}, please", [])
    assert [(each.text, each.link) for each in found] == [("See ", False), (shown, True), (", please", False)]


@pytest.mark.parametrize("platform", ["x", "bluesky", "mastodon"])
def test_what_is_behind_the_limit_is_marked_off(platform: str) -> None:
    limit = measure(platform, "").limit
    text = "é" * limit + "too long"
    over = [each.text for each in stretches(platform, text, []) if each.over]
    assert over == ["too long"]
    assert not any(each.over for each in stretches(platform, "é" * limit, []))


def test_reddit_runs_single_lines_together() -> None:
    text = "one\ntwo\n\nthree"
    assert "".join(each.text for each in stretches("reddit", text, [])) == "one two\n\nthree"
    assert "".join(each.text for each in stretches("x", text, [])) == text


def test_the_check_says_how_it_will_appear(db: Database, ana: Browser) -> None:
    _, told = ana.decide(f"/queue/{db.draft()}/check", text=f"We pay $40, see {LINK}")
    assert told["where"] == "As it appears on X, from console"
    pieces: Any = told["pieces"]
    assert [(each["text"], each["level"], each["link"]) for each in pieces] == [
        ("We pay ", "", False), ("$", "block", False), ("40, see ", "", False),
        ("status.northwind.example.c…", "", True),
    ]  # fmt: skip
