"""kill -9 in the middle of sending, with the real adapters over HTTP; what the platforms accepted is the truth."""

from pathlib import Path

import pytest

from tests.crash import worker
from tests.crash.field import Field


def kill_often(field: Field, kills: int, *, approvals: int, faults: int) -> None:
    """``kills`` processes, one after the other, each with new work; every other one is killed while a create is on its
    way, the rest at a moment that is drawn."""
    for number in range(kills):
        field.approve(approvals)
        field.go_wrong(faults)
        field.arrived.clear()
        process = field.start(worker.send)
        if number % 2:
            field.arrived.wait(3)
            process.join(field.chance.uniform(0, 2 * field.x.longest))
        else:
            process.join(field.chance.uniform(0.02, 0.5))
        assert process.exitcode is None, "the process ended by itself"
        field.kill(process)


def test_nothing_is_sent_twice_lost_or_changed(tmp_path: Path, store_url: str) -> None:
    with Field(tmp_path, store_url, seed=11) as field:
        kill_often(field, 10, approvals=2, faults=2)
        field.settle()
        verdict = field.verdict()
    assert verdict.violations == {}
    assert sum(verdict.ends.values()) == 20
    assert verdict.ends["sent"] >= 10


def test_nor_with_the_larger_database(tmp_path: Path, postgres_store_url: str) -> None:
    with Field(tmp_path, postgres_store_url, seed=12) as field:
        kill_often(field, 4, approvals=2, faults=2)
        field.settle()
        verdict = field.verdict()
    assert verdict.violations == {}
    assert sum(verdict.ends.values()) == 8


@pytest.mark.parametrize("database", ["store_url", "postgres_store_url"])
def test_two_processes_at_once_send_nothing_twice(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    with Field(tmp_path, request.getfixturevalue(database), speed=10, seed=13) as field:
        first = field.start(worker.send)
        field.start(worker.send)
        for _ in range(4):
            field.approve(3)
            field.go_wrong(1)
            first.join(0.2)
        field.kill(first)
        field.settle()
        verdict = field.verdict()
    assert verdict.violations == {}
    assert sum(verdict.ends.values()) == 12
