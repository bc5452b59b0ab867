"""Tokens of the JSON API: who makes them, what is kept of them, how they end."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import Conflict
from core.store import audit, users
from core.store import tokens as rows
from core.store.tokens import TokenRow
from dashboards import people, tokens
from dashboards.auth import Proved, Signed, hashed
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import new_user, sign_in, visit, words
from tests.factories import Clock, Database


def made(answer: Any) -> str:
    found = re.search(r'value="(amends_[\w-]{43})"', answer.text)
    assert found, words(answer.text)[:400]
    return found[1]


def test_a_lead_makes_a_token_that_is_shown_once_and_kept_as_a_hash(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "lead")
    fields = {"do": "make", "name": "status  bridge", "scope.read": "yes", "scope.incidents": "yes", "days": "30"}
    secret = made(visitor.post("/account/tokens", **fields))
    page = visitor.get("/account/tokens").text
    assert "status bridge" in page
    assert secret not in page
    with visitor.deps.store.read() as db:
        (row,) = rows.unrevoked(db)
        last = audit.newest(db)[0]
    assert (row.token_hash, row.scopes) == (hashed(secret), ["read", "incidents"])
    assert (last.actor, last.action, last.subject) == ("Lena", "token.made", f"token:{row.id}")
    assert last.detail == {
        "name": "status bridge",
        "scopes": ["read", "incidents"],
        "expires_at": "2026-12-20T14:00:00+00:00",
    }
    assert visitor.post("/account/tokens", do="revoke", token=str(row.id)).status_code == 303
    assert visitor.post("/account/tokens", do="revoke", token=str(row.id)).status_code == 409
    with visitor.deps.store.read() as db:
        assert rows.standing(db, row.token_hash, visitor.clock()) is None
        assert audit.newest(db)[0].action == "token.revoked"


@pytest.mark.parametrize(
    "fields",
    [{"name": "", "scope.read": "yes", "days": "30"}, {"name": "x"}, {"name": "x", "scope.approve": "yes"},
     {"name": "x" * 81, "scope.read": "yes"}, {"name": "x", "scope.read": "yes", "days": "0"},
     {"name": "x", "scope.read": "yes", "days": "soon"}],
)  # fmt: skip
def test_a_token_without_purpose_scope_or_sense_is_not_made(tmp_path: Path, fields: dict[str, str]) -> None:
    visitor = visit(tmp_path, "lead")
    answer = visitor.post("/account/tokens", do="make", **fields)
    assert answer.status_code == 422
    assert "Nothing was done" in words(answer.text)
    with visitor.deps.store.read() as db:
        assert not rows.unrevoked(db)


def test_who_may_not_lead_makes_none_and_an_admin_ends_those_of_others(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "lead")
    made(visitor.post("/account/tokens", **{"do": "make", "name": "bridge", "scope.read": "yes", "days": ""}))
    sign_in(visitor, new_user(visitor, "Ben", "approver"))
    assert visitor.get("/account/tokens").status_code == 403
    sign_in(visitor, new_user(visitor, "Cleo", "lead"))
    assert "bridge" not in words(visitor.get("/account/tokens").text)
    assert visitor.post("/account/tokens", do="revoke", token="1").status_code == 409
    sign_in(visitor, new_user(visitor, "Ada", "admin"))
    assert "bridge of Lena" in words(visitor.get("/account/tokens").text)
    assert visitor.post("/account/tokens", do="revoke", token="1").status_code == 303


def test_a_token_stands_until_it_expires_and_while_its_owner_does(any_database: Database, clock: Clock) -> None:
    store = any_database.store
    any_database.user("Ada", "admin")
    owner = Signed(any_database.user("Lena", "lead"), "Lena", "lead", "", "")
    token_id, secret = tokens.make(store, owner=owner, name="x", scopes={"read"}, days=1, clock=clock)
    assert tokens.standing(store, secret + "x", clock()) is None
    row = tokens.standing(store, secret, clock())
    assert row is not None
    assert row.last_used_at is None
    with store.read() as db:
        assert db.get_one(TokenRow, token_id).last_used_at == clock()
    clock.forward(hours=23, minutes=59)
    assert tokens.standing(store, secret, clock()) is not None
    clock.forward(minutes=1)
    assert tokens.standing(store, secret, clock()) is None


def test_a_new_password_and_a_shut_account_end_every_token(database: Database, clock: Clock) -> None:
    store, me = database.store, database.user("Lena", "lead")
    owner = Signed(me, "Lena", "lead", "", "")
    _id, others = tokens.make(
        store, owner=Signed(database.user("Ben", "lead"), "Ben", "lead", "", ""), name="of Ben", scopes={"read"},
        days=None, clock=clock,
    )  # fmt: skip
    tokens.make(store, owner=owner, name="ended by itself", scopes={"read"}, days=1, clock=clock)
    clock.forward(days=2)
    link = people.offer_password(store, name="Lena", actor="Ada", hours=2, clock=clock)
    new = {"password": "four plain words", "clock": clock}
    for number, end in enumerate(
        (
            lambda: people.take_password(store, token=link, **new),
            lambda: people.change_password(store, who=Proved(me, 1), keep="", **new),
            lambda: people.set_password(store, name="Lena", actor="Ada", **new),
            lambda: people.disable(store, name="Lena", actor="Ada", clock=clock),
        )
    ):
        now = replace(owner, generation=number)  # everybody was put out so often
        _id, secret = tokens.make(store, owner=now, name=f"script {number}", scopes={"read"}, days=None, clock=clock)
        assert tokens.standing(store, secret, clock())
        end()
        with store.read() as db:
            assert audit.newest(db)[0].detail["tokens_ended"] == [f"script {number}"]
        if number == 3:
            people.enable(store, name="Lena", actor="Ada", clock=clock)
        assert tokens.standing(store, secret, clock()) is None
    assert tokens.standing(store, others, clock())


def test_the_pages_say_beforehand_that_tokens_end(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "admin")
    with visitor.deps.store.read() as db:
        lena = users.everybody(db)[0].id
    assert "ends too" not in words(visitor.get(f"/people/{lena}").text)
    visitor.post("/account/tokens", do="make", name="a bridge", days="30", **{"scope.read": "yes"})
    assert "Their token ends too: its script needs a new one." in words(visitor.get(f"/people/{lena}").text)
    visitor.rows.user("Ben", "lead")
    ben = Browser(visitor.client.app, base_url="http://testserver")
    ben.log_in("Ben")
    ben.page("/account")
    form = {"csrf": ben.csrf, "do": "make", "name": "a bridge", "days": "30", "scope.read": "yes"}
    ben.post("/account/tokens", data=form)
    assert "Your token ends too: its script needs a new one." in words(ben.page("/account"))


def test_an_account_has_a_limited_number_of_tokens(database: Database, clock: Clock) -> None:
    owner = Signed(database.user("Lena", "lead"), "Lena", "lead", "", "")
    for number in range(tokens.MOST):
        tokens.make(database.store, owner=owner, name=str(number), scopes={"read"}, days=None, clock=clock)
    with pytest.raises(Conflict, match="revoke one"):
        tokens.make(database.store, owner=owner, name="one more", scopes={"read"}, days=None, clock=clock)
