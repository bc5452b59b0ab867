"""The list of the queue on both databases: kept in step by the database itself, chosen, searched, counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update

from core.store import alike, desk, waiting
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.queue import place_of
from core.store.waiting import Asked, View, WaitingRow, WordsRow
from tests import many
from tests.factories import START, Database


def asked(**values: object) -> Asked:
    return Asked(**({"me": 1, "now": START} | values))  # type: ignore[arg-type]


def ids(rows: Database, **values: object) -> list[int]:
    with rows.store.read() as db:
        found = waiting.ids(db, asked(**values), limit=100)
        assert waiting.count(db, asked(**values)) == len(found)
        assert sorted(waiting.among(db, asked(**values), [*range(1, 60)])) == sorted(found)
        return found


def change(rows: Database, kind: type, which: int, **values: object) -> None:
    key = kind.mention_id if kind is ReadingRow else kind.id
    with rows.store.begin() as db:
        db.execute(update(kind).where(key == which).values(**values))


def test_the_list_follows_drafts_posts_readings_and_cases(any_database: Database) -> None:
    rows = any_database
    case = rows.case("kim", contacts=1)
    mention = rows.mention(case_id=case, author="kim", reading={"angry": False, "impact": "work"})
    draft = rows.draft(mention, priority=50)

    def now() -> WaitingRow:
        with rows.store.read() as db:
            return db.scalars(select(WaitingRow)).one()

    first = now()
    assert (first.draft_id, first.rank, first.case_id, first.platform) == (draft, -50, case, "x")
    assert (first.anger, first.safety, first.blocked, first.contacts) == (False, False, False, 1)
    user = rows.user()
    change(rows, ReadingRow, mention, angry=True, impact="safety", language="fr")
    change(rows, CaseRow, case, contacts=3, owner_id=user, escalated_at=START, snoozed_until=START)
    change(rows, DraftRow, draft, priority=1050, passed=False)
    after = now()
    assert (after.rank, after.anger, after.safety, after.language, after.blocked) == (-1050, True, True, "fr", True)
    assert (after.contacts, after.owner_id, after.escalated, after.wakes_at) == (3, user, True, START)
    change(rows, DraftRow, draft, text="A new ANSWER")
    change(rows, MentionRow, mention, text="[erased]", author="nobody", author_name="")
    with rows.store.read() as db:
        words = db.scalars(select(WordsRow.words)).one()
    assert words == "nobody\n\n[erased]\na new answer"
    change(rows, DraftRow, draft, status="approved")
    with rows.store.read() as db:
        assert db.scalars(select(WaitingRow)).all() == []
        assert db.scalars(select(WordsRow)).all() == []
    change(rows, DraftRow, draft, status="waiting")
    assert now().draft_id == draft
    with rows.store.begin() as db:
        db.execute(delete(DraftRow).where(DraftRow.id == draft))
        assert db.scalars(select(WaitingRow)).all() == []


def test_each_view_has_its_own_and_counts_agree(any_database: Database) -> None:
    rows = any_database
    me, ben = rows.user("Ana"), rows.user("Ben")
    calm = {"angry": False}

    def made(
        name: str, *, reading: dict[str, object] | None = None, draft: dict[str, object] | None = None, **case: object
    ) -> int:
        of = rows.case(name, **case)
        return rows.draft(rows.mention(case_id=of, author=name, reading=reading or calm), **(draft or {}))

    plain = made("plain")
    mine, bens = made("mine", owner_id=me), made("bens", owner_id=ben)
    safe = made("safe", draft={"persona": "safety", "priority": 1050})
    angry = made("angry", reading={"angry": True})
    again = made("again", contacts=2)
    blocked = made("blocked", draft={"passed": False})
    up = made("up", escalated_at=START, escalated_by="Ana")
    later = made("later", snoozed_until=START + timedelta(minutes=5))
    quiet = made("quiet", snoozed_until=desk.WRITES_AGAIN, owner_id=me)
    back = made("back", snoozed_until=START - timedelta(seconds=1))
    wanted = {
        View.ALL: [safe, plain, mine, bens, angry, again, blocked, up, back],
        View.MINE: [mine],
        View.UNASSIGNED: [safe, plain, angry, again, blocked, up, back],
        View.SAFETY: [safe],
        View.ANGER: [angry],
        View.REPEAT: [again],
        View.BLOCKED: [blocked],
        View.ESCALATED: [up],
        View.SNOOZED: [later, quiet],
        View.UNKNOWN: [],
    }
    assert {view: ids(rows, view=view, me=me) for view in View} == wanted
    with rows.store.read() as db:
        assert waiting.counts(db, START).of(me) == {view: len(there) for view, there in wanted.items()}
    # Its time has come: it is back without anybody's doing.
    assert ids(rows, view=View.SNOOZED, now=START + timedelta(minutes=5)) == [quiet]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ONTARIO", ["kim"]),
        ("kim ontario", ["kim"]),
        ("kim refund", []),
        ("école", ["zoe"]),
        ("ÉCOLE", ["zoe"]),
        ("ligne coupée", ["zoe"]),
        ("straße", ["ulf"]),
        ("МОСКВА", ["ivan"]),
        ("москва", ["ivan"]),
        ("停电", ["jin"]),
        ("100%", ["ulf"]),
        ("a_b", []),
        ("our answer to ulf", ["ulf"]),
        ("  ", ["kim", "zoe", "ulf", "ivan", "jin"]),
    ],
)  # fmt: skip
def test_search_finds_author_post_and_reply_whatever_their_case(
    any_database: Database, words: str, found: list[str]
) -> None:
    texts = {
        "kim": "No data in Ontario",
        "zoe": "Mon École est hors LIGNE, coupée",
        "ulf": "100% weg in der Straße",
        "ivan": "Нет связи, Москва",
        "jin": "又停电了 axb",
    }
    made = {
        name: any_database.draft(any_database.mention(said, author=name), f"Our answer to {name}")
        for name, said in texts.items()
    }
    assert ids(any_database, words=words) == [made[name] for name in found]


def test_filters_narrow_and_places_go_on(any_database: Database) -> None:
    rows = any_database
    incident = rows.incident()
    old = rows.mention(
        author="old", created_at=START - timedelta(hours=3), platform="reddit", reading={"language": "fr"}
    )
    made = [rows.draft(rows.mention(author=f"a{number}"), priority=number % 3) for number in range(7)]
    first = rows.draft(old, stage="anxiety", priority=9, incident_id=incident)
    only = [first]
    hour = timedelta(hours=1)
    for narrow in ({"platform": "reddit"}, {"language": "fr"}, {"stage": "anxiety"}, {"incident": incident}):
        assert ids(rows, **narrow) == only
    assert ids(rows, longer=hour) == only
    assert ids(rows, platform="reddit", stage="anger") == []
    whole = ids(rows)
    assert whole == [first, *sorted(made, key=lambda draft: (-((draft - made[0]) % 3), draft))]
    with rows.store.read() as db:
        there = db.get_one(DraftRow, whole[3])
        assert waiting.ids(db, asked(), after=place_of(there), limit=2) == whole[4:6]


def test_the_list_is_read_from_its_index_alone(any_database: Database) -> None:
    """At 50,000 waiting it is the difference between some and some hundred milliseconds."""
    for number in range(3):
        any_database.draft(any_database.mention(author=f"a{number}"))
    with any_database.store.read() as db:
        query = str(waiting.stretch(db, asked(view=View.BLOCKED, stage="anger"), None).limit(50).compile(
            db.get_bind(), compile_kwargs={"literal_binds": True}
        ))  # fmt: skip
        if db.get_bind().dialect.name == "sqlite":
            plan = [str(row[-1]) for row in db.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
            assert plan == ["SCAN waiting USING COVERING INDEX ix_waiting_order"]
            return
        db.execute(text("SET LOCAL enable_seqscan = off"))
        db.execute(text("SET LOCAL enable_bitmapscan = off"))
        plan = [str(row[0]) for row in db.execute(text(f"EXPLAIN {query}"))]
        assert any("Index Only Scan using ix_waiting_order" in line for line in plan)
        assert not any("Sort" in line for line in plan)


def read_by(rows: Database, statement: Any) -> str:
    """The plan by which the database answers a query, with its statistics up to date."""
    with rows.store.begin() as db:
        db.execute(text("ANALYZE"))
    sqlite = rows.store.engine.dialect.name == "sqlite"
    with rows.store.read() as db:
        bound = statement.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
        found = db.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{bound}".replace(":", r"\:")))
        return "\n".join(str(row[-1]) for row in found)


def test_what_one_person_has_is_read_from_an_index_of_its_own(any_database: Database) -> None:
    rows = any_database
    owner = rows.user()
    many.fill(rows, 2000)
    change(rows, CaseRow, 15, owner_id=owner)
    with rows.store.read() as db:
        mine = waiting.stretch(db, asked(me=owner, view=View.MINE), None).limit(50)
        everything = waiting.stretch(db, asked(me=owner), None).limit(50)
    assert "ix_waiting_owner" in read_by(rows, mine)
    assert "ix_waiting_owner" not in read_by(rows, everything)
    assert ids(rows, me=owner, view=View.MINE) == [15]


def test_the_similar_ones_are_found_also_when_many_others_stand_before_them(any_database: Database) -> None:
    rows = any_database
    many.fill(rows, 1500)
    with rows.store.begin() as db:
        db.execute(update(DraftRow).values(priority=50, stage="anger", passed=True, persona="work"))
        for late in (20, 10):  # of those that wait least
            db.execute(update(DraftRow).where(DraftRow.id == late).values(persona="family"))
        db.execute(update(DraftRow).where(DraftRow.id == 1400).values(persona="family", language="fr"))
    with rows.store.read() as db:
        seed = db.get_one(DraftRow, 20)
        found = alike.of_kind(db, seed, me=1, now=START, limit=60)
        common = alike.of_kind(db, db.get_one(DraftRow, 700), me=1, now=START, limit=60)
    assert [each.id for each in found] == []  # behind the thousand that were looked at
    assert [each.id for each in common] == [*range(1500, 1440, -1)]
    with rows.store.begin() as db:
        db.execute(delete(DraftRow).where(DraftRow.id > 600))
    with rows.store.read() as db:
        assert [each.id for each in alike.of_kind(db, seed, me=1, now=START, limit=60)] == [20, 10]
