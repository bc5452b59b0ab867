"""An account of ours on the real Bluesky, connected as docs/connecting-accounts.md tells: by an app password."""

from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from core.domain import Eligibility, Target
from core.settings import BlueskyPublisher as PublisherSettings
from core.settings import BlueskySource as SourceSettings
from listener.sources.bluesky import BlueskySource
from responder.publishers.bluesky import BlueskyPublisher
from tests.real.bluesky import Person, RealBluesky, Ref

WORDS = "@{} nothing works since noon"


class Desk:
    """``us`` answers posts of ``customer``; ``folder``: where the sessions are kept."""

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
