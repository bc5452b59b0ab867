"""The command line as a user meets it: one clear line for a mistake, good lines still done, never a traceback."""

import csv
import json
import socket
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.commands import amends
from tests.service import AMENDS

SHEET = """
[brand]
name = "Tern Mobile"
handles = ["@ternmobile"]

[incident]
title = "No mobile data"
status = "identified"
started_at = 2026-11-20T08:05:00-05:00
next_update_at = 2026-11-20T11:30:00-05:00
components = ["mobile data"]
regions = ["Halifax"]

[facts]
scope = "Mobile data does not work for many customers in Halifax."
cause = "An update we made overnight stopped part of our network."
next_step = "We are undoing the update."
"""
CONFIG = '[brand]\nname = "Tern Mobile"\nhandles = ["@ternmobile"]\n'


def rows(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facts.toml").write_text(SHEET)
    return tmp_path


def test_help_names_every_command(folder: Path) -> None:
    shown = subprocess.run([AMENDS, "--help"], cwd=folder, capture_output=True, text=True, check=True).stdout
    commands = "run check poll score draft-pending send import classify evaluate train detect draft gate length"
    assert [name for name in commands.split() if f" {name} " not in shown] == []


def test_help_imports_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "fastapi", "onnxruntime", "pydantic", "numpy")
    code = f"import sys, amends.cli; print([name for name in {heavy} if name in sys.modules])"
    python = AMENDS.with_name("python")
    assert subprocess.run([python, "-c", code], capture_output=True, check=True).stdout.strip() == b"[]"


def test_classify_keeps_order_and_goes_on_after_bad_lines(folder: Path) -> None:
    lines = [
        '{"id": 1, "text": "internet is down again, unacceptable"}',
        "{nonsense",
        '{"id": 2}',
        '{"id": 3, "text": 7}',
        '{"id": 4, "text": "thank you, everything works great"}',
        "[1]",
        '{"id": 5, "text": ""}',
        '{"id": 6, "text": "\\ud800 \\u0000 half"}',
        json.dumps({"id": 7, "text": "no signal " * 10_000}),
    ]
    result = amends("classify", "posts.jsonl", cwd=_with(folder, "posts.jsonl", "\n".join(lines)))
    assert result.returncode == 1
    assert [row["id"] for row in rows(result)] == [1, 4, 5, 6, 7]
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [f"posts.jsonl:{n}" for n in (2, 3, 4, 6)]
    first = rows(result)[0]
    assert set(first) >= {"id", "sentiment", "sentiment_score", "emotion", "intents", "outage", "outage_score", "angry",
                          "angry_score", "outage_anger", "impact", "about", "language", "model"}  # fmt: skip
    assert (first["sentiment"], first["outage"]) == ("negative", True)
    assert rows(result)[1]["sentiment"] == "positive"


def _with(folder: Path, name: str, content: str | bytes) -> Path:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_bytes_that_are_not_text_are_named(folder: Path) -> None:
    result = amends("classify", cwd=folder, stdin=b'{"text": "fine"}\n{"text": "\xff"}\n')
    assert (result.returncode, len(rows(result))) == (1, 1)
    assert result.stderr.startswith("-:2: byte 0x")


def test_draft_then_gate_agree(folder: Path) -> None:
    mentions = [
        {"id": str(n), "platform": platform, "author": f"a{n}", "text": text, "created_at": "2026-11-20T10:00:00-05:00"}
        for n, (platform, text) in enumerate(
            [
                ("x", "@ternmobile no data in Halifax since 8, when is it back?"),
                ("reddit", "Tern is down again, typical"),
                ("mastodon", "@ternmobile my kids cannot reach me"),
                ("bluesky", "@ternmobile will I get my money back?"),
            ]
        )
    ]  # fmt: skip
    result = amends("draft", "--facts", "facts.toml", cwd=folder, stdin="\n".join(map(json.dumps, mentions)))
    drafts = rows(result)
    assert result.returncode == 0
    assert [draft["eligible"] for draft in drafts] == ["tagged", "none", "tagged", "tagged"]
    assert all(draft["reply"] and draft["length"] <= draft["limit"] and draft["pass"] for draft in drafts), drafts
    given = [
        {"id": d["id"], "platform": m["platform"], "mention": m["text"], "reply": d["reply"]}
        for d, m in zip(drafts, mentions, strict=True)
    ]
    checked = rows(amends("gate", "--facts", "facts.toml", cwd=folder, stdin="\n".join(map(json.dumps, given))))
    assert [row["pass"] for row in checked] == [True] * 4


def test_gate_blocks_an_invented_refund(folder: Path) -> None:
    line = {"id": "a", "platform": "x", "mention": "@ternmobile refund?", "reply": "You will get $25 back by Friday."}
    [row] = rows(amends("gate", "--facts", "facts.toml", cwd=folder, stdin=json.dumps(line)))
    assert row["pass"] is False
    assert all(set(finding) == {"check", "level", "start", "end", "message"} for finding in row["findings"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [('status = "lost"', "facts.toml:8: incident.status"), ("colour = 1", "facts.toml:8: incident.colour"),
     ("status = 3", "facts.toml:8: incident.status")],
)  # fmt: skip
def test_a_bad_fact_sheet_is_one_line_with_its_place(folder: Path, change: str, fault: str) -> None:
    sheet = SHEET.splitlines()
    sheet[7] = change
    result = amends("gate", "--facts", "facts.toml", cwd=_with(folder, "facts.toml", "\n".join(sheet)), stdin="")
    assert result.returncode == 1
    assert result.stderr.startswith(f"amends: {fault}"), result.stderr


def test_length_counts_as_the_platform_does(folder: Path) -> None:
    texts = ["hello", "see https://example.com/a/very/long/path/that/does/not/count", ""]
    shown = rows(
        amends("length", "--platform", "x", cwd=folder, stdin="\n".join(json.dumps({"text": t}) for t in texts))
    )
    assert shown == [
        {"length": 5, "limit": 280, "valid": True},
        {"length": 27, "limit": 280, "valid": True},
        {"length": 0, "limit": 280, "valid": False},
    ]


def test_an_unknown_platform_is_a_usage_error(folder: Path) -> None:
    result = amends("length", "--platform", "fax", cwd=folder)
    assert (result.returncode, "fax" in result.stderr) == (2, True)


def test_detect_is_causal_and_keeps_the_rows(folder: Path) -> None:
    start = 1_700_000_000
    series = [20 + (n * 7) % 5 for n in range(600)] + [400, 420, 380] + [20] * 50
    lines = [f"{datetime.fromtimestamp(start + 300 * n, UTC):%Y-%m-%d %H:%M:%S},{v}" for n, v in enumerate(series)]
    whole = amends("detect", cwd=folder, stdin="\n".join(["timestamp,value", *lines])).stdout.splitlines()
    part = amends("detect", cwd=folder, stdin="\n".join(["timestamp,value", *lines[:605]])).stdout.splitlines()
    assert whole[0] == "timestamp,value,score,alert"
    assert whole[: len(part)] == part
    assert [row.split(",")[:2] for row in whole[1:]] == [line.split(",") for line in lines]
    alerts = [n for n, row in enumerate(whole[1:]) if row.endswith(",1")]
    assert alerts
    assert 600 <= alerts[0] <= 602


def test_detect_names_bad_rows(folder: Path) -> None:
    day = "2026-01-01 00"
    rows = [f"{day}:00:00,1", "yesterday,2", f"{day}:05:00,many", f"{day}:10:00,3", f"{day}:10:00,3", "1,2,3"]
    lines = "\n".join(["timestamp,value", *rows])
    result = amends("detect", "s.csv", cwd=_with(folder, "s.csv", lines))
    assert result.returncode == 1
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["3", "4", "6", "7"]
    assert len(result.stdout.splitlines()) == 3


def test_import_score_and_draft_one_pass_each(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG)
    good = {"id": "1", "platform": "x", "author": "ann", "text": "@ternmobile no signal since 8, when is it back?",
            "created_at": "2026-11-20T10:00:00-05:00"}  # fmt: skip
    bad = [
        good | {"id": "2", "platform": "fax"},
        good | {"id": "3", "text": ""},
        good | {"id": "4", "created_at": "noon"},
    ]
    lines = "\n".join([json.dumps(line) for line in (good, *bad, good)] + ["{"])
    result = amends("import", "m.jsonl", cwd=_with(folder, "m.jsonl", lines))
    assert result.returncode == 1
    assert [line.split(": ")[0] for line in result.stderr.splitlines()[:4]] == [
        "m.jsonl:2",
        "m.jsonl:3",
        "m.jsonl:4",
        "m.jsonl:6",
    ]
    assert "1 new, 1 known already" in result.stderr
    assert amends("score", cwd=folder).stdout == "1 read\n"
    assert amends("draft-pending", cwd=folder).stdout == "1 drafted, 0 watched, 0 redrawn\n"
    assert amends("send", cwd=folder).stdout == "nothing due\n"


@pytest.mark.parametrize(
    ("config", "environ", "fault"),
    [
        (CONFIG + "[web]\nportt = 1\n", {}, "config.toml:5: web.portt: unknown key"),
        (CONFIG + "[web]\nport = 'x'\n", {}, "config.toml:5: web.port: "),
        (CONFIG, {"AMENDS_STORE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "store.url: the database cannot be opened"),
        (CONFIG, {"AMENDS_STORE_URL": "sqlite:///facts.toml"}, "store.url: the database cannot be opened"),
        (CONFIG + "[sources.x]\nkind = 'x'\nquery = 'tern'\n", {}, ""),
    ],
)
def test_a_wrong_set_up_stops_with_one_clear_line(
    folder: Path, config: str, environ: dict[str, str], fault: str
) -> None:
    result = amends("poll" if "sources" in config else "score", cwd=_with(folder, "config.toml", config), **environ)
    assert result.returncode == 1
    line = next(line for line in result.stderr.splitlines() if line.startswith(("amends: ", "x: ")))
    assert line.startswith(f"amends: {fault}") if fault else "bearer_token" in line.lower() or "BEARER" in line, line


def test_check_says_what_is_missing(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG + "[sources.r]\nkind = 'reddit'\nsubreddits = ['tern']\n")
    result = amends("check", cwd=folder)
    assert result.returncode == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok", "ok", "ok", "ok", "FAIL"]


def test_check_fails_for_a_model_that_another_stands_in_for(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG + "[classifier]\nmodel = 'no/such-directory/at-all'\n")
    result = amends("check", cwd=folder)
    [line] = [line for line in result.stdout.splitlines() if " model: " in line]
    assert (result.returncode, line.startswith("FAIL  model: ")) == (1, True)
    assert line.endswith("the bundled model reads meanwhile")


def test_no_configuration_says_what_to_do(folder: Path) -> None:
    result = amends("run", cwd=folder)
    assert (result.returncode, result.stderr) == (
        1,
        "amends: config.toml: no such file; give --config PATH or set AMENDS_CONFIG\n",
    )


def test_a_variable_set_to_nothing_names_no_configuration(folder: Path) -> None:
    result = amends("length", "--platform", "x", cwd=folder, stdin='{"text": "a"}', AMENDS_CONFIG="")
    assert (result.returncode, result.stderr) == (0, "")
    assert amends("score", cwd=folder, AMENDS_CONFIG="").stderr.startswith("amends: config.toml: no such file")
    result = amends("length", "--platform", "x", cwd=folder, AMENDS_CONFIG="there.toml")
    assert result.stderr.startswith("amends: there.toml: no such file")


def test_an_unknown_source_names_the_known_ones(folder: Path) -> None:
    result = amends("poll", "fax", cwd=_with(folder, "config.toml", CONFIG + "[sources.day]\nkind = 'demo'\n"))
    assert result.stderr == "fax: there is no source 'fax'; the configuration has: day\n"


def test_a_clock_that_was_set_back_is_found(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG + "[sources.day]\nkind = 'demo'\n")
    assert amends("poll", cwd=folder).returncode == 0
    assert "ok    clock" in amends("check", cwd=folder).stdout
    with sqlite3.connect(folder / "var/amends.db") as db:
        db.execute("UPDATE cursors SET polled_at = '2099-01-01 00:00:00'")
    result = amends("check", cwd=folder)
    assert result.returncode == 1
    assert "FAIL  clock: the machine's clock says" in result.stdout


def test_accounts_are_made_changed_and_shut(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG)
    word = "four plain words here\n"
    assert amends("user", "add", "Ana", "--role", "admin", cwd=folder, stdin=word).stdout == "Ana is admin now\n"
    assert amends("user", "add", "Ben", cwd=folder, stdin=word).stdout == "Ben is approver now\n"
    assert amends("user", "role", "Ben", "--role", "lead", cwd=folder).stdout == "Ben is lead now\n"
    assert amends("user", "password", "Ben", cwd=folder, stdin=word).returncode == 0
    assert amends("user", "disable", "Ben", cwd=folder).returncode == 0
    assert amends("user", "list", cwd=folder).stdout == "Ana: admin\nBen: lead, disabled\n"


def test_accounts_that_cannot_be(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG)
    long, short = "four plain words here\n", "short\n"
    amends("user", "add", "Ana", "--role", "admin", cwd=folder, stdin=long)
    for arguments, word, fault in (
        (("add", "Ana"), long, "there is an account 'Ana' already"),
        (("role", "Ana", "--role", "viewer"), "", "Ana is the last admin"),
        (("disable", "Ana"), "", "Ana is the last admin"),
        (("disable", "Nobody"), "", "there is no account 'Nobody'"),
        (("password", "Ana"), short, "password: Use at least 10 characters"),
        (("add", "Ben\nAna"), long, "name: write it without line breaks and control characters"),
        (("add", "Ben\x1b[2K"), long, "name: write it without line breaks and control characters"),
        (("add", "Ben\u202eanA"), long, "name: write it without line breaks and control characters"),
    ):
        result = amends("user", *arguments, cwd=folder, stdin=word)
        assert result.returncode == 1
        assert result.stderr.startswith(f"amends: {fault}"), result.stderr
    assert amends("user", "list", cwd=folder).stdout == "Ana: admin\n"


def test_names_of_every_script_are_names(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG)
    names = ("Zoë Núñez-O'Brien", "مریم می\u200cخواهد", "👩\u200d🚒 Kim", "李雷")
    for name in names:
        assert amends("user", "add", name, cwd=folder, stdin="four plain words here\n").returncode == 0
    shown = amends("user", "list", cwd=folder).stdout.splitlines()
    assert sorted(line.removesuffix(": approver") for line in shown) == sorted(names)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("user", "add", "Bo", "--role", "king"), "--role: 'king' is not one of viewer, approver, lead, admin"),
        (("user", "role", "Bo", "--role", "king"), "--role: 'king' is not one of viewer, approver, lead, admin"),
        (("facts", "export", "--format", "xml"), "--format: 'xml' is not one of toml, json, statuspage"),
        (("switch", "off", "--account", "a", "--incident", "1"), "--account or --incident: not both"),
        (("audit", "accept", " "), "REASON: say why rows are missing"),
        (("evaluate",), "--data: name the directory of the data sets (or set AMENDS_DATA)"),
        (("length", "--platform", "fax"), "--platform: 'fax' is not one of x, reddit, bluesky, mastodon"),
        (("rescore", "--since", "2026-11-21", "--until", "2026-11-20"), "2026-11-21 is after 2026-11-20"),
        (("run", "--no-web", "--no-scheduler"), "--no-web and --no-scheduler: without both there is nothing to run"),
        (("report", "ledger", "--json", "--csv"), "--json and --csv: not both"),
        (("gate",), "Missing option '--facts'"),
        (("backtest",), "Missing option '--brand'"),
        (("classify", "a", "b"), "unexpected extra argument"),
    ],
)
def test_a_command_called_wrongly_is_status_2(folder: Path, arguments: tuple[str, ...], fault: str) -> None:
    result = amends(*arguments, cwd=_with(folder, "config.toml", CONFIG))
    assert (result.returncode, result.stdout) == (2, "")
    assert fault in result.stderr, result.stderr


def test_a_query_that_cannot_be_read_stops_the_start(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG.replace("handles", "query = '(tern OR'\nhandles"))
    result = amends("check", cwd=folder)
    assert result.returncode == 1
    assert result.stderr.startswith("amends: query: column"), result.stderr


def test_detect_names_rows_whose_times_cannot_be_compared(folder: Path) -> None:
    series = "timestamp,value\n2026-11-20 08:00:00,1\n2026-11-20T08:05:00Z,2\n2026-11-20 08:10:00,3\n"
    result = amends("detect", cwd=folder, stdin=series)
    assert result.returncode == 1
    assert [row.split(",")[1] for row in result.stdout.splitlines()[1:]] == ["1", "3"]
    assert result.stderr.startswith("-:3: timestamp: 2026-11-20T08:05:00Z has an offset"), result.stderr


def test_detect_goes_on_after_a_cell_beyond_the_limit(folder: Path) -> None:
    series = f"timestamp,value\n2026-11-20 08:00:00,1\n2026-11-20 08:05:00,{'9' * 140_000}\n2026-11-20 08:10:00,3\n"
    result = amends("detect", cwd=folder, stdin=series)
    assert result.returncode == 1
    assert [row.split(",")[1] for row in result.stdout.splitlines()[1:]] == ["1", "3"]
    assert result.stderr.startswith("-:3: not CSV: "), result.stderr


def test_detect_reads_what_spreadsheets_and_other_programs_write(folder: Path) -> None:
    series = (
        "\ufeff\r\n  \r\nTimestamp, Value\r\n2026-11-20t08:00:00z,1\r\n\r\n"
        '"2026-11-20T08:05:00,500Z", 2\r\n , \r\n2026-11-20T08:15:00Z,1_000\r\n2026-11-20T08:20:00Z,\uff13\r\n'
    )
    result = amends("detect", cwd=folder, stdin=series)
    assert list(csv.reader(result.stdout.splitlines())) == [
        ["timestamp", "value", "score", "alert"],
        ["2026-11-20t08:00:00z", "1", "0.000000", "0"],
        ["2026-11-20T08:05:00,500Z", " 2", "0.000000", "0"],
    ]
    assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
        ["-:7", "timestamp"],
        ["-:8", "value"],
        ["-:9", "value"],
    ]


def test_a_language_of_null_is_none(folder: Path) -> None:
    posts = '{"id": 1, "text": "no signal", "language": null}\n{"id": 2, "text": "no signal"}\n'
    first, second = rows(amends("classify", cwd=folder, stdin=posts))
    assert first == second | {"id": 1}


def test_a_quote_left_open_costs_no_other_row(folder: Path) -> None:
    series = (
        'timestamp,value\n2026-11-20 08:00:00,1\n2026-11-20 08:05:00,"2\n2026-11-20 08:10:00,3\n"2026-11-20 08:15:00",4'
    )
    result = amends("detect", cwd=folder, stdin=series)
    assert [row.split(",")[1] for row in result.stdout.splitlines()[1:]] == ["1", "3", "4"]
    assert [line.split(" ")[0] for line in result.stderr.splitlines()] == ["-:3:"]


def test_numbers_that_are_none_in_json_never_come_back(folder: Path) -> None:
    lines = ['{"id": NaN, "text": "a"}', '{"id": 1e999, "text": "a"}', '{"id": 7.5, "text": "a"}']
    for command in (["length", "--platform", "x"], ["classify"]):
        result = amends(*command, cwd=folder, stdin="\n".join(lines))
        assert len(rows(result)) == 1
        assert [line.split(": ")[:2] for line in result.stderr.splitlines()] == [
            ["-:1", "not JSON"],
            ["-:2", "not JSON"],
        ]


def test_a_history_that_no_encoding_takes_costs_nothing(folder: Path) -> None:
    mention = {"id": "h", "platform": "x", "author": "a", "text": "@ternmobile no data", "history": ["\ud83d on", "\0"],
               "created_at": "2026-11-20T10:00:00-05:00"}  # fmt: skip
    result = amends("draft", "--facts", "facts.toml", cwd=folder, stdin=json.dumps(mention))
    assert (result.returncode, len(rows(result)), result.stderr) == (0, 1, "")


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z", None])
def test_what_really_happened_must_be_readable(folder: Path, end: str | None) -> None:
    event = {"kind": "outage", "start": "2026-11-20T08:00:00Z", "end": end}
    (folder / "truth.json").write_text("[" * 100_000 if end is None else json.dumps({"events": [event]}))
    result = amends("backtest", "--brand", "Tern", "--truth", "truth.json", cwd=folder)
    assert (result.returncode, len(result.stderr.splitlines())) == (1, 1)
    assert result.stderr.startswith('amends: truth.json: not {"events"')


def test_a_csv_without_its_header_is_said_to_lack_it(folder: Path) -> None:
    (folder / "config.toml").write_text(CONFIG + f'[store]\nurl = "sqlite:///{folder}/amends.db"\n')
    row = "1,x,amy,no signal,2026-11-20T09:30:00-05:00\n"
    result = amends("import", "m.csv", cwd=_with(folder, "m.csv", row))
    assert result.stderr.startswith("m.csv:1: the header has no column id, platform"), result.stderr


def test_an_id_that_no_encoding_takes_comes_back_as_it_was_given(folder: Path) -> None:
    post = '{"id": "\\ud800", "platform": "x", "mention": "no data", "reply": "We see it.", "text": "no data"}'
    for command in (("classify",), ("gate", "--facts", "facts.toml")):
        result = amends(*command, cwd=folder, stdin=post)
        assert [row["id"] for row in rows(result)] == ["\ud800"], result.stderr


def _shell(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["sh", "-c", command, str(AMENDS)], cwd=cwd, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("command", ["classify", "gate --facts facts.toml", "detect", "length --platform x"])
def test_closed_standard_input_is_said(folder: Path, command: str) -> None:
    result = _shell(f'"$0" {command} <&-', folder)
    assert (result.returncode, result.stderr) == (1, "amends: standard input is closed: name a file\n")


def test_output_that_cannot_be_written_is_said(folder: Path) -> None:
    result = _shell('echo \'{"text": "a"}\' | "$0" length --platform x > /dev/full', folder)
    assert (result.returncode, result.stderr) == (1, "amends: No space left on device\n")


def test_a_lock_that_cannot_be_taken_is_said(folder: Path) -> None:
    (folder / "var/amends.db.lock").mkdir(parents=True)
    result = amends("score", cwd=_with(folder, "config.toml", CONFIG))
    assert result.returncode == 1
    assert result.stderr == "amends: store.url: var/amends.db.lock cannot be written: Is a directory\n"


def _spoil(database: Path, part: str) -> None:
    """Writes over the first page of a table or an index."""
    with sqlite3.connect(database) as db:
        [(page,)] = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (part,)).fetchall()
        [(size,)] = db.execute("PRAGMA page_size").fetchall()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_damaged_database_is_said(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG)
    assert amends("score", cwd=folder).returncode == 0
    _spoil(folder / "var/amends.db", "ix_mentions_status")
    result = amends("score", cwd=folder)
    assert result.returncode == 1
    assert result.stderr.splitlines() == ["amends: the database: database disk image is malformed"]


def test_check_goes_on_when_the_database_is_damaged(folder: Path) -> None:
    _with(folder, "config.toml", CONFIG + "[sources.day]\nkind = 'demo'\n")
    assert amends("score", cwd=folder).returncode == 0
    _spoil(folder / "var/amends.db", "audit")
    result = amends("check", cwd=folder)
    assert result.returncode == 1
    assert "FAIL  database: the database: " in result.stdout
    assert "ok    source day: " in result.stdout


def test_a_taken_port_is_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = amends("run", "--port", str(port), cwd=_with(folder, "config.toml", CONFIG))
    assert (result.returncode, result.stderr) == (
        1,
        f"amends: web.port: cannot listen on 127.0.0.1:{port}; is it in use?\n",
    )


def test_an_address_that_is_not_ours_is_one_line(folder: Path) -> None:
    result = amends("run", "--host", "192.0.2.1", "--port", "0", cwd=_with(folder, "config.toml", CONFIG))
    assert result.returncode == 1
    assert result.stderr.startswith("amends: web.host: cannot listen on 192.0.2.1:0: "), result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [["classify"], ["gate", "--facts", "facts.toml"], ["length", "--platform", "X"]])
def test_a_pipe_that_stays_open_is_answered_line_by_line(folder: Path, command: list[str]) -> None:
    line = json.dumps({"platform": "x", "text": "no signal", "mention": "no signal", "reply": "We see it."}) + "\n"
    with subprocess.Popen(
        [AMENDS, *command], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(line)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())
        process.stdin.close()
    assert process.returncode == 0
