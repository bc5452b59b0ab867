"""A real app over a real SQLite database, and browsers-in-little that sign in to it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from core.store import Store
from tests import factories
from tests.dashboards.apps import create_app
from tests.factories import Clock, Database


class Browser(TestClient):
    """Keeps the page's token as a browser would."""

    csrf = ""

    def page(self, path: str) -> str:
        answer = self.get(path, headers={"Accept": "text/html"})
        found = re.search(r'name="csrf" (?:content|value)="([^"]*)"', answer.text)
        self.csrf = found[1] if found else self.csrf
        return answer.text

    def log_in(self, name: str, password: str = factories.PASSWORD) -> int:
        self.page("/login")
        found = re.search(r'name="csrf" value="([^"]*)"', self.page("/login"))
        token = found[1] if found else ""
        answer = self.post("/login", data={"csrf": token, "name": name, "password": password}, follow_redirects=False)
        self.page("/queue")
        return answer.status_code

    def decide(self, path: str, **body: object) -> "tuple[int, dict[str, object]]":
        answer = self.post(path, json=body, headers={"X-CSRF-Token": self.csrf})
        return answer.status_code, answer.json()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = factories.new_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def db(store: Store, clock: Clock) -> Database:
    return Database(store, clock)


@pytest.fixture
def app(store: Store, clock: Clock) -> FastAPI:
    return create_app(factories.deps(store, clock=clock))


@pytest.fixture
def browser(app: FastAPI) -> Callable[[], Browser]:
    """A browser nobody has signed in with; each call another one."""
    return lambda: Browser(app, base_url="http://testserver")


@pytest.fixture
def ana(db: Database, browser: Callable[[], Browser]) -> Browser:
    """An approver, signed in."""
    db.user("Ana", "approver")
    signed = browser()
    signed.log_in("Ana")
    return signed
