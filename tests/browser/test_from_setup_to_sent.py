"""The way of a new team: set-up link → queue → edit → approve by keyboard → undo → approve → sent → trends.

The real service in its own process plays the shipped outage day; the real model reads it; the browser is Chromium.
"""

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.service import Service, wait_for

CONFIG = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
DRAFT_SECONDS = 6
THANKS = {"en": "Thank you for telling us.", "fr": "Merci de nous l'avoir dit.", "es": "Gracias por decírnoslo."}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    # The day in 30 s, drafts at the pace of its facts, and enough time to press undo on a busy machine.
    config = CONFIG.replace("minutes = 2.8", "minutes = 0.5")
    config += f"\n[responder]\nundo_seconds = 8\n[schedule]\ndraft_seconds = {DRAFT_SECONDS}\n"
    (tmp_path / "config.toml").write_text(config)
    with Service(tmp_path) as service:
        yield service.start()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    yield page
    page.close()
    # A 409 or 422 is an answer the pages explain; Chromium notes it as an error all the same.
    assert [line for line in complaints if "status of 409" not in line and "status of 422" not in line] == []


def _selected(page: Page) -> str:
    return page.locator("#pane").get_attribute("data-id") or ""


def _choose_passing(page: Page) -> None:
    """Goes down the list until the gate lets a reply pass."""
    for _ in range(40):
        if page.locator("#pane [data-act=approve]:enabled").count():
            return
        before = _selected(page)
        page.keyboard.press("j")
        expect(page.locator("#pane")).not_to_have_attribute("data-id", before)
    raise AssertionError("no reply can be approved")


def _wait_till_all_is_drafted(service: Service) -> None:
    """Until two passes of the writer have written nothing: a busy machine reads and drafts long after the last post."""
    seen, since = None, time.monotonic()

    def quiet() -> bool:
        nonlocal seen, since
        with closing(sqlite3.connect(service.folder / "var/amends.db", timeout=10)) as db:
            newest = db.execute("SELECT max(id) FROM events WHERE kind = 'draft'").fetchone()
        if newest != seen:
            seen, since = newest, time.monotonic()
        return time.monotonic() - since > 2 * DRAFT_SECONDS + 1

    wait_for(quiet, 90, "the end of drafting")


@pytest.mark.timeout(300)
def test_from_the_set_up_link_to_a_sent_reply(service: Service, page: Page) -> None:
    page.goto(service.url + service.setup_path())
    page.fill("#name", "Ana")
    page.fill("#password", "correct horse battery")
    page.click("button.primary")
    page.wait_for_url("**/queue")
    page.locator("body[data-ready]").wait_for()
    # The day is played out before we choose, so that no new fact takes a draft from under us.
    wait_for(lambda: "resolved" in page.request.get(service.url + "/status").text().lower(), 90, "the end of the story")
    _wait_till_all_is_drafted(service)
    page.reload()
    page.locator("#pane").wait_for()

    _choose_passing(page)
    draft = _selected(page)
    page.keyboard.press("e")
    # In place of its last sentence: the longest drafts have no room for one more.
    last = re.compile(r"(?<=[.!?] )[^.!?]+[.!?]+\s*$")
    thanks = THANKS[page.locator("#edit-text").get_attribute("lang") or ""]
    words = last.sub(thanks, page.locator("#edit-text").input_value())
    assert words.endswith(thanks)
    page.locator("#edit-text").fill(words)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#pane")).to_have_attribute("data-version", "2")
    assert json.loads(page.locator("#pane").get_attribute("data-text") or "") == words

    page.keyboard.press("a")
    expect(page.locator("#pane")).not_to_have_attribute("data-id", draft)
    page.keyboard.press("u")
    expect(page.locator("#pane")).to_have_attribute("data-id", draft)
    expect(page.locator(".toast")).to_have_count(0)
    assert not (service.folder / "var/sent.jsonl").exists()

    page.keyboard.press("a")
    sent = service.folder / "var/sent.jsonl"
    wait_for(lambda: sent.exists() and sent.read_text().endswith("\n"), 30, "sending")
    lines = [json.loads(line) for line in sent.read_text().splitlines()]
    assert [line["text"] for line in lines] == [words]

    page.goto(service.url + "/trends")
    expect(page.locator("main h1")).to_be_visible()
    page.locator("main svg").first.wait_for()
    assert re.search(r"\d", page.locator("main table").first.inner_text())
    page.goto("about:blank")  # a page that stays open would rightly complain that the service is gone
    assert service.stop() == 0
