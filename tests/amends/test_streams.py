"""The standard streams as a user's shell gives them: closed, in another encoding, full of bytes that are no text."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.service import AMENDS

CONFIG = '[brand]\nname = "Tern Mobile"\nhandles = ["@ternmobile"]\n'
SHEET = '[brand]\nname = "Tern Mobile"\n[incident]\nstatus = "identified"\n[facts]\ncause = "An update failed."\n'
REPLY = {"id": "señal ☹", "platform": "x", "mention": "sin señal ☹", "reply": "We see it — café."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facts.toml").write_text(SHEET)
    (tmp_path / "posts.jsonl").write_text(json.dumps({"id": 1, "text": "no signal"} | REPLY) + "\n")
    (tmp_path / "series.csv").write_text("timestamp,value\n2026-11-20T08:00:00Z,1\n")
    return tmp_path


def _shell(command: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    env = os.environ | environ
    done = subprocess.run(["sh", "-c", command, str(AMENDS)], cwd=cwd, env=env, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16"])
def test_answers_are_utf_8_whatever_the_locale_says(folder: Path, encoding: str) -> None:
    done = _shell('"$0" gate --facts facts.toml posts.jsonl', folder, PYTHONIOENCODING=encoding)
    assert (done.returncode, json.loads(done.stdout.decode("utf-8"))["id"]) == (0, "señal ☹")


@pytest.mark.parametrize(
    "command",
    ["classify posts.jsonl", "gate --facts facts.toml posts.jsonl", "length --platform x posts.jsonl",
     "detect series.csv"],
)  # fmt: skip
def test_a_closed_standard_output_is_said(folder: Path, command: str) -> None:
    (folder / "posts.jsonl").write_text(json.dumps({"text": "no signal"} | REPLY))
    done = _shell(f'"$0" {command} >&-', folder)
    assert (done.returncode, done.stderr.decode()) == (
        1,
        "amends: standard output is closed: there is nowhere to write to\n",
    )


def test_messages_do_not_stand_among_the_answers_when_standard_error_is_closed(folder: Path) -> None:
    (folder / "posts.jsonl").write_text('{"text": "a"}\n{nonsense\n{"text": "ab"}\n')
    done = _shell('"$0" length --platform x posts.jsonl 2>&-', folder)
    assert (done.returncode, [json.loads(line)["length"] for line in done.stdout.splitlines()]) == (1, [1, 2])


def test_a_database_never_takes_the_place_of_a_closed_stream(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG)
    assert _shell('"$0" score >&- 2>&-', folder).returncode == 0
    assert _shell('"$0" audit verify', folder).stdout.startswith(b"ok ")


def test_a_password_that_is_no_text_is_said(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG)
    done = _shell("printf 'caf\\351 caf\\351 caf\\351\\n' | \"$0\" user add Ana", folder)
    assert (done.returncode, done.stderr.decode()) == (1, "amends: password: not UTF-8 text\n")


def test_a_password_is_the_same_in_every_locale(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG)
    done = _shell("echo 'un café de más' | \"$0\" user add Ana", folder, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, b"Ana is approver now\n")


@pytest.mark.parametrize(
    ("command", "good", "fault"),
    [("length --platform x", '{"text": "a"}', "the line is longer than 10,000,000 bytes"),
     ("detect", "2026-11-20T08:00:00Z,1", "not CSV: ")],
)  # fmt: skip
def test_a_line_without_end_is_said_and_not_held(folder: Path, command: str, good: str, fault: str) -> None:
    """800 MB in one line, and a limit on the memory that would not hold it."""
    feed = f"{{ echo '{good}'; head -c 800000000 /dev/zero | tr '\\0' x; }}"
    done = _shell(f'{feed} | {{ ulimit -v 700000; "$0" {command}; }}', folder)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2 if command == "detect" else 1)
    assert done.stderr.decode().startswith(f"-:2: {fault}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["user add", "erase author x", "erase mention x", "switch off --reason"])
def test_an_argument_that_is_no_text_is_said(folder: Path, command: str) -> None:
    (folder / "config.toml").write_text(CONFIG)
    done = _shell(f"echo 'a long enough password' | \"$0\" {command} \"$(printf 'caf\\351')\"", folder)
    assert (done.returncode, done.stderr.decode()) == (1, "amends: 'caf\\udce9': not UTF-8 text\n")
