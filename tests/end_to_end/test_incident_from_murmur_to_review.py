"""One outage from the first murmur to its review, by the people who work on it, in a real browser.

The shipped day, the real model, the service's own pages and its own table of jobs. Only the clock is the test's: twelve
hours pass while it turns. With ``AMENDS_SHOTS`` set to a folder, a picture of every stage is kept there.
"""

import json
import os
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect, sync_playwright
from playwright.sync_api import Page as Tab
from sqlalchemy import text

from amends.bootstrap import App
from amends.schedule import table
from amends.service import pages_of
from core.accounts import ConsolePublisher
from core.domain import Mention
from core.settings import Brand, Settings
from core.settings import Store as StoreSection
from listener.poll import poll
from listener.sources import Page
from listener.sources.demo import DemoSource
from tests import factories
from tests.browser.conftest import FLAGS
from tests.factories import Clock, Database
from tests.service import wait_for
from tests.webserver import serving

CHROMIUM = "/usr/bin/chromium"
ZONE = ZoneInfo("America/Toronto")
DAY = datetime(2026, 11, 20, tzinfo=ZONE)  # the shipped day begins at 6:30 and fails at 8:05
LOUDEST = DAY + timedelta(hours=8, minutes=16)
HANDLES = ("@northwind", "@northwind.example", "@northwind@mastodon.example", "u/northwind")
ONE_GO = 50  # replies that one run of the sender takes
SHOTS = os.environ.get("AMENDS_SHOTS")


class Fewer:
    """The shipped day with every post until its loudest minutes, and one in nine afterwards."""

    def __init__(self, clock: Clock) -> None:
        self.name = "demo"
        self._whole = DemoSource("demo", minutes=750, clock=clock)  # twelve and a half hours, as long as they are

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        for page in self._whole.fetch(cursor):
            yield Page(tuple(mention for mention in page.mentions if self._kept(mention)), page.cursor)

    def check(self) -> str:
        return self._whole.check()

    def _kept(self, mention: Mention) -> bool:
        return mention.created_at < LOUDEST or zlib.crc32(mention.external_id.encode()) % 9 == 0


class Day:
    """The service on that day, and a person at its pages."""

    def __init__(self, folder: Path, tab: Tab) -> None:
        self.clock = Clock((DAY + timedelta(hours=6, minutes=30)).astimezone(UTC))
        self.sent = folder / "sent.jsonl"
        self.app = App(
            Settings(
                brand=Brand(
                    name=factories.BRAND, handles=HANDLES, languages=("en", "fr", "es"), time_zone="America/Toronto"
                ),
                store=StoreSection(url=f"sqlite:///{folder}/amends.db"),
                publishers={"console": ConsolePublisher(kind="console", path=str(self.sent))},
            ),
            self.clock,
        )
        self.source = Fewer(self.clock)
        self.jobs = table(self.app, lambda: False)
        self.tab = tab
        self.url = ""
        Database(self.app.store, self.clock).user("Lena", "lead")

    def until(self, hour: int, minute: int) -> None:
        """The clock goes on to a time of the day: what appeared is heard, and every job of the schedule runs."""
        self.clock.now = (DAY + timedelta(hours=hour, minutes=minute)).astimezone(UTC)
        brand = self.app.settings.brand
        poll(
            self.source, store=self.app.store, brand=brand.name, handles=brand.handles, wanted=self.app.wanted,
            clock=self.clock,
        )  # fmt: skip
        self.work()

    def work(self, seconds: float = 15) -> None:
        """A moment later: long enough for the undo time to be over."""
        self.clock.forward(seconds=seconds)
        for job in self.jobs:
            job.run()

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.app.store.read() as db:
            return [tuple(row) for row in db.execute(text(sql))]

    def count(self, sql: str) -> int:
        return int(str(self.rows(sql)[0][0]))

    # --- at the pages ------------------------------------------------------------------------------------------

    def see(self, path: str, picture: str = "") -> str:
        """Opens a page, a second after what was done last; returns what a person reads on it."""
        self.clock.forward(seconds=1)
        self.tab.goto(self.url + path)
        if picture and SHOTS:
            self.tab.wait_for_timeout(700)  # until charts are drawn
            self.tab.screenshot(path=f"{SHOTS}/{picture}.png", full_page=True)
        return re.sub(r"\s+", " ", self.tab.locator("main").inner_text())

    def log_in(self) -> None:
        self.tab.goto(self.url + "/login")
        self.tab.fill("#name", "Lena")
        self.tab.fill("#password", factories.PASSWORD)
        self.tab.click("button.primary")
        self.tab.wait_for_url("**/queue")

    def write(self, fact: str, words: str) -> None:
        """Fills one fact in, on the open incident page."""
        self._form(self.tab.locator("details", has=self.tab.locator(f"#text-{fact}")), {"text": words})
        expect(self.tab.locator(f"#fact-{fact} .said").first).to_have_text(words)

    def fill(self, form: str, **fields: str) -> None:
        """Fills a form of the aside in and saves it; ``form`` is the end of its address."""
        inside = self.tab.locator(f'form[action$="/{form}"]')
        self._form(self.tab.locator("details", has=inside), fields)

    def _form(self, box: Locator, fields: dict[str, str]) -> None:
        box.locator("summary").click()
        for name, value in fields.items():
            box.locator(f"[name={name}]").fill(value)
        with self.tab.expect_navigation():
            box.get_by_role("button", name="Save", exact=True).click()

    def mark(self, **states: str) -> None:
        """How far parts are back, by their label."""
        box = self.tab.locator("#parts details")
        box.locator("summary").click()
        for label, state in states.items():
            box.get_by_label(label).select_option(label=state)
        with self.tab.expect_navigation():
            box.get_by_role("button", name="Save").click()

    def press(self, button: str) -> None:
        """One of the steps of the status."""
        with self.tab.expect_navigation():
            self.tab.locator(".moves").get_by_role("button", name=button, exact=True).click()

    def approve(self, *, keys: int = 0) -> int:
        """Approves what waits and passes the gate: the first ``keys`` with the keyboard, the rest over HTTP."""
        self.work()  # drafts rest on the newest facts
        self.see("/queue", "queue" if keys else "")
        for _ in range(keys):
            here = self.tab.locator("#pane").get_attribute("data-id") or ""
            self.tab.locator("#pane [data-act=approve]:enabled").wait_for()
            self.tab.keyboard.press("a")
            expect(self.tab.locator("#pane")).not_to_have_attribute("data-id", here)
            kept = f"SELECT count(*) FROM drafts WHERE id = {int(here)} AND status = 'approved'"
            wait_for(lambda kept=kept: self.count(kept), 20, "the approval")  # the page goes on before it is kept
        token = self.tab.locator("meta[name=csrf]").get_attribute("content") or ""
        done = keys
        for number, version, words in self.rows("SELECT id, version, text FROM drafts WHERE status = 'waiting'"):
            answer = self.tab.request.post(
                f"{self.url}/queue/{number}/approve",
                data={"version": version, "text": words},
                headers={"x-csrf-token": token, "origin": self.url},
            )
            # 422: the gate blocks this one; 409: it was written before the incident was open, a new one is on its way
            assert answer.status in (200, 409, 422), answer.text()
            done += answer.status == 200
        return done

    def outside(self) -> str:
        """What the public reads on /status, fresh: a browser may keep the page for some seconds."""
        self.tab.goto(self.url + "/status")
        self.tab.reload()
        return re.sub(r"\s+", " ", self.tab.locator("main").inner_text())


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-CA")
        tab.set_default_timeout(20_000)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        day = Day(tmp_path, tab)
        with serving(pages_of(day.app, None)) as day.url:
            yield day
            tab.goto("about:blank")  # a page that stays open would rightly complain that the service is gone
        browser.close()
        day.app.store.close()
    assert [line for line in complaints if "status of 422" not in line] == []  # an answer that the pages explain


@pytest.mark.timeout(240)
def test_an_outage_from_the_first_murmur_to_its_review(day: Day) -> None:
    suspected(day)
    confirmed(day)
    answered(day)
    overdue_and_kept(day)
    partly_back(day)
    over(day)
    reviewed(day)


def suspected(day: Day) -> None:
    """A quiet morning; then first murmurs, and the detector opens an alarm. Nothing is said of it in public."""
    for hour, minute in ((6, 30), (7, 30), (8, 4)):
        day.until(hour, minute)
    day.log_in()
    assert "No incident so far" in day.see("/incidents")
    assert "No incident is open" in day.see("/frontline")
    minute = 5
    while not day.count("SELECT count(*) FROM incidents"):
        minute += 1
        assert minute < 20, "nobody heard the outage"
        day.until(8, minute)
    assert day.rows("SELECT status, opened_by FROM incidents") == [("suspected", "detector")]
    day.work()
    assert "Suspected incident" in day.see("/alarms", "alarms-suspected")
    assert "Confirm or dismiss it" in day.see("/incidents", "incidents-suspected")
    assert "This incident is not open" in day.see("/incidents/1/frontline")
    assert "No known problem" in day.outside()


def confirmed(day: Day) -> None:
    """One key confirms it. The facts are filled in, and what is not known is said to be unknown."""
    words = day.see("/incidents/1", "incident-suspected")
    assert "Suspected, not confirmed" in words
    with day.tab.expect_navigation():
        day.tab.keyboard.press("c")
    assert day.rows("SELECT status, title FROM incidents") == [("investigating", "Outage")]
    day.work()
    words = day.outside()
    assert "Outage" in words
    assert "Suspected" not in words
    assert "We have not set a time for the next update yet" in words

    day.see("/incidents/1")
    what = {"title": "Calls and mobile data down", "components": "calls, mobile data", "regions": "Ontario, Québec"}
    day.fill("sheet", **what)
    day.write("scope", "Calls and mobile data do not work for many customers in cities in Ontario and Québec.")
    day.write("next_step", "Our network teams are looking for the cause.")
    day.fill("next-update", next_update_at="2026-11-20T09:15")
    day.see("/incidents/1", "incident-investigating")
    day.work()
    words = day.outside()
    assert "Calls and mobile data do not work" in words
    assert "9:15" in words or "09:15" in words
    assert "Calls and mobile data do not work" in day.see("/frontline", "frontline-investigating")


def answered(day: Day) -> None:
    """Replies rest on the facts; a person approves them, and exactly those bytes go out, each once."""
    day.until(8, 40)
    assert day.count("SELECT count(*) FROM drafts WHERE status = 'waiting' AND incident_id = 1") > 10
    approved = day.approve(keys=2)
    assert approved > 10
    for _ in range(approved // ONE_GO + 1):
        day.work()
    sent = [json.loads(line)["text"] for line in day.sent.read_text().splitlines()]
    assert sorted(sent) == sorted(str(row[0]) for row in day.rows("SELECT text FROM approvals"))
    assert len(sent) == approved
    day.work()
    assert "Next update" in day.see("/promises", "promises-open")
    assert day.count("SELECT count(*) FROM promise_words WHERE approval_id IS NOT NULL") > 0
    day.see("/journey?incident=1", "journey")
    day.see("/promotions", "promotions")
    assert day.count("SELECT count(*) FROM promotion_holds WHERE released_at IS NULL") == 1


def overdue_and_kept(day: Day) -> None:
    """The promised time passes: an alarm. The update comes, and the promise counts as kept."""
    day.until(9, 20)
    assert "Promised update is overdue" in day.see("/alarms", "alarms-overdue")
    assert "Overdue" in day.see("/promises", "promises-overdue")
    assert "The update we promised for" in day.outside()
    day.see("/incidents/1")
    expect(day.tab.locator("#bar .overdue")).to_be_visible()
    day.write("cause", "A change we made overnight stopped equipment that connects phones.")
    day.fill("next-update", next_update_at="2026-11-20T10:45")
    day.press("Cause is identified")
    day.work()
    day.work()
    assert "the update came" in day.see("/promises?show=kept", "promises-kept")
    assert "overdue" not in day.see("/alarms").partition("Taken on, or over")[0]
    assert "This says that the cause is not known, but the sheet names it" in day.see("/incidents/1", "incident-doubt")
    day.write("next_step", "We are undoing the change, city by city.")
    assert "the sheet names it" not in day.see("/incidents/1")
    assert "A change we made overnight" in day.see("/frontline")
    assert "A change we made overnight" in day.outside()
    assert day.approve() > 0


def partly_back(day: Day) -> None:
    """Ontario is back: nobody reads any more that it is down, in replies, in public or on the phone."""
    day.until(10, 30)
    day.see("/incidents/1")
    day.mark(Ontario="Back")
    day.fill("next-update", next_update_at="2026-11-20T12:15")
    day.write("scope", "Calls and mobile data are still down in Québec.")
    day.work()
    assert "Ontario" in day.outside()
    day.see("/frontline", "frontline-partly")
    telling = day.rows("SELECT text FROM drafts WHERE status = 'waiting' AND text LIKE '%down in Ontario%'")
    assert telling == []
    day.see("/incidents/1", "incident-partly")
    day.press("Resolve")
    assert "Québec is still failing" in re.sub(r"\s+", " ", day.tab.locator("main").inner_text())
    assert day.rows("SELECT status FROM incidents") == [("identified",)]


def over(day: Day) -> None:
    """All is back. Everybody who complained is owed a word, once, and gets it after a person approved it."""
    day.until(13, 10)
    day.see("/incidents/1")
    day.press("Fix is in place")
    day.until(14, 55)
    day.see("/incidents/1")
    day.mark(**dict.fromkeys(("calls", "mobile data", "Ontario", "Québec"), "Back"))
    day.write("scope", "Calls and mobile data were down in cities in Ontario and Québec. They are back and have held.")
    day.write("prevention", "Overnight changes wait until a second team has checked each of them.")
    day.work()
    day.approve()  # what still waits for a first answer
    day.see("/incidents/1")
    day.press("Resolve")
    day.until(15, 10)
    day.work()
    owed = dict(
        day.rows("SELECT status, count(*) FROM follow_ups WHERE occasion LIKE 'resolved:%' GROUP BY status")  # type: ignore[arg-type]
    )
    complained = day.count("SELECT count(*) FROM cases WHERE incident_id = 1")
    assert sum(int(str(count)) for count in owed.values()) == complained
    assert "This is resolved" in day.outside()
    day.see("/queue", "queue-followups")
    assert day.approve() > 0
    day.work()
    again = day.count(
        "SELECT count(*) FROM (SELECT target_id FROM deliveries WHERE status = 'sent' GROUP BY target_id, occasion"
        " HAVING count(*) > 1)"
    )
    assert again == 0


def reviewed(day: Day) -> None:
    """The incident is closed for good; the review says when we knew, whom we answered and what we kept."""
    day.until(16, 0)
    day.see("/incidents/1")
    box = day.tab.locator(".moves details", has_text="Close")
    box.locator("summary").click()
    with day.tab.expect_navigation():
        box.get_by_role("button", name="Close for good").click()
    day.work()
    assert "Closed" in day.see("/incidents/1", "incident-closed")
    assert "No known problem" in day.outside()
    assert "No incident is open" in day.see("/frontline")
    words = day.see("/incidents/1/review", "review")
    answered = day.count(
        "SELECT count(DISTINCT m.case_id) FROM deliveries d JOIN approvals a ON a.id = d.approval_id"
        " JOIN drafts f ON f.id = a.draft_id JOIN mentions m ON m.id = f.mention_id JOIN cases c ON c.id = m.case_id"
        " WHERE d.status = 'sent' AND c.incident_id = 1"
    )
    figures = dict(
        zip(
            day.tab.locator(".figures dt").all_inner_texts(),
            day.tab.locator(".figures dd.value").all_inner_texts(),
            strict=True,
        )
    )
    assert figures["Customers answered"] == str(answered)
    knew = re.fullmatch(r"(\d+) min", figures["Until we knew"])
    assert knew, figures
    assert int(knew[1]) < 15
    kept = day.count("SELECT count(*) FROM promises WHERE status = 'kept'")
    assert f"Kept {kept}" in words
    assert kept > 0
    day.see("/money", "money")
