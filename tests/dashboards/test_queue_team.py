"""The queue over HTTP as a team uses it: views, search, kept filters, the order of it all, what is done to a case."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.store.cases import CaseRow
from dashboards.mentioning import Piece, pieces_of
from tests.dashboards.visiting import Visitor, new_user, sign_in, visit, words


@pytest.fixture
def ana(tmp_path: Path) -> Visitor:
    visitor = visit(tmp_path)
    sign_in(visitor, new_user(visitor, "Ana", "approver"))
    return visitor


def me(visitor: Visitor) -> int:
    found = re.search(r'data-my-id="(\d+)"', visitor.get("/queue").text)
    assert found
    return int(found[1])


def say(visitor: Visitor, path: str, **body: Any) -> Any:
    found = re.search(r'name="csrf" content="([^"]+)"', visitor.get("/queue").text)
    assert found
    headers = {"x-csrf-token": found[1], "accept": "application/json", "sec-fetch-site": "same-origin"}
    return visitor.client.post(path, json=body, headers=headers)


def listed(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'class="row"[^>]*data-id="(\d+)"', html)]


def draft(visitor: Visitor, name: str, **values: Any) -> int:
    return visitor.rows.draft(
        visitor.rows.mention(f"{name} has no data", author=name, author_name=name.title()), **values
    )


def test_a_view_is_an_address_with_its_count(ana: Visitor) -> None:
    calm, safe, blocked = draft(ana, "calm"), draft(ana, "safe", persona="safety"), draft(ana, "blocked", passed=False)
    ana.clock.forward(seconds=2)
    page = ana.get("/queue").text
    assert listed(page) == [calm, safe, blocked]
    assert 'data-query="view=safety"' in page
    assert {"All 3", "Safety 1", "Blocked 1", "Mine 0", "Unassigned 3"} <= set(re.findall(r"[A-Z]\w+ \d+", words(page)))
    assert listed(ana.get("/queue?view=safety").text) == [safe]
    assert listed(ana.get("/queue?view=blocked&platform=x").text) == [blocked]
    assert listed(ana.get("/queue?view=blocked&platform=reddit").text) == []
    assert "No reply fits this view and these filters" in words(ana.get("/queue?view=blocked&platform=reddit").text)
    assert ana.client.get("/queue/views").json() | {"all": 3, "blocked": 1} == ana.client.get("/queue/views").json()
    assert listed(ana.get("/queue?q=SAFE+data").text) == [safe]


@pytest.mark.parametrize(
    "query", ["view=none", "incident=x", "longer=-1", "q=" + "x" * 201, "platform=" + "x" * 41, "incident=" + "9" * 10]
)
def test_an_address_nobody_gave_out_is_refused_in_words(ana: Visitor, query: str) -> None:
    for path in ("/queue", "/queue/list", "/queue/order"):
        answer = ana.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert "cannot be read" in answer.text


@pytest.mark.parametrize("ids", ["", "x", "1,", "1;2", ",".join("1" * 201), "-1", "9" * 11])
def test_rows_are_asked_for_by_number(ana: Visitor, ids: str) -> None:
    assert ana.client.get("/queue/rows", params={"ids": ids}).status_code == 422
    assert ana.client.get("/queue/among", params={"ids": ids}).status_code == 422


def test_the_order_and_rows_of_it(ana: Visitor) -> None:
    made = [draft(ana, f"n{number}", priority=number % 3) for number in range(9)]
    told = ana.client.get("/queue/order").json()
    assert told == {"ids": sorted(made, key=lambda one: (-((one - made[0]) % 3), one)), "next": "", "total": 9}
    wanted = told["ids"][3:7]
    assert listed(ana.client.get(f"/queue/rows?ids={','.join(map(str, [*wanted, 999]))}").text) == wanted
    assert ana.client.get(f"/queue/among?view=blocked&ids={made[0]}").json() == {"ids": []}
    assert ana.client.get(f"/queue/among?ids={made[0]},999").json() == {"ids": [made[0]]}
    say(ana, f"/queue/{made[0]}/reject", version=1, reason="")
    gone = ana.client.get(f"/queue/rows?ids={made[0]}").text
    assert "data-gone" in gone
    assert "rejected" in words(gone)


def test_filters_are_kept_alone_or_for_the_team(ana: Visitor) -> None:
    assert say(ana, "/queue/filters", name="  ", query="q=x").status_code == 422
    assert (
        say(ana, "/queue/filters", name="French anger", query="view=anger&language=fr", shared=True).status_code == 200
    )
    own = say(ana, "/queue/filters", name="Only mine", query="view=mine&platform=x").json()["id"]
    assert say(ana, "/queue/filters", name="Only mine", query="view=mine").json()["id"] == own
    page = ana.get("/queue").text
    assert '<a href="/queue?view=anger&amp;language=fr"' in page
    assert '<a href="/queue?view=mine"' in page
    sign_in(ana, new_user(ana, "Ben", "approver"))
    page = words(ana.get("/queue").text)
    assert "French anger of Ana" in page
    assert "Only mine" not in page
    assert say(ana, f"/queue/filters/{own}/delete").status_code == 404
    sign_in(ana, new_user(ana, "Ida", "admin"))
    assert say(ana, f"/queue/filters/{own}/delete").status_code == 404  # not shared: nobody else's business
    assert say(ana, f"/queue/filters/{own - 1}/delete").status_code == 200


def test_a_case_is_taken_and_shown_in_list_and_pane(ana: Visitor) -> None:
    one, other = draft(ana, "kim"), draft(ana, "lou")
    assert "Nobody has this" in words(ana.get("/queue").text)
    taken = say(ana, f"/queue/{one}/assign", to=me(ana), seen=None)
    assert taken.json() == {"owner": me(ana), "name": "Ana"}
    assert listed(ana.get("/queue?view=mine").text) == [one]
    assert listed(ana.get("/queue?view=unassigned").text) == [other]
    page = words(ana.get(f"/queue?draft={one}").text)
    assert "yours" in page
    assert "Give it back" in page
    sign_in(ana, new_user(ana, "Ben", "approver"))
    assert say(ana, f"/queue/{one}/assign", to=me(ana), seen=None).status_code == 409
    page = words(ana.get(f"/queue?draft={one}").text)
    assert "Ana has this" in page
    told = say(ana, f"/queue/{one}/approve", version=1, text="Mobile data is down in Ontario, and that is on us.")
    assert told.status_code == 200  # it asks nothing


def test_a_snooze_hides_until_its_time(ana: Visitor) -> None:
    one = draft(ana, "kim")
    for bad in ("", "soon", "0", "9999999", "2026-11-20T08:00", "yesterday"):
        assert say(ana, f"/queue/{one}/snooze", until=bad).status_code == 422
    assert say(ana, f"/queue/{one}/snooze", until="60").json() == {"until": "Fri 20 Nov, 10:00 EST"}
    assert listed(ana.get("/queue").text) == []
    page = ana.get("/queue?view=snoozed").text
    assert listed(page) == [one]
    assert "Snoozed by Ana, back in 1 h" in words(page)
    ana.clock.forward(minutes=61)
    assert listed(ana.get("/queue").text) == [one]
    assert say(ana, f"/queue/{one}/snooze", until="tomorrow").json() == {"until": "Sat 21 Nov, 09:00 EST"}
    assert say(ana, f"/queue/{one}/snooze", until="2026-11-20T18:30").json() == {"until": "Fri 20 Nov, 18:30 EST"}
    assert say(ana, f"/queue/{one}/snooze", until="writes").json() == {"until": "they write again"}
    assert "until they write again" in words(ana.get("/queue?view=snoozed").text)
    assert say(ana, f"/queue/{one}/snooze", until="now").status_code == 200
    assert say(ana, f"/queue/{one}/snooze", until="now").status_code == 409


def test_a_lead_sees_what_was_handed_up(ana: Visitor) -> None:
    one = draft(ana, "kim")
    assert say(ana, f"/queue/{one}/escalate", text="threatens to sue").status_code == 200
    sign_in(ana, new_user(ana, "Lea", "lead"))
    page = ana.get("/queue?view=escalated").text
    assert listed(page) == [one]
    assert "by Ana: threatens to sue" in words(page)
    assert say(ana, f"/queue/{one}/hand-back").status_code == 200
    assert listed(ana.get("/queue?view=escalated").text) == []


def test_notes_stand_in_the_pane_with_names_called(ana: Visitor) -> None:
    one, hostile = draft(ana, "kim"), "<script>alert(1)</script> @ana, ask @Lena. mail@ana"
    assert say(ana, f"/queue/{one}/notes", text=hostile).status_code == 200
    page = ana.get("/queue").text
    assert "<script>alert" not in page
    assert '<mark class="called me">@ana</mark>' in page
    assert '<mark class="called somebody">@Lena</mark>' in page
    assert "mail@ana" in words(page)
    assert say(ana, f"/queue/{one}/notes", text=" ").status_code == 422
    sign_in(ana, new_user(ana, "Vic", "viewer"))
    assert "stays in the house" in words(ana.get("/queue").text)
    assert say(ana, f"/queue/{one}/notes", text="x").status_code == 403
    assert 'data-act="take"' not in ana.get("/queue").text
    assert "script&gt;alert" not in ana.get("/status").text


def test_the_longest_name_is_called() -> None:
    found = pieces_of("@Ana Maria and @ANA, @Anabel", ["Ana", "Ana Maria"], "Ana")
    assert found == [Piece("@Ana Maria", "somebody"), Piece(" and "), Piece("@ANA", "me"), Piece(", @Anabel")]


def test_what_may_be_out_is_a_view_and_settled_in_the_pane(ana: Visitor) -> None:
    from core.domain import DeliveryStatus
    from core.store import deliveries

    one, text = draft(ana, "kim"), "Mobile data is down in Ontario, and that is on us."
    delivery = say(ana, f"/queue/{one}/approve", version=1, text=text).json()["delivery"]
    assert listed(ana.get("/queue?view=unknown").text) == []
    with ana.deps.store.begin() as db:
        deliveries.move(db, delivery, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING)
        deliveries.move(db, delivery, expect=DeliveryStatus.SENDING, to=DeliveryStatus.UNKNOWN)
    page = ana.get("/queue?view=unknown&q=KIM").text
    assert listed(page) == [one]
    assert f'data-unsettled="{delivery}"' in page
    assert "It is there" in page
    assert "data-gone" not in page


def test_days_part_a_long_case(ana: Visitor) -> None:
    case = ana.rows.case("kim")
    for hours, said in ((50, "It began"), (49, "Still"), (3, "Third day")):
        ana.rows.mention(said, case_id=case, author="kim", created_at=ana.clock() - timedelta(hours=hours))
    one = ana.rows.draft(ana.rows.mention("And now?", case_id=case, author="kim"))
    told = words(ana.get(f"/queue/{one}/pane").text)
    assert re.search(r"Wed 18 Nov .*It began.*Still.*Fri 20 Nov .*Third day", told)
    with ana.deps.store.read() as db:
        assert db.get_one(CaseRow, case).owner_id is None
