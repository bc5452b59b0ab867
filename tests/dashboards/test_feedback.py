"""The feedback page, over HTTP."""

from pathlib import Path

from core.sections import Department, Feedback
from core.store.feedback import FeedbackRow
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import BRAND, settings

DEPARTMENTS = Feedback(
    departments={"Shops": Department(contact="shops@northwind.example", words=("shop",)), "Network": Department()}
)


def with_items(directory: Path, role: str = "approver") -> Visitor:
    visitor = visit(directory, role, settings=settings().model_copy(update={"feedback": DEPARTMENTS}))
    for department, text in (("Shops", "Open the shop earlier"), ("", "A nicer <b>colour</b>")):
        mention = visitor.rows.mention(text, reading={"intents": ["suggestion"]}, url="javascript:alert(1)")
        visitor.rows._add(
            FeedbackRow(
                brand=BRAND, mention_id=mention, kind="suggestion", department=department, why="", status="open",
                routed_at=visitor.clock(), result="", reply="none", reply_note="",
            )
        )  # fmt: skip
    return visitor


def test_items_stand_with_their_department_and_contact(tmp_path: Path) -> None:
    visitor = with_items(tmp_path, "viewer")
    html = visitor.get("/feedback").text
    assert "shops@northwind.example" in html
    assert "A nicer &lt;b&gt;colour" in html
    assert "javascript:" not in html
    assert "Answer or move" not in html
    only = words(visitor.get("/feedback?department=Shops").text)
    assert "Open the shop earlier" in only
    assert "colour" not in only
    assert "colour" in words(visitor.get("/feedback?department=").text)


def test_closing_tells_what_came_of_it(tmp_path: Path) -> None:
    visitor = with_items(tmp_path)
    empty = visitor.post("/feedback/1/close", result=" ", tell="yes")
    assert empty.status_code == 422
    assert "Say what came of it" in empty.text
    assert visitor.post("/feedback/1/close", result="It opens at eight.", tell="yes").is_redirect
    assert visitor.post("/feedback/1/close", result="Me too.").status_code == 409
    closed = words(visitor.get("/feedback?show=closed").text)
    assert "It opens at eight." in closed
    assert "A reply to the customer is being drafted." in closed
    with visitor.deps.store.read() as db:
        assert db.get_one(FeedbackRow, 1).reply == "due"


def test_nobody_is_told_without_the_box(tmp_path: Path) -> None:
    visitor = with_items(tmp_path)
    visitor.post("/feedback/1/close", result="It opens at eight.")
    assert "The customer was not told." in words(visitor.get("/feedback?show=closed").text)


def test_an_item_moves_to_a_department_that_there_is(tmp_path: Path) -> None:
    visitor = with_items(tmp_path)
    assert visitor.post("/feedback/2/assign", department="Network").is_redirect
    assert visitor.post("/feedback/2/assign", department="Kitchen").status_code == 422
    assert visitor.post("/feedback/x/assign", department="Network").status_code == 404
    assert "colour" in words(visitor.get("/feedback?department=Network").text)


def test_a_viewer_changes_nothing(tmp_path: Path) -> None:
    visitor = with_items(tmp_path, "viewer")
    assert visitor.post("/feedback/1/close", result="x").status_code == 403
    assert visitor.post("/feedback/1/assign", department="Network").status_code == 403


def test_the_empty_page_teaches(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    html = words(visitor.get("/feedback").text)
    assert "No feedback is open" in html
    assert "No department is set up" in html
