"""Drafts that no training sees, to choose by and to measure on."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain import FactSheet, IncidentStatus, Voice
from responder.claims.training import whole
from responder.claims.training.pairs import Line
from responder.gate import Candidate

FOLDER = Path(__file__).parent / "heldout"
CHOOSING = ("choose", "settle", "another_hand", "judged", "contrast")
"""Drafts that limits are chosen on. The checks' tables were written with the first three; in the last, a word or two
tell bad from clean."""

MEASURING = ("measure", "fr_es", "three_languages", "four_kinds", "six_sheets", "english_facts", "mixed_facts")
"""Drafts that no limit is chosen on."""

_DAY = "2026-11-18T{}:00+00:00"  # a sheet of `drafts_*.txt` names no day
_ROOMY = "reddit"  # nor a platform


@dataclass(frozen=True, slots=True)
class Case:
    """A draft with its sheet; ``fault`` is empty for a clean one."""

    candidate: Candidate
    fault: str


def cases(folder: Path) -> Iterator[Case]:
    """Every draft of a folder: its `*.jsonl` over its `sheets/`, and its `drafts_*.txt` with all that could stand in.

    Raises InputError for a line of the latter that cannot be read.
    """
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            sheet = _of_file(folder / "sheets" / f"{row['sheet']}.toml")
            candidate = Candidate(reply=row["reply"], platform=row["platform"], mention=row["mention"], sheet=sheet)
            yield Case(candidate, row.get("fault", ""))
    for draft in whole.drafts(folder):
        yield from _versions(draft)


def _versions(draft: whole.Whole) -> Iterator[Case]:
    yield _case(draft, draft.lines)
    for place, others in draft.others.items():
        for other in others:
            yield _case(draft, [*draft.lines[:place], other, *draft.lines[place + 1 :]])


def _case(draft: whole.Whole, lines: list[Line]) -> Case:
    reply = " ".join(line.text for line in lines)
    mention = draft.post.replace("{handle}", draft.sheet.name)
    candidate = Candidate(reply=reply, platform=_ROOMY, mention=mention, sheet=_of_fields(draft.sheet.fields))
    return Case(candidate, ", ".join(line.kind for line in lines if line.sign in "!?" or line.flags))


def _of_file(path: Path) -> FactSheet:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    incident, facts = told["incident"], dict(told["facts"])
    links = tuple(facts.pop("links", ()))
    return FactSheet(
        brand=Voice(name=told["brand"]["name"], handles=tuple(told["brand"]["handles"])),
        title=incident["title"],
        status=IncidentStatus(incident["status"]),
        started_at=incident["started_at"],
        next_update_at=incident.get("next_update_at"),
        components=tuple(incident["components"]),
        regions=tuple(incident["regions"]),
        facts={name: fact for name, fact in facts.items() if fact},
        links=links,
    )


def _of_fields(fields: Mapping[str, str]) -> FactSheet:
    listed = {name: tuple(piece.strip() for piece in fields.get(name, "").split(";")) for name in ("parts", "places")}
    return FactSheet(
        brand=Voice(name=fields["brand"]),
        status=IncidentStatus(fields["status"]),
        started_at=_clock(fields.get("started")),
        next_update_at=_clock(fields.get("update")),
        components=tuple(filter(None, listed["parts"])),
        regions=tuple(filter(None, listed["places"])),
        facts={name: fields[name] for name in whole.FACTS if fields.get(name)},
    )


def _clock(told: str | None) -> datetime | None:
    return datetime.fromisoformat(_DAY.format(told.zfill(5))) if told else None
