"""The row of a draft that a writer wrote: the same for a first answer and for a follow-up."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from core.domain import DraftStatus, FactSheet, Finding, Move
from core.domain.draft import Written
from core.store.drafts import DraftRow
from responder.approval import as_rows
from responder.gate.registry import passes

# What a reply would say in each of its moves, had the sheet the fact.
_ASKED: Mapping[Move, tuple[str, ...]] = {
    Move.EXPLAIN: ("cause", "scope"),
    Move.NEXT_STEP: ("next_step", "workaround", "next_update_at"),
    Move.MAKE_GOOD: ("compensation",),
    Move.PREVENT: ("prevention",),
}


def drawn(
    written: Written,
    findings: tuple[Finding, ...],
    sheet: FactSheet,
    *,
    mention_id: int,
    incident_id: int | None,
    writer: str,
    priority: int,
    waiting_since: datetime,
    now: datetime,
    occasion: str = "",
) -> DraftRow:
    """A waiting draft, not yet in the store. ``writer`` is who is said to have written it."""
    return DraftRow(
        mention_id=mention_id,
        incident_id=incident_id,
        sheet_version=sheet.version,
        status=DraftStatus.WAITING.value,
        text=written.text,
        written=written.text,
        grounds=[asdict(ground) for ground in written.grounds],
        language=written.language,
        stage=written.stage.value,
        persona=written.persona.value,
        moves=[move.value for move in written.moves],
        facts_used=list(written.facts_used),
        facts_missing=_missing(written, sheet),
        findings=as_rows(findings),
        passed=passes(findings),
        writer=writer,
        priority=priority,
        waiting_since=waiting_since,
        version=1,
        reason="",
        occasion=occasion,
        created_at=now,
        updated_at=now,
    )


def _missing(written: Written, sheet: FactSheet) -> list[str]:
    """The facts whose absence a reply speaks of; for a writer that cannot tell, all that its moves would have used."""
    if written.facts_missing is not None:
        return list(written.facts_missing)
    asked = [fact for move in written.moves for fact in _ASKED.get(move, ())]
    return [fact for fact in asked if not (sheet.next_update_at if fact == "next_update_at" else sheet.get(fact))]
