"""Why a post was read so, and putting it right, by keyboard and on the phone, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from classifier.why import Because
from core.store import Store
from core.store.mentions import MentionRow
from tests import factories
from tests.browser.test_queue import DESKTOP, PHONE, House, now
from tests.dashboards.apps import create_app
from tests.factories import Database
from tests.webserver import serving

TEXT = "@northwind no internet since noon, useless"


def why(text: str, language: str) -> tuple[Because, ...]:
    return (Because("outage", "yes", ((11, 22),)), Because("angry", "yes", ((text.index("useless"), len(text)),)))


@pytest.fixture
def house(tmp_path: Path, browser: Browser) -> Iterator[House]:
    store: Store = factories.new_store(tmp_path)
    db = Database(store, now)
    db.user("Ana", "approver")
    app = create_app(factories.deps(store, clock=now, why=why))
    complaints: list[str] = []
    with serving(app) as address:
        yield House(app, address, db, complaints, browser)
        for context in browser.contexts:
            context.close()
    store.close()
    assert complaints == []
    assert app.state.csp_reports.count == 0


def clean(page: Page) -> None:
    assert [(item["id"], item["nodes"][0]["html"]) for item in Axe().run(page).response["violations"]] == []


def test_why_and_correct_by_keyboard(house: House) -> None:
    mention = house.db.mention(TEXT, author_name="Ada", author="ada")
    draft = house.db.draft(mention)
    house.db.draft(house.db.mention("second", author_name="Bob", author="bob"), priority=1)
    page = house.enter()
    page.keyboard.press("w")
    expect(page.locator("#said mark")).to_have_text(["no internet", "useless"])
    expect(page.locator("#said")).to_have_text(TEXT)
    expect(page.locator("#because dt")).to_have_text(["an outage", "angry"])
    expect(page.locator("#because q")).to_have_text(["no internet", "useless"])
    clean(page)
    page.keyboard.press("w")
    expect(page.locator("#said mark")).to_have_count(0)
    expect(page.locator("#because")).to_be_hidden()

    page.keyboard.press("c")
    expect(page.locator("#labels")).to_be_visible()
    expect(page.get_by_label("About an outage")).to_be_focused()
    clean(page)
    page.keyboard.press("a")  # not while the dialog is open
    page.keyboard.press("Escape")
    expect(page.locator("#labels")).to_have_count(0)
    assert house.row(draft).status == "waiting"

    page.keyboard.press("c")
    expect(page.get_by_label("About an outage")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pane-who")).to_contain_text("Bob")
    expect(page.locator(".toast")).to_contain_text("Reading corrected: Ada. A new reply is on its way.")
    assert house.row(draft).status == "superseded"
    with house.db.store.read() as db:
        assert db.get_one(MentionRow, mention).reading.outage is False  # type: ignore[union-attr]
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Reading as before: Ada")
    with house.db.store.read() as db:
        assert db.get_one(MentionRow, mention).reading.outage is True  # type: ignore[union-attr]


def test_nothing_chosen_is_said_in_the_dialog(house: House) -> None:
    house.db.draft(house.db.mention(TEXT))
    page = house.enter()
    page.keyboard.press("c")
    expect(page.locator("#labels")).to_be_visible()
    for name in ("reports an outage", "asks when it ends"):
        page.get_by_label(name).uncheck()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#labels-problem")).to_contain_text("Choose at least one")
    expect(page.locator("#labels")).to_be_visible()


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, True), (PHONE, False)], ids=["desktop dark", "phone light"])
def test_both_are_clean_everywhere(house: House, dark: bool, size: object) -> None:
    house.db.draft(house.db.mention(TEXT + " " + "and on and on " * 60, spam=True))
    page = house.enter(viewport=size, dark=dark)  # type: ignore[arg-type]
    if size == PHONE:
        page.locator("a.row").click()
    page.locator("[data-act=why]").click()
    expect(page.locator("#because")).to_be_visible()
    clean(page)
    page.locator("[data-act=correct]").click()
    expect(page.locator("#labels")).to_be_visible()
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
