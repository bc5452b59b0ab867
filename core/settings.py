"""config.toml and the environment, checked once at the start and frozen.

Every error names its place: ``config.toml:12: web.port: Input should be a valid integer``. Any key can be
overridden by ``AMENDS_<SECTION>_<KEY>`` (``AMENDS_WEB_PORT``; a list with commas), and also by a file named in
``AMENDS_<SECTION>_<KEY>_FILE``. Secrets are taken from there only, never from config.toml.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeGuard, get_origin
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError

from core.domain import Platform, Voice
from core.errors import ConfigError
from core.sections import Alerts, Audit, Feedback, Links, Money, People, Promotions, Section, StatusPage, Writer


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone name such as America/Toronto")
    return name


def _web_address(url: str) -> str:
    if url and not re.match(r"https?://[^/\s]+", url):
        raise ValueError(f"{url!r} is not an http(s) address")
    return url.rstrip("/")


def _known_handle(handle: str) -> str:
    handle = handle.strip()
    # Without its prefix a handle equals no author, and our own posts would be kept as mentions.
    if not re.fullmatch(r"@\w+(?:[.-]+\w+)*(?:@\w+(?:[.-]+\w+)*)?|u/[\w-]+", handle, re.ASCII):
        raise ValueError(
            f'{handle!r} is not a handle: write "@name" (X), "@name.example" (Bluesky), '
            '"@name@server.example" (Mastodon) or "u/name" (Reddit)'
        )
    return handle


ZoneName = Annotated[str, AfterValidator(_known_zone)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Handle = Annotated[str, AfterValidator(_known_handle)]
Seconds = Annotated[float, Field(gt=0)]
NO_SECRET = SecretStr("")


class Brand(Section):
    name: str = Field(min_length=1)
    voice: str = "warm, plain, first person plural"
    sign_off: str = ""
    handles: tuple[Handle, ...] = ()
    aliases: tuple[str, ...] = ()  # other names customers use
    context: tuple[str, ...] = ()  # words that show the brand is meant
    homonyms: tuple[str, ...] = ()  # words that show something else of that name is meant
    query: str = ""  # boolean language of listener/query.py; empty: everything a source yields
    languages: tuple[str, ...] = Field(default=("en",), min_length=1)  # the first is used when nothing else fits
    time_zone: ZoneName = "UTC"
    journey: str = ""  # a file with the brand's own journey map, laid over the shipped one

    def as_voice(self) -> Voice:
        return Voice(name=self.name, voice=self.voice, sign_off=self.sign_off, handles=self.handles)

    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Store(Section):
    url: str = "sqlite:///var/amends.db"


class Web(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: WebAddress = ""  # what browsers see when a proxy stands before it; https makes cookies Secure
    session_hours: float = Field(default=12, gt=0)
    api_per_minute: int = Field(default=600, ge=1)  # requests of one token to /api/v1


class Schedule(Section):
    poll_seconds: Seconds = 60
    score_seconds: Seconds = 2
    draft_seconds: Seconds = 2
    send_seconds: Seconds = 1
    detect_seconds: Seconds = 60


class Listening(Section):
    look_back_days: float = Field(default=30, gt=0, le=3650)  # how old a post is asked about: whether it is still there


class Detection(Section):
    sensitivity: float = Field(default=1, ge=0.01, le=100)  # 2 puts up with twice the false alarms, 0.5 with half
    cool_down_minutes: float = Field(default=60, ge=0)
    fewest_mentions: int = Field(default=3, ge=2)  # by different people


class Classifier(Section):
    model: str = "bundled"  # or any Hugging Face model name or directory
    revision: str = "main"
    label_map: dict[str, str] = Field(default_factory=dict)
    threads: int = Field(default=0, ge=0)  # 0: all cores


class Responder(Section):
    undo_seconds: float = Field(default=10, ge=0)
    approval_hours: float = Field(default=24, gt=0)
    four_eyes: tuple[Literal["compensation", "legal", "safety", "first_reply", "blocked"], ...] = ()
    pace_seconds: float = Field(default=0, ge=0)  # the least time between two replies of one account
    agent: str = ""


class Logs(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"


class Account(Section):
    """A source or a publisher."""

    def needed_secrets(self) -> tuple[str, ...]:
        """The keys that it cannot log in without."""
        return tuple(_secret_keys(type(self)))


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


class RedditSource(Account):
    kind: Literal["reddit"]
    account: str = ""  # our own user name, without u/
    subreddits: tuple[str, ...] = ()
    query: str = ""
    comments: bool = True
    mentions: bool = True
    overlap_seconds: Seconds = 600
    max_pages: int = Field(default=10, ge=1)
    poll_seconds: Seconds | None = None
    base_url: WebAddress = "https://www.reddit.com"
    oauth_url: WebAddress = "https://oauth.reddit.com"
    user_agent: str = "amends/0.1"
    client_id: SecretStr = NO_SECRET
    client_secret: SecretStr = NO_SECRET
    password: SecretStr = NO_SECRET

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


class RedditPublisher(Account):
    kind: Literal["reddit"]
    platforms: tuple[Platform, ...] = (Platform.REDDIT,)
    account: str
    read_lag_seconds: Seconds = 60
    base_url: WebAddress = "https://www.reddit.com"
    oauth_url: WebAddress = "https://oauth.reddit.com"
    user_agent: str = "amends/0.1"
    client_id: SecretStr = NO_SECRET
    client_secret: SecretStr = NO_SECRET
    password: SecretStr = NO_SECRET


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


class Settings(Section):
    brand: Brand
    store: Store = Store()
    web: Web = Web()
    schedule: Schedule = Schedule()
    listening: Listening = Listening()
    detection: Detection = Detection()
    classifier: Classifier = Classifier()
    responder: Responder = Responder()
    writer: Writer = Writer()
    logs: Logs = Logs()
    alerts: Alerts = Alerts()
    money: Money = Money()
    feedback: Feedback = Feedback()
    status_page: StatusPage = StatusPage()
    links: Links = Links()
    promotions: Promotions = Promotions()
    people: People = People()
    audit: Audit = Audit()
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    publishers: dict[str, PublisherSettings] = Field(default_factory=dict)


_KINDS: Mapping[str, Mapping[str, type[Account]]] = {
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


def load(path: str | Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads and checks the settings. ``path`` None: ./config.toml, else $AMENDS_CONFIG.

    Raises ConfigError with one line per fault, each naming file, line and key.
    """
    file = _find(path, environ)
    text = _read(file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_toml_fault(file, error)) from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{file}: a number is too long or brackets are nested too deep") from None
    _refuse_secrets(file, text, raw)
    _override(raw, environ)
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise ConfigError("\n".join(_faults(file, text, error, environ))) from None


def _find(path: str | Path | None, environ: Mapping[str, str]) -> Path:
    if path is not None:
        return Path(path)
    here = Path("config.toml")
    return here if here.exists() or "AMENDS_CONFIG" not in environ else Path(environ["AMENDS_CONFIG"])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such file; give --config PATH or set AMENDS_CONFIG") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None


def _toml_fault(file: Path, error: tomllib.TOMLDecodeError) -> str:
    message = str(error)
    place = re.search(r"\(at line (\d+), column \d+\)$", message)
    return f"{file}:{place[1]}: {message[: place.start()].strip()}" if place else f"{file}: {message}"


def _is_section(annotation: Any) -> TypeGuard[type[Section]]:
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _sections(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], type[Section]]]:
    """Every section of the file, or of the schema, with the model that describes it."""
    for name, field in Settings.model_fields.items():
        if _is_section(field.annotation):
            yield (name,), field.annotation
            inner = field.annotation.model_fields.items()
            yield from (((name, key), each.annotation) for key, each in inner if _is_section(each.annotation))
    for group, kinds in _KINDS.items():
        members = raw.get(group)
        for name, section in members.items() if isinstance(members, dict) else ():
            kind = section.get("kind") if isinstance(section, dict) else None
            if isinstance(kind, str) and kind in kinds:
                yield (group, name), kinds[kind]


def env_name(path: tuple[str, ...]) -> str:
    return "AMENDS_" + "_".join(re.sub(r"\W", "_", part).upper() for part in path)


def _secret_keys(model: type[Section]) -> list[str]:
    return [key for key, field in model.model_fields.items() if field.annotation is SecretStr]


def _refuse_secrets(file: Path, text: str, raw: Mapping[str, Any]) -> None:
    for path, model in _sections(raw):
        section = raw.get(path[0], {})
        section = section.get(path[1], {}) if len(path) > 1 and isinstance(section, dict) else section
        for key in _secret_keys(model):
            if isinstance(section, dict) and key in section:
                place, name = (*path, key), env_name((*path, key))
                raise ConfigError(
                    f"{file}:{_line_of(text, place)}: {'.'.join(place)}: secrets do not belong in this file; "
                    f"set {name}, or name a file with it in {name}_FILE"
                )


def _override(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    for path, model in list(_sections(raw)):
        for key, field in model.model_fields.items():
            value = _from_environment(env_name((*path, key)), environ)
            section: Any = raw
            for part in path if value is not None else ():
                section = section.setdefault(part, {}) if isinstance(section, dict) else None
            if value is not None and isinstance(section, dict):  # what is no section is a fault the check will name
                section[key] = _split(value) if get_origin(field.annotation) is tuple else value


def _split(value: str) -> list[str]:
    """A list in one variable: its parts between commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def _from_environment(name: str, environ: Mapping[str, str]) -> str | None:
    if f"{name}_FILE" in environ:
        try:
            return Path(environ[f"{name}_FILE"]).read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name}_FILE: {environ[f'{name}_FILE']} cannot be read: {error}") from None
    return environ.get(name)


def _faults(file: Path, text: str, error: ValidationError, environ: Mapping[str, str]) -> Iterator[str]:
    for fault in error.errors():
        path = _path(fault)
        env = env_name(path)
        place = env if env in environ or f"{env}_FILE" in environ else f"{file}:{_line_of(text, path)}"
        yield f"{place}: {'.'.join(path)}: {_explain(fault)}"


def faults_of(raw: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong with settings that stand in no file yet: the path of each key, and the words for it."""
    try:
        Settings.model_validate(raw)
    except ValidationError as error:
        return [(_path(fault), _explain(fault)) for fault in error.errors()]
    return []


def _path(fault: Any) -> tuple[str, ...]:
    return tuple(part for part in fault["loc"] if isinstance(part, str) and not _is_tag(fault["loc"], part))


def _is_tag(loc: tuple[int | str, ...], part: int | str) -> bool:
    """Pydantic puts the chosen ``kind`` between a source's name and its key; a reader does not want it."""
    return len(loc) > 3 and loc[0] in _KINDS and part is loc[2]


def _explain(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key"
    if fault["type"] in {"model_type", "dict_type", "model_attributes_type"}:
        return "a table is expected, not a single value"
    if fault["type"] == "missing":
        return "missing"
    if fault["type"] == "union_tag_invalid":
        return f"kind must be one of {fault['ctx']['expected_tags']}, not {fault['ctx']['tag']!r}"
    if fault["type"] == "union_tag_not_found":
        return "kind is missing"
    return str(fault["msg"]).removeprefix("Value error, ")


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """The line of ``path`` in the TOML text, or of the innermost table that is there. 1-based."""
    table: tuple[str, ...] = ()
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
        if header:
            table = _dotted(header[1])
        here = (*table, *_dotted(key[1])) if key else table if header else ()
        if here and here == path[: len(here)] and len(here) > depth:
            best, depth = number, len(here)
    return best


def _dotted(name: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in name.split("."))


def secrets_of(settings: Settings) -> list[str]:
    """Every secret value that is set, and the password of the database: what logs must not show."""
    sections = [*settings.sources.values(), *settings.publishers.values()]
    values = [value for section in sections for value in dict(section).values() if isinstance(value, SecretStr)]
    database = re.match(r"\w[\w+]*://[^:/@]*:([^@]+)@", settings.store.url)
    found = [value.get_secret_value() for value in values if value.get_secret_value()]
    found += [database[1]] if database else []
    with_own = (settings.alerts, settings.promotions, settings.audit, settings.writer, settings.people)
    return found + [value for section in with_own for value in section.secrets()]
