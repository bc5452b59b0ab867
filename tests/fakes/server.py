"""The HTTP half of a fake platform: listen on loopback, log requests, route them, and go wrong when told to.

A platform subclasses ``FakeServer`` and implements ``answer``. Everything else here is the same for all of them.
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

FaultKind = Literal["status", "reset", "hang", "garbage"]


@dataclass(frozen=True)
class Request:
    """One request as it arrived; ``body`` is the exact bytes."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    lists: dict[str, list[str]] = field(default_factory=dict)  # every value of each parameter

    def json(self) -> dict[str, Any]:
        """The JSON body, or an empty object when it is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def form(self) -> dict[str, str]:
        """The form body; bytes that are not UTF-8 become replacement characters."""
        text = self.body.decode("ascii", "replace")
        return dict(parse_qsl(text, keep_blank_values=True, encoding="utf-8"))


@dataclass(frozen=True)
class Answer:
    """What goes back: ``body`` is JSON-able, or bytes to send as they are."""

    status: int
    body: object
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body's bytes, non-ASCII escaped as the platforms do."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Fault:
    """Something to go wrong with the next ``times`` requests that match.

    ``after`` True: the request takes effect first, only its answer is lost. ``skip``: let that many matching
    requests pass before. ``path`` is a regular expression searched in the path.
    """

    kind: FaultKind
    status: int = 503
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    method: str = ""
    path: str = ""
    after: bool = False
    times: int = 1
    skip: int = 0
    seconds: float = 30.0

    def takes(self, request: Request) -> bool:
        """Whether this fault strikes this request; counts ``skip`` and ``times`` down."""
        if self.times <= 0 or (self.method and self.method != request.method):
            return False
        if not re.search(self.path, request.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Post:
    """A create the platform accepted. ``text`` is the exact UTF-8 bytes it was given."""

    id: str
    text: bytes
    target: str
    account: str
    at: float


class FakeServer:
    """Context manager: serves on 127.0.0.1 while open. ``url`` is its base address, without a slash at the end.

    ``posts``: every accepted create. ``requests``: every request, faulted ones too. ``now``: the platform's clock,
    replace it to travel in time. ``faults``: what is still to go wrong (see ``fail``).
    """

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.now: Callable[[], float] = time.time
        self.lock = threading.RLock()
        self._released = threading.Event()
        self._httpd: ThreadingHTTPServer | None = None
        self._crashes: list[Exception] = []
        self.url = ""

    def __enter__(self) -> Self:
        """Starts to serve on a free port."""
        self._released.clear()
        self._httpd = _Listener(("127.0.0.1", 0), _handler_for(self))
        self.url = f"http://127.0.0.1:{self._httpd.server_port}"
        threading.Thread(target=self._httpd.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops to serve and lets hanging requests go."""
        self._released.set()
        if self._httpd is not None:
            self._httpd.shutdown()
            self._httpd.server_close()
        if self._crashes:
            raise self._crashes[0]

    def fail(self, kind: FaultKind, **options: Any) -> Fault:
        """Adds a fault (see ``Fault``) and returns it."""
        fault = Fault(kind, **options)
        with self.lock:
            self.faults.append(fault)
        return fault

    def calls(self, method: str, path: str) -> list[Request]:
        """The logged requests with this method whose path matches the regular expression."""
        with self.lock:
            return [r for r in self.requests if r.method == method and re.search(path, r.path)]

    def answer(self, request: Request) -> Answer:
        """The platform's own answer; called with the lock held."""
        raise NotImplementedError

    def fault_answer(self, fault: Fault) -> Answer:
        """The answer of a fault that is not about the connection; a platform overrides it for its error bodies."""
        if fault.kind == "garbage":
            return Answer(200, b"<html><body>Something went wrong</body></html>", {"content-type": "text/html"})
        return Answer(fault.status, fault.body or {"message": "error", "error": fault.status}, fault.headers)

    def respond(self, request: Request) -> Answer | None:
        """Logs the request and answers it; None: cut the connection without an answer."""
        with self.lock:
            self.requests.append(request)
            fault = next((f for f in self.faults if f.takes(request)), None)
            answer = None if fault and not fault.after else self._safely(request)
        if fault is None:
            return answer
        if fault.kind == "hang":
            self._released.wait(fault.seconds)
        return None if fault.kind in {"reset", "hang"} else self.fault_answer(fault)

    def _safely(self, request: Request) -> Answer:
        """A fault of the fake itself fails the test at the end, whatever the client made of the 500."""
        try:
            return self.answer(request)
        except Exception as error:  # noqa: BLE001 - kept and raised again
            self._crashes.append(error)
            return Answer(500, {"message": f"the fake failed: {error!r}"})


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 makes a burst of clients wait for a second.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: two small ones wait for each other's acknowledgement (40 ms)
    fake: FakeServer

    def do(self) -> None:
        """Reads the request whole, asks the fake, writes the answer."""
        answer = self.fake.respond(self._read())
        if answer is None:
            self._cut()
            return
        content = answer.content()
        self.send_response(answer.status)
        # Without this a client that asked to close keeps the connection, and its next request meets a closed one.
        closing = {"connection": "close"} if self.close_connection else {}
        headers = {"content-type": "application/json; charset=utf-8", **closing, **answer.headers}
        for name, value in {**headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_PUT = do  # noqa: N815 - names given by the standard library

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, parts.path, query, headers, body, parse_qs(parts.query, keep_blank_values=True))

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # a client that timed out has closed it before us
            # Linger 0 makes close() send a reset instead of a polite end.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RDWR)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header by the platform's clock."""
        return super().date_time_string(self.fake.now() if timestamp is None else timestamp)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """The request log is ``FakeServer.requests``; standard error stays quiet."""


def _handler_for(fake: FakeServer) -> type[_Handler]:
    return type("Handler", (_Handler,), {"fake": fake})
