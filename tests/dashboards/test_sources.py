"""The sources page over HTTP."""

from datetime import timedelta
from pathlib import Path

from core.accounts import ConsolePublisher, DemoSource, RedditSource, XSource
from core.settings import Brand, Settings
from core.store import lookups
from core.store.cursors import CursorRow
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.mentions import MentionRow
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import BRAND

SETTINGS = Settings(
    brand=Brand(name=BRAND, time_zone="America/Toronto"),
    sources={
        "demo": DemoSource(kind="demo"),
        "x-search": XSource(kind="x"),
        "reddit": RedditSource(kind="reddit", poll_seconds=3600),
    },
    publishers={"console": ConsolePublisher(kind="console", account="northwind")},
)


def cursor(visitor: Visitor, source: str, **values: object) -> None:
    defaults: dict[str, object] = {"source": source, "cursor": {}, "failures": 0, "problem": "", "version": 1}
    with visitor.deps.store.begin() as db:
        db.add(CursorRow(**(defaults | values)))


def delivery(visitor: Visitor, number: int, status: str, minutes_ago: float) -> None:
    """One reply that went the whole way; every column as approval and sending leave it."""
    at = visitor.clock() - timedelta(minutes=minutes_ago)
    draft = visitor.rows.draft(status="done")
    bound = {"text": "Sorry.", "sha256": "0" * 64, "platform": "x", "target_id": str(number), "account": "northwind"}
    with visitor.deps.store.begin() as db:
        approval = ApprovalRow(
            **bound, draft_id=draft, draft_version=1, publisher="console", sheet_version=0, approver_id=1,
            approved_at=at, release_at=at, expires_at=at + timedelta(hours=1),
        )  # fmt: skip
        db.add(approval)
        db.flush()
        row = DeliveryRow(**bound, approval_id=approval.id, key=f"k{number}", status="approved", not_before=at)
        db.add(row)
        db.flush()
        for step in ("sending", status):
            row.status, row.ended_at = step, at if step == status else None
            db.flush()


def test_each_source_says_how_it_fares(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer", settings=SETTINGS)
    now = visitor.clock()
    cursor(visitor, "demo", polled_at=now, succeeded_at=now)
    cursor(visitor, "x-search", polled_at=now, succeeded_at=now - timedelta(minutes=40), failures=4,
           not_before=now + timedelta(minutes=6), problem="X refused the log-in (401). Renew the token.")  # fmt: skip
    visitor.rows.mention(source="demo")
    visitor.rows.mention(source="demo", fetched_at=now - timedelta(hours=14))  # yesterday evening in Toronto
    visitor.rows.mention(source="import")
    text = words(visitor.get("/sources").text)
    assert "demo Demo: a played outage day Working Last success 0 s ago · next try any moment 1 mention today" in text
    assert "Failed 4 times in a row X refused the log-in (401). Renew the token. Last success 40 min ago" in text
    assert "next try in 6 min" in text
    assert "reddit Reddit Not asked yet No success yet 0 mentions today" in text
    assert "import Not in config.toml" in text
    assert "bundled@test · last reading" in text


def test_a_source_that_is_not_asked_any_more_is_worth_a_look(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    now = visitor.clock()
    cursor(visitor, "demo", polled_at=now - timedelta(minutes=3), succeeded_at=now - timedelta(minutes=3))
    cursor(visitor, "reddit", polled_at=now - timedelta(minutes=50), succeeded_at=now - timedelta(minutes=50))
    text = words(visitor.get("/sources").text)
    assert text.count("is the scheduler running?") == 1  # reddit is asked once an hour: it is fine
    assert "next try in 10 min" in text


def test_a_source_that_cannot_be_asked_about_old_posts_says_why(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    with visitor.deps.store.begin() as db:
        lookups.of(db, "reddit").problem = "Reddit has trouble (503). Trying again."
    assert "Not asked yet Reddit has trouble (503). Trying again." in words(visitor.get("/sources").text)


def test_publishers_tell_what_went_out(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    assert "Nothing sent yet" in visitor.get("/sources").text
    delivery(visitor, 1, "sent", 30)
    delivery(visitor, 2, "sent", 60 * 20)
    delivery(visitor, 3, "unknown", 10)
    text = words(visitor.get("/sources").text)
    assert "as northwind on X, Reddit, Bluesky, Mastodon" in text
    assert "1 reply may or may not have gone out. Settle it Last sent 30 min ago 1 sent today" in text


def test_an_empty_set_up_says_what_to_do(tmp_path: Path) -> None:
    text = words(visit(tmp_path).get("/sources").text)
    assert "nobody is heard" in text
    assert "can be drafted and not sent" in text
    assert "has read nothing yet" in text


def test_what_failed_is_shown_and_a_lead_sends_it_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    assert "Try again" not in visitor.get("/sources").text
    made = [visitor.rows.mention(f"<i>broken</i> {number}", status="failed", author="kim") for number in range(7)]
    text = words(visitor.get("/sources").text)
    assert "7 mentions could not be read or answered" in text
    assert "<i>broken</i> 6" in text
    assert "<i>broken</i> 1" not in text  # the newest few
    assert visitor.post("/sources/try-again").headers["location"] == "/sources"
    assert "could not be read or answered" not in visitor.get("/sources").text
    with visitor.deps.store.read() as db:
        assert {db.get_one(MentionRow, one).status for one in made} == {"read"}
    assert "mentions retried" in words(visitor.get("/audit").text)


def test_only_a_lead_sends_back_what_failed(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver", settings=SETTINGS)
    visitor.rows.mention(status="failed")
    page = visitor.get("/sources").text
    assert "1 mention could not be read or answered" in words(page)
    assert "Try again" not in page
    assert visitor.post("/sources/try-again").status_code == 403
