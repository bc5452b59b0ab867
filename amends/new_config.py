"""A config.toml for a brand: the settings that were asked for, what is wrong with them, and the text of the file."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.domain import Platform
from core.errors import AmendsError, InputError
from core.settings import Settings, env_name, faults_of

Raw = dict[str, dict[str, Any]]
PLATFORMS = tuple(platform.value for platform in Platform)
CONSOLE = "console"
_SURROGATES = range(0xD800, 0xE000)  # what Python makes of bytes that are no UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody wants of their configuration, as they typed it."""

    name: str
    handles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    time_zone: str = "UTC"
    voice: str = "warm, plain, first person plural"
    sign_off: str = ""
    query: str = ""
    sources: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    instance: str = ""  # our server on Mastodon, when it is not the one of the handle
    subreddits: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


# Which handle is whose on which platform; the first part is the account.
_HANDLES = {
    "x": (r"@(\w+)", "--handle @NAME"),
    "reddit": (r"u/([\w-]+)", "--handle u/NAME"),
    "bluesky": (r"@([\w-]+(?:\.[\w-]+)+)", "--handle @NAME.EXAMPLE"),
    "mastodon": (r"@([\w.-]+)@([\w.-]+)", "--handle @NAME@SERVER"),
}


def settings_of(wishes: Wishes) -> Raw:
    """The sections of the file. Raises InputError with the first thing that is wrong, by the flag that says it."""
    check(wishes)
    raw = _brand(wishes) | {
        "store": {"url": f"sqlite:///var/{_file_name(wishes.name)}.db"},
        "sources": {kind: {"kind": kind} | _source(wishes, kind) for kind in wishes.sources},
        "publishers": {
            kind: {"kind": kind} | _publisher(wishes, kind) for kind in wishes.publishers if kind != CONSOLE
        },
    }
    if rest := [platform for platform in PLATFORMS if platform not in wishes.publishers]:
        raw["publishers"][CONSOLE] = {"kind": CONSOLE, "platforms": rest, "path": "var/sent.jsonl"}
    _check_settings(raw)
    return raw


def check(wishes: Wishes) -> None:
    """The same for each answer by itself: what a source lacks is not asked yet. Raises InputError."""
    from listener.query import parse
    from responder.writers.phrasebook import names

    for field in fields(wishes):
        if any(ord(character) in _SURROGATES for text in getattr(wishes, field.name) for character in text):
            raise InputError(f"{_flag(field.name)}: not UTF-8 text")
    if not wishes.name.strip():
        raise InputError("--name: missing")
    _check_one_of("--source", wishes.sources, PLATFORMS)
    _check_one_of("--publisher", wishes.publishers, (CONSOLE, *PLATFORMS))
    _check_one_of("--language", wishes.languages, tuple(names()))
    try:
        if wishes.query:
            parse(wishes.query)
    except AmendsError as error:
        raise InputError(f"--{error}") from None
    server = {"mastodon": {"kind": "mastodon", "base_url": wishes.instance}} if wishes.instance else {}
    _check_settings(_brand(wishes) | {"sources": server})


def _check_settings(raw: Raw) -> None:
    for path, words in faults_of(raw):
        raise InputError(f"{'--instance' if path[-1] == 'base_url' else _flag(path[-1])}: {words}")


def _flag(field: str) -> str:
    return "--" + field.removesuffix("s").replace("_", "-")


def _brand(wishes: Wishes) -> Raw:
    keys = {"languages": list(wishes.languages), "time_zone": wishes.time_zone, "voice": wishes.voice}
    more = {"sign_off": wishes.sign_off, "query": wishes.query}
    return {"brand": {"name": wishes.name, "handles": list(wishes.handles)} | keys | more}


def _check_one_of(flag: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    for one in given:
        if one not in known:
            raise InputError(f"{flag}: {one!r} is not one of {', '.join(known)}")


def _source(wishes: Wishes, kind: str) -> dict[str, Any]:
    if kind == "reddit":
        account, places = _account(wishes, kind), [place.removeprefix("r/") for place in wishes.subreddits]
        if not account and not places:
            raise InputError(f"--source reddit: needs --subreddit NAME, or {_HANDLES[kind][1]} for what names you")
        return ({"account": account} if account else {}) | ({"subreddits": places} if places else {})
    if kind == "mastodon":
        tags = [tag.removeprefix("#") for tag in wishes.hashtags]
        return {"base_url": _server(wishes, "--source")} | ({"hashtags": tags} if tags else {})
    return {"account": _needed(wishes, kind, "--source")}


def _publisher(wishes: Wishes, kind: str) -> dict[str, Any]:
    server = {"base_url": _server(wishes, "--publisher")} if kind == "mastodon" else {}
    return {"account": _needed(wishes, kind, "--publisher")} | server


def _server(wishes: Wishes, flag: str) -> str:
    found = _handle(wishes, "mastodon")
    if not wishes.instance and found is None:
        raise InputError(f"{flag} mastodon: needs --instance https://SERVER, or {_HANDLES['mastodon'][1]}")
    return wishes.instance or f"https://{found[2]}"  # type: ignore[index]


def _needed(wishes: Wishes, kind: str, flag: str) -> str:
    account = _account(wishes, kind)
    if not account:
        raise InputError(f"{flag} {kind}: needs {_HANDLES[kind][1]}, your account there")
    return account


def _account(wishes: Wishes, kind: str) -> str:
    found = _handle(wishes, kind)
    return found[1] if found else ""


def _handle(wishes: Wishes, kind: str) -> re.Match[str] | None:
    matches = (re.fullmatch(_HANDLES[kind][0], handle, re.ASCII) for handle in wishes.handles)
    return next((match for match in matches if match), None)


def _file_name(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "amends"


# --- the text ----------------------------------------------------------------------------------------------------

_HEAD = """\
# Made by `amends init`. Every key there is: docs/configuration.md.
# Secrets never stand here: they come from the environment, or from files that it names.
"""
_NO_SOURCE = """
# No source yet, so nobody is heard. One section for each place, such as
#     [sources.x]
#     kind = "x"
#     account = "yourname"
"""
_ABOVE = {
    "brand": "Who you are. Keep the name: mentions, incidents and trends are kept under it.",
    "store": "A database of the brand's own, from the directory that the service starts in.",
    "sources": "Where posts come from.",
    "publishers": "Where approved replies go: the first that serves a platform gets its replies.",
    "publishers.console": "The rehearsal: replies are written to a file, and nothing leaves the machine.",
}
_BESIDE = {
    "handles": "your accounts: what they write is never taken for a complaint",
    "languages": "of replies; the first one when a customer's is not among them",
    "voice": "how you speak",
    "sign_off": "ends every reply",
    "query": "keeps only matching posts; empty keeps all that the sources bring",
}


def toml_of(raw: Raw) -> str:
    """The file, with comments."""
    return _HEAD + "".join(_sections(raw))


def _sections(raw: Raw) -> Iterator[str]:
    for group, members in raw.items():
        if group not in ("sources", "publishers"):
            yield _section(group, members)
            continue
        if group == "sources" and not members:
            yield _NO_SOURCE
        above = _ABOVE[group]
        for name, keys in members.items():
            yield _section(f"{group}.{name}", keys, above)
            above = ""


def _section(title: str, keys: Mapping[str, Any], above: str = "") -> str:
    comments = [line for line in (above, _ABOVE.get(title, "")) if line]
    lines = [f"{key} = {_value(value)}{_beside(key)}" for key, value in keys.items()]
    return "\n" + "\n".join([*(f"# {comment}" for comment in comments), f"[{title}]", *lines]) + "\n"


def _beside(key: str) -> str:
    return f"  # {_BESIDE[key]}" if key in _BESIDE else ""


def _value(value: str | list[str]) -> str:
    """As TOML writes it. What JSON escapes TOML escapes in the same way, and it forbids DEL besides."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def secrets_needed(settings: Settings) -> list[str]:
    """The variables that the sources and publishers cannot log in without; NAME_FILE does as well."""
    groups = (("sources", settings.sources), ("publishers", settings.publishers))
    return [
        env_name((group, name, key))
        for group, members in groups
        for name, config in members.items()
        for key in config.needed_secrets()
    ]
