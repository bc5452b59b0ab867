"""The rehearsal platform: each reply is a JSON line in a file or on standard output; nothing leaves the machine."""

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core import clock as core_clock
from core.accounts import ConsolePublisher as Settings
from core.domain import Target, sha256
from core.errors import ConfigError, Refused, Transient
from responder.publishers import Published
from responder.publishers.texts import must_be_sendable


class ConsolePublisher:
    """Each key is written once, however often it is published. ``path`` "-": standard output, once per process."""

    read_lag = 0.0

    def __init__(self, name: str, settings: Settings, *, clock: core_clock.Clock = core_clock.now) -> None:
        self.name = name
        self.account = settings.account
        self._path = None if settings.path == "-" else Path(settings.path)
        self._clock = clock
        self._printed: dict[str, Published] = {}

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """Appends the line unless this key has one. Raises Transient when the file cannot be written (disk full)."""
        must_be_sendable(text, target)
        if self._path is None:
            return self._print(text, target, key)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked(self._path) as file:
                return _find(self._path, key) or _append(file, self._line(text, target, key))
        except OSError as error:
            raise Transient(
                f"The console publisher cannot write {self._path}: {error.strerror}; nothing was sent."
            ) from error

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - the key says it all
        """The line of this key, or None. Raises Transient when the file cannot be read."""
        if self._path is None:
            return self._printed.get(key)
        try:
            return _find(self._path, key)
        except OSError as error:
            raise Transient(f"The console publisher cannot read {self._path}: {error.strerror}") from error

    def stored(self, external_id: str, target: Target) -> str | None:
        """The text of the line, None when somebody took it out of the file. Raises Transient as ``find``."""
        found = self.find("", target, key=external_id)
        return found.text if found else None

    def same(self, approved: str, stored: str) -> bool:
        return approved == stored

    def delete(self, external_id: str, target: Target) -> None:  # noqa: ARG002 - nothing is taken back
        """Raises Refused: what was rehearsed stays in the file."""
        raise Refused("the console keeps what it wrote; take the line out of its file")

    def check(self) -> str:
        """Says where replies go. Raises ConfigError when that place cannot be written."""
        if self._path is None:
            return "writes to standard output"
        place = self._path if self._path.exists() else next(p for p in self._path.absolute().parents if p.exists())
        if not os.access(place, os.W_OK):
            raise ConfigError(f"publishers.{self.name}: {self._path} cannot be written")
        return f"writes to {self._path}"

    def _print(self, text: str, target: Target, key: str) -> Published:
        if key not in self._printed:
            sys.stdout.write(self._line(text, target, key))
            sys.stdout.flush()
            self._printed[key] = Published(key, text=text)
        return self._printed[key]

    def _line(self, text: str, target: Target, key: str) -> str:
        line = {
            "key": key,
            "at": core_clock.iso(self._clock()),
            "platform": target.platform,
            "target": target.external_id,
            "author": target.author,
            "account": self.account,
            "text": text,
            "sha256": sha256(text),
        }
        return json.dumps(line, ensure_ascii=False) + "\n"

    @contextmanager
    def _locked(self, path: Path) -> Iterator[int]:
        """The file, for us alone: two processes with the same key must not both find it absent."""
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _append(file: int, line: str) -> Published:
    """Writes the line whole or not at all, and waits until the disk has it."""
    size = os.fstat(file).st_size
    # A line cut off by a crash ends where it was cut; ours begins on its own.
    start = b"" if size == 0 or os.pread(file, 1, size - 1) == b"\n" else b"\n"
    content = start + line.encode()
    try:
        _write_all(file, content)
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise
    data = json.loads(line)
    return Published(data["key"], text=data["text"])


def _write_all(file: int, content: bytes) -> None:
    """Part of a line may fit on a full disk; the next part then raises OSError."""
    while content:
        content = content[os.write(file, content) :]


def _find(path: Path, key: str) -> Published | None:
    """The whole line with this key, or None; half a line at the end, left by a crash, counts as absent."""
    if not path.exists():
        return None
    wanted = json.dumps(key, ensure_ascii=False).encode()
    with path.open("rb") as lines:
        for line in lines:
            if wanted in line and (data := _read(line.decode(errors="replace"))) and data["key"] == key:
                return Published(key, text=data["text"])
    return None


def _read(line: str) -> dict[str, str]:
    try:
        data: dict[str, str] = json.loads(line)
    except ValueError:
        return {}
    return data
