"""The real service as a process, and a person at it: over HTTP as a browser would, without one."""

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

AMENDS = Path(sys.executable).with_name("amends")


def wait_for(true: Callable[[], Any], seconds: float = 60, what: str = "it") -> Any:
    """Asks until the answer is truthy; returns it. Fails after ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.1)


class Service:
    """``amends run`` in a folder with a config.toml. Its log grows in ``log``."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.log = folder / "service.log"
        self._environ = dict(os.environ) | dict(environ or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self, *options: str) -> "Service":
        before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(AMENDS), "run", "--port", "0", *options],
                cwd=self.folder, env=self._environ, stderr=log, stdout=log, start_new_session=True,
            )  # fmt: skip

        def said() -> re.Match[str] | None:
            assert self.running, self.log.read_text()[before:]
            return re.search(r"on (http://\S+)", self.log.read_text(errors="replace")[before:])

        self.url = wait_for(said, 30, "the start")[1]
        return self

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def setup_path(self) -> str:
        """The newest one-time link, as a path."""
        return wait_for(lambda: re.findall(r"(/setup/[\w-]+)", self.log.read_text()), 10, "the set-up link")[-1]

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.kill()


class Person:
    """Somebody at the pages, with cookies and the page's token."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._http = httpx.Client(timeout=20, follow_redirects=True)
        self._csrf = ""

    def get(self, path: str) -> str:
        answer = self._http.get(self._service.url + path, headers={"accept": "text/html"})
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        found = re.search(r'name="csrf" (?:content|value)="([^"]+)"', answer.text)
        self._csrf = found[1] if found else self._csrf
        return answer.text

    def post(self, path: str, **body: Any) -> httpx.Response:
        headers = {"x-csrf-token": self._csrf, "origin": self._service.url}
        return self._http.post(self._service.url + path, json=body, headers=headers)

    def set_up(self, name: str = "Ana", password: str = "correct horse battery") -> "Person":
        path = self._service.setup_path()
        self.get(path)
        form = {"csrf": self._csrf, "name": name, "password": password}
        answer = self._http.post(self._service.url + path, data=form, headers={"origin": self._service.url})
        assert answer.status_code == 200, answer.text[:500]
        self.get("/queue")
        return self

    def waiting(self) -> list[int]:
        """The ids of the drafts on the first page of the queue."""
        return [int(number) for number in dict.fromkeys(re.findall(r'data-id="(\d+)"', self.get("/queue/list")))]

    def look_at(self, draft: int) -> tuple[int, str]:
        """Version and exact text of a draft, as its page holds them."""
        page = self.get(f"/queue/{draft}/pane")
        version = re.search(r'data-version="(\d+)"', page)
        text = re.search(r'data-text="([^"]*)"', page)
        assert version is not None
        assert text is not None
        return int(version[1]), json.loads(html.unescape(text[1]))

    def approve(self, draft: int) -> tuple[int, str]:
        """Looks and approves; returns the status of the answer and the text that was seen."""
        version, text = self.look_at(draft)
        return self.post(f"/queue/{draft}/approve", version=version, text=text).status_code, text


@contextmanager
def serving(folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[Service]:
    """A started service that is gone afterwards."""
    with Service(folder, environ) as service:
        yield service.start()
