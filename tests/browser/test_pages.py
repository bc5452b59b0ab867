"""Every page in a real browser: both themes, both widths, no console error, no CSP report, nothing for axe to say."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.accounts import ConsolePublisher, DemoSource, XSource
from core.settings import Brand, Settings
from core.store import audit, promotions
from core.store.cursors import CursorRow
from core.store.incidents import FactRow
from core.store.promises import PromiseRow, PromiseWordRow
from dashboards import auth
from tests.dashboards.visiting import Visitor, visit
from tests.factories import BRAND

WIDTHS = {"wide": (1440, 900), "phone": (390, 844)}
LOOKS = pytest.mark.parametrize(("width", "theme"), [("wide", "light"), ("phone", "dark")])
OTHER_LOOKS = pytest.mark.parametrize(("width", "theme"), [("wide", "dark"), ("phone", "light")])
"""Each has both themes and both widths, and together they are all there are."""
PAGES = {
    "trends": "/trends",
    "trends of a platform": "/trends?range=7d&platform=x",
    "trends by day": "/trends?range=30d",
    "trends of today": "/trends?range=today",
    "incidents": "/incidents",
    "incident": "/incidents/1",
    "alarm": "/incidents/3",
    "new incident": "/incidents/new",
    "import": "/incidents/import",
    "journey map": "/journey",
    "journey of an incident": "/journey?incident=1",
    "cell of the map": "/journey/anger.work",
    "sources": "/sources",
    "audit": "/audit",
    "public status": "/status",
    "promises": "/promises",
    "kept promises": "/promises?show=kept",
    "promises taken back": "/promises?show=withdrawn",
    "front line": "/frontline",
    "promotions": "/promotions",
}
LONG = "Roaming fails after crossing the border at Niagara Falls, Windsor and Sarnia for prepaid customers with an eSIM"
SETTINGS = Settings(
    brand=Brand(name=BRAND, handles=("@northwind",), languages=("en", "fr", "es"), time_zone="America/Toronto"),
    sources={"demo": DemoSource(kind="demo"), "x-search": XSource(kind="x")},
    publishers={"console": ConsolePublisher(kind="console")},
)


@dataclass
class Site:
    address: str
    visitor: Visitor


def fill(visitor: Visitor) -> None:
    """A bad day: long names, right-to-left, a failing source, many decisions."""
    rows, now = visitor.rows, visitor.clock()
    made = rows.incident(started_at=now - timedelta(hours=6))
    rows.incident(title=LONG, status="monitoring", next_update_at=now - timedelta(minutes=14))
    rows.incident(title="انقطاع الخدمة في مونتريال", status="suspected", next_update_at=None)
    rows.incident(title="Voicemail", status="closed", closed_at=now - timedelta(days=9), next_update_at=None)
    rows.fact(made, "scope", "Mobile data is down in Ontario. " * 12)
    rows.fact(made, "cause", "خطأ في الإعدادات 📵 <b>not bold</b>")
    rows.fact(made, "cause.fr", "Une erreur de configuration.")
    rows.timeline(made, "investigating → identified; cause; cause.fr")
    place = {"incident_id": made, "stage": "anger", "persona": "work"}
    rows.draft(rows.mention(case_id=rows.case("kim", **place), author="kim", source="demo"), incident_id=made)
    for author in ("ليلى", "b" * 60):
        rows.mention(case_id=rows.case(author, **place), author=author, source="demo")
    for author in ("kim", "ليلى", "a" * 60):
        rows.mention(f"{LONG} خطأ 📵 " * 3, author=author, source="demo", status="failed")
    for hour in range(48):
        visitor.mentions(2 + hour % 5, hours_ago=hour, outage=hour < 7, angry=hour < 7)
        visitor.mentions(3, hours_ago=hour, platform="reddit", sentiment=("neutral", "positive")[hour % 2])
    with visitor.deps.store.begin() as db:
        for number, (text, minutes) in enumerate(
            {"We'll call you.": -14, f"{LONG} 📵 سنعاود": 30, "Said.": -60}.items()
        ):
            promise = PromiseRow(
                brand=BRAND, incident_id=made, kind="contact", text=text, owner=LONG[:60], made_at=now, settled_by="Bo",
                due_at=now + timedelta(minutes=minutes), status="kept" if text == "Said." else "open", reason=LONG,
                settled_at=now if text == "Said." else None,
            )  # fmt: skip
            db.add(promise)
            db.flush()
            db.add(
                PromiseWordRow(promise_id=promise.id, source="fact:1", start=number, sentence=text, made_at=now)
            )  # fmt: skip
        hold = promotions.begin(db, brand=BRAND, incident_id=made, reason=LONG, began_by="amends", began_at=now)
        promotions.hold_back(
            db, hold_id=hold, promotion="p" * 80, title=LONG, channel="", scheduled_at=now, asked_at=now
        )  # fmt: skip
        promotions.add_call(
            db, hold_id=hold, event="promotions.hold", url=f"https://a.example/{'b' * 90}", body="{}", not_before=now,
            made_at=now, status="failed", problem="answered 500",
        )  # fmt: skip
        db.add(
            FactRow(incident_id=made, name="compensation", version=2, text="Two days.", safe=False, author="L", at=now)
        )
        db.add(CursorRow(source="demo", cursor={}, polled_at=now, succeeded_at=now, failures=0, problem="", version=1))
        db.add(
            CursorRow(source="x-search", cursor=None, polled_at=now, failures=4, problem="X refused the log-in (401).")
        )
        for number in range(60):
            audit.record(db, actor=LONG[:60], action="draft.approved", subject=f"draft:{number}", now=now, why=LONG)


def serve(visitor: Visitor) -> Iterator[Site]:
    server = uvicorn.Server(
        uvicorn.Config(visitor.client.app, port=0, log_level="error", timeout_graceful_shutdown=1)  # type: ignore[arg-type]
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Site(f"http://127.0.0.1:{port}", visitor)
    visitor.client.app.state.stopping.set()  # type: ignore[attr-defined]
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    visitor = visit(tmp_path_factory.mktemp("full"), "lead", settings=SETTINGS)
    fill(visitor)
    yield from serve(visitor)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serve(visit(tmp_path_factory.mktemp("empty"), "lead"))


@dataclass
class Looked:
    page: Page
    problems: list[str]


def open_page(
    browser: Browser, site: Site, *, theme: str = "light", width: str = "wide", script: bool = True
) -> Looked:
    """A signed-in page that writes down everything a browser complains about."""
    size = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    name = auth.cookie_name(site.visitor.deps)
    context.add_cookies([{"name": name, "value": str(site.visitor.client.cookies[name]), "url": site.address}])
    page, problems = context.new_page(), []
    page.on("console", lambda line: problems.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "response", lambda answer: problems.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    return Looked(page, problems)


def until(page: Page, expression: str) -> None:
    """Waits for a JavaScript expression to be true. (The policy forbids the page what wait_for_function does.)"""
    deadline = time.monotonic() + 15
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def visit_all(browser: Browser, site: Site, theme: str, width: str, paths: dict[str, str]) -> None:
    looked = open_page(browser, site, theme=theme, width=width)
    page = looked.page
    for name, path in paths.items():
        page.goto(site.address + path, wait_until="load")
        page.wait_for_timeout(150)
        if page.locator("#hero").count():
            page.wait_for_selector("#hero svg path", state="attached")
        assert looked.problems == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} is too wide"
        found = [
            (item["id"], [node["html"] for node in item["nodes"]]) for item in Axe().run(page).response["violations"]
        ]
        assert found == [], name
    page.context.close()


@LOOKS
def test_every_page_is_clean(browser: Browser, full: Site, theme: str, width: str) -> None:
    visit_all(browser, full, theme, width, PAGES)


@OTHER_LOOKS
def test_every_empty_page_is_clean(browser: Browser, empty: Site, theme: str, width: str) -> None:
    paths = {name: path for name, path in PAGES.items() if not path.endswith(("/1", "/3", "=1"))}
    visit_all(browser, empty, theme, width, paths)


def test_what_has_the_focus_on_a_phone_is_not_under_the_bar(browser: Browser, full: Site) -> None:
    looked = open_page(browser, full, width="phone")
    page = looked.page
    page.goto(full.address + "/audit")
    under = (
        "(() => { const one = document.activeElement.getBoundingClientRect();"
        " return one.bottom - document.querySelector('.rail').getBoundingClientRect().top })()"
    )
    page.locator(".decisions a").first.focus()
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(under) <= 0
    page.locator("input[type=date]").first.focus()
    assert page.locator("input[type=date]").first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.context.close()


def test_a_promise_is_handed_over_by_keyboard_and_escape_leaves_the_menu(browser: Browser, full: Site) -> None:
    page = open_page(browser, full).page
    page.goto(full.address + "/promises")
    more = page.locator(".acts summary", has_text="More").first
    before = page.locator(".pledges li").nth(1).bounding_box()
    more.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("New owner").first).to_be_visible()
    assert page.locator(".pledges li").nth(1).bounding_box() == before  # nothing below moved
    page.keyboard.press("Escape")
    expect(page.get_by_label("New owner").first).to_be_hidden()
    expect(more).to_be_focused()
    more.press("Enter")
    page.locator("h1").click()
    expect(page.locator(".others").first).to_be_hidden()
    page.context.close()


def test_a_page_that_is_not_there_is_clean(browser: Browser, full: Site) -> None:
    page = open_page(browser, full, width="phone").page
    page.goto(full.address + "/incidents/99", wait_until="load")
    assert page.get_by_role("link", name="Incidents").is_visible()
    assert Axe().run(page).response["violations"] == []
    page.context.close()


def test_the_policy_is_really_watched(browser: Browser, full: Site) -> None:
    """A style in an attribute is complained about: so the silence above means something."""
    looked = open_page(browser, full)
    looked.page.goto(full.address + "/status")
    assert looked.problems == []
    looked.page.evaluate("""document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p>")""")
    looked.page.wait_for_timeout(200)
    assert any("Content Security Policy" in problem for problem in looked.problems)
    looked.page.context.close()


def test_the_chart_tells_on_hover_and_redraws_for_its_window(browser: Browser, full: Site) -> None:
    looked = open_page(browser, full)
    page = looked.page
    page.goto(full.address + "/trends")
    page.wait_for_selector("#hero svg path", state="attached")
    box = page.locator("#hero").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 100)
    until(page, "document.querySelector('#hero svg').textContent.includes('outage anger 2')")
    label = page.locator("#hero").get_attribute("aria-label") or ""
    assert label.startswith("Mentions by sentiment")
    assert "outage anger" in label
    page.set_viewport_size({"width": 800, "height": 900})
    until(page, "document.querySelector('#hero svg').getBoundingClientRect().width < 700")
    page.emulate_media(color_scheme="dark")
    until(page, "[...document.querySelectorAll('#hero svg path')].some((p) => p.getAttribute('fill') === '#4fb3b0')")
    assert looked.problems == []
    page.context.close()


def test_trends_can_be_read_without_javascript(browser: Browser, full: Site) -> None:
    page = open_page(browser, full, script=False).page
    page.goto(full.address + "/trends")
    assert page.locator("tbody tr").count() == 24
    assert page.get_by_text("the table below has every number").is_visible()
    page.context.close()


def test_a_fact_is_changed_in_place_by_keyboard(browser: Browser, full: Site) -> None:
    looked = open_page(browser, full)
    page = looked.page
    page.goto(full.address + "/incidents/1")
    page.locator("#fact-prevention summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("A second pair of eyes on every change.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/1#fact-prevention")
    assert page.locator("#fact-prevention .said").inner_text() == "A second pair of eyes on every change."
    assert looked.problems == []
    page.context.close()


def test_what_is_typed_survives_a_change_by_somebody_else(browser: Browser, full: Site) -> None:
    """A live event redraws the page around an open form, never the form."""
    looked = open_page(browser, full)
    page = looked.page
    page.goto(full.address + "/incidents/1")
    page.locator("#fact-workaround summary").first.click()
    page.fill("#text-workaround", "Half a sent")
    full.visitor.post("/incidents/1/facts", name="next_step", text="Undoing it now.", version="9", safe="yes")
    until(page, "document.querySelector('#fact-next_step .said')?.innerText === 'Undoing it now.'")
    assert page.input_value("#text-workaround") == "Half a sent"
    page.context.close()


def test_an_alarm_is_confirmed_by_one_key_but_never_while_typing(browser: Browser, full: Site) -> None:
    looked = open_page(browser, full)
    page = looked.page
    page.goto(full.address + "/incidents/3")
    page.keyboard.press("d")
    page.wait_for_selector("#dismissed-for:focus")
    page.keyboard.press("c")  # chooses in the list, decides nothing
    page.fill("#reason-dismissed", "cc")
    page.locator("summary[data-key=d]").click()
    page.locator("h1").click()
    assert page.locator(".stands strong").inner_text() == "Suspected, not confirmed"
    page.keyboard.press("c")
    page.wait_for_selector(".stands strong:text-is('Investigating')")
    assert looked.problems == []
    page.context.close()
