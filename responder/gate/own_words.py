"""What the playbook says to a customer's trouble, word for word: it claims nothing and was tried when written."""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from responder.gate import Candidate
from responder.gate.reading import body, fold, sentences

_TEXTS = Path(__file__).parents[1] / "writers" / "texts"
_KIND = ("topic", "stage", "ack", "own", "invite", "thank")
_ADVICE = "safety.advice"
_WITHOUT = {"cause.unknown": "cause", "credit.unknown": "compensation", "prevent.unknown": "prevention"}
_WITH = {"cause.elsewhere": "cause", "credit.elsewhere": "compensation", "help.elsewhere": "workaround"}
"""Lines that are true as long as the sheet lacks, or has, a fact."""
_FILLED = {"phone.line": "phone"}
"""Lines around a fact that is not a sentence."""
_ENDS = " .!?\u2026:\u00a0\u202f"


def spans(candidate: Candidate) -> Iterator[tuple[int, int]]:
    """Where the reply says a sentence of the playbook that holds no gap for a fact; offsets into the reply."""
    true = _kind() | _lines(_ADVICE) | _lines("none.topic") | _of_the_sheet(candidate) | _with_values(candidate)
    for sentence in sentences(body(candidate)):
        if sentence.text.strip(_ENDS) in true:
            yield sentence.start, sentence.end


def _of_the_sheet(candidate: Candidate) -> frozenset[str]:
    """What the playbook says of the status, and of a fact that is missing or not in the reply's language."""
    has = {name.split(".")[0] for name, text in candidate.sheet.facts.items() if text}
    lines = [line for line, fact in _WITHOUT.items() if fact not in has] + [
        line for line, fact in _WITH.items() if fact in has
    ]
    if candidate.sheet.status:
        lines.append(f"status.{candidate.sheet.status}")
    return frozenset[str]().union(*(_lines(line) for line in lines))


def _with_values(candidate: Candidate) -> frozenset[str]:
    values = {line: (fact, candidate.sheet.get(fact)) for line, fact in _FILLED.items()}
    return frozenset(
        fold(text.format(**{fact: value})).strip(_ENDS)
        for line, (fact, value) in values.items()
        if value
        for told in _books()
        for text in told.get(line.split(".")[0], {}).get(line.split(".")[1], ())
    )


@lru_cache(maxsize=1)
def _kind() -> frozenset[str]:
    return frozenset[str]().union(
        *(_said(texts) for told in _books() for kind in _KIND for texts in told.get(kind, {}).values())
    )


@cache
def _lines(name: str) -> frozenset[str]:
    section, key = name.split(".")
    return frozenset[str]().union(*(_said(told.get(section, {}).get(key, ())) for told in _books()))


def _said(texts: Iterable[str]) -> frozenset[str]:
    whole = (part.text.strip(_ENDS) for line in texts for part in sentences(fold(line)))
    return frozenset(part for part in whole if "{" not in part)


@lru_cache(maxsize=1)
def _books() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_TEXTS.glob("*.toml")))
