"""The three standard streams of the command: UTF-8 whatever the locale says, and said when one is closed."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path

from core.errors import ConfigError


def prepare() -> None:
    """To be called before anything is opened or printed."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if stream is None:
            _occupy(number)  # else the next file to be opened, such as the database, takes the place
    if sys.stderr is None:  # print() to None is print() to standard output, where answers only may stand
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=stream.errors)
    if isinstance(sys.stdin, TextIOWrapper) and not sys.stdin.isatty():  # what a keyboard sends is its terminal's
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")


def put(line: str) -> None:
    """Prints a line of an answer. Raises ConfigError when standard output is closed: print() would lose it silently."""
    if sys.stdout is None:
        raise ConfigError("standard output is closed: there is nowhere to write to")
    print(line)


def flush() -> None:
    """What was printed leaves at once."""
    if sys.stdout is not None:
        sys.stdout.flush()


def drop_output() -> None:
    """What is still buffered has nowhere to go; the interpreter would complain at its end."""
    try:
        flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _occupy(number: int) -> None:
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number:
        os.dup2(handle, number)
        os.close(handle)
