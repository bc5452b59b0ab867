"""Passkeys over HTTP with a small real device: made, used, refused."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import Refused
from core.sections import People
from core.store import audit
from core.store import passkeys as rows
from core.store.passkeys import PasskeyRow
from dashboards import auth, passkeys, people
from dashboards.passkeys import Place, place_of
from tests import factories
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import Visitor, new_user, visit, words
from tests.fakes.authenticator import PRESENT, Authenticator

HOME = "https://care.northwind.example"
JSON = {"accept": "application/json", "sec-fetch-site": "same-origin"}


def house(tmp_path: Path, *, required: bool = False) -> Visitor:
    settings = factories.settings(public_url=HOME)
    settings = settings.model_copy(update={"people": People(require_two_factor=required)})
    visitor = visit(tmp_path, "admin", settings=settings)
    factories.seal(visitor.deps.store, tmp_path, visitor.clock)
    return visitor


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    return house(tmp_path)


def browser(visitor: Visitor) -> Browser:
    return Browser(visitor.client.app, base_url=HOME)


def signed(visitor: Visitor, name: str = "Ben") -> Browser:
    one = browser(visitor)
    user = new_user(visitor, name, "approver")
    one.cookies.set(
        "__Host-amends", auth.start_session(visitor.deps, auth.Proved(user, 0), old_token=None, user_agent="test")
    )
    one.page("/account")
    return one


def post(one: Browser, path: str, body: Any = None) -> Any:
    headers = JSON | {"x-csrf-token": one.csrf, "content-type": "application/json"}
    return one.post(path, content=json.dumps(body or {}), headers=headers)


def make(one: Browser, device: Authenticator | None = None, name: str = "Laptop") -> tuple[Authenticator, Any]:
    device = device or Authenticator(HOME)
    options = post(one, "/account/passkeys/options").json()
    return device, post(one, "/account/passkeys", {"name": name, "credential": device.create(options)})


def at_the_door(visitor: Visitor) -> tuple[Browser, dict[str, Any]]:
    one = browser(visitor)
    one.page("/login")
    return one, post(one, "/login/passkey/options").json()


def enter(visitor: Visitor, device: Authenticator, to: str = "/queue?draft=7") -> Any:
    one, options = at_the_door(visitor)
    return post(one, "/login/passkey", {"credential": device.get(options), "next": to})


def trail(visitor: Visitor) -> list[str]:
    with visitor.deps.store.read() as db:
        return [row.action for row in audit.newest(db)][::-1]


def test_a_passkey_is_made_listed_used_and_removed(visitor: Visitor) -> None:
    ben = signed(visitor)
    device, made = make(ben, name="  Ben's  laptop ")
    assert (made.status_code, made.json()) == (200, {"to": "/account"})
    assert "Ben's laptop" in words(ben.page("/account"))
    assert "not used yet" in words(ben.page("/account"))
    one, options = at_the_door(visitor)
    answer = post(one, "/login/passkey", {"credential": device.get(options), "next": "/queue?draft=7"})
    assert (answer.status_code, answer.json()) == (200, {"to": "/queue?draft=7"})
    assert "Ben" in one.page("/queue")
    one.page("/account")
    gone = one.post("/account/passkeys/remove", data={"csrf": one.csrf, "passkey": "1"}, follow_redirects=False)
    assert gone.status_code == 303
    assert enter(visitor, device).status_code == 422
    changes = ["audit.sealed", "user.passkey_added", "user.passkey_removed"]
    assert trail(visitor) == [*changes, "login.passkey_refused"]


def test_options_ask_for_what_makes_it_two_factors_and_tell_no_name(visitor: Visitor) -> None:
    ben = signed(visitor)
    asked = post(ben, "/account/passkeys/options").json()
    assert asked["rp"]["id"] == "care.northwind.example"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert "Ben" not in asked["user"]["id"]
    device, _ = make(ben)
    again = post(ben, "/account/passkeys/options").json()
    assert [each["id"] for each in again["excludeCredentials"]] == [device.get({"rpId": "", "challenge": ""})["id"]]
    _, options = at_the_door(visitor)
    assert (options["userVerification"], options.get("allowCredentials", [])) == ("required", [])


def test_a_passkey_of_another_place_or_without_its_holder_is_not_kept(visitor: Visitor) -> None:
    ben = signed(visitor)
    evil, plain = "https://care.northwind.example.evil", "http://care.northwind.example"
    for device in (Authenticator(evil), Authenticator(plain), Authenticator(HOME, flags=PRESENT)):
        assert make(ben, device)[1].status_code == 422
    with visitor.deps.store.read() as db:
        assert not rows.of_user(db, 2)


def test_a_log_in_from_another_place_or_without_its_holder_is_refused(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    wrongs: list[dict[str, Any]] = [{"origin": "https://evil.example"}, {"flags": PRESENT}, {"flags": 0}]
    for wrong in [*wrongs, {"handle": "c29tZWJvZHkgZWxzZQ"}]:
        assert enter(visitor, dataclasses.replace(device, **wrong)).status_code == 422, wrong
    assert enter(visitor, device).status_code == 200


def test_a_signature_for_another_site_or_by_another_key_is_refused(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    one, options = at_the_door(visitor)
    answer = post(one, "/login/passkey", {"credential": device.get(options | {"rpId": "evil.example"})})
    assert answer.status_code == 422
    thief = dataclasses.replace(device, key=Authenticator(HOME).key)
    assert enter(visitor, thief).status_code == 422
    assert enter(visitor, Authenticator(HOME)).status_code == 422


def test_an_answer_is_bound_to_its_browser_and_works_once(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    one, options = at_the_door(visitor)
    other, _ = at_the_door(visitor)
    stolen = device.get(options)
    assert post(other, "/login/passkey", {"credential": stolen}).status_code == 422
    assert post(one, "/login/passkey", {"credential": stolen}).status_code == 200
    one.cookies.delete("__Host-amends")
    one.page("/login")
    assert post(one, "/login/passkey", {"credential": stolen}).status_code == 422


def test_a_challenge_ends_after_five_minutes(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    one, options = at_the_door(visitor)
    visitor.clock.forward(minutes=5, seconds=1)
    assert post(one, "/login/passkey", {"credential": device.get(options)}).status_code == 422


def test_a_challenge_to_log_in_registers_nothing_and_the_other_way_round(visitor: Visitor) -> None:
    ben = signed(visitor)
    device, _ = make(ben)
    _, options = at_the_door(visitor)
    asked = post(ben, "/account/passkeys/options").json() | {"challenge": options["challenge"]}
    fresh = Authenticator(HOME)
    assert post(ben, "/account/passkeys", {"credential": fresh.create(asked)}).status_code == 422
    one, _ = at_the_door(visitor)
    mine = post(ben, "/account/passkeys/options").json()
    forged = {"rpId": "care.northwind.example", "challenge": mine["challenge"]}
    assert post(one, "/login/passkey", {"credential": device.get(forged)}).status_code == 422


def test_a_copy_is_noticed_by_its_count(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    copy = dataclasses.replace(device)
    assert enter(visitor, device).status_code == 200
    assert enter(visitor, device).status_code == 200
    assert enter(visitor, copy).status_code == 422
    assert trail(visitor)[-2:] == ["user.passkey_refused", "login.passkey_refused"]


def test_a_passkey_that_does_not_count_works_again_and_again(visitor: Visitor) -> None:
    device, _ = make(signed(visitor), Authenticator(HOME, counts=False))
    assert [enter(visitor, device).status_code for _ in range(3)] == [200] * 3


def test_who_is_disabled_stays_out_and_nobody_removes_anothers(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    ada = signed(visitor, "Ada")
    ada.post("/account/passkeys/remove", data={"csrf": ada.csrf, "passkey": "1"})
    with visitor.deps.store.read() as db:
        assert db.get(PasskeyRow, 1)
    people.disable(visitor.deps.store, name="Ben", actor="Lena", clock=visitor.clock)
    assert enter(visitor, device).status_code == 422


def test_the_same_passkey_is_not_kept_twice_and_a_name_has_an_end(visitor: Visitor) -> None:
    ben = signed(visitor)
    device, _ = make(ben)
    assert make(signed(visitor, "Ada"), device)[1].status_code == 409
    assert make(ben, name="x" * 61)[1].status_code == 422


JUNK: list[Any] = [{}, {"credential": 3}, {"credential": {"id": "\ud800\0"}}, {"credential": {"response": 3}}]


def test_junk_is_refused_in_words(visitor: Visitor) -> None:
    ben = signed(visitor)
    for sent in JUNK:
        post(ben, "/account/passkeys/options")
        assert post(ben, "/account/passkeys", sent).status_code == 422
        one, _ = at_the_door(visitor)
        answer = post(one, "/login/passkey", sent)
        assert (answer.status_code, answer.json()["error"]) == (422, "refused")


def test_an_old_log_in_needs_the_password_to_make_one(visitor: Visitor) -> None:
    visitor.rows.user("Ben", "approver")
    ben = browser(visitor)
    assert ben.log_in("Ben") == 303
    visitor.clock.forward(minutes=11)
    ben.page("/account")
    answer = post(ben, "/account/passkeys/options")
    assert (answer.status_code, answer.json()["error"]) == (422, "password")
    assert post(ben, "/account/passkeys/options", {"password": factories.PASSWORD}).status_code == 200


def test_logging_in_never_leads_to_another_site(visitor: Visitor) -> None:
    device, _ = make(signed(visitor))
    assert enter(visitor, device, "//evil.example").json() == {"to": "/"}


# --- as a second factor ------------------------------------------------------------------------------------------


def test_where_two_factors_are_required_a_passkey_is_both(tmp_path: Path) -> None:
    visitor = house(tmp_path, required=True)
    visitor.rows.user("Ben", "approver")
    ben = browser(visitor)
    ben.log_in("Ben")
    assert ben.get("/queue/list").status_code == 403
    ben.page("/account/second-factor")
    device, made = make(ben)
    assert made.json() == {"to": "/"}
    assert ben.get("/queue/list").status_code == 200
    one, options = at_the_door(visitor)
    post(one, "/login/passkey", {"credential": device.get(options)})
    assert one.get("/queue/list").status_code == 200


def test_then_the_password_alone_neither_lets_in_nor_enrols(tmp_path: Path) -> None:
    visitor = house(tmp_path, required=True)
    make(signed_in_half(visitor))
    thief = browser(visitor)
    thief.page("/login")
    form = {"csrf": thief.csrf, "name": "Ben", "password": factories.PASSWORD}
    assert thief.post("/login", data=form, follow_redirects=False).headers["location"] == "/login/second"
    assert "Log in with a passkey" in thief.page("/login/second")
    assert 'name="code"' not in thief.page("/login/second")
    assert thief.get("/queue/list").status_code == 401


def signed_in_half(visitor: Visitor) -> Browser:
    visitor.rows.user("Ben", "approver")
    ben = browser(visitor)
    ben.log_in("Ben")
    ben.page("/account/second-factor")
    return ben


# --- where passkeys work -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("public", "place"),
    [
        ("", Place("localhost", "http://localhost:8080")),
        ("https://care.example", Place("care.example", "https://care.example")),
        ("https://Care.example:443/amends", Place("care.example", "https://care.example")),
        ("https://care.example:8443", Place("care.example", "https://care.example:8443")),
        ("http://localhost:9000", Place("localhost", "http://localhost:9000")),
        ("http://care.example", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]:8443", None),
    ],
)
def test_the_place_comes_from_the_configuration(public: str, place: Place | None) -> None:
    assert place_of(factories.settings(public_url=public).web, 8080) == place


def test_where_there_is_no_place_none_is_offered(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer", settings=factories.settings(public_url="https://192.0.2.7"))
    assert "need a name with https" in words(visitor.get("/account").text)
    assert "passkey" not in Browser(visitor.client.app, base_url="http://testserver").page("/login").lower()


def test_a_use_case_refuses_without_a_challenge(visitor: Visitor) -> None:
    with pytest.raises(Refused):
        passkeys.log_in(visitor.deps, Place("localhost", "http://localhost"), token="", credential={})
