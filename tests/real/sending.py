"""Sending to a real server by processes that are killed: what the server then holds, against what was approved."""

import itertools
import random
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr
from sqlalchemy import select

from core.accounts import BlueskyPublisher as BlueskySettings
from core.accounts import MastodonPublisher as MastodonSettings
from core.settings import Responder
from core.store import open_store
from core.store.deliveries import ApprovalRow, DeliveryRow
from responder import approval
from responder.approval import Actor, Route
from responder.publishers import Publisher
from responder.publishers.bluesky import BlueskyPublisher
from responder.publishers.mastodon import MastodonPublisher
from responder.sending import send_due
from tests.commands import FORKED, IMPORTED
from tests.crash.field import ENDS, FAULTS
from tests.factories import Database
from tests.fakes.texts import HARD_TEXTS
from tests.real.bluesky import RealBluesky
from tests.real.mastodon import RealMastodon
from tests.real.server import RealServer

READ_LAG = 6.0  # seconds of the sped-up time
SPEED = 20.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a process works, as what account. Its time runs ``SPEED`` times as fast as ours since ``epoch``."""

    store: str
    section: dict[str, Any]
    epoch: float

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.epoch + (time.time() - self.epoch) * SPEED, UTC)


def send(place: Place) -> None:
    """Sends what is due, for ever."""
    publishers = {place.section["kind"]: _publisher(place.section)}
    store = open_store(place.store)
    while True:
        send_due(store, publishers, clock=place.clock)
        time.sleep(0.05)


def _publisher(section: dict[str, Any]) -> Publisher:
    if section["kind"] == "mastodon":
        return MastodonPublisher("mastodon", MastodonSettings.model_validate(section))
    return BlueskyPublisher("bluesky", BlueskySettings.model_validate(section))


class RealField:
    """Context manager: a database, an account of ours, customers' posts to answer, processes to kill."""

    modules: str  # loaded once, before the first process

    def __init__(self, folder: Path, url: str, server: RealServer, *, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self._server = server
        self.faults = Counter[str]()
        self.kills = 0
        self._folder, self._url = folder, url
        self._turns = itertools.cycle(FAULTS)
        self._count = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        # Says nothing when the server of processes runs already.
        FORKED.set_forkserver_preload([*IMPORTED.split(), self.modules, __name__])
        self._open.enter_context(self._server)
        section = self.join() | {"base_url": self._server.url, "read_lag_seconds": READ_LAG}
        self.place = Place(self._url, section, time.time())
        self.store = open_store(self._url)
        self._open.callback(self.store.close)
        self.rows = Database(self.store, self.place.clock)
        self._ana = Actor(self.rows.user(), "Ana", "approver")
        return self

    def join(self) -> dict[str, Any]:
        """Signs us and a customer up; gives the section of a publisher as us."""
        raise NotImplementedError

    def ask(self, number: int) -> str:
        """The customer writes to us; gives the post's id as soon as it can be answered."""
        raise NotImplementedError

    def held(self) -> list[tuple[str, str]]:
        """Every reply that the server holds in our name: the id of what it answers, and its text."""
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def approve(self, count: int) -> None:
        """The customer asks, and an answer to it is approved, without undo time; each has a hard text of its own."""
        for _ in range(count):
            self._count += 1
            words = f"{self._count}: {self.chance.choice(HARD_TEXTS)} {self.chance.randrange(10**9)}"
            self._approve(self.ask(self._count), words)

    def _approve(self, asked: str, words: str) -> None:
        platform, account = self.place.section["kind"], self.place.section["account"]
        mention = self.rows.mention(platform=platform, author=f"c{self._count}", external_id=asked)
        draft = self.rows.draft(mention, text=words)
        approval.approve(
            self.store, draft_id=draft, version=1, text=words, actor=self._ana, clock=self.place.clock,
            route=lambda _name: Route(publisher=platform, account=account), responder=Responder(undo_seconds=0),
        )  # fmt: skip

    def go_wrong(self) -> None:
        """One of the next creates fails, each time in another way."""
        name = next(self._turns)
        soon = {"ratelimit-reset": str(int(time.time()) + 1), "ratelimit-remaining": "0"}
        headers = {"headers": soon} if FAULTS[name].get("status") == 429 else {}
        self._server.fail(
            **FAULTS[name], **headers, method="POST", path=self._server.creates + "$", skip=self.chance.randrange(2)
        )
        self.faults[name] += 1

    def kill_one(self) -> None:
        """A process starts to send and is killed: every other one while a create is on its way."""
        self._server.arrived.clear()
        process = self._start()
        if self.kills % 2:
            self._server.arrived.wait(20)
            process.join(self.chance.uniform(0, 0.2))
        else:
            process.join(self.chance.uniform(0.1, 1.5))
        self._kill(process)
        self.kills += 1

    def _start(self) -> BaseProcess:
        process = FORKED.Process(target=send, args=(self.place,), daemon=True)
        process.start()
        return process

    def _kill(self, process: BaseProcess) -> None:
        assert process.exitcode is None, "the process ended by itself"
        process.kill()
        process.join(10)

    def settle(self, seconds: float) -> None:
        """Lets one process work undisturbed until everything has ended."""
        process, start = self._start(), time.monotonic()
        while self._left_open() and time.monotonic() - start < seconds:
            time.sleep(0.2)
        self._kill(process)

    def _left_open(self) -> list[str]:
        return [f"{target}: {end}" for target, end in self.ends().items() if end not in ENDS]

    def ends(self) -> dict[str, str]:
        with self.store.read() as db:
            return {row.target_id: row.status for row in db.scalars(select(DeliveryRow))}

    def violations(self) -> dict[str, object]:
        """What the real server holds in our name against the approvals; empty when all is as it should be."""
        with self.store.read() as db:
            approved = {row.target_id: row.text for row in db.scalars(select(ApprovalRow))}
        held = self.held()
        targets = Counter(target for target, _ in held)
        ends = self.ends()
        wrong: dict[str, object] = {
            "changed or unapproved": [(target, text) for target, text in held if approved.get(target) != text],
            "twice": [target for target, count in targets.items() if count > 1],
            "lost": self._left_open(),
            "untrue": [f"{one}: {end}" for one, end in ends.items() if end == ("refused" if targets[one] else "sent")],
        }
        return {name: found for name, found in wrong.items() if found}


class BlueskyField(RealField):
    """``address``: of a personal data server."""

    modules = "atproto_client.models"

    def __init__(self, folder: Path, url: str, address: str, *, seed: int = 1) -> None:
        self.server = RealBluesky(address)
        super().__init__(folder, url, self.server, seed=seed)

    def join(self) -> dict[str, Any]:
        self.us, self.ann = self.server.join("northwind"), self.server.join("ann")
        password = SecretStr(self.server.app_password(self.us))
        return {
            "kind": "bluesky", "account": self.us.handle, "session_dir": str(self._folder), "app_password": password,
        }  # fmt: skip

    def ask(self, number: int) -> str:
        asked = self.server.say(self.ann, f"@{self.us.handle} help {number}", names=(self.us,))
        return self.server.shown(self.us, asked).uri

    def held(self) -> list[tuple[str, str]]:
        records = [one["value"] for one in self.server.kept(self.us)]
        return [(record["reply"]["parent"]["uri"], record["text"]) for record in records]


class MastodonField(RealField):
    """``address``: of a server that speaks Mastodon's API."""

    modules = "mastodon"

    def __init__(self, folder: Path, url: str, address: str, *, seed: int = 1) -> None:
        self.server = RealMastodon(address)
        super().__init__(folder, url, self.server, seed=seed)

    def join(self) -> dict[str, Any]:
        self.us, self.ann = self.server.join("northwind"), self.server.join("ann")
        return {"kind": "mastodon", "account": self.us.handle, "access_token": SecretStr(self.us.token)}

    def ask(self, number: int) -> str:
        return str(self.server.say(self.ann, f"@{self.us.handle} help {number}")["id"])

    def held(self) -> list[tuple[str, str]]:
        return [(one["in_reply_to_id"], self.server.text(self.us, one["id"])) for one in self.server.kept(self.us)]
