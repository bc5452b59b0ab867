"""Headers, forged requests, roles: over every route the app has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from core.store import Store
from dashboards import auth, views
from dashboards.auth import ROLES
from dashboards.security import SAFE_METHODS
from tests import factories
from tests.dashboards.apps import create_app
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import visit
from tests.factories import Clock, Database

Browsers = Callable[[], Browser]
# Open to anybody on purpose; everything else must name a role.
PUBLIC = {
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/login/second"),
    ("POST", "/login/second"),
    ("GET", "/login/sso"),
    ("GET", "/login/sso/back"),
    ("POST", "/login/passkey/options"),
    ("POST", "/login/passkey"),
    ("GET", "/setup"),
    ("GET", "/setup/{token}"),
    ("POST", "/setup/{token}"),
    ("GET", "/join/{token}"),
    ("POST", "/join/{token}"),
    ("GET", "/password/{token}"),
    ("POST", "/password/{token}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/status"),
    ("GET", "/texts/{language}.{digest}.js"),
    ("POST", "/csp-report"),
}


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    role: str  # "" when anybody may

    @property
    def address(self) -> str:
        """The path with something that is not there in its places."""
        parts = [f"{10**6}" if part.startswith("{") else part for part in self.path.split("/")]
        return "/".join(parts)


def _roles(dependant: Dependant) -> Iterator[str]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, auth.require):
            yield inner.call.role
        yield from _roles(inner)


def doors() -> list[Door]:
    """Every route of the app's own routers with the role it asks for."""
    found = []
    for router in views.routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            role = max(_roles(route.dependant), key=ROLES.index, default="")
            found += [Door(method, route.path, role) for method in sorted((route.methods or set()) - {"HEAD"})]
    return found


DOORS = doors()
# The stream does not end and logging out ends the session: both are held to their role by tests of their own.
CLOSED = [door for door in DOORS if door.role and door.path not in ("/events", "/logout")]


def _id(value: Any) -> str:
    return f"{value.method}{value.path}" if isinstance(value, Door) else str(value)


def test_every_route_names_a_role_or_is_public_on_purpose() -> None:
    assert {(door.method, door.path) for door in DOORS if not door.role} <= PUBLIC
    assert len(CLOSED) > 10


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, dict[str, Browser]]]:
    """One app, and a browser of each role; "" is a stranger."""
    store = factories.new_store(tmp_path_factory.mktemp("house"))
    db = Database(store)
    app = create_app(factories.deps(store))
    people = {"": Browser(app)}
    for role in ROLES:
        db.user(role, role)
        people[role] = Browser(app)
        people[role].log_in(role)
    yield app, people
    store.close()


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize("door", CLOSED, ids=_id)
def test_a_route_opens_from_its_role_upwards(house: tuple[FastAPI, dict[str, Browser]], door: Door, role: str) -> None:
    person = house[1][role]
    headers = {"X-CSRF-Token": person.csrf, "Accept": "application/json"}
    answer = person.request(
        door.method, door.address, headers=headers, json={} if door.method == "POST" else None, follow_redirects=False
    )
    if role == "" and door.method not in SAFE_METHODS:
        assert answer.status_code in (401, 403)
    elif role == "":
        assert answer.status_code == 401
    elif ROLES.index(role) < ROLES.index(door.role):
        assert answer.status_code == 403
    else:
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.method not in SAFE_METHODS and door.path != "/csp-report"], ids=_id
)
def test_nothing_changes_without_the_token_or_from_another_site(
    house: tuple[FastAPI, dict[str, Browser]], door: Door
) -> None:
    admin = house[1]["admin"]
    right = {"X-CSRF-Token": admin.csrf, "Accept": "application/json"}
    for headers in (
        {"Accept": "application/json"},
        right | {"X-CSRF-Token": "wrong"},
        right | {"X-CSRF-Token": ""},
        right | {"Origin": "https://evil.example"},
        right | {"Origin": "http://testserver.evil.example"},
        right | {"Sec-Fetch-Site": "cross-site"},
        right | {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    ):
        assert (
            admin.request(door.method, door.address, headers=headers, json={}, follow_redirects=False).status_code
            == 403
        )


def test_our_own_forms_pass(house: tuple[FastAPI, dict[str, Browser]]) -> None:
    """``Origin: null`` is what Chromium sends for a form on a page with Referrer-Policy no-referrer."""
    approver = house[1]["approver"]
    for headers in (
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://testserver"},
        {"Origin": "null"},
        {},
    ):
        answer = approver.post(
            "/queue/999/reject", json={"version": 1, "reason": "x"}, headers=headers | {"X-CSRF-Token": approver.csrf}
        )
        assert answer.status_code == 422


PAGES = ["/login", "/queue", "/queue/sent", "/healthz", "/nowhere", "/queue/999999/pane", "/bar"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(house: tuple[FastAPI, dict[str, Browser]], path: str) -> None:
    headers = house[1]["viewer"].get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_hsts_only_where_the_public_address_is_https(store: Store) -> None:
    app = create_app(factories.deps(store, settings=factories.settings(public_url="https://care.example")))
    assert "max-age=" in Browser(app).get("/login").headers["strict-transport-security"]


def test_static_files_may_be_kept_for_ever_and_pages_never(ana: Browser) -> None:
    text = ana.page("/queue")
    address = next(part for part in text.split('"') if part.endswith("/tokens.css"))
    answer = ana.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/login", "/queue", "/queue/sent"])
def test_no_page_holds_inline_code_or_another_address(db: Database, ana: Browser, path: str) -> None:
    db.incident()
    db.draft()
    text = ana.page(path)
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick" not in text
    assert "<script>" not in text
    for part in text.split('src="')[1:] + text.split('rel="stylesheet" href="')[1:]:
        assert part.startswith("/static/")


def test_an_error_inside_shows_no_traceback_and_keeps_the_headers(store: Store, ana: Browser) -> None:
    def broken() -> list[object]:
        raise RuntimeError("secret detail")

    app = create_app(factories.deps(store, readiness=broken))
    answer = Browser(app, raise_server_exceptions=False).get("/readyz")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_policy_report_is_logged_and_a_huge_one_refused(
    app: FastAPI, browser: Browsers, caplog: pytest.LogCaptureFixture
) -> None:
    assert browser().post("/csp-report", content=b'{"csp-report": {"blocked-uri": "inline"}}').status_code == 204
    assert "content security policy report" in caplog.text
    assert browser().post("/csp-report", content=b"x" * 9000).status_code == 413
    assert app.state.csp_reports.count == 1


def test_a_flood_of_reports_is_one_line_a_minute_with_their_number(
    app: FastAPI, browser: Browsers, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    one = browser()
    for _ in range(30):
        assert one.post("/csp-report", content=b"{}").status_code == 204
    clock.forward(seconds=61)
    one.post("/csp-report", content=b"{}")
    told = [record for record in caplog.records if "content security policy report" in record.message]
    assert [record.reports for record in told] == [1, 30]  # type: ignore[attr-defined]
    assert app.state.csp_reports.count == 31


def test_a_page_that_is_not_there_keeps_the_rail_for_who_is_signed_in(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="suspected")
    for path, status in (("/nowhere", 404), ("/incidents/99", 404), (f"/incidents/{made}/incident.json", 422)):
        answer = visitor.get(path)
        assert (answer.status_code, 'class="rail"' in answer.text) == (status, True), path
    visitor.client.cookies.clear()
    assert 'class="rail"' not in visitor.get("/nowhere").text


@pytest.mark.parametrize("table", ["sessions", "drafts"])
def test_a_page_that_is_not_there_says_so_without_a_database_too(tmp_path: Path, table: str) -> None:
    visitor = visit(tmp_path)
    with visitor.deps.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.commit()
    answer = visitor.get("/nowhere")
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)
    assert 'class="rail"' not in answer.text


def test_a_database_that_is_away_is_said_calmly_and_without_its_address(tmp_path: Path) -> None:
    store = factories.new_store(tmp_path)
    app = create_app(factories.deps(store))
    with TestClient(app) as visitor:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("DROP TABLE users")
            connection.commit()
        answer = visitor.get("/setup")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "users" not in answer.text
    store.close()
