"""Chooses what blocks: the claim model's thresholds, and how far it must agree with each check of phrases.

One value after the other is set to what stops the most bad drafts, with a fine on clean ones stopped beyond a share,
until none changes any more (coordinate ascent). Drafts that no training saw, and for the checks none they were written
with, keep this honest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain import Level
from responder.claims.labels import FLAGS
from responder.claims.model import ClaimModel
from responder.claims.premise import premise
from responder.gate import Candidate, support
from responder.gate.reading import heard
from responder.gate.registry import CHECKS, EXACT, approved_in, questioned
from responder.gate.wording import words_in_one_language

CLEAN_STOPPED = 0.15
"""Share of clean drafts that may be stopped before it costs."""

_FINE, _EACH = 3.0, 0.3  # for clean drafts stopped beyond that share, and for each at all
_ROUNDS = 4
_AGREEING = (0.0, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2)  # not more: a phrase found is reason enough to ask a person
_ABROAD = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
_UNSUPPORTED = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 1.0)
_FLAGGED = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)

Limits = dict[str, dict[str, float]]
"""``thresholds`` and ``agreement`` as `config.json` holds them."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What the model says of a clause, and the name of the threshold for its being unsupported."""

    unsupported: float
    under: str
    flags: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Seen:
    """A draft as checks and model see it. ``found``: check and the model's suspicion, for every block of a check;
    ``abroad``: reply and facts differ in language.
    """

    bad: bool
    found: tuple[tuple[str, float], ...]
    clauses: tuple[Clause, ...]
    abroad: bool = False


def see(model: ClaimModel, candidate: Candidate, *, bad: bool) -> Seen:
    """What decides on one draft, whatever the limits."""
    judged = model.judge(premise(candidate.sheet, heard(candidate, earlier=2)), candidate.reply)
    approved = approved_in(candidate)
    found = [
        (finding.check, support.suspicion(judged, finding.start, finding.end))
        for name, check in CHECKS
        if name != support.NAME
        for finding in check(candidate)
        if finding.level is Level.BLOCK and questioned(finding, approved)
    ]
    tells = support.tells_something(judged)
    clauses = [
        Clause(
            one.unsupported,
            support.threshold(candidate, one.span),
            support.counted(candidate, one, tells=tells),
        )
        for one in judged
        if not any(left <= one.span.start and one.span.end <= right for left, right in approved)
    ]
    return Seen(bad, tuple(found), tuple(clauses), not words_in_one_language(candidate))


def stopped(one: Seen, limits: Limits) -> bool:
    """Whether a draft is blocked under the limits."""
    agreement, thresholds = limits["agreement"], limits["thresholds"]
    least = agreement.get(support.ABROAD, 0.0) if one.abroad else 0.0
    if any(check in EXACT or suspicion >= max(least, agreement.get(check, 0.0)) for check, suspicion in one.found):
        return True
    return any(
        clause.unsupported > thresholds[clause.under]
        or any(chance > thresholds[flag] for flag, chance in clause.flags.items())
        for clause in one.clauses
    )


def shares(seen: Sequence[Seen], limits: Limits) -> tuple[float, float]:
    """The share of bad drafts that is stopped, and of clean ones."""
    verdicts = [(one.bad, stopped(one, limits)) for one in seen]
    bad, clean = ([verdict for is_bad, verdict in verdicts if is_bad is kind] for kind in (True, False))
    return sum(bad) / max(1, len(bad)), sum(clean) / max(1, len(clean))


def choose(sets: Sequence[Sequence[Seen]], clean_stopped: float = CLEAN_STOPPED) -> Limits:
    """The limits for sets of drafts that weigh the same, however long each is, and are fined each for itself."""
    limits = _start()
    best = _worth(sets, limits, clean_stopped)
    for _ in range(_ROUNDS):
        before = best
        for table, name, options in _knobs(limits):
            worth = {option: _worth(sets, _with(limits, table, name, option), clean_stopped) for option in options}
            best = max(worth.values())
            equal = [option for option in options if worth[option] == best]
            limits[table][name] = equal[len(equal) // 2]  # far from either edge: unseen drafts lie elsewhere
        if best == before:
            break
    return limits


def _with(limits: Limits, table: str, name: str, value: float) -> Limits:
    return {**limits, table: {**limits[table], name: value}}


def _start() -> Limits:
    names = (*support.BY_STRANGE, support.KIND)
    checks = [name for name, _ in CHECKS if name not in EXACT and name != support.NAME]
    return {
        "thresholds": {**dict.fromkeys(names, 0.9), **dict.fromkeys(FLAGS, 0.6)},
        "agreement": dict.fromkeys(checks, 0.1) | {support.ABROAD: 0.2},
    }


def _knobs(limits: Limits) -> list[tuple[str, str, Sequence[float]]]:
    told = [("thresholds", name, _FLAGGED if name in FLAGS else _UNSUPPORTED) for name in limits["thresholds"]]
    return [
        *told,
        *(("agreement", name, _ABROAD if name == support.ABROAD else _AGREEING) for name in limits["agreement"]),
    ]


def _worth(sets: Sequence[Sequence[Seen]], limits: Limits, clean_stopped: float) -> float:
    each = [shares(seen, limits) for seen in sets]
    return sum(bad - _FINE * max(0.0, clean - clean_stopped) - _EACH * clean for bad, clean in each) / len(each)
