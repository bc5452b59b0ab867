"""Brings a database to the newest schema; safe when two processes start at once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, ProgrammingError

from core.errors import ConfigError
from core.store.base import Store

_LOCK = 0x616D656E  # any number nobody else uses on this PostgreSQL database


def migrate(store: Store) -> None:
    """Runs the migrations that are missing. Raises ConfigError when the database cannot be used."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with _one_at_a_time(store) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DatabaseError as error:
        raise ConfigError(f"store.url: the database cannot be migrated: {error.orig}") from None
    except CommandError as error:
        raise ConfigError(f"store.url: the database cannot be migrated: {error}") from None


def trouble_of(error: BaseException) -> str | None:
    """One line when the database itself is in trouble (full, damaged, away); None for a mistake of the program."""
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError | ProgrammingError):
        return None
    return f"the database: {str(error.orig).strip().splitlines()[0]}"


@contextmanager
def _one_at_a_time(store: Store) -> Iterator[Connection]:
    if store.engine.dialect.name == "sqlite":
        with _file_lock(store), store.engine.begin() as connection:
            yield connection
        return
    with store.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


@contextmanager
def _file_lock(store: Store) -> Iterator[None]:
    # SQLite's own lock is not enough: two processes may both find the version table missing.
    database = store.engine.url.database
    if not database or database == ":memory:":
        yield
        return
    try:
        lock = Path(f"{database}.lock").open("a")  # noqa: SIM115 - its errors are told apart from those of the migration
    except OSError as error:
        raise ConfigError(f"store.url: {database}.lock cannot be written: {error.strerror}") from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
