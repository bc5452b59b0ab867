"""Posts of customers with the sentences of a fact sheet that a good reply tells them, as people labelled them.

`needed/README.md` tells the format. What the playbook does with them shows whether it picks what a customer needs.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from classifier.models import load
from core.domain import FactSheet, IncidentStatus, Voice
from core.settings import Classifier
from incidents.journey import of_brand
from responder.lengths import measure
from responder.writers import Brief
from responder.writers.known import TEXTS, units
from responder.writers.playbook import PlaybookWriter
from tests.responder.test_playbook import FULL

FOLDER = Path(__file__).parent / "needed"


@dataclass(frozen=True, slots=True)
class Needing:
    """``tell``, ``may`` and ``never``: the sentences that must, may and must not be said to this customer."""

    post: str
    language: str
    sheet: FactSheet
    tell: tuple[str, ...]
    may: tuple[str, ...]
    never: tuple[str, ...]


def of_set(name: str) -> list[Needing]:
    """Every post of a set of `needed/`."""
    sheets = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in (FOLDER / name / "sheets").glob("*.toml")}
    lines = [line for path in sorted((FOLDER / name).glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [_needing(row, sheets[row["sheet"]]) for row in map(json.loads, lines)]


def _needing(row: dict[str, list[str]], told: dict[str, dict[str, str]]) -> Needing:
    facts = {name: told["facts"][name] for name in TEXTS if told["facts"].get(name)}
    parts = {f"{name}.{at}": part for name, text in facts.items() for at, part in enumerate(units(text), 1)}
    status = IncidentStatus(told["incident"]["status"])
    sheet = replace(
        FULL, brand=Voice(name=told["brand"]["name"]), status=status, regions=(), components=(), facts=facts
    )
    labels = (tuple(parts[each] for each in row[label]) for label in ("tell", "may", "never"))
    return Needing(str(row["post"]), str(row["language"]), sheet, *labels)


def replies(cases: list[Needing], writer: PlaybookWriter) -> Iterator[tuple[Needing, str]]:
    """What the playbook writes to each of them, in small letters."""
    texts = written([(case.post, case.language, case.sheet) for case in cases], writer)
    return zip(cases, map(str.casefold, texts), strict=True)


def written(asked: list[tuple[str, str, FactSheet]], writer: PlaybookWriter) -> Iterator[str]:
    """What the playbook writes on X to posts, as they are read, each (post, language, sheet)."""
    journey = of_brand("")
    readings = load(Classifier()).read([post for post, _, _ in asked], [language for _, language, _ in asked])
    for number, ((post, language, sheet), reading) in enumerate(zip(asked, readings, strict=True)):
        stage = journey.place(reading, text=post, history=[], sheet_status=sheet.status, previous_stage=None)
        brief = Brief(
            mention_id=f"m{number}", platform="x", author="sam", text=post, language=language, reading=reading,
            plan=journey.plan(stage, reading.impact, sheet), sheet=sheet, now=sheet.started_at or FULL.started_at,
            limit=measure("x", "").limit,
        )  # fmt: skip
        yield writer.write(brief).text


def says(reply: str, sentence: str) -> bool:
    """Whether a reply of `replies` tells a sentence of the facts."""
    return sentence.rstrip(".").casefold()[1:] in reply
