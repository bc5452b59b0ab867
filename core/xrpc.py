"""The log-in of an AT Protocol account (Bluesky): one session per configured section, kept across restarts.

A refresh token works once; Bluesky's own server forgives a repeat within two hours, others need not. The pair that a
refresh brings is therefore on the disk before anything uses it, and two processes never refresh at the same time. New
log-ins are few (30 in 5 minutes, 300 a day), so a session is kept in a file that only the service can read.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from core import wire
from core.errors import AmendsError, ConfigError, Transient

SPENT = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing"})  # of a token; nothing was carried out


@dataclass(frozen=True, slots=True)
class Answer:
    """What atproto's client looks at: ``content`` is the JSON body."""

    content: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tokens:
    did: str
    handle: str
    access: str
    refresh: str

    @classmethod
    def of(cls, body: Any) -> "Tokens":
        """From an answer of createSession or refreshSession. Raises KeyError or TypeError when it is none."""
        return cls(str(body["did"]), str(body["handle"]), str(body["accessJwt"]), str(body["refreshJwt"]))


class Session:
    """Sends requests as one account; has the two methods that atproto's client asks of a request object.

    Opens nothing before the first request. ``file``: where the tokens are kept. Errors are those of ``requests``,
    so that ``core.wire`` can read them; a failing log-in raises ConfigError or Transient itself.
    """

    def __init__(self, base: str, account: str, password: str, file: Path, *, read_seconds: float) -> None:
        self._base, self._account, self._password, self._file = base, account, password, file
        self.http = wire.BoundedSession(base=base, read_seconds=read_seconds, strict=True)
        # A kept connection that the server has closed meanwhile would make the next POST an unknown outcome.
        self.http.headers["Connection"] = "close"
        self._tokens: Tokens | None = None

    @property
    def did(self) -> str:
        """The account's lasting name. Logs in when that was never done."""
        return self._logged_in().did

    @property
    def handle(self) -> str:
        return self._logged_in().handle

    def get(self, url: str, **options: Any) -> Answer:
        return self._send("GET", url, **options)

    def post(self, url: str, **options: Any) -> Answer:
        return self._send("POST", url, **options)

    def _send(
        self, method: str, url: str, params: Any = None, content: Any = None, headers: Any = None, **_: Any
    ) -> Answer:
        """One request; once more after a refresh when the token was spent, for then nothing was carried out."""
        tokens = self._logged_in()
        body = content.encode() if isinstance(content, str) else content
        given = {**(headers or {}), "Authorization": f"Bearer {tokens.access}"}
        try:
            response = self.http.request(method, url, params=_plain(params), data=body, headers=given)
        except requests.HTTPError as error:
            if not _is_spent(error):
                raise
            given["Authorization"] = f"Bearer {self._renewed(tokens).access}"
            response = self.http.request(method, url, params=_plain(params), data=body, headers=given)
        return Answer(response.json(), response.headers)

    def _logged_in(self) -> Tokens:
        if self._tokens is None:
            with self._alone():
                self._tokens = self._kept() or self._new()
        return self._tokens

    def _renewed(self, spent: Tokens) -> Tokens:
        """Tokens after ``spent`` ones: those another process has fetched meanwhile, refreshed ones, or a new log-in."""
        with self._alone():
            kept = self._kept()
            if kept is None or kept.access == spent.access:
                kept = self._refreshed(kept or spent) or self._new()
            self._tokens = kept
            return kept

    def _refreshed(self, tokens: Tokens) -> Tokens | None:
        """None when the refresh token is spent too. Raises ConfigError or Transient."""
        headers = {"Authorization": f"Bearer {tokens.refresh}"}
        try:
            response = self.http.post(f"{self._base}/xrpc/com.atproto.server.refreshSession", headers=headers)
        except requests.HTTPError as error:
            if _is_spent(error):
                return None
            raise wire.reading_error("Bluesky", error) from error
        except requests.RequestException as error:
            raise wire.reading_error("Bluesky", error) from error
        return self._keep(response)

    def _new(self) -> Tokens:
        """Logs in with the app password. Raises ConfigError or Transient: whatever it was for was not sent."""
        body = {"identifier": self._account, "password": self._password}
        try:
            response = self.http.post(f"{self._base}/xrpc/com.atproto.server.createSession", json=body)
        except requests.RequestException as error:
            raise _log_in_error(error, self._account) from error
        return self._keep(response)

    def _keep(self, response: requests.Response) -> Tokens:
        try:
            tokens = Tokens.of(response.json())
        except (ValueError, KeyError, TypeError) as error:
            raise Transient("Bluesky answered the log-in with something unreadable. Trying again.") from error
        self._write(tokens)
        return tokens

    def _write(self, tokens: Tokens) -> None:
        """Whole or not at all, and on the disk before it returns."""
        text = json.dumps(
            {
                "account": self._account,
                "did": tokens.did,
                "handle": tokens.handle,
                "accessJwt": tokens.access,
                "refreshJwt": tokens.refresh,
            }
        )
        beside = self._file.with_suffix(".new")
        with self._told_apart():
            file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                os.write(file, text.encode())
                os.fsync(file)
            finally:
                os.close(file)
            beside.replace(self._file)

    def _kept(self) -> Tokens | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            body = json.loads(self._file.read_text(encoding="utf-8"))
            return Tokens.of(body) if body["account"] == self._account else None  # another one's, before a change
        return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._told_apart():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Transient(f"The Bluesky session cannot be kept in {self._file}: {error.strerror}.") from error


def session_file(directory: str, section: str) -> Path:
    """Where a section ("sources.bluesky") keeps its session."""
    return Path(directory) / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', section)}.json"


def _plain(params: Any) -> Any:
    """Booleans as XRPC wants them."""
    if not isinstance(params, Mapping):
        return params
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in params.items()}


def _is_spent(error: requests.HTTPError) -> bool:
    return wire.failure(error).status in {400, 401} and wire.named(error) in SPENT


def _log_in_error(error: requests.RequestException, account: str) -> AmendsError:
    seen = wire.failure(error)
    if seen.status in {400, 401}:
        return ConfigError(
            f"Bluesky refused the log-in of {account} ({seen.status}: {seen.detail}). Make a new app password."
        )
    return wire.reading_error("Bluesky", error)
