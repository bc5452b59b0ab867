"""Log-ins that failed stand in the audit: whose account, from where, what was not right; no secret and no flood."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.store import audit, users
from dashboards import failed_logins, second_factor
from tests import factories
from tests.dashboards.test_passkeys import at_the_door
from tests.dashboards.test_passkeys import post as send_json
from tests.dashboards.test_second_factor import enrol, first_step, member, send, shown, stranger
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import PASSWORD, Database


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    made = visit(tmp_path, "admin")
    factories.seal(made.deps.store, tmp_path, made.clock)
    return made


def failures(visitor: Visitor) -> list[tuple[str, str, dict[str, Any]]]:
    with visitor.deps.store.read() as db:
        rows = audit.newest(db)[::-1]
        return [(row.action, row.subject, row.detail) for row in rows if row.action.startswith("login.")]


def number_of(visitor: Visitor, name: str) -> int:
    with visitor.deps.store.read() as db:
        user = users.by_name(db, name)
        assert user
        return user.id


def test_a_wrong_password_names_the_account_and_the_address_and_not_the_password(visitor: Visitor) -> None:
    visitor.rows.user("Ben")
    assert stranger(visitor).log_in("ben", "a secret of mine") == 401
    [(action, subject, detail)] = failures(visitor)
    assert (action, subject) == ("login.wrong_password", f"user:{number_of(visitor, 'Ben')}")
    assert detail == {"name": "Ben", "address": "testclient"}
    assert stranger(visitor).log_in("Ben") == 303
    assert len(failures(visitor)) == 1


def test_what_was_typed_as_a_name_is_not_kept(visitor: Visitor) -> None:
    assert stranger(visitor).log_in("correct horse battery", "x") == 401  # a password in the wrong field
    assert failures(visitor) == [
        ("login.wrong_password", "login", {"address": "testclient", "why": "nobody has this name"})
    ]
    with visitor.deps.store.read() as db:
        everything = json.dumps([[row.subject, row.detail] for row in audit.newest(db)])
    assert "horse" not in everything


def test_waiting_is_told_once_and_a_disabled_account_as_such(visitor: Visitor) -> None:
    visitor.rows.user("Ben")
    with visitor.deps.store.begin() as db:
        user = users.by_name(db, "Ben")
        assert user
        user.disabled_at = visitor.clock()
    assert [stranger(visitor).log_in("Ben") for _ in range(8)] == [401] * 5 + [429] * 3
    told = failures(visitor)
    assert [action for action, *_ in told] == ["login.wrong_password"] * 5 + ["login.throttled"]
    assert [detail["why"] for *_, detail in told] == ["the account is disabled"] * 5 + ["too many under this name"]
    assert "more" in told[4][2]
    visitor.clock.forward(minutes=16)
    assert stranger(visitor).log_in("Ben") == 401
    assert len(failures(visitor)) == 7


def test_a_wrong_code_and_the_wait_for_codes(visitor: Visitor) -> None:
    app, _ = enrol(visitor, member(visitor))
    visitor.clock.forward(seconds=30)
    wrong = f"{(int(shown(app, visitor)) + 1) % 1_000_000:06}"
    for _ in range(6):
        send(first_step(visitor), "/login/second", code=wrong)
    told = failures(visitor)
    assert [action for action, *_ in told] == ["login.wrong_code"] * 5 + ["login.throttled"]
    assert {subject for _, subject, _ in told} == {f"user:{number_of(visitor, 'Ben')}"}
    assert wrong not in json.dumps(told)
    assert not second_factor.check(visitor.deps, number_of(visitor, "Lena"), "abcd", address="10.0.0.9")
    assert failures(visitor)[-1][2] == {"name": "Lena", "address": "10.0.0.9"}


def test_a_refused_passkey(visitor: Visitor) -> None:
    one, _ = at_the_door(visitor)
    assert send_json(one, "/login/passkey", {"credential": {"id": "nobodys"}}).status_code == 422
    assert failures(visitor) == [("login.passkey_refused", "login", {"address": "testclient"})]


def test_a_stranger_cannot_flood_the_audit(any_database: Database) -> None:
    one = factories.deps(any_database.store, clock=any_database.clock)
    for number in range(130):
        failed_logins.write_down(
            one, failed_logins.SIGN_ON, address=f"10.0.0.{number}", why="this answer comes from another provider"
        )
    with any_database.store.read() as db:
        rows = audit.newest(db, limit=500)
    assert len(rows) == failed_logins.MOST_OF_ALL
    assert [row.id for row in rows if "more" in row.detail] == [failed_logins.MOST_OF_ALL]


def test_the_page_asks_for_all_of_them_at_once(visitor: Visitor) -> None:
    assert "failed log-ins" not in visitor.get("/audit").text
    visitor.rows.user("Ben")
    stranger(visitor).log_in("Ben", "wrong words here")
    with visitor.deps.store.begin() as db:
        audit.record(db, actor="Lena", action="logins.other", subject="x:1", now=visitor.clock())
    page = visitor.get("/audit?action=login.").text
    assert '<option value="login." selected>failed log-ins</option>' in page
    assert "Login wrong password" in words(page)
    assert "Logins other</a>" not in page
    assert len(visitor.get("/audit/export.jsonl?action=login.").text.splitlines()) == 1
    assert "nobody" in words(visitor.get("/audit?who=nobody").text)
    assert PASSWORD not in page
