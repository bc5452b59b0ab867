"""The queue of a very bad day on the running service: long, and twenty people deciding at once.

``python -m tests.bench.rush --mentions 10000 --waiting 5000 --seconds 10`` measures it alone, and smaller.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from amends.bootstrap import App, build
from core.store import audit
from core.store.waiting import View
from tests.bench.crowd import Person, fill, reply
from tests.bench.measure import Figure, seconds
from tests.service import Service, wait_for

PEOPLE, LISTENERS = 20, 20
EACH_SECOND = 2.0  # decisions of one person
SAMPLES = 40  # of one page
SHOWN = 15  # approvals whose way to the listeners is timed
CONFIG = """
[brand]
name = "Northwind Mobile"
handles = ["@northwind"]

[store]
url = "sqlite:///{folder}/amends.db"

[publishers.console]
kind = "console"
platforms = ["x", "reddit", "bluesky", "mastodon"]
path = "{folder}/sent.jsonl"
"""


def measure(folder: Path, *, mentions: int = 100_000, waiting: int = 50_000, seconds_long: float = 30) -> list[Figure]:
    (folder / "config.toml").write_text(CONFIG.format(folder=folder))
    app = build(folder / "config.toml")
    people: list[Person] = []
    filling = seconds(lambda: people.extend(fill(app, mentions=mentions, waiting=waiting, people=PEOPLE)))
    print(f"{mentions} mentions and {waiting} waiting drafts made in {filling:.0f} s", file=sys.stderr, flush=True)
    with Service(folder) as service:
        service.start()
        wait_for(lambda: httpx.get(f"{service.url}/readyz").status_code == 200, 120, "readiness")
        day = Day(app, service, people, waiting)
        figures = asyncio.run(day.measure(seconds_long))
        service.stop()
    return [Figure(f"{each.name}, {waiting} waiting", each.value) for each in figures]


@dataclass
class Heard:
    """What the listeners were told: draft → when each of them was, by the clock of the loop."""

    times: dict[int, list[float]] = field(default_factory=dict)

    def note(self, draft: int, at: float) -> None:
        self.times.setdefault(draft, []).append(at)


class Day:
    """What is done to one service. Drafts are decided on once each, from the newest on."""

    def __init__(self, app: App, service: Service, people: list[Person], waiting: int) -> None:
        self.app, self.url, self.people = app, service.url, people
        self.process = service.process.pid
        self.left = iter(range(waiting, 0, -1))
        self.heard = Heard()
        self.approved: list[int] = []
        self.began: dict[int, float] = {}  # draft → when its approval was asked for
        self.faults: list[str] = []

    async def measure(self, seconds_long: float) -> list[Figure]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=self.url, timeout=60, limits=limits) as client:
            figures = [await self._page(client, "/queue")]
            paths = [f"/queue/list?view={view.value}" for view in View]
            figures += [await self._page(client, path) for path in (*paths, "/queue/list?q=ontario", "/queue/7/pane")]
            async with self._listening(client):
                figures += await self._shown(client)
                figures += await self._rush(client, seconds_long)
        return [*figures, *self._kept()]

    def _as(self, person: Person) -> dict[str, str]:
        return {"cookie": f"amends={person.cookie}", "x-csrf-token": person.csrf, "origin": self.url}

    async def _page(self, client: httpx.AsyncClient, path: str) -> Figure:
        took, used = [], 0.0
        for turn in range(SAMPLES + 5):
            if turn == 5:
                used = _processor_seconds(self.process)
            start = time.perf_counter()
            answer = await client.get(path, headers=self._as(self.people[0]) | {"accept": "text/html"})
            took.append(1000 * (time.perf_counter() - start))
            answer.raise_for_status()
        used = 1000 * (_processor_seconds(self.process) - used) / SAMPLES
        return Figure(f"{path}, p50 / p95 (processor time of the service)", f"{_both(took[5:])} ({used:.0f})")

    @asynccontextmanager
    async def _listening(self, client: httpx.AsyncClient) -> AsyncIterator[None]:
        """Twenty open pages."""
        streams = [asyncio.create_task(self._listen(client, person)) for person in self.people[:LISTENERS]]
        await asyncio.sleep(1)
        try:
            yield
        finally:
            for stream in streams:
                stream.cancel()
            for ended in await asyncio.gather(*streams, return_exceptions=True):
                if isinstance(ended, Exception):
                    self.faults.append(f"a stream: {ended!r}")

    async def _listen(self, client: httpx.AsyncClient, person: Person) -> None:
        async with client.stream("GET", "/events", headers=self._as(person), timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:") and '"draft.approved"' in line:
                    self.heard.note(json.loads(line[5:])["draft_id"], time.perf_counter())

    async def _approve(self, client: httpx.AsyncClient, person: Person, draft: int) -> None:
        body = {"version": 1, "text": reply(draft)}
        try:
            answer = await client.post(f"/queue/{draft}/approve", json=body, headers=self._as(person))
        except httpx.HTTPError as error:
            self.faults.append(repr(error))
            return
        if answer.status_code == 200:
            self.approved.append(draft)
        else:
            self.faults.append(f"{answer.status_code} {answer.text[:200]}")

    async def _shown(self, client: httpx.AsyncClient) -> list[Figure]:
        delays = []
        for number in range(SHOWN):
            draft, start = next(self.left), time.perf_counter()
            await self._approve(client, self.people[number % PEOPLE], draft)
            await asyncio.sleep(1.2)
            told = self.heard.times.get(draft, [])
            delays += [1000 * (at - start) for at in told] + [float("inf")] * (LISTENERS - len(told))
        return [Figure(f"an approval seen by {LISTENERS} open pages, p50 / p95", _both(delays))]

    async def _rush(self, client: httpx.AsyncClient, seconds_long: float) -> list[Figure]:
        took: list[float] = []
        start = time.perf_counter()
        before = len(self.approved)
        await asyncio.gather(*(self._work(client, each, start, seconds_long, took) for each in range(PEOPLE)))
        lasted = time.perf_counter() - start
        done = len(self.approved) - before
        words = f"{PEOPLE} people deciding {EACH_SECOND:g} a second each for {seconds_long:g} s"
        delays = [1000 * (at - began) for draft, began in self.began.items() for at in self.heard.times.get(draft, [])]
        return [
            Figure(f"{words}: decisions a second", f"{done / lasted:.1f}"),
            Figure("  pane loaded and approved (both on disk and answered), p50 / p95", _both(took)),
            Figure(f"  each seen by {LISTENERS} open pages, p50 / p95", _both(delays)),
            Figure("  errors", str(len(self.faults))),
        ]

    async def _work(self, client: httpx.AsyncClient, number: int, start: float, long: float, took: list[float]) -> None:
        """One person: a draft every half second, or as soon as the one before is done."""
        person = self.people[number]
        for turn in range(int(long * EACH_SECOND)):
            due = start + (turn + number / PEOPLE) / EACH_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            draft, began = next(self.left), time.perf_counter()
            seen = await client.get(f"/queue/{draft}/pane", headers=self._as(person))
            if seen.status_code != 200:
                self.faults.append(f"pane {seen.status_code}")
            self.began[draft] = time.perf_counter()
            await self._approve(client, person, draft)
            took.append(1000 * (time.perf_counter() - began))

    def _kept(self) -> list[Figure]:
        """Each decision stands in the audit exactly once."""
        with self.app.store.read() as db:
            found = Counter(row.subject for row in audit.walk(db, audit.Wanted(action="draft.approved")))
        wanted = Counter(f"draft:{draft}" for draft in self.approved)
        lost, twice = len(wanted - found), len(found - wanted)
        for fault in Counter(self.faults).most_common(5):
            print(f"  {fault[1]} x {fault[0]}", file=sys.stderr)
        return [
            Figure(
                f"  of {len(wanted)} decisions: not in the audit / there without an answer or twice",
                f"{lost} / {twice}",
            )
        ]


def _processor_seconds(process: int) -> float:
    """What a process has used so far, all its threads together: does not grow while it waits for a busy machine."""
    spent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def _both(took: list[float]) -> str:
    found = sorted(took) or [float("nan")]
    return f"{found[len(found) // 2]:.0f} / {found[int(len(found) * 0.95)]:.0f} ms"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mentions", type=int, default=100_000)
    asked.add_argument("--waiting", type=int, default=50_000)
    asked.add_argument("--seconds", type=float, default=30)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for figure in measure(Path(place), mentions=given.mentions, waiting=given.waiting, seconds_long=given.seconds):
            print(f"{figure.name:<90} {figure.value:>14}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
