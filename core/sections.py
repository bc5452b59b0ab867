"""Sections of config.toml beside the first ones: alarms, money, feedback, the public, promotions, people, audit."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

Minutes = Annotated[float, Field(gt=0)]
_SHORTEST = 6  # characters: what is shorter would cut ordinary words out of the logs


def _whole_address(url: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]+\S*", url):
        raise ValueError(f"{url!r} is not a whole http(s) address")
    return url


WebPage = Annotated[str, AfterValidator(_whole_address)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alerts(Section):
    urls: SecretStr = SecretStr("")  # where alarms go: apprise addresses, one a line
    cool_down_minutes: Minutes = 15
    safety_minutes: Minutes = 5
    silent_minutes: Minutes = 30
    silent_complaints: int = Field(default=10, ge=1)
    source_minutes: Minutes = 10
    kept_days: float = Field(default=90, ge=1)  # alarms that are over leave the page and the database after that

    def addresses(self) -> tuple[str, ...]:
        """The apprise addresses, parted by white space."""
        return tuple(self.urls.get_secret_value().split())

    def secrets(self) -> list[str]:
        """What logs and pages must not show of the addresses: each of them, and the tokens they are made of."""
        return [part for address in self.addresses() for part in (address, *_parts(address)) if len(part) >= _SHORTEST]


def _parts(address: str) -> list[str]:
    try:
        seen = urlsplit(address)
    except ValueError:
        return []
    # Most services put their token in the path or in the place of the host.
    raw = [seen.username or "", seen.password or "", *re.split(r"[/&=]", f"{seen.path}&{seen.query}")]
    raw += [] if seen.scheme.startswith(("json", "xml", "form", "mail")) else [seen.hostname or "", seen.netloc]
    return [form for part in raw if part for form in {part, unquote(part)}]


class Money(Section):
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    minute_cost: float | None = Field(default=None, ge=0)  # of a minute that a person works on replies
    customer_value: float | None = Field(default=None, ge=0)  # what is lost with one customer who leaves


class Department(Section):
    contact: str = ""
    words: tuple[str, ...] = ()
    intents: tuple[Literal["suggestion", "praise", "complaint"], ...] = ("suggestion", "praise", "complaint")


class Feedback(Section):
    departments: dict[str, Department] = {}


class Incidents(Section):
    past_after_days: float = Field(default=3, gt=0, le=3650)  # resolved, and closed by nobody

    def past_after(self) -> timedelta:
        return timedelta(days=self.past_after_days)


class StatusPage(Section):
    folder: str = ""  # any web root; empty: "status" beside the SQLite database, else var/status

    def place(self, database: str) -> Path:
        """Where the page's files go. ``database`` is the address of the store."""
        file = database.removeprefix("sqlite:///") if database.startswith("sqlite:///") else ""
        beside = Path(file).parent if file and file != ":memory:" else Path("var")
        return Path(self.folder) if self.folder else beside / "status"


class Audit(Section):
    key: SecretStr = SecretStr("")  # empty: made at the first start, in ``key_file``
    checkpoint: str = ""  # empty: beside the SQLite database, else in var/

    def key_file(self, database: str) -> Path:
        """Where a key is kept that nobody gave. ``database`` is the address of the store."""
        return (_sqlite_file(database) or Path("var/amends.db")).with_name("audit.key")

    def checkpoint_file(self, database: str) -> Path:
        """One for each database: checkpoints of two cannot be told apart."""
        if self.checkpoint:
            return Path(self.checkpoint)
        file = _sqlite_file(database)
        if file:
            return file.with_name(file.name + ".checkpoint")
        name = re.sub(r"//[^@/]*@", "//", database)  # a new password is no new database
        return Path("var") / f"audit-{hashlib.sha256(name.encode()).hexdigest()[:8]}.checkpoint"

    def secrets(self) -> list[str]:
        return [value] if (value := self.key.get_secret_value()) else []


def _sqlite_file(database: str) -> Path | None:
    name = database.removeprefix("sqlite:///").partition("?")[0]
    return Path(name) if database.startswith("sqlite:///") and name not in ("", ":memory:") else None


def _provider(url: str) -> str:
    loopback = re.fullmatch(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?", url)
    if url and not loopback and not re.fullmatch(r"https://[^/\s?#]+[^\s?#]*", url):
        raise ValueError(f"{url!r} is not an https address")
    return url


def _domain(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name.lower()):
        raise ValueError(f"{name!r} is not a mail domain such as northwind.example")
    return name.lower()


class Oidc(Section):
    """Single sign-on with OpenID Connect; off while ``issuer`` is empty."""

    issuer: Annotated[str, AfterValidator(_provider)] = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    button: str = Field(default="Log in with your company account", min_length=1, max_length=60)
    domains: tuple[Annotated[str, AfterValidator(_domain)], ...] = ()
    newcomers: Literal["none", "viewer", "approver", "lead", "admin"] = "none"
    trust_second_factor: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer and not self.client_id:
            raise ValueError("an issuer needs a client_id: the name under which the provider knows Amends")
        if self.newcomers != "none" and not self.domains:
            raise ValueError("newcomers need domains: else everybody with an account at the provider comes in")
        return self


class People(Section):
    invitation_hours: float = Field(default=72, gt=0)
    reset_hours: float = Field(default=2, gt=0)
    require_two_factor: bool = False
    oidc: Oidc = Oidc()

    def secrets(self) -> list[str]:
        return [value] if (value := self.oidc.client_secret.get_secret_value()) else []


class Links(Section):
    pages: tuple[WebPage, ...] = ()  # watched besides those of the fact sheets
    check_seconds: float = Field(default=60, gt=0)
    timeout_seconds: float = Field(default=5, gt=0, le=60)
    allow_private: bool = False  # also look at addresses of the own network


class Promotions(Section):
    webhooks: tuple[WebPage, ...] = ()
    secret: SecretStr = SecretStr("")  # signs what goes to the webhooks
    token: SecretStr = SecretStr("")  # what schedulers show when they ask

    def secrets(self) -> list[str]:
        return [value for key in (self.secret, self.token) if (value := key.get_secret_value())]


# What a request of ours says by itself, or must never say: a model that drafts has no tools.
_OURS = frozenset({"model", "messages", "response_format", "tools", "tool_choice", "functions", "stream", "n"})


class Writer(Section):
    """Who drafts; the playbook stands in for the two others whenever they cannot."""

    kind: Literal["playbook", "endpoint", "local"] = "playbook"
    model: str = ""
    url: WebPage | Literal[""] = ""
    revision: str = "main"
    format: Literal["json_schema", "json_object", "none"] = "json_schema"
    tokens_key: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    extra: dict[str, Any] = {}
    timeout_seconds: float = Field(default=20, gt=0, le=600)
    attempts: int = Field(default=3, ge=1, le=10)
    answer_tokens: int = Field(default=700, ge=50)
    daily_requests: int = Field(default=2000, ge=0)
    daily_tokens: int = Field(default=3_000_000, ge=0)
    api_key: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind != "playbook" and not self.model:
            raise ValueError(f'kind "{self.kind}" needs a model')
        if self.kind == "endpoint" and not self.url:
            raise ValueError('kind "endpoint" needs a url, such as "http://127.0.0.1:11434/v1"')
        if taken := _OURS & set(self.extra):
            raise ValueError(f"extra must not hold {', '.join(sorted(taken))}")
        return self

    def secrets(self) -> list[str]:
        return [self.api_key.get_secret_value()] if self.api_key.get_secret_value() else []
