"""The switches, the watched posts, two people, and taking down, over HTTP."""

import re
from pathlib import Path

import pytest

from core.accounts import ConsolePublisher
from core.settings import Brand, Responder, Settings
from core.store import audit, switches
from core.store.cases import CaseRow
from core.store.deliveries import DeliveryRow
from core.store.mentions import MentionRow
from responder.publishers.console import ConsolePublisher as Console
from responder.publishers.texts import GONE
from responder.sending import send_due
from tests.dashboards.visiting import Visitor, new_user, sign_in, visit, words
from tests.factories import BRAND


def settings(folder: Path, four_eyes: tuple[str, ...] = ()) -> Settings:
    return Settings(
        brand=Brand(name=BRAND, time_zone="America/Toronto"),
        publishers={"console": ConsolePublisher(kind="console", path=str(folder / "sent.jsonl"))},
        responder=Responder(undo_seconds=0, four_eyes=four_eyes),  # type: ignore[arg-type]
    )


@pytest.fixture
def lead(tmp_path: Path) -> Visitor:
    return visit(tmp_path, "lead", settings=settings(tmp_path))


def decide(visitor: Visitor, draft: int, text: str) -> dict[str, object]:
    """Approves as the queue's script does."""
    found = re.search(r'name="csrf" content="([^"]+)"', visitor.get("/audit").text)
    assert found
    headers = {"X-CSRF-Token": found[1], "sec-fetch-site": "same-origin"}
    answer = visitor.client.post(f"/queue/{draft}/approve", json={"version": 1, "text": text}, headers=headers)
    told: dict[str, object] = answer.json()
    return told


def as_another(visitor: Visitor, name: str, role: str) -> None:
    sign_in(visitor, new_user(visitor, name, role))


def test_a_switch_is_pulled_on_the_page_and_told_on_every_page(lead: Visitor) -> None:
    answer = lead.post("/switches/off", scope="all", key="", reason="wrong <b>facts</b>")
    assert answer.status_code == 303
    lead.clock.forward(seconds=1)  # the bar is fresh to a quarter of a second
    for page in ("/queue", "/sources", "/audit", "/trends", "/queue/sent", "/queue/watched"):
        told = words(lead.client.get(page).text)
        assert "Nothing is sent Switched off by Lena" in told, page
        assert "wrong <b>facts</b>" in told, page
    assert lead.post("/switches/on", scope="all", key="").status_code == 303
    lead.clock.forward(seconds=1)
    assert "Nothing is sent" not in words(lead.client.get("/queue").text)
    with lead.deps.store.read() as db:
        assert [row.action for row in audit.newest(db, limit=2)] == ["switch.on", "switch.off"]


def test_an_approver_pulls_and_cannot_put_back_and_a_viewer_does_neither(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver", settings=settings(tmp_path))
    assert visitor.post("/switches/off", scope="account", key="console", reason="").status_code == 303
    assert visitor.post("/switches/on", scope="account", key="console").status_code == 403
    as_another(visitor, "Vic", "viewer")
    assert visitor.post("/switches/off", scope="all", key="", reason="").status_code == 403
    with visitor.deps.store.read() as db:
        assert [(row.scope, row.key) for row in switches.everything_off(db)] == [("account", "console")]


def test_an_incident_has_a_switch(lead: Visitor) -> None:
    incident = lead.rows.incident(title="Mobile data outage")
    assert "Incident: Mobile data outage" in words(lead.client.get("/sources").text)
    assert lead.post("/switches/off", scope="incident", key=str(incident), reason="").status_code == 303
    lead.clock.forward(seconds=1)
    assert f"Nothing is sent on incident {incident}" in words(lead.client.get("/queue").text)


def test_a_watched_post_is_opened_on_the_platform_and_marked_answered(lead: Visitor) -> None:
    mention = lead.rows.mention("northwind is down", eligible="none", status="watched", author="bob")
    calm = {"about": "other", "intents": [], "outage": False, "angry": False, "impact": "none"}
    lead.rows.mention("nice weather", eligible="none", status="watched", author="eve", reading=calm)
    page = lead.client.get("/queue/watched").text
    assert "Bob" in words(page)
    assert "Eve" not in words(page), "what needs no answer is not in this list"
    assert 'href="https://x.example/bob/1"' in page
    assert lead.post(f"/mentions/{mention}/answered").status_code == 303
    assert "Bob" not in words(lead.client.get("/queue/watched").text)
    assert lead.post(f"/mentions/{mention}/answered").status_code == 409
    with lead.deps.store.read() as db:
        last = audit.newest(db, limit=1)[0]
    assert (last.action, last.actor, last.subject) == ("mention.answered", "Lena", f"mention:{mention}")


def test_answering_by_hand_takes_a_waiting_draft_out_of_the_queue(lead: Visitor) -> None:
    mention = lead.rows.mention(author="ada")
    lead.rows.draft(mention)
    assert lead.post(f"/mentions/{mention}/answered").status_code == 303
    assert "No reply is waiting" in words(lead.client.get("/queue").text)


def test_only_a_lead_lifts_a_stop_and_says_why(lead: Visitor) -> None:
    case = lead.rows.case("ada", opted_out_at=lead.clock())
    stop = lead.rows.mention("Stop.", case_id=case, author="ada", status="watched")
    later = lead.rows.mention("no signal again", case_id=case, author="ada", status="watched")
    assert "asked us to stop" in words(lead.client.get("/queue/watched").text)
    assert lead.post(f"/mentions/{later}/resume", reason=" ").status_code == 422
    assert lead.post(f"/mentions/{later}/resume", reason="she called us").status_code == 303
    with lead.deps.store.read() as db:
        assert db.get_one(CaseRow, case).opted_out_at is None
        assert [db.get_one(MentionRow, one).status for one in (stop, later)] == ["watched", "read"]
        assert audit.newest(db, limit=1)[0].detail["reason"] == "she called us"
    as_another(lead, "Ana", "approver")
    assert lead.post(f"/mentions/{later}/resume", reason="x").status_code == 403


def test_two_people_decide_on_the_page(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver", settings=settings(tmp_path, ("safety",)))
    draft = visitor.rows.draft(visitor.rows.mention(reading={"impact": "safety"}), text="Please call 911.")
    page = words(visitor.client.get("/queue").text)
    assert "Two people must agree: somebody may be in danger." in page
    assert "Agree a" in page
    assert decide(visitor, draft, "Please call 911.") == {"draft": draft, "agreed": True}
    assert "You agreed. A second person must agree too." in words(visitor.client.get(f"/queue/{draft}/pane").text)
    as_another(visitor, "Ben", "approver")
    page = words(visitor.client.get(f"/queue/{draft}/pane").text)
    assert "Lena agreed" in page
    assert "Approve a" in page
    assert "delivery" in decide(visitor, draft, "Please call 911.")


def test_taking_down_is_offered_and_its_refusal_told(lead: Visitor) -> None:
    draft = lead.rows.draft(text="We are on it.")
    decide(lead, draft, "We are on it.")
    config = lead.deps.settings.publishers["console"]
    assert isinstance(config, ConsolePublisher)
    send_due(lead.deps.store, {"console": Console("console", config)}, clock=lead.clock)
    assert "Delete on the platform" in words(lead.client.get("/queue/sent").text)
    # Without its publisher it cannot be; that is said, and nothing is marked as taken down.
    answer = lead.post("/deliveries/1/take-down", reason="wrong")
    assert answer.status_code == 422
    assert "cannot be taken down from here" in words(answer.text)
    with lead.deps.store.read() as db:
        assert db.get_one(DeliveryRow, 1).taken_down_at is None


def test_a_reply_to_a_post_that_went_is_refused_and_nobody_is_sent_there(lead: Visitor) -> None:
    decide(lead, lead.rows.draft(text="We are on it."), "We are on it.")
    with lead.deps.store.begin() as db:
        db.get_one(DeliveryRow, 1).status = "sending"
        db.flush()
        db.get_one(DeliveryRow, 1).status, db.get_one(DeliveryRow, 1).problem = "refused", GONE
    told = words(lead.get("/queue/sent").text)
    assert "The post was deleted or is no longer shown to us; nothing was sent." in told
    assert "answer by hand" not in told


def test_a_corrected_reply_is_written_from_the_pane_and_from_what_was_sent(lead: Visitor) -> None:
    draft = lead.rows.draft(text="We are on it.")
    decide(lead, draft, "We are on it.")
    config = lead.deps.settings.publishers["console"]
    assert isinstance(config, ConsolePublisher)
    send_due(lead.deps.store, {"console": Console("console", config)}, clock=lead.clock)
    assert "Write a corrected reply" not in lead.get("/queue/sent").text
    with lead.deps.store.begin() as db:
        row = db.get_one(DeliveryRow, 1)
        row.taken_down_at, row.taken_down = lead.clock(), "wrong <b>time</b>"
    for page in ("/queue/sent", f"/queue/{draft}/pane"):
        assert 'action="/deliveries/1/write-anew"' in lead.get(page).text, page
    answer = lead.post("/deliveries/1/write-anew")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/queue?draft={draft}")
    page = lead.get(answer.headers["location"]).text
    assert "Our reply was taken down: wrong <b>time</b>" in words(page)
    assert "These words were taken down from this post; write others." in words(page)
    assert "write-anew" not in page
    assert "write-anew" not in lead.get("/queue/sent").text
    assert lead.post("/deliveries/1/write-anew").status_code == 409
    assert lead.post("/deliveries/99/write-anew").status_code == 409
    as_another(lead, "Vic", "viewer")
    assert lead.post("/deliveries/1/write-anew").status_code == 403
