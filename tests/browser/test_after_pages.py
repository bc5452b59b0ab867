"""Alarms, money, feedback and the review in a real browser: clean for axe and the policy, both themes, both widths."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from core.domain.alarm import Alarm, AlarmKind
from core.sections import Department, Feedback, Money
from core.store import alerts
from core.store.feedback import FeedbackRow
from tests.browser.test_pages import LONG, LOOKS, OTHER_LOOKS, SETTINGS, Site, open_page, serve, until, visit_all
from tests.dashboards.aftermath import closed_incident
from tests.dashboards.visiting import Visitor, visit
from tests.factories import BRAND

PAGES = {
    "alarms": "/alarms",
    "money": "/money",
    "review": "/incidents/1/review",
    "review of an open incident": "/incidents/2/review",
    "feedback": "/feedback",
    "closed feedback": "/feedback?show=closed",
    "account": "/account",
}
EMPTY = {name: path for name, path in PAGES.items() if "review" not in name}
WITH_MONEY = SETTINGS.model_copy(
    update={
        "money": Money(currency="CAD", minute_cost=0.75, customer_value=480),
        "feedback": Feedback(
            departments={
                "Network": Department(contact="network@northwind.example", words=("signal",)),
                "Shops in the whole of Ontario and Québec": Department(contact="shops@northwind.example"),
            }
        ),
    }
)


def fill(visitor: Visitor) -> None:
    rows, now = visitor.rows, visitor.clock.now
    texts = (f"{LONG}. A mast on the hill would help, no signal 📵", "مرحبا، شكرا لكم", "rude in the shop " * 12)
    mentions = [rows.mention(text, author="ليلى") for text in texts]
    closed_incident(rows, visitor.clock)
    rows.incident(title=LONG)
    closed_incident(rows, visitor.clock, customers=12, title="انقطاع الخدمة في مونتريال 📵")
    for hour in range(72):
        during = 36 <= hour <= 40
        visitor.mentions(30 if during else 2 + hour % 4, hours_ago=hour, outage=during, angry=during)
        visitor.mentions(3, hours_ago=hour, platform="reddit", sentiment=("neutral", "positive")[hour % 2])
    kinds = (AlarmKind.SAFETY, AlarmKind.UPDATE, AlarmKind.SOURCE, AlarmKind.SILENT)
    with visitor.deps.store.begin() as db:
        for number, kind in enumerate(kinds):
            alarm = Alarm(kind=kind, subject=f"{number}", title=f"{LONG} {kind}", body=LONG * 2, path="/queue")
            alerts.add(db, BRAND, alarm, number=1, again=number, now=now)
        done = Alarm(kind=AlarmKind.PROMISE, subject="promise:1", title=LONG, body="", path="/alarms")
        alerts.acknowledge(db, BRAND, alerts.add(db, BRAND, done, number=1, again=0, now=now) or 0, by="Lena", now=now)
    for number, department in enumerate(("Network", "")):
        kind = ("suggestion", "praise")[number]
        rows._add(_feedback(mentions[number], visitor, kind=kind, department=department))
    told = {"status": "closed", "result": "A second mast is built.", "closed_at": now, "closed_by": "Lena"}
    told |= {"reply": "by hand", "reply_note": "The author asked us to stop writing to them."}
    rows._add(_feedback(mentions[2], visitor, kind="complaint", department="Network", **told))


def _feedback(mention: int, visitor: Visitor, **values: Any) -> FeedbackRow:
    defaults: dict[str, Any] = {"brand": BRAND, "mention_id": mention, "why": "signal", "routed_at": visitor.clock()}
    return FeedbackRow(**(defaults | {"status": "open", "result": "", "reply": "none", "reply_note": ""} | values))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    visitor = visit(tmp_path_factory.mktemp("after"), "lead", settings=WITH_MONEY)
    fill(visitor)
    yield from serve(visitor)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve(visit(tmp_path_factory.mktemp("nothing"), "lead"))


@LOOKS
def test_every_page_is_clean(browser: Browser, full: Site, theme: str, width: str) -> None:
    visit_all(browser, full, theme, width, PAGES)


@OTHER_LOOKS
def test_every_empty_page_is_clean(browser: Browser, empty: Site, theme: str, width: str) -> None:
    visit_all(browser, empty, theme, width, EMPTY)


HEADINGS = """table => [...table.querySelectorAll("tbody td")].map(cell => [
    cell.dataset.head ?? "", table.tHead.rows[0].cells[cell.cellIndex].innerText.trim(),
    getComputedStyle(cell, "::before").content])"""


def test_tables_are_read_on_the_phone_without_scrolling_sideways(browser: Browser, full: Site) -> None:
    full.visitor.post("/money/entries", what=LONG, amount="1234567.89", customers="1200", incident="1")
    page = open_page(browser, full, width="phone").page
    for path in ("/alarms", "/money", "/incidents/1/review", "/trends"):
        page.goto(full.address + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        wide = "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth)"
        assert page.evaluate(f"{wide}.map((each) => each.ariaLabel)") == [], path
        tables = page.get_by_role("table").all()
        assert tables, path
        for table in tables:
            assert table.get_by_role("columnheader").count() == table.locator("thead th").count()
            assert table.get_by_role("row").count() == table.locator("tr").count()
            for told, heading, shown in table.evaluate(HEADINGS):
                assert told in ("", heading)
                assert not told or told in shown
    page.context.close()


def test_the_charts_are_drawn_and_tell_on_hover(browser: Browser, full: Site) -> None:
    for path, said in (("/incidents/1/review", "during the incident"), ("/money", "work on replies")):
        looked = open_page(browser, full)
        page = looked.page
        page.goto(full.address + path)
        page.wait_for_selector("[data-bars] svg path", state="attached")
        assert "Every number is in the table" in (page.locator("[data-bars]").get_attribute("aria-label") or "")
        box = page.locator("[data-bars]").bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40)
        until(page, f"document.querySelector('[data-bars] svg').textContent.includes('{said}')")
        assert looked.problems == []
        page.context.close()


def test_the_review_is_there_without_javascript(browser: Browser, full: Site) -> None:
    page = open_page(browser, full, script=False).page
    page.goto(full.address + "/incidents/1/review")
    assert page.get_by_text("the tables below have every number").is_visible()
    assert page.get_by_role("button", name="Print").count() == 0
    page.context.close()


def test_printed_pages_hold_no_forms_and_no_rail(browser: Browser, full: Site) -> None:
    page = open_page(browser, full).page
    page.goto(full.address + "/money")
    page.emulate_media(media="print")
    assert not page.locator(".rail").is_visible()
    assert not page.get_by_text("Enter money").is_visible()
    assert page.get_by_text("What these sums assume").is_visible()
    page.context.close()


def test_an_alarm_is_taken_on_with_the_keyboard(browser: Browser, full: Site) -> None:
    page = open_page(browser, full).page
    page.goto(full.address + "/alarms")
    page.get_by_role("button", name="Take on").last.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".alarms > li").count() == 3
    page.context.close()
