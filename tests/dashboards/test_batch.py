"""Similar replies decided on together: what belongs together, every text shown, each approved for itself."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from core.domain import DeliveryStatus
from core.settings import Responder
from core.store import Store, audit, deliveries
from core.store.audit import AuditRow
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from tests import factories
from tests.dashboards.apps import create_app
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import words
from tests.factories import Clock, Database

Browsers = Callable[[], Browser]
TEXTS = (
    "Mobile data is down in Ontario, and that is on us. Next update 11:30.",
    "It is our job to keep this working. We will write again at 11:30.",
    "You need this for your work, and this one is ours. Next update 11:30.",
)
BLOCK = [{"check": "figures", "level": "block", "start": 0, "end": 2, "message": "No amount stands in the sheet."}]


def alike(db: Database, count: int = 3, **values: Any) -> list[int]:
    return [
        db.draft(db.mention(f"No data at all, {name}", author=name), TEXTS[place], **values)
        for place, name in enumerate(("ada", "bob", "cyd")[:count])
    ]


def shown(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'class="card"[^>]*data-id="(\d+)"', page)]


def chosen(store: Store, *ids: int) -> list[dict[str, Any]]:
    with store.read() as session:
        rows = [session.get_one(DraftRow, each) for each in ids]
    return [{"draft": row.id, "version": row.version, "text": row.text} for row in rows]


def status(store: Store, draft: int) -> str:
    with store.read() as session:
        return session.get_one(DraftRow, draft).status


def approvals(store: Store) -> list[AuditRow]:
    with store.read() as session:
        return [row for row in audit.newest(session) if row.action == "draft.approved"][::-1]


def test_every_text_of_similar_replies_stands_on_the_page(db: Database, ana: Browser) -> None:
    ids = alike(db)
    assert "2 more like this" in words(ana.page(f"/queue?draft={ids[1]}"))
    page = ana.page(f"/queue/batch?draft={ids[1]}")
    assert sorted(shown(page)) == ids
    assert shown(page)[0] == ids[1]
    said = words(page)
    for text in (*TEXTS, "No data at all, ada", "No data at all, bob", "No data at all, cyd"):
        assert text in said


def test_what_differs_or_is_not_free_is_not_among_them(db: Database, store: Store, ana: Browser, clock: Clock) -> None:
    ben = db.user("Ben")
    ids = alike(db)
    incident = db.incident()
    other: list[dict[str, Any]] = [
        {"stage": "anxiety"}, {"persona": "family"}, {"language": "fr"}, {"priority": 51}, {"status": "rejected"},
        {"incident_id": incident, "sheet_version": 1}, {"occasion": "resolved:1"}, {"findings": BLOCK},
        {"moves": ["thank"], "text": "Thank you for telling us about the tower near the lake yesterday."},
    ]  # fmt: skip
    for number, values in enumerate(other):
        db.draft(db.mention(author=f"other{number}"), **({"text": TEXTS[0]} | values))
    for name, case in (("owned", {"owner_id": ben}), ("later", {"snoozed_until": clock() + timedelta(hours=1)})):
        mention = db.mention(author=name, case_id=db.case(name))
        draft = db.draft(mention, TEXTS[1])
        with store.begin() as session:
            row = session.get_one(CaseRow, session.get_one(DraftRow, draft).mention.case_id)
            for key, value in case.items():
                setattr(row, key, value)
    assert sorted(shown(ana.page(f"/queue/batch?draft={ids[0]}"))) == ids


def test_a_blocked_reply_has_no_batch_and_never_gets_into_one(db: Database, store: Store, ana: Browser) -> None:
    good = alike(db)
    bad = db.draft(db.mention(author="eve"), "$4 for you.", findings=BLOCK)
    assert shown(ana.page(f"/queue/batch?draft={bad}")) == []
    assert "more like this" not in ana.page(f"/queue?draft={bad}")
    _, told = ana.decide("/queue/batch/approve", chosen=chosen(store, good[0], bad))
    assert [bool(each["problem"]) for each in told["outcomes"]] == [False, True]  # type: ignore[attr-defined]
    assert status(store, bad) == "waiting"


def test_each_gets_its_own_approval_and_its_own_line_in_the_audit(db: Database, store: Store, ana: Browser) -> None:
    ids = alike(db)
    answer, told = ana.decide("/queue/batch/approve", chosen=chosen(store, *ids))
    assert answer == 200
    assert told["undo_seconds"] == 10
    rows = approvals(store)
    assert [(row.actor, row.subject) for row in rows] == [("Ana", f"draft:{each}") for each in ids]
    assert len({row.detail["sha256"] for row in rows}) == 3
    assert len({row.detail["batch"] for row in rows}) == 1
    with store.read() as session:
        sent = deliveries.with_status(session, DeliveryStatus.APPROVED)
        assert [row.text for row in sent] == list(TEXTS)


def test_what_fails_is_named_and_stops_nothing(db: Database, store: Store, ana: Browser, browser: Browsers) -> None:
    db.user("Ben")
    ben = browser()
    ben.log_in("Ben")
    ids = alike(db)
    body = chosen(store, *ids)
    ben.decide(f"/queue/{ids[0]}/edit", version=1, text="Ben's words.")
    ben.decide(f"/queue/{ids[1]}/approve", version=1, text=TEXTS[1])
    late = db.draft(db.mention(author="late", eligible="replied"), TEXTS[0])
    body += chosen(store, late)
    body.append({"draft": 999, "version": 1, "text": "x"})
    _, told = ana.decide("/queue/batch/approve", chosen=body)
    problems = {each["draft"]: each["problem"] for each in told["outcomes"]}  # type: ignore[attr-defined]
    assert "Ben edited this draft" in problems[ids[0]]
    assert "Ben approved this already" in problems[ids[1]]
    assert problems[ids[2]] == ""
    assert "only replied to us" in problems[late]
    assert "no draft 999" in problems[999]
    assert [status(store, each) for each in (*ids, late)] == ["waiting", "approved", "approved", "waiting"]


def test_another_text_than_the_one_shown_is_not_approved(db: Database, store: Store, ana: Browser) -> None:
    first = alike(db, 1)[0]
    body = chosen(store, first)
    body[0]["text"] += " "
    _, told = ana.decide("/queue/batch/approve", chosen=body)
    assert told["outcomes"][0]["problem"]  # type: ignore[index]
    assert status(store, first) == "waiting"


def test_the_whole_batch_is_taken_back_and_who_is_too_late_is_named(db: Database, store: Store, ana: Browser) -> None:
    ids = alike(db)
    ana.decide("/queue/batch/approve", chosen=chosen(store, *ids))
    with store.begin() as session:
        row = deliveries.of_draft(session, ids[1])
        assert row
        deliveries.move(session, row.id, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING)
    _, told = ana.decide("/queue/batch/undo", drafts=ids)
    assert ["too late" in each["problem"] for each in told["outcomes"]] == [False, True, False]  # type: ignore[attr-defined]
    assert [status(store, each) for each in ids] == ["waiting", "approved", "waiting"]


def test_where_two_must_agree_a_batch_of_one_person_sends_nothing(db: Database, store: Store) -> None:
    db.user("Ana")
    db.user("Ben")
    responder = Responder(four_eyes=("compensation",))
    settings = factories.settings().model_copy(update={"responder": responder})
    app = create_app(factories.deps(store, settings=settings))
    ana, ben = Browser(app, base_url="http://testserver"), Browser(app, base_url="http://testserver")
    ana.log_in("Ana")
    ben.log_in("Ben")
    paid = db.draft(db.mention(author="ada"), "There is a credit of three days for this.")
    plain = alike(db, 2)
    both = chosen(store, paid, *plain)
    _, told = ana.decide("/queue/batch/approve", chosen=both)
    assert [each["agreed"] for each in told["outcomes"]] == [True, False, False]  # type: ignore[attr-defined]
    _, told = ana.decide("/queue/batch/approve", chosen=both[:1])
    assert "a second person" in told["outcomes"][0]["problem"]  # type: ignore[index]
    assert status(store, paid) == "waiting"
    ben.decide("/queue/batch/approve", chosen=both[:1])
    assert status(store, paid) == "approved"


def test_a_viewer_sees_the_texts_and_decides_nothing(db: Database, store: Store, browser: Browsers) -> None:
    db.user("Vi", "viewer")
    vi = browser()
    vi.log_in("Vi")
    ids = alike(db)
    page = vi.page(f"/queue/batch?draft={ids[0]}")
    assert sorted(shown(page)) == ids
    assert 'data-act="approve"' not in page
    assert vi.decide("/queue/batch/approve", chosen=chosen(store, *ids))[0] == 403
    assert vi.decide("/queue/batch/undo", drafts=ids)[0] == 403


@pytest.mark.parametrize("body", [{}, {"chosen": []}, {"chosen": [{"draft": 1, "version": 1, "text": "x"}] * 21}])
def test_more_than_can_be_read_is_refused(ana: Browser, body: dict[str, Any]) -> None:
    assert ana.decide("/queue/batch/approve", **body)[0] == 422


def test_a_card_shows_who_decided_meanwhile_and_hostile_words_stay_words(db: Database, ana: Browser) -> None:
    ids = alike(db)
    hostile = "<script>alert(1)</script>"
    eve = db.draft(db.mention(hostile, author=hostile, author_name=hostile), hostile)
    page = ana.page(f"/queue/batch?draft={ids[0]}")
    assert eve in shown(page)
    assert "<script>alert" not in page
    ana.decide(f"/queue/{ids[0]}/approve", version=1, text=TEXTS[0])
    card = ana.get(f"/queue/{ids[0]}/card").text
    assert "Ana approved this" in words(card)
    assert 'data-act="turn"' not in card
    client: TestClient = ana
    assert client.get("/queue/batch?draft=999").status_code == 404
