"""The audit trail finds whatever somebody with the database in hand does to it, on both databases."""

import json
import random
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import ConfigError, Refused
from core.store import Session, Store, audit
from core.store.audit_check import accept, verify
from core.store.sealing import Sealer, read_or_make_key
from tests.factories import START, Clock

KEY = b"a key of thirty-two characters.."
PLAIN, SEALED = 12, 25  # rows from before the key, rows after
COLUMNS = ("id", "at", "actor", "action", "subject", "detail", "previous", "hash")


def decide(store: Store, count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        with store.begin() as db:
            audit.record(
                db, actor=("Ana", "Élodie", "ليلى")[number % 3], action="draft.approved", subject=f"draft:{number}",
                now=START + timedelta(seconds=number, microseconds=number * 7), before="waiting",
                after=f"approved {number} 📵",
                share=number / 7, of=[number, None, True],
            )  # fmt: skip


class _Undone(Exception):
    pass


@dataclass
class Trail:
    """A trail of both kinds of rows, with the guards of the database taken off, and a way back to how it was."""

    store: Store
    sealer: Sealer
    rows: list[dict[str, Any]]
    mark: bytes

    def put(self, rows: list[dict[str, Any]]) -> None:
        with self.store.begin() as db:
            self._put(db, rows)
        self.sealer.checkpoint.write_bytes(self.mark)

    def problem_with(self, rows: list[dict[str, Any]]) -> str:
        """What is said when these stand there; afterwards they are gone again."""
        with suppress(_Undone), self.store.begin() as db:
            self._put(db, rows)
            problem = verify(db, self.sealer).problem
            raise _Undone
        return problem

    def _put(self, db: Session, rows: list[dict[str, Any]]) -> None:
        detail = "CAST(:detail AS json)" if self.postgres else ":detail"
        values = ", ".join(detail if name == "detail" else f":{name}" for name in COLUMNS)
        db.execute(text("DELETE FROM audit"))
        if rows:
            db.execute(text(f"INSERT INTO audit ({', '.join(COLUMNS)}) VALUES ({values})"), rows)

    @property
    def postgres(self) -> bool:
        return self.store.engine.dialect.name == "postgresql"

    def problem(self) -> str:
        with self.store.read() as db:
            return verify(db, self.sealer).problem


@pytest.fixture
def trail(any_store: Store, tmp_path: Path) -> Trail:
    decide(any_store, PLAIN)
    sealer = Sealer(KEY, tmp_path / "checkpoint")
    audit.seal_from_now(any_store, sealer, Clock())
    decide(any_store, SEALED, first=PLAIN)
    postgres = any_store.engine.dialect.name == "postgresql"
    with any_store.engine.begin() as connection:
        for name in ("audit_stays", "audit_is_sealed"):
            connection.execute(text(f"DROP TRIGGER {name}{' ON audit' if postgres else ''}"))
        detail = "CAST(detail AS text) AS detail" if postgres else "detail"
        rows = connection.execute(text(f"SELECT {', '.join(COLUMNS).replace('detail', detail)} FROM audit ORDER BY id"))
        kept = [dict(row._mapping) for row in rows]
    return Trail(any_store, sealer, kept, sealer.checkpoint.read_bytes())


def other(chance: random.Random, value: Any) -> Any:
    """The value with one bit, digit or moment of it changed."""
    if isinstance(value, int):
        return value + 10_000 if chance.random() < 0.5 else -value
    if isinstance(value, datetime):
        return value + timedelta(microseconds=chance.choice((-1, 1, 3_600_000_000)))
    at = chance.randrange(len(value))
    letters = [each for each in "0123456789abcdef" if each != value[at].lower()]
    return value[:at] + chance.choice(letters) + value[at + 1 :]


def flip(chance: random.Random, rows: list[dict[str, Any]]) -> str:
    row, column = chance.choice(rows), chance.choice(COLUMNS)
    if column == "at" and isinstance(row["at"], str):
        moment = datetime.fromisoformat(row["at"]) + timedelta(microseconds=chance.choice((-1, 1, 3_600_000_000)))
        row["at"] = moment.isoformat(sep=" ", timespec="microseconds")
    elif column == "detail":
        detail = json.loads(row["detail"])
        key = chance.choice(sorted(detail))
        detail[key] = f"{detail[key]}!" if chance.random() < 0.7 else None if detail[key] is not None else 0
        row["detail"] = json.dumps(detail)
    else:
        row[column] = other(chance, row[column])
    return f"{column} of a row"


def delete(chance: random.Random, rows: list[dict[str, Any]]) -> str:
    at = chance.randrange(len(rows))
    for _ in range(chance.choice((1, 1, 3))):
        if at < len(rows):
            rows.pop(at)
    if chance.random() < 0.5 and at < len(rows) and at:
        rows[at]["previous"] = rows[at - 1]["hash"]  # closes the gap
    return f"rows from {at}"


def insert(chance: random.Random, rows: list[dict[str, Any]]) -> str:
    """A row with a hash of its own, as one can make it without the key, pushed in with all that follows moved on."""
    at = chance.randrange(len(rows) + 1)
    new = dict(chance.choice(rows), actor="Mallory", previous=rows[at - 1]["hash"] if at else audit.FIRST)
    new["hash"] = f"{chance.getrandbits(256):064x}"
    if at < len(rows):
        rows[at]["previous"] = new["hash"]
    rows.insert(at, new)
    for number, row in enumerate(rows, 1):
        row["id"] = number
    return f"a row at {at}"


def swap(chance: random.Random, rows: list[dict[str, Any]]) -> str:
    one, two = chance.sample(range(len(rows)), 2)
    columns = chance.choice((("id",), ("actor", "at"), ("detail", "subject"), ("previous", "hash"), tuple(COLUMNS[1:])))
    for column in columns:
        rows[one][column], rows[two][column] = rows[two][column], rows[one][column]
    return f"{columns} of {one} and {two}"


def truncate(chance: random.Random, rows: list[dict[str, Any]]) -> str:
    left = chance.randrange(len(rows))
    del rows[left:]
    return f"all after {left}"


@pytest.mark.timeout(900)  # hundreds of transactions: minutes on a busy disk
def test_a_thousand_random_changes_are_all_found(trail: Trail) -> None:
    """500 on each of the two databases: 100 flips, deletions, insertions, swaps and truncations each."""
    chance = random.Random(20261122)
    missed = []
    for number in range(500):
        change = (flip, delete, insert, swap, truncate)[number % 5]
        rows = [dict(row) for row in trail.rows]
        done = change(chance, rows)
        assert rows != trail.rows
        if not trail.problem_with(rows):
            missed.append(done)
    assert missed == []
    assert trail.problem() == trail.problem_with(trail.rows) == ""


def _empty(trail: Trail) -> None:
    with trail.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit"))


def test_rows_from_before_the_key_stay_verifiable_and_cannot_be_rewritten(trail: Trail) -> None:
    """Their hashes need no key, so somebody can make them fit again: the first row with a key tells."""
    rows = [dict(row) for row in trail.rows]
    rows[0]["actor"] = "Mallory"
    trail.put(rows)
    with trail.store.begin() as db:
        previous = audit.FIRST
        for row in list(audit.walk(db))[:PLAIN]:
            row.previous = previous
            row.hash = previous = audit.seal(row)
    assert "row 13 does not follow row 12" in trail.problem()
    # The part of a moment that the old hashes leave out.
    rows = [dict(row) for row in trail.rows]
    moved = rows[3]["at"]
    rows[3]["at"] = moved + timedelta(microseconds=5) if isinstance(moved, datetime) else moved[:-1] + "9"
    assert rows[3]["at"] != moved
    trail.put(rows)
    assert "from before the key, was changed" in trail.problem()


def test_all_written_anew_without_the_key_is_found(trail: Trail) -> None:
    _empty(trail)
    del trail.store.info["audit_sealer"]
    decide(trail.store, PLAIN + SEALED + 10)
    assert "is not the one" in trail.problem()


def test_the_end_cut_off_is_found_also_after_new_decisions(trail: Trail) -> None:
    trail.put(trail.rows[:-3])
    decide(trail.store, 9, first=100)
    assert "is not the one that" in trail.problem()
    trail.put(trail.rows[:-3])
    assert "rows were cut off the end" in trail.problem()


def test_a_lost_or_forged_checkpoint_is_found(trail: Trail) -> None:
    trail.sealer.checkpoint.unlink()
    assert "is missing" in trail.problem()
    decide(trail.store, 1, first=200)
    assert "begun anew at row 39" in trail.problem()
    trail.sealer.checkpoint.write_bytes(trail.mark.replace(b'"row": 38', b'"row": 12'))
    assert "is not signed with this key" in trail.problem()
    trail.sealer.checkpoint.write_bytes(b"")
    assert "is damaged" in trail.problem()
    forged = Sealer(b"another key of some length", trail.sealer.checkpoint)
    forged.advance(row=1, seal=trail.rows[0]["hash"], now=START, anew=True)
    assert "is not signed with this key" in trail.problem()


def test_a_restored_backup_is_accepted_with_a_reason_and_damage_never(trail: Trail) -> None:
    trail.put(trail.rows[:-3])
    assert trail.problem()
    accept(trail.store, trail.sealer, actor="command line", reason="backup of Monday", now=START)
    assert trail.problem() == ""
    with trail.store.read() as db:
        last = audit.newest(db, limit=1)[0]
    assert (last.action, last.detail["reason"]) == ("audit.accepted", "backup of Monday")
    assert "cut off" in last.detail["problem"]
    decide(trail.store, 2, first=300)
    assert trail.problem() == ""
    with trail.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'Mallory' WHERE id = 20"))
    with pytest.raises(Refused, match="row 20"):
        accept(trail.store, trail.sealer, actor="command line", reason="nothing happened", now=START)


def test_a_rolled_back_decision_leaves_no_mark(trail: Trail) -> None:
    with suppress(_Undone), trail.store.begin() as db:
        audit.record(db, actor="Ana", action="x", subject="draft:1", now=START)
        raise _Undone
    assert trail.sealer.checkpoint.read_bytes() == trail.mark
    with trail.store.begin() as db:
        for number in range(3):
            audit.record(db, actor="Ana", action="x", subject=f"draft:{number}", now=START)
    mark = trail.sealer.mark()
    assert mark is not None
    assert (mark.row, trail.problem()) == (41, "")


def test_another_key_does_not_fit(trail: Trail) -> None:
    with trail.store.read() as db:
        verdict = verify(db, Sealer(b"not the key that was used", trail.sealer.checkpoint))
    assert "another key" in verdict.problem


def test_a_value_that_cannot_be_read_is_damage_and_no_traceback(store: Store, tmp_path: Path) -> None:
    sealer = Sealer(KEY, tmp_path / "checkpoint")
    audit.seal_from_now(store, sealer, Clock())
    decide(store, 5)
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_is_sealed"))
    for column, value in (("detail", "{"), ("at", "yesterday"), ("actor", b"\xff\xfe"), ("detail", "[1]")):
        with store.engine.begin() as connection:
            before = connection.execute(text(f"SELECT {column} FROM audit WHERE id = 4")).scalar_one()
            connection.execute(text(f"UPDATE audit SET {column} = :value WHERE id = 4"), {"value": value})
        with store.read() as db:
            assert "row 4" in verify(db, sealer).problem
        with store.engine.begin() as connection:
            connection.execute(text(f"UPDATE audit SET {column} = :value WHERE id = 4"), {"value": before})


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "audit.key"
    made = read_or_make_key("", file, may_make=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_or_make_key("", file, may_make=True) == made
    assert read_or_make_key("a key from the environment", file, may_make=True) == b"a key from the environment"
    with pytest.raises(ConfigError, match="sealed already"):
        read_or_make_key("", tmp_path / "gone", may_make=False)
    with pytest.raises(ConfigError, match="fewer than 16"):
        read_or_make_key("short", file, may_make=True)
