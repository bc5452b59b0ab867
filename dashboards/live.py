"""What changes, told to the open pages as it happens: server-sent events, replayed from the last one a page saw."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from core.store import Store, events
from core.store.events import EventRow
from dashboards import presence
from dashboards.presence import Presence

log = logging.getLogger(__name__)

EVERY = 0.15  # seconds between looks at the table
HEARTBEAT = 15.0  # seconds between looks whether the session still stands; keeps proxies from closing a quiet stream
BEHIND = 1000  # events a slow browser may owe before it is cut off; it reconnects and has them replayed
REPLAYED = 500  # more than this missed, or some of it forgotten: the page is told to start over


def encode(row: EventRow) -> str:
    """One event in the text/event-stream format of the HTML standard."""
    return f"id: {row.id}\nevent: {row.kind}\ndata: {json.dumps(row.detail)}\n\n"


@dataclass(frozen=True, slots=True)
class Said:
    """One event as every stream says it: encoded once, however many listen. ``id`` 0: never replayed."""

    text: str
    id: int = 0


class Live:
    """One reader of the events table per process, fanned out to every open stream."""

    def __init__(
        self, store: Store, stopping: asyncio.Event, *, heartbeat: float = HEARTBEAT, presence: Presence | None = None
    ) -> None:
        self._store = store
        self._stopping = stopping
        self._heartbeat = heartbeat
        self._presence = presence
        self._queues: set[asyncio.Queue[Said]] = set()
        self._last: int | None = None  # None: the table was not seen yet
        self.lag = 0.0

    @property
    def streams(self) -> int:
        return len(self._queues)

    async def run(self) -> None:
        """Until ``stopping``: looks for new events and hands them on. A failing database does not end it."""
        while not self._stopping.is_set():
            try:
                await self._look()
                await self._pause_measured()
            except Exception as error:  # noqa: BLE001 - any fault of a driver; the pages must not go deaf for good
                log.warning("events cannot be read", extra={"problem": str(error)})
                await self._pause(2.0)

    async def _look(self) -> None:
        if self._last is None:
            self._last = await run_in_threadpool(self._newest)
        else:
            self._hand_on(await run_in_threadpool(self._since, self._last))

    async def _pause_measured(self) -> None:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await self._pause(EVERY)
        self.lag = max(0.0, loop.time() - before - EVERY)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def _newest(self) -> int:
        with self._store.read() as db:
            return events.newest_id(db)

    def _since(self, last: int) -> list[EventRow]:
        with self._store.read() as db:
            return list(events.since(db, last, limit=REPLAYED))

    def _missed(self, last: int) -> tuple[list[EventRow], bool]:
        """What a page that comes back is told, and whether that is all: a page may sleep longer than events last."""
        with self._store.read() as db:
            told = events.since(db, last, limit=REPLAYED + 1, but=presence.KIND)
            return list(told), not events.missing_after(db, last)

    def _hand_on(self, rows: list[EventRow]) -> None:
        for row in rows:
            self._last = row.id
            if row.kind != presence.KIND:
                self._say(Said(encode(row), row.id))
            elif self._presence is not None:
                self._presence.hear(row.detail, asyncio.get_running_loop().time())

    def say(self, text: str) -> None:
        """Tells every open stream a text as it stands; who misses it is not told again."""
        self._say(Said(text))

    def _say(self, what: Said) -> None:
        for queue in list(self._queues):
            if queue.full():
                self._queues.discard(queue)
            else:
                queue.put_nowait(what)

    async def stream(self, last_id: int | None, allowed: Callable[[], bool]) -> AsyncIterator[str]:
        """Everything after ``last_id`` (None: from now on), until the page goes, the session ends or we stop."""
        queue: asyncio.Queue[Said] = asyncio.Queue(BEHIND)
        self._queues.add(queue)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            yield "retry: 2000\n\n"
            if self._presence is not None and (board := self._presence.board()):
                yield board
            sent: set[int] = set()
            if last_id is not None:
                missed, whole = await run_in_threadpool(self._missed, last_id)
                if not whole or len(missed) > REPLAYED:
                    missed = []
                    yield f"id: {self._last or 0}\nevent: reload\ndata: {{}}\n\n"
                for old in missed:
                    sent.add(old.id)
                    yield encode(old)
            loop = asyncio.get_running_loop()
            due = loop.time() + self._heartbeat  # by the clock, not by silence: a busy stream is asked about too
            while queue in self._queues and not self._stopping.is_set():
                first = await _next(queue, stop, due - loop.time())
                if loop.time() >= due:
                    if self._stopping.is_set() or not await run_in_threadpool(allowed):
                        break
                    due = loop.time() + self._heartbeat
                    yield ": still here\n\n"
                # Together, as one look found them: in a rush each would cost every open stream a turn of its own.
                found = [] if first is None else [first, *(queue.get_nowait() for _ in range(queue.qsize()))]
                if told := "".join(each.text for each in found if each.id not in sent):
                    yield told
        finally:
            stop.cancel()
            self._queues.discard(queue)


async def _next(queue: asyncio.Queue[Said], stop: asyncio.Future[Any], seconds: float) -> Said | None:
    """The next event, or None after ``seconds`` or when we stop."""
    get = asyncio.ensure_future(queue.get())
    try:
        await asyncio.wait({get, stop}, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
        return get.result() if get.done() else None
    finally:
        get.cancel()
