"""What jobs ask the database every few seconds goes along indexes on SQLite, which keeps no statistics to choose by."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.store import deliveries, drafts, lines, promise_readings, watch
from tests import many
from tests.factories import START, Database

BRAND = "Northwind Mobile"


def plans(rows: Database, ask: Callable[[Session], object]) -> str:
    """How each statement of a question is carried out, a line a step."""
    said: list[tuple[str, object]] = []
    event.listen(rows.store.engine, "before_cursor_execute", lambda *seen: said.append((seen[2], seen[3])))
    with rows.store.read() as db:
        ask(db)
        asked = [(words, values) for words, values in said if words.startswith("SELECT")]
        steps = [db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values) for words, values in asked]
        return "\n".join(row[-1] for found in steps for row in found)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda db: drafts.outdated(db, BRAND, START, limit=200), "ix_drafts_sheet"),
        (lambda db: drafts.unjoined(db, BRAND, since=START, limit=200), "ix_drafts_sheet"),
        (lambda db: deliveries.has_begun(db, "x", since=START), "ix_deliveries_started"),
        (lambda db: deliveries.taken_down_from(db, "x", "1", ""), "ix_deliveries_taken_down"),
        (lambda db: watch.in_danger(db, BRAND, START), "ix_readings_impact"),
        (lambda db: promise_readings.unread_approvals(db, BRAND, START, limit=200), "promise_readings"),
    ],
)
def test_a_job_goes_through_neither_all_posts_nor_all_that_waits(
    database: Database, ask: Callable[[Session], object], index: str
) -> None:
    many.fill(database, 50)
    found = plans(database, ask)
    assert index in found
    assert "ix_mentions_created" not in found
    assert "SCAN mentions" not in found
    assert "ix_drafts_waiting" not in found


def test_a_line_shows_what_the_list_needs_in_the_order_asked_for(any_database: Database) -> None:
    rows = any_database
    owner = rows.user("Ana")
    case = rows.case("kim", owner_id=owner)
    mention = rows.mention(case_id=case, author="kim", author_name="", text="x" * 300)
    one, other = rows.draft(mention, priority=7), rows.draft(rows.mention(author="lee"))
    with rows.store.read() as db:
        found = lines.of(db, [other, 999, one])
    assert [line.id for line in found] == [other, one]
    assert (found[1].author, found[1].owner, found[1].words, found[1].place.priority) == ("kim", "Ana", "x" * 200, 7)
    assert (found[0].owner_id, found[0].snoozed_until, found[0].escalated_at) == (None, None, None)
