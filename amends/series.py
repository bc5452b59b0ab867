"""``amends detect``: a volume series in, its rows with score and alert out."""

import csv
import io
import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from amends.lines import Faults, limited, opened, singly
from amends.pipes import optional_settings
from amends.streams import put
from core.errors import InputError


def run_detect(path: str | None, config: Path | None) -> None:
    """Scores and alerts for a volume series; a row's score uses nothing after it."""
    from incidents.detect import detect

    optional_settings(config)  # nothing of it is needed here, but a wrong one is said
    with opened(path) as (name, stream):
        faults = Faults(name)
        put("timestamp,value,score,alert")
        stamps: list[tuple[str, str]] = []
        for scored in singly(detect(_series(stream, faults, stamps))):
            stamp, value = stamps.pop(0)
            put(f"{stamp},{value},{scored.score:.6f},{int(scored.alert)}")
    faults.end()


def _series(stream: Any, faults: Faults, stamps: list[tuple[str, str]]) -> Iterator[tuple[datetime, float]]:
    """The good rows; their own spelling of time and value is kept in ``stamps`` for the answer."""
    last: datetime | None = None
    for number, row in _below_header(_csv_rows(stream, faults)):
        try:
            at, value = _point(row)
            _follows(last, at, row[0])
        except InputError as error:
            faults.say(number, str(error))
            continue
        last = at
        stamps.append((_cell(row[0]), row[1]))
        yield at, value


def _below_header(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The rows without empty ones, and without the names of the columns when they stand above."""
    filled = ((number, row) for number, row in rows if len(row) > 1 or "".join(row).strip())
    for place, (number, row) in enumerate(filled):
        if place > 0 or [cell.strip().lower() for cell in row] != ["timestamp", "value"]:
            yield number, row


def _cell(text: str) -> str:
    """As CSV writes it: the seconds of a time may have a comma."""
    return f'"{text}"' if "," in text else text


def _csv_rows(stream: Any, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows; one that is no CSV, as with a cell beyond the reader's limit, is said and left out."""
    lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    for number, line in enumerate(limited(lines.readline, "\n"), 1):
        try:  # one by one: no cell holds a line break, and a quote left open takes no other row with it
            yield from ((number, row) for row in csv.reader([line.rstrip("\r\n")], strict=True))
        except csv.Error as error:
            faults.say(number, f"not CSV: {error}")


def _follows(last: datetime | None, at: datetime, said: str) -> None:
    if last is None:
        return
    if (last.tzinfo is None) != (at.tzinfo is None):
        has, had = ("no", "one") if at.tzinfo is None else ("an", "none")
        raise InputError(f"timestamp: {said} has {has} offset from UTC and the row before has {had}: write all alike")
    if at <= last:
        raise InputError(f"timestamp: {said} does not come after the row before")


def _point(row: list[str]) -> tuple[datetime, float]:
    if len(row) != 2:
        raise InputError(f"two columns, timestamp and value, are expected, not {len(row)}")
    try:
        at = datetime.fromisoformat(row[0].strip().upper())
    except ValueError:
        raise InputError(f"timestamp: {row[0]!r} is not a time such as 2026-11-20 08:05:00") from None
    try:
        value = float(row[1] if row[1].isascii() and "_" not in row[1] else "")  # 1_000 is a number to Python alone
    except ValueError:
        raise InputError(f"value: {row[1]!r} is not a number") from None
    if not math.isfinite(value):
        raise InputError(f"value: {row[1]!r} is not a finite number")
    return at, value
