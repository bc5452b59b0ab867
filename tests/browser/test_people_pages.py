"""People, the own account, the links and the audit in a real browser: both themes, both widths, clean for axe."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from core.store import audit
from dashboards import auth, people
from tests import factories
from tests.browser.test_pages import LONG, LOOKS, Site, open_page, serve, visit_all
from tests.dashboards.visiting import Visitor, new_user, visit

NAMES = ("Benoît Tremblay-Desrosiers van der Westhuizen", "ليلى", "Zoë 📵")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"


def fill(visitor: Visitor) -> dict[str, str]:
    store, clock = visitor.deps.store, visitor.clock
    ids = [new_user(visitor, name, role) for name, role in zip(NAMES, ("approver", "viewer", "lead"), strict=True)]
    people.disable(store, name=NAMES[1], actor="Lena", clock=clock)
    joining = people.invite(
        store, name="Marguerite de la Fontaine", role="approver", actor="Lena", hours=72, clock=clock
    )
    forgotten = people.offer_password(store, name=NAMES[2], actor="Lena", hours=2, clock=clock)
    for who in (auth.Proved(user, 0) for user in (1, ids[0], ids[0])):
        auth.start_session(visitor.deps, who, old_token=None, user_agent=FIREFOX, address="2001:db8::1234:5678")
    with store.begin() as db:
        for number in range(60):
            audit.record(
                db, actor=NAMES[number % 3], action="incident.edited", subject=f"incident:{number}",
                now=clock() + timedelta(minutes=number), before=LONG, after="Repaired", why=LONG,
            )  # fmt: skip
    return {
        "people": "/people",
        "somebody": f"/people/{ids[0]}",
        "somebody disabled": f"/people/{ids[1]}",
        "own account": "/account",
        "audit": "/audit",
        "audit, nothing fits": "/audit?text=nowhere",
        "one decision": "/audit/20",
        "invitation": f"/join/{joining}",
        "new password": f"/password/{forgotten}",
    }


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, str]]]:
    visitor = visit(tmp_path_factory.mktemp("people"), "admin", settings=factories.settings())
    paths = fill(visitor)
    for site in serve(visitor):
        yield site, paths


@LOOKS
def test_every_page_is_clean(browser: Browser, full: tuple[Site, dict[str, str]], theme: str, width: str) -> None:
    visit_all(browser, full[0], theme, width, full[1])


def test_somebody_is_invited_and_joins(browser: Browser, full: tuple[Site, dict[str, str]]) -> None:
    site = full[0]
    looked = open_page(browser, site)
    page = looked.page
    page.goto(site.address + "/people")
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Send this link to them").input_value()
    page.context.clear_cookies()
    page.goto(link)
    page.get_by_label("Password").fill("four plain words")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/queue*")
    assert page.locator(".rail .me").inner_text().startswith("Ada")
    assert looked.problems == []
    page.context.close()


def test_a_session_is_ended_with_the_keyboard(browser: Browser, full: tuple[Site, dict[str, str]]) -> None:
    site = full[0]
    page = open_page(browser, site).page
    page.goto(site.address + "/account")
    before = page.locator(".sessions > li").count()
    page.get_by_role("button", name="End the session in Firefox on Linux").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".sessions > li").count() == before - 1
    page.context.close()
