"""The store on SQLite and PostgreSQL: migrations, guards, compare-and-set, rollups, the audit chain."""

import itertools
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import QueuePool, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, ProgrammingError

from core.domain import DELIVERY_MOVES, DeliveryStatus, MentionStatus, sha256
from core.errors import ConfigError, Conflict, Transient
from core.store import (
    Session,
    Store,
    audit,
    cursors,
    deliveries,
    events,
    failed,
    mentions,
    open_store,
    rollups,
    schema,
    users,
)
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.migrate import migrate, trouble_of
from listener.records import MAX_FOLLOWERS
from tests.factories import BRAND, START, Database


def approval(database: Database, reply: str = "We are on it.", **values: object) -> ApprovalRow:
    user, draft = database.user(f"user{database.count}"), database.draft()
    with database.store.read() as db:
        target = db.get_one(DraftRow, draft).mention
    row = ApprovalRow(
        draft_id=draft, draft_version=1, text=reply, sha256=sha256(reply), platform=target.platform,
        target_id=target.external_id, account="northwind", publisher="console", sheet_version=0, approver_id=user,
        approved_at=START, release_at=START, expires_at=START + timedelta(hours=1), **values,
    )  # fmt: skip
    with database.store.begin() as db:
        db.add(row)
    return row


def delivery(database: Database, row: ApprovalRow, **changes: object) -> int:
    values = {"approval_id": row.id, "text": row.text, "sha256": row.sha256, "platform": row.platform}
    values |= {"target_id": row.target_id, "account": row.account, "key": f"key-{row.id}", "status": "approved"}
    values |= {"attempts": 0, "not_before": START, "problem": ""} | changes
    with database.store.begin() as db:
        made = DeliveryRow(**values)
        db.add(made)
        db.flush()
        return made.id


def test_migrations_and_tables_agree(any_store: Store) -> None:
    with any_store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_migrating_twice_changes_nothing(any_store: Store) -> None:
    migrate(any_store)


def _migrate(url: str) -> None:
    store = open_store(url)
    migrate(store)
    store.close()


def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/amends.db"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_migrate, args=(url,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]


def test_a_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    broken = tmp_path / "amends.db"
    broken.write_bytes(b"this is not a database, it is a text file of some length")
    with pytest.raises(ConfigError, match=r"store\.url"):
        migrate(open_store(f"sqlite:///{broken}"))
    with pytest.raises(ConfigError, match=r"store\.url"):
        open_store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ConfigError, match=r"store\.url"):
        open_store("nonsense")


def test_a_lock_that_cannot_be_taken_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "amends.db.lock").mkdir()
    with pytest.raises(ConfigError, match=r"store\.url: .*amends\.db\.lock cannot be written: Is a directory"):
        migrate(open_store(f"sqlite:///{tmp_path}/amends.db"))


def test_a_database_of_a_newer_program_is_one_clear_line(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/amends.db")
    migrate(store)
    with store.begin() as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"store\.url: .*9999"):
        migrate(store)


def test_trouble_of_the_database_is_told_from_mistakes_of_the_program() -> None:
    damaged = DatabaseError("SELECT 1", {}, Exception("the disk image is malformed\nmore"))
    assert trouble_of(damaged) == "the database: the disk image is malformed"
    assert trouble_of(ProgrammingError("SELECT 1", {}, Exception("no such column"))) is None
    assert trouble_of(ValueError("x")) is None


def test_a_store_whose_connections_are_all_in_use_may_be_asked_again() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.05)
    store = Store(engine)
    with store.read(), pytest.raises(Transient, match="limit of size 1"), store.read():
        pytest.fail("there was one")


def test_the_largest_number_of_followers_is_kept(any_database: Database) -> None:
    mention = any_database.mention(followers=MAX_FOLLOWERS)
    with any_database.store.read() as db:
        assert db.get_one(mentions.MentionRow, mention).followers == MAX_FOLLOWERS


def test_an_approved_delivery_is_taken(any_database: Database) -> None:
    assert delivery(any_database, approval(any_database))


@pytest.mark.parametrize("change", ["text", "sha256", "platform", "target_id", "account"])
def test_the_database_refuses_a_delivery_that_differs_from_its_approval(any_database: Database, change: str) -> None:
    row = approval(any_database)
    with pytest.raises(DBAPIError, match="no delivery without a standing approval"):
        delivery(any_database, row, **{change: "reddit" if change == "platform" else "something else"})


def test_the_database_refuses_a_delivery_of_a_revoked_approval(any_database: Database) -> None:
    row = approval(any_database, revoked_at=START)
    with pytest.raises(DBAPIError, match="no delivery without a standing approval"):
        delivery(any_database, row)


@pytest.mark.parametrize("status", ["sending", "sent", "refused", "unknown", "cancelled"])
def test_a_delivery_begins_as_approved(any_database: Database, status: str) -> None:
    row = approval(any_database)
    with pytest.raises(DBAPIError, match="no delivery without a standing approval"):
        delivery(any_database, row, status=status)


@pytest.mark.parametrize("column", ["text", "sha256", "account", "target_id", "platform", "key"])
def test_a_delivery_never_changes_what_it_delivers(any_database: Database, column: str) -> None:
    made = delivery(any_database, approval(any_database))
    with pytest.raises(DBAPIError, match="never changes"), any_database.store.begin() as db:
        db.execute(text(f"UPDATE deliveries SET {column} = 'other' WHERE id = {made}"))


@pytest.mark.parametrize("statement", ["DELETE FROM deliveries", "DELETE FROM approvals", "DELETE FROM audit",
                                       "UPDATE audit SET actor = 'somebody else'"])  # fmt: skip
def test_the_record_of_what_happened_stays(any_database: Database, statement: str) -> None:
    delivery(any_database, approval(any_database))
    with any_database.store.begin() as db:
        audit.record(db, actor="Ana", action="test", subject="draft:1", now=START)
    with pytest.raises(DBAPIError), any_database.store.begin() as db:
        db.execute(text(statement))


def test_an_approval_is_only_ever_revoked(any_database: Database) -> None:
    row = approval(any_database)
    with pytest.raises(DBAPIError, match="only ever revoked"), any_database.store.begin() as db:
        db.execute(text("UPDATE approvals SET text = 'other'"))
    with any_database.store.begin() as db:
        db.get_one(ApprovalRow, row.id).revoked_at = START
    with pytest.raises(DBAPIError, match="only ever revoked"), any_database.store.begin() as db:
        db.execute(text("UPDATE approvals SET revoked_at = NULL"))


def _path_to(status: DeliveryStatus) -> list[DeliveryStatus]:
    sending = [DeliveryStatus.SENDING]
    direct = {DeliveryStatus.APPROVED: [], DeliveryStatus.SENDING: sending, DeliveryStatus.CANCELLED: [status]}
    return direct.get(status, [*sending, status])


@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(DeliveryStatus, 2)))
def test_the_database_knows_the_same_moves_as_the_domain(
    database: Database, old: DeliveryStatus, new: DeliveryStatus
) -> None:
    made = delivery(database, approval(database))
    with database.store.begin() as db:
        for step in _path_to(old):
            db.execute(text(f"UPDATE deliveries SET status = '{step}' WHERE id = {made}"))
    if new in DELIVERY_MOVES[old]:
        with database.store.begin() as db:
            db.execute(text(f"UPDATE deliveries SET status = '{new}' WHERE id = {made}"))
    else:
        with pytest.raises(DBAPIError, match="not a legal move"), database.store.begin() as db:
            db.execute(text(f"UPDATE deliveries SET status = '{new}' WHERE id = {made}"))


def test_a_revoked_approval_cannot_begin_to_be_sent(any_database: Database) -> None:
    row = approval(any_database)
    made = delivery(any_database, row)
    with any_database.store.begin() as db:
        db.get_one(ApprovalRow, row.id).revoked_at = START
    with pytest.raises(DBAPIError, match="revoked"), any_database.store.begin() as db:
        deliveries.move(db, made, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING)


def test_a_post_is_answered_once(any_database: Database) -> None:
    first = approval(any_database)
    delivery(any_database, first)
    second = approval(any_database)
    with any_database.store.begin() as db:
        other = ApprovalRow(**{c: getattr(second, c) for c in list(ApprovalRow.__table__.columns.keys()) if c != "id"})
        other.target_id, other.platform = first.target_id, first.platform
        db.add(other)
        db.flush()
        with pytest.raises(Conflict, match="already"):
            deliveries.open_delivery(db, other, key="another")


def test_one_live_draft_a_mention(any_database: Database) -> None:
    mention = any_database.mention()
    any_database.draft(mention)
    with pytest.raises(IntegrityError):
        any_database.draft(mention)


def test_who_comes_second_moves_nothing(any_database: Database) -> None:
    mention = any_database.mention(status="new")
    with any_database.store.begin() as db:
        assert mentions.move(db, mention, expect=MentionStatus.NEW, to=MentionStatus.READ)
        assert not mentions.move(db, mention, expect=MentionStatus.NEW, to=MentionStatus.READ)


def test_a_cursor_moves_only_from_where_it_was_read(any_store: Store) -> None:
    with any_store.begin() as db:
        version = cursors.of(db, "x").version
        cursors.advance(db, "x", {"since": 1}, version=version, now=START)
    with pytest.raises(Conflict), any_store.begin() as db:
        cursors.advance(db, "x", {"since": 2}, version=version, now=START)


def test_rollups_follow_a_changed_reading(any_database: Database) -> None:
    mention = any_database.mention()
    with any_database.store.begin() as db:
        row = db.get_one(mentions.MentionRow, mention)
        old = row.reading.value()
        new = type(old)(**{f: getattr(old, f) for f in old.__slots__} | {"angry": not old.angry})
        rollups.count(db, brand=row.brand, platform="x", at=row.created_at, new=old)
        rollups.count(db, brand=row.brand, platform="x", at=row.created_at, new=new, old=old)
    with any_database.store.read() as db:
        hours = rollups.between(db, brand=row.brand, start=START - timedelta(days=1), end=START + timedelta(days=1))
    assert [(hour.volume, hour.outage, hour.outage_anger) for hour in hours] == [
        (1, int(new.outage), int(new.outage_anger))
    ]


def test_the_audit_chain_shows_a_change(any_store: Store) -> None:
    with any_store.begin() as db:
        for number in range(3):
            audit.record(db, actor="Ana", action="test", subject=f"draft:{number}", now=START, number=number)
    with any_store.read() as db:
        rows = list(reversed(audit.newest(db)))
    assert [row.previous for row in rows] == [audit.FIRST, rows[0].hash, rows[1].hash]
    assert all(audit.seal(row) == row.hash for row in rows)
    rows[1].actor = "Mallory"
    assert audit.seal(rows[1]) != rows[1].hash


def test_the_numbers_of_events_never_begin_again(any_store: Store) -> None:
    with any_store.begin() as db:
        for number in range(3):
            events.tell(db, "draft", now=START, number=number)
    with any_store.read() as db:
        last = events.newest_id(db)
    with any_store.begin() as db:
        events.sweep(db, START + timedelta(hours=2))
    with any_store.begin() as db:
        assert events.newest_id(db) == last
        assert len(events.since(db, 0)) == 1
        events.tell(db, "draft", now=START, number=3)
    with any_store.read() as db:
        assert [row.detail for row in events.since(db, last)] == [{"number": 3}]


def test_events_are_numbered_in_the_order_of_the_commits(any_store: Store) -> None:
    """Else who has seen the quick one would never hear of the slow one."""
    with ThreadPoolExecutor(1) as pool, any_store.begin() as db:
        events.tell(db, "draft", now=START, number="slow")
        db.execute(text("SELECT 1"))
        if any_store.shared:  # SQLite lets nobody else write meanwhile
            pool.submit(tell_one, any_store, "quick").result(timeout=30)
    with any_store.read() as db:
        rows = events.since(db, 0)
        assert [row.detail["number"] for row in rows] == ["quick", "slow"][not any_store.shared :]
        assert rows[-1].id == events.newest_id(db)


def test_no_number_is_taken_while_a_lower_one_is_on_its_way(postgres_store_url: str) -> None:
    """The last act of a transaction, and the numbers of the next one, wait for each other."""
    store = open_store(postgres_store_url)
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as pool:

        def meanwhile(db: Session) -> None:
            """The event is written and not committed yet: the other comes as far as our lock."""
            other = pool.submit(tell_one, store, "second")
            while not db.scalar(waiting) and not other.done():
                time.sleep(0.01)
            assert not other.done()

        with store.begin() as db:
            events.tell(db, "draft", now=START, number="first")
            event.listen(db, "before_commit", meanwhile)
    with store.read() as db:
        assert [row.detail["number"] for row in events.since(db, 0)] == ["first", "second"]
    store.close()


def tell_one(store: Store, number: str) -> None:
    with store.begin() as db:
        events.tell(db, "draft", now=START, number=number)


def test_what_is_told_inside_a_savepoint_and_what_fails_is_kept_with_its_transaction(any_store: Store) -> None:
    with any_store.begin() as db:
        events.tell(db, "draft", now=START, number=1)
        with db.begin_nested():
            events.tell(db, "draft", now=START, number=2)
    with suppress(Conflict), any_store.begin() as db:
        events.tell(db, "draft", now=START, number=3)
        raise Conflict("no")
    with any_store.read() as db:
        assert [row.detail["number"] for row in events.since(db, 0)] == [1, 2]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Élodie", "élodie"), ("Élodie", "E\u0301LODIE"), ("ŽIŽEK", "žižek"), ("Straße", "STRASSE"), ("Ωmega", "ωMEGA")],
)
def test_a_name_is_found_however_it_is_typed_and_taken_once(any_database: Database, name: str, typed: str) -> None:
    made = any_database.user(name)
    with any_database.store.read() as db:
        found = users.by_name(db, typed)
        assert found is not None
        assert (found.id, found.name) == (made, name)
        assert users.by_name(db, typed + "x") is None
    with pytest.raises(IntegrityError):
        any_database.user(typed)


def test_what_failed_is_counted_shown_and_goes_back_to_where_it_broke(any_database: Database) -> None:
    read = any_database.mention("was read", status="failed")
    unread = any_database.mention("was not", status="failed")
    other = any_database.mention("of another brand", status="failed", brand="Somebody else")
    fine = any_database.mention(status="drafted")
    with any_database.store.begin() as db:
        db.delete(db.get_one(mentions.ReadingRow, unread))
    with any_database.store.read() as db:
        assert failed.count(db, BRAND) == 2
        assert [row.text for row in failed.newest(db, BRAND, limit=5)] == ["was not", "was read"]
        assert [row.id for row in failed.newest(db, BRAND, limit=1)] == [unread]
    with any_database.store.begin() as db:
        assert failed.try_again(db, BRAND) == 2
        assert failed.try_again(db, BRAND) == 0
    with any_database.store.read() as db:
        statuses = {key: db.get_one(mentions.MentionRow, key).status for key in (read, unread, other, fine)}
        assert failed.count(db, BRAND) == 0
    assert statuses == {read: "read", unread: "new", other: "failed", fine: "drafted"}
