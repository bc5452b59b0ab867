"""Incidents over HTTP: list, opening, editing the fact sheet, two leads at once."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain import LEGAL_MOVES, IncidentStatus
from core.settings import Brand, Settings
from core.store import incidents, listings
from dashboards.sheet_words import VERBS
from tests.dashboards.visiting import Visitor, new_user, sign_in, visit, words
from tests.factories import BRAND


def test_the_list_has_open_ones_first_with_their_reach(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    now = visitor.clock()
    visitor.rows.incident(title="Old", status="closed", closed_at=now - timedelta(days=2), next_update_at=None)
    late = visitor.rows.incident(title="Late", status="monitoring", next_update_at=now - timedelta(minutes=5))
    visitor.rows.incident(title="Alarm", status="suspected", next_update_at=None)
    case = visitor.rows.case("kim", incident_id=late)
    visitor.rows.mention(case_id=case, author="kim")
    visitor.rows.draft(visitor.rows.mention(case_id=case, author="kim"), incident_id=late)
    text = words(visitor.get("/incidents").text)
    listed = text[text.index("Open Late") :]
    assert listed.index("Late") < listed.index("Alarm") < listed.index("Past") < listed.index("Old")
    assert "2 mentions from 1 customer 1 draft waiting" in listed
    assert "Update overdue by 5 min" in listed
    assert "Open an incident" not in text  # a viewer cannot


def test_the_json_lists_the_same(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    made = visitor.rows.incident(next_update_at=visitor.clock() - timedelta(minutes=1))
    visitor.rows.incident(brand="Somebody else")
    found = visitor.client.get("/api/v1/incidents").json()["incidents"]
    assert [one["id"] for one in found] == [made]
    assert (found[0]["status"], found[0]["next_update_overdue"], found[0]["waiting"]) == ("identified", True, 0)
    assert found[0]["started_at"] == "2026-11-20T13:00:00+00:00"


def test_the_past_comes_in_pages_and_what_is_open_stands_on_the_first(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    still = visitor.rows.incident(title="Still open.")
    over = [visitor.rows.incident(title=f"Case {number}.", status="closed") for number in range(45)]
    path, seen = "/incidents", []
    while path:
        html = visitor.get(path).text
        seen.append(re.findall(r"Case (\d+)\.", html))
        assert ("No mention yet" in html, "Newest" in html) == (path == "/incidents", path != "/incidents")
        found = re.search(r'href="(/incidents\?before=\d+)" rel="next"', html)
        path = found[1] if found else ""
    assert [len(page) for page in seen] == [20, 20, 5]
    assert [each for page in seen for each in page] == [str(number) for number in range(44, -1, -1)]
    assert visitor.get("/incidents?before=x").status_code == 422
    assert json_ids(visitor) == [still, *reversed(over)]


def json_ids(visitor: Visitor) -> list[int]:
    """Read seven at a time."""
    found, after = [], ""
    while True:
        told = visitor.client.get("/api/v1/incidents", params={"limit": 7, "after": after}).json()
        found += [one["id"] for one in told["incidents"]]
        after = told["next"]
        if not after:
            return found


def open_form(**changes: str) -> dict[str, str]:
    form = {
        "title": "No mobile data", "status": "investigating", "started_at": "2026-11-20T08:05",
        "next_update_at": "2026-11-20T11:30", "components": "mobile data, calls,", "regions": "Ontario",
        "links": "https://status.northwind.example\nhttps://northwind.example/help",
        "fact.scope": "Data is down.\r\nCalls work.",
    }  # fmt: skip
    return form | changes


def test_opening_keeps_every_field_in_the_zone_of_the_brand(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    answer = visitor.post("/incidents/new", **open_form())
    assert answer.status_code == 303
    with visitor.deps.store.read() as db:
        row = listings.incident(db, BRAND, int(answer.headers["location"].rsplit("/", 1)[1]))
        assert row is not None
        facts = listings.facts_now(db, row.id)
    assert row.started_at.isoformat() == "2026-11-20T13:05:00+00:00"
    assert row.next_update_at is not None
    assert row.next_update_at.isoformat() == "2026-11-20T16:30:00+00:00"
    assert (row.components, row.regions, row.opened_by) == (["mobile data", "calls"], ["Ontario"], "Lena")
    assert row.links == ["https://status.northwind.example", "https://northwind.example/help"]
    assert {name: fact.text for name, fact in facts.items()} == {"scope": "Data is down.\nCalls work."}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", " ", "Say in a few words what fails."),
        ("status", "closed", "Choose where the incident stands."),
        ("started_at", "", "Say when it began"),
        ("started_at", "yesterday", "Write the time as in"),
        ("started_at", "2026-11-20T09:01", "This lies in the future"),
        ("next_update_at", "2026-11-20T08:59", "This has passed: it is 09:00 now"),
        ("next_update_at", "2027-03-14T02:30", "The clocks are put forward"),
        ("next_update_at", "2027-11-07T01:30", "so it comes twice that day"),
        ("next_update_at", "9999-12-31T23:59", "Choose a year from 2000 to 2099."),
        ("started_at", "0001-01-01T00:00+14:00", "Choose a year from 2000 to 2099."),
        ("links", "javascript:alert(1)", "is not a web address"),
        ("links", "https://", "is not a web address"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    tmp_path: Path, field: str, value: str, said: str
) -> None:
    visitor = visit(tmp_path)
    answer = visitor.post("/incidents/new", **open_form(**{field: value}))
    assert answer.status_code == 422
    assert said in answer.text
    assert f'id="fault-{field}"' in answer.text
    assert f'href="#field-{field}"' in answer.text
    for kept in ("mobile data, calls,", "Data is down.\nCalls work."):
        assert kept in answer.text
    with visitor.deps.store.read() as db:
        assert not incidents.all_of(db, BRAND)


@pytest.mark.parametrize("role", ["viewer", "approver"])
def test_only_a_lead_edits(tmp_path: Path, role: str) -> None:
    visitor = visit(tmp_path, role)
    made = visitor.rows.incident()
    page = visitor.get(f"/incidents/{made}").text
    assert 'method="post" action="/incidents' not in page
    assert visitor.get("/incidents/new").status_code == 403
    for path in ("new", f"{made}/facts", f"{made}/status", f"{made}/next-update", f"{made}/sheet"):
        assert visitor.post(f"/incidents/{path}", version="1").status_code == 403
    assert sheet_version(visitor, made) == 1


def sheet_version(visitor: Visitor, incident_id: int) -> int:
    with visitor.deps.store.read() as db:
        return incidents.sheet_version(db, incident_id)


def test_missing_facts_are_said_to_be_missing(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    visitor.rows.fact(made, "scope", "Data is down.")
    text = words(visitor.get(f"/incidents/{made}").text)
    assert "6 of 7 not known yet" in text
    assert "Cause Not known yet" in text
    assert "Lena, Fri 20 Nov 2026, 09:00:00 EST" in text


def test_a_fact_is_written_held_back_and_taken_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    path = f"/incidents/{made}/facts"
    answer = visitor.post(path, name="cause", text="A wrong change.", version="1", safe="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{made}#fact-cause")
    assert visitor.post(path, name="cause.fr", text="Une erreur.", version="2", safe="yes").status_code == 303
    with visitor.deps.store.read() as db:
        assert incidents.facts_in_force(db, made) == {"cause": "A wrong change.", "cause.fr": "Une erreur."}
    visitor.post(path, name="cause", text="A wrong change.", version="3")
    assert "Held back" in visitor.get(f"/incidents/{made}").text
    with visitor.deps.store.read() as db:
        assert incidents.facts_in_force(db, made) == {"cause.fr": "Une erreur."}
    visitor.post(path, name="cause.fr", text="", version="4", safe="yes")
    with visitor.deps.store.read() as db:
        assert incidents.facts_in_force(db, made) == {}


def test_two_leads_on_the_same_fact_see_both_texts(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    path = f"/incidents/{made}/facts"
    visitor.post(path, name="cause", text="Hers, saved first.", version="1", safe="yes")
    answer = visitor.post(path, name="cause", text="His, <b>typed</b> meanwhile.", version="1", safe="yes")
    assert answer.status_code == 409
    assert "Hers, saved first." in answer.text
    assert "His, &lt;b&gt;typed&lt;/b&gt; meanwhile." in answer.text
    assert sheet_version(visitor, made) == 2
    assert visitor.post(path, name="cause", text="Agreed.", version="2", safe="yes").status_code == 303


def test_two_leads_on_different_facts_do_not_disturb_each_other(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    path = f"/incidents/{made}/facts"
    visitor.post(path, name="cause", text="A wrong change.", version="1", safe="yes")
    assert visitor.post(path, name="scope", text="All of Ontario.", version="1", safe="yes").status_code == 303
    with visitor.deps.store.read() as db:
        assert set(incidents.facts_in_force(db, made)) == {"cause", "scope"}


def test_a_fact_too_long_is_kept_in_the_form(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    answer = visitor.post(f"/incidents/{made}/facts", name="scope", text="x" * 4001, version="1", safe="yes")
    assert answer.status_code == 422
    assert "x" * 4001 in answer.text
    assert "at most 4,000" in answer.text
    assert sheet_version(visitor, made) == 1


@pytest.mark.parametrize("status", list(IncidentStatus))
def test_only_legal_steps_are_offered(tmp_path: Path, status: IncidentStatus) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status=status.value)
    page = visitor.get(f"/incidents/{made}").text
    offered = {to for to in IncidentStatus if f'name="status" value="{to.value}"' in page}
    assert offered == LEGAL_MOVES[status]


def test_a_step_moves_the_incident_and_an_illegal_one_says_why(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="identified")
    assert visitor.post(f"/incidents/{made}/status", status="monitoring", version="1").status_code == 303
    refused = visitor.post(f"/incidents/{made}/status", status="dismissed", version="2")
    assert refused.status_code == 422
    assert "cannot become dismissed" in refused.text
    stale = visitor.post(f"/incidents/{made}/status", status="resolved", version="1")
    assert stale.status_code == 409
    assert "“Fix in place, watching” now" in stale.text
    assert visitor.post(f"/incidents/{made}/status", status="on fire", version="2").status_code == 422
    assert "Identified → monitoring" in visitor.get(f"/incidents/{made}").text
    assert VERBS[IncidentStatus.RESOLVED] in visitor.get(f"/incidents/{made}").text


def test_the_next_update_is_promised_changed_and_taken_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(next_update_at=None)
    path = f"/incidents/{made}/next-update"
    assert visitor.post(path, next_update_at="2026-11-20T11:30", version="1").status_code == 303
    assert "Next update Fri 20 Nov, 11:30 EST" in visitor.get(f"/incidents/{made}").text
    past = visitor.post(path, next_update_at="2026-11-20T08:30", version="2")
    assert past.status_code == 422
    assert 'value="2026-11-20T08:30"' in past.text
    assert "This has passed" in past.text
    assert visitor.post(path, next_update_at="2026-11-20T12:30", version="1").status_code == 409
    assert visitor.post(path, next_update_at="", version="2").status_code == 303
    assert "No time is promised" in visitor.get(f"/incidents/{made}").text


def test_the_rest_of_the_sheet_is_edited_together(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    fields = {"title": "No data", "components": "data", "regions": "Ontario, Québec", "links": "", "version": "1"}
    assert visitor.post(f"/incidents/{made}/sheet", **fields).status_code == 303
    with visitor.deps.store.read() as db:
        row = listings.incident(db, BRAND, made)
    assert row is not None
    assert (row.title, row.regions, row.links) == ("No data", ["Ontario", "Québec"], [])
    stale = visitor.post(f"/incidents/{made}/sheet", **(fields | {"title": "Mine"}))
    assert stale.status_code == 409
    assert 'value="Mine"' in stale.text
    assert "No data" in stale.text
    assert visitor.post(f"/incidents/{made}/sheet", **(fields | {"title": "", "version": "2"})).status_code == 422


def test_the_export_is_a_fact_sheet_without_what_is_held_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    made = visitor.rows.incident()
    visitor.rows.fact(made, "scope", 'Data is "down".')
    answer = visitor.get(f"/incidents/{made}/facts.toml")
    sheet = tomllib.loads(answer.text)
    assert sheet["facts"] == {"scope": 'Data is "down".', "links": ["https://status.northwind.example"]}
    assert sheet["incident"]["started_at"].isoformat() == "2026-11-20T08:00:00-05:00"
    assert answer.headers["content-disposition"] == f'attachment; filename="facts-{made}.toml"'


def test_hostile_and_foreign_texts_are_shown_as_text(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(title="<script>alert(1)</script>", links=["javascript:alert(1)"])
    visitor.rows.fact(made, "cause", '"><img src=x onerror=alert(1)>')
    page = visitor.get(f"/incidents/{made}").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_an_incident_of_another_brand_or_none_is_not_found(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    other = visitor.rows.incident(brand="Somebody else")
    for path in (f"/incidents/{other}", "/incidents/99", f"/incidents/{other}/facts.toml", "/incidents/abc"):
        assert visitor.get(path).status_code == 404
    assert visitor.post(f"/incidents/{other}/status", status="resolved", version="1").status_code == 404


def test_languages_of_the_brand_are_offered_for_known_facts(tmp_path: Path) -> None:
    settings = Settings(brand=Brand(name=BRAND, languages=("en", "fr", "es"), time_zone="America/Toronto"))
    visitor = visit(tmp_path, settings=settings)
    made = visitor.rows.incident()
    visitor.rows.fact(made, "cause", "A wrong change.")
    visitor.rows.fact(made, "cause.fr", "Une erreur.")
    page = visitor.get(f"/incidents/{made}").text
    assert 'lang="fr">Une erreur.' in page
    assert "Add Spanish: Cause, Spanish" in page
    assert "Add French: Cause" not in page
    assert "Scope, French" not in page


def test_a_closed_incident_is_read_only(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="closed", closed_at=visitor.clock())
    assert 'method="post" action="/incidents' not in visitor.get(f"/incidents/{made}").text


def test_an_admin_is_a_lead_too(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    sign_in(visitor, new_user(visitor, "Root", "admin"))
    assert visitor.get("/incidents/new").status_code == 200


@pytest.mark.parametrize("number", ["0", "9999999999", "99999999999999999999999", "9" * 5000])
def test_a_number_no_incident_can_have_is_not_found(tmp_path: Path, number: str) -> None:
    visitor = visit(tmp_path)
    assert visitor.get(f"/incidents/{number}").status_code == 404
    assert visitor.get(f"/incidents/{number}/facts.toml").status_code == 404
    for part in ("facts", "status", "next-update", "sheet"):
        assert visitor.post(f"/incidents/{number}/{part}", version="1").status_code == 404


@pytest.mark.parametrize("text", ["9999-12-31T23:59", "9999-12-31T23:59-12:00", "0001-01-01T00:00+14:00"])
def test_a_time_out_of_every_range_is_one_sentence_at_its_field(tmp_path: Path, text: str) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    answer = visitor.post(f"/incidents/{made}/next-update", next_update_at=text, version="1")
    assert answer.status_code == 422
    assert "Choose a year from 2000 to 2099." in answer.text
    assert sheet_version(visitor, made) == 1


def test_the_bar_asks_for_a_next_update_only_while_the_failure_lasts(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.rows.incident(status="resolved", next_update_at=None)
    assert "No next update promised" not in visitor.get("/bar").text
    visitor.clock.forward(seconds=1)
    visitor.rows.incident(status="monitoring", next_update_at=None)
    assert "No next update promised" in visitor.get("/bar").text
