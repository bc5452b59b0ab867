"""The pages in French in a real browser: what scripts say is French too, and nothing is too wide for the phone."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from core.settings import Brand, Settings
from core.store.users import UserRow
from tests.browser.test_pages import Looked, Site, open_page, serve
from tests.dashboards.visiting import visit
from tests.factories import BRAND


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    visitor = visit(tmp_path_factory.mktemp("french"), "lead")
    with visitor.deps.store.begin() as db:
        db.get_one(UserRow, 1).language = "fr"
    for name in ("kim", "sam", "lee"):
        visitor.rows.draft(visitor.rows.mention(author=name), priority=90 if name == "kim" else 50)
    yield from serve(visitor)


@pytest.fixture(scope="module")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    brand = Brand(name=BRAND, languages=("en", "fr"), time_zone="America/Toronto")
    visitor = visit(tmp_path_factory.mktemp("outage"), "lead", settings=Settings(brand=brand))
    with visitor.deps.store.begin() as db:
        db.get_one(UserRow, 1).language = "fr"
    visitor.rows.fact(visitor.rows.incident(title="Mobile data outage"), "cause", "A cable broke.")
    yield from serve(visitor)


def clean(looked: Looked) -> None:
    assert looked.problems == []
    assert looked.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "too wide"
    found = Axe().run(looked.page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_a_reply_is_approved_taken_back_and_edited_in_french(browser: Browser, site: Site) -> None:
    looked = open_page(browser, site)
    page = looked.page
    page.goto(site.address + "/queue")
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page).to_have_title("(3) File d’attente · Amends")
    page.keyboard.press("a")
    toast = page.locator(".toast").first
    expect(toast).to_contain_text("Approuvée : Kim")
    expect(toast).to_contain_text("part dans")
    page.keyboard.press("u")
    expect(page.locator("#pane-who")).to_contain_text("Kim")
    page.keyboard.press("e")
    expect(page.get_by_label("Votre réponse")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" Pardon.")
    page.keyboard.press("Escape")
    expect(page.locator("#notices")).to_contain_text("Votre modification est gardée sur cet appareil.")
    clean(looked)
    page.context.close()


@pytest.mark.parametrize("path", ["/login", "/queue", "/account"])
def test_french_fits_the_phone(browser: Browser, site: Site, path: str) -> None:
    looked = open_page(browser, site, theme="dark", width="phone")
    page = looked.page
    page.set_extra_http_headers({"Accept-Language": "fr"})
    if path == "/login":
        page.context.clear_cookies()
    page.goto(site.address + path)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    clean(looked)
    page.context.close()


@pytest.mark.parametrize(("theme", "width"), [("light", "wide"), ("dark", "phone")])
def test_a_heading_of_the_front_line_stands_beside_its_button(
    browser: Browser, outage: Site, theme: str, width: str
) -> None:
    looked = open_page(browser, outage, theme=theme, width=width)
    page = looked.page
    page.goto(outage.address + "/incidents/1/frontline")
    heading = page.get_by_role("heading", name="Questions et réponses")
    words, button = heading.bounding_box(), page.get_by_role("button", name="Copier l’aide-mémoire").bounding_box()
    assert words
    assert button
    assert words["height"] < 30, "one line"
    assert words["x"] + words["width"] <= button["x"]
    assert button["y"] <= words["y"] + words["height"] / 2 <= button["y"] + button["height"]
    expect(page.locator("#internal-text [lang=en]").first).to_have_text("Mobile data outage")
    clean(looked)
    page.context.close()
