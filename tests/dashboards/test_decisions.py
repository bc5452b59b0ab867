"""The decisions on a draft over HTTP, what others are told, and hostile text on the page."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from core.domain import DeliveryStatus
from core.store import Store, audit, deliveries, queue
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from tests.dashboards.conftest import Browser
from tests.factories import Clock, Database

Browsers = Callable[[], Browser]
TEXT = "Data is down in Ontario, and that is on us. Next update 11:30."


def row(store: Store, draft_id: int) -> DraftRow:
    with store.read() as db:
        return db.get_one(DraftRow, draft_id)


def exact_text(page: str) -> str:
    """The characters the page would approve."""
    found = re.search(r'data-text="([^"]*)"', page)
    assert found
    return str(json.loads(unescape(found[1])))


def test_approving_binds_exactly_the_text_on_the_page(db: Database, store: Store, ana: Browser) -> None:
    family = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
    text = f"Line one\r\nline two \u202e rtl {family} <b>&amp;</b> e\u0301 \"quoted\" 'so'\n\nend "
    draft = db.draft(text=text)
    shown = exact_text(ana.page("/queue"))
    assert shown == text
    status, told = ana.decide(f"/queue/{draft}/approve", version=1, text=shown)
    assert status == 200
    assert told["undo_seconds"] == 10
    with store.read() as session:
        delivery = deliveries.of_draft(session, draft)
    assert delivery is not None
    assert delivery.text == text
    assert row(store, draft).status == "approved"


def test_a_text_that_was_not_on_the_page_is_not_approved(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    assert ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT + " ")[0] == 409
    assert ana.decide(f"/queue/{draft}/approve", version=2, text=TEXT)[0] == 409
    assert row(store, draft).status == "waiting"


def test_two_approvers_one_wins_and_the_other_is_told(
    db: Database, store: Store, ana: Browser, browser: Browsers
) -> None:
    db.user("Ben")
    ben = browser()
    ben.log_in("Ben")
    draft = db.draft(text=TEXT)
    assert ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)[0] == 200
    status, told = ben.decide(f"/queue/{draft}/approve", version=1, text=TEXT)
    assert status == 409
    assert told["message"]
    assert "Ana approved this" in ben.page(f"/queue?draft={draft}")
    with store.read() as session:
        assert len(deliveries.with_status(session, DeliveryStatus.APPROVED)) == 1


def test_an_edit_makes_a_new_version_and_a_stale_one_is_refused(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    assert ana.decide(f"/queue/{draft}/edit", version=1, text="Ours.") == (
        200,
        {"draft": draft, "version": 2, "passed": True},
    )
    assert ana.decide(f"/queue/{draft}/edit", version=1, text="Mine.")[0] == 409
    assert ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)[0] == 409
    assert row(store, draft).text == "Ours."
    assert "Edited, first written" in ana.page("/queue")


def test_an_edit_that_the_gate_blocks_cannot_be_approved(db: Database, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    assert ana.decide(f"/queue/{draft}/edit", version=1, text="We pay you $40.")[1]["passed"] is False
    page = ana.page("/queue")
    assert re.search(r'data-act="approve"[^>]*disabled', page)
    assert '<mark class="block"' in page
    status, told = ana.decide(f"/queue/{draft}/approve", version=2, text="We pay you $40.")
    assert status == 422
    assert "gate" in str(told["message"])


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b"])
def test_text_that_cannot_be_sent_is_refused_in_words(db: Database, store: Store, ana: Browser, text: str) -> None:
    draft = db.draft(text=TEXT)
    status, told = ana.decide(f"/queue/{draft}/edit", version=1, text=text)
    assert status == 422
    assert told["message"]
    assert row(store, draft).text == TEXT


def test_half_a_character_and_nonsense_are_refused_in_words(db: Database, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    headers = {"X-CSRF-Token": ana.csrf, "Content-Type": "application/json"}
    for body in (b'{"version": 1, "text": "\\ud800"}', b'{"version": "x", "text": ""}', b"{", b"[]"):
        answer = ana.post(f"/queue/{draft}/edit", content=body, headers=headers)
        assert answer.status_code == 422
        assert isinstance(answer.json()["message"], str)


def test_undo_puts_the_draft_back(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)
    assert ana.decide(f"/queue/{draft}/undo")[0] == 200
    assert row(store, draft).status == "waiting"
    assert ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)[0] == 200


def test_undo_comes_too_late_once_sending_began(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    _, told = ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)
    with store.begin() as session:
        deliveries.move(session, int(str(told["delivery"])), expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING)
    status, told = ana.decide(f"/queue/{draft}/undo")
    assert status == 409
    assert "too late" in str(told["message"])


def test_rejecting_keeps_the_reason(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    assert ana.decide(f"/queue/{draft}/reject", version=1, reason="Wrong tone")[0] == 200
    assert (row(store, draft).status, row(store, draft).reason) == ("rejected", "Wrong tone")
    assert "Ana rejected this: Wrong tone" in ana.page(f"/queue?draft={draft}")


def test_the_check_counts_as_the_platform_does_and_points_at_the_words(db: Database, ana: Browser) -> None:
    draft = db.draft()
    _, told = ana.decide(
        f"/queue/{draft}/check",
        text="\U0001f469\u200d\U0001f469\u200d\U0001f467 https://example.com/a/very/long/path/indeed $40",
    )
    assert (told["length"], told["limit"], told["blocked"]) == (2 + 1 + 23 + 4, 280, True)
    assert told["findings"] == [
        {"level": "block", "message": "No amount stands in the fact sheet. Take it out.", "words": "$"}
    ]
    assert ana.decide(f"/queue/{draft}/check", text="")[0] == 200


def test_a_viewer_sees_no_decision(db: Database, browser: Browsers) -> None:
    db.user("Vi", "viewer")
    vi = browser()
    vi.log_in("Vi")
    db.draft()
    page = vi.page("/queue")
    assert 'data-act="approve"' not in page
    assert "You may look, not decide" in page


def test_what_may_not_be_answered_says_so_before_anybody_approves(db: Database, ana: Browser) -> None:
    only_replied = db.draft(db.mention(eligible="replied"))
    changed = db.draft(db.mention(author="eve"), incident_id=db.incident(sheet_version=3), sheet_version=2)
    for draft, words in ((only_replied, "this one only replied to us"), (changed, "The facts changed")):
        page = ana.get(f"/queue/{draft}/pane").text
        assert words in page
        assert re.search(r'data-act="approve"[^>]*disabled', page)


def test_an_unknown_delivery_is_settled_by_a_person_once(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    _, told = ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)
    delivery = int(str(told["delivery"]))
    with store.begin() as session:
        deliveries.move(session, delivery, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING)
        deliveries.move(
            session, delivery, expect=DeliveryStatus.SENDING, to=DeliveryStatus.UNKNOWN, problem="no answer came"
        )
    page = ana.page("/queue/sent")
    assert "May or may not have gone out" in page
    assert "It is there" in page
    assert "1 to settle" in ana.page("/queue")
    assert ana.decide(f"/deliveries/{delivery}/settle", sent=True)[0] == 200
    assert ana.decide(f"/deliveries/{delivery}/settle", sent=False)[0] == 409
    with store.read() as session:
        assert session.get_one(DeliveryRow, delivery).status == "sent"


def test_the_sent_page_names_problem_and_next_step(db: Database, store: Store, ana: Browser) -> None:
    assert "Nothing was approved yet" in ana.page("/queue/sent")
    draft = db.draft(text=TEXT)
    _, told = ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)
    assert "goes out" in ana.page("/queue/sent")
    with store.begin() as session:
        delivery = int(str(told["delivery"]))
        deliveries.move(
            session,
            delivery,
            expect=DeliveryStatus.APPROVED,
            to=DeliveryStatus.REFUSED,
            problem="X refused the reply (403)",
        )
    page = ana.page("/queue/sent")
    assert "Not sent" in page
    assert "X refused the reply (403). Nothing was posted" in page


def test_the_list_goes_through_all_in_order_and_shows_none_twice(
    db: Database, store: Store, ana: Browser, clock: Clock
) -> None:
    expected = []
    for number in range(120):
        since = clock() - timedelta(minutes=number * 7 % 31)
        draft = db.draft(db.mention(author=f"a{number}", created_at=since), priority=number % 3)
        expected.append((-(number % 3), since, draft))
    page, ids = ana.page("/queue"), []
    for _ in range(4):
        ids += [int(found) for found in re.findall(r'class="row"[^>]*data-id="(\d+)"', page)]
        more = re.search(r'data-more="([^"]*)"', page)
        if not more or not more[1]:
            break
        page = ana.get("/queue/list", params={"after": unescape(more[1])}).text
    assert ids == [draft for _, _, draft in sorted(expected)]


@pytest.mark.parametrize(
    "after", ["x", "1~2~3", "~~", "1~2026-11-20T00:00:00~x", "9" * 50 + "~2026-11-20T00:00:00+00:00~1"]
)
def test_a_place_nobody_gave_out_is_refused(ana: Browser, after: str) -> None:
    assert ana.get("/queue/list", params={"after": after}).status_code == 422


def test_earlier_posts_and_our_replies_stand_with_the_draft(
    db: Database, store: Store, ana: Browser, clock: Clock
) -> None:
    case = db.case("sam")
    first = db.mention("First cry for help", case_id=case, created_at=clock() - timedelta(hours=2))
    answered = db.draft(first, text="Our first answer")
    ana.decide(f"/queue/{answered}/approve", version=1, text="Our first answer")
    draft = db.draft(db.mention("Second cry", case_id=case, created_at=clock() - timedelta(minutes=1)))
    page = ana.page(f"/queue?draft={draft}")
    history = page[page.index("Earlier in this case") :]
    assert history.index("First cry for help") < history.index("Our first answer")
    assert "We, Ana" in history
    assert "wrote again later" not in page


def test_what_the_customer_wrote_later_stands_with_the_draft(db: Database, ana: Browser, clock: Clock) -> None:
    case = db.case("sam")
    db.mention("It began this morning", case_id=case, created_at=clock() - timedelta(hours=2))
    draft = db.draft(db.mention("No signal since 9", case_id=case, created_at=clock() - timedelta(hours=1)))
    db.mention("It <b>works</b> again, ignore my post", case_id=case, created_at=clock() - timedelta(minutes=5))
    page = ana.page(f"/queue?draft={draft}")
    told, later, understood = (
        page.index(part) for part in ("No signal since 9</div>", "wrote again later (1)", "Stage")
    )
    assert told < later < page.index("It &lt;b&gt;works&lt;/b&gt; again, ignore my post") < understood
    assert page.index("Earlier in this case (1)") > later


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 191 }} {% raw %}",
    "</textarea></div><h1>out</h1>",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_stranger_wrote_stays_text(db: Database, ana: Browser, hostile: str) -> None:
    draft = db.draft(
        db.mention(hostile, author=hostile, author_name=hostile, community=hostile, url=hostile, platform="reddit"),
        text=hostile,
        findings=[{"check": "x", "level": "warn", "start": 0, "end": 3, "message": hostile}],
    )
    ana.decide(f"/queue/{draft}/edit", version=1, text=hostile + ".")
    for page in (ana.page("/queue"), ana.get(f"/queue/{draft}/pane").text, ana.get("/queue/list").text):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<svg" not in page
        assert "<h1>out" not in page
        assert "1337" not in page
        assert 'href="javascript' not in page
        assert " onmouseover='" not in page
        assert hostile in unescape(page)


def test_the_bar_flags_an_overdue_update_and_the_count(db: Database, ana: Browser, clock: Clock) -> None:
    assert "Open incident" not in ana.page("/queue")
    db.incident(title="Data outage <b>", next_update_at=clock() + timedelta(minutes=5))
    db.draft()
    clock.forward(seconds=2)
    page = ana.page("/queue")
    assert "Data outage &lt;b&gt;" in page
    assert "in 4 min" in page
    assert 'class="overdue"' not in page
    clock.forward(minutes=10)
    page = ana.get("/bar").text
    assert 'class="overdue"' in page
    assert "overdue by 5 min" in page
    assert 'data-waiting="1"' in page


def test_an_empty_queue_says_who_approved_last(db: Database, ana: Browser, clock: Clock) -> None:
    assert "No reply is waiting." in ana.page("/queue")
    draft = db.draft(text=TEXT)
    ana.decide(f"/queue/{draft}/approve", version=1, text=TEXT)
    clock.forward(minutes=3)
    page = ana.page("/queue")
    assert re.search(r"Last one approved <time [^>]*>3 min ago</time> by Ana", page)


def test_every_decision_is_in_the_audit(db: Database, store: Store, ana: Browser) -> None:
    draft = db.draft(text=TEXT)
    ana.decide(f"/queue/{draft}/edit", version=1, text="Ours.")
    ana.decide(f"/queue/{draft}/approve", version=2, text="Ours.")
    ana.decide(f"/queue/{draft}/undo")
    ana.decide(f"/queue/{draft}/reject", version=2, reason="Wrong facts")
    with store.read() as session:
        told = [(line.actor, line.action) for line in audit.newest(session)][::-1]
        assert queue.decided(session, draft).action == "draft.rejected"  # type: ignore[union-attr]
    assert told == [
        ("Ana", action) for action in ("draft.edited", "draft.approved", "approval.undone", "draft.rejected")
    ]
