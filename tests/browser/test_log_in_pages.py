"""Log-in in a real browser: a second factor from set-up to the code, and a passkey on Chromium's own virtual device."""

from collections.abc import Iterator

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from core.sections import Oidc, People
from tests import factories
from tests.browser.test_pages import Looked, Site, open_page, serve, until
from tests.dashboards.visiting import visit

NAME = "Benoît Tremblay-Desrosiers van der Westhuizen"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("log-in")
    team = People(oidc=Oidc(issuer="http://127.0.0.1:9", client_id="amends"))
    visitor = visit(directory, "admin", settings=factories.settings().model_copy(update={"people": team}))
    factories.seal(visitor.deps.store, directory, visitor.clock)
    for name in (NAME, "Ada", "Kim"):
        visitor.rows.user(name, "approver")
    for running in serve(visitor):
        # Passkeys know no numbers: browsers take them at localhost, and over https.
        yield Site(running.address.replace("127.0.0.1", "localhost"), visitor)


def clean(looked: Looked, name: str) -> None:
    page = looked.page
    assert looked.problems == [], name
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} is too wide"
    found = [(item["id"], [node["html"] for node in item["nodes"]]) for item in Axe().run(page).response["violations"]]
    assert found == [], name


def type_in(page: Page, site: Site, name: str) -> None:
    page.context.clear_cookies()
    page.goto(site.address + "/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("theme", "width", "name"), [("light", "wide", NAME), ("dark", "phone", "Ada")])
def test_a_second_factor_is_set_up_and_asked_for(
    browser: Browser,
    site: Site,
    theme: str,
    width: str,
    name: str,
) -> None:
    looked = open_page(browser, site, theme=theme, width=width)
    page = looked.page
    page.context.clear_cookies()
    page.goto(site.address + "/login")
    clean(looked, "log-in")
    type_in(page, site, name)
    page.wait_for_url("**/queue*")
    page.goto(site.address + "/account")
    clean(looked, "account")
    page.get_by_role("link", name="Set one up").click()
    clean(looked, "before")
    page.get_by_role("button", name="Set up with an app").click()
    until(page, "document.querySelector('.qr').naturalWidth > 100")
    clean(looked, "picture and key")
    app = pyotp.TOTP(page.locator(".key").inner_text().replace(" ", ""))
    page.get_by_label("Code of six digits").fill(app.at(site.visitor.clock()))
    page.keyboard.press("Enter")
    page.get_by_text("Your recovery codes").wait_for()
    clean(looked, "recovery codes")
    code = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/queue*")
    page.goto(site.address + "/account/second-factor")
    clean(looked, "on")
    type_in(page, site, name)
    page.wait_for_url("**/login/second")
    clean(looked, "second step")
    page.get_by_text("The phone is not at hand").click()
    clean(looked, "second step, recovery")
    page.get_by_label("Recovery code").fill(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue*")
    assert looked.problems == []
    page.context.close()


def test_a_passkey_is_made_and_logs_in_without_a_password(browser: Browser, site: Site) -> None:
    looked = open_page(browser, site)
    page = looked.page
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    held = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    type_in(page, site, "Kim")
    page.wait_for_url("**/queue*")
    page.goto(site.address + "/account")
    page.get_by_label("Name of the new passkey").fill("Kim’s laptop")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Remove the passkey Kim’s laptop").is_visible()
    clean(looked, "account with a passkey")
    page.context.clear_cookies()
    page.goto(site.address + "/login?next=%2Faccount")
    page.get_by_role("button", name="Log in with a passkey").press("Enter")
    page.wait_for_url("**/account")
    assert page.locator("h1").inner_text() == "Kim"
    kept = device.send("WebAuthn.getCredentials", {"authenticatorId": held})["credentials"]
    assert [key["signCount"] > 0 for key in kept] == [True]
    assert looked.problems == []

    with page.expect_navigation():
        page.get_by_role("button", name="Remove the passkey Kim’s laptop").click()
    page.context.clear_cookies()
    page.goto(site.address + "/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "not accepted" in alert.inner_text()
    assert page.url.endswith("/login")
    page.context.close()
