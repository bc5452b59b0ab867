"""An account of ours on a real server, connected as docs/connecting-accounts.md tells."""

from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from core.accounts import BlueskyPublisher as PublisherSettings
from core.accounts import BlueskySource as SourceSettings
from core.accounts import MastodonPublisher as MastodonPublisherSettings
from core.accounts import MastodonSource as MastodonSourceSettings
from core.domain import Eligibility, Target
from listener.sources.bluesky import BlueskySource
from listener.sources.mastodon import MastodonSource
from responder.publishers.bluesky import BlueskyPublisher
from responder.publishers.mastodon import MastodonPublisher
from tests.real import mastodon
from tests.real.bluesky import Person, RealBluesky, Ref

WORDS = "@{} nothing works since noon"


class Desk:
    """On Bluesky, by an app password. ``us`` answers posts of ``customer``; ``folder``: where the sessions are kept."""

    def __init__(self, server: RealBluesky, customer: Person, folder: Path) -> None:
        self.server, self.customer, self.folder = server, customer, folder
        self.us = server.join("northwind")
        self._password = server.app_password(self.us)

    @cached_property
    def publisher(self) -> BlueskyPublisher:
        return self.another_publisher()

    def another_publisher(self, *, password: str = "") -> BlueskyPublisher:
        """As after a restart."""
        return BlueskyPublisher("bluesky", PublisherSettings.model_validate(self._section(password)))

    def source(self, *searches: str) -> BlueskySource:
        return BlueskySource(
            "bluesky", SourceSettings.model_validate(self._section("") | {"searches": searches, "overlap_seconds": 60})
        )

    def _section(self, password: str) -> dict[str, object]:
        return {
            "kind": "bluesky",
            "account": self.us.handle,
            "base_url": self.server.url,
            "session_dir": str(self.folder),
            "app_password": SecretStr(password or self._password),
        }

    def asked(self, text: str = "") -> Ref:
        """A post of the customer that names us, as soon as the network's views show it to us."""
        words = text or WORDS.format(self.us.handle)
        return self.server.shown(self.us, self.server.say(self.customer, words, names=(self.us,)))

    def target(self, post: Ref) -> Target:
        return Target(
            platform="bluesky", external_id=post.uri, author=self.customer.handle, eligible=Eligibility.TAGGED
        )


class MastodonDesk:
    """On a server that speaks Mastodon's API, by an access token. ``us`` answers posts of ``customer``."""

    def __init__(self, server: mastodon.RealMastodon, us: mastodon.Person, customer: mastodon.Person) -> None:
        self.server, self.us, self.customer = server, us, customer

    @cached_property
    def publisher(self) -> MastodonPublisher:
        return self.another_publisher()

    def another_publisher(self, *, token: str = "") -> MastodonPublisher:
        """As after a restart."""
        section = self._section(token) | {"account": self.us.handle}
        return MastodonPublisher("mastodon", MastodonPublisherSettings.model_validate(section))

    def source(self, *, token: str = "", **options: object) -> MastodonSource:
        section = self._section(token) | options
        return MastodonSource("mastodon", MastodonSourceSettings.model_validate(section))

    def _section(self, token: str) -> dict[str, object]:
        return {"kind": "mastodon", "base_url": self.server.url, "access_token": SecretStr(token or self.us.token)}

    def asked(self, text: str = "", **more: object) -> str:
        """The id of a post of the customer that names us."""
        return str(self.server.say(self.customer, text or WORDS.format(self.us.handle), **more)["id"])

    def target(self, post: str) -> Target:
        return Target(platform="mastodon", external_id=post, author=self.customer.handle, eligible=Eligibility.TAGGED)
