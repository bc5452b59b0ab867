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

from core.accounts import KINDS, PublisherSettings, Seconds, SourceSettings, WebAddress, secret_keys
from core.domain import Voice
from core.errors import ConfigError
from core.faults import explain, line_of, path_of, toml_fault
from core.sections import (
    Alerts,
    Audit,
    Feedback,
    Incidents,
    Links,
    Money,
    People,
    Promotions,
    Section,
    StatusPage,
    Writer,
)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone name such as America/Toronto")
    return name


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
Handle = Annotated[str, AfterValidator(_known_handle)]


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
    incidents: Incidents = Incidents()
    status_page: StatusPage = StatusPage()
    links: Links = Links()
    promotions: Promotions = Promotions()
    people: People = People()
    audit: Audit = Audit()
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    publishers: dict[str, PublisherSettings] = Field(default_factory=dict)


def load(path: str | Path | None = None, *, environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads and checks the settings. ``path`` None: ./config.toml, else $AMENDS_CONFIG.

    Raises ConfigError with one line per fault, each naming file, line and key.
    """
    file = _find(path, environ)
    text = _read(file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(toml_fault(file, error)) from None
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
    here, named = Path("config.toml"), environ.get("AMENDS_CONFIG")  # set to nothing, as compose files do, is not set
    return Path(named) if named and not here.exists() else here


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{file}: no such file; give --config PATH or set AMENDS_CONFIG") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None


def _is_section(annotation: Any) -> TypeGuard[type[Section]]:
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _sections(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], type[Section]]]:
    """Every section of the file, or of the schema, with the model that describes it."""
    for name, field in Settings.model_fields.items():
        if _is_section(field.annotation):
            yield (name,), field.annotation
            inner = field.annotation.model_fields.items()
            yield from (((name, key), each.annotation) for key, each in inner if _is_section(each.annotation))
    for group, kinds in KINDS.items():
        members = raw.get(group)
        for name, section in members.items() if isinstance(members, dict) else ():
            kind = section.get("kind") if isinstance(section, dict) else None
            if isinstance(kind, str) and kind in kinds:
                yield (group, name), kinds[kind]


def env_name(path: tuple[str, ...]) -> str:
    return "AMENDS_" + "_".join(re.sub(r"\W", "_", part).upper() for part in path)


def _refuse_secrets(file: Path, text: str, raw: Mapping[str, Any]) -> None:
    for path, model in _sections(raw):
        section = raw.get(path[0], {})
        section = section.get(path[1], {}) if len(path) > 1 and isinstance(section, dict) else section
        for key in secret_keys(model):
            if isinstance(section, dict) and key in section:
                place, name = (*path, key), env_name((*path, key))
                raise ConfigError(
                    f"{file}:{line_of(text, place)}: {'.'.join(place)}: secrets do not belong in this file; "
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
        path = path_of(fault)
        env = env_name(path)
        place = env if env in environ or f"{env}_FILE" in environ else f"{file}:{line_of(text, path)}"
        yield f"{place}: {'.'.join(path)}: {explain(fault)}"


def faults_of(raw: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong with settings that stand in no file yet: the path of each key, and the words for it."""
    try:
        Settings.model_validate(raw)
    except ValidationError as error:
        return [(path_of(fault), explain(fault)) for fault in error.errors()]
    return []


def secrets_of(settings: Settings) -> list[str]:
    """Every secret value that is set, and the password of the database: what logs must not show."""
    sections = [*settings.sources.values(), *settings.publishers.values()]
    values = [value for section in sections for value in dict(section).values() if isinstance(value, SecretStr)]
    database = re.match(r"\w[\w+]*://[^:/@]*:([^@]+)@", settings.store.url)
    found = [value.get_secret_value() for value in values if value.get_secret_value()]
    found += [database[1]] if database else []
    with_own = (settings.alerts, settings.promotions, settings.audit, settings.writer, settings.people)
    return found + [value for section in with_own for value in section.secrets()]
