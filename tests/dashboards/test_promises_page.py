"""Promises, front line and promotions over HTTP: what the pages say, and who may decide."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.sections import Promotions
from core.settings import Brand, Settings
from core.store import promotions as holds
from core.store.links import LinkRow
from core.store.promises import PromiseRow, PromiseWordRow
from dashboards import people
from tests.dashboards.visiting import Visitor, new_user, visit, words
from tests.factories import BRAND

BRANDED = Brand(name=BRAND, handles=("@northwind",), languages=("en", "fr", "es"), time_zone="America/Toronto")
SETTINGS = Settings(brand=BRANDED)


def promise(visitor: Visitor, text: str = "We'll call you at 10:00.", **values: object) -> int:
    now = visitor.clock()
    row = {
        "brand": BRAND, "incident_id": None, "case_id": None, "kind": "contact", "text": text, "owner": "Ana",
        "due_at": now + timedelta(minutes=30), "made_at": now, "status": "open", "settled_by": "", "reason": "",
    } | values  # fmt: skip
    with visitor.deps.store.begin() as db:
        made = PromiseRow(**row)
        db.add(made)
        db.flush()
        word = PromiseWordRow(promise_id=made.id, source=f"fact:{made.id}", start=0, sentence=text, made_at=now)
        db.add(word)
        return made.id


def test_overdue_ones_come_first_with_owner_and_incident(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    made = visitor.rows.incident()
    promise(visitor, "Later.", incident_id=made)
    promise(visitor, "Too late.", due_at=visitor.clock() - timedelta(minutes=14), incident_id=made)
    promise(visitor, "Done.", status="kept", settled_at=visitor.clock(), settled_by="Bo", reason="called")
    promise(visitor, "Someone else's.", brand="Another")
    text = words(visitor.get("/promises").text)
    assert text.index("Overdue 1") < text.index("Too late.") < text.index("Later.")
    assert "overdue by 14 min" in text
    assert "In public · owner Ana · Mobile data outage" in text
    assert "Someone else" not in text
    kept = words(visitor.get("/promises?show=kept").text)
    assert "Done." in kept
    assert "Bo: called" in kept
    assert "No promise was broken" in words(visitor.get("/promises?show=broken").text)


def test_a_row_shows_one_action_and_keeps_the_others_in_a_menu(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver", settings=SETTINGS)
    promise(visitor)
    page = visitor.get("/promises").text
    row = page[page.index('<ul class="pledges">') : page.index("</ul>", page.index('<ul class="pledges">'))]
    depth, seen = 0, []
    for tag, verb in re.findall(r"<(/?details|summary)[^>]*>([^<]*)", row):
        depth += {"details": 1, "/details": -1, "summary": 0}[tag]
        if tag == "summary":
            seen.append((depth, verb))
    assert seen == [(1, "Mark kept"), (1, "More"), (2, "Move"), (2, "Hand over"), (2, "Mark broken")]
    assert ">Fri 20 Nov, 09:30 EST</time>" in row  # a time element does not break over two lines


def test_an_owner_who_left_is_said_to_have_and_somebody_else_takes_over(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver", settings=SETTINGS)
    new_user(visitor, "Ana", "lead")
    new_user(visitor, "Bo", "approver")
    one = promise(visitor)
    assert "owner Ana · " not in words(visitor.get("/promises").text)
    people.disable(visitor.deps.store, name="ana", actor="Ada", clock=visitor.clock)
    page = visitor.get("/promises").text
    assert "owner Ana cannot log in any more" in words(page)
    row = page[page.index('<ul class="pledges">') :]
    assert re.findall(r"<summary[^>]*>([^<]*)", row) == ["Hand over", "Mark kept", "More", "Move", "Mark broken"]
    chosen = re.findall(r"<option (selected)?\s*>([^<]+)", row)
    assert chosen == [("", "Bo"), ("selected", "Lena")], "who looks is offered first, who left is not"
    wrong = visitor.post(f"/promises/{one}", do="hand_over", owner="Ana")
    assert "nobody called" in words(wrong.text)
    assert re.findall(r'<details name="(\w+)" open>', wrong.text) == ["acts"]
    assert visitor.post(f"/promises/{one}", do="hand_over", owner="Bo").status_code == 303
    assert "owner Bo" in words(visitor.get("/promises").text)


def test_what_was_taken_back_is_kept_on_a_list_of_its_own(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    assert "No promise was taken back" in words(visitor.get("/promises?show=withdrawn").text)
    why = "no reply that made it stands any more"
    promise(visitor, status="withdrawn", settled_at=visitor.clock(), settled_by="amends", reason=why)
    page = words(visitor.get("/promises?show=withdrawn").text)
    assert f"Amends: {why}" in page
    assert "Taken back 1" in page.replace("\xa0", " ")
    assert "Mark kept" not in page
    assert "No promise is open" in words(visitor.get("/promises").text)


def test_nothing_is_promised(tmp_path: Path) -> None:
    assert "No promise is open" in words(visit(tmp_path).get("/promises").text)


def test_decisions_move_the_promise(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "approver", settings=SETTINGS)
    new_user(visitor, "Bo", "approver")
    one = promise(visitor)
    assert visitor.post(f"/promises/{one}", do="hand_over", owner="Bo").status_code == 303
    assert (
        visitor.post(f"/promises/{one}", do="move", due_at="2026-11-21T10:00", reason="asked for it").status_code == 303
    )
    assert "owner Bo" in words(visitor.get("/promises").text)
    assert visitor.post(f"/promises/{one}", do="kept", reason="reached").status_code == 303
    with visitor.deps.store.read() as db:
        row = db.get_one(PromiseRow, one)
    assert (row.status, row.settled_by, row.due_at.isoformat()) == ("kept", "Lena", "2026-11-21T15:00:00+00:00")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"do": "broken"}, 422, "say why the promise is broken"),
        ({"do": "move", "due_at": "2020-01-01T10:00", "reason": "x"}, 422, "This has passed"),
        ({"do": "move", "due_at": "2026-11-21T10:00"}, 422, "say why the time moves"),
        ({"do": "hand_over", "owner": "Nobody"}, 422, "nobody called"),
    ],
)
def test_what_cannot_be_decided_is_said_at_its_place(
    tmp_path: Path, fields: dict[str, str], status: int, said: str
) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    answer = visitor.post(f"/promises/{promise(visitor)}", **fields)
    assert answer.status_code == status
    assert said in answer.text
    opened = re.findall(r'<details name="(\w+)" open>', answer.text)
    assert opened == ["acts", "others"]  # the menu and in it the form with the fault


def test_a_second_decision_is_told_so(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    one = promise(visitor, status="kept", settled_at=visitor.clock())
    assert visitor.post(f"/promises/{one}", do="broken", reason="no").status_code == 409
    assert visitor.post("/promises/999", do="kept").status_code == 422
    assert visitor.post("/promises/abc", do="kept").status_code == 404


# --- front line --------------------------------------------------------------------------------------------------


def test_the_pack_is_in_step_with_the_facts(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer", settings=SETTINGS)
    made = visitor.rows.incident(sheet_version=4)
    visitor.rows.fact(made, "cause", "A wrong change.")
    for author in ("sam", "kim"):
        case = visitor.rows.case(author, incident_id=made)
        visitor.rows.mention("@northwind when is it back? 416-555-0199", case_id=case, author=author)
    text = words(visitor.get("/frontline").text)
    assert text.index("When will it be back?") < text.index("What happened?")
    assert "2 posts ask · When is it back?" in text
    assert "A wrong change." in text
    assert "555" not in text
    assert text.count("Rests on fact sheet version 4, Fri 20 Nov 2026, 09:00:00 EST") == 5
    assert "Customers who wrote: 2. Their posts: 2, angry ones: 2." in text
    visitor.rows.fact(made, "cause", "A broken cable.", version=5)
    assert "A broken cable." in visitor.get(f"/incidents/{made}/frontline").text
    assert "Quand est-ce que ça revient" in words(visitor.get(f"/incidents/{made}/frontline?language=fr").text)


def test_a_page_that_is_down_is_shown_and_left_out(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    made, now = visitor.rows.incident(), visitor.clock()
    with visitor.deps.store.begin() as db:
        db.add(LinkRow(url="https://status.northwind.example", ok=False, said="404", checked_at=now, since=now))
    text = words(visitor.get(f"/incidents/{made}/frontline").text)
    assert "Left out because it does not answer https://status.northwind.example: 404" in text
    assert text.count("status.northwind.example") == 1


def test_no_incident_no_pack(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    assert "No incident is open" in words(visitor.get("/frontline").text)
    assert visitor.get("/incidents/7/frontline").status_code == 404


# --- promotions --------------------------------------------------------------------------------------------------


def held(visitor: Visitor, incident: int | None) -> None:
    with visitor.deps.store.begin() as db:
        holds.begin(
            db,
            brand=BRAND,
            incident_id=incident,
            reason="Mobile data outage",
            began_by="amends",
            began_at=visitor.clock(),
        )


def test_a_lead_cannot_release_over_anger_an_admin_can(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "lead", settings=SETTINGS)
    made = visitor.rows.incident()
    held(visitor, made)
    visitor.rows.mention(case_id=visitor.rows.case(incident_id=made))
    assert "1 angry post is unanswered" in words(visitor.get("/promotions").text)
    answer = visitor.post("/promotions", do="release", override="please")
    assert answer.status_code == 422
    assert "An admin can release them with a reason" in answer.text
    (tmp_path / "b").mkdir()


def test_an_admin_releases_with_a_reason(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "admin", settings=SETTINGS)
    made = visitor.rows.incident()
    held(visitor, made)
    visitor.rows.mention(case_id=visitor.rows.case(incident_id=made))
    assert visitor.post("/promotions", do="release").status_code == 422
    assert visitor.post("/promotions", do="release", override="a recall").status_code == 303
    text = words(visitor.get("/promotions").text)
    assert "Not on hold" in text
    assert "Released by Lena, over unanswered anger: a recall" in text


def test_hold_and_release_by_hand(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=SETTINGS)
    assert visitor.post("/promotions", do="hold").status_code == 422
    assert visitor.post("/promotions", do="hold", reason="a price error").status_code == 303
    assert visitor.post("/promotions", do="hold", reason="again").status_code == 409
    assert visitor.post("/promotions", do="release").status_code == 303
    assert visitor.post("/promotions", do="nonsense").status_code == 422


TOKEN = "token-of-the-scheduler"
GUARDED = Settings(brand=BRANDED, promotions=Promotions(token=SecretStr(TOKEN)))
ADDRESS = "/api/v1/promotions/hold"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def test_a_scheduler_asks_with_its_token(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=GUARDED)
    ask = visitor.client
    assert ask.get(ADDRESS, headers=BEARER).json()["hold"] is False
    held(visitor, visitor.rows.incident())
    body = {"id": 17, "title": "Spring sale", "channel": "newsletter", "scheduled_at": "2026-11-20T12:00:00-05:00"}
    assert ask.post(ADDRESS, json=body, headers=BEARER).json()["hold"] is True
    assert ask.get(ADDRESS, headers=BEARER).json()["reason"] == "Mobile data outage"
    text = words(visitor.get("/promotions").text)
    assert "Spring sale 17 newsletter Fri 20 Nov 2026, 12:00:00 EST" in text


@pytest.mark.parametrize(
    "given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}, {"Authorization": "Bearer "}]
)
def test_without_the_token_nothing_is_said(tmp_path: Path, given: dict[str, str]) -> None:
    """A session of a signed-in person opens nothing here either: the visitor carries one."""
    answer = visit(tmp_path, "admin", settings=GUARDED).client.post(ADDRESS, json={"id": "1"}, headers=given)
    assert answer.status_code == 401
    assert "hold" not in answer.json()


def test_without_a_token_set_the_address_is_off(tmp_path: Path) -> None:
    client = visit(tmp_path, settings=SETTINGS).client
    assert client.get(ADDRESS, headers={"Authorization": "Bearer "}).status_code == 403


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", '{"id": ""}', '{"id": [1]}', '{"id": true}', '{"id": "a", "title": 1.5}',
     '{"id": "' + "a" * 301 + '"}', '{"id": "a", "scheduled_at": "soon"}', '{"id": "a", "scheduled_at": 5}',
     '{"id": "a", "scheduled_at": "2026-11-20T12:00:00"}',
     '{"id": "a", "scheduled_at": "0001-01-01T00:00:00+14:00"}', "[" * 5000, '{"id": "' + "a" * 9000 + '"}'],
)  # fmt: skip
def test_what_cannot_be_read_is_one_clear_line(tmp_path: Path, body: str) -> None:
    visitor = visit(tmp_path, settings=GUARDED)
    held(visitor, None)
    answer = visitor.client.post(ADDRESS, content=body, headers=BEARER)
    assert answer.status_code == (413 if len(body) > 8192 else 422)
    assert "\n" not in answer.json()["message"]


def test_when_the_database_is_away_the_answer_is_to_wait(tmp_path: Path) -> None:
    visitor = visit(tmp_path, settings=GUARDED)
    visitor.deps.store.close()
    for file in tmp_path.glob("amends.db*"):
        file.unlink()
    (tmp_path / "amends.db").mkdir()
    answer = visitor.client.get(ADDRESS, headers=BEARER)
    assert answer.status_code == 503
    assert "Promote nothing" in answer.json()["message"]


def test_the_brief_marks_what_is_in_another_language(tmp_path: Path) -> None:
    brand = Brand(name=BRAND, languages=("en", "fr"), time_zone="America/Toronto")
    visitor = visit(tmp_path, settings=Settings(brand=brand))
    made = visitor.rows.incident(title="Mobile data outage")
    visitor.rows.fact(made, "cause", "A broken cable.")
    page = visitor.get(f"/incidents/{made}/frontline?language=fr").text
    assert '<span lang="en" dir="auto">A broken cable.</span><span class="tongue"> (en anglais)</span>' in page
    assert '<span lang="en">Mobile data outage</span> (en anglais)' in page
    assert "tongue" not in visitor.get(f"/incidents/{made}/frontline").text


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("suspected", "Say nothing of it until it is confirmed."),
        ("closed", "for those who still ask about it"),
        ("dismissed", "This was no incident."),
        ("merged", "This is part of another incident."),
    ],
)
def test_a_brief_of_what_is_not_open_says_how_to_take_it(tmp_path: Path, status: str, said: str) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status=status)
    assert said in words(visitor.get(f"/incidents/{made}/frontline").text)


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_the_sheet_of_what_is_over_does_not_wait_for_a_workaround(tmp_path: Path, status: str) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status=status, components=["texts", "Texts"])
    page = words(visitor.get(f"/incidents/{made}").text)
    assert "Workaround Nothing to do any more: it is over" in page
