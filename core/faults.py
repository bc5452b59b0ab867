"""What is wrong with a config.toml, in words for its author, and on which line."""

import re
import tomllib
from pathlib import Path
from typing import Any

from core.accounts import KINDS


def toml_fault(file: Path, error: tomllib.TOMLDecodeError) -> str:
    message = str(error)
    place = re.search(r"\(at line (\d+), column \d+\)$", message)
    return f"{file}:{place[1]}: {message[: place.start()].strip()}" if place else f"{file}: {message}"


def path_of(fault: Any) -> tuple[str, ...]:
    return tuple(part for part in fault["loc"] if isinstance(part, str) and not _is_tag(fault["loc"], part))


def _is_tag(loc: tuple[int | str, ...], part: int | str) -> bool:
    """Pydantic puts the chosen ``kind`` between a source's name and its key; a reader does not want it."""
    return len(loc) > 3 and loc[0] in KINDS and part is loc[2]


def explain(fault: Any) -> str:
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


def line_of(text: str, path: tuple[str, ...]) -> int:
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
