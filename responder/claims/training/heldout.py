"""Drafts that no training sees: how many the model stops, and from which chances on it should."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain import FactSheet, IncidentStatus, Voice
from responder.claims.labels import FLAGS
from responder.claims.model import ClaimModel, Judged
from responder.claims.premise import premise
from responder.gate import Candidate, support

CHOOSING = Path(__file__).parent / "heldout" / "choose"
"""Drafts that thresholds are chosen on."""

SETTLING = Path(__file__).parent / "heldout" / "settle"
"""More of them, over other sheets, that the gate's tables were written with."""

MEASURING = Path(__file__).parent / "heldout" / "measure"
"""Drafts that nothing is chosen on."""

CLEAN_STOPPED = 0.03
"""Share of clean drafts that the thresholds may stop."""

VOUCHED = 0.05
"""Below this chance of every fault the model speaks for a clause."""

_LOWEST, _LOWEST_STATES = 0.12, (0.5, 0.35, 0.1)


@dataclass(frozen=True, slots=True)
class Case:
    """A draft with its sheet; ``fault`` is empty for a clean one."""

    sheet: FactSheet
    mention: str
    reply: str
    fault: str


def cases(folder: Path) -> Iterator[Case]:
    """Every draft of a folder's `*.jsonl`, over its `sheets/`."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield Case(
                _sheet(folder / "sheets" / f"{row['sheet']}.toml"), row["mention"], row["reply"], row.get("fault", "")
            )


def _sheet(path: Path) -> FactSheet:
    import tomllib

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
        facts=facts,
        links=links,
    )


def scores(model: ClaimModel, given: Sequence[Case]) -> list[list[Judged]]:
    """What the model says of the clauses of each draft."""
    return [model.judge(premise(case.sheet, case.mention), case.reply) for case in given]


def thresholds(judged: Sequence[list[Judged]], given: Sequence[Case]) -> dict[str, float]:
    """One threshold for unsupported clauses and one for every flag, together stopping CLEAN_STOPPED of the clean.

    Clauses with words from nowhere have thresholds of their own. A flag stands above every clean draft; what may be
    stopped is left to the unsupported clauses.
    """
    clean = [clauses for clauses, case in zip(judged, given, strict=True) if not case.fault and clauses]
    spare = max(1, int(CLEAN_STOPPED * len(clean)) - 1)  # one is left for the flags together
    found = {flag: max(_LOWEST, _above(clean, flag, 0)) for flag in FLAGS}
    told = [(clauses, case) for clauses, case in zip(judged, given, strict=True) if not case.fault and clauses]
    for tier, (name, lowest) in enumerate(zip(support.BY_STRANGE, _LOWEST_STATES, strict=True)):
        here = [[one for one in clauses if _tier(case, one) == tier] for clauses, case in told]
        found[name] = max(
            lowest, _above([clauses for clauses in here if clauses], "unsupported", spare if not tier else 0)
        )
    return {**{name: round(min(0.98, value), 3) for name, value in found.items()}, "vouched": VOUCHED}


def _tier(case: Case, one: Judged) -> int | None:
    """Which threshold a clause stands under; None for one that claims nothing."""
    candidate = Candidate(reply=case.reply, platform="", mention=case.mention, sheet=case.sheet)
    return support.tier(candidate, one.span)


def _above(clean: Sequence[list[Judged]], name: str, spare: int) -> float:
    """A chance that only `spare` clean drafts exceed."""
    top = sorted((max(_chance(one, name) for one in clauses) for clauses in clean), reverse=True)
    return top[min(spare, len(top) - 1)] + 0.02 if top else 0.0


def _chance(one: Judged, name: str) -> float:
    return one.unsupported if name == "unsupported" else one.flags[name]


def stopped(clauses: Sequence[Judged], limits: dict[str, float]) -> bool:
    """Whether any clause is over a threshold; stock phrases and odd words are weighed by the gate, not here."""
    names = [name for name in limits if name in FLAGS or name == "unsupported"]
    names.remove("rote")
    return any(_chance(one, name) > limits[name] for one in clauses for name in names)


def report(judged: Sequence[list[Judged]], given: Sequence[Case], limits: dict[str, float]) -> str:
    """One line: of the bad drafts and of the clean ones, how many the model alone stops."""
    counts = {True: [0, 0], False: [0, 0]}
    for clauses, case in zip(judged, given, strict=True):
        counts[bool(case.fault)][0] += stopped(clauses, limits)
        counts[bool(case.fault)][1] += 1
    (bad, of_bad), (clean, of_clean) = counts[True], counts[False]
    return f"bad drafts stopped: {bad} of {of_bad}; clean drafts stopped: {clean} of {of_clean}"
