"""``amends import`` as a user runs it: what it refuses, what it keeps of a broken file, and what it says at the end."""

import gzip
import json
import sqlite3
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.commands import amends

POST = {"id": "1", "platform": "x", "author": "ann", "text": "@ternmobile no signal since 8",
        "created_at": "2026-11-20T10:00:00-05:00"}  # fmt: skip
HEADER = "id,platform,author,text,created_at"
ROW = "1,x,ann,no signal,2026-11-20T10:00:00-05:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text('[brand]\nname = "Tern Mobile"\nhandles = ["@ternmobile"]\n')
    return tmp_path


def bring(folder: Path, content: str | bytes, name: str = "m.jsonl") -> CompletedProcess[str]:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return amends("import", name, cwd=folder)


def kept(folder: Path, column: str) -> list[str]:
    with sqlite3.connect(folder / "var/amends.db") as db:
        return [row[0] for row in db.execute(f"SELECT {column} FROM mentions ORDER BY id")]


def posts(*changes: dict[str, object]) -> str:
    return "".join(json.dumps(POST | each) + "\n" for each in changes)


@pytest.mark.parametrize(
    ("header", "row", "named"),
    [(f"{HEADER},Text", f"{ROW},all is well", "text"), (f"{HEADER};url;URL;Id".replace(",", ";"), ROW, "id, url"),
     (f"{HEADER},note,note", f"{ROW},a,b", "note")],
)  # fmt: skip
def test_a_column_that_stands_there_twice_is_named_and_nothing_is_guessed(
    folder: Path, header: str, row: str, named: str
) -> None:
    result = bring(folder, f"{header}\n{row}\n{row}\n", "m.csv")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"m.csv:1: the header names the column {named} more than once",
        "0 new, 0 known already, 0 our own, 0 unwanted",
    ]


def test_columns_without_a_name_may_be_many(folder: Path) -> None:
    result = bring(folder, f"{HEADER},,\n{ROW},,\n", "m.csv")
    assert (result.returncode, kept(folder, "text")) == (0, ["no signal"])


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_of_a_packed_file_that_is_cut_off_every_whole_line_is_kept(folder: Path, kind: str, share: float) -> None:
    said = [f"no signal {number * 7919 % 10007}" for number in range(600)]
    lines = [json.dumps(POST | {"id": str(number), "text": text}) for number, text in enumerate(said)]
    if kind == "csv":
        cells = (f"{number},x,ann,{text},{POST['created_at']}" for number, text in enumerate(said))
        lines = [HEADER, *cells]
    packed = gzip.compress("\n".join(lines).encode())
    packed = packed[: int(len(packed) * share)]
    whole = zlib.decompressobj(wbits=31).decompress(packed).count(b"\n")
    result = bring(folder, packed, f"m.{kind}.gz")
    broken, summary = result.stderr.splitlines()
    assert (result.returncode, 0 < whole < 600) == (1, True)
    assert broken.startswith(f"m.{kind}.gz:{whole + 1}: the packed file is broken here: ")
    assert summary.startswith(f"{whole - (kind == 'csv')} new, ")
    assert kept(folder, "text") == said[: whole - (kind == "csv")]


def test_backtest_and_import_say_the_same_of_a_packed_file_that_is_cut_off(folder: Path) -> None:
    packed = gzip.compress(
        posts(*({"id": str(number), "text": f"down {number * 7919}"} for number in range(300))).encode()
    )
    imported = bring(folder, packed[: len(packed) // 2], "m.jsonl.gz")
    replayed = amends("backtest", "m.jsonl.gz", "--brand", "Tern", cwd=folder)
    assert imported.stderr.splitlines()[0] == replayed.stderr.splitlines()[0]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_post_from_the_day_after_tomorrow_is_refused_and_the_others_are_kept(folder: Path, kind: str) -> None:
    now = datetime.now(UTC)
    times = {"late": now - timedelta(days=900), "soon": now + timedelta(hours=2), "far": now + timedelta(days=2)}
    lines = posts(*({"id": name, "created_at": at.isoformat()} for name, at in times.items()))
    if kind == "csv":
        lines = "\n".join([HEADER, *(f"{name},x,ann,no signal,{at.isoformat()}" for name, at in times.items())])
    result = bring(folder, lines, f"m.{kind}")
    told = (
        f"m.{kind}:{3 + (kind == 'csv')}: created_at: {times['far'].isoformat(timespec='seconds')} is more than a day "
    )
    assert (result.returncode, kept(folder, "external_id")) == (1, ["late", "soon"])
    assert result.stderr.startswith(told), result.stderr
    assert result.stderr.splitlines()[1].startswith("2 new, ")


def test_a_replay_plays_what_is_dated_ahead(folder: Path) -> None:
    at = datetime.now(UTC) + timedelta(days=40)
    (folder / "m.jsonl").write_text(posts({"created_at": at.isoformat()}))
    result = amends("backtest", "m.jsonl", "--brand", "Tern", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_known_post_in_other_words_is_counted_as_changed_and_stays(folder: Path) -> None:
    bring(folder, posts({}, {"id": "2"}))
    result = bring(folder, posts({"text": "all is well"}, {"id": "2"}, {"id": "3"}, {"id": "3", "text": "never mind"}))
    assert result.returncode == 0
    assert result.stderr == (
        "1 new, 3 known already, 0 our own, 0 unwanted; 2 of the known changed: their first words stay\n"
    )
    assert kept(folder, "text") == [POST["text"]] * 3


def test_a_known_post_in_the_same_words_is_not_changed(folder: Path) -> None:
    long = {"text": "n\0o signal \ud83d " + "y" * 50_000}
    bring(folder, posts(long))
    assert bring(folder, posts(long)).stderr == "0 new, 1 known already, 0 our own, 0 unwanted\n"


def test_an_erased_post_that_comes_again_is_known_and_not_changed(folder: Path) -> None:
    bring(folder, posts({}))
    assert amends("erase", "mention", "x", "1", cwd=folder).returncode == 0
    assert bring(folder, posts({})).stderr == "0 new, 1 known already, 0 our own, 0 unwanted\n"
    assert kept(folder, "text") == [""]
