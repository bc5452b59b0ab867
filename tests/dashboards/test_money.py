"""The money page, its chart, its JSON and its CSV, over HTTP."""

import csv
import io
from pathlib import Path

import pytest

from core.sections import Money
from tests.dashboards.aftermath import closed_incident
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import settings

MONEY = Money(currency="CAD", minute_cost=0.75, customer_value=480)


def with_costs(directory: Path, role: str = "lead", money: Money = MONEY) -> Visitor:
    visitor = visit(directory, role, settings=settings().model_copy(update={"money": money}))
    closed_incident(visitor.rows, visitor.clock, customers=20)
    return visitor


def test_the_sums_of_page_json_chart_and_csv_are_the_same(tmp_path: Path) -> None:
    visitor = with_costs(tmp_path)
    data = visitor.client.get("/api/v1/money").json()
    total = data["total"]
    assert (total["compensation"], total["entered"], total["customers_leaving"], total["at_risk"]) == (
        5000, 125_050, 2, 96_000,
    )  # fmt: skip
    assert total["spent"] == total["compensation"] + total["entered"] + total["handling"]
    page = words(visitor.get("/money").text)
    assert f"{total['spent'] / 100:,.2f} CAD" in page
    chart = visitor.client.get("/money/chart").json()
    assert sum(sum(series["values"]) for series in chart["series"]) == pytest.approx(total["spent"] / 100)
    (line,) = csv.DictReader(io.StringIO(visitor.client.get("/money.csv").text))
    assert line["spent"] == f"{total['spent'] / 100:.2f}"
    assert line["cause"] == "Core router without a spare"


def test_assumptions_stand_on_the_page_and_what_has_no_price_says_so(tmp_path: Path) -> None:
    page = words(with_costs(tmp_path).get("/money").text)
    assert "A minute of work 0.75 CAD" in page
    assert "decisions could be timed" in page
    (tmp_path / "bare").mkdir()
    bare = words(with_costs(tmp_path / "bare", money=Money()).get("/money").text)
    assert "not set ( money.minute_cost ): time is counted, not priced" in bare


def test_a_lead_enters_money_and_takes_it_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = visitor.rows.incident()
    sent = visitor.post("/money/entries", what="Taxis", amount="1 250,50", customers="3", incident=str(incident))
    assert sent.status_code == 303
    assert visitor.client.get("/api/v1/money").json()["total"]["entered"] == 125_050
    assert visitor.post("/money/entries/1/take-back").status_code == 303
    assert visitor.post("/money/entries/1/take-back").status_code == 409
    assert visitor.client.get("/api/v1/money").json()["total"]["entered"] == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"what": "", "amount": "5"}, "Say what the money was for."),
        ({"what": "Taxis", "amount": "five"}, "Write the amount as in"),
        ({"what": "Taxis", "amount": "0"}, "The amount must be above 0."),
        ({"what": "Taxis", "amount": "-5"}, "Write the amount as in"),
        ({"what": "Taxis", "amount": "5", "customers": "many"}, "Write a whole number"),
        ({"what": "Taxis", "amount": "5", "incident": "99"}, "there is no incident 99"),
    ],
)
def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(
    tmp_path: Path, fields: dict[str, str], said: str
) -> None:
    visitor = visit(tmp_path)
    answer = visitor.post("/money/entries", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{fields["what"]}"' in answer.text


def test_a_lead_says_why_it_happened(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = str(visitor.rows.incident())
    assert "Nobody said yet why it happened" in visitor.get("/money").text
    bad = visitor.post("/money/causes", incident=incident, cause="x" * 121, department="Network", credit="ten")
    assert bad.status_code == 422
    assert "at most 120 are kept" in bad.text
    assert visitor.post("/money/causes", incident="99", cause="x", department="", credit="").status_code == 404
    assert visitor.post(
        "/money/causes", incident=incident, cause="Digger", department="Network", credit="5"
    ).is_redirect
    (group,) = visitor.client.get("/api/v1/money").json()["causes"]
    assert (group["cause"], group["department"]) == ("Digger", "Network")


def test_who_is_no_lead_looks_only(tmp_path: Path) -> None:
    visitor = with_costs(tmp_path, "approver")
    html = visitor.get("/money").text
    assert "Enter money" not in html
    assert "Say why" not in html
    assert visitor.post("/money/entries", what="x", amount="5").status_code == 403
    assert visitor.post("/money/causes", incident="1", cause="x").status_code == 403


def test_a_cause_is_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.rows.incident(title="=HYPERLINK('https://evil.example')")
    assert "\n1,'=HYPERLINK" in visitor.client.get("/money.csv").text.replace("\r", "").replace('"', "")


def test_an_empty_ledger_teaches(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    assert "No failure in this time" in visitor.get("/money").text
    assert visitor.get("/money?range=forever").status_code == 200
    assert visitor.client.get("/money.csv").text.startswith("incident,")
