"""Sends drafts back that rest on what is not so any more; those with the words of a person are weighed anew."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core import settings
from core.clock import Clock
from core.domain import DraftStatus, Finding, IncidentStatus, Level, MentionStatus
from core.errors import Transient
from core.store import Session, Store, drafts, events, follow_ups, incidents, mentions
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from responder.approval import Inspect, candidate_of, judge
from responder.freshness import BEFORE_START, why_stale
from responder.gate import Candidate

log = logging.getLogger(__name__)
STALE_BATCH = 200  # drafts sent back in one transaction: others want to write too


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawing:
    """What sending drafts back needs, wired once."""

    store: Store
    brand: settings.Brand
    inspect: Inspect
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighing:
    """The words of a person against the facts of now: ``incident_id`` is where those facts stand."""

    incident_id: int | None
    candidate: Candidate
    findings: tuple[Finding, ...] = ()


def send_back_stale(with_: Redrawing) -> int:
    """Drafts that rest on a fact that changed, on a promised time that passed, or on no incident where there is one
    now, are drawn again. Others stay as they are and are known to rest on the newest sheet. Goes batch by batch.

    A draft that a person edited keeps its words: only its findings are renewed, against the new facts. The gate weighs
    them while nobody waits for the database; what changed meanwhile is left to the next pass.
    """
    total = 0
    while True:
        with with_.store.read() as db:
            found = list(_stale(db, with_))
            edited = {draft.id: _against_facts_now(db, draft, with_) for draft in found if draft.edited_by is not None}
        weighed = {number: _weighed(with_, number, one) for number, one in edited.items()}
        with with_.store.begin() as db:
            done = Counter(_settle(db, draft, weighed.get(draft.id), with_) for draft in found)
        total += done["stale"]
        if len(found) < STALE_BATCH or not done.keys() - {"moved on"}:
            return total


def _stale(db: Session, with_: Redrawing) -> Sequence[DraftRow]:
    found = drafts.outdated(db, with_.brand.name, with_.clock(), limit=STALE_BATCH)
    incident = incidents.newest_open(db, with_.brand.name)
    if found or incident is None or incident.status == IncidentStatus.RESOLVED.value:
        return found
    return drafts.unjoined(db, with_.brand.name, since=incident.started_at - BEFORE_START, limit=STALE_BATCH)


def _against_facts_now(db: Session, draft: DraftRow, with_: Redrawing) -> _Weighing:
    incident = db.get(IncidentRow, draft.incident_id) if draft.incident_id else None
    incident = incident or incidents.newest_open(db, with_.brand.name)
    number = incident.id if incident else None
    candidate = candidate_of(db, draft, draft.text, with_.brand, incident_id=number, now=with_.clock())
    return _Weighing(incident_id=number, candidate=candidate)


def _weighed(with_: Redrawing, draft_id: int, one: _Weighing) -> _Weighing:
    """With what the gate says; a text that breaks it is blocked for a person to look at, and holds up nobody."""
    try:
        return replace(one, findings=with_.inspect(one.candidate))
    except Transient:
        raise
    except Exception:
        log.exception("weighing a draft failed", extra={"draft": draft_id})
        why = "this could not be weighed against the new facts; the log tells more"
        return replace(one, findings=(Finding(check="gate", level=Level.BLOCK, start=0, end=0, message=why),))


def _settle(db: Session, seen: DraftRow, weighed: _Weighing | None, with_: Redrawing) -> str:
    """``stale``, ``stands``, or ``moved on``: the draft, or the facts it was weighed against, are others by now."""
    draft = drafts.whole(db, seen.id, lock=True)
    if draft is None or (draft.status, draft.version) != (DraftStatus.WAITING.value, seen.version):
        return "moved on"
    if _still_stands(db, draft, with_):
        return "stands"
    if draft.edited_by is None:
        _draw_again(db, draft, with_)
        return "stale"
    if weighed is None or weighed.candidate.sheet.version != incidents.sheet_version(db, weighed.incident_id):
        return "moved on"
    draft.incident_id = weighed.incident_id
    judge(draft, weighed.candidate, weighed.findings)
    draft.version, draft.updated_at = draft.version + 1, with_.clock()
    events.tell(db, "draft", now=with_.clock(), draft_id=draft.id, action="draft.rechecked", by="amends")
    return "stale"


def _still_stands(db: Session, draft: DraftRow, with_: Redrawing) -> bool:
    """Whether a draft uses nothing that changed; it then counts as resting on the newest version of the sheet."""
    if draft.incident_id is None or why_stale(db, draft, with_.clock()):
        return False
    draft.sheet_version = incidents.sheet_version(db, draft.incident_id)
    return True


def _draw_again(db: Session, draft: DraftRow, with_: Redrawing) -> None:
    supersede(db, draft, "the facts changed", with_)
    if draft.occasion:
        follow_ups.due_again(db, draft.id, with_.clock())
    else:
        mentions.move(db, draft.mention_id, expect=MentionStatus.DRAFTED, to=MentionStatus.READ)


def supersede(db: Session, draft: DraftRow, reason: str, with_: Redrawing) -> None:
    """Takes a waiting draft off the queue, for a reason that people can read."""
    now = with_.clock()
    draft.status, draft.reason, draft.updated_at = DraftStatus.SUPERSEDED.value, reason, now
    events.tell(db, "draft", now=now, draft_id=draft.id, action="draft.superseded", by="amends")
