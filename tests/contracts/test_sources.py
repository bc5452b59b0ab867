"""What every source must do, asked of every source through its real client against its fake platform."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core import accounts
from core.domain import Eligibility, Mention
from core.errors import ConfigError, Transient
from core.store import mentions
from core.store.waiting import WaitingRow
from listener.poll import poll
from listener.sources import Page, Source, Witness
from listener.sources.bluesky import BlueskySource
from listener.sources.mastodon import MastodonSource
from listener.sources.reddit import RedditSource
from listener.sources.x import XSource
from listener.vanished import look_for_gone
from tests.factories import BRAND, Database
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.mastodon import FakeMastodon, token_of
from tests.fakes.reddit import FakeReddit
from tests.fakes.server import FakeServer
from tests.fakes.x import FakeX

FAKES: dict[str, Callable[[], FakeServer]] = {
    "x": FakeX,
    "reddit": FakeReddit,
    "bluesky": FakeBluesky,
    "mastodon": FakeMastodon,
}


class Bench:
    """A source of our account, and ways to let people speak of us. ``say`` returns the id a mention must have."""

    def __init__(self, name: str, server: Any, folder: Path) -> None:
        self.name, self.server, self.folder = name, server, folder
        self.us = {"reddit": "u/northwind", "bluesky": "@northwind.example"}.get(name, "@northwind")
        self._count = 0
        if name == "x":
            server.state.user("northwind", token="user-token")
        if name == "reddit":
            server.client = ("app", "canary-secret")
            server.state.account("northwind", password="canary-password")
            self._thread = server.state.submit("bob", "telecom", "Anything", created_at=server.now() - 9000)

    def source(self, *, secret: str = "") -> Source:
        given: dict[str, dict[str, Any]] = {
            "x": {"query": "northwind", "account": "northwind", "bearer_token": SecretStr(secret or "canary-bearer")},
            "reddit": {
                "account": "northwind", "subreddits": ["telecom"], "oauth_url": self.server.url,
                "client_id": SecretStr("app"), "client_secret": SecretStr(secret or "canary-secret"),
                "password": SecretStr("canary-password"),
            },
            "bluesky": {
                "account": "northwind.example", "searches": ["northwind"], "session_dir": str(self.folder),
                "app_password": SecretStr(secret or "canary-password"),
            },
            "mastodon": {"searches": ["northwind"], "access_token": SecretStr(secret or token_of("northwind"))},
        }  # fmt: skip
        kinds: dict[str, Any] = {
            "x": (XSource, accounts.XSource),
            "reddit": (RedditSource, accounts.RedditSource),
            "bluesky": (BlueskySource, accounts.BlueskySource),
            "mastodon": (MastodonSource, accounts.MastodonSource),
        }
        make, section = kinds[self.name]
        if self.name == "bluesky":
            self.server.state.account("northwind.example", password="canary-password")
        body = {"kind": self.name, "base_url": self.server.url, **given[self.name]}
        source: Source = make(
            self.name, section.model_validate(body), clock=lambda: datetime.fromtimestamp(self.server.now(), UTC)
        )
        return source

    def say(self, text: str, *, who: str = "ann", tagged: bool = False) -> str:
        self._count += 1
        words = f"{self.us} {text}" if tagged else text
        at = self.server.now() - 600 + self._count
        if self.name == "x":
            return str(self.server.state.add(who, words, created_at=at).id)
        if self.name == "reddit":
            return str(self.server.state.comment(who, self._thread, words, created_at=at).name)
        if self.name == "mastodon":
            return str(self.server.add(who, words)["id"])
        tags = (self.us.lstrip("@"),) if tagged else ()
        return str(self.server.state.add(f"{who}.example", words, created_at=at, tags=tags).uri)

    def delete(self, number: str, *, who: str = "ann") -> None:
        """As its author does."""
        if self.name == "mastodon":
            self.server.delete(who, number)
        elif self.name == "bluesky":
            self.server.state.remove(self.server.state.find(number))
        else:
            kept = self.server.state.posts if self.name == "x" else self.server.state.things
            kept[number].deleted = True


@pytest.fixture(params=list(FAKES))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with FAKES[request.param]() as server:
        yield Bench(request.param, server, tmp_path)


def drain(source: Source, cursor: dict[str, object] | None = None) -> tuple[list[Mention], dict[str, object] | None]:
    found: list[Mention] = []
    for page in source.fetch(cursor):
        found += page.mentions
        cursor = page.cursor
    return found, cursor


def ids(found: list[Mention]) -> set[str]:
    return {mention.external_id for mention in found}


def by_id(found: list[Mention], wanted: str) -> Mention:
    return next(mention for mention in found if mention.external_id == wanted)


def test_who_addressed_us_is_eligible_and_who_did_not_is_watched(bench: Bench) -> None:
    asked, spoke = bench.say("it is down", tagged=True), bench.say("northwind is down", who="bob")
    found, _ = drain(bench.source())
    assert by_id(found, asked).eligible is Eligibility.TAGGED
    assert by_id(found, spoke).eligible is Eligibility.NONE
    mention = by_id(found, asked)
    assert mention.text.endswith("it is down")
    assert mention.author.startswith("ann")
    assert abs(mention.created_at.timestamp() - bench.server.now()) < 3600


def test_our_own_posts_are_told_apart(bench: Bench) -> None:
    ours = bench.say("northwind says: we are on it", who="northwind")
    found, _ = drain(bench.source())
    assert all(mention.own for mention in found if mention.external_id == ours)


def test_the_next_pass_brings_what_came_since_and_a_restart_loses_nothing(bench: Bench) -> None:
    first = {bench.say(f"northwind is down {number}") for number in range(5)}
    found, cursor = drain(bench.source())
    assert first <= ids(found)
    bench.server.now = lambda: time.time() + 900
    late = {bench.say(f"northwind is still down {number}", tagged=True) for number in range(45)}
    found, _ = drain(bench.source(), cursor)
    assert late <= ids(found)


def test_a_pass_that_is_cut_off_goes_on_behind_its_last_page(bench: Bench) -> None:
    drain(bench.source())
    said = {bench.say("it is down", tagged=True) for _ in range(3)}
    pages: list[Page] = []
    for page in bench.source().fetch(None):
        pages.append(page)
        break
    found, _ = drain(bench.source(), pages[0].cursor)
    assert said <= ids(found) | ids(list(pages[0].mentions))


def test_a_limit_is_waited_for_by_the_schedule(bench: Bench) -> None:
    source = bench.source()
    drain(source)
    headers = {"x-rate-limit-reset": str(int(time.time()) + 30), "x-rate-limit-remaining": "0"}
    bench.server.fail("status", status=429, method="GET", times=9, headers=headers if bench.name == "x" else {})
    begun = time.monotonic()
    with pytest.raises(Transient, match="slow down") as caught:
        drain(source)
    assert caught.value.retry_after
    assert time.monotonic() - begun < 20  # nobody slept until the limit renews


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "reset"}, {"kind": "garbage"}])
def test_trouble_is_tried_again_later(bench: Bench, fault: dict[str, Any]) -> None:
    source = bench.source()
    drain(source)
    bench.server.fail(**fault, method="GET", times=9)
    with pytest.raises(Transient):
        drain(source)


def test_a_wrong_secret_is_for_the_operator(bench: Bench) -> None:
    if bench.name == "x":
        bench.server.fail("status", status=401, times=9)
    with pytest.raises(ConfigError):
        drain(bench.source(secret="wrong"))


def test_check_says_how_many_requests_are_left(bench: Bench) -> None:
    assert "requests left" in bench.source().check()


def test_constructors_open_nothing(bench: Bench) -> None:
    bench.source()
    assert bench.server.requests == []


def test_no_secret_reaches_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    drain(bench.source())
    assert "canary" not in caplog.text


def witness(bench: Bench) -> Witness:
    source = bench.source()
    assert isinstance(source, Witness)
    return source


def test_a_post_is_gone_when_its_author_deleted_it_and_not_before(bench: Bench) -> None:
    said = [bench.say(f"northwind is down {number}") for number in range(3)]
    assert witness(bench).gone(said) == frozenset()
    bench.delete(said[1])
    assert witness(bench).gone(said) == {said[1]}


def test_as_many_posts_as_one_call_takes_are_asked_about(bench: Bench) -> None:
    asked = witness(bench)
    said = [bench.say(f"northwind is down {number}") for number in range(asked.at_once)]
    bench.delete(said[-1])
    assert asked.gone(said) == {said[-1]}


def kept(bench: Bench, database: Database, *words: str) -> list[int]:
    """Lets two people say these words, takes them in, and drafts a reply to each; returns the rows."""
    said = [bench.say(f"northwind {each}", who=who) for each, who in zip(words, ("ann", "bob"), strict=False)]
    source, at = bench.source(), datetime.fromtimestamp(bench.server.now(), UTC)
    poll(source, store=database.store, brand=BRAND, handles=(), wanted=lambda _mention: True, clock=lambda: at)
    with database.store.read() as db:
        rows = [mentions.find(db, bench.name, number) for number in said]
    for row in rows:
        database.draft(row.id)
    return [row.id for row in rows]


def run(bench: Bench, database: Database, *, hours: float = 21) -> Counter[str]:
    at = datetime.fromtimestamp(bench.server.now(), UTC) + timedelta(hours=hours)
    return look_for_gone(witness(bench), store=database.store, clock=lambda: at, days=30)


def test_one_run_erases_what_was_deleted_and_keeps_the_rest(bench: Bench, database: Database) -> None:
    lost, there = kept(bench, database, "has lost it", "is down")
    with database.store.read() as db:
        bench.delete(mentions.by_ids(db, [lost])[lost].external_id)
    assert run(bench, database, hours=3)["asked"] == 0
    assert run(bench, database)["gone"] == 1
    with database.store.read() as db:
        rows = mentions.by_ids(db, [lost, there])
        assert db.query(WaitingRow).count() == 1
    assert [(rows[each].gone, rows[each].text) for each in (lost, there)] == [
        ("deleted", ""),
        ("", "northwind is down"),
    ]
    assert run(bench, database)["asked"] == 0


TROUBLE = [{"kind": "status", "status": 503}, {"kind": "status", "status": 429}, {"kind": "reset"}, {"kind": "garbage"}]


@pytest.mark.parametrize("fault", TROUBLE)
def test_trouble_erases_nothing(bench: Bench, database: Database, fault: dict[str, Any]) -> None:
    (lost,) = kept(bench, database, "has lost it")
    with database.store.read() as db:
        bench.delete(mentions.by_ids(db, [lost])[lost].external_id)
    bench.server.fail(**fault, method="GET", times=9)
    with pytest.raises(Transient):
        run(bench, database)
    with database.store.read() as db:
        assert mentions.by_ids(db, [lost])[lost].text == "northwind has lost it"
        assert db.query(WaitingRow).count() == 1
