"""Whole copies of the database while others work in it."""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from core.clock import iso
from core.errors import ConfigError, Permanent, Transient
from core.store import mentions, switches
from core.store.base import Store, open_store

ACTOR = "amends backup"


def open_existing(url: str) -> Store:
    """The database at an address as it is: none is made, and none is migrated. Raises ConfigError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return open_store(url)  # says what is wrong with it
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise ConfigError(f"store.url: {parsed.database or ':memory:'} is no database file")
    return open_store(parsed)


def name_of(store: Store) -> str:
    """What a database's copies are called by."""
    return re.sub(r"[^\w.-]", "-", Path(store.engine.url.database or "amends").stem)


def copy(store: Store, file: Path, *, now: datetime) -> int:
    """Copies the database into ``file`` as it is at one moment; others go on writing. Returns how many mentions it had.

    A copy of SQLite is checked page by page, and sending is switched off in it: it does not know what went out since.
    Raises Permanent or ConfigError with what is wrong; then the file is of no use.
    """
    return _dump(store, file) if store.shared else _copy_file(store, file, now)


def _copy_file(store: Store, file: Path, now: datetime) -> int:
    try:
        with closing(store.engine.raw_connection()) as ours, closing(sqlite3.connect(file)) as new:
            ours.driver_connection.backup(new)  # type: ignore[union-attr]
        count = _mark(file, now)
        with closing(sqlite3.connect(file)) as new:
            new.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            found = new.execute("PRAGMA integrity_check").fetchone()[0]
    except (sqlite3.Error, DBAPIError, ConfigError, Transient) as error:
        raise Permanent(str(error).splitlines()[0]) from None
    if found != "ok":
        raise Permanent(f"the database is damaged: {found}")
    return count


def _mark(file: Path, now: datetime) -> int:
    copied = open_store(URL.create("sqlite", database=str(file)))
    try:
        with copied.begin() as db:
            _stop_sending(db, now)
            return mentions.count(db)
    finally:
        copied.close()


def _stop_sending(db: Session, now: datetime) -> None:
    """What was approved before the copy may be out by the time somebody starts from it: a person looks first."""
    why = f"restored from the backup of {iso(now)}: look at Queue → Sent, then switch it on"
    off = db.get(switches.SwitchRow, (switches.ALL, ""))
    if off is not None:
        why = f"{why}; it was off before: {off.reason}"
        switches.put_on(db, scope=switches.ALL, key="")
    switches.put_off(db, scope=switches.ALL, key="", reason=why, actor=ACTOR, now=now)


def _dump(store: Store, file: Path) -> int:
    tool = shutil.which("pg_dump")
    if tool is None:
        raise ConfigError(
            "pg_dump is not on PATH: install the client programs of PostgreSQL (Debian: postgresql-client), "
            "not older than the server"
        )
    url = store.engine.url
    # Arguments are seen by everybody on the machine: the password is not among them.
    public = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    with store.read() as db:
        count = mentions.count(db)
    done = subprocess.run(  # noqa: S603 - no shell, and nothing of it comes from outside
        [tool, "--format=custom", "--no-password", f"--file={file}", f"--dbname={public.render_as_string()}"],
        env=os.environ | password,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"status {done.returncode}"
        raise Permanent(said.removeprefix("pg_dump: error: "))
    return count
