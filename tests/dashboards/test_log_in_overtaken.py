"""A log-in whose password was right, and was replaced before the session began: nobody gets in, on both databases.
Nor does a session that is being ended make a token or add a passkey.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event

from core.errors import Conflict, Refused
from core.store import Store, logins, tokens, users
from core.store import passkeys as keys
from core.store.users import SessionRow, UserRow
from dashboards import auth, passkeys, people, second_factor
from dashboards import tokens as api_tokens
from dashboards.auth import Proved, Signed
from dashboards.deps import Deps
from dashboards.passkeys import Place
from tests import factories
from tests.dashboards.apps import create_app
from tests.dashboards.conftest import Browser
from tests.factories import PASSWORD, Clock, Database
from tests.fakes.authenticator import Authenticator

NEW = "four plain words"
HERE = "http://localhost"


def deps_of(rows: Database, **changes: Any) -> Deps:
    return factories.deps(rows.store, clock=rows.clock, **changes)


def right(deps: Deps) -> Proved:
    user = auth.log_in(deps, name="Ana", password=PASSWORD, address="192.0.2.1")
    assert user
    return auth.proved(user)


def begin(deps: Deps, who: Proved) -> str:
    return auth.start_session(deps, who, old_token=None, user_agent="test")


def sessions(store: Store) -> int:
    with store.read() as db:
        return db.query(SessionRow).count()


ENDS: dict[str, Callable[[Store, Clock], object]] = {
    "a new password": lambda store, clock: people.set_password(
        store, name="Ana", password=NEW, actor="Ada", clock=clock
    ),
    "shut": lambda store, clock: people.disable(store, name="Ana", actor="Ada", clock=clock),
    "shut and opened": lambda store, clock: (
        people.disable(store, name="Ana", actor="Ada", clock=clock),
        people.enable(store, name="Ana", actor="Ada", clock=clock),
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_was_right_before_opens_nothing_after(any_database: Database, end: str) -> None:
    any_database.user("Ana")
    deps = deps_of(any_database)
    who = right(deps)
    ENDS[end](deps.store, deps.clock)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="ended at this moment"):
        begin(deps, who)
    assert sessions(deps.store) == 0


def test_a_session_waits_for_a_password_that_is_being_replaced(any_database: Database) -> None:
    """The other transaction has looked for sessions to end already, and is not over yet."""
    user = any_database.user("Ana")
    deps = deps_of(any_database)
    who, told = right(deps), list[str]()

    def enter() -> None:
        try:
            told.append(begin(deps, who))
        except Refused:
            told.append("refused")

    entering = threading.Thread(target=enter)
    with deps.store.begin() as db:
        db.get_one(UserRow, user).password_hash = factories.hashed(NEW)
        logins.revoke_all(db, user)
        entering.start()
        entering.join(0.5)
        assert entering.is_alive(), "it must not be decided on what may change"
    entering.join(20)
    assert told == ["refused"]
    assert sessions(deps.store) == 0


def test_a_password_that_is_replaced_waits_for_a_session_that_begins(any_database: Database) -> None:
    """The other way round: the session stands when it is looked for, and ends."""
    user = any_database.user("Ana")
    deps, entered, may_end = deps_of(any_database), threading.Event(), threading.Event()

    def clock() -> datetime:
        return any_database.clock()

    def replace() -> None:
        entered.wait(20)
        people.set_password(deps.store, name="Ana", password=NEW, actor="Ada", clock=clock)
        may_end.set()

    replacing = threading.Thread(target=replace)
    replacing.start()
    with deps.store.begin() as db:
        assert users.held(db, user, 0)
        db.add(
            SessionRow(
                token_hash="h", csrf="c", user_id=user, created_at=clock(), expires_at=clock(), user_agent="test"
            )
        )
        db.flush()
        entered.set()
        assert not may_end.wait(0.5)
    replacing.join(20)
    assert sessions(deps.store) == 0


class Overtaken(Clock):
    """The first time it is asked after ``proof``, a statement to the database, Ana's password is replaced."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store, self.proof, self.proved, self.done = store, "", False, False
        event.listen(store.engine, "before_cursor_execute", lambda *told: self._see(told[2]))

    def _see(self, statement: str) -> None:
        self.proved |= bool(self.proof) and self.proof in statement

    def __call__(self) -> datetime:
        if self.proved and not self.done:
            self.done = True
            people.set_password(self.store, name="Ana", password=NEW, actor="Ada", clock=Clock())
        return self.now


def test_who_is_overtaken_is_asked_to_log_in_again(database: Database) -> None:
    database.user("Ana")
    clock = Overtaken(database.store)
    clock.proof = "DELETE FROM login_attempts WHERE login_attempts.name"
    one = Browser(create_app(factories.deps(database.store, clock=clock)))
    one.page("/login")
    form = {"csrf": one.csrf, "name": "Ana", "password": PASSWORD}
    answer = one.post("/login", data=form, follow_redirects=False)
    assert clock.done
    assert answer.status_code == 401
    assert "All log-ins of this account were ended at this moment. Log in again." in answer.text
    assert "amends" not in one.cookies
    assert sessions(database.store) == 0
    assert one.log_in("Ana", NEW) == 303


def test_a_second_step_keeps_what_the_first_one_proved(database: Database) -> None:
    """Begun a moment after the old password was replaced, it leads nowhere however right the code is."""
    database.user("Ana")
    deps = deps_of(database)
    who = right(deps)
    people.set_password(deps.store, name="Ana", password=NEW, actor="Ada", clock=deps.clock)
    step = second_factor.step_of(deps, second_factor.begin_step(deps, who, "/"))
    assert step
    with pytest.raises(Refused):
        begin(deps, second_factor.proved_by(step))


def test_who_gave_the_old_password_does_not_replace_the_newer_one(any_database: Database) -> None:
    any_database.user("Ana")
    deps = deps_of(any_database)
    who = right(deps)
    people.set_password(deps.store, name="Ana", password=NEW, actor="Ada", clock=deps.clock)
    with pytest.raises(Conflict):
        people.change_password(deps.store, who=who, password="words of a thief", keep="", clock=deps.clock)
    assert auth.log_in(deps, name="Ana", password=NEW, address="192.0.2.1")


def held_by(store: Store) -> list[str]:
    with store.read() as db:
        return [row.name for row in tokens.unrevoked(db)]


def make(deps: Deps, owner: Signed) -> None:
    api_tokens.make(deps.store, owner=owner, name="a bridge", scopes={"read"}, days=30, clock=deps.clock)


def signed(deps: Deps) -> Signed:
    found = auth.signed_by(deps, auth.hashed(begin(deps, right(deps))))
    assert found
    return found


@pytest.mark.parametrize("end", ENDS)
def test_who_was_signed_in_before_makes_no_token_after(any_database: Database, end: str) -> None:
    any_database.user("Ana", "lead")
    deps = deps_of(any_database)
    owner = signed(deps)
    ENDS[end](deps.store, deps.clock)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="ended at this moment"):
        make(deps, owner)
    assert held_by(deps.store) == []


def test_who_is_put_out_while_the_passkey_is_looked_at_adds_none(database: Database) -> None:
    database.user("Ana", "lead")
    clock, place, device = Overtaken(database.store), Place("localhost", HERE), Authenticator(HERE)
    deps = factories.deps(database.store, clock=clock)
    owner = signed(deps)
    made = device.create(passkeys.begin(deps, owner, place))
    clock.proof = "DELETE FROM login_steps"
    with pytest.raises(Conflict, match="ended at this moment"):
        passkeys.add(deps, owner, place, name="a thief's", credential=made)
    assert clock.done
    with database.store.read() as db:
        assert not keys.has_any(db, owner.id)


def test_a_token_waits_for_a_password_that_is_being_replaced(any_database: Database) -> None:
    """The other transaction has revoked the tokens there were already, and is not over yet."""
    user = any_database.user("Ana", "lead")
    deps = deps_of(any_database)
    owner, told = signed(deps), list[str]()

    def ask() -> None:
        try:
            make(deps, owner)
        except Conflict as error:
            told.append(str(error))

    asking = threading.Thread(target=ask)
    with deps.store.begin() as db:
        logins.revoke_all(db, user)
        tokens.revoke_all(db, user, deps.clock())
        asking.start()
        asking.join(0.5)
        assert asking.is_alive(), "it must not be decided on what may change"
    asking.join(20)
    assert told == [api_tokens.OVERTAKEN]
    assert held_by(deps.store) == []


def test_the_page_of_an_ended_session_shows_no_token(database: Database) -> None:
    database.user("Ana", "lead")
    clock = Overtaken(database.store)
    one = Browser(create_app(factories.deps(database.store, clock=clock)))
    one.log_in("Ana")
    one.page("/account/tokens")
    clock.proof = "FROM sessions JOIN users"
    form = {"csrf": one.csrf, "do": "make", "name": "a bridge", "days": "30", "scope.read": "yes"}
    answer = one.post("/account/tokens", data=form, follow_redirects=False)
    assert clock.done
    assert answer.status_code == 409
    assert "Nothing was done: log-ins of this account were ended at this moment; try again." in answer.text
    assert 'value="amends_' not in answer.text
    assert held_by(database.store) == []
    again = one.get("/account/tokens", headers={"accept": "text/html"}, follow_redirects=False)
    assert again.headers["location"].startswith("/login")


def test_who_changes_the_password_goes_on_making_tokens(any_database: Database) -> None:
    any_database.user("Ana", "lead")
    deps = deps_of(any_database)
    keep = begin(deps, right(deps))
    people.change_password(deps.store, who=right(deps), password=NEW, keep=auth.hashed(keep), clock=deps.clock)
    owner = auth.signed_by(deps, auth.hashed(keep))
    assert owner
    make(deps, owner)
    assert held_by(deps.store) == ["a bridge"]
