"""Who looks at which waiting reply, and who edits it: kept in memory, told to every open page, gone with its people.

A page says where it is, and again every some seconds. Nothing is written down, except on a database that several
servers share: there each server's part travels as a small event, so that all of them know everybody.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from core.clock import Clock
from core.store import Store, events

log = logging.getLogger(__name__)

KIND = "presence"
LASTS = 20.0  # seconds without a word after which a page is taken to be gone
EVERY = 0.5  # seconds between looks whether somebody came, went or began to type
AGAIN = 8.0  # seconds after which a server repeats its part to the others
PAGES = 12  # of one session: more than anybody has open

Person = dict[str, Any]  # draft, name, editing, since (RFC 3339)


@dataclass(frozen=True, slots=True)
class Where:
    """A page and what it shows; ``heard`` in seconds of any steady clock."""

    name: str
    draft: int
    editing: bool
    since: datetime
    heard: float


def encode(people: Iterable[Person]) -> str:
    """The whole board as a server-sent event. It has no id: a page that was away needs the newest only."""
    return f"event: {KIND}\ndata: {json.dumps({'people': list(people)})}\n\n"


class Presence:
    """The board of one server. Its methods are called from the event loop only."""

    def __init__(self, store: Store, clock: Clock, *, lasts: float = LASTS, shared: bool | None = None) -> None:
        """``shared``: whether other servers use the same database; None asks the database."""
        self._store, self._clock, self._lasts = store, clock, lasts
        self._shared = store.shared if shared is None else shared
        self._server = secrets.token_hex(8)
        self._here: dict[tuple[str, str], Where] = {}  # by session and page
        self._others: dict[str, tuple[float, list[Person]]] = {}  # by server: when it spoke, and its people
        self._told: list[Person] = []
        self._spoke = 0.0
        self._part: list[Person] = []

    def note(self, session: str, page: str, *, name: str, draft: int | None, editing: bool, now: float) -> None:
        """A page says what it shows; ``draft`` None: it shows no reply any more."""
        key = (session, page)
        old = self._here.pop(key, None)
        if draft is None:
            return
        same = old is not None and (old.draft, old.editing) == (draft, editing)
        since = old.since if old is not None and same else self._clock()
        mine = [each for each in self._here if each[0] == session]
        for extra in mine[: max(0, len(mine) - PAGES + 1)]:
            del self._here[extra]
        self._here[key] = Where(name, draft, editing, since, now)

    def hear(self, detail: Mapping[str, Any], now: float) -> None:
        """What another server says of its people."""
        server, people = detail.get("server"), detail.get("people")
        if isinstance(server, str) and isinstance(people, list) and server != self._server:
            self._others[server] = (now, people)

    def people(self, now: float) -> list[Person]:
        """Everybody, once for each reply they have open: editing counts more than looking."""
        self._others = {
            server: part for server, part in self._others.items() if now - part[0] < self._lasts + AGAIN and part[1]
        }
        return _merged([*self._mine(now), *(person for _, part in self._others.values() for person in part)])

    def _mine(self, now: float) -> list[Person]:
        self._here = {key: where for key, where in self._here.items() if now - where.heard < self._lasts}
        return _merged(
            {"draft": each.draft, "name": each.name, "editing": each.editing, "since": each.since.isoformat()}
            for each in self._here.values()
        )

    def board(self) -> str:
        """What a page that connects is told first; "" while nobody is here, which is what it takes for granted."""
        return encode(self._told) if self._told else ""

    async def keep(self, say: Callable[[str], None], stopping: asyncio.Event) -> None:
        """Until ``stopping``: tells the pages when the board changed, and other servers of this one's part."""
        while not stopping.is_set():
            now = asyncio.get_running_loop().time()
            people = self.people(now)
            if people != self._told:
                self._told = people
                say(encode(people))
            if self._shared:
                await self._share(now)
            try:
                await asyncio.wait_for(stopping.wait(), EVERY)
            except TimeoutError:
                continue

    async def _share(self, now: float) -> None:
        part = self._mine(now)
        if part == self._part and (not part or now - self._spoke < AGAIN):
            return
        try:
            await run_in_threadpool(self._write, part)
        except Exception as error:  # noqa: BLE001 - any fault of a driver: people work on without knowing of each other
            log.warning("other servers are not told who is here", extra={"problem": str(error)})
        self._part, self._spoke = part, now

    def _write(self, part: list[Person]) -> None:
        with self._store.begin() as db:
            events.tell(db, KIND, now=self._clock(), server=self._server, people=part)


def _merged(people: Iterable[Person]) -> list[Person]:
    found: dict[tuple[int, str], Person] = {}
    for person in people:
        key = (person["draft"], person["name"])
        held = found.get(key)
        if held is None or person["editing"] > held["editing"]:
            found[key] = person
    return [found[key] for key in sorted(found)]
