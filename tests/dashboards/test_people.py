"""Invitations, roles, shut accounts, links for a password, sessions: over HTTP, as an admin and as everybody else."""

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from core.errors import Conflict
from core.settings import Settings
from core.store import audit, desk, logins, users
from core.store.cases import CaseRow
from core.store.invitations import InvitationRow
from dashboards import auth, people
from tests import factories
from tests.dashboards.conftest import Browser
from tests.dashboards.visiting import Visitor, new_user, visit, words
from tests.factories import Database


@pytest.fixture
def admin(tmp_path: Path) -> Visitor:
    return visit(tmp_path, "admin")


def link_of(answer: Any) -> str:
    found = re.search(r'value="(http://testserver/[^"]+)"', answer.text)
    assert found, words(answer.text)[:400]
    return found[1].removeprefix("http://testserver")


def stranger(visitor: Visitor) -> Browser:
    return Browser(visitor.client.app, base_url="http://testserver")


def trail(visitor: Visitor) -> list[tuple[str, str]]:
    with visitor.deps.store.read() as db:
        return [(row.actor, row.action) for row in audit.newest(db)][::-1]


def test_an_invitation_makes_one_account_of_its_role(admin: Visitor) -> None:
    link = link_of(admin.post("/people", do="invite", name="Zoë  Tremblay", role="approver"))
    page = admin.get("/people").text
    assert "Zoë Tremblay" in page
    assert link not in page  # shown once
    one = stranger(admin)
    assert "who approves replies" in words(one.page(link))
    fields = {"csrf": one.csrf, "name": "Zoë", "password": "four plain words"}
    assert one.post(link, data=fields, follow_redirects=False).headers["location"] == "/"
    assert "approver" in one.page("/queue")
    late = stranger(admin)
    assert "does not work any more" in late.page(link)
    assert late.post(link, data=fields | {"csrf": late.csrf}).status_code in (403, 410)
    assert trail(admin) == [("Lena", "user.invited"), ("Zoë", "user.joined")]
    assert "Open invitations" not in admin.get("/people").text


def test_an_invitation_ends_by_itself_and_can_be_taken_back(admin: Visitor) -> None:
    old = link_of(admin.post("/people", do="invite", name="", role="viewer"))
    admin.clock.forward(hours=72, seconds=1)
    assert "does not work any more" in stranger(admin).page(old)
    admin.client.cookies.clear()
    with admin.deps.store.read() as db:
        lena = users.by_name(db, "Lena")
        assert lena
    token = auth.start_session(admin.deps, auth.proved(lena), old_token=None, user_agent="test")
    admin.client.cookies.set("amends", token)
    new = link_of(admin.post("/people", do="invite", name="", role="viewer"))
    one = stranger(admin)
    one.page(new)
    row = re.search(r'name="invitation" value="(\w+)"', admin.get("/people").text)
    assert row
    assert admin.post("/people", do="withdraw", invitation=row[1]).status_code == 303
    assert one.post(new, data={"csrf": one.csrf, "name": "Zoë", "password": "four plain words"}).status_code == 410
    assert admin.post("/people", do="withdraw", invitation=row[1]).status_code == 409


def test_a_bad_name_or_password_leaves_the_invitation_as_it_was(admin: Visitor) -> None:
    link = link_of(admin.post("/people", do="invite", name="", role="viewer"))
    one = stranger(admin)
    one.page(link)
    long = "four plain words"
    for name, password in (("", long), ("Zoë", "short"), ("LENA", long), ("x" * 81, long), ("Zo\x08ë", long)):
        answer = one.post(link, data={"csrf": one.csrf, "name": name, "password": password})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert one.post(link, data={"csrf": one.csrf, "name": "Zoë", "password": "four plain words"}).status_code == 200


def test_bad_invitations_are_refused_in_words(admin: Visitor) -> None:
    for fields, status in (
        ({"name": "Zoë", "role": "owner"}, 422),
        ({"name": "lena", "role": "viewer"}, 409),
        ({"name": "x" * 81, "role": "viewer"}, 422),
        ({"name": "Zoë\u202e)nimda(", "role": "viewer"}, 422),
    ):
        answer = admin.post("/people", do="invite", **fields)
        assert (answer.status_code, "Nothing was done" in answer.text) == (status, True)
    assert admin.post("/people", do="something").status_code == 422


def test_no_secret_of_a_link_is_kept(admin: Visitor) -> None:
    token = link_of(admin.post("/people", do="invite", name="", role="viewer")).rsplit("/", 1)[1]
    with admin.deps.store.read() as db:
        assert db.get(InvitationRow, token) is None
        assert db.get(InvitationRow, auth.hashed(token)) is not None
        assert token not in str([row.detail for row in audit.newest(db)])


def test_a_link_of_one_kind_does_not_open_the_other(admin: Visitor) -> None:
    ben = new_user(admin, "Ben", "viewer")
    invitation = link_of(admin.post("/people", do="invite", name="", role="admin")).rsplit("/", 1)[1]
    password = link_of(admin.post(f"/people/{ben}", do="password_link")).rsplit("/", 1)[1]
    one = stranger(admin)
    assert "does not work any more" in one.page(f"/join/{password}")
    assert "does not work any more" in one.page(f"/password/{invitation}")


def test_a_password_link_sets_it_once_and_ends_every_session(admin: Visitor) -> None:
    ben = admin.rows.user("Ben", "viewer")
    his = stranger(admin)
    assert his.log_in("Ben") == 303
    older = link_of(admin.post(f"/people/{ben}", do="password_link"))
    link = link_of(admin.post(f"/people/{ben}", do="password_link"))
    one = stranger(admin)
    assert "does not work any more" in one.page(older)
    assert "For Ben" in words(one.page(link))
    assert one.post(link, data={"csrf": one.csrf, "password": "short"}).status_code == 422
    done = one.post(link, data={"csrf": one.csrf, "password": "another few words"}, follow_redirects=False)
    assert done.headers["location"] == "/login"
    assert his.get("/queue/list").status_code == 401
    assert stranger(admin).log_in("Ben") == 401
    assert stranger(admin).log_in("Ben", "another few words") == 303
    assert "does not work any more" in stranger(admin).page(link)
    late = link_of(admin.post(f"/people/{ben}", do="password_link"))
    admin.clock.forward(hours=2, seconds=1)
    assert "does not work any more" in stranger(admin).page(late)


def test_a_disabled_account_is_out_at_once_and_its_links_die(admin: Visitor) -> None:
    ben = admin.rows.user("Ben", "approver")
    his = stranger(admin)
    his.log_in("Ben")
    link = link_of(admin.post(f"/people/{ben}", do="password_link"))
    assert admin.post(f"/people/{ben}", do="disable").status_code == 303
    assert his.get("/queue/list").status_code == 401
    assert "does not work any more" in stranger(admin).page(link)
    assert stranger(admin).log_in("Ben") == 401
    assert "Disabled" in admin.get("/people").text
    admin.post(f"/people/{ben}", do="enable")
    assert stranger(admin).log_in("Ben") == 303
    assert [each for each in trail(admin) if each[0] == "Lena"][-2:] == [
        ("Lena", "user.disabled"),
        ("Lena", "user.enabled"),
    ]


def test_the_cases_of_a_disabled_account_are_for_everybody_again(admin: Visitor) -> None:
    ben = new_user(admin, "Ben", "approver")
    mine = admin.rows.case("sam", owner_id=ben)
    admin.rows.draft(admin.rows.mention(case_id=mine))
    assert 'class="row"' not in admin.get("/queue?view=unassigned").text
    admin.post(f"/people/{ben}", do="disable")
    with admin.deps.store.read() as db:
        assert db.get_one(CaseRow, mine).owner_id is None
        assert audit.newest(db)[0].detail == {"name": "Ben", "cases": 1}
    assert 'class="row"' in admin.get("/queue?view=unassigned").text


def test_roles_change_and_the_last_admin_stays(admin: Visitor) -> None:
    ben = new_user(admin, "Ben", "viewer")
    with admin.deps.store.read() as db:
        lena = users.by_name(db, "Lena")
        assert lena
    for do in ({"do": "role", "role": "viewer"}, {"do": "disable"}):
        answer = admin.post(f"/people/{lena.id}", **do)
        assert (answer.status_code, "last admin" in answer.text) == (409, True)
    assert admin.post(f"/people/{ben}", do="role", role="admin").status_code == 303
    assert admin.post(f"/people/{ben}", do="role", role="emperor").status_code == 422
    assert admin.post(f"/people/{lena.id}", do="role", role="viewer").status_code == 303
    assert admin.get("/people").status_code == 403  # at once, in the session that did it
    with admin.deps.store.read() as db:
        told = audit.newest(db)[0]
    assert (told.action, told.detail["before"], told.detail["after"]) == ("user.role", "admin", "viewer")


def test_two_admins_who_leave_at_once_leave_one(any_database: Database) -> None:
    any_database.user("Ada", "admin")
    any_database.user("Ben", "admin")
    together, told = threading.Barrier(2), []

    def leave(name: str) -> None:
        together.wait()
        try:
            people.set_role(any_database.store, name=name, role="viewer", actor=name, clock=any_database.clock)
            told.append("left")
        except Conflict:
            told.append("stays")

    threads = [threading.Thread(target=leave, args=(name,)) for name in ("Ada", "Ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["left", "stays"]


def test_sessions_are_listed_and_ended_ones_own_and_by_an_admin(admin: Visitor) -> None:
    ben = admin.rows.user("Ben", "viewer")
    first, second = stranger(admin), stranger(admin)
    first.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
    for one in (first, second):
        one.log_in("Ben")
    page = first.page("/account")
    assert "Firefox on Linux" in page
    assert "this one" in page
    other = re.search(r'name="session" value="(\w+)"', page)
    assert other
    assert other[1] != auth.hashed(first.cookies["amends"])
    first.post("/account", data={"csrf": first.csrf, "do": "end_session", "session": other[1]})
    assert (first.get("/queue/list").status_code, second.get("/queue/list").status_code) == (200, 401)
    # Nobody ends the session of somebody else from the own page.
    mine = auth.hashed(admin.client.cookies["amends"])
    first.post("/account", data={"csrf": first.csrf, "do": "end_session", "session": mine})
    assert admin.get("/people").status_code == 200
    admin.post(f"/people/{ben}", do="end_session", session="")
    assert first.get("/queue/list").status_code == 401
    with admin.deps.store.read() as db:
        assert logins.sessions_of(db, ben, admin.clock()) == []


def test_ending_all_others_keeps_this_one(admin: Visitor) -> None:
    admin.rows.user("Ben", "viewer")
    first, second = stranger(admin), stranger(admin)
    for one in (first, second):
        one.log_in("Ben")
    first.page("/account")
    first.post("/account", data={"csrf": first.csrf, "do": "end_session", "session": ""})
    assert (first.get("/queue/list").status_code, second.get("/queue/list").status_code) == (200, 401)


def test_names_are_listed_as_people_count(admin: Visitor) -> None:
    for name in ("Agent 10", "agent 2", "Zoë", "Agent 2b", "Agent"):
        new_user(admin, name, "approver")
    found = re.findall(r"<bdi>([^<]+)</bdi>", admin.get("/people").text)
    assert found == ["Agent", "agent 2", "Agent 2b", "Agent 10", "Lena", "Zoë"]
    with admin.deps.store.read() as db:
        assert [name for _id, name in desk.team(db).colleagues] == found


def test_the_own_password_needs_the_one_before_and_guessing_it_is_slowed(admin: Visitor) -> None:
    admin.rows.user("Ben", "viewer")
    one, elsewhere = stranger(admin), stranger(admin)
    one.log_in("Ben")
    elsewhere.log_in("Ben")
    one.page("/account")
    form = {"csrf": one.csrf, "do": "password", "current": factories.PASSWORD, "new": "another few words"}
    assert "This is not your password" in one.post("/account", data=form | {"current": "a guess of mine"}).text
    assert one.post("/account", data=form | {"new": "short"}).status_code == 422
    assert one.post("/account", data=form).status_code == 200
    assert (one.get("/queue/list").status_code, elsewhere.get("/queue/list").status_code) == (200, 401)
    wrong = form | {"current": "a guess of mine"}
    told = [one.post("/account", data=wrong).text for _ in range(6)]
    assert ["Too many attempts" in text for text in told] == [False] * 5 + [True]


def test_two_who_use_one_invitation_at_once_make_one_account(admin: Visitor) -> None:
    """The second finds the link taken, whatever its page showed before."""
    store, clock = admin.deps.store, admin.clock
    token = people.invite(store, name="", role="viewer", actor="Lena", hours=1, clock=clock)
    assert people.link_stands(store, token, "account", clock)
    people.join(store, token=token, name="Ana", password="four plain words", clock=clock)
    with pytest.raises(Exception, match="this link was used"):
        people.join(store, token=token, name="Ben", password="four plain words", clock=clock)
    with pytest.raises(Conflict):
        people.invite(store, name="ana", role="viewer", actor="Lena", hours=1, clock=clock)


def test_links_carry_the_public_address(tmp_path: Path) -> None:
    settings: Settings = factories.settings(public_url="https://care.example")
    visitor = visit(tmp_path, "admin", settings=settings)
    visitor.client.base_url = "https://care.example"  # type: ignore[assignment]
    visitor.client.cookies.set("__Host-amends", visitor.client.cookies["__Host-amends"], domain="care.example")
    assert "https://care.example/join/" in visitor.post("/people", do="invite", name="", role="viewer").text


def test_a_browser_is_named_and_a_hostile_one_is_only_text(admin: Visitor) -> None:
    ben = admin.rows.user("Ben", "viewer")
    who, agent = auth.Proved(ben, 0), "<script>alert(1)</script>"
    auth.start_session(admin.deps, who, old_token=None, user_agent=agent, address="192.0.2.7")
    page = admin.get(f"/people/{ben}").text
    assert "<script>alert" not in page
    assert "192.0.2.7" in page
