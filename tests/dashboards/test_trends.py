"""The trends page and its JSON, over HTTP."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

from dashboards.pages import HERE
from tests.dashboards.visiting import visit, words


def test_the_json_adds_up_by_bucket_and_by_platform(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    visitor.mentions(3, hours_ago=0, outage=True, angry=True)
    visitor.mentions(2, hours_ago=5, platform="reddit", sentiment="positive")
    visitor.mentions(7, hours_ago=30, sentiment="neutral")
    answer = visitor.client.get("/api/v1/trends").json()
    assert answer["total"] == {"volume": 5, "negative": 3, "neutral": 0, "positive": 2, "outage": 3, "outage_anger": 3}
    assert sum(bucket["volume"] for bucket in answer["buckets"]) == 5
    assert answer["buckets"][-1]["outage_anger"] == 3
    assert answer["buckets"][-6]["positive"] == 2
    assert {part["platform"]: part["total"]["volume"] for part in answer["by_platform"]} == {"x": 3, "reddit": 2}
    assert answer["before"] is None  # the oldest mention is younger than the 24 hours before


def test_the_time_before_is_counted_when_mentions_reach_back(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.mentions(4, hours_ago=1)
    visitor.mentions(7, hours_ago=30)
    visitor.mentions(9, hours_ago=60)
    assert visitor.client.get("/api/v1/trends").json()["before"]["volume"] == 7
    assert visitor.client.get("/api/v1/trends?range=7d").json()["total"]["volume"] == 20


def test_today_begins_at_midnight_in_the_brands_zone(tmp_path: Path) -> None:
    visitor = visit(tmp_path)  # 09:00 there
    visitor.mentions(3, hours_ago=9)
    visitor.mentions(4, hours_ago=0, platform="reddit")
    visitor.mentions(8, hours_ago=10)
    visitor.mentions(6, hours_ago=20)  # yesterday, but later in the day
    answer = visitor.client.get("/api/v1/trends?range=today").json()
    assert (answer["range"], answer["bucket"], len(answer["buckets"])) == ("today", "hour", 10)
    assert answer["from"] == "2026-11-20T00:00:00-05:00"
    assert (answer["total"]["volume"], answer["before"]) == (7, None)  # yesterday's first hours are not known
    visitor.mentions(5, hours_ago=33)
    assert visitor.client.get("/api/v1/trends?range=today").json()["before"]["volume"] == 5
    html = visitor.get("/trends?range=today&platform=reddit").text
    assert '<a href="/trends?range=today&amp;platform=reddit" aria-current="true">Today</a>' in html
    assert 'data-address="/trends/chart?range=today&amp;platform=reddit"' in html
    assert re.search(r"All of today\s+4 4 0 0 0 0", words(html))


def test_an_hour_without_mentions_has_no_sentiment(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.mentions(3, hours_ago=2, sentiment="positive")
    said = words(visitor.get("/trends?range=today").text)
    assert "08:00 none – – – – –" in said
    assert "07:00 3 0 0 3 0 0" in said


def test_today_is_told_in_french(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.client.headers["accept-language"] = "fr"
    visitor.mentions(4, hours_ago=60)
    assert "Aucun message aujourd’hui" in visitor.get("/trends?range=today").text
    visitor.mentions(40, hours_ago=24)
    visitor.mentions(30, hours_ago=0)
    said = words(visitor.get("/trends?range=today").text)
    assert "25 % de moins que la veille jusqu’à 10:00 (40)" in said
    assert "08:00 aucun – – – – –" in said
    assert "Tout aujourd’hui 30 30 0 0 0 0" in said


def test_a_platform_can_be_chosen(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.mentions(3, hours_ago=0)
    visitor.mentions(2, hours_ago=0, platform="reddit")
    answer = visitor.client.get("/api/v1/trends?range=30d&platform=reddit").json()
    assert (answer["total"]["volume"], answer["bucket"], len(answer["buckets"])) == (2, "day", 30)


def test_an_unknown_range_or_platform_is_refused_by_name(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    for query in ("range=1y", "platform=myspace"):
        answer = visitor.client.get(f"/api/v1/trends?{query}")
        assert answer.status_code == 422
        assert query.split("=")[1] in answer.json()["message"]
    assert visitor.get("/trends?range=1y&platform=myspace").status_code == 200


def test_incidents_shade_the_buckets_they_touch(tmp_path: Path) -> None:
    visitor, hour = visit(tmp_path), timedelta(hours=1)
    now = visitor.clock()
    visitor.rows.incident(title="now", started_at=now - 3 * hour)
    visitor.rows.incident(
        title="over", status="closed", started_at=now - 9 * hour, resolved_at=now - 7 * hour, closed_at=now - hour
    )
    visitor.rows.incident(title="reopened", status="monitoring", started_at=now - 2 * hour, resolved_at=now - hour)
    visitor.rows.incident(title="alarm", status="suspected")
    visitor.rows.incident(title="mistake", status="dismissed")
    visitor.rows.incident(title="long ago", status="closed", started_at=now - 99 * hour, resolved_at=now - 90 * hour)
    found = {one["title"]: one for one in visitor.client.get("/api/v1/trends").json()["incidents"]}
    assert {title: (one["first_bucket"], one["last_bucket"]) for title, one in found.items()} == {
        "now": (20, 23), "over": (14, 16), "reopened": (21, 23),
    }  # fmt: skip
    assert found["reopened"]["ended_at"] is None


def test_the_page_has_every_number_without_javascript(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.mentions(41, hours_ago=0, outage=True, angry=True)
    visitor.mentions(1200, hours_ago=2, sentiment="positive")
    html = visitor.get("/trends").text
    assert re.search(r"All 24 hours\s+1,241 41 0 1,200 41 41", words(html))
    assert "Fri 20 Nov, 09:00" in html  # 14:00 UTC in the brand's zone
    assert "3 %" in html
    assert "style=" not in html


def test_few_mentions_are_said_to_be_few(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.mentions(12, hours_ago=0)
    assert "12 mentions: too few for a share" in visitor.get("/trends").text


def test_empty_pages_teach(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    assert "Nothing has been read yet" in visitor.get("/trends").text
    visitor.mentions(5, hours_ago=100)
    assert "No mention in the last 24 hours" in visitor.get("/trends").text
    assert "No mention today" in visitor.get("/trends?range=today").text
    assert 'id="hero"' in visitor.get("/trends?range=7d").text


def test_strangers_see_nothing(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.client.cookies.clear()
    assert visitor.client.get("/api/v1/trends").status_code == 401
    assert (
        visitor.client.get("/trends", headers={"accept": "text/html"}, follow_redirects=False)
        .headers["location"]
        .startswith("/login")
    )


def test_vendored_files_are_the_pinned_ones() -> None:
    readme = (HERE / "static/vendor/README.md").read_text()
    pinned = dict(re.findall(r"^\| (\S+) \|.*`([0-9a-f]{64})`", readme, flags=re.MULTILINE))
    scripts = [file for file in (HERE / "static/vendor").iterdir() if file.suffix in (".js", ".css")]
    assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in scripts} == pinned
