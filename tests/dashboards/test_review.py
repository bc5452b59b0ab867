"""The review page and its data, over HTTP; and the same as text."""

import re
from datetime import timedelta
from pathlib import Path

from core.sections import Money
from dashboards import reviewing
from incidents.review import Reached, review
from tests.dashboards.aftermath import HELPED, closed_incident
from tests.dashboards.visiting import visit, words
from tests.factories import BRAND


def test_the_page_tells_what_the_data_say(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    incident = closed_incident(visitor.rows, visitor.clock, customers=70)
    data = visitor.client.get(f"/api/v1/incidents/{incident}/review").json()
    everyone = data["answered_by_audience"][-1]
    assert (everyone["size"], everyone["customers"], everyone["answered"]) == ("all", 70, 30)
    assert data["detection_delay"] == 15 * 60
    assert data["promises"]["kept"] == 2
    assert data["helped"][0]["text"] == HELPED
    page = words(visitor.get(f"/incidents/{incident}/review").text)
    assert "Until we knew 15 min from the first complaint" in page
    assert re.search(r"All 70 60 30 50 % \(between 38 and 62 %\)", page)
    assert HELPED in page
    assert "does not prove" in page


def test_small_samples_say_so_and_unknown_is_a_value(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = closed_incident(visitor.rows, visitor.clock, customers=10)
    data = visitor.client.get(f"/api/v1/incidents/{incident}/review").json()
    assert data["answered_by_audience"][0]["size"] == "unknown"
    assert data["answered_by_audience"][0]["customers"] == 2
    assert all(one["few"] for one in data["answered_by_audience"])
    page = words(visitor.get(f"/incidents/{incident}/review").text)
    assert "too few for a share" in page
    assert "Too few customers of known audience" in page


def test_a_quiet_incident_says_what_is_missing(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = visitor.rows.incident()
    page = words(visitor.get(f"/incidents/{incident}/review").text)
    for said in ("no complaint was found", "no reply went out", "This incident is not over", "No customer wrote again"):
        assert said in page


def test_a_gap_between_audiences_is_said_only_when_the_numbers_carry_it() -> None:
    def one(size: str, reachable: int, answered: int) -> Reached:
        return Reached(
            size=size, customers=reachable, reachable=reachable, answered=answered, wait_median=1, wait_longest=1
        )

    quiet, loud = "under 100", "10,000 or more"
    assert "under 100 followers were answered less" in reviewing.gap_words([one(quiet, 200, 60), one(loud, 50, 45)])
    assert "No clear difference" in reviewing.gap_words([one(quiet, 40, 20), one(loud, 40, 24)])
    assert "Too few" in reviewing.gap_words([one(quiet, 200, 60), one(loud, 4, 4)])
    assert "Too few" in reviewing.gap_words([one("unknown", 200, 60), one(loud, 40, 4)])


def test_the_chart_has_the_numbers_of_the_table(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = closed_incident(visitor.rows, visitor.clock, customers=1)
    visitor.mentions(40, hours_ago=39)
    visitor.mentions(7, hours_ago=50, sentiment="positive")
    chart = visitor.client.get(f"/incidents/{incident}/review/chart").json()
    sums = {series["name"]: sum(series["values"]) for series in chart["series"]}
    assert sums == {"negative": 40, "neutral": 0, "positive": 7}
    assert len(chart["labels"]) == len(chart["ticks"]) == len(chart["series"][0]["values"]) == 24 + 5 + 24
    assert len(chart["shaded"]) == 5
    assert visitor.get(f"/incidents/{incident}/review").text.count("<time datetime=") >= 53


def test_a_long_incident_is_shown_by_day(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = visitor.rows.incident(started_at=visitor.clock() - timedelta(days=20))
    visitor.mentions(9, hours_ago=100)
    chart = visitor.client.get(f"/incidents/{incident}/review/chart").json()
    assert len(chart["labels"]) == 22
    assert sum(chart["series"][0]["values"]) == 9
    assert len(chart["shaded"]) == 21


def test_what_is_no_incident_is_not_found(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    other = visitor.rows.incident(brand="Other")
    for number in ("99", "x", str(other)):
        assert visitor.get(f"/incidents/{number}/review").status_code == 404
        assert visitor.client.get(f"/incidents/{number}/review/chart").status_code == 404


def test_the_text_holds_the_same_and_no_markup(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    incident = closed_incident(visitor.rows, visitor.clock, customers=12)
    with visitor.deps.store.read() as db:
        found = review(db, brand=BRAND, money=Money(), incident_id=incident, now=visitor.clock())
    text = "\n".join(reviewing.review_text(found, Money(), visitor.deps.settings.brand.zone()))
    assert "15 min from the first complaint" in text
    assert re.search(r"^unknown +3 +", text, re.MULTILINE)
    assert f"  - {HELPED}" in text
    assert "2 kept, 1 broken, 1 open (1 overdue)" in text
