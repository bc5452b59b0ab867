"""Whether what a draft rests on still stands. Asked before approving, before sending, and to find what to redraw."""

from datetime import datetime, timedelta

from core.domain import OPEN, Eligibility, IncidentStatus, Intent, Reading, touched
from core.store import Session, deliveries, incidents
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.erasing import WHY
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from responder.policy import may_reply
from responder.publishers.texts import same_words

# People complain before anybody opens an incident: so far back a report still belongs to it.
BEFORE_START = timedelta(hours=2)
# A report long after the end is about something new, and must not be told that it is over.
AFTER_END = timedelta(hours=6)
# Who was part of it may come back to it, for a credit or a question, as long as their case runs.
AFTERMATH = timedelta(days=7)
LASTING = OPEN - {IncidentStatus.RESOLVED}


def belongs(mention: MentionRow, reading: Reading, case: CaseRow, incident: IncidentRow) -> bool:
    """Whether a mention is about this incident: it tells of an outage, or its author's case belongs to it already."""
    if mention.created_at < incident.started_at - BEFORE_START:
        return False
    reports = reading.outage or Intent.STATUS_QUESTION in reading.intents
    mine = case.incident_id == incident.id
    if incident.status != IncidentStatus.RESOLVED.value or incident.resolved_at is None:
        return reports or mine
    since = mention.created_at - incident.resolved_at
    return since <= AFTER_END if reports else mine and since <= AFTERMATH


def incident_of(db: Session, mention: MentionRow, reading: Reading, case: CaseRow) -> IncidentRow | None:
    """The open incident a mention belongs to: the one its author's case is part of while it lasts, else the newest."""
    own = db.get(IncidentRow, case.incident_id) if case.incident_id else None
    if own is not None and IncidentStatus(own.status) in LASTING and belongs(mention, reading, case, own):
        return own
    incident = incidents.newest_open(db, mention.brand)
    return incident if incident is not None and belongs(mention, reading, case, incident) else None


def may_answer(db: Session, mention: MentionRow) -> tuple[bool, str]:
    """Whether this post may be answered now, and why: it is there, the platform's rules, its author's word to stop."""
    if mention.gone:
        return False, WHY[mention.gone]
    case = db.get(CaseRow, mention.case_id) if mention.case_id else None
    opted_out = case is not None and case.opted_out_at is not None
    return may_reply(mention.platform, Eligibility(mention.eligible), opted_out=opted_out)


def why_stale(db: Session, draft: DraftRow, now: datetime) -> str:
    """What changed since the draft was written, in words, or "" when it still stands."""
    if draft.incident_id is None:
        return "an incident was opened since this was written" if _claimed(db, draft) else ""
    incident = db.get_one(IncidentRow, draft.incident_id)
    if rests_on_change(draft, incident):
        return "the facts changed since this was written"
    promised = incident.next_update_at
    if promised is not None and promised <= now and _may_promise(draft, promised):
        return "the update time this promises has passed"
    return ""


def why_again(db: Session, draft: DraftRow) -> str:
    """Why a draft says nothing new: its words were taken down from this very post. "" when they were not.

    Compared as platforms are read back: what was taken down may still be shown for a while.
    """
    post = draft.mention
    before = deliveries.taken_down_from(db, post.platform, post.external_id, draft.occasion)
    same = any(same_words(draft.text, row.text) for row in before)
    return "these words were taken down from this post; write others" if same else ""


def rests_on_change(draft: DraftRow, incident: IncidentRow) -> bool:
    """Whether a draft states a fact that changed since, or says that one is not known which is by now.

    Nobody knows what the words of a person rest on, so for an edited draft every change counts.
    """
    changed = incidents.changed_since(incident, draft.sheet_version)
    if not changed or draft.edited_by is not None:
        return bool(changed)
    used = (*draft.facts_used, *draft.facts_missing)
    return touched(changed=changed, used=used, language=draft.language, known=incident.changed)


def _may_promise(draft: DraftRow, moment: datetime) -> bool:
    """Nobody knows whether the words of a person name the time, so they are weighed once more when it has passed."""
    return "next_update_at" in draft.facts_used or (draft.edited_by is not None and draft.updated_at < moment)


def _claimed(db: Session, draft: DraftRow) -> bool:
    mention = draft.mention
    case = db.get(CaseRow, mention.case_id) if mention.case_id else None
    if case is None or mention.reading is None:
        return False
    incident = incident_of(db, mention, mention.reading.value(), case)
    return incident is not None and incident.status != IncidentStatus.RESOLVED.value
