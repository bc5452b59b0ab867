"""The incident page's decisions over HTTP: confirm, dismiss, go back, restore, merge, split, tell, import, export."""

import json
import re
from datetime import timedelta

import pytest

from core.settings import Brand, Settings
from core.store import incidents, listings, promotions
from core.store.incidents import IncidentRow
from incidents import lifecycle
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import BRAND


def row_of(visitor: Visitor, made: int) -> IncidentRow:
    with visitor.deps.store.read() as db:
        return db.get_one(IncidentRow, made)


def test_an_alarm_is_confirmed_with_one_key(tmp_path):
    visitor = visit(tmp_path)
    made = lifecycle.suspect(
        visitor.deps.store, brand=BRAND, title="No signal", started_at=visitor.clock(), why="14 mentions in 6 minutes",
        clock=visitor.clock,
    )  # fmt: skip
    page = visitor.get(f"/incidents/{made}").text
    assert 'data-key="c">Confirm <kbd>c</kbd>' in page
    assert "Detected Suspected: 14 mentions in 6 minutes amends, Fri 20 Nov 2026, 09:00:00 EST" in words(page)
    assert visitor.post(f"/incidents/{made}/status", status="investigating", version="1").status_code == 303
    page = visitor.get(f"/incidents/{made}").text
    assert 'data-key="c"' not in page
    assert "Suspected → investigating" in page


def test_a_dismissal_asks_why_and_shows_it(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="suspected", next_update_at=None)
    path = f"/incidents/{made}/status"
    assert 'data-key="d"' in visitor.get(f"/incidents/{made}").text
    refused = visitor.post(path, status="dismissed", version="1")
    assert (refused.status_code, "say why it is dismissed" in refused.text) == (422, True)
    fields = {"status": "dismissed", "dismissed_for": "not_an_outage", "reason": "A match <b>", "version": "1"}
    assert visitor.post(path, **fields).status_code == 303
    page = visitor.get(f"/incidents/{made}").text
    assert "It was not an outage. The detector takes this into account for 30 days." in words(page)
    assert "(not an outage: A match &lt;b&gt;)" in page
    assert 'method="post" action="/incidents' not in page
    with visitor.deps.store.read() as db:
        assert incidents.false_alarms(db, BRAND, now=visitor.clock()) == 1


def test_a_step_back_asks_what_did_not_hold(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="monitoring")
    path = f"/incidents/{made}/status"
    assert "What did not hold" in visitor.get(f"/incidents/{made}").text
    refused = visitor.post(path, status="investigating", version="1")
    assert (refused.status_code, "needs a reason" in refused.text) == (422, True)
    assert visitor.post(path, status="investigating", reason="It fell over", version="1").status_code == 303


def test_parts_are_marked_back_and_the_end_waits_for_them(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="monitoring", components=["calls"], regions=["Québec"])
    fields = {"part.calls": "partly", "part.Québec": "back", "part.Atlantis": "back", "version": "1"}
    assert visitor.post(f"/incidents/{made}/parts", **fields).status_code == 303
    text = words(visitor.get(f"/incidents/{made}").text)
    assert "What is back calls partly back Québec back" in text
    refused = visitor.post(f"/incidents/{made}/status", status="resolved", version="2")
    assert (refused.status_code, "calls is partly back. Mark it back first" in refused.text) == (422, True)
    stale = visitor.post(f"/incidents/{made}/parts", **(fields | {"part.calls": "back"}))
    assert (stale.status_code, row_of(visitor, made).states["calls"]) == (409, "partly")


def test_two_incidents_are_merged_and_split_again(tmp_path):
    visitor = visit(tmp_path)
    into = visitor.rows.incident(title="Mobile data outage")
    made = visitor.rows.incident(title="<Calls>", status="suspected")
    visitor.rows.case("kim", incident_id=made, stage="anger", persona="work")
    page = visitor.get(f"/incidents/{made}").text
    assert f'<input type="radio" name="into" value="{into}" required checked>' in page  # the only one
    assert "Mobile data outage Cause identified · began" in words(page)
    answer = visitor.post(f"/incidents/{made}/merge", into=str(into), version="1")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/incidents/{into}")
    assert "became part of this (1 customers)" in visitor.get(f"/incidents/{into}").text
    page = visitor.get(f"/incidents/{made}").text
    assert "This is part of Mobile data outage ." in words(page)
    assert visitor.post(f"/incidents/{made}/merge", into=str(into), version="1").status_code == 422
    assert visitor.post(f"/incidents/{made}/split", version="9").status_code == 409
    assert visitor.post(f"/incidents/{made}/split", version="1").status_code == 303
    assert row_of(visitor, made).status == "suspected"
    assert visitor.post(f"/incidents/{made}/merge", into="999", version="2").status_code == 404


def test_customers_are_split_off(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    case = visitor.rows.case("kim", incident_id=made)
    visitor.rows.mention("my wifi is dead", case_id=case)
    refused = visitor.post(f"/incidents/{made}/split-off", title="Fax", words="fax", version="1")
    assert (refused.status_code, "no customer of this incident speaks of fax" in refused.text) == (422, True)
    assert 'name="title" value="Fax" required' in refused.text, "what was typed is still there"
    assert 'name="words" value="fax"' in refused.text
    answer = visitor.post(f"/incidents/{made}/split-off", title="Home internet", words="wifi, router", version="1")
    assert answer.status_code == 303
    assert "Home internet" in visitor.get(answer.headers["location"]).text


def test_what_was_told_elsewhere_is_added_to_the_timeline(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    assert visitor.post(f"/incidents/{made}/updates", text="Said on the radio; cause").status_code == 303
    assert "Told in public Said on the radio; cause Lena" in words(visitor.get(f"/incidents/{made}").text)
    assert visitor.post(f"/incidents/{made}/updates", text=" ").status_code == 422


@pytest.mark.parametrize("role", ["viewer", "approver"])
def test_only_a_lead_decides(tmp_path, role):
    visitor = visit(tmp_path, role)
    made = visitor.rows.incident(status="merged", merged_into=visitor.rows.incident())
    assert "Split again" not in visitor.get(f"/incidents/{made}").text
    for part in ("status", "parts", "updates", "merge", "split", "split-off"):
        assert visitor.post(f"/incidents/{made}/{part}", version="1").status_code == 403
    assert visitor.get("/incidents/import").status_code == 403
    assert visitor.post("/incidents/import", text="{}").status_code == 403


def test_an_incident_goes_out_as_json_and_comes_in_again(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    visitor.rows.fact(made, "scope", "Data is down.")
    answer = visitor.get(f"/incidents/{made}/incident.json")
    assert answer.headers["content-disposition"] == f'attachment; filename="incident-{made}.json"'
    assert json.loads(answer.text)["facts"] == {"scope": "Data is down."}
    page = json.loads(visitor.get(f"/incidents/{made}/statuspage.json").text)
    assert page["incidents"][0]["name"] == "Mobile data outage"
    text = answer.text.replace("Mobile data outage", "Another one")
    taken = visitor.post("/incidents/import", text=text)
    assert taken.status_code == 303
    assert "Another one" in visitor.get(taken.headers["location"]).text
    wrong = visitor.post("/incidents/import", text='{"incidents": [3], "x": "<script>"}')
    assert (wrong.status_code, "At incidents[0]: an object is expected." in wrong.text) == (422, True)
    assert "&lt;script&gt;" in wrong.text
    back = text.replace('"identified"', '"investigating"')
    refused = visitor.post("/incidents/import", text=back, into=str(made))
    assert refused.status_code == 422
    why = f"Incident {made} is identified here, and going back to investigating needs a reason: say it on its page"
    assert f"Nothing was imported. {why}" in words(refused.text)
    suspected = visitor.rows.incident(status="suspected")
    assert visitor.get(f"/incidents/{suspected}/incident.json").status_code == 422
    assert visitor.get("/incidents/999/statuspage.json").status_code == 404


def test_one_incident_of_a_page_that_is_refused_holds_up_no_other(tmp_path):
    visitor = visit(tmp_path)
    now = visitor.rows.clock()
    made = visitor.rows.incident(status="monitoring")
    began = {"status": "investigating", "started_at": (now - timedelta(hours=1)).isoformat()}
    page = {"incidents": [began | {"name": "Mobile data outage"}, began | {"name": "Calls fail"}]}
    answer = visitor.post("/incidents/import", text=json.dumps(page))
    assert answer.status_code == 200
    assert f"Mobile data outage: incident {made} is monitoring here" in words(answer.text)
    assert "Nothing was imported" not in answer.text
    assert "Calls fail" in visitor.get("/incidents").text


def test_all_that_is_refused_is_said_line_by_line(tmp_path):
    visitor = visit(tmp_path)
    began = {"status": "investigating", "started_at": (visitor.rows.clock() - timedelta(hours=1)).isoformat()}
    for title in ("Calls fail", "Texts fail"):
        visitor.rows.incident(title=title, status="monitoring")
    page = {"incidents": [began | {"name": "Calls fail"}, began | {"name": "Texts fail"}]}
    answer = visitor.post("/incidents/import", text=json.dumps(page))
    assert answer.status_code == 422
    told = answer.text[answer.text.index("Nothing was imported.") : answer.text.index("</ul></div>")]
    assert re.findall(r"<li>(\w+) fail: incident \d is monitoring here", told) == ["Calls", "Texts"]


def test_what_is_closed_here_is_said_to_stay_as_it_is(tmp_path):
    visitor = visit(tmp_path)
    now = visitor.rows.clock()
    made = visitor.rows.incident(status="closed", resolved_at=now, closed_at=now)
    told = {"body": "It was <b>the router</b>.", "created_at": now.isoformat()}
    page = {
        "name": "Mobile data outage", "status": "postmortem", "started_at": (now - timedelta(hours=1)).isoformat(),
        "incident_updates": [told],
    }  # fmt: skip
    answer = visitor.post("/incidents/import", text=json.dumps(page))
    assert answer.status_code == 200
    said = f"Taken in, but this stays as it is: incident {made} is closed here, so its sheet stays as it is"
    assert said in words(answer.text)
    assert "Told in public It was" in words(visitor.get(f"/incidents/{made}").text)


def test_the_same_promise_in_every_language_is_said_at_the_fact(tmp_path):
    visitor = visit(tmp_path, settings=Settings(brand=Brand(name=BRAND, languages=("en", "fr"))))
    made = visitor.rows.incident()
    visitor.rows.fact(made, "compensation", "2 days.")
    answer = visitor.post(f"/incidents/{made}/facts", name="compensation.fr", text="3 jours.", version="1", safe="yes")
    assert (answer.status_code, "everybody is promised the same" in answer.text) == (422, True)
    with visitor.deps.store.read() as db:
        assert list(listings.facts_now(db, made)) == ["compensation"]


def test_replies_are_counted_in_the_timeline(tmp_path):
    from tests.incidents.test_journey_edits import answered

    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    case = visitor.rows.case("kim", incident_id=made, stage="anger", persona="work")
    answered(visitor.rows, visitor.rows.draft(visitor.rows.mention(case_id=case), incident_id=made, status="done"))
    text = words(visitor.get(f"/incidents/{made}").text)
    assert "Replies 1 reply approved, 1 sent within 15 min from Fri 20 Nov 2026, 09:00:00 EST" in text
    assert "Answered 1 A reply is coming 0" in text


def test_what_does_not_agree_is_said_at_its_fact_and_refuses_nothing(tmp_path):
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="identified", next_update_at=None)
    visitor.rows.fact(made, "cause", "A cut cable.")
    assert "agree with the rest" not in visitor.get(f"/incidents/{made}").text
    said = "We look for the <b>cause</b>: the cause is not known. Next update at 11:00."
    path = f"/incidents/{made}/facts"
    assert visitor.post(path, name="next_step", text=said, safe="yes", version="1").status_code == 303
    page = words(visitor.get(f"/incidents/{made}").text)
    assert "1 does not agree with the rest." in page
    assert "This says that the next update comes at 11:00, but no time is promised." in page
    assert "This says that the cause is not known, but the sheet names it." in page


def test_the_bar_names_every_open_incident_the_next_update_and_the_hold(tmp_path):
    visitor = visit(tmp_path)
    now = visitor.clock()
    visitor.rows.incident(title="Calls", next_update_at=now - timedelta(minutes=5))
    visitor.rows.incident(title="Voicemail", next_update_at=now + timedelta(minutes=25))
    visitor.rows.draft(visitor.rows.mention())
    with visitor.deps.store.begin() as db:
        promotions.begin(db, brand=BRAND, incident_id=1, reason="Calls", began_by="amends", began_at=now)
    bar = words(visitor.get("/bar").text)
    for part in (
        "Voicemail",
        "and 1 more open",
        "Next update overdue by 5 min Calls",
        "1 reply waiting , longest 4 min",
    ):
        assert part in bar
    assert "Promotions on hold" in bar
