"""Single sign-on against a small provider over real HTTP: the whole way, and every answer that must not be trusted."""

import base64
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from core.errors import ConfigError, Transient
from core.sections import Oidc, People
from core.settings import Settings, load
from core.store import audit, users
from dashboards import people, sign_on
from dashboards.oidc import Person
from tests import factories
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import Visitor, new_user, visit, words
from tests.factories import Database
from tests.fakes.oidc import CLIENT, GONE, SECRET, FakeProvider
from tests.fakes.server import FaultKind

HOME = "http://testserver"
BACK = f"{HOME}/login/sso/back"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider((BACK,)) as running:
        yield running


@dataclass
class House:
    visitor: Visitor
    provider: FakeProvider

    def stranger(self) -> Browser:
        return Browser(self.visitor.client.app, base_url=HOME)

    def out(self, one: Browser, to: str = "/queue?draft=7") -> str:
        """To the provider and to its answer: the address it sends the browser back to."""
        left = one.get("/login/sso", params={"next": to}, follow_redirects=False)
        assert left.status_code == 303, words(left.text)
        there = httpx.get(left.headers["location"], trust_env=False)
        assert there.status_code == 302, there.text
        return there.headers["location"]

    def enter(self, one: Browser | None = None) -> httpx.Response:
        one = one or self.stranger()
        return one.get(self.out(one), headers={"accept": "text/html"}, follow_redirects=False)

    def trail(self) -> list[str]:
        with self.visitor.deps.store.read() as db:
            return [row.action for row in audit.newest(db)][::-1]

    def email(self, user: int, email: str) -> None:
        assert self.visitor.post(f"/people/{user}", do="email", email=email).status_code == 303


@pytest.fixture
def house(tmp_path: Path, provider: FakeProvider) -> Callable[..., House]:
    def build(*, required: bool = False, **oidc: Any) -> House:
        given = {"issuer": provider.url, "client_id": CLIENT, "client_secret": SecretStr(SECRET)} | oidc
        team = People(oidc=Oidc(**given), require_two_factor=required)
        settings: Settings = factories.settings(public_url=HOME).model_copy(update={"people": team})
        visitor = visit(tmp_path, "admin", settings=settings)
        factories.seal(visitor.deps.store, tmp_path, visitor.clock)
        provider.now = lambda: visitor.clock().timestamp()
        return House(visitor, provider)

    return build


OPEN = {"newcomers": "approver", "domains": ("northwind.example",)}


def refused(answer: httpx.Response, status: int = 403) -> str:
    assert answer.status_code == status, answer.headers.get("location")
    assert not any(name in answer.headers.get("set-cookie", "") for name in ("amends=",))
    return words(answer.text)


# --- the whole way -----------------------------------------------------------------------------------------------


def test_a_newcomer_gets_an_account_of_the_configured_role_and_the_same_one_again(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    one = at.stranger()
    assert "Log in with your company account" in words(one.page("/login"))
    answer = at.enter(one)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?draft=7")
    assert "Zoë Tremblay" in one.page("/queue")
    assert "approver" in one.page("/queue")
    at.provider.person |= {"email": "z.tremblay@northwind.example", "name": "Zoë Roy"}
    assert at.enter().status_code == 303
    with at.visitor.deps.store.read() as db:
        assert [row.name for row in users.everybody(db)] == ["Lena", "Zoë Tremblay"]
    assert "user.joined" in at.trail()
    assert at.stranger().log_in("Zoë Tremblay", "") == 401
    assert "have no password here" in words(one.page("/account"))


def test_an_account_is_found_by_its_verified_address_and_bound(house: Callable[..., House]) -> None:
    at = house()
    ben = new_user(at.visitor, "Ben", "lead")
    at.email(ben, "ZOE@northwind.example")
    one = at.stranger()
    assert at.enter(one).status_code == 303
    assert "Ben" in one.page("/queue")
    assert at.trail()[-2:] == ["user.email", "user.sign_on_bound"]
    at.provider.person["email_verified"] = False
    assert at.enter().status_code == 303  # bound: the address decides nothing any more
    at.provider.person = {"sub": "another", "email": "zoe@northwind.example", "email_verified": True}
    assert "knows as another" in refused(at.enter())  # a reused address opens nobody's account
    at.email(ben, "")
    at.email(ben, "zoe@northwind.example")
    assert at.enter().status_code == 303


def test_one_person_in_two_windows_gets_one_account_and_both_get_in(any_database: Database) -> None:
    store, here = any_database.store, threading.Barrier(2)
    person = Person(issuer="https://id.example", subject="7", email="zoe@northwind.example", name="Zoë")
    settings = Oidc(issuer=person.issuer, client_id="x", client_secret=SecretStr("x"), **OPEN)

    def clock() -> datetime:  # asked once what is free was looked up: both are there, or one waits for the other
        with contextlib.suppress(threading.BrokenBarrierError):
            here.wait(0.5)
        return any_database.clock()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(sign_on.account_of, store, person, settings=settings, clock=clock) for _ in range(2)]
        first, second = (each.result(60) for each in both)
    assert first == second


def test_claims_may_stand_in_userinfo(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    at.provider.in_userinfo = True
    assert at.enter().status_code == 303


def test_names_that_are_taken_get_a_number(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    at.provider.person["name"] = "\u202eLENA\0"
    one = at.stranger()
    at.enter(one)
    assert "LENA 2" in one.page("/queue")


def test_new_keys_are_fetched_when_the_provider_changes_them(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    assert at.enter().status_code == 303
    at.provider.new_key()
    assert at.enter().status_code == 303
    assert len(at.provider.calls("GET", "/keys")) == 2
    assert len(at.provider.calls("GET", "openid-configuration")) == 1


@pytest.mark.parametrize(("trusted", "to"), [(False, "/account/second-factor"), (True, "/queue/list")])
def test_where_two_factors_are_required_ours_follows_unless_theirs_is_trusted(
    house: Callable[..., House], trusted: bool, to: str
) -> None:
    at = house(required=True, trust_second_factor=trusted, **OPEN)
    one = at.stranger()
    at.enter(one)
    assert (one.get("/queue/list").status_code == 200) is trusted
    assert one.get(to).status_code == 200


# --- who stays out -----------------------------------------------------------------------------------------------


def test_who_is_not_known_is_told_what_to_do(house: Callable[..., House]) -> None:
    assert "There is no account for zoe@northwind.example" in refused(house().enter())


def test_an_address_that_is_not_verified_opens_nothing(house: Callable[..., House]) -> None:
    at = house()
    at.email(new_user(at.visitor, "Ben", "lead"), "zoe@northwind.example")
    for verified in (False, None, "false", 1, []):
        at.provider.person["email_verified"] = verified
        assert "no verified mail address" in refused(at.enter()), verified


def test_other_domains_stay_out_also_when_the_account_is_known(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    assert at.enter().status_code == 303
    wrong = ["zoe@northwind.example.evil", "zoe@evil", "zoe@northwind.example@evil", "a@b@northwind.example", ""]
    for email in [*wrong, "\u212aim@northwind.example"]:
        at.provider.person["email"] = email
        assert "domain that may log in here" in refused(at.enter()), email


def test_who_is_disabled_stays_out_by_address_and_by_subject(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    at.email(new_user(at.visitor, "Ben", "lead"), "zoe@northwind.example")
    store, clock = at.visitor.deps.store, at.visitor.clock
    people.disable(store, name="Ben", actor="Lena", clock=clock)
    assert "disabled" in refused(at.enter())
    people.enable(store, name="Ben", actor="Lena", clock=clock)
    assert at.enter().status_code == 303
    people.disable(store, name="Ben", actor="Lena", clock=clock)
    assert "disabled" in refused(at.enter())
    with store.read() as db:
        row = audit.newest(db)[0]
    assert (row.actor, row.action, row.detail["name"]) == ("nobody", "login.sign_on_refused", "Ben")
    assert row.detail["email"] == "zoe@northwind.example"


START = int(factories.START.timestamp())
WRONG = [
    ({"nonce": "another"}, "nonce"),
    ({"nonce": GONE}, "nonce"),
    ({"aud": "somebody-else"}, "aud"),
    ({"aud": [CLIENT, "somebody-else"]}, "azp"),
    ({"azp": "somebody-else"}, "azp"),
    ({"iss": "https://evil.example"}, "iss"),
    ({"exp": START - 61}, "exp"),
    ({"exp": GONE}, "exp"),
    ({"iat": START + 61}, "iat"),
    ({"sub": ""}, "sub"),
    ({"sub": "zoé"}, "sub"),
    ({"sub": 7}, "sub"),
    ({"sub": GONE}, "sub"),
]


def test_a_token_that_says_something_wrong_is_refused_by_name(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    for claims, named in WRONG:
        at.provider.claims = claims
        assert f"cannot be trusted ({named})" in refused(at.enter()), claims


def test_clocks_may_be_a_minute_apart(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    for claims in ({"exp": START - 59}, {"iat": START + 59}, {"aud": [CLIENT, "somebody-else"], "azp": CLIENT}):
        at.provider.claims = claims
        assert at.enter().status_code == 303, claims


def test_a_token_of_another_key_or_of_none_is_refused(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    at.enter()
    shown = at.provider.shown
    at.provider.new_key()
    at.provider.shown = shown
    assert "cannot be trusted" in refused(at.enter())
    at.provider.header = {"kid": "first"}  # names a key it was not made with
    assert "cannot be trusted" in refused(at.enter())
    at.provider._id_token = lambda given: unsigned(at.provider, given.nonce)  # type: ignore[method-assign]
    assert "cannot be trusted" in refused(at.enter())


def unsigned(provider: FakeProvider, nonce: str) -> str:
    now = int(provider.now())
    claims = {"iss": provider.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce} | provider.person
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)
    ]
    return ".".join([*parts, ""])


# --- on the way back ---------------------------------------------------------------------------------------------


def test_another_state_another_browser_or_a_second_time_is_refused(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    one, other = at.stranger(), at.stranger()
    answer = at.out(one)
    at.out(other)
    assert "not begun in this browser" in refused(other.get(answer, follow_redirects=False))
    assert "not begun in this browser" in refused(at.stranger().get(answer, follow_redirects=False))
    assert one.get(answer, follow_redirects=False).status_code == 303
    assert "not begun in this browser" in refused(one.get(answer, follow_redirects=False))
    answer = at.out(one)
    assert "not begun" in refused(one.get(answer.replace("state=", "state=x"), follow_redirects=False))
    assert "not begun" in refused(one.get(answer, follow_redirects=False))  # a guess uses it up


def test_the_way_to_the_provider_and_back_takes_ten_minutes_at_most(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    one = at.stranger()
    answer = at.out(one)
    at.visitor.clock.forward(minutes=10, seconds=1)
    assert "took too long" in refused(one.get(answer, follow_redirects=False))


def test_a_code_meant_for_another_browser_is_worth_nothing(house: Callable[..., House]) -> None:
    """The code of a thief's own log-in, put into somebody's answer: PKCE ties it to the browser that began."""
    at = house(**OPEN)
    one, thief = at.stranger(), at.stranger()
    mine, theirs = at.out(one), at.out(thief)
    code = parse_qs(urlsplit(theirs).query)["code"][0]
    query = {name: value[0] for name, value in parse_qs(urlsplit(mine).query).items()} | {"code": code}
    assert "took its word back" in refused(one.get("/login/sso/back", params=query, follow_redirects=False))


def test_an_answer_of_another_issuer_is_refused(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    for wrong in ({"iss": "https://evil.example"}, {"iss": ""}):
        one = at.stranger()
        query = {name: value[0] for name, value in parse_qs(urlsplit(at.out(one)).query).items()} | wrong
        assert "another provider" in refused(one.get("/login/sso/back", params=query, follow_redirects=False))


def test_who_the_provider_turns_away_is_told_so(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    at.provider.refuses = "access_denied"
    assert "(access_denied)" in refused(at.enter())
    at.provider.refuses = "<script>alert(1)</script>"
    assert "no usable answer" in refused(at.enter())


# --- when the provider is away or not as configured --------------------------------------------------------------


def test_a_provider_that_is_down_gets_a_page_with_the_other_ways(house: Callable[..., House]) -> None:
    at = house(**OPEN)
    one = at.stranger()
    faults: list[tuple[FaultKind, int]] = [("reset", 503), ("status", 503), ("garbage", 502)]
    for fault, status in faults:
        at.provider.fail(fault, path="openid-configuration")
        answer = one.get("/login/sso", headers={"accept": "text/html"}, follow_redirects=False)
        assert answer.status_code == status
        assert "Other ways to log in" in words(answer.text)
    for path in ("/token", "/keys"):  # half-way
        at.provider.fail("reset", path=path)
        assert "cannot be reached" in refused(at.enter(), 503)
    assert at.enter(one).status_code == 303


@pytest.mark.parametrize(
    ("about", "oidc", "named"),
    [
        ({"issuer": "https://other.example"}, {}, "people.oidc.issuer"),
        ({"authorization_endpoint": "javascript:alert(1)"}, {}, "authorization_endpoint"),
        ({"token_endpoint": ""}, {}, "token_endpoint"),
        ({}, {"client_secret": SecretStr("another secret")}, "people.oidc.client_id"),
    ],
)
def test_what_is_configured_wrongly_is_named_in_the_log_and_not_to_strangers(
    house: Callable[..., House],
    caplog: pytest.LogCaptureFixture,
    about: dict[str, str],
    oidc: dict[str, Any],
    named: str,
) -> None:
    at = house(**(OPEN | oidc))
    at.provider.about = about
    one = at.stranger()
    answer = one.get("/login/sso", headers={"accept": "text/html"}, follow_redirects=False)
    if answer.status_code == 303:
        answer = at.enter(one)
    told = refused(answer, 502)
    assert named not in told
    assert any(named in str(getattr(record, "problem", "")) for record in caplog.records)


def test_no_secret_and_no_token_is_logged(house: Callable[..., House], caplog: pytest.LogCaptureFixture) -> None:
    at = house(**OPEN)
    caplog.set_level(logging.DEBUG)
    at.enter()
    at.provider.claims = {"nonce": "another"}
    at.enter()
    assert SECRET not in caplog.text
    assert "an-access-token" not in caplog.text
    assert "eyJ" not in caplog.text


def test_without_a_provider_there_is_no_button_and_no_way(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    one = Browser(visitor.client.app, base_url=HOME)
    assert "/login/sso" not in one.page("/login")
    assert one.get("/login/sso").status_code == 404
    assert one.get("/login/sso/back").status_code == 404


def test_the_check_of_the_command_line_asks_the_provider(house: Callable[..., House]) -> None:
    at = house()
    asked = at.visitor.client.app.state.provider  # type: ignore[attr-defined]
    assert asked.check() == f"{at.provider.url}, 1 keys"
    at.provider.fail("reset", path="/keys")
    with pytest.raises(Transient):
        asked.check()


# --- addresses on the page of somebody ---------------------------------------------------------------------------


def test_an_address_is_checked_and_belongs_to_one(house: Callable[..., House]) -> None:
    at = house()
    at.email(1, "Lena@x.example")
    ben = new_user(at.visitor, "Ben", "viewer")
    wrong = [("zoe", 422), ("a b@c.example", 422), ("\u212a@c.example", 422), ("lena@x.example", 409)]
    for email, status in [*wrong, ("", 303)]:
        assert at.visitor.post(f"/people/{ben}", do="email", email=email).status_code == status, email


# --- the configuration -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('issuer = "https://id.example"', ":3: people.oidc: an issuer needs a client_id"),
        (
            'client_id = "a"\nissuer = "http://id.example"',
            ":5: people.oidc.issuer: 'http://id.example' is not an https",
        ),
        ('client_id = "a"\nclient_secret = "x"', ":5: people.oidc.client_secret: secrets do not belong in this file"),
        ('newcomers = "viewer"', ":3: people.oidc: newcomers need domains"),
        ('domains = ["@northwind"]', ":4: people.oidc.domains: '@northwind' is not a mail domain"),
        ('client = "a"', ":4: people.oidc.client: unknown key"),
    ],
)
def test_a_fault_of_the_section_names_its_place(tmp_path: Path, lines: str, fault: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[brand]\nname = "N"\n[people.oidc]\n{lines}\n', encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load(file, environ={})
    assert f"config.toml{fault}" in str(told.value)


def test_the_secret_comes_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[brand]\nname = "N"\n[people.oidc]\nissuer = "https://id.example"\nclient_id = "a"\n', encoding="utf-8"
    )
    found = load(file, environ={"AMENDS_PEOPLE_OIDC_CLIENT_SECRET": SECRET, "AMENDS_PEOPLE_OIDC_DOMAINS": "A.example"})
    assert found.people.oidc.client_secret.get_secret_value() == SECRET
    assert found.people.oidc.domains == ("a.example",)
    assert found.people.secrets() == [SECRET]
