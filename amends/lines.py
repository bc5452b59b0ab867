"""Lines in, lines out: one bad line is named on standard error and the good ones go on."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from core.errors import ConfigError, InputError
from core.jsonl import json_object

T = TypeVar("T")
MAX_LINE = 10_000_000
LARGEST_ID = 2**31 - 1  # of a row; a database takes no larger one


class Faults:
    """Counts the bad lines and says each on standard error as ``FILE:LINE: what is wrong``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def say(self, line: int, what: str) -> None:
        self.count += 1
        print(f"{self.name}:{line}: {what}", file=sys.stderr)


@contextmanager
def opened(path: str | None) -> Iterator[tuple[str, BinaryIO]]:
    """The named file, or standard input for None and ``-``. Raises ConfigError when it cannot be read."""
    if path in (None, "-"):
        if sys.stdin is None:
            raise ConfigError("standard input is closed: name a file")
        yield "-", sys.stdin.buffer
        return
    try:
        stream = Path(str(path)).open("rb")  # noqa: SIM115 - its errors are told apart from those of the reading
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    with stream:
        yield str(path), stream


def objects(stream: Iterable[bytes], faults: Faults) -> Iterator[tuple[int, dict[str, Any]]]:
    """The JSON objects of a JSONL stream with their line numbers; empty lines are skipped."""
    for number, raw in enumerate(stream, 1):
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
    """A text field with lone surrogates and NUL made harmless. Raises InputError naming the field."""
    text = value.get(key, "" if not required else None)
    if text is None:
        raise InputError(f"{key}: missing")
    if not isinstance(text, str):
        raise InputError(f"{key}: a text is expected, not {type(text).__name__}")
    return harmless(text)


def harmless(text: str) -> str:
    """With NUL and lone surrogates replaced, each in its place: text that every reader takes, and offsets that hold."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to ``size`` items."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


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
    print(line.encode("utf-8", "backslashreplace").decode())
