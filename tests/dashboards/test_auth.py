"""Set-up link, log in and out, throttling."""

import re
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from fastapi import FastAPI

from core.errors import Conflict
from core.store import Store, users
from core.store.users import SessionRow, SetupRow, UserRow
from dashboards import auth
from dashboards.api.paging import pack
from tests import factories
from tests.dashboards.apps import create_app
from tests.dashboards.conftest import Browser
from tests.factories import Clock, Database

Browsers = Callable[[], Browser]


def test_the_set_up_link_makes_one_admin_and_then_says_it_is_done(
    store: Store, clock: Clock, browser: Browsers
) -> None:
    link = f"/setup/{auth.new_setup_link(store, clock)}"
    first = browser()
    first.page(link)
    answer = first.post(
        link, data={"csrf": first.csrf, "name": "Ana", "password": "four plain words"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Ana" in first.page("/queue")
    assert "admin" in first.page("/queue")
    late = browser()
    assert "Already set up" in late.page(link)
    assert "Already set up" in late.page("/setup")
    with pytest.raises(Conflict):
        auth.new_setup_link(store, clock)


def test_the_set_up_link_cannot_be_guessed_and_is_not_kept_in_clear(
    store: Store, clock: Clock, browser: Browsers
) -> None:
    token = auth.new_setup_link(store, clock)
    assert "Already set up" in browser().page("/setup/guess")
    with store.read() as db:
        assert db.get(SetupRow, token) is None
        assert db.get(SetupRow, auth.hashed(token)) is not None


def test_a_newer_link_kills_the_older(store: Store, clock: Clock, browser: Browsers) -> None:
    older, newer = auth.new_setup_link(store, clock), auth.new_setup_link(store, clock)
    assert "Already set up" in browser().page(f"/setup/{older}")
    assert "Your name" in browser().page(f"/setup/{newer}")


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "four plain words"), ("Ana", "short"), ("A" * 81, "four plain words"), ("Ana", "x" * 257)],
)
def test_a_bad_name_or_password_makes_no_account(
    store: Store, clock: Clock, browser: Browsers, name: str, password: str
) -> None:
    link = f"/setup/{auth.new_setup_link(store, clock)}"
    one = browser()
    one.page(link)
    answer = one.post(link, data={"csrf": one.csrf, "name": name, "password": password})
    assert answer.status_code == 422
    assert "Your name" in one.page(link)


def test_a_password_is_kept_as_a_slow_hash_that_logs_in(db: Database, browser: Browsers) -> None:
    kept = auth.hash_password(factories.PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    user = db.user("Ana")
    with db.store.begin() as session:
        session.get_one(UserRow, user).password_hash = kept
    assert browser().log_in("Ana") == 303
    assert browser().log_in("Ana", "wrong words here") == 401


def test_wrong_password_and_unknown_name_get_the_same_answer(db: Database, browser: Browsers) -> None:
    db.user("Ana")
    told = []
    for name in ("Ana", "Nobody"):
        one = browser()
        one.page("/login")
        answer = one.post("/login", data={"csrf": one.csrf, "name": name, "password": "wrong words here"})
        told.append((answer.status_code, re.search(r'role="alert">([^<]*)', answer.text)[1]))  # type: ignore[index]
    assert told == [(401, "Name or password is not right.")] * 2


def test_five_failures_under_a_name_make_it_wait_even_with_the_right_password(
    db: Database, clock: Clock, browser: Browsers
) -> None:
    db.user("Ana")
    assert [browser().log_in("Ana", "wrong words here") for _ in range(5)] == [401] * 5
    assert browser().log_in("ana") == 429
    clock.forward(minutes=15, seconds=1)
    assert browser().log_in("Ana") == 303


def test_twenty_failures_from_an_address_make_every_name_wait(db: Database, browser: Browsers) -> None:
    db.user("Ana")
    for number in range(18):  # two names are nobody's
        db.user(f"guess{number}")
    told = [browser().log_in(f"guess{number}", "wrong words here") for number in range(20)]
    assert told == [401] * 20
    assert browser().log_in("Ana") == 429


def test_a_success_forgets_the_failures_under_the_name(db: Database, browser: Browsers) -> None:
    db.user("Ana")
    for _ in range(2):
        assert [browser().log_in("Ana", "wrong words here") for _ in range(4)] == [401] * 4
        assert browser().log_in("Ana") == 303


def test_logging_out_ends_the_session_on_the_server(ana: Browser, store: Store) -> None:
    stolen = ana.cookies["amends"]
    ana.post("/logout", data={"csrf": ana.csrf})
    ana.cookies.set("amends", stolen)
    assert ana.get("/queue/list").status_code == 401
    with store.read() as db:
        assert db.get(SessionRow, auth.hashed(stolen)) is None


def test_a_stranger_cannot_log_anybody_out(browser: Browsers) -> None:
    one = browser()
    one.page("/login")
    assert one.post("/logout", data={"csrf": one.csrf}).status_code == 401


def test_logging_in_again_revokes_the_session_before(db: Database, browser: Browsers) -> None:
    db.user("Ana")
    one = browser()
    one.log_in("Ana")
    before = one.cookies["amends"]
    one.cookies.delete("amends")
    one.page("/login")
    one.cookies.set("amends", before)
    one.page("/queue")
    answer = one.post(
        "/login", data={"csrf": one.csrf, "name": "Ana", "password": factories.PASSWORD}, follow_redirects=False
    )
    assert answer.status_code == 303
    other = browser()
    other.cookies.set("amends", before)
    assert other.get("/queue/list").status_code == 401


def test_a_session_given_by_a_stranger_is_never_adopted(db: Database, browser: Browsers) -> None:
    db.user("Ana")
    one = browser()
    one.cookies.set("amends", "planted")
    one.log_in("Ana")
    stranger = browser()
    stranger.cookies.set("amends", "planted")
    assert stranger.get("/queue/list").status_code == 401


def test_a_session_expires_and_a_disabled_user_is_out_at_once(
    db: Database, ana: Browser, clock: Clock, store: Store
) -> None:
    assert ana.get("/queue/list").status_code == 200
    clock.forward(hours=12, seconds=1)
    assert ana.get("/queue/list").status_code == 401
    ana.cookies.clear()
    ana.log_in("Ana")
    assert ana.get("/queue/list").status_code == 200
    with store.begin() as session:
        user = users.by_name(session, "Ana")
        assert user is not None
        user.disabled_at = clock()
    assert ana.get("/queue/list").status_code == 401


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb: c"]
)
def test_logging_in_never_leads_to_another_site(db: Database, browser: Browsers, to: str) -> None:
    db.user("Ana")
    one = browser()
    one.page("/login")
    form = {"csrf": one.csrf, "name": "Ana", "password": factories.PASSWORD, "next": to}
    assert one.post("/login", data=form, follow_redirects=False).headers["location"] == "/"


def test_a_page_sends_a_stranger_to_the_log_in_and_back(db: Database, browser: Browsers) -> None:
    db.user("Ana")
    one = browser()
    answer = one.get("/queue?draft=7", headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.headers["location"] == "/login?next=%2Fqueue%3Fdraft%3D7"
    one.page("/login")
    form = {"csrf": one.csrf, "name": "Ana", "password": factories.PASSWORD, "next": "/queue?draft=7"}
    assert one.post("/login", data=form, follow_redirects=False).headers["location"] == "/queue?draft=7"


def test_cookies_are_out_of_reach_of_scripts_and_bound_to_https_when_public(
    store: Store, db: Database, app: FastAPI
) -> None:
    db.user("Ana")
    plain = Browser(app, base_url="http://testserver")
    plain.page("/login")
    form = {"csrf": plain.csrf, "name": "Ana", "password": factories.PASSWORD}
    cookie = plain.post("/login", data=form, follow_redirects=False).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    public = create_app(factories.deps(store, settings=factories.settings(public_url="https://care.example")))
    safe = Browser(public, base_url="https://care.example")
    safe.page("/login")
    answer = safe.post("/login", data=form | {"csrf": safe.csrf}, follow_redirects=False)
    assert answer.headers["set-cookie"].startswith("__Host-amends=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "Path=/" in answer.headers["set-cookie"]


def test_a_name_with_an_accented_capital_logs_in(db: Database, browser: Browsers) -> None:
    db.user("Élodie Dupont")
    assert browser().log_in("Élodie Dupont") == 303
    assert browser().log_in("E\u0301LODIE DUPONT") == 303


def test_guesses_at_once_count_like_guesses_in_a_row(any_database: Database) -> None:
    any_database.user("Ana")
    deps = factories.deps(any_database.store, clock=any_database.clock)
    together = threading.Barrier(12)
    told: list[str] = []

    def guess() -> None:
        together.wait()
        try:
            auth.log_in(deps, name="ana", password="wrong words here", address="192.0.2.1")
            told.append("looked at")
        except auth.TooManyAttemptsError:
            told.append("must wait")

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(told) == {"looked at": auth.MAX_BY_NAME, "must wait": 12 - auth.MAX_BY_NAME}


def test_a_nul_is_no_fault_of_ours_on_any_database(any_database: Database) -> None:
    any_database.user("Ana", "approver")
    visitor = Browser(create_app(factories.deps(any_database.store, clock=any_database.clock)))
    assert visitor.log_in("A\0na") == 303  # PostgreSQL cannot even look for such a name
    for place in ("/queue?q=%00", "/queue/order?stage=a%00", "/feedback?department=%00"):
        assert visitor.get(place).status_code == 422, place
    assert (
        visitor.get("/api/v1/queue", params={"after": pack(2**31, "2026-11-20T12:00:00+00:00", 1)}).status_code == 422
    )
