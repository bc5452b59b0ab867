"""The audit page over HTTP."""

from datetime import timedelta
from pathlib import Path

from core.store import audit
from dashboards.views.audit import short
from tests.dashboards.visiting import Visitor, visit, words


def decide(visitor: Visitor, count: int, action: str = "draft.approved", **detail: object) -> None:
    with visitor.deps.store.begin() as db:
        for number in range(count):
            now = visitor.clock() + timedelta(seconds=number)
            audit.record(db, actor="Ana", action=action, subject=f"draft:{number}", now=now, **detail)


def test_newest_first_in_pages_that_do_not_shift(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    decide(visitor, 120)
    first = visitor.get("/audit").text
    assert first.count("<tr>") == 51
    assert first.index("draft 119") < first.index("draft 70")
    assert 'href="/audit?before=71"' in first
    decide(visitor, 3, action="draft.rejected")  # arrive while somebody reads
    second = visitor.get("/audit?before=71").text
    assert "draft 69" in second
    assert "draft 70<" not in second
    last = visitor.get("/audit?before=21").text
    assert last.count("<tr>") == 21
    assert 'rel="next"' not in last


def test_one_kind_of_decision(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    decide(visitor, 60)
    decide(visitor, 60, action="draft.rejected", why="too late")
    html = visitor.get("/audit?action=draft.rejected").text
    assert "Draft approved" not in html
    assert html.count("why: too late") == 50
    assert 'href="/audit?action=draft.rejected&amp;before=71"' in html
    assert html.count("<option") == 3
    every = visitor.get("/audit?action=nonsense").text
    assert " selected" not in every.replace('value="" selected', "")
    assert 'href="/audit?before=71"' in every


def test_hostile_detail_and_a_broken_address_do_no_harm(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    decide(visitor, 1, why="<script>alert(1)</script>")
    assert "<script>alert" not in visitor.get("/audit").text
    for before in ("x", "-1", "9" * 40, "0"):
        assert visitor.get(f"/audit?before={before}").status_code == 200


def test_incidents_are_linked_and_an_empty_record_explains_itself(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    assert "No decision on record yet" in words(visitor.get("/audit").text)
    made = visitor.rows.incident()
    visitor.post(f"/incidents/{made}/status", status="monitoring", version="1")
    html = visitor.get("/audit").text
    assert f'<a href="/incidents/{made}">incident {made}</a>' in html
    assert "identified → monitoring" in html


def test_a_detail_is_short_and_plain() -> None:
    assert (
        short({"why": "a\n b", "empty": "", "count": 3, "of": ["x"], "none": None}) == 'why: a b; count: 3; of: ["x"]'
    )
    assert short({"sha256": "ab" * 32}) == "sha256: abababababab…"
    assert len(short({"text": "long " * 100})) <= 160
