"""Lines in, lines out: one bad line is named on standard error and the good ones go on."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedIOBase
from itertools import chain
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, AnyStr, BinaryIO, NoReturn, TypeVar

import typer

from amends.streams import flush, put
from core.errors import ConfigError, InputError
from core.jsonl import json_object

T = TypeVar("T")
MAX_LINE = 10_000_000
_MANY = 256
_PAUSE = 0.05  # seconds without a line after which those before it are answered


class Faults:
    """Counts the bad lines and says each on standard error as ``FILE:LINE: what is wrong``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def say(self, line: int, what: str) -> None:
        self.count += 1
        print(f"{self.name}:{line}: {what}", file=sys.stderr)

    def end(self) -> NoReturn:
        """Ends the command: status 1 when a line was bad."""
        raise typer.Exit(1 if self.count else 0)


@contextmanager
def opened(path: str | None) -> Iterator[tuple[str, BinaryIO]]:
    """The named file, or standard input for None and ``-``. Raises ConfigError when it cannot be read."""
    if path in (None, "-"):
        if sys.stdin is None:
            raise ConfigError("standard input is closed: name a file")
        # Of its own, and never closed: a thread may still wait on it when the command ends.
        yield "-", open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115
        return
    try:
        stream = Path(str(path)).open("rb")  # noqa: SIM115 - its errors are told apart from those of the reading
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    with stream:
        yield str(path), stream


def limited(read: Callable[[int], AnyStr], end: AnyStr) -> Iterator[AnyStr]:
    """The lines that a stream's ``readline`` gives. Of one without end, a little more than the limit is held."""
    while line := read(MAX_LINE + 1):
        yield line
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(end):
            rest = read(MAX_LINE + 1)


def objects(stream: Iterable[bytes], faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a JSONL stream with their line numbers; empty lines are skipped."""
    lines = limited(stream.readline, b"\n") if isinstance(stream, BufferedIOBase) else stream
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        if len(raw) > MAX_LINE:
            faults.say(number, f"the line is longer than {MAX_LINE:,} bytes")
            continue
        try:
            yield number, json_object(raw)
        except InputError as error:
            faults.say(number, str(error))


def text_of(value: Mapping[str, Any], key: str, *, required: bool = True) -> str:
    """A text field with lone surrogates and NUL made harmless; null is as good as none. Raises InputError naming it."""
    text = value.get(key)
    if text is None:
        if required:
            raise InputError(f"{key}: missing")
        return ""
    if not isinstance(text, str):
        raise InputError(f"{key}: a text is expected, not {type(text).__name__}")
    return harmless(text)


def harmless(text: str) -> str:
    """With NUL and lone surrogates replaced, each in its place: text that every reader takes, and offsets that hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to ``size`` items, in order; what ``items`` raises is raised here, after what came before it.

    A pipe that stays open is answered whenever it pauses: what has come by then is a batch, and what was printed for
    it leaves at once. So a program may write a line and wait for the answer.
    """
    feed: Queue[T | _Ended] = Queue(2 * size)
    Thread(target=_fill, args=(feed, items), daemon=True).start()
    ended: _Ended | None = None
    while ended is None:
        batch, ended = _next(feed, size)
        if batch:
            yield batch
            flush()
    if ended.error is not None:
        raise ended.error


def singly(items: Iterable[T]) -> Iterator[T]:
    """The items one by one, printed for as `batches` tells."""
    return chain.from_iterable(batches(items, _MANY))


@dataclass(frozen=True, slots=True)
class _Ended:
    error: Exception | None


def _fill(feed: "Queue[T | _Ended]", items: Iterable[T]) -> None:
    try:
        for item in items:
            feed.put(item)
    except Exception as error:  # noqa: BLE001 - it is raised where the batches are taken
        feed.put(_Ended(error))
    else:
        feed.put(_Ended(None))


def _next(feed: "Queue[T | _Ended]", size: int) -> tuple[list[T], _Ended | None]:
    """What comes until the batch is full, the feed pauses, or it ends."""
    batch: list[T] = []
    with suppress(Empty):
        while len(batch) < size:
            item = feed.get(timeout=_PAUSE if batch else None)
            if isinstance(item, _Ended):
                return batch, item
            batch.append(item)
    return batch, None


def checked(
    lines: Iterable[tuple[int, dict[str, Any]]], faults: Faults, convert: Callable[[dict[str, Any]], T]
) -> Iterator[T]:
    """Each object through ``convert``; what it raises as InputError is said with the line's place."""
    for number, value in lines:
        try:
            yield convert(value)
        except InputError as error:
            faults.say(number, str(error))


def write(value: object) -> None:
    """One JSON line on standard output. A lone surrogate, which no encoding takes, is written as its JSON escape."""
    line = json.dumps(value, ensure_ascii=False, default=str)
    put(line.encode("utf-8", "backslashreplace").decode())
