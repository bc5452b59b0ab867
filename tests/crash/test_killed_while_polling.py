"""kill -9 in the middle of polling: every mention is kept once, and the cursor goes on where the work stopped."""

import time
from pathlib import Path

import pytest

from tests.crash import worker
from tests.crash.crowd import Crowd
from tests.crash.field import Field


def listen_with_kills(field: Field, crowd: Crowd, kills: int, *, seconds: float) -> None:
    """``kills`` processes, one after the other, while people go on writing and the platforms go wrong."""
    for _ in range(kills):
        crowd.write(8)
        crowd.go_wrong(1)
        process = field.start(worker.listen)
        process.join(field.chance.uniform(0.05, seconds))
        field.kill(process)


def listen_to_the_end(field: Field, crowd: Crowd, seconds: float = 40) -> None:
    """One process listens undisturbed until all that stands at the platforms is in the database, or time is up."""
    crowd.calm(field.store)
    process, end = field.start(worker.listen), time.monotonic() + seconds
    while crowd.unread(field.store) and time.monotonic() < end:
        time.sleep(0.1)
    field.kill(process)


@pytest.mark.parametrize(("database", "kills"), [("store_url", 10), ("postgres_store_url", 4)])
def test_no_mention_is_lost_and_none_counted_twice(
    tmp_path: Path, request: pytest.FixtureRequest, database: str, kills: int
) -> None:
    with Field(tmp_path, request.getfixturevalue(database), seed=21) as field:
        crowd = Crowd(field)
        crowd.write(230)
        listen_with_kills(field, crowd, kills, seconds=0.7)
        listen_to_the_end(field, crowd)
        assert crowd.violations(field.store) == {}
        assert crowd.kept(field.store) == 230 + kills * 8


@pytest.mark.parametrize("database", ["store_url", "postgres_store_url"])
def test_two_that_listen_at_once_keep_everything_once(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    with Field(tmp_path, request.getfixturevalue(database), seed=22) as field:
        crowd = Crowd(field)
        crowd.write(150)
        first = field.start(worker.listen)
        field.start(worker.listen)
        for _ in range(5):
            crowd.write(6)
            first.join(0.2)
        field.kill_all()
        listen_to_the_end(field, crowd)
        assert crowd.violations(field.store) == {}
