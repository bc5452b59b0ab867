"""Reads the corrections that ``amends export corrections`` wrote: posts with the labels a person gave them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain import BadLabelError, Labels
from core.errors import InputError
from core.jsonl import json_object


@dataclass(frozen=True, slots=True)
class Correction:
    """A post and its labels as they stand. ``changed`` names those a person changed; the rest they saw and left."""

    text: str
    labels: Labels
    changed: frozenset[str]
    who: str
    when: str  # RFC 3339
    model: str  # name@version that was corrected


def read(path: Path) -> list[Correction]:
    """Every correction of a file, in order; empty lines are skipped.

    Raises InputError with one line for each fault, ``FILE:LINE: what is wrong``; a file that cannot be read is one.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    found: list[Correction] = []
    faults: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            found += [_correction(line)] if line.strip() else []
        except InputError as error:
            faults.append(f"{path}:{number}: {error}")
    if faults:
        raise InputError("\n".join(faults))
    return found


def _correction(line: bytes) -> Correction:
    row = json_object(line)
    text = _text(row, "text")
    if not text.strip():
        raise InputError("text: empty")
    try:
        labels = Labels.parse(row)
    except BadLabelError as error:
        raise InputError(str(error)) from None
    return Correction(text, labels, _changed(row, labels), _text(row, "who"), _text(row, "when"), _text(row, "model"))


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise InputError(f"{key}: {'missing' if value is None else 'a text is expected'}")
    return value


def _changed(row: Mapping[str, Any], labels: Labels) -> frozenset[str]:
    changed = row.get("to")
    if not isinstance(changed, dict) or not changed:
        raise InputError("to: an object with the labels that were changed is expected")
    plain = labels.plain()
    if unknown := sorted(changed.keys() - plain.keys()):
        raise InputError(f"to: {unknown[0]} is no label")
    if wrong := sorted(name for name in changed if changed[name] != plain[name]):
        raise InputError(f"to: {wrong[0]} differs from the line's own {wrong[0]}")
    return frozenset(changed)
