"""The social team's way through the queue, in a real browser: by keyboard, with others, on the phone, in the dark."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    ViewportSize,
    expect,
)

from core.domain import DeliveryStatus, Gone, Target
from core.settings import Responder
from core.store import Store, deliveries, erasing, events, users
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from dashboards import auth
from dashboards.deps import Deps
from responder.publishers import Published
from responder.sending import send_due
from tests import factories
from tests.browser.conftest import PATIENCE
from tests.dashboards.apps import create_app
from tests.factories import Database
from tests.webserver import serving

DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
UNDO = 30.0


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Memory:
    """A publisher that posts into a list."""

    name: str = "console"
    account: str = "console"
    read_lag: float = 0
    posted: list[str] = field(default_factory=list)

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        self.posted.append(text)
        return Published(external_id=key, url=f"https://x.example/{target.external_id}")

    def find(self, text: str, target: Target, *, key: str) -> Published | None:
        return None

    def check(self) -> str:
        return "ok"


@dataclass
class House:
    """The running app, its database, and what the browsers complained about."""

    app: FastAPI
    address: str
    db: Database
    complaints: list[str]
    browser: Browser

    def enter(self, name: str = "Ana", *, viewport: ViewportSize | None = None, dark: bool = False) -> Page:
        """A new browser context, signed in (not through the form: that has its own tests) and on the queue."""
        size = viewport or DESKTOP
        context: BrowserContext = self.browser.new_context(
            viewport=size, color_scheme="dark" if dark else "light", has_touch=size == PHONE, is_mobile=size == PHONE
        )
        context.add_cookies([{"name": auth.cookie_name(self._deps), "value": self._session(name), "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.goto(self.address + "/queue")
        page.locator("body[data-ready]").wait_for()
        return page

    @property
    def _deps(self) -> Deps:
        deps: Deps = self.app.state.deps
        return deps

    def _session(self, name: str) -> str:
        with self._deps.store.read() as session:
            user = users.by_name(session, users.key_of(name))
        assert user
        return auth.start_session(self._deps, auth.proved(user), old_token=None, user_agent="test")

    def _note(self, message: ConsoleMessage) -> None:
        # The browser itself writes a line for every 409; that answer is part of the design.
        if message.type in ("error", "warning") and "409 (Conflict)" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def draft(self, name: str, text: str = "", **values: object) -> int:
        mention = self.db.mention(f"@northwind {name} says: no data since nine", author=name.lower(), author_name=name,
                                  created_at=now() - timedelta(minutes=9 - self.db.count))  # fmt: skip
        return self.db.draft(mention, text or f"Answer for {name}. Next update 11:30.", **values)

    def tell(self, draft_id: int, action: str = "draft.written") -> None:
        with self.db.store.begin() as session:
            events.tell(session, "draft", now=now(), draft_id=draft_id, action=action, by="amends")

    def row(self, draft_id: int) -> DraftRow:
        with self.db.store.read() as session:
            return session.get_one(DraftRow, draft_id)


@pytest.fixture
def house(tmp_path: Path, browser: Browser) -> Iterator[House]:
    store: Store = factories.new_store(tmp_path)
    db = Database(store, now)
    db.user("Ana", "approver")
    db.user("Ben", "approver")
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


def selected(page: Page) -> str:
    return page.locator(".row[aria-current] .who").inner_text()


def test_a_shift_by_keyboard(house: House) -> None:
    ids = [house.draft(name) for name in ("Ada", "Bob", "Cyd", "Dee")]
    page = house.enter()
    expect(page).to_have_title("(4) Queue · Amends")
    for key, name in (("j", "Bob"), ("j", "Cyd"), ("k", "Bob"), ("k", "Ada"), ("k", "Ada")):
        page.keyboard.press(key)
        expect(page.locator("#pane-who")).to_contain_text(name)
        assert selected(page) == name
    page.keyboard.press("e")
    expect(page.locator("#edit-text")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" aejkru?")  # keys are letters while somebody types
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply")).to_have_text("Answer for Ada. Next update 11:30. aejkru?")
    assert house.row(ids[0]).version == 2
    page.keyboard.press("a")
    expect(page.locator("#pane-who")).to_contain_text("Bob")
    expect(page.locator(".row:has-text('Ada')")).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("Approved: Ada")
    expect(page.locator(".toast .left")).to_contain_text("goes out in")
    expect(page).to_have_title("(3) Queue · Amends")
    page.keyboard.press("u")
    expect(page.locator("#pane-who")).to_contain_text("Ada")
    expect(page.locator(".toast")).to_have_count(0)
    assert house.row(ids[0]).status == "waiting"
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#reasons")).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator("#pane-who")).to_contain_text("Cyd")
    expect(page.locator(".row:has-text('Bob')")).to_be_hidden()
    expect(page.locator(".toast", has_text="Rejected: Bob")).to_be_visible()
    assert (house.row(ids[1]).status, house.row(ids[1]).reason) == ("rejected", "Wrong facts")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("a")  # not while the help is open
    page.keyboard.press("Escape")
    assert house.row(ids[2]).status == "waiting"
    assert page.evaluate("document.activeElement !== document.body")


def test_an_approval_goes_out_as_shown_and_says_so(house: House) -> None:
    text = "First line\n\nsecond \U0001f469\u200d\U0001f469\u200d\U0001f467 line  "
    house.draft("Ada", text)
    page = house.enter()
    page.keyboard.press("a")
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#empty h2")).to_have_text("No reply is waiting.")
    expect(page.locator(".toast .left")).to_be_visible()
    publisher = Memory()
    send_due(house.db.store, {"console": publisher}, clock=lambda: now() + timedelta(seconds=UNDO + 1))
    expect(page.locator(".toast")).to_contain_text("Sent: Ada")
    assert publisher.posted == [text]
    page.goto(house.address + "/queue/sent")
    expect(page.locator(".sendings li")).to_contain_text("Sent")
    expect(page.get_by_role("link", name="see our reply")).to_be_visible()


def test_focus_and_escape_and_a_kept_edit(house: House) -> None:
    house.draft("Ada")
    house.draft("Bob")
    page = house.enter()
    page.keyboard.press("e")
    page.fill("#edit-text", "Half a thought that costs $40")
    expect(page.locator("#edit-findings")).to_contain_text("No amount stands in the fact sheet")
    expect(page.locator("#count")).to_have_text("29 of 280")
    page.keyboard.press("Escape")
    expect(page.locator("#edit")).to_be_hidden()
    expect(page.locator("#notices")).to_contain_text("Your edit is kept on this device")
    page.reload()
    page.locator("body[data-ready]").wait_for()
    expect(page.locator("#notices")).to_contain_text("not saved")
    page.keyboard.press("e")
    expect(page.locator("#edit-text")).to_have_value("Half a thought that costs $40")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply mark.block")).to_have_text("$")
    expect(page.locator("[data-act=approve]")).to_be_disabled()
    expect(page.locator("#obstacle")).to_contain_text("Edit it to go on")
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("gate blocks")
    expect(page.locator("#pane-who")).to_contain_text("Ada")


def test_a_key_held_down_approves_one(house: House) -> None:
    for name in ("Ada", "Bob", "Cyd"):
        house.draft(name)
    page = house.enter()
    for _ in range(5):
        page.keyboard.down("a")  # without an up between: what a held key sends
    page.keyboard.up("a")
    expect(page.locator("#pane-who")).to_contain_text("Bob")
    expect(page.locator(".toast")).to_have_count(1)


def test_approving_what_waits_no_more_says_why_not(house: House) -> None:
    draft = house.draft("Ada")
    with house.db.store.begin() as session:
        session.get_one(DraftRow, draft).status = "superseded"
    page = house.enter()
    page.goto(f"{house.address}/queue?draft={draft}")
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_contain_text("It is not waiting any more")
    page.keyboard.press("?")
    page.set_viewport_size(PHONE)
    expect(page.locator(".keys kbd").first).to_be_visible()


def test_arrivals_wait_at_the_top_and_move_nothing(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    new = [house.draft(name, priority=90) for name in ("Zoe", "Yan")]
    for draft in new:
        house.tell(draft)
    expect(page.locator("#arrivals")).to_have_text("2 new ↑")
    expect(page).to_have_title("(3) Queue · Amends")
    expect(page.locator(".row")).to_have_count(1)
    assert selected(page) == "Ada"
    page.keyboard.press("n")
    expect(page.locator(".row")).to_have_count(3)
    assert page.locator(".row .who").all_inner_texts() == ["Zoe", "Yan", "Ada"]
    expect(page.locator("#arrivals")).to_be_hidden()
    assert selected(page) == "Ada"
    assert page.evaluate("document.activeElement.classList.contains('row')")


def test_what_arrives_while_another_check_is_under_way_is_not_lost(house: House) -> None:
    """A check that fails is made again, and the list drawn meanwhile takes nothing away."""
    house.draft("Ada")
    page = house.enter()
    asked: list[str] = []

    def fail_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            route.continue_()
            return
        house.tell(house.draft("Yan", priority=90))  # comes while the first check is under way
        route.fulfill(status=503, json={"message": "busy"})

    page.route("**/queue/among*", fail_once)
    house.tell(house.draft("Zoe", priority=90))
    expect(page.locator("#arrivals")).to_have_text("2 new ↑")
    house.complaints.clear()  # the browser's line about the 503


def test_what_arrives_while_the_list_is_drawn_anew_is_not_lost(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    house.tell(house.draft("Zoe", priority=90))
    expect(page.locator("#arrivals")).to_have_text("1 new ↑")

    def late(route: Route) -> None:
        answer = route.fetch()  # what stood there before the next one arrived
        house.tell(house.draft("Yan", priority=90))
        page.wait_for_timeout(1000)  # the page hears of it while its own question waits for this answer
        route.fulfill(response=answer)

    page.route("**/queue/order*", late)
    page.keyboard.press("n")
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("#arrivals")).to_have_text("1 new ↑")


def test_the_first_reply_appears_by_itself_in_an_empty_queue(house: House) -> None:
    page = house.enter()
    expect(page.locator("#empty")).to_be_visible()
    house.tell(house.draft("Ada"))
    expect(page.locator("#pane-who")).to_contain_text("Ada")
    page.keyboard.press("a")
    expect(page.locator("#empty")).to_be_visible()


def unknown(house: House) -> None:
    """A reply to Ada that may or may not have gone out."""
    with house.db.store.begin() as session:
        deliveries.move(session, 1, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING)
        deliveries.move(session, 1, expect=DeliveryStatus.SENDING, to=DeliveryStatus.UNKNOWN, problem="no answer came")
        events.tell(session, "delivery", now=now(), delivery_id=1, draft_id=1, status="unknown")


def test_an_unknown_delivery_is_settled_on_the_page(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    page.keyboard.press("a")
    expect(page.locator(".toast .left")).to_be_visible()
    unknown(house)
    expect(page.locator(".toast")).to_contain_text("May or may not have gone out: Ada")
    page.get_by_role("link", name="See").click()
    page.get_by_role("button", name="It is there", exact=True).click()
    expect(page.locator(".sendings")).not_to_contain_text("May or may not")
    assert house.row(1).status == "done"


def test_a_button_pressed_before_the_scripts_run_is_not_lost(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    page.keyboard.press("a")
    expect(page.locator(".toast .left")).to_be_visible()
    unknown(house)
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/js/sent.*", hold)
    page.goto(house.address + "/queue/sent", wait_until="commit")
    page.get_by_role("button", name="It is there", exact=True).click()
    assert "May or may not" in page.locator(".sendings").inner_text()
    page.wait_for_timeout(100)
    for each in late:
        each.continue_()
    expect(page.locator(".sendings")).not_to_contain_text("May or may not")


def test_a_button_held_down_is_not_replaced_under_the_finger(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    page.keyboard.press("a")
    expect(page.locator(".toast .left")).to_be_visible()
    unknown(house)
    page.goto(house.address + "/queue/sent")
    page.get_by_role("button", name="It is there", exact=True).hover()
    page.mouse.down()
    page.evaluate("document.dispatchEvent(new CustomEvent('amends:draft', { detail: {} }))")
    page.wait_for_timeout(1000)
    page.mouse.up()
    expect(page.locator(".sendings")).not_to_contain_text("May or may not")


def test_what_was_taken_down_is_corrected_and_goes_out_in_other_words(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    page.keyboard.press("a")
    publisher, after = Memory(), lambda: now() + timedelta(seconds=UNDO + 1)
    expect(page.locator(".toast .left")).to_be_visible()
    send_due(house.db.store, {"console": publisher}, clock=after)
    with house.db.store.begin() as session:
        reply = session.get_one(DeliveryRow, 1)
        reply.taken_down_at, reply.taken_down = now(), "wrong time"
    page.goto(house.address + "/queue/sent")
    page.get_by_role("button", name="Write a corrected reply").click()
    expect(page.locator("#taken-down")).to_have_text("Our reply was taken down: wrong time")
    page.locator("body[data-ready]").wait_for()  # of the queue: the page before was ready, too
    expect(page.locator("#obstacle")).to_contain_text("These words were taken down from this post")
    expect(page.locator("[data-act=approve]")).to_be_disabled()
    page.keyboard.press("e")
    page.fill("#edit-text", "Sorry: the next update comes at 12:30.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply")).to_have_text("Sorry: the next update comes at 12:30.")
    page.keyboard.press("a")
    expect(page.locator(".toast .left")).to_be_visible()
    send_due(house.db.store, {"console": publisher}, clock=after)
    assert publisher.posted == ["Answer for Ada. Next update 11:30.", "Sorry: the next update comes at 12:30."]


def test_a_promised_time_that_has_passed_stops_the_approval(house: House) -> None:
    incident = house.db.incident(next_update_at=now() - timedelta(minutes=5))
    house.draft("Ada", incident_id=incident, sheet_version=1, facts_used=["next_update_at"])
    page = house.enter()
    expect(page.locator("#obstacle")).to_contain_text("The update time this promises has passed")
    expect(page.locator("[data-act=approve]")).to_be_disabled()


def test_hostile_words_stay_words(house: House) -> None:
    text = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    house.db.draft(
        house.db.mention(text, author_name=text, author="m"),
        text,
        findings=[{"check": "x", "level": "warn", "start": 0, "end": 4, "message": text}],
    )
    page = house.enter()
    page.on("dialog", lambda dialog: house.complaints.append(f"dialog: {dialog.message}"))
    expect(page.locator(".mention")).to_have_text(text)
    page.hover(".reply mark")
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.locator("#reply")).to_have_text(text)


def test_the_list_loads_on_scroll(house: House) -> None:
    for number in range(130):
        house.db.draft(house.db.mention(author=f"a{number}", author_name=f"Name {number}"))
    page = house.enter()
    expect(page.locator("#list li[aria-setsize='130']").first).to_be_visible()
    page.locator("#list").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(page.locator("#list li[aria-posinset='130'] .who")).not_to_be_empty()
    assert page.locator(".row").count() < 60


def test_earlier_posts_of_a_long_case_come_in_above(house: House) -> None:
    case = house.db.case("eve")
    made = [
        house.db.mention(
            f"post {number}.", case_id=case, author="eve", created_at=now() - timedelta(minutes=90 - number)
        )
        for number in range(70)
    ]
    house.db.draft(made[-1])
    page = house.enter()
    said = page.locator("#history .said")
    expect(said).to_have_count(30)
    first = page.locator("#history li", has_text="post 39.")
    first.scroll_into_view_if_needed()
    before = first.bounding_box()
    page.keyboard.press("d")
    expect(said).to_have_count(60)
    assert first.bounding_box() == before
    page.keyboard.press("d")
    expect(said).to_have_count(69)
    expect(page.locator("[data-act=earlier]")).to_have_count(0)
    assert said.first.inner_text() == "post 0."
    assert first.bounding_box() == before


def test_the_phone_goes_list_pane_list(house: House) -> None:
    for name in ("Ada", "Bob"):
        house.draft(name)
    page = house.enter(viewport=PHONE)
    expect(page.locator("#pane")).to_be_hidden()
    page.locator(".row", has_text="Bob").tap()
    expect(page.locator("#pane-who")).to_contain_text("Bob")
    expect(page.locator("#list")).to_be_hidden()
    page.go_back()
    expect(page.locator("#list")).to_be_visible()
    page.locator(".row", has_text="Ada").tap()
    page.get_by_role("button", name="Approve").tap()
    expect(page.locator("#pane-who")).to_contain_text("Bob")
    expect(page.locator(".toast")).to_contain_text("Approved: Ada")
    page.locator(".toast button").tap()
    expect(page.locator("#pane-who")).to_contain_text("Ada")
    for act in page.locator(".desk-acts button:visible").all():
        box = act.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"] - 16, act.inner_text()
    for control in page.locator("#decision button:visible, nav a:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    page.goto(page.url.partition("?")[0] + "?q=nobody")
    expect(page.get_by_text("No reply fits this view")).to_be_in_viewport()


def test_the_views_out_of_sight_stand_in_a_menu(house: House) -> None:
    house.draft("Ada")
    page = house.enter()
    menu, chosen = page.locator("#more-views summary"), page.locator("#views a[aria-current]")
    expect(menu).to_have_text("More")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#more-views a", has_text="Unassigned")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#more-views a").first).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    page.locator("#more-views a", has_text="Unassigned").click()
    expect(menu).to_have_text("Unassigned 1")
    expect(chosen).to_be_hidden()
    page.keyboard.press("V")
    expect(chosen).to_contain_text("Safety 0")
    expect(menu).to_have_text("More")


@pytest.mark.parametrize(("viewport", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop light", "phone dark"])
def test_axe_finds_nothing(house: House, viewport: ViewportSize, dark: bool) -> None:
    incident = house.db.incident(next_update_at=now() - timedelta(minutes=5))
    case = house.db.case("eve")
    house.db.mention("Earlier words", case_id=case, author="eve", created_at=now() - timedelta(hours=1))
    house.db.mention("Later words", case_id=case, author="eve", created_at=now() + timedelta(seconds=1))
    blocked = [
        {"check": "figures", "level": "block", "start": 0, "end": 2, "message": "No amount stands in the sheet."}
    ]
    alone = house.db.mention("My mother is alone", case_id=case, author="eve", reading={"impact": "safety"})
    house.db.draft(alone, "$4 is on us.", findings=blocked, persona="safety", priority=90)
    house.draft("Ada", incident_id=incident, sheet_version=1)
    house.draft("Bob", incident_id=incident, sheet_version=1)
    gone = house.draft("Cyd")
    with house.db.store.begin() as session:
        erasing.erase(session, [house.row(gone).mention_id], why=Gone.DELETED, actor="amends", now=now())
    page = house.enter(viewport=viewport, dark=dark)
    _clean(page, "list")
    page.locator(".row").first.click()
    expect(page.locator(".pane .block")).to_have_count(2)
    page.get_by_role("button", name="Reject").click()
    _clean(page, "pane")
    page.get_by_role("button", name="Edit").click()
    expect(page.locator("#edit-findings li")).to_have_count(1)
    _clean(page, "edit")
    page.keyboard.press("Escape")
    page.goto(house.address + "/queue?draft=2")
    page.locator("body[data-ready]").wait_for()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".toast")).to_have_count(1)
    _clean(page, "toast")
    page.goto(house.address + "/queue/sent")
    _clean(page, "sent")
    page.goto(f"{house.address}/queue?draft={gone}")
    page.locator("body[data-ready]").wait_for()
    expect(page.locator("#said")).to_contain_text("This post was deleted by its author")
    _clean(page, "gone")
    page.context.clear_cookies()
    page.goto(house.address + "/login")
    _clean(page, "login")


def _clean(page: Page, where: str) -> None:
    result = Axe().run(page)
    found = [
        f"{where}: {fault['id']}: {fault['nodes'][0]['html'][:160]} {fault['nodes'][0]['failureSummary']}"
        for fault in result.response["violations"]
    ]
    assert found == []
