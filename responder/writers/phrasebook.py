"""The texts of one language: what we say and what we listen for, read from a plain TOML file and checked as a whole."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from core.domain import Impact
from core.errors import ConfigError, InputError
from responder.writers.bearing import Words, bare, families

TEXTS = Path(__file__).parent / "texts"

# Sections of a language file that hold lines, each line with the placeholders that may stand in it.
TOPICS = (
    "safety_device", "safety_carer", "safety_care", "safety_alarm", "safety_elder", "safety_general",
    "work_interview", "work_meeting", "work_remote", "work_general",
    "business_cards", "business_orders", "business_general",
    "family_loss", "family_kids", "family_reach", "family_general",
    "education_exam", "education_class", "education_general",
    "money_charged", "money_pay", "money_general",
    "leisure_match", "leisure_show", "leisure_general",
)  # fmt: skip
_STAGES = ("surprise", "irritation", "anger", "anxiety", "resignation", "relief", "aftermath")
_PLAIN = {
    "topic": TOPICS,
    "stage": _STAGES,
    "ack": ("repeat", "again", "promise", "credit_small", "leaving", "suggestion", "disputed"),
    "own": ("open", "resolved", "resignation", "sorry"),
    "status": ("investigating", "identified", "monitoring", "resolved"),
    "cause": ("unknown", "unknown_past", "elsewhere", "no_attack", "no_leak"),
    "help": ("unknown", "elsewhere"),
    "update": ("unknown", "no_eta"),
    "credit": ("unknown", "elsewhere", "no_incident", "automatic"),
    "prevent": ("unknown",),
    "safety": ("unknown", "wifi_calling", "advice"),
    "me": ("open", "resolved", "none"),
    "none": ("open", "area", "topic"),
    "where": ("none",),
    "invite": ("private", "leaving", "feedback", "still", "urgent"),
    "thank": ("report", "praise", "back", "suggestion", "tip"),
}
_FILLED = {
    "ack.duration": {"duration"},
    "ack.since": {"since"},
    "ack.years": {"years"},
    "ack.place": {"region"},
    "ack.place_past": {"region"},
    "scope.line": {"components", "in_regions", "since"},
    "scope.past": {"components", "in_regions", "since"},
    "cause.lead": {"fact"},
    "scope.lead": {"fact"},
    "step.lead": {"fact"},
    "scope.partly": {"back", "still"},
    "step.order": {"regions"},
    "help.lead": {"fact"},
    "credit.lead": {"fact"},
    "credit.days": {"days"},
    "prevent.lead": {"fact"},
    "safety.lead": {"fact"},
    "safety.emergency": {"number"},
    "update.at": {"at"},
    "me.region": {"region"},
    "me.regions": {"regions"},
    "where.link": {"link"},
    "phone.line": {"phone"},
}
LINES: Mapping[str, frozenset[str]] = {
    **{f"{section}.{key}": frozenset[str]() for section, keys in _PLAIN.items() for key in keys},
    **{key: frozenset(slots) for key, slots in _FILLED.items()},
}
ASKS = ("safe", "me", "refund", "why", "when", "prevent", "how", "where", "contact", "doing", "status")
SIGNALS = (
    "again", "repeat", "promise", "credit_small", "leaving", "leaving_maybe", "still_down", "not", "eta",
    "thanks", "tip", "suggests", "called", "returns", "disputed", "fine", "vulnerable", "trade",
)  # fmt: skip
CONCEPTS = ("emergency", "wifi_calling", "credit_days", "automatic", "order", "no_attack", "no_leak", "back", "still")
UNITS = ("minute", "hour", "day", "week", "year")
_SPEAK = (
    "and", "in_regions", "began", "began_past", "service", "time", "time_full", "hour",
    "at", "at_one", "at_date", "since", "since_one", "since_date",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """One language. ``lines`` holds at least three phrasings a key; patterns are compiled, for text that is `bare`."""

    language: str
    lines: Mapping[str, tuple[str, ...]]
    speak: Mapping[str, str]
    months: tuple[str, ...]
    numbers: tuple[str, ...]
    units: Mapping[str, tuple[str, str]]  # one, many (with {n})
    terms: Mapping[str, str]  # component names as people say them in this language
    function_words: frozenset[str]
    words: Words
    asks: Mapping[str, re.Pattern[str]]
    topics: Mapping[str, re.Pattern[str]]
    signals: Mapping[str, re.Pattern[str]]
    concepts: Mapping[str, re.Pattern[str]]
    durations: re.Pattern[str]
    since: re.Pattern[str]
    number_words: Mapping[str, int]


class _Reader:
    """One file's content; every complaint names the file and the place in it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self.data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path.name}: {error}") from error

    def fail(self, place: str, what: str) -> ConfigError:
        return ConfigError(f"{self.name}: {place}: {what}")

    def table(self, *path: str) -> dict[str, Any]:
        value: Any = self.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, dict):
            raise self.fail(f"[{'.'.join(path)}]", "this section is missing")
        return value

    def text(self, table: Mapping[str, Any], place: str, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str):
            raise self.fail(f"{place} {key}", "a text is missing here")
        return value

    def texts(self, table: Mapping[str, Any], place: str, key: str, *, least: int = 1) -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.fail(f"{place} {key}", "a list of texts is missing here")
        if len(value) < least:
            raise self.fail(f"{place} {key}", f"{len(value)} texts, at least {least} are needed")
        return tuple(value)

    def pattern(self, place: str, source: str) -> re.Pattern[str]:
        try:
            return re.compile(bare(source), re.IGNORECASE)
        except re.error as error:
            raise self.fail(place, f"not a pattern: {error}") from error


def load(folder: Path = TEXTS) -> dict[str, Phrasebook]:
    """Every ``<language>.toml`` of a folder, by language. Raises ConfigError naming file, section and key."""
    books = {path.stem: read(path) for path in sorted(folder.glob("*.toml"))}
    if not books:
        raise ConfigError(f"{folder}: no language file (like en.toml) in this folder")
    return books


@cache
def names() -> Mapping[str, Mapping[str, str]]:
    """For each of our own languages, component names in small letters and what people call them there."""
    return {language: book.terms for language, book in load().items()}


def read(path: Path) -> Phrasebook:
    """One language file, complete and checked. Raises ConfigError naming file, section and key."""
    reader = _Reader(path)
    speak = reader.table("speak")
    hear = reader.table("hear")
    numbers = reader.texts(speak, "[speak]", "numbers", least=13)
    number_words = {word: value for value, word in enumerate(numbers)}
    number_words |= {str(word): int(value) for word, value in reader.table("hear", "number_words").items()}
    return Phrasebook(
        language=path.stem,
        lines=dict(_lines(reader)),
        speak={key: reader.text(speak, "[speak]", key) for key in _SPEAK},
        months=reader.texts(speak, "[speak]", "months", least=12),
        numbers=numbers,
        units={unit: _unit(reader, unit) for unit in UNITS},
        terms={str(key): str(value) for key, value in reader.table("terms").items()},
        function_words=frozenset(reader.text(hear, "[hear]", "function_words").split()),
        words=Words(frozenset(_optional(hear, "common_words").split()), families(_optional(hear, "families"))),
        asks=_patterns(reader, ("hear", "asks"), ASKS),
        topics=_patterns(reader, ("hear", "topics"), [topic for topic in TOPICS if not topic.endswith("_general")]),
        signals=_patterns(reader, ("hear", "signals"), SIGNALS),
        concepts=_patterns(reader, ("hear", "concepts"), CONCEPTS),
        durations=_durations(reader, number_words),
        since=reader.pattern("[hear] since", reader.text(hear, "[hear]", "since")),
        number_words=number_words,
    )


def _lines(reader: _Reader) -> Iterator[tuple[str, tuple[str, ...]]]:
    sections = {key.split(".")[0] for key in LINES}
    for name in sections:
        table = reader.table(name)
        if unknown := {f"{name}.{key}" for key in table} - LINES.keys():
            raise reader.fail(f"[{name}]", f"unknown key {min(unknown).split('.', 1)[1]}")
    for key in LINES:
        section, name = key.split(".")
        options = reader.texts(reader.table(section), f"[{section}]", name, least=3)
        for option in options:
            _checked(reader, f"[{section}] {name}", key, option)
        yield key, options


def _checked(reader: _Reader, place: str, key: str, option: str) -> None:
    try:
        check_line(key, option)
    except InputError as error:
        raise reader.fail(place, str(error)) from None


def check_line(key: str, line: str) -> None:
    """Raises InputError when a text cannot be a phrasing of a line."""
    try:
        parts = list(Formatter().parse(line))
    except ValueError as error:
        raise InputError(f"{line!r}: {error}") from error
    used = {name for _, name, _, _ in parts if name is not None}
    if unknown := used - LINES[key]:
        raise InputError(f"unknown placeholder {{{min(unknown)}}} in {line!r}")
    if missing := LINES[key] - used:
        raise InputError(f"placeholder {{{min(missing)}}} is missing in {line!r}")
    if any(form or conversion for _, _, form, conversion in parts):
        raise InputError(f"a placeholder is a name in braces and nothing else: {line!r}")
    if "!" in line or "¡" in line:
        raise InputError(f"an exclamation mark in {line!r}")


def _optional(table: Mapping[str, Any], key: str) -> str:
    return str(table.get(key, ""))


def _unit(reader: _Reader, unit: str) -> tuple[str, str]:
    table = reader.table("speak", "units", unit)
    one, many = (reader.text(table, f"[speak.units.{unit}]", key) for key in ("one", "many"))
    if "{n}" not in many:
        raise reader.fail(f"[speak.units.{unit}] many", "placeholder {n} is missing")
    return one, many


def _patterns(reader: _Reader, path: tuple[str, str], keys: Any) -> dict[str, re.Pattern[str]]:
    table, place = reader.table(*path), f"[{'.'.join(path)}]"
    if unknown := table.keys() - set(keys):
        raise reader.fail(place, f"unknown key {min(unknown)}")
    return {key: reader.pattern(f"{place} {key}", reader.text(table, place, key)) for key in keys}


def _durations(reader: _Reader, number_words: Mapping[str, int]) -> re.Pattern[str]:
    hear, units = reader.table("hear"), reader.table("hear", "units")
    words = "|".join(sorted(map(re.escape, number_words), key=len, reverse=True))
    spoken = "|".join(f"(?P<{unit}>{reader.text(units, '[hear.units]', unit)})" for unit in UNITS)
    source = reader.text(hear, "[hear]", "durations")
    amount = rf"(?<![\d.,:])\b(?P<n>\d{{1,2}}\s*|(?:{words})\s+)(?:{spoken})\b"
    return reader.pattern("[hear] durations", source.replace("{amount}", amount))


def persona_of(topic: str) -> Impact:
    """The impact group a topic belongs to."""
    return Impact(topic.split("_", maxsplit=1)[0])
