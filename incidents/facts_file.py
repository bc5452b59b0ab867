"""Reads and writes a fact sheet as FACTS.toml, the form that people keep and exchange.

Errors are located: ``facts.toml:7: incident.status: ...``. An unknown key is refused, since a mistyped fact would
otherwise be silently unknown to every reply.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from core.clock import YEARS, in_reach
from core.domain import FACT_NAMES, FactSheet, IncidentStatus, Voice
from core.errors import ConfigError

STATUSES = (
    IncidentStatus.INVESTIGATING,
    IncidentStatus.IDENTIFIED,
    IncidentStatus.MONITORING,
    IncidentStatus.RESOLVED,
)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "brand": ("name", "voice", "sign_off", "handles"),
    "incident": ("title", "status", "started_at", "next_update_at", "components", "regions", "restored"),
    "facts": (*FACT_NAMES, "links"),
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SECTION = re.compile(r"\s*\[\s*([\w-]+)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w.-]+))\s*=""")


def load(path_or_text: Path | str, *, defaults: Voice | None = None) -> FactSheet:
    """The fact sheet of a file, or of TOML text itself (a str with a line break or a ``[``).

    ``defaults`` fills what [brand] leaves out. Facts may carry a language: ``"cause.fr" = "..."``.
    Raises ConfigError ``NAME:LINE: key: what is wrong`` for anything that is not exactly as documented.
    """
    name, text = _read(path_or_text)
    reader = _Reader(name, text)
    return reader.sheet(defaults)


def _read(source: Path | str) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or "[" in source or not source.strip()):
        return "facts", source
    path = Path(source)
    try:
        return path.name, path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        message = f"{path}: the fact sheet cannot be read: {reason}"
        raise ConfigError(message) from error


class _Reader:
    """One file on its way to a fact sheet; knows where every key stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = _places(text)
        try:
            self.tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at line (\d+), column \d+\)", str(error))
            what = re.sub(r"\s*\(at .*\)", "", str(error))
            where = int(place[1]) if place else max(1, len(text.splitlines()))
            message = f"{name}:{where}: not valid TOML: {what}"
            raise ConfigError(message) from error
        except (ValueError, RecursionError) as error:
            message = f"{name}: not valid TOML: a number is too long or brackets are nested too deep"
            raise ConfigError(message) from error

    def fail(self, section: str, key: str, what: str) -> NoReturn:
        line = self.lines.get((section, key)) or self.lines.get((section, "")) or 1
        label = ".".join(part for part in (section, key) if part)
        message = f"{self.name}:{line}: {label}: {what}"
        raise ConfigError(message)

    def sheet(self, defaults: Voice | None) -> FactSheet:
        self._refuse_unknown()
        facts = self.tables.get("facts", {})
        started, update = self._moment("started_at"), self._moment("next_update_at")
        if started and update and update < started:
            self.fail("incident", "next_update_at", "is before incident.started_at; correct one of them")
        return FactSheet(
            brand=self._brand(defaults),
            title=self._text("incident", "title"),
            status=self._status(),
            started_at=started,
            next_update_at=update,
            components=self._texts("incident", "components"),
            regions=self._texts("incident", "regions"),
            restored=self._texts("incident", "restored"),
            facts={key: value for key in facts if key != "links" and (value := self._text("facts", key))},
            links=self._texts("facts", "links"),
        )

    def _refuse_unknown(self) -> None:
        for section, table in self.tables.items():
            if section not in _KEYS:
                if (section, "") in self.lines:
                    self.fail(section, "", f"is not a section; known are {', '.join(_KEYS)}")
                self.fail("", section, f"stands outside a section; known sections are {', '.join(_KEYS)}")
            if not isinstance(table, dict):
                self.fail("", section, f"is a section: write [{section}] on a line of its own")
            for key in table:
                if not _known(section, key):
                    self.fail(section, key, f"is not a key; known are {', '.join(_KEYS[section])}")

    def _brand(self, defaults: Voice | None) -> Voice:
        given = self.tables.get("brand", {})
        if defaults is None and not given.get("name"):
            self.fail("brand", "name", "is missing: name the brand here or in config.toml")
        base = defaults or Voice(name="")
        return Voice(
            name=self._text("brand", "name") or base.name,
            voice=self._text("brand", "voice") or base.voice,
            sign_off=self._text("brand", "sign_off") if "sign_off" in given else base.sign_off,
            handles=self._texts("brand", "handles") if "handles" in given else base.handles,
        )

    def _value(self, section: str, key: str) -> Any:
        return self.tables.get(section, {}).get(key)

    def _text(self, section: str, key: str) -> str:
        value = self._value(section, key)
        if value is None:
            return ""
        if not isinstance(value, str):
            hint = f': a fact in another language is a quoted key, "{key}.fr"' if isinstance(value, dict) else ""
            self.fail(section, key, f"must be text in quotes{hint}")
        return value.strip()

    def _texts(self, section: str, key: str) -> tuple[str, ...]:
        value = self._value(section, key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fail(section, key, 'must be a list of texts, such as ["one", "two"]')
        return tuple(item.strip() for item in value)

    def _moment(self, key: str) -> datetime | None:
        value = self._value("incident", key)
        if value is None:
            return None
        if not isinstance(value, datetime):
            self.fail("incident", key, "must be a time without quotes, such as 2026-11-20T08:05:00-05:00")
        if value.tzinfo is None:
            self.fail("incident", key, f"has no offset: write it with one, such as {value.isoformat()}-05:00")
        if not in_reach(value):
            self.fail("incident", key, f"is not in the years {YEARS[0]} to {YEARS[-1]}")
        return value

    def _status(self) -> IncidentStatus | None:
        value = self._text("incident", "status")
        if not value:
            return None
        if value not in STATUSES:
            self.fail("incident", "status", f"{value!r} is not a status; use one of {', '.join(STATUSES)}")
        return IncidentStatus(value)


def _known(section: str, key: str) -> bool:
    name, dot, language = key.partition(".")
    if section == "facts" and dot:
        return name in FACT_NAMES and _LANGUAGE.fullmatch(language) is not None
    return key in _KEYS[section]


def _places(text: str) -> dict[tuple[str, str], int]:
    """The first line of every (section, key); a section's own line stands under the key ""."""
    places: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _SECTION.match(line):
            section = match[1]
            places.setdefault((section, ""), number)
        elif match := _KEY.match(line):
            places.setdefault((section, match[1] or match[2] or match[3]), number)
    return places


def dump(sheet: FactSheet) -> str:
    """The sheet as FACTS.toml; ``load(dump(sheet))`` gives the same sheet but for its version."""
    brand = sheet.brand
    parts = [
        "[brand]",
        _line("name", brand.name),
        _line("voice", brand.voice),
        _line("sign_off", brand.sign_off),
        _list("handles", brand.handles),
        "\n[incident]",
        _line("title", sheet.title) if sheet.title else "",
        _line("status", sheet.status) if sheet.status in STATUSES else "",
        f"started_at = {sheet.started_at.isoformat()}" if sheet.started_at else "",
        f"next_update_at = {sheet.next_update_at.isoformat()}" if sheet.next_update_at else "",
        _list("components", sheet.components),
        _list("regions", sheet.regions),
        _list("restored", sheet.restored) if sheet.restored else "",
        "\n[facts]",
        *(_line(key, value) for key, value in sheet.facts.items()),
        _list("links", sheet.links) if sheet.links else "",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _line(key: str, value: str) -> str:
    return f"{key if '.' not in key else _quoted(key)} = {_quoted(value)}"


def _list(key: str, values: tuple[str, ...]) -> str:
    return f"{key} = [{', '.join(map(_quoted, values))}]"


def _quoted(text: str) -> str:
    """A TOML basic string; control characters are escaped."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", text) + '"'
