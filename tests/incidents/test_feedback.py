"""Feedback finds its department, once, and is closed by one person."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.errors import Conflict, InputError
from core.sections import Department
from core.store import feedback as rows
from core.store.feedback import FeedbackRow
from core.store.mentions import ReadingRow
from incidents import feedback
from tests.factories import BRAND, Clock, Database

DEPARTMENTS = {
    "Shops": Department(contact="shops@northwind.example", words=("shop", "store*", "clerk")),
    "Network": Department(words=("signal", "mast"), intents=("suggestion", "complaint")),
    "Praise": Department(intents=("praise",)),
}


def route(database: Database) -> Counter[str]:
    return feedback.route_new(database.store, brand=BRAND, departments=DEPARTMENTS, clock=database.clock)


def say(database: Database, text: str, *intents: str, outage: bool = False, **values: object) -> int:
    return database.mention(text, reading={"intents": list(intents), "outage": outage}, **values)


def items(database: Database) -> list[FeedbackRow]:
    with database.store.read() as db:
        return list(db.scalars(select(FeedbackRow).order_by(FeedbackRow.id)))


@pytest.mark.parametrize(
    ("text", "intents", "outage", "place"),
    [
        ("The SHOP on King Street was rude", ("complaint",), False, ("complaint", "Shops", "SHOP")),
        ("Open more stores", ("suggestion",), False, ("suggestion", "Shops", "stores")),
        ("workshop at noon", ("complaint",), False, None),  # no whole word, and nobody takes every complaint
        ("A mast on the hill?", ("suggestion", "question"), False, ("suggestion", "Network", "mast")),
        ("No signal since nine", ("complaint", "outage_report"), True, None),  # its incident's, not a department's
        ("The signal is great", ("praise",), False, ("praise", "Praise", "")),  # Network takes no praise
        ("Have a nicer colour", ("suggestion",), False, ("suggestion", "", "")),  # for a person to place
        ("shop shop", ("status_question",), False, None),
    ],
)
def test_where_feedback_goes(
    any_database: Database, text: str, intents: tuple[str, ...], outage: bool, place: tuple[str, str, str] | None
) -> None:
    say(any_database, text, *intents, outage=outage)
    route(any_database)
    assert [(row.kind, row.department, row.why) for row in items(any_database)] == ([place] if place else [])


def test_each_mention_is_looked_at_once_and_what_is_unread_stops_the_walk(any_database: Database) -> None:
    say(any_database, "nice shop", "praise")
    unread = say(any_database, "bad shop", "complaint", status="new")
    say(any_database, "good shop", "praise")
    assert route(any_database) == {"Shops": 1}
    assert route(any_database) == {}
    from core.store.mentions import MentionRow

    with any_database.store.begin() as db:
        db.get_one(MentionRow, unread).status = "watched"
    assert route(any_database) == {"Shops": 2}
    assert len(items(any_database)) == 3


def test_what_is_read_anew_behind_the_walk_is_found_once(any_database: Database, clock: Clock) -> None:
    """A second model finds feedback in a post that the first one took for a question."""
    late = say(any_database, "nice shop", "status_question")
    old = say(any_database, "nice shop", "status_question", created_at=clock() - timedelta(days=20))
    ahead = say(any_database, "nice shop", "praise", status="new")
    assert route(any_database) == {}
    with any_database.store.begin() as db:
        for mention in (late, old, ahead):
            db.get_one(ReadingRow, mention).intents = ["praise"]
        rows.look_again(db, [late, old, ahead])
    assert route(any_database) == {"Shops": 1}
    assert route(any_database) == {}
    assert [item.mention_id for item in items(any_database)] == [late]


def test_the_first_pass_leaves_old_posts_alone(any_database: Database, clock: Clock) -> None:
    say(any_database, "nice shop", "praise", created_at=clock() - timedelta(days=20))
    assert route(any_database) == {}
    say(any_database, "nice shop", "praise")
    assert route(any_database) == {"Shops": 1}


@pytest.mark.parametrize("step", [2, 5, 9])
def test_more_than_one_step_is_walked_to_its_end(database: Database, step: int) -> None:
    for _ in range(5):
        say(database, "nice shop", "praise")
    done = feedback.route_new(database.store, brand=BRAND, departments=DEPARTMENTS, clock=database.clock, step=step)
    assert done == {"Shops": 5}


def test_advertisements_and_what_is_not_about_us_are_left_out(any_database: Database) -> None:
    say(any_database, "my shop sells more", "suggestion", spam=True)
    say(any_database, "nice shop", "praise", relevant=False)
    assert route(any_database) == {}


def test_an_item_is_closed_once_with_a_result(any_database: Database, clock: Clock) -> None:
    say(any_database, "nice shop", "praise")
    route(any_database)
    user = any_database.user("Lena", "lead")
    number = items(any_database)[0].id

    def close(result: str, brand: str = BRAND) -> None:
        feedback.close(
            any_database.store, brand=brand, item_id=number, result=result, tell=True, actor="Lena", actor_id=user,
            clock=clock,
        )  # fmt: skip

    for bad in (" ", "x" * 2001):
        with pytest.raises(InputError):
            close(bad)
    with pytest.raises(InputError):
        close("We told them.", brand="Other")
    close("We told them.")
    with pytest.raises(Conflict):
        close("Me too.")
    kept = items(any_database)[0]
    assert (kept.status, kept.result, kept.reply, kept.closed_by) == ("closed", "We told them.", "due", "Lena")


def test_an_item_moves_to_another_department_while_it_is_open(any_database: Database, clock: Clock) -> None:
    say(any_database, "Have a nicer colour", "suggestion")
    route(any_database)
    number = items(any_database)[0].id

    def assign(department: str) -> None:
        feedback.assign(
            any_database.store, brand=BRAND, item_id=number, department=department, departments=DEPARTMENTS,
            actor="Ana", clock=clock,
        )  # fmt: skip

    with pytest.raises(InputError):
        assign("Kitchen")
    assign("Shops")
    assert (items(any_database)[0].department, items(any_database)[0].why) == ("Shops", "by Ana")
