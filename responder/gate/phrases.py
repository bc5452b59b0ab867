"""Checks that look for one kind of phrase: a table of patterns, and when a clause is excused."""

from collections.abc import Callable, Iterator, Sequence

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import Clause, block, body, clauses, facts_text, rx, shown

Excuse = Callable[[Clause, Candidate], bool]


def find(
    name: str, patterns: Sequence[str], message: str, candidate: Candidate, *, excuse: Excuse | None = None
) -> Iterator[Finding]:
    """One finding for every clause with a pattern in it, unless excused or in the facts word for word.

    ``patterns`` match folded text; ``message`` follows the quoted phrase.
    """
    pattern = rx("|".join(patterns))
    facts = facts_text(candidate.sheet)
    for clause in clauses(body(candidate)):
        match = next((m for m in pattern.finditer(clause.text) if m[0] not in facts), None)
        if match is None or (excuse and excuse(clause, candidate)):
            continue
        start, end = clause.start + match.start(), clause.start + match.end()
        yield block(name, start, end, f"'{shown(candidate, start, end)}' {message}")


def denied(clause: Clause, _candidate: Candidate) -> bool:
    """Excuses a clause that denies what it names, or asks."""
    return clause.question or clause.says_not()
