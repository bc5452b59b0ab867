"""The key that seals the audit trail, and the checkpoint that stands outside of the database.

Who can write to the database can rewrite a chain of plain hashes from any row on, and can cut rows off its end. So each
row is sealed with a key (HMAC-SHA256, RFC 2104) that the database does not hold, and a small signed file remembers the
newest row.
"""

import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.clock import iso
from core.errors import ConfigError

log = logging.getLogger(__name__)
SHORTEST = 16  # characters of a key
# One sector, written by one call: a process that is killed leaves the old checkpoint or the new one, never half of one.
SIZE = 512


class BrokenMarkError(Exception):
    """The checkpoint cannot be read, or its signature is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the checkpoint says: this row was the newest, with this hash. ``since``: the row the file was begun at."""

    row: int
    hash: str
    since: int
    at: str  # RFC 3339


class Sealer:
    """Seals rows and keeps the checkpoint. Threads and processes may share both."""

    def __init__(self, key: bytes, checkpoint: Path) -> None:
        self._key = key
        self.checkpoint = checkpoint
        self._said = False

    def seal(self, body: bytes) -> str:
        """HMAC-SHA256, hex."""
        return hmac.new(self._key, body, hashlib.sha256).hexdigest()

    def derived(self, purpose: bytes) -> bytes:
        """A key of 32 bytes for something else; it tells nothing of this one (HKDF-Expand, RFC 5869)."""
        return hmac.new(self._key, b"amends: " + purpose + b"\x01", hashlib.sha256).digest()

    @property
    def fingerprint(self) -> str:
        """Tells keys apart and tells nothing of them."""
        return self.seal(b"fingerprint of the audit key")[:12]

    def mark(self) -> Mark | None:
        """The checkpoint, or None when there is no file. Raises BrokenMarkError."""
        try:
            return self._parse(self.checkpoint.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise BrokenMarkError(f"cannot be read: {error.strerror}") from None

    def advance(self, *, row: int, seal: str, now: datetime, anew: bool = False) -> None:
        """Remembers a newer row; an older one changes nothing. ``anew``: whatever stood there is dropped.

        A file that cannot be written is logged: what it would tell of is decided and committed already.
        """
        try:
            self._write(row, seal, now, anew=anew)
        except OSError as error:
            self.complain(f"cannot be written: {error.strerror}")

    def _write(self, row: int, seal: str, now: datetime, *, anew: bool) -> None:
        handle = os.open(self.checkpoint, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            found = file.read(SIZE * 2)
            try:
                known = self._parse(found) if found and not anew else None
            except BrokenMarkError as error:
                self.complain(str(error))  # stays as it is: it may be what tells of a change
                return
            if known is not None and known.row >= row:
                return
            since = known.since if known else row
            os.pwrite(file.fileno(), self._line(Mark(row=row, hash=seal, since=since, at=iso(now))), 0)
            if len(found) > SIZE:
                file.truncate(SIZE)

    def complain(self, problem: str) -> None:
        """Once a run: every decision would say it again."""
        if not self._said:
            self._said = True
            log.error("the checkpoint of the audit", extra={"file": str(self.checkpoint), "problem": problem})

    def _line(self, mark: Mark) -> bytes:
        body = {"row": mark.row, "hash": mark.hash, "since": mark.since, "at": mark.at}
        line = json.dumps(body | {"signature": self._signature(body)})
        return line.ljust(SIZE - 1).encode() + b"\n"

    def _signature(self, body: dict[str, Any]) -> str:
        return self.seal(b"checkpoint " + json.dumps(body, sort_keys=True).encode())

    def _parse(self, raw: bytes) -> Mark:
        try:
            body = json.loads(raw)
            signature = body.pop("signature")
            mark = Mark(row=int(body["row"]), hash=str(body["hash"]), since=int(body["since"]), at=str(body["at"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise BrokenMarkError("is damaged") from None
        if raw != self._line(mark) or not hmac.compare_digest(str(signature), self._signature(body)):
            raise BrokenMarkError("is not signed with this key, or was changed")
        return mark


def read_or_make_key(given: str, file: Path, *, may_make: bool) -> bytes:
    """The key: the given one, else that of ``file``, else a new one written there for its owner alone (0600).

    Raises ConfigError when it is too short, cannot be read or written, or must not be made anew.
    """
    if given:
        return _long_enough(given, "audit.key")
    try:
        return _long_enough(file.read_text(encoding="ascii").strip(), str(file))
    except FileNotFoundError:
        if may_make:
            return _new_key(file)
        raise ConfigError(
            f"audit.key: {file} is missing, and this audit is sealed already; "
            "bring the key back, or set AMENDS_AUDIT_KEY (or AMENDS_AUDIT_KEY_FILE) to it"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"audit.key: {file} cannot be read: {error}") from None


def _long_enough(key: str, place: str) -> bytes:
    if len(key) < SHORTEST:
        raise ConfigError(f"{place}: the key of the audit has fewer than {SHORTEST} characters")
    return key.encode()


def _new_key(file: Path) -> bytes:
    key = secrets.token_hex(32)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(key + "\n")
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError:  # another process was faster
        return _long_enough(file.read_text(encoding="ascii").strip(), str(file))
    except OSError as error:
        raise ConfigError(f"audit.key: {file} cannot be written: {error.strerror}; set AMENDS_AUDIT_KEY") from None
    return key.encode()
