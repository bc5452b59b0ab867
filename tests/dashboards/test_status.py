"""The public status page: light, without log-in, only what is safe to publish."""

import re
from datetime import timedelta
from pathlib import Path

from core.store.incidents import FactRow
from dashboards.pages import HERE
from tests.dashboards.visiting import Visitor, visit, words


def public(visitor: Visitor) -> str:
    visitor.client.cookies.clear()
    answer = visitor.client.get("/status")
    assert answer.status_code == 200
    return str(answer.text)


def test_nothing_is_wrong(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.rows.incident(title="Only an alarm", status="suspected")
    visitor.rows.incident(title="Closed long ago", status="closed")
    visitor.rows.incident(title="No incident at all", status="dismissed")
    visitor.rows.incident(title="Other company", brand="Somebody else")
    text = words(public(visitor))
    assert "No known problem" in text
    for hidden in ("Only an alarm", "Closed long ago", "No incident at all", "Other company"):
        assert hidden not in text


def test_an_outage_in_plain_words_with_what_is_not_known(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident(status="investigating")
    visitor.rows.fact(made, "scope", "Mobile data is down in Ontario. Calls work.")
    visitor.rows.fact(made, "workaround", "Use Wi-Fi.")
    text = words(public(visitor))
    assert "No known problem" not in text
    assert "We are looking for the cause. Since Fri 20 November, 08:00 Next update: Fri 20 November, 09:25" in text
    assert "What is affected Mobile data is down in Ontario. Calls work." in text
    assert "What happened We do not know this yet." in text
    assert "What you can do meanwhile Use Wi-Fi." in text
    assert "compensat" not in text.lower()


def test_what_is_held_back_never_shows(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    made = visitor.rows.incident()
    visitor.rows.fact(made, "cause", "A wrong change.")
    with visitor.deps.store.begin() as db:
        db.add(
            FactRow(
                incident_id=made, name="cause", version=2, text="Secret", safe=False, author="L", at=visitor.clock()
            )
        )
    text = words(public(visitor))
    assert "Secret" not in text
    assert "A wrong change." not in text
    assert "What happened We will explain this in an update." in text


def test_a_late_update_is_admitted(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.rows.incident(next_update_at=visitor.clock() - timedelta(minutes=1))
    assert "The update we promised for Fri 20 November, 08:59 is late." in words(public(visitor))


def test_a_resolved_incident_stays_until_it_is_closed(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.rows.incident(status="resolved", title="Data outage")
    text = words(public(visitor))
    assert "No known problem" in text
    assert "Data outage This is resolved." in text
    assert "late" not in text


def test_it_is_light_and_has_no_script(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    for number in range(3):
        made = visitor.rows.incident(title=f"Outage {number}", links=["https://a.example", "javascript:alert(1)"])
        for name in ("scope", "cause", "next_step", "workaround", "compensation", "prevention"):
            visitor.rows.fact(made, name, "<b>Plain words</b> about it. " * 8)
    html = public(visitor)
    assert len(html.encode()) + (HERE / "static/status.css").stat().st_size < 14_000
    assert "<script" not in html
    assert "<b>" not in html
    assert "javascript:" not in html
    assert re.findall(r'(?:src|href)="([^"]+)"', html)[:2] == ["data:,", re.findall(r'href="(/static/[^"]+)"', html)[0]]


def test_caches_may_keep_it_for_seconds_only(tmp_path: Path) -> None:
    assert visit(tmp_path).client.get("/status").headers["cache-control"] == "public, max-age=15"
