"""Live events over a real connection: what happens is told at once, and told again to who missed it."""

import asyncio
import itertools
import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from core.store import Store, events
from dashboards import auth
from dashboards.app import create_app
from dashboards.live import Live
from dashboards.pages import HERE
from tests import factories
from tests.factories import Clock, Database
from tests.webserver import serving


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    with serving(create_app(factories.deps(store))) as base:
        yield base


@pytest.fixture
def cookies(db: Database, store: Store) -> dict[str, str]:
    user = db.user("Vi", "viewer")
    return {
        "amends": auth.start_session(factories.deps(store), auth.Proved(user, 0), old_token=None, user_agent="test")
    }


def tell(db: Database, *ids: int) -> None:
    with db.store.begin() as session:
        for number in ids:
            events.tell(session, "draft", now=db.clock(), draft_id=number)


@contextmanager
def telling_on(db: Database, first: int) -> Iterator[None]:
    """Something new twice a second: on a busy machine it takes a while until somebody listens."""
    enough = threading.Event()

    def go_on() -> None:
        for number in itertools.count(first):
            tell(db, number)
            if enough.wait(0.5):
                return

    with ThreadPoolExecutor(1) as pool:
        telling = pool.submit(go_on)
        try:
            yield
        finally:
            enough.set()
        telling.result()


def heard(
    base: str, cookies: dict[str, str], count: int, *, last: str | None = None, path: str = "/events"
) -> list[tuple[str, str, Any]]:
    """The next ``count`` events as (id, kind, detail)."""
    found: list[tuple[str, str, Any]] = []
    headers = {"Last-Event-ID": last} if last is not None else {}
    with httpx.stream("GET", base + path, cookies=cookies, headers=headers, timeout=5) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        now: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            now[name] = value
            if not line:
                if "data" in now:
                    found.append((now["id"], now["event"], json.loads(now["data"])))
                if len(found) == count:
                    break
                now = {}
    return found


def test_a_stranger_hears_nothing(address: str) -> None:
    assert httpx.get(address + "/events", headers={"Accept": "text/event-stream"}).status_code == 401


def test_what_was_missed_is_replayed_from_the_last_id(address: str, cookies: dict[str, str], db: Database) -> None:
    tell(db, 11, 12, 13)
    first = heard(address, cookies, 3, last="0")
    assert [detail["draft_id"] for _, _, detail in first] == [11, 12, 13]
    assert heard(address, cookies, 1, last=first[1][0])[0][2] == {"draft_id": 13}
    assert heard(address, cookies, 1, path=f"/events?last={first[1][0]}")[0][2] == {"draft_id": 13}


@pytest.mark.parametrize("last", ["", "x", "-1", "9" * 30, "\u0663"])
def test_a_last_id_that_makes_no_sense_means_from_now_on(
    address: str, cookies: dict[str, str], db: Database, last: str
) -> None:
    tell(db, 1)
    time.sleep(0.7)
    with telling_on(db, 2):
        [(_, _, detail)] = heard(address, cookies, 1, path=f"/events?last={last}")
    assert detail["draft_id"] >= 2


def test_twenty_listeners_all_hear(address: str, cookies: dict[str, str], db: Database) -> None:
    with telling_on(db, 7), ThreadPoolExecutor(20) as pool:
        listening = [pool.submit(heard, address, cookies, 1) for _ in range(20)]
        assert all(one.result()[0][2]["draft_id"] >= 7 for one in listening)


def test_too_much_missed_means_start_over(address: str, cookies: dict[str, str], db: Database) -> None:
    tell(db, *range(700))
    time.sleep(0.7)
    assert heard(address, cookies, 1, last="0")[0][1] == "reload"


def test_a_page_that_slept_longer_than_events_last_starts_over(
    address: str, cookies: dict[str, str], db: Database, clock: Clock
) -> None:
    tell(db, *range(5))
    clock.forward(hours=2)
    with db.store.begin() as session:
        events.sweep(session, clock())
    tell(db, 7)
    assert heard(address, cookies, 1, last="4")[0][2] == {
        "draft_id": 4
    }  # the newest stays, and then nothing is missing
    assert heard(address, cookies, 1, last="2")[0][1] == "reload"


def test_what_a_page_redraws_on_is_listened_for() -> None:
    wanted = {kind for file in (HERE / "templates").glob("*.html") for kind in _redrawn_on(file.read_text())}
    assert "switch" in wanted
    for name in ("live.js", "live_worker.js"):
        [listed] = re.findall(r"\[([^]]*\"reload\")]", (HERE / "static/js" / name).read_text())
        assert wanted <= set(re.findall(r'"(\w+)"', listed)), name


def _redrawn_on(template: str) -> list[str]:
    return [kind for kinds in re.findall(r'data-parts-on="([^"]*)"', template) for kind in kinds.split()]


def test_open_streams_end_with_the_server(store: Store, cookies: dict[str, str]) -> None:
    app = create_app(factories.deps(store))
    with serving(app) as base:
        thread = threading.Thread(target=lambda: _until_the_end(base, cookies))
        thread.start()
        time.sleep(0.5)
        started = time.monotonic()
        app.state.stopping.set()
        thread.join(5)
        assert not thread.is_alive()
    assert time.monotonic() - started < 3


def _until_the_end(base: str, cookies: dict[str, str]) -> None:
    with httpx.stream("GET", base + "/events", cookies=cookies, timeout=10) as answer:
        for _ in answer.iter_bytes():
            pass


def test_a_page_still_hears_after_a_quiet_hour(
    address: str, cookies: dict[str, str], db: Database, clock: Clock
) -> None:
    tell(db, *range(100))
    time.sleep(0.7)
    clock.forward(hours=2)
    with db.store.begin() as session:
        events.sweep(session, clock())
    with telling_on(db, 1000):
        assert heard(address, cookies, 1)[0][2]["draft_id"] >= 1000


def test_a_busy_stream_ends_soon_after_its_session(store: Store, db: Database) -> None:
    async def listen() -> tuple[int, int]:
        stopping = asyncio.Event()
        live = Live(store, stopping, heartbeat=0.5)
        reader = asyncio.create_task(live.run())
        busy = asyncio.create_task(chatter())
        told = [piece async for piece in live.stream(None, lambda: False)]
        still = live.streams
        stopping.set()
        busy.cancel()
        await asyncio.gather(reader, busy, return_exceptions=True)
        return len(told), still

    async def chatter() -> None:
        for number in range(1000):
            await asyncio.to_thread(tell, db, number)
            await asyncio.sleep(0.05)

    told, still = asyncio.run(asyncio.wait_for(listen(), 10))
    assert told < 40
    assert still == 0


def test_a_database_that_is_away_at_the_start_does_not_make_the_pages_deaf(store: Store, db: Database) -> None:
    def rename(old: str, new: str) -> None:
        with store.begin() as session:
            session.connection().exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    async def listen() -> str:
        stopping = asyncio.Event()
        live = Live(store, stopping)
        rename("events", "away")
        reader = asyncio.create_task(live.run())
        stream = live.stream(None, lambda: True)
        await anext(stream)
        await asyncio.sleep(0.7)
        assert not reader.done()
        rename("away", "events")
        await asyncio.sleep(3.0)
        await asyncio.to_thread(tell, db, 5)
        told = await asyncio.wait_for(anext(stream), 5)
        await stream.aclose()
        stopping.set()
        await reader
        return told

    assert '"draft_id": 5' in asyncio.run(listen())
