"""A field for crashes: a database, both fake platforms over HTTP, processes that are killed, and the truth afterwards.

The truth is what the platforms accepted. It is held against the approvals in the database, byte for byte.
"""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from core.settings import Responder
from core.store import open_store
from core.store.deliveries import ApprovalRow, DeliveryRow
from responder import approval
from responder.approval import Actor, Route
from responder.publishers import Publisher
from tests.commands import FORKED
from tests.crash import worker
from tests.crash.worker import US, Place
from tests.factories import Database
from tests.fakes.reddit import FakeReddit
from tests.fakes.server import Answer, FakeServer, Request
from tests.fakes.texts import HARD_TEXTS
from tests.fakes.x import FakeX

ENDS = frozenset({"sent", "refused", "unknown"})
SHOWS_AFTER = 0.1  # seconds until the fakes show a post that was created
READ_LAG = 6.0  # seconds of the sped-up time: three times as long
POST_PATH = r"/2/tweets$|/api/comment"
# What can happen to a create. ``after``: it was carried out, and yet nobody hears of it.
FAULTS: dict[str, dict[str, Any]] = {
    "answer lost": {"kind": "reset", "after": True},
    "5xx though created": {"kind": "status", "status": 503, "after": True},
    "429": {"kind": "status", "status": 429},
    "reset before": {"kind": "reset"},
    "5xx before": {"kind": "status", "status": 500},
    "unreadable answer": {"kind": "garbage", "after": True},
}


class _Unhurried(FakeServer):
    """Takes a moment before and after a create: that is where a kill hurts most."""

    longest = 0.06
    arrived: threading.Event  # set when a create comes in

    def respond(self, request: Request) -> Answer | None:
        if request.method != "POST" or request.path.endswith("access_token"):
            return super().respond(request)
        self.arrived.set()
        time.sleep(random.uniform(0, self.longest))
        answer = super().respond(request)
        time.sleep(random.uniform(0, self.longest))
        return answer


class UnhurriedX(_Unhurried, FakeX):
    pass


class UnhurriedReddit(_Unhurried, FakeReddit):
    pass


@dataclass
class Verdict:
    """What the platforms' logs say against the approvals. Everything but ``posts`` and ``ends`` should be empty."""

    posts: int = 0
    unapproved: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)  # marked sent and not there, or refused and there
    broken: str = ""
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def violations(self) -> dict[str, Any]:
        names = ("unapproved", "changed", "twice", "lost", "untrue", "broken")
        return {name: found for name in names if (found := getattr(self, name))}


class Field:
    """Context manager. ``speed``: how fast the processes' time runs; see ``Place``."""

    def __init__(self, folder: Path, url: str, *, speed: float = 20.0, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.x, self.reddit = UnhurriedX(), UnhurriedReddit()
        self.faults = Counter[str]()
        self.kills = 0
        self._folder, self._url, self._speed = folder, url, speed
        self.arrived = self.x.arrived = self.reddit.arrived = threading.Event()
        # Every fault strikes each platform in its turn: what a draw leaves out is not tried.
        self._turns = itertools.cycle(itertools.product(FAULTS, (self.reddit, self.x)))
        self._open = ExitStack()
        self._processes: list[BaseProcess] = []
        self._publishers: dict[str, Publisher] = {}
        self._count = 0

    def __enter__(self) -> Self:
        for fake in (self.x, self.reddit):
            self._open.enter_context(fake)
            fake.read_lag = SHOWS_AFTER
        self.x.state.user(US, token="user-token")
        self.x.limits = dict.fromkeys(self.x.limits, 10**9)
        self.reddit.state.account(US, password="secret")
        self.reddit.limit = 10**9
        self._thread = self.reddit.state.submit("ann", "telecom", "No service", created_at=time.time() - 3600)
        log = str(self._folder / "broken.log")
        self.place = Place(self._url, self.x.url, self.reddit.url, time.time(), self._speed, READ_LAG, log)
        self.store = open_store(self._url)
        self._open.callback(self.store.close)
        self._open.callback(self.kill_all)
        self.rows = Database(self.store, self.place.clock)
        self._ana = Actor(self.rows.user(), "Ana", "approver")
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def approve(self, count: int, text: str = "") -> None:
        """Somebody writes to us, on both platforms in turn, and an answer to it is approved, without undo time.

        ``text`` "": a hard one of its own for each.
        """
        for _ in range(count):
            self._count += 1
            platform = ("x", "reddit")[self._count % 2]
            mention = self.rows.mention(platform=platform, author=f"c{self._count}", external_id=self._target(platform))
            words = text or f"{self._count}: {self.chance.choice(HARD_TEXTS)} {self.chance.randrange(10**9)}"
            draft = self.rows.draft(mention, text=words)
            approval.approve(
                self.store, draft_id=draft, version=1, text=words, actor=self._ana, clock=self.place.clock,
                route=lambda name: Route(publisher=name, account=US), responder=Responder(undo_seconds=0),
            )  # fmt: skip

    def _target(self, platform: str) -> str:
        now, words = time.time() - 1, f"@{US} u/{US} still nothing {self._count}"
        if platform == "x":
            with self.x.lock:
                return self.x.state.add(f"c{self._count}", words, created_at=now).id
        with self.reddit.lock:
            return self.reddit.state.comment(f"c{self._count}", self._thread, words, created_at=now).name

    def go_wrong(self, count: int) -> None:
        """So many of the next creates fail, each in another way."""
        for name, fake in itertools.islice(self._turns, count):
            soon = {"x-rate-limit-reset": str(int(time.time()) + 1), "x-ratelimit-reset": "1"}
            headers = {"headers": soon} if FAULTS[name]["kind"] == "status" else {}
            fake.fail(**FAULTS[name], **headers, method="POST", path=POST_PATH, skip=self.chance.randrange(2))
            self.faults[name] += 1

    def start(self, work: Callable[[Place], None]) -> BaseProcess:
        """A process that does this work until it is killed."""
        process = FORKED.Process(target=work, args=(self.place,), daemon=True)
        process.start()
        self._processes.append(process)
        return process

    def kill(self, process: BaseProcess) -> None:
        """As a power cut would: no handler runs."""
        process.kill()
        process.join(10)
        self._processes.remove(process)
        self.kills += 1

    def kill_all(self) -> None:
        for process in list(self._processes):
            self.kill(process)

    def send_here(self) -> None:
        """One pass in this process, for what needs no kill."""
        self._publishers = self._publishers or worker.publishers_of(self.place)
        worker.send_due(self.store, self._publishers, clock=self.place.clock)

    def left_open(self) -> list[str]:
        """Approved deliveries that have no end yet."""
        with self.store.read() as db:
            rows = db.scalars(select(DeliveryRow).where(DeliveryRow.status.not_in(ENDS)))
            return [f"{row.platform} {row.target_id}: {row.status}" for row in rows]

    def settle(self, seconds: float = 60) -> float:
        """Lets one process work undisturbed until everything has ended; returns how long it took."""
        process, start = self.start(worker.send), time.monotonic()
        while self.left_open() and time.monotonic() - start < seconds:
            time.sleep(0.05)
        took = time.monotonic() - start
        self.kill(process)
        return took

    def verdict(self) -> Verdict:
        """Holds what the platforms accepted against the approvals."""
        with self.store.read() as db:
            approvals = {(row.platform, row.target_id): row for row in db.scalars(select(ApprovalRow))}
            status = {(row.platform, row.target_id): row.status for row in db.scalars(select(DeliveryRow))}
        found = Verdict(lost=self.left_open(), ends=Counter(status.values()))
        seen = Counter[tuple[str, str]]()
        for platform, fake in (("x", self.x), ("reddit", self.reddit)):
            for post in fake.posts:
                seen[platform, post.target] += 1
                self._judge(found, platform, post, approvals.get((platform, post.target)))
        found.posts = sum(seen.values())
        found.twice = [f"{key}: {count} times" for key, count in seen.items() if count > 1]
        found.untrue = [f"{key}: {end}" for key, end in status.items() if _untrue(end, seen[key])]
        log = Path(self.place.log)
        found.broken = log.read_text() if log.exists() else ""
        return found

    def _judge(self, found: Verdict, platform: str, post: Any, approved: ApprovalRow | None) -> None:
        if approved is None or approved.revoked_at is not None or approved.account != post.account:
            found.unapproved.append(f"{platform} {post}")
        elif approved.text.encode() != post.text:
            found.changed.append(f"{platform} {post.text!r} instead of {approved.text!r}")


def _untrue(end: str, posts: int) -> bool:
    return (end == "sent" and posts == 0) or (end == "refused" and posts > 0)
