"""The audit page over HTTP."""

import csv
import io
import json
from datetime import UTC, timedelta
from pathlib import Path

from core.store import audit
from core.store.audit import Wanted
from dashboards.views.audit import _csv, _jsonl, short
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import Database


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
    assert html.count("<option") == 5  # everybody, Ana; every decision and two kinds
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
    detail = {"why": "a\n b", "empty": "", "count": 3, "of": ["x"], "none": None}
    assert short(detail, UTC) == 'why: a b; count: 3; of: ["x"]'
    edit = {"what": "next update 2026-11-20T14:05:50+00:00; scope; next_step; scope.fr; next_step.fr"}
    assert short(edit, UTC) == ("next update Fri 20 Nov, 14:05 UTC; scope, next step changed, also in French")
    assert short({"sha256": "ab" * 32}, UTC) == "sha256: abababababab…"
    assert len(short({"text": "long " * 100}, UTC)) <= 160


def test_filters_by_who_day_and_words_and_keeps_them_while_turning_pages(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    decide(visitor, 60, why="Zu spät, 100% sure")
    with visitor.deps.store.begin() as db:
        for days, actor in enumerate(("Ben", "Ben", "Zoë & Co")):
            now = visitor.clock() + timedelta(days=days, hours=15)
            change = {"before": "viewer", "after": "lead"}
            audit.record(db, actor=actor, action="user.role", subject=f"user:{days}", now=now, **change)
    assert visitor.get("/audit?who=Ben").text.count("<tr>") == 3
    assert visitor.get("/audit?who=Zo%C3%AB+%26+Co").text.count("<tr>") == 2
    assert visitor.get("/audit?who=Nobody").text.count("<tr>") == 51  # not on record: asks for nothing
    # 15 hours after 14:00 UTC it is midnight in Toronto: the days are the brand's.
    local = visitor.clock.now.date()
    assert visitor.get(f"/audit?who=Ben&from={local + timedelta(days=1)}").text.count("<tr>") == 3
    assert visitor.get(f"/audit?who=Ben&to={local}").text.count("<tr>") == 0
    assert visitor.get(f"/audit?who=Ben&to={local + timedelta(days=1)}").text.count("<tr>") == 2
    # Case does not matter in plain letters; in what a detail holds, letters with accents must be typed as written.
    cases = {"SPÄT": 0, "spät": 51, "100%": 51, "100_": 0, "lead": 4, "user:2": 2, "zoë": 2, "Zo": 2}
    for words_, rows in cases.items():
        found = visitor.client.get("/audit", params={"text": words_})
        assert found.text.count("<tr>") == rows, words_
    first = visitor.client.get("/audit", params={"text": "spät", "who": "Ana"}).text
    assert 'href="/audit?who=Ana&amp;text=sp%C3%A4t&amp;before=11"' in first
    nothing = words(visitor.get("/audit?text=nowhere-to-be-found").text)
    assert "No decision fits" in nothing
    for odd in ("from=yesterday", "from=0001-01-01", "to=9999-12-31", "text=%ff", "text=" + "x" * 5000):
        assert visitor.get(f"/audit?{odd}").status_code == 200


def test_before_and_after_and_the_hash_stand_in_the_row_and_on_its_page(tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    decide(visitor, 1, before="Crews are on site\nsince 9", after="Repaired <b>now</b>", why="update", share=0.5)
    with visitor.deps.store.read() as db:
        row = audit.newest(db)[0]
    html = visitor.get("/audit").text
    assert "Crews are on site since 9 → Repaired &lt;b&gt;now&lt;/b&gt;" in html
    assert row.hash[:10] in html
    one = visitor.get(f"/audit/{row.id}")
    assert "Repaired &lt;b&gt;now&lt;/b&gt;" in one.text
    said = words(one.text)
    assert all(part in said for part in ("Ana", "update", "0.5", row.hash, row.previous))
    for number in ("0", "999", "x", "9" * 30):
        assert visitor.get(f"/audit/{number}").status_code == 404


def test_takes_out_what_the_filters_leave_oldest_first(tmp_path: Path) -> None:
    visitor = visit(tmp_path, "viewer")
    decide(visitor, 700)
    decide(visitor, 2, action="user.role", before="=1+1", after="@lead", why="Zoë\nsaid so", n=3)
    answer = visitor.get("/audit/export.jsonl?action=user.role")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-2026-11-20.jsonl"'
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["subject"], line["before"], line["after"]) for line in lines] == [
        ("draft:0", "=1+1", "@lead"),
        ("draft:1", "=1+1", "@lead"),
    ]
    assert lines[0]["detail"] == {"why": "Zoë\nsaid so", "n": 3}
    assert lines[1]["previous"] == lines[0]["hash"]
    table = list(csv.DictReader(io.StringIO(visitor.get("/audit/export.csv").text)))
    assert [int(line["id"]) for line in table] == list(range(1, 703))
    assert (table[-1]["before"], table[-1]["after"]) == ("'=1+1", "'@lead")  # no formula in a spreadsheet
    assert table[-1]["hash"] == lines[-1]["hash"]
    assert visitor.get("/audit/export.xml").status_code == 404


def test_an_export_over_many_pages_holds_no_transaction_while_it_is_taken(any_database: Database) -> None:
    """A slow download must not hold back the database's own housekeeping. What is decided meanwhile is not in it."""
    store, now = any_database.store, any_database.clock()

    def more(count: int) -> None:
        with store.begin() as db:
            for _ in range(count):
                audit.record(db, actor="Ana", action="draft.approved", subject="draft:1", now=now, why='ça; va, "x"')

    more(1203)
    for written in (_csv, _jsonl):
        whole = "".join(written(store, Wanted()))
        taken = []
        for piece in written(store, Wanted()):
            assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
            taken.append(piece)
            if len(taken) == 1:
                more(2)
        assert "".join(taken) == whole
    assert whole.count("\n") == 1205
    assert [json.loads(line)["id"] for line in whole.splitlines()] == list(range(1, 1206))
