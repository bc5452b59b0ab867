"""Mentions from a file: JSON lines or CSV, plain or gzip. Bad lines are reported, the others are read."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal

from core.clock import Clock
from core.domain import Mention
from core.errors import InputError
from core.jsonl import json_object
from listener.csv_rows import rows
from listener.records import mention_from, posted

MAX_LINE = 8 * 1024 * 1024  # bytes; a line without end is not read into memory whole
Format = Literal["jsonl", "csv"]
Convert = Callable[[Mapping[str, object]], Mention]


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that is no mention: its number, from 1, and what exactly is wrong."""

    line: int
    reason: str


def read_mentions(
    source: Path | str | BinaryIO,
    *,
    handles: Iterable[str] = (),
    kind: Format | None = None,
    clock: Clock | None = None,
) -> Iterator[Mention | Bad]:
    """Yields each line of ``source`` (a path or a binary stream) as a Mention, or as Bad with the reason.

    Fields: id, platform, author, text, created_at (RFC 3339 with offset); optional author_name, followers, url,
    in_reply_to, conversation_id, quoted_id, share_of, language, community, eligible, own. Where ``eligible`` is
    absent it is derived from the ``handles`` in the text. Without ``kind`` the name decides, else the first line.
    With a ``clock``, what is dated more than a day ahead of it is Bad.
    Never raises for a line; InputError when the file cannot be opened.
    """
    ours = tuple(handles)

    def convert(record: Mapping[str, object]) -> Mention:
        mention = mention_from(record, ours)
        return posted(mention, clock()) if clock else mention

    if isinstance(source, Path | str):
        with _open(Path(source)) as stream:
            yield from _read(stream, kind or by_name(str(source)), convert)
    else:
        yield from _read(source, kind, convert)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror or error}") from error


def by_name(name: str) -> Format | None:
    """The format that a file's name speaks of."""
    name = name.lower().removesuffix(".gz")
    if name.endswith((".csv", ".tsv")):
        return "csv"
    return "jsonl" if name.endswith((".jsonl", ".ndjson", ".json")) else None


def _read(stream: BinaryIO, kind: Format | None, convert: Convert) -> Iterator[Mention | Bad]:
    lines = _lines(_unzipped(stream))
    first = next((item for item in lines if isinstance(item, Bad) or item[1].strip()), None)
    if first is None:
        return
    every = chain([first], lines)
    if kind is None:
        kind = "csv" if not isinstance(first, Bad) and _is_header(first[1]) else "jsonl"
    yield from _csv(every, convert) if kind == "csv" else _jsonl(every, convert)


def _unzipped(stream: BinaryIO) -> io.BufferedReader | gzip.GzipFile:
    """The stream itself, or its content when it starts like gzip, whatever it is called."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(_Raw(stream))
    if buffered.peek(2)[:2] != b"\x1f\x8b":
        return buffered
    # As it is: a buffer around it would lose the last whole lines of a file that is cut off.
    return gzip.GzipFile(fileobj=buffered)


class _Raw(io.RawIOBase):
    """Any binary stream with ``read`` as the raw side of a BufferedReader."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _lines(stream: io.BufferedReader | gzip.GzipFile) -> Iterator[tuple[int, bytes] | Bad]:
    """Numbered lines without a byte order mark and NULs; damage of the stream itself ends it with a Bad."""
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(MAX_LINE)
            too_long = len(line) == MAX_LINE and not line.endswith(b"\n")
            rest = line
            while too_long and rest and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield Bad(number, f"the packed file is broken here: {error}")
            return
        except OSError as error:
            yield Bad(number, f"the file cannot be read on from here: {error}")
            return
        if not line:
            return
        if too_long:
            yield Bad(number, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        yield number, line.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").replace(b"\0", b"")


def _is_header(line: bytes) -> bool:
    return not line.lstrip().startswith((b"{", b"[")) and {b"platform", b"text"} <= {
        cell.strip(b' "\t\r\n').lower() for cell in line.replace(b";", b",").replace(b"\t", b",").split(b",")
    }


def _jsonl(lines: Iterable[tuple[int, bytes] | Bad], convert: Convert) -> Iterator[Mention | Bad]:
    for item in lines:
        if isinstance(item, Bad):
            yield item
        elif item[1].strip():
            yield _one(item[0], item[1], convert)


def _one(number: int, line: bytes, convert: Convert) -> Mention | Bad:
    try:
        return convert(json_object(line))
    except InputError as error:
        return Bad(number, str(error))


def _csv(lines: Iterable[tuple[int, bytes] | Bad], convert: Convert) -> Iterator[Mention | Bad]:
    for number, row in rows(_numbered(lines)):
        if isinstance(row, str):
            yield Bad(number, row)
            continue
        try:
            yield convert(row)
        except InputError as error:
            yield Bad(number, str(error))


def _numbered(lines: Iterable[tuple[int, bytes] | Bad]) -> Iterator[tuple[int, bytes | str]]:
    """Lines for the CSV reader; a string is the reason why there is no line."""
    for item in lines:
        yield (item.line, item.reason) if isinstance(item, Bad) else item
