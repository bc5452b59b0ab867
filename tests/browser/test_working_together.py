"""Several people on one queue, each with a browser of their own: they see each other, nothing is lost or done twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.settings import Responder
from core.store import Store
from tests import factories
from tests.browser.test_queue import UNDO, House, now
from tests.dashboards.apps import create_app
from tests.factories import Database
from tests.webserver import serving


@pytest.fixture
def house(tmp_path: Path, browser: Browser) -> Iterator[House]:
    store: Store = factories.new_store(tmp_path)
    db = Database(store, now)
    for name, role in (("Ana", "approver"), ("Ben", "approver"), ("Lena", "lead")):
        db.user(name, role)
    settings = factories.settings().model_copy(update={"responder": Responder(undo_seconds=UNDO)})
    app = create_app(factories.deps(store, clock=now, settings=settings))
    complaints: list[str] = []
    with serving(app) as address:
        yield House(app, address, db, complaints, browser)
        for context in browser.contexts:
            context.close()
    store.close()
    assert complaints == []
    assert app.state.csp_reports.count == 0


def at(page: Page, name: str) -> None:
    expect(page.locator("#pane-who")).to_contain_text(name)


def test_three_people_on_one_reply(house: House) -> None:
    ids = [house.draft(name) for name in ("Ada", "Bob", "Cyd")]
    ana, ben, lena = (house.enter(name) for name in ("Ana", "Ben", "Lena"))
    # Who looks and who edits stands in list and pane of everybody.
    expect(ana.locator(".row:has-text('Ada') .here")).to_have_text("Ben, Lena looking")
    expect(lena.locator("#pane .here-now")).to_have_text("Ana, Ben are looking at it.")
    ben.keyboard.press("e")
    for page in (ana, lena):
        expect(page.locator(".row:has-text('Ada') .here")).to_contain_text("Ben editing")
        expect(page.locator("#pane .here-now")).to_contain_text("Ben is editing this reply")
    # An item somebody edits says so before one starts.
    ana.keyboard.press("e")
    expect(ana.locator("#notices")).to_contain_text("Ben is editing this reply. Who saves second sees both texts")
    expect(ana.locator("#edit")).to_be_hidden()
    ana.keyboard.press("e")
    expect(ana.locator("#edit-text")).to_be_focused()
    # Ben saves first: what Ana types stays under her hands, his text stands beside it.
    ana.keyboard.type(" Ana was here")
    ana.keyboard.press("ArrowLeft")
    ben.fill("#edit-text", "Ben's own words.")
    ben.keyboard.press("Control+Enter")
    expect(ana.locator("#notices")).to_contain_text("Ben changed this reply")
    expect(ana.locator("#reply")).to_have_text("Ben's own words.")
    expect(ana.locator("#reply-whose")).to_have_text("Ben’s text, saved")
    expect(ana.locator("#edit-text")).to_be_focused()
    ana.keyboard.type("_")
    expect(ana.locator("#edit-text")).to_have_value("Answer for Ada. Next update 11:30. Ana was her_e")
    left, right = ana.locator(".present").bounding_box(), ana.locator("#edit").bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    # It is kept on her device for her, over a reload too, and never shown to somebody else there.
    ana.reload()
    ana.locator("body[data-ready]").wait_for()
    expect(ana.locator("#notices")).to_contain_text("the reply was changed since")
    assert ana.evaluate("Object.keys(localStorage)") == [f"amends-edit-Ana-{ids[0]}"]
    expect(ana.locator("#pane .here-now")).to_have_text("Ben, Lena are looking at it.")
    ana.keyboard.press("e")
    expect(ana.locator("#reply")).to_have_text("Ben's own words.")
    expect(ana.locator("#edit-text")).to_have_value("Answer for Ada. Next update 11:30. Ana was her_e")
    # What she does in between is seen step by step: nobody is told that she edits when she has long saved.
    here = ben.locator("#pane .here-now")
    expect(here).to_contain_text("Ana is editing this reply")
    ana.get_by_role("button", name="Take Ben’s text").click()
    expect(ana.locator("#edit")).to_be_hidden()
    expect(here).to_have_text("Ana, Lena are looking at it.")
    ana.get_by_role("button", name="Bring it back").click()
    expect(here).to_contain_text("Ana is editing this reply")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator("#reply")).to_have_text("Answer for Ada. Next update 11:30. Ana was her_e")
    assert house.row(ids[0]).version == 3
    # One decides; the others see who and what at once, where they are, and their next key works.
    expect(lena.locator("#reply")).to_have_text("Answer for Ada. Next update 11:30. Ana was her_e")
    expect(ben.locator("#reply")).to_have_text("Answer for Ada. Next update 11:30. Ana was her_e")
    expect(here).to_have_text("Ana, Lena are looking at it.")
    ben.keyboard.press("e")
    ben.fill("#edit-text", "Ben's late words")
    lena.keyboard.press("a")
    expect(ben.locator("#notices")).to_contain_text(
        "Your edit was not used. It is kept here and on this device: Ben's late words"
    )
    for page in (ana, ben):
        expect(page.locator("#notices")).to_contain_text("Lena approved this")
        expect(page.locator(".row:has-text('Ada') .gone")).to_have_text("approved by Lena")
        page.keyboard.press("a")  # nothing is left to approve here
        page.keyboard.press("j")
        at(page, "Bob")
    at(lena, "Bob")
    assert house.row(ids[1]).status == "waiting"
    # Both at the same time, without having heard of each other: one wins, the other is told who.
    ben.route(
        "**/approve",
        lambda route: (
            ana.keyboard.press("a"),
            at(ana, "Cyd"),
            ana.locator(".toast .left", has_text="goes out").first.wait_for(),
            route.continue_(),
        ),
    )
    ben.keyboard.press("a")
    expect(ben.locator(".toast.problem")).to_contain_text("Bob: not done. Ana approved this already.")
    expect(ben.locator(".row:has-text('Bob') .gone")).to_have_text("approved by Ana")
    assert house.row(ids[1]).status == "approved"
    at(ben, "Cyd")
    ben.keyboard.press("k")  # what is decided is passed by; the next key finds what waits
    at(ben, "Cyd")
    # Who leaves is gone from the board.
    ana.close()
    lena.keyboard.press("j")
    at(lena, "Cyd")
    expect(ben.locator("#pane .here-now")).to_have_text("Lena is looking at it.")


def test_the_last_word_of_a_page_that_is_left_is_that_it_is_gone(house: House) -> None:
    house.draft("Ada")
    page, said = house.enter("Ana"), []
    page.on("request", lambda sent: said.append(sent.post_data_json) if sent.url.endswith("/presence") else None)
    with page.expect_request(lambda sent: sent.url.endswith("/presence") and sent.post_data_json["editing"]):
        page.keyboard.press("e")
    # As a browser tells a page that it unloads: it goes, and then it is hidden.
    page.evaluate("dispatchEvent(new Event('pagehide')); document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(2500)
    assert said[-1]["draft"] is None
    page.evaluate("dispatchEvent(new Event('pageshow')); document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    assert said[-1]["editing"]


def test_a_batch_and_help_with_the_words_by_keyboard(house: House) -> None:
    incident = house.db.incident(next_update_at=now() + timedelta(hours=1))
    house.db.fact(incident, "next_step", "We are undoing the change region by region.")
    long = (
        "Unfortunately an anticipated modification interrupted considerable sections of our network in Ontario, and we "
        "are progressively undoing everything that it changed there, one region after the other, until all are back."
    )
    ids = [
        house.draft(name, f"{long} {name}.", incident_id=incident, sheet_version=1)
        for name in ("Ada", "Bob", "Cyd", "Dee")
    ]
    ana, ben = house.enter("Ana"), house.enter("Ben")
    # A shorter wording stands beside the present one; nothing is approved until one of them is chosen.
    ana.keyboard.press("f")
    expect(ana.locator("#other .whose")).to_contain_text("Shorter")
    offered = ana.locator("#other .reply").inner_text()
    ana.keyboard.press("a")
    expect(ana.locator(".toast")).to_contain_text("Take the other wording with y")
    clean(ana, "another wording")
    ana.keyboard.press("Escape")
    expect(ana.locator("#other")).to_have_count(0)
    ana.keyboard.press("f")
    ana.locator("#other").wait_for()
    ana.keyboard.press("y")
    expect(ana.locator("#reply")).to_have_text(offered)
    expect(ben.locator("#reply")).to_have_text(offered)
    # A sentence of the playbook goes in at the cursor; the preview marks what the gate points at.
    ana.keyboard.press("e")
    ana.fill("#edit-text", "We owe you $40.")
    ana.keyboard.press("Control+/")
    expect(ana.locator("#sentences")).to_be_focused()
    clean(ana, "sentences")
    picked = ana.locator("#sentences li").nth(1).inner_text()
    ana.keyboard.press("ArrowDown")
    ana.keyboard.press("Enter")
    expect(ana.locator("#edit-text")).to_have_value(f"We owe you $40. {picked}")
    expect(ana.locator("#edit-text")).to_be_focused()
    expect(ana.locator("#preview mark.block")).to_have_text("$")
    expect(ana.locator("#preview h4")).to_have_text("As it appears on X, from console")
    ana.keyboard.press("Escape")
    # Those like the next one, side by side: one left out, one edited, one taken by Ben meanwhile.
    ana.keyboard.press("j")
    at(ana, "Bob")
    ana.keyboard.press("b")
    expect(ana.locator(".card")).to_have_count(3)
    expect(ana.locator("#approve")).to_contain_text("Approve 3")
    clean(ana, "batch")
    ana.keyboard.press("j")
    ana.keyboard.press("x")
    expect(ana.locator("#approve")).to_contain_text("Approve 2")
    ana.keyboard.press("x")
    ana.keyboard.press("k")
    ana.keyboard.press("e")
    expect(ben.locator(".row:has-text('Bob') .here")).to_contain_text("Ana editing")
    ana.locator(".card[aria-current] textarea").fill("Bob, this one is ours.")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator(".card[aria-current] .reply")).to_have_text("Bob, this one is ours.")
    ana.route(
        "**/queue/batch/approve",
        lambda route: (post(ben, f"/queue/{ids[3]}/reject", {"version": 1, "reason": "Wrong tone"}), route.continue_()),
    )
    ana.keyboard.press("a")
    expect(ana.locator("#result")).to_contain_text("2 approved, 1 not:")
    expect(ana.locator("#result li")).to_have_text("Dee: Ben rejected this already.")
    assert [house.row(each).status for each in ids] == ["waiting", "approved", "approved", "rejected"]
    assert house.row(ids[1]).text == "Bob, this one is ours."
    ana.keyboard.press("u")
    expect(ana.locator("#result")).to_contain_text("2 taken back.")
    assert [house.row(each).status for each in ids] == ["waiting", "waiting", "waiting", "rejected"]
    # Two replies that do not both fit on the screen: the second is shown before it is approved.
    ana.unroute("**/queue/batch/approve")
    ana.set_viewport_size({"width": 390, "height": 500})
    ana.reload()
    ana.locator("body[data-ready]").wait_for()
    expect(ana.locator("#unseen")).to_contain_text("not on the screen yet")
    ana.keyboard.press("a")
    assert house.row(ids[1]).status == "waiting"


def post(page: Page, address: str, body: dict[str, object]) -> None:
    """What somebody decides elsewhere, with the page's own session."""
    page.evaluate(
        """([address, body]) => fetch(address, { method: "POST", body: JSON.stringify(body), headers: {
             "Content-Type": "application/json",
             "X-CSRF-Token": document.querySelector('meta[name=csrf]').content } })""",
        [address, body],
    )


def clean(page: Page, where: str) -> None:
    found = Axe().run(page).response["violations"]
    assert [(where, each["id"], each["nodes"][0]["html"][:160]) for each in found] == []
