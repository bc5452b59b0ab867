"""The sections of config.toml for the accounts at platforms: where is listened, and where replies are published."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from core.domain import Platform
from core.sections import Section


def _web_address(url: str) -> str:
    if url and not re.match(r"https?://[^/\s]+", url):
        raise ValueError(f"{url!r} is not an http(s) address")
    return url.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
Seconds = Annotated[float, Field(gt=0)]
NO_SECRET = SecretStr("")


def secret_keys(model: type[Section]) -> list[str]:
    return [key for key, field in model.model_fields.items() if field.annotation is SecretStr]


class Account(Section):
    """A source or a publisher."""

    def needed_secrets(self) -> tuple[str, ...]:
        """The keys that it cannot log in without."""
        return tuple(secret_keys(type(self)))


class DemoSource(Account):
    kind: Literal["demo"]
    minutes: float = Field(default=2.8, gt=0)  # how long the played outage day lasts
    loop: bool = False
    lead: bool = True  # plays the incident lead of that day too
    poll_seconds: Seconds = 2


class XSource(Account):
    kind: Literal["x"]
    account: str = ""  # our own handle, without @; empty: search only
    query: str = Field(default="", max_length=512)
    overlap_seconds: Seconds = 180
    max_pages: int = Field(default=20, ge=1)
    poll_seconds: Seconds | None = None
    lookup_dollars: float = Field(default=5, ge=0, le=100_000)  # a day, for asking whether posts are still there
    base_url: WebAddress = "https://api.twitter.com"
    bearer_token: SecretStr = NO_SECRET
    consumer_key: SecretStr = NO_SECRET
    consumer_secret: SecretStr = NO_SECRET
    access_token: SecretStr = NO_SECRET
    access_token_secret: SecretStr = NO_SECRET

    def needed_secrets(self) -> tuple[str, ...]:
        return ("bearer_token",)  # or all of the others


class RedditAccount(Account):
    """How one logs in at Reddit, to listen or to publish."""

    base_url: WebAddress = "https://www.reddit.com"
    oauth_url: WebAddress = "https://oauth.reddit.com"
    user_agent: str = "amends/0.1"
    client_id: SecretStr = NO_SECRET
    client_secret: SecretStr = NO_SECRET
    password: SecretStr = NO_SECRET


class RedditSource(RedditAccount):
    kind: Literal["reddit"]
    account: str = ""  # our own user name, without u/
    subreddits: tuple[str, ...] = ()
    query: str = ""
    comments: bool = True
    mentions: bool = True
    overlap_seconds: Seconds = 600
    max_pages: int = Field(default=10, ge=1)
    poll_seconds: Seconds | None = None

    def needed_secrets(self) -> tuple[str, ...]:
        return ("client_id", "client_secret", *(("password",) if self.account else ()))


class BlueskySource(Account):
    kind: Literal["bluesky"]
    account: str  # our own handle, without @
    searches: tuple[str, ...] = ()  # one call each; matched again on our side
    overlap_seconds: Seconds = 300
    max_pages: int = Field(default=10, ge=1)
    poll_seconds: Seconds | None = None
    base_url: WebAddress = "https://bsky.social"
    session_dir: str = "var/sessions"
    app_password: SecretStr = NO_SECRET


class MastodonSource(Account):
    kind: Literal["mastodon"]
    base_url: WebAddress  # our own server
    searches: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    mentions: bool = True
    overlap_seconds: Seconds = 300
    max_pages: int = Field(default=10, ge=1)
    poll_seconds: Seconds | None = None
    access_token: SecretStr = NO_SECRET


class ConsolePublisher(Account):
    kind: Literal["console"]
    platforms: tuple[Platform, ...] = tuple(Platform)
    account: str = "console"
    path: str = "var/sent.jsonl"


class XPublisher(Account):
    kind: Literal["x"]
    platforms: tuple[Platform, ...] = (Platform.X,)
    account: str
    read_lag_seconds: Seconds = 60
    base_url: WebAddress = "https://api.twitter.com"
    consumer_key: SecretStr = NO_SECRET
    consumer_secret: SecretStr = NO_SECRET
    access_token: SecretStr = NO_SECRET
    access_token_secret: SecretStr = NO_SECRET


class RedditPublisher(RedditAccount):
    kind: Literal["reddit"]
    platforms: tuple[Platform, ...] = (Platform.REDDIT,)
    account: str
    read_lag_seconds: Seconds = 60


class BlueskyPublisher(Account):
    kind: Literal["bluesky"]
    platforms: tuple[Platform, ...] = (Platform.BLUESKY,)
    account: str
    read_lag_seconds: Seconds = 10
    base_url: WebAddress = "https://bsky.social"
    session_dir: str = "var/sessions"
    app_password: SecretStr = NO_SECRET


class MastodonPublisher(Account):
    kind: Literal["mastodon"]
    platforms: tuple[Platform, ...] = (Platform.MASTODON,)
    account: str  # our own name on that server, without @ and server
    base_url: WebAddress
    read_lag_seconds: Seconds = 15
    access_token: SecretStr = NO_SECRET


class EmailPublisher(Account):
    kind: Literal["email"]
    platforms: tuple[Platform, ...]
    account: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")  # the sender's address
    to: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr = NO_SECRET

    def needed_secrets(self) -> tuple[str, ...]:
        return ("password",) if self.username else ()


class WebhookPublisher(Account):
    kind: Literal["webhook"]
    platforms: tuple[Platform, ...]
    account: str = "webhook"
    url: WebAddress
    signing_key: SecretStr = NO_SECRET


SourceSettings = Annotated[
    DemoSource | XSource | RedditSource | BlueskySource | MastodonSource, Field(discriminator="kind")
]
PublisherSettings = Annotated[
    ConsolePublisher
    | XPublisher
    | RedditPublisher
    | BlueskyPublisher
    | MastodonPublisher
    | EmailPublisher
    | WebhookPublisher,
    Field(discriminator="kind"),
]

KINDS: Mapping[str, Mapping[str, type[Account]]] = {
    "sources": {
        "demo": DemoSource,
        "x": XSource,
        "reddit": RedditSource,
        "bluesky": BlueskySource,
        "mastodon": MastodonSource,
    },
    "publishers": {
        "console": ConsolePublisher,
        "x": XPublisher,
        "reddit": RedditPublisher,
        "bluesky": BlueskyPublisher,
        "mastodon": MastodonPublisher,
        "email": EmailPublisher,
        "webhook": WebhookPublisher,
    },
}
