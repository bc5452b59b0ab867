"""The second step: set up, asked for, used once, throttled, lost and reset; over HTTP, as a person does it."""

import re
import threading
from pathlib import Path
from typing import Any

import pyotp
import pytest

from core.errors import ConfigError, Conflict
from core.sections import People
from core.settings import Settings
from core.store import audit, second_factors, users
from core.store.login_steps import LoginStepRow
from core.store.second_factors import RecoveryRow, TotpRow
from dashboards import auth, people, second_factor
from tests import factories
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import Visitor, visit, words

PAGE = "/account/second-factor"


def house(tmp_path: Path, role: str = "admin", *, required: bool = False) -> Visitor:
    settings = factories.settings().model_copy(update={"people": People(require_two_factor=required)})
    visitor = visit(tmp_path, role, settings=settings)
    factories.seal(visitor.deps.store, tmp_path, visitor.clock)
    return visitor


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    return house(tmp_path)


def stranger(visitor: Visitor) -> Browser:
    return Browser(visitor.client.app, base_url="http://testserver")


def member(visitor: Visitor, name: str = "Ben") -> Browser:
    """Somebody with a password, signed in."""
    visitor.rows.user(name, "approver")
    one = stranger(visitor)
    assert one.log_in(name) == 303
    return one


def send(one: Browser, path: str, **fields: str) -> Any:
    one.page(path if path.startswith(PAGE) else "/login/second")
    headers = {"accept": "text/html"}
    return one.post(path, data={"csrf": one.csrf} | fields, headers=headers, follow_redirects=False)


def enrol(visitor: Visitor, one: Browser) -> tuple[pyotp.TOTP, list[str]]:
    assert send(one, PAGE, do="begin").status_code == 303
    key = re.search(r'<code class="key"[^>]*>([A-Z2-7 ]+)</code>', one.page(PAGE))
    assert key
    app = pyotp.TOTP(key[1].replace(" ", ""))
    answer = send(one, PAGE, do="confirm", code=shown(app, visitor))
    return app, re.findall(r"<li><code>([a-z2-9-]{19})</code></li>", answer.text)


def first_step(visitor: Visitor, name: str = "Ben") -> Browser:
    """A browser between password and code; the password was not typed, as hashing is slow."""
    one = stranger(visitor)
    with visitor.deps.store.read() as db:
        user = users.by_name(db, name)
        assert user
    one.cookies.set("amends-step", second_factor.begin_step(visitor.deps, auth.proved(user), "/queue?draft=7"))
    return one


def typed(visitor: Visitor, name: str = "Ben") -> Browser:
    """The same, with the password typed."""
    one = stranger(visitor)
    one.page("/login")
    form = {"csrf": one.csrf, "name": name, "password": factories.PASSWORD, "next": "/queue?draft=7"}
    answer = one.post("/login", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/second")
    return one


def shown(app: pyotp.TOTP, visitor: Visitor, off: int = 0) -> str:
    """What the app shows, ``off`` steps from now."""
    return app.generate_otp(int(visitor.clock().timestamp()) // 30 + off)


def inside(one: Browser) -> bool:
    return one.get("/queue/list").status_code == 200


def trail(visitor: Visitor) -> list[tuple[str, str]]:
    with visitor.deps.store.read() as db:
        return [(row.actor, row.action) for row in audit.newest(db)][::-1]


def test_set_up_with_an_app_then_log_in_with_its_code(visitor: Visitor) -> None:
    ben = member(visitor)
    elsewhere = stranger(visitor)
    elsewhere.log_in("Ben")
    app, codes = enrol(visitor, ben)
    assert len(set(codes)) == 10
    assert inside(ben)
    assert not inside(elsewhere)
    assert "10 of 10" in words(ben.page(PAGE))
    visitor.clock.forward(seconds=30)
    late = typed(visitor)
    assert not inside(late)
    answer = send(late, "/login/second", code=shown(app, visitor))
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?draft=7")
    assert inside(late)
    assert ("Ben", "user.second_factor_on") in trail(visitor)


def test_the_picture_holds_what_the_app_needs_and_nothing_that_the_policy_forbids(visitor: Visitor) -> None:
    ben = member(visitor)
    assert ben.get(f"{PAGE}/qr.svg").status_code == 404
    send(ben, PAGE, do="begin")
    answer = ben.get(f"{PAGE}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("<svg")
    assert "style" not in answer.text
    page = ben.page(PAGE)
    assert 'src="/account/second-factor/qr.svg"' in page
    assert "data:" not in page
    enrolled, _ = enrol(visitor, ben)
    assert ben.get(f"{PAGE}/qr.svg").status_code == 404
    assert enrolled.secret not in ben.page(PAGE)


def test_a_code_is_taken_once_and_no_older_one_after_it(visitor: Visitor) -> None:
    app, _ = enrol(visitor, member(visitor))
    enrolled_with = shown(app, visitor)
    assert send(first_step(visitor), "/login/second", code=enrolled_with).status_code == 401
    visitor.clock.forward(seconds=60)
    code, before = shown(app, visitor), shown(app, visitor, -1)
    assert send(first_step(visitor), "/login/second", code=code).status_code == 303
    assert send(first_step(visitor), "/login/second", code=code).status_code == 401
    assert send(first_step(visitor), "/login/second", code=before).status_code == 401


def test_a_clock_may_be_one_step_off(visitor: Visitor) -> None:
    app, _ = enrol(visitor, member(visitor))
    for off, status in ((-2, 401), (-1, 303), (0, 303), (1, 303), (2, 401)):
        visitor.clock.forward(minutes=5)
        code = shown(app, visitor, off)
        answer = send(first_step(visitor), "/login/second", code=f"{code[:3]} {code[3:]}")
        assert answer.status_code == status, off


def test_a_recovery_code_works_once_and_new_ones_kill_the_old(visitor: Visitor) -> None:
    ben = member(visitor)
    app, codes = enrol(visitor, ben)
    one = first_step(visitor)
    assert send(one, "/login/second", recovery=codes[3].upper().replace("-", " ")).status_code == 303
    assert inside(one)
    assert send(first_step(visitor), "/login/second", recovery=codes[3]).status_code == 401
    assert "9 of 10" in words(one.page(PAGE))
    assert ("Ben", "user.recovery_code_used") in trail(visitor)
    visitor.clock.forward(seconds=30)
    again = send(one, PAGE, do="codes", code=shown(app, visitor))
    new = re.findall(r"<li><code>([a-z2-9-]{19})</code></li>", again.text)
    assert len(new) == 10
    assert send(first_step(visitor), "/login/second", recovery=codes[4]).status_code == 401
    assert send(first_step(visitor), "/login/second", recovery=new[0]).status_code == 303


def test_nobody_elses_recovery_code_works(visitor: Visitor) -> None:
    _, codes = enrol(visitor, member(visitor))
    enrol(visitor, member(visitor, "Ada"))
    assert send(first_step(visitor, "Ada"), "/login/second", recovery=codes[0]).status_code == 401


def test_codes_are_throttled_and_the_right_password_does_not_set_that_back(visitor: Visitor) -> None:
    app, _ = enrol(visitor, member(visitor))
    visitor.clock.forward(seconds=30)
    right = shown(app, visitor)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert [send(first_step(visitor), "/login/second", code=wrong).status_code for _ in range(4)] == [401] * 4
    assert send(typed(visitor), "/login/second", code=wrong).status_code == 401
    assert send(typed(visitor), "/login/second", code=right).status_code == 429
    assert stranger(visitor).log_in("CODE 2", "wrong words here") == 401  # a name cannot reach the count of codes
    visitor.clock.forward(minutes=15, seconds=1)
    assert send(first_step(visitor), "/login/second", code=shown(app, visitor)).status_code == 303


def test_guesses_at_once_cannot_use_one_code_twice(visitor: Visitor) -> None:
    app, _ = enrol(visitor, member(visitor))
    visitor.clock.forward(seconds=30)
    code, told = shown(app, visitor), []

    def guess() -> None:
        told.append(second_factor.check(visitor.deps, 2, code, address="198.51.100.7"))

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, False, False, True]


def test_the_step_belongs_to_its_browser_and_ends_soon(visitor: Visitor) -> None:
    app, _ = enrol(visitor, member(visitor))
    visitor.clock.forward(seconds=30)
    code = shown(app, visitor)
    nobody = stranger(visitor)
    nobody.page("/login")
    answer = nobody.post("/login/second", data={"csrf": nobody.csrf, "code": code}, follow_redirects=False)
    assert answer.headers["location"] == "/login"
    assert not inside(nobody)
    slow = first_step(visitor)
    visitor.clock.forward(minutes=10, seconds=1)
    answer = send(slow, "/login/second", code=shown(app, visitor))
    assert (answer.headers["location"], inside(slow)) == ("/login", False)


@pytest.mark.parametrize("cut", ["disable", "password", "reset"])
def test_who_is_half_way_in_is_out_when_the_account_changes(visitor: Visitor, cut: str) -> None:
    app, _ = enrol(visitor, member(visitor))
    one = first_step(visitor)
    store, clock = visitor.deps.store, visitor.clock
    if cut == "disable":
        people.disable(store, name="Ben", actor="Lena", clock=clock)
    elif cut == "password":
        people.set_password(store, name="Ben", password="another few words", actor="Lena", clock=clock)
    else:
        second_factor.reset(store, name="Ben", actor="Lena", clock=clock)
    clock.forward(seconds=30)
    assert send(one, "/login/second", code=shown(app, visitor)).headers["location"] == "/login"
    assert not inside(one)


def test_it_is_switched_off_with_password_and_code_only(visitor: Visitor) -> None:
    ben = member(visitor)
    app, codes = enrol(visitor, ben)
    visitor.clock.forward(seconds=30)
    code = shown(app, visitor)
    assert send(ben, PAGE, do="off", password="wrong words here", code=code).status_code == 422
    assert send(ben, PAGE, do="off", password=factories.PASSWORD, code="000000").status_code == 422
    assert send(ben, PAGE, do="off", password=factories.PASSWORD).status_code == 422
    assert "On since" in ben.page(PAGE)
    assert send(ben, PAGE, do="off", password=factories.PASSWORD, code=codes[0]).status_code == 303
    assert "Set up with an app" in ben.page(PAGE)
    assert stranger(visitor).log_in("Ben") == 303
    assert trail(visitor)[-1] == ("Ben", "user.second_factor_off")
    with visitor.deps.store.read() as db:
        assert db.query(TotpRow).count() == db.query(RecoveryRow).count() == 0


def test_setting_up_asks_for_the_password_when_the_log_in_is_old(visitor: Visitor) -> None:
    ben = member(visitor)
    visitor.clock.forward(minutes=11)
    assert 'name="password"' in ben.page(PAGE)
    assert send(ben, PAGE, do="begin").status_code == 422
    assert send(ben, PAGE, do="begin", password="wrong words here").status_code == 422
    assert "Set up with an app" in ben.page(PAGE)
    assert send(ben, PAGE, do="begin", password=factories.PASSWORD).status_code == 303
    assert "Switch it on" in ben.page(PAGE)


def test_a_wrong_first_code_switches_nothing_on(visitor: Visitor) -> None:
    ben = member(visitor)
    send(ben, PAGE, do="begin")
    for code in ("000000", "１２３４５６", ""):
        answer = send(ben, PAGE, do="confirm", code=code)
        assert (answer.status_code, "not the code of now" in answer.text) == (422, True)
    assert stranger(visitor).log_in("Ben") == 303
    with pytest.raises(Conflict):
        second_factor.confirm(visitor.deps.store, user_id=1, code="1", keep="", clock=visitor.clock)


def test_an_admin_resets_anothers_but_not_the_own(visitor: Visitor) -> None:
    ben = member(visitor)
    enrol(visitor, ben)
    assert "Reset" in visitor.get("/people/2").text
    assert visitor.post("/people/2", do="reset_factor").status_code == 303
    assert not inside(ben)
    assert stranger(visitor).log_in("Ben") == 303
    assert trail(visitor)[-1] == ("Lena", "user.second_factor_reset")
    assert visitor.post("/people/2", do="reset_factor").status_code == 409
    assert visitor.post("/people/1", do="reset_factor").status_code == 409


def test_the_secret_stands_nowhere_in_clear(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    app, codes = enrol(visitor, member(visitor))
    with visitor.deps.store.read() as db:
        row = db.get_one(TotpRow, 2)
        kept = [row.secret, *(each.code_hash for each in db.query(RecoveryRow))]
        kept += [str(each.detail) for each in audit.newest(db)] + [str(each.detail) for each in db.query(LoginStepRow)]
        assert second_factors.secret_of(db, row) == app.secret
    assert app.secret not in " ".join(kept) + caplog.text
    assert not any(code in " ".join(kept) + caplog.text for code in codes)


def test_another_key_cannot_read_it_and_says_what_to_do(visitor: Visitor, tmp_path: Path) -> None:
    enrol(visitor, member(visitor))
    visitor.deps.store.info.clear()
    with visitor.deps.store.read() as db, pytest.raises(ConfigError, match="without a key"):
        second_factors.secret_of(db, db.get_one(TotpRow, 2))
    from core.store.sealing import Sealer

    visitor.deps.store.info["audit_sealer"] = Sealer(b"quite another key of tests", tmp_path / "other")
    with visitor.deps.store.read() as db, pytest.raises(ConfigError, match="amends user reset"):
        second_factors.secret_of(db, db.get_one(TotpRow, 2))


# --- required of everybody ---------------------------------------------------------------------------------------


def test_where_it_is_required_who_has_none_is_led_to_set_it_up_and_sees_nothing_else(tmp_path: Path) -> None:
    visitor = house(tmp_path, required=True)
    ben = member(visitor)
    for path in ("/", "/queue", "/account", "/people", "/audit", "/trends"):
        answer = ben.get(path, headers={"accept": "text/html"}, follow_redirects=False)
        assert answer.headers["location"] in (PAGE, "/queue"), path
    assert ben.get("/queue/list").status_code == 403
    assert ben.get("/events").status_code == 403
    page = ben.page(PAGE)
    assert "Your team asks for two factors" in page
    assert 'class="rail"' not in page
    assert 'class="rail"' not in ben.page("/nowhere")
    app, codes = enrol(visitor, ben)
    assert len(codes) == 10
    assert inside(ben)
    visitor.clock.forward(seconds=30)
    late = first_step(visitor)
    assert not inside(late)
    assert send(late, "/login/second", code=shown(app, visitor)).status_code == 303
    assert inside(late)


def test_where_it_is_required_switching_off_leads_to_setting_up_again(tmp_path: Path) -> None:
    visitor = house(tmp_path, required=True)
    ben = member(visitor)
    _, codes = enrol(visitor, ben)
    send(ben, PAGE, do="off", password=factories.PASSWORD, code=codes[0])
    assert ben.get("/queue/list").status_code == 403
    assert "Set up with an app" in ben.page(PAGE)


def test_a_session_from_before_it_was_required_logs_in_again(tmp_path: Path) -> None:
    visitor = house(tmp_path, required=True)
    enrol(visitor, member(visitor))
    with visitor.deps.store.read() as db:
        ben = users.by_name(db, "Ben")
        assert ben
    old = stranger(visitor)
    old.cookies.set("amends", auth.start_session(visitor.deps, auth.proved(ben), old_token=None, user_agent=""))
    answer = old.get(PAGE, headers={"accept": "text/html"}, follow_redirects=False)
    assert answer.headers["location"] == "/login"
    assert old.get("/queue/list").status_code == 401


def test_who_must_set_it_up_can_log_out(tmp_path: Path) -> None:
    ben = member(house(tmp_path, required=True))
    ben.page(PAGE)
    assert ben.post("/logout", data={"csrf": ben.csrf}, follow_redirects=False).headers["location"] == "/login"


def test_by_default_nobody_is_asked(visitor: Visitor) -> None:
    assert Settings(brand=visitor.deps.settings.brand).people.require_two_factor is False
    assert inside(member(visitor))
