"""Each fake platform with the publisher for it, through the real client, and posts of a customer to answer."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from core.accounts import BlueskyPublisher, MastodonPublisher, RedditPublisher, XPublisher
from core.domain import Eligibility, Target
from responder.publishers import Publisher
from responder.publishers.bluesky import BlueskyPublisher as Bluesky
from responder.publishers.mastodon import MastodonPublisher as Mastodon
from responder.publishers.reddit import RedditPublisher as Reddit
from responder.publishers.x import XPublisher as X
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.mastodon import FakeMastodon, token_of
from tests.fakes.reddit import FakeReddit
from tests.fakes.server import FakeServer
from tests.fakes.x import FakeX

CREATES = {
    "x": "/2/tweets",
    "reddit": "/api/comment",
    "bluesky": "createRecord",
    "mastodon": "/api/v1/statuses$",
}
FAKES: dict[str, type[FakeServer]] = {
    "x": FakeX,
    "reddit": FakeReddit,
    "bluesky": FakeBluesky,
    "mastodon": FakeMastodon,
}


class Bench:
    """A fake platform, a publisher for it, and posts of a customer to answer."""

    us = "northwind"

    def __init__(self, name: str, server: Any, folder: Path) -> None:
        self.name, self.server, self.create = name, server, CREATES[name]
        self.publisher: Publisher = _make(name, server, folder)
        self.us = "northwind.example" if name == "bluesky" else "northwind"
        self._thread = server.state.submit("ann", "telecom", "Down", created_at=1.0) if name == "reddit" else None

    def target(self, text: str = "", *, deleted: bool = False, **details: Any) -> Target:
        """A post of a customer that addresses us."""
        text = text or f"@{self.us} it is down"
        made = getattr(self, f"_{self.name}")(text, deleted=deleted, **details)
        return Target(platform=self.name, external_id=made, author="ann", eligible=Eligibility.TAGGED)

    def _x(self, text: str, **details: Any) -> str:
        return str(self.server.state.add("ann", text, created_at=self.server.now() - 60, **details).id)

    def _reddit(self, text: str, **details: Any) -> str:
        made = self.server.state.comment("ann", self._thread, text, created_at=self.server.now() - 60, **details)
        return str(made.name)

    def _bluesky(self, text: str, *, deleted: bool, **details: Any) -> str:
        post = self.server.state.add("ann.example", text, created_at=self.server.now() - 60, tags=(self.us,), **details)
        if deleted:
            self.server.state.remove(post)
        return str(post.uri)

    def _mastodon(self, text: str, *, deleted: bool, **details: Any) -> str:
        post = self.server.add("ann", text, **details)
        if deleted:
            self.server.delete("ann", post["id"])
        return str(post["id"])

    def sent(self) -> list[bytes]:
        return [post.text for post in self.server.posts]

    def creates(self) -> int:
        return len(self.server.calls("POST", self.create))


def _make(name: str, server: Any, folder: Path) -> Publisher:
    if name == "x":
        return x_of(server)
    if name == "reddit":
        return reddit_of(server)
    return bluesky_of(server, folder) if name == "bluesky" else mastodon_of(server)


def bluesky_of(server: FakeBluesky, folder: Path, **changes: object) -> Bluesky:
    server.state.account("northwind.example", password="canary-password")
    section = {
        "kind": "bluesky",
        "account": "northwind.example",
        "base_url": server.url,
        "session_dir": str(folder),
        "app_password": SecretStr("canary-password"),
    }
    return Bluesky("bluesky", BlueskyPublisher.model_validate(section | changes))


def mastodon_of(server: FakeMastodon, **changes: object) -> Mastodon:
    server.calls_left = 10**6
    section = {
        "kind": "mastodon",
        "account": "northwind",
        "base_url": server.url,
        "access_token": SecretStr(token_of("northwind")),
    }
    return Mastodon("mastodon", MastodonPublisher.model_validate(section | changes))


def x_of(server: FakeX, **changes: object) -> X:
    keys = {name: SecretStr(f"canary-{name}") for name in ("consumer_key", "consumer_secret", "access_token_secret")}
    server.state.user("northwind", token="canary-access-token")
    section = {
        "kind": "x",
        "account": "northwind",
        "base_url": server.url,
        "access_token": SecretStr("canary-access-token"),
    }
    return X("x", XPublisher.model_validate(section | keys | changes))


def reddit_of(server: FakeReddit, **changes: object) -> Reddit:
    server.client = ("app", "canary-secret")
    server.state.account("northwind", password="canary-password")
    section = {
        "kind": "reddit",
        "account": "northwind",
        "base_url": server.url,
        "oauth_url": server.url,
        "client_id": SecretStr("app"),
        "client_secret": SecretStr("canary-secret"),
        "password": SecretStr("canary-password"),
    }
    return Reddit("reddit", RedditPublisher.model_validate(section | changes))


def quickly(publisher: Publisher, seconds: float = 4.0) -> None:
    """Shortens how long the publisher waits for an answer; long enough for one that comes, on a busy machine."""
    if isinstance(publisher, Bluesky | Mastodon):
        session = publisher._us.http
    else:
        client = publisher._client()  # type: ignore[attr-defined]
        session = client._core.requestor._http if isinstance(publisher, Reddit) else client.session
    session._read_seconds = seconds
