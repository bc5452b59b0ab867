"""The checks, in the order their findings are shown."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from core.domain import Finding, Level
from responder.gate import (
    Candidate,
    blame,
    cause,
    compensation,
    contacts,
    contradiction,
    crossed,
    dead_end,
    duplicate,
    echo,
    figures,
    forecast,
    guarantee,
    hidden,
    injection,
    jargon,
    known_things,
    language,
    legal,
    length,
    opposite,
    over,
    own_words,
    owner,
    personal_data,
    placeholder,
    rote,
    scope,
    secret,
    security,
    status,
    support,
    swapped,
    tone,
)
from responder.gate.reading import approved_spans

Check = Callable[[Candidate], Iterable[Finding]]

CHECKS: tuple[tuple[str, Check], ...] = tuple(
    (module.NAME, module.check)
    for module in (
        length,
        placeholder,
        hidden,
        echo,
        injection,
        personal_data,
        secret,
        security,
        status,
        over,
        contradiction,
        known_things,
        crossed,
        swapped,
        opposite,
        scope,
        forecast,
        owner,
        figures,
        contacts,
        compensation,
        cause,
        blame,
        legal,
        guarantee,
        dead_end,
        language,
        tone,
        rote,
        jargon,
        support,
        duplicate,
    )
)


# These look at the reply as a whole: that a part of it is approved says nothing against them.
OF_THE_WHOLE = frozenset({length.NAME, language.NAME, rote.NAME, duplicate.NAME})
_EXACT = (length, placeholder, hidden, secret, echo, over, known_things, contacts, figures, language, duplicate)
EXACT = frozenset(module.NAME for module in _EXACT)
"""These compare or count, or leave no room: the claim model's opinion is not asked."""


def inspect(candidate: Candidate) -> tuple[Finding, ...]:
    """Every finding of every check, blocks before warnings, in the order of CHECKS.

    What stands in the fact sheet word for word was approved with it, and the playbook's kind sentences were tried when
    they were written: no claim in them is questioned again.
    """
    approved = approved_in(candidate)
    found = [finding for _, check in CHECKS for finding in check(candidate) if questioned(finding, approved)]
    found = [_softened(finding, candidate) for finding in found]
    return tuple(sorted(found, key=lambda finding: finding.level is not Level.BLOCK))


def questioned(finding: Finding, approved: Iterable[tuple[int, int]]) -> bool:
    """Whether a finding stands, or lies within a stretch that is not questioned."""
    within = any(left <= finding.start and finding.end <= right for left, right in approved)
    return finding.check in OF_THE_WHOLE or not within


def approved_in(candidate: Candidate) -> tuple[tuple[int, int], ...]:
    """The stretches of a reply that are not questioned."""
    return (*approved_spans(candidate), *own_words.spans(candidate))


def _softened(finding: Finding, candidate: Candidate) -> Finding:
    """A warning instead of a block where a phrase was found and the claim model sees too little wrong in its clause.

    Tables of phrases take honest clauses for faults now and then; how far the model must agree with each check was
    chosen with it.
    """
    if finding.level is not Level.BLOCK or finding.check in EXACT or support.agrees(candidate, finding):
        return finding
    return replace(finding, level=Level.WARN)


def passes(findings: Iterable[Finding]) -> bool:
    """Whether a person may approve with one click: nothing blocks."""
    return all(finding.level is not Level.BLOCK for finding in findings)
