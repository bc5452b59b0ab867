"""``amends audit`` as a user runs it."""

import sqlite3
import stat
from pathlib import Path

import pytest

from tests import commands

CONFIG = '[brand]\nname = "Northwind Mobile"\n\n[store]\nurl = "sqlite:///var/amends.db"\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


def amends(place: Path, *arguments: str, **env: str) -> tuple[int, str, str]:
    done = commands.amends(*arguments, cwd=place, stdin="four plain words\n", **env)
    return done.returncode, done.stdout, done.stderr


def tamper(place: Path, *statements: str) -> None:
    with sqlite3.connect(place / "var" / "amends.db") as connection:
        for trigger in ("audit_is_sealed", "audit_stays"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_one_line_and_the_status_say_whether_the_trail_stands(place: Path) -> None:
    assert amends(place, "audit", "verify")[:2] == (
        0,
        "ok    1 rows, none changed, deleted, inserted, moved or cut off\n",
    )
    assert stat.S_IMODE((place / "var" / "audit.key").stat().st_mode) == 0o600
    for name in ("Ana", "Ben"):
        assert amends(place, "user", "add", name, "--role", "viewer")[0] == 0
    assert amends(place, "audit", "verify")[0] == 0

    tamper(place, "UPDATE audit SET actor = 'Mallory' WHERE id = 2")
    status, said, _ = amends(place, "audit", "verify")
    assert (status, said.count("\n"), "row 2" in said) == (1, 1, True)
    assert amends(place, "audit", "accept", "nothing happened")[0] == 1

    tamper(place, "UPDATE audit SET actor = 'command line' WHERE id = 2", "DELETE FROM audit WHERE id = 3")
    status, said, _ = amends(place, "audit", "verify")
    assert (status, "cut off the end" in said) == (1, True)
    assert amends(place, "audit", "accept", " ")[0] == 2
    assert amends(place, "audit", "accept", "backup of Monday restored")[0] == 0
    assert amends(place, "audit", "verify")[0] == 0

    (place / "var" / "audit.key").unlink()
    status, said, complaint = amends(place, "audit", "verify")
    assert (status, said, complaint.count("\n")) == (1, "", 1)
    assert "bring the key back" in complaint


def test_the_key_comes_from_a_file_and_then_none_is_made(place: Path) -> None:
    (place / "key").write_text("a key that somebody else keeps\n")
    given = {"AMENDS_AUDIT_KEY_FILE": str(place / "key")}
    assert amends(place, "audit", "verify", **given)[0] == 0
    assert not (place / "var" / "audit.key").exists()
    status, said, _ = amends(place, "audit", "verify", AMENDS_AUDIT_KEY="another key of some length")
    assert (status, "another key" in said or "not signed" in said) == (1, True)
    status, _, complaint = amends(place, "audit", "verify", AMENDS_AUDIT_KEY="short")
    assert (status, "fewer than 16" in complaint) == (1, True)
