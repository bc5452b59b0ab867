"""Engine, sessions and column types."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFreeError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from core.errors import ConfigError, Transient
from core.store.turns import Turns

# Named, so that migrations can drop them on every database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware moments, kept in UTC. A naive one is a mistake and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without offset cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}  # noqa: RUF012 - SQLAlchemy reads it once


class Store:
    """The database. Cheap to pass around; opens connections when asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.info: dict[str, Any] = {}  # what every session carries along
        self._turns = None if self.shared else Turns()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction that writes: commits at the end, rolls back on any error."""
        with self._turns.turn() if self._turns else nullcontext(), self._session({"write": True}) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads. On SQLite all its reads see one moment."""
        with self._session({"write": False}) as db, db.begin():
            yield db

    @contextmanager
    def _session(self, options: dict[str, bool]) -> Iterator[Session]:
        try:
            opened = self.engine.connect().execution_options(amends_write=options["write"])
            with opened as connection, Session(connection, expire_on_commit=False, info=self.info) as db:
                yield db
        except (OperationalError, NoneFreeError) as error:
            # Busy, away, a deadlock, a full disk, every connection in use: what was begun may be tried again.
            raise Transient(f"the database: {_first_line(error)}") from error

    @property
    def shared(self) -> bool:
        """Whether servers on other machines may use this database."""
        return self.engine.dialect.name != "sqlite"

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str | URL) -> Store:
    """Opens (and for SQLite creates) the database at an SQLAlchemy URL. Raises ConfigError when it cannot."""
    try:
        parsed = make_url(url)
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _server(parsed)
        with engine.connect():
            pass
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(f"store.url: not a database address that can be used: {error}") from None
    except (OperationalError, DBAPIError, OSError) as error:
        raise ConfigError(f"store.url: the database cannot be opened: {_first_line(error)}") from None
    return Store(engine)


def _first_line(error: BaseException) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]


def _server(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return create_engine(url, pool_pre_ping=True, pool_size=10, hide_parameters=True)


def _sqlite(url: URL) -> Engine:
    pool: dict[str, Any] = {}
    if url.database and url.database != ":memory:":
        # Kept open for as many threads as make pages at once: what overflows is opened anew each time.
        pool = {"pool_size": 20, "max_overflow": 30}
        file = Path(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # posts and password hashes are for its owner alone; WAL and SHM take the same mode
    engine = create_engine(url, connect_args={"timeout": 15, "check_same_thread": False}, hide_parameters=True, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions on its own: _begin_sqlite says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: an approval that was acknowledged survives a power cut (WAL with NORMAL may lose the last commits).
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that later writes fails at once when another wrote in between; IMMEDIATE waits its turn.
    write = connection.get_execution_options().get("amends_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
