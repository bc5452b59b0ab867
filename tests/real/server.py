"""What the real servers have in common: a server of this machine, and before it something that lets answers go missing.

Clients' requests are handed on as they are and the answers given back, with the headers that matter, unless a fault
strikes. What tests themselves do goes straight to the server.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
import requests

from tests.fakes.server import Answer, FakeServer, Request

PATIENCE = 60  # seconds until the server must show what is written
HANDED_BACK = ("content-type", "retry-after")


class RealServer(FakeServer):
    """``creates``: a regular expression for the paths that posts are made at; ``arrived`` is set when one comes in."""

    creates: str
    handed_on: tuple[str, ...] = ("authorization", "content-type")
    handed_back: tuple[str, ...] = HANDED_BACK

    def __init__(self, address: str) -> None:
        super().__init__()
        self.arrived = threading.Event()
        self._address = address.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = False

    def respond(self, request: Request) -> Answer | None:
        """Says that a create has come in, so that a kill can hurt."""
        if self.makes_a_post(request):
            self.arrived.set()
        return super().respond(request)

    def makes_a_post(self, request: Request) -> bool:
        return request.method == "POST" and request.path.endswith(self.creates)

    def answer(self, request: Request) -> Answer:
        headers = {name: request.headers[name] for name in self.handed_on if name in request.headers}
        query = f"?{urlencode(request.lists, doseq=True)}" if request.lists else ""
        answer = self._http.request(
            request.method, self._address + request.path + query, headers=headers | self.added(), data=request.body,
            timeout=PATIENCE,
        )  # fmt: skip
        back = {name.lower(): value for name, value in answer.headers.items() if self._goes_back(name.lower())}
        return Answer(answer.status_code, answer.content, back)

    def added(self) -> dict[str, str]:
        """Headers that every request gets on its way."""
        return {}

    def _goes_back(self, name: str) -> bool:
        return name in self.handed_back or "ratelimit" in name


def setting_or_skip(variable: str, what: str) -> str:
    found = os.environ.get(variable, "")
    if not found:
        pytest.skip(f"no {what} here: set {variable} (docs/reliability.md)")
    return found


def until(look: Callable[[], Any], otherwise: str, seconds: float = PATIENCE) -> Any:
    """What ``look`` gives as soon as it gives something; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            _fail(f"{otherwise} after {seconds} s")
        time.sleep(0.2)
    return found


def _fail(why: str) -> NoReturn:
    raise AssertionError(why)
