"""What was approved together goes along when its approver leaves the page; two cases of one customer by keyboard."""

from playwright.sync_api import expect

from tests.browser.test_queue import House
from tests.browser.test_working_together import at, clean, house

__all__ = ["house"]  # the fixture
WORDS = "Mobile data is down in Ontario, and that is on us. We are undoing the change region by region, for"


def test_a_batch_is_undone_from_the_queue_and_from_any_other_page(house: House) -> None:
    ids = [house.draft(name, f"{WORDS} {name}.") for name in ("Ada", "Bob", "Cyd")]
    ana = house.enter("Ana")
    for leave in ("queue", "audit"):
        ana.goto(f"{house.address}/queue/batch?draft={ids[0]}")
        ana.locator("body[data-ready]").wait_for()
        ana.keyboard.press("a")
        expect(ana.locator("#result")).to_contain_text("3 approved.")
        if leave == "queue":
            ana.keyboard.press("Escape")
            ana.locator("#queue").wait_for()
        else:
            ana.goto(f"{house.address}/audit")
        toast = ana.locator("#toasts .toast").filter(has_text="Approved: 3 replies")
        expect(toast.locator(".left")).to_contain_text("goes out in")
        clean(ana, f"left for {leave}")
        ana.locator("body").press("u")
        expect(ana.locator("#toasts")).to_contain_text("3 taken back")
        assert [house.row(each).status for each in ids] == ["waiting"] * 3
    ana.reload()
    ana.locator("#main").wait_for()
    expect(ana.locator("#toasts .toast")).to_have_count(0)  # undone is undone, also after a reload


def test_two_cases_of_one_customer_by_keyboard(house: House) -> None:
    first = house.draft("Kim")
    post = house.db.mention("Kim again: still no data", author="kim", author_name="Kim", platform="mastodon")
    second = house.db.draft(post, priority=1)
    ana = house.enter("Ana")
    at(ana, "Kim")
    ana.keyboard.press("h")
    expect(ana.locator("#same-search")).to_be_focused()
    expect(ana.locator("#same-found li")).to_contain_text("Mastodon")
    clean(ana, "same customer")
    ana.keyboard.press("Tab")
    ana.keyboard.press("Enter")
    expect(ana.locator("#pane")).to_have_attribute("data-id", str(second))
    expect(ana.locator(".history")).to_contain_text("X)")
    expect(ana.locator("#desk")).to_contain_text("Merged with @kim on Mastodon by Ana")
    assert house.row(first).status == "superseded"
    clean(ana, "merged")
    ana.locator("[data-unmerge]").click()
    expect(ana.locator("#toasts")).to_contain_text("stand for themselves again")
    expect(ana.locator("[data-unmerge]")).to_have_count(0)
    assert house.row(second).status == "waiting"
