"""Replays: what the verdict counts, and `amends backtest` as a user meets it."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.backtest import Event, judge, replay, together
from incidents.outages import Alarm, Sensitivity
from tests.amends.test_cli import rows
from tests.bench.replays import figures
from tests.commands import amends
from tests.incidents.test_outages import DAY, START, burst, post, quiet

FAILING = [
    "my internet is down again in Ontario, third time this week",
    "no service since nine, is there an outage?",
    "@northwind mobile data is not working at all, what is going on",
    "whole street has no internet. fix this @northwind",
    "network down for two hours now and nobody answers",
    "is northwind down? cannot connect to anything",
    "outage again?? I work from home, no connection since this morning",
    "no signal in Halifax, calls fail, data fails",
]


def _alarm(minute: float, kind: str = "outage") -> Alarm:
    at = START + timedelta(minutes=minute)
    return Alarm(kind=kind, started_at=at, detected_at=at)  # type: ignore[arg-type]


def _event(kind: str, start: float, end: float) -> Event:
    return Event(kind, START + timedelta(minutes=start), START + timedelta(minutes=end))


def test_found_missed_late_and_false() -> None:
    events = [_event("outage", 100, 200), _event("outage", 1000, 1100), _event("praise", 3000, 3100)]
    alarms = [_alarm(99), _alarm(104), _alarm(250), _alarm(1161), _alarm(3010), _alarm(9000), _alarm(3020, "spike")]
    verdict = judge(alarms, events, days=30)
    assert (verdict.outages, verdict.alarms) == (2, 6)
    assert verdict.delays == (4.0,), "one minute before the start is no hit, an hour after the end neither"
    assert (verdict.on_decoys, verdict.on_nothing) == (1, 2)
    assert verdict.precision == pytest.approx(0.5)
    both = together([verdict, verdict])
    assert (both.recall, both.days, both.median_delay, both.p90_delay) == (0.5, 60, 4.0, 4.0)


def test_nothing_to_find_and_nothing_found() -> None:
    verdict = judge([], [], days=1)
    assert (verdict.recall, verdict.precision, verdict.median_delay, verdict.p90_delay) == (1.0, 1.0, None, None)
    assert figures(verdict, 1, 10.0)


def test_a_replay_tells_each_alarm_once_with_its_end() -> None:
    flow = [*quiet(8), *burst(6 * DAY, 60, speaking=0.9, minutes=40), *burst(7 * DAY, 60, speaking=0.9, minutes=40)]
    found = list(replay(sorted(flow, key=lambda each: each.at), Sensitivity()))
    assert [alarm.kind for alarm in found] == ["outage", "outage"]
    for alarm in found:
        assert alarm.ended_at
        assert alarm.started_at <= alarm.detected_at < alarm.ended_at
        assert alarm.ended_at - alarm.started_at < timedelta(hours=4)
        assert alarm.mentions >= alarm.outage_mentions >= 40
        assert 0 < alarm.score < 1
        assert 2 <= alarm.peak_per_minute <= 15


def test_what_lasts_has_no_end() -> None:
    flow = [*quiet(6), *burst(6 * DAY, 60, speaking=0.9, minutes=40)]
    assert list(replay(flow, Sensitivity()))[-1].ended_at is None
    assert list(replay([], Sensitivity())) == []
    assert list(replay([post(0)], Sensitivity())) == []


def _line(number: int, minute: float, text: str, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minute)
    said = {"id": f"m{number}", "platform": "x", "author": f"user{number}", "followers": 3, "text": text}
    return said | {"created_at": at.isoformat()} | more


def _day() -> list[dict[str, Any]]:
    calm = [_line(n, n * 30, f"thanks {word} for the new shop, lovely people") for n, word in enumerate("ab" * 48)]
    return calm + [_line(200 + n, 48 * 30 + n, FAILING[n % len(FAILING)]) for n in range(24)]


def _write(file: Path, lines: list[str]) -> str:
    data = "\n".join(lines).encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)
    return str(file)


def test_the_command_finds_the_outage_in_a_packed_file_and_says_how_well(tmp_path: Path) -> None:
    file = _write(tmp_path / "day.jsonl.gz", [json.dumps(line) for line in _day()])
    truth = {"events": [{"kind": "outage", "start": "2026-11-02T00:00:00Z", "end": "2026-11-02T01:00:00Z"}]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    done = amends("backtest", file, "--brand", "Northwind", "--truth", "truth.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = rows(done)
    assert [row["kind"] for row in found] == ["outage"]
    assert "2026-11-02T00:00" <= found[0]["started_at"] <= found[0]["detected_at"] <= "2026-11-02T00:15"
    assert list(found[0]) == [
        "kind", "started_at", "detected_at", "ended_at", "mentions", "outage_mentions", "peak_per_minute", "score",
        "summary",
    ]  # fmt: skip
    assert "1 of 1" in done.stderr


def test_order_and_repeats_change_nothing_and_bad_lines_are_named(tmp_path: Path) -> None:
    lines = [json.dumps(line) for line in _day()]
    plain = amends("backtest", _write(tmp_path / "a.jsonl", lines), "--brand", "N", cwd=tmp_path)
    mixed = amends("backtest", "-", "--brand", "N", cwd=tmp_path, stdin="\n".join([*lines[::-1], *lines[:9]]))
    assert (mixed.returncode, mixed.stdout) == (0, plain.stdout)
    other = json.dumps(_line(3, 5, "something else"))
    bad = ["{", "[]", json.dumps(_line(900, 1, "x", created_at="yesterday")), other]
    faulty = amends("backtest", _write(tmp_path / "b.jsonl", [*lines, *bad]), "--brand", "N", cwd=tmp_path)
    assert faulty.returncode == 1
    assert faulty.stdout == plain.stdout
    for number in range(4):
        assert f"b.jsonl:{len(lines) + 1 + number}: " in faulty.stderr


def test_mistakes_are_one_line(tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress("\n".join(json.dumps(line) for line in _day()).encode())[:-40])
    broken = amends("backtest", str(cut), "--brand", "N", cwd=tmp_path)
    assert broken.returncode == 1
    assert "the packed file is broken here" in broken.stderr
    assert amends("backtest", "none.jsonl", "--brand", "N", cwd=tmp_path).returncode == 1
    assert amends("backtest", cwd=tmp_path).returncode == 2
    (tmp_path / "t.json").write_text("[1]")
    wrong = amends("backtest", "--brand", "N", "--truth", "t.json", cwd=tmp_path)
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("amends: t.json: not {")
    assert len(wrong.stderr.splitlines()) == 1


def test_an_empty_file_is_no_outage(tmp_path: Path) -> None:
    done = amends("backtest", "--brand", "N", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
