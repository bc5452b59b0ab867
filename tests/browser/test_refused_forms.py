"""Merging and splitting incidents, and log-ins that are refused: by keyboard, at 200 and 400 % zoom too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import factories
from tests.browser.test_log_in_pages import clean
from tests.browser.test_pages import LONG, Looked, Site, open_page, serve
from tests.dashboards.visiting import visit

ZOOMED = {"200 %": (640, 450), "400 %": (320, 256)}  # what is left of a screen of 1280 by 900, or by 1024
FORMS = pytest.mark.parametrize(
    ("width", "theme"),
    [("wide", "light"), ("wide", "dark"), ("phone", "light"), ("phone", "dark"), ("200 %", "dark"), ("400 %", "light")],
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    visitor = visit(tmp_path_factory.mktemp("refused"))
    rows = visitor.rows
    made = rows.incident(title="Outage")
    rows.mention("my wifi is dead", case_id=rows.case("kim", incident_id=made, stage="anger", persona="work"))
    for title, status in ((LONG, "monitoring"), ("Outage", "suspected")):
        rows.incident(title=title, status=status, next_update_at=None)
    rows.user("Ada", "lead")
    yield from serve(visitor)


def opened(browser: Browser, site: Site, width: str, theme: str) -> Looked:
    looked = open_page(browser, site, theme=theme, width="phone" if width == "phone" else "wide")
    if width in ZOOMED:
        across, down = ZOOMED[width]
        looked.page.set_viewport_size({"width": across, "height": down})
    return looked


def seen(page: Page) -> bool:
    """Whether what has the focus is on the screen, and under nothing else: WCAG 2.2, 2.4.11."""
    return bool(
        page.evaluate(
            """() => {
              const it = document.activeElement, box = it.getBoundingClientRect();
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return top !== null && it.contains(top);
            }"""
        )
    )


def walk(page: Page, section: Locator, keys: int) -> list[str]:
    """Tabs on through a section; returns what had the focus, by its name for people."""
    names = list[str]()
    for _ in range(keys):
        assert seen(page), names
        assert section.evaluate("it => it.contains(document.activeElement)"), names
        names.append(page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"))
        page.keyboard.press("Tab")
    return names


@FORMS
def test_incidents_are_merged_and_split_by_keyboard(browser: Browser, site: Site, width: str, theme: str) -> None:
    looked = opened(browser, site, width, theme)
    page = looked.page
    page.goto(site.address + "/incidents/1")
    section = page.get_by_role("region", name="Together or apart")
    for summary in reversed(section.locator("summary").all()):
        summary.press("Enter")
    clean(looked, "both forms")
    which = section.get_by_role("radio")
    assert [which.nth(at).is_checked() for at in range(2)] == [False, False], "nobody merges by a slip"
    texts = [text.split("\n") for text in section.locator(".which label").all_inner_texts()]
    assert [(text[0], text[1].split(" · ")[0]) for text in texts] == [
        ("Outage", "Suspected, not confirmed"), (LONG, "Fix in place, watching"),
    ]  # fmt: skip
    assert walk(page, section, 7)[2:] == [
        "Merge", "Split off some customers", "What fails for them", "Who speaks of", "Split off",
    ]  # fmt: skip
    which.first.focus()
    page.keyboard.press("ArrowDown")
    expect(which.nth(1)).to_be_checked()
    section.get_by_label("What fails for them").fill("Fax")
    section.get_by_label("Who speaks of").fill("fax, telex")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no customer of this incident speaks of fax")
    expect(section.get_by_label("Who speaks of")).to_have_value("fax, telex")
    assert (section.get_by_label("What fails for them").input_value(), which.first.is_visible()) == ("Fax", False)
    looked.problems.clear()  # Chromium says 422 aloud
    clean(looked, "refused")
    page.context.close()


@FORMS
def test_a_log_in_that_is_refused_says_so_at_the_field_that_is_next(
    browser: Browser, site: Site, width: str, theme: str
) -> None:
    looked, visitor = opened(browser, site, width, theme), site.visitor
    page = looked.page
    page.context.clear_cookies()
    visitor.clock.forward(minutes=16)
    page.goto(site.address + "/login")
    wrong, wait = "Name or password is not right.", "Too many attempts. Wait 15 minutes, then try again."
    for password, words in [*[("wrong", wrong)] * 5, (factories.PASSWORD, wait)]:
        page.get_by_label("Name").fill("Ada")
        page.get_by_label("Password").fill(password)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_label("Password")).to_be_focused()
        expect(page.get_by_label("Password")).to_have_accessible_description(words)
        expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
        assert (seen(page), page.get_by_label("Name").input_value()) == (True, "Ada")
    looked.problems.clear()  # Chromium says 401 and 429 aloud
    clean(looked, "too many")
    page.context.close()
