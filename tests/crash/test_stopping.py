"""SIGTERM in the middle of each kind of work: the service ends in time and in order, and the next start goes on."""

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.clock import now
from core.settings import Responder
from core.store import Store, open_store
from core.store.drafts import DraftRow
from core.store.users import UserRow
from responder import approval
from responder.approval import Actor, Route
from tests.fakes.server import Fault
from tests.fakes.x import FakeX
from tests.service import Service, wait_for

PATIENCE = 12.0  # seconds from SIGTERM to the end: container platforms kill after ten to thirty
POSTS = 240  # three pages
CONFIG = """
[brand]
name = "Northwind Mobile"
handles = ["@northwind"]
[schedule]
score_seconds = 0.5
draft_seconds = 0.5
send_seconds = 0.5
[responder]
undo_seconds = 0
[sources.x]
kind = "x"
query = "northwind"
poll_seconds = 1
base_url = "{url}"
[publishers.x]
kind = "x"
account = "northwind"
read_lag_seconds = 1
base_url = "{url}"
"""
KEYS = ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
SECRETS = {f"AMENDS_PUBLISHERS_X_{key}": "user-token" for key in KEYS} | {"AMENDS_SOURCES_X_BEARER_TOKEN": "app"}


def seed(x: FakeX) -> None:
    x.state.user("northwind", token="user-token")
    for number in range(POSTS):
        words = f"@northwind no signal at all since {number} minutes, when will it be fixed? I cannot work"
        x.state.add(f"c{number}", words, created_at=time.time() - 60 - number)


def stop(service: Service) -> None:
    """Ends the service; in time, and with the status of an orderly end."""
    start = time.monotonic()
    assert service.stop(PATIENCE + 8) == 0
    assert time.monotonic() - start < PATIENCE


def count(service: Service, sql: str) -> int:
    with sqlite3.connect(f"file:{service.folder}/var/amends.db?mode=ro", uri=True, timeout=20) as db:
        return int(db.execute(sql).fetchone()[0])


def counted(service: Service, sql: str, least: int = 1) -> Any:
    try:
        return count(service, sql) >= least
    except sqlite3.OperationalError:
        return False  # not made yet


def approve_one(store: Store) -> str:
    """Somebody approves the first draft that the gate lets pass; returns its text."""
    values = {"name": "Ana", "role": "approver", "password_hash": "none", "disabled_at": None}
    with store.begin() as db:
        user = UserRow(**values, created_at=now())
        db.add(user)
        db.flush()
        draft = next(iter(db.scalars(select(DraftRow).where(DraftRow.status == "waiting", DraftRow.passed).limit(1))))
    approval.approve(
        store, draft_id=draft.id, version=draft.version, text=draft.text, actor=Actor(user.id, "Ana", "approver"),
        route=lambda _: Route("x", "northwind"), responder=Responder(undo_seconds=0), clock=now,
    )  # fmt: skip
    return draft.text


def hang(x: FakeX, method: str, **options: Any) -> Fault:
    """The next such request gets no answer for three seconds, and then none at all."""
    return x.fail("hang", method=method, seconds=3, after=True, **options)


@pytest.mark.timeout(240)
def test_the_service_stops_in_the_middle_of_anything_and_goes_on(tmp_path: Path) -> None:
    with FakeX() as x, Service(tmp_path, SECRETS) as service:
        seed(x)
        (tmp_path / "config.toml").write_text(CONFIG.format(url=x.url))

        held = hang(x, "GET", path="search", skip=2)
        service.start()
        wait_for(lambda: held.times == 0, 40, "the third page")
        stop(service)  # in mid-poll: two pages are kept, the third is on its way
        assert count(service, "SELECT count(*) FROM mentions") == 200

        service.start()
        wait_for(lambda: counted(service, "SELECT count(*) FROM readings"), 60, "a first reading")
        stop(service)  # in mid-score: a batch is kept with its counts, or not at all
        read = count(service, "SELECT count(*) FROM readings")
        assert read == count(service, "SELECT sum(volume) FROM rollups")

        service.start()
        wait_for(lambda: counted(service, "SELECT count(*) FROM drafts"), 60, "a first draft")
        stop(service)  # in mid-draft
        drafted = count(service, "SELECT count(*) FROM mentions WHERE status = 'drafted'")
        assert drafted == count(service, "SELECT count(*) FROM drafts")

        service.start()
        done = "SELECT count(*) FROM mentions WHERE status IN ('drafted', 'watched')"
        wait_for(lambda: counted(service, done, POSTS), 90, "the rest")
        held = hang(x, "POST", path="tweets")
        text = approve_one(open_store(f"sqlite:///{tmp_path}/var/amends.db"))
        wait_for(lambda: held.times == 0, 20, "the reply on its way")
        stop(service)  # in mid-send: it was posted, and the answer is not there
        assert count(service, "SELECT count(*) FROM deliveries WHERE status = 'sending'") == 1

        service.start()
        wait_for(lambda: counted(service, "SELECT count(*) FROM deliveries WHERE status = 'sent'"), 70, "the end")
        stop(service)
        assert [post.text for post in x.posts] == [text.encode()]
        assert count(service, "SELECT count(*) FROM mentions") == POSTS
        assert count(service, "SELECT count(*) FROM readings") == POSTS
        assert count(service, "SELECT sum(volume) FROM rollups") == POSTS
        assert count(service, "SELECT sum(contacts) FROM cases") == POSTS
