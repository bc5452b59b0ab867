"""A queue of ten thousand in a real browser: few rows in the page, a steady list, and the keyboard never lost."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_queue import House, house, selected  # noqa: F401 - fixtures
from tests.many import fill

MANY = 10_060  # more than one stretch of the order


def place(page: Page) -> tuple[int, int]:
    """Which row is chosen, of how many, as a screen reader tells it."""
    row = page.locator("li:has(> .row[aria-current])")
    return int(row.get_attribute("aria-posinset") or 0), int(row.get_attribute("aria-setsize") or 0)


def focused(page: Page) -> bool:
    """Whether the chosen row has the focus."""
    return bool(page.evaluate("document.activeElement.matches('.row[aria-current]')"))


def test_ten_thousand_wait_and_few_are_drawn(house: House) -> None:  # noqa: F811
    fill(house.db, MANY)
    page = house.enter()
    page.locator(f"#list li[aria-setsize='{MANY}']").first.wait_for(state="attached")
    assert page.locator(".row").count() < 60
    first = selected(page)
    page.keyboard.press("End")
    expect(page.locator("#list li:last-child .row[aria-current]")).to_be_visible()
    expect(page.locator(".row[aria-current] .who")).not_to_be_empty()
    assert place(page) == (MANY, MANY)
    assert focused(page)
    page.keyboard.press("k")
    page.keyboard.press("PageUp")
    expect(page.locator(".row[aria-current] .who")).not_to_be_empty()
    assert place(page)[0] < MANY - 3
    assert focused(page)
    page.keyboard.press("Home")
    expect(page.locator(".row[aria-current] .who")).to_have_text(first)
    for step in range(40):  # over the edge of what was drawn at first
        page.keyboard.press("j")
        expect(page.locator(".row[aria-current]")).to_be_in_viewport()
        assert (place(page)[0], focused(page)) == (step + 2, True)
    assert page.locator(".row").count() < 60

    # Scrolled away by the wheel, a key goes on from where one was; and what arrives or is taken moves nothing.
    page.locator("#list").evaluate("list => list.scrollTo(0, list.scrollHeight / 2)")
    expect(page.locator("#list li[aria-posinset='5030'] .who")).not_to_be_empty()
    top = page.locator("#list li[aria-posinset='5030']")
    before, name = top.bounding_box(), top.locator(".who").inner_text()
    new = house.draft("Zoe", priority=9000)
    house.tell(new)
    taken = int(page.locator("#list li[aria-posinset='5029'] .row").get_attribute("data-id") or 0)
    house.tell(taken, "draft.rejected")
    expect(page.locator("#arrivals")).to_have_text("1 new ↑")
    expect(page.locator(f".row[data-id='{taken}'] .gone")).to_be_visible()
    assert (top.bounding_box(), top.locator(".who").inner_text()) == (before, name)
    assert focused(page)
    page.keyboard.press("j")
    assert place(page)[0] == 42
    page.keyboard.press("n")
    expect(page.locator("#list li[aria-posinset='1'] .who")).to_have_text("Zoe")

    # Views, search and what colleagues do, by keyboard alone.
    page.keyboard.press("/")
    page.keyboard.type("name 777")
    page.keyboard.press("Enter")
    expect(page.locator("#list li[aria-setsize='19']").first).to_be_visible()
    assert "q=name+777" in page.url
    expect(page.locator("#pane-who")).to_contain_text("Name 777")
    page.locator("#list .row").first.focus()
    page.keyboard.press("i")
    expect(page.locator("#owner-now")).to_have_text("Yours")
    expect(page.locator(".row[aria-current] .owner")).to_have_text("yours")
    page.keyboard.press("t")
    page.keyboard.type("ask @Ben about this")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notes .called")).to_have_text("@Ben")
    opened = page.locator("#pane-who").inner_text()
    page.keyboard.press("s")
    page.keyboard.press("4")
    expect(page.locator(".toast", has_text="Snoozed")).to_contain_text("until they write again")
    expect(page.locator("#pane-who")).not_to_have_text(opened)
    page.locator(".toast", has_text="Snoozed").get_by_role("button", name="Undo").click()
    expect(page.locator("#list li[aria-setsize='19']").first).to_be_visible()
    page.locator("#list .row").first.focus()
    page.keyboard.press("v")
    expect(page.locator("#views a[aria-current]")).to_contain_text("Mine 1")
    expect(page.locator("#list .row")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"view=mine&draft=\d+$"))  # once the reply is open
    assert page.url.endswith(f"draft={page.locator('#pane').get_attribute('data-id')}")
