"""The journey map over HTTP: the map with its customers, a cell edited by a lead, two leads at once."""

import pytest

from core.store import audit
from tests.dashboards.visiting import Visitor, visit, words

FORM = {"moves": "own, next step", "least_important": "own", "tone": "short", "actions": "Call\nWrite", "owner": "care"}


@pytest.fixture
def visitor(tmp_path) -> Visitor:
    made = visit(tmp_path)
    incident = made.rows.incident()
    for name, stage in (("kim", "anger"), ("<b>lee</b>", "anger"), ("max", "relief")):
        case = made.rows.case(name, incident_id=incident, stage=stage, persona="work")
        made.rows.mention(author=name, case_id=case)
    made.rows.case("old", stage="anxiety", persona="safety")
    return made


def test_the_map_shows_the_customers_of_the_open_incident(visitor):
    text = words(visitor.get("/journey").text)
    assert "Mobile data outage : 3 customers . 0 answered" in text
    assert "3 got nothing" in text
    assert "anger, work: 2 customers 2 got nothing acknowledge, own, explain, next step, make good" in text
    everybody = words(visitor.get("/journey?incident=all").text)
    assert "4 customers" in everybody
    assert 'class="heat-4"' in visitor.get("/journey").text
    assert visitor.get("/journey?incident=999").status_code == 404
    assert visitor.get("/journey?incident=x").status_code == 404


def test_a_cell_shows_who_is_in_it_and_what_they_got(visitor):
    page = visitor.get("/journey/anger.work")
    text = words(page.text)
    assert "kim got nothing since 0 s" in text
    assert "&lt;b&gt;lee&lt;/b&gt;" in page.text
    assert "None: this is as the file has it." in text
    for wrong in ("rage.work", "anger.pleasure", "anger", "anger.work.x"):
        assert visitor.get(f"/journey/{wrong}").status_code == 404


def test_a_cell_is_changed_and_put_back(visitor):
    answer = visitor.post("/journey/anger.work", version="0", **FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/journey/anger.work")
    text = words(visitor.get("/journey/anger.work").text)
    assert "own, next step Lena, Fri 20 Nov 2026, 09:00:00 EST" in text
    assert "own, next step changed here" in words(visitor.get("/journey").text)
    assert visitor.post("/journey/anger.work/take-back", version="0").status_code == 409
    assert visitor.post("/journey/anger.work/take-back", version="1").status_code == 303
    assert "changed here" not in words(visitor.get("/journey").text)
    assert "Put back as the file has it" in visitor.get("/journey/anger.work").text
    with visitor.deps.store.read() as db:
        assert [row.actor for row in audit.newest(db)] == ["Lena", "Lena"]


def test_two_leads_on_one_cell_see_both(visitor):
    visitor.post("/journey/anger.work", version="0", **FORM)
    answer = visitor.post("/journey/anger.work", version="0", **(FORM | {"tone": "mine, typed meanwhile"}))
    assert answer.status_code == 409
    assert "mine, typed meanwhile</textarea>" in answer.text
    assert "In force now, by Lena" in answer.text
    assert "short" in answer.text
    assert visitor.post("/journey/anger.work", version="1", **(FORM | {"tone": "agreed"})).status_code == 303


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"moves": "own, shout"}, "“shout” is not a move; they are acknowledge, own"),
        ({"moves": ""}, "no move is left"),
        ({"moves": "own, own"}, "a move stands here twice"),
        ({"least_important": "thank"}, "thank is not among the moves"),
        ({"tone": ""}, "say in a few words"),
    ],
)
def test_a_cell_that_cannot_be_keeps_what_was_typed(visitor, changes, said):
    answer = visitor.post("/journey/anger.work", version="0", **(FORM | {"owner": "my own words"} | changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="my own words"' in answer.text


@pytest.mark.parametrize("role", ["viewer", "approver"])
def test_who_is_no_lead_reads_the_map(tmp_path, role):
    visitor = visit(tmp_path, role)
    assert "nobody stands on the map yet" in visitor.get("/journey").text
    page = visitor.get("/journey/anger.safety").text
    assert 'method="post" action="/journey' not in page
    assert "Tell the duty manager at once" in page
    assert visitor.post("/journey/anger.safety", version="0", **FORM).status_code == 403
    assert visitor.post("/journey/anger.safety/take-back", version="0").status_code == 403
