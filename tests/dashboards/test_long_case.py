"""The pane of a customer who wrote a hundred times: the newest posts, and the others by stretches."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core.store import queue
from core.store.mentions import MentionRow
from dashboards.pane import SOME
from tests.dashboards.visiting import Visitor, visit, words
from tests.factories import Database

POSTS = 100


@pytest.fixture
def ana(tmp_path: Path) -> Visitor:
    return visit(tmp_path, "approver")


def write(rows: Database, case: int, count: int = POSTS) -> list[int]:
    """Posts of a case, two of every minute: some share their moment."""
    start = rows.clock() - timedelta(hours=3)
    return [
        rows.mention(f"post {number}.", case_id=case, created_at=start + timedelta(minutes=number // 2))
        for number in range(count)
    ]


def posts(html: str) -> list[int]:
    return [int(found) for found in re.findall(r"post (\d+)\.", words(html))]


def older(html: str) -> str:
    found = re.search(r'data-act="earlier" data-before="(\d+)"', html)
    return found[1] if found else ""


def test_the_newest_posts_are_shown_and_every_other_one_by_stretches(ana: Visitor) -> None:
    made = write(ana.rows, ana.rows.case())
    draft = ana.rows.draft(made[-1])
    page = ana.get(f"/queue/{draft}/pane").text
    assert posts(page) == [POSTS - 1, *range(POSTS - 1 - SOME, POSTS - 1)]  # the one to answer, then those before it
    assert "Earlier in this case (30+)" in words(page)
    seen, before = posts(page)[1:], older(page)
    while before:
        page = ana.get(f"/queue/{draft}/earlier?before={before}").text
        assert len(posts(page)) <= SOME
        seen, before = posts(page) + seen, older(page)
    assert seen == list(range(POSTS - 1))


def test_what_came_after_is_shown_no_longer_than_that(ana: Visitor) -> None:
    made = write(ana.rows, ana.rows.case())
    page = ana.get(f"/queue/{ana.rows.draft(made[0])}/pane").text
    assert posts(page) == [0, *range(POSTS - SOME, POSTS)]
    assert "wrote again later (30+)" in words(page)
    assert "Only the newest are shown" in words(page)
    short = ana.get(f"/queue/{ana.rows.draft(made[-3])}/pane").text
    assert "wrote again later (2)" in words(short)


def test_a_stretch_of_another_case_is_not_shown(ana: Visitor) -> None:
    made = write(ana.rows, ana.rows.case(), 2)
    others = write(ana.rows, ana.rows.case("kim"), 2)
    draft = ana.rows.draft(made[-1])
    assert ana.get(f"/queue/{draft}/earlier?before={others[-1]}").status_code == 404
    assert ana.get(f"/queue/{draft}/earlier?before=nothing").status_code == 422


def test_the_posts_of_a_case_are_found_in_order_without_sorting_them(ana: Visitor) -> None:
    """What a pane costs does not grow with its case: the index hands out the newest ones."""
    made = write(ana.rows, ana.rows.case(), 3)
    with ana.deps.store.read() as db:
        asked: list[tuple[str, Any]] = []
        event.listen(db.get_bind(), "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        post = db.get_one(MentionRow, made[1])
        asked.clear()
        assert [each.id for each in queue.posts_before(db, post, limit=SOME)] == made[:1]
        assert [each.id for each in queue.posts_after(db, post, limit=SOME)] == made[2:]
        for statement, values in asked[:2]:
            plan = str(db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
            assert "ix_mentions_case " in plan
            assert "TEMP B-TREE" not in plan
