"""Tells customers what came of their feedback: a draft in the queue, in the words of who closed it."""

import logging
from collections import Counter
from collections.abc import Mapping

from core.domain import DraftStatus, MentionStatus, Move, Stage
from core.errors import Transient
from core.store import Session, drafts, events, feedback, incidents, mentions
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.feedback import FeedbackRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from responder.approval import as_rows
from responder.bounds import bounds_of
from responder.drafting import Drafting, reply_language
from responder.freshness import incident_of, may_answer
from responder.gate import Candidate
from responder.gate.registry import passes
from responder.naming import called
from responder.policy import priority

log = logging.getLogger(__name__)
PAGE = 50  # items read at once

# How the reply begins: it says why it comes, since the customer did not ask again.
LEADS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "suggestion": "You made a suggestion, and here is what came of it.",
        "praise": "Your kind words reached the people they were meant for.",
        "complaint": "You told us what was wrong, and here is what came of it.",
    },
    "fr": {
        "suggestion": "Vous nous avez fait une suggestion : voici ce qu'elle est devenue.",
        "praise": "Vos mots gentils sont arrivés à ceux à qui ils étaient destinés.",
        "complaint": "Vous nous avez dit ce qui n'allait pas : voici ce qu'il en est advenu.",
    },
    "es": {
        "suggestion": "Nos hizo una sugerencia y esto es lo que resultó.",
        "praise": "Sus amables palabras llegaron a quienes iban dirigidas.",
        "complaint": "Nos contó lo que fallaba y esto es lo que resultó.",
    },
}


def draft_results(with_: Drafting, *, limit: int = PAGE) -> Counter[str]:
    """One pass over closed feedback whose customer is to hear of it; ends when about ``limit`` were drafted.

    Those that must wait hold up nobody behind them. Returns counts of ``drafted``, ``by hand`` (we may not answer) and
    ``later`` (another draft to them comes first).
    """
    done, after = Counter[str](), 0
    while done["drafted"] < limit:
        with with_.store.read() as db:
            due = feedback.replies_due(db, with_.brand.name, after=after, limit=PAGE)
        done.update(_draft_safely(with_, item) for item in due)
        if len(due) < PAGE:
            break
        after = due[-1].id
    return +done


def _draft_safely(with_: Drafting, item: FeedbackRow) -> str:
    """One that breaks the gate must not hold up everybody behind it."""
    try:
        return _draft(with_, item)
    except Transient:
        raise
    except Exception:
        log.exception("the result of feedback could not be drafted", extra={"feedback": item.id})
        return _by_hand(with_, item, "drafting it failed; the log tells more")


def _draft(with_: Drafting, item: FeedbackRow) -> str:
    with with_.store.read() as db:
        mention, why = _target(db, item)
        if mention is None and not why:
            return "later"
        candidate, incident = _candidate(db, with_, item, mention) if mention else (None, None)
    if mention is None or candidate is None:
        return _by_hand(with_, item, why)
    return _keep(with_, item, mention, candidate, incident)


def _by_hand(with_: Drafting, item: FeedbackRow, why: str) -> str:
    with with_.store.begin() as db:
        feedback.settle_reply(db, item.id, reply="by hand", note=why)
    return "by hand"


def _keep(
    with_: Drafting, item: FeedbackRow, mention: MentionRow, candidate: Candidate, incident: IncidentRow | None
) -> str:
    row = _row(with_, item, mention, candidate, incident)
    with with_.store.begin() as db:
        if drafts.live_of(db, mention.id) is not None:
            return "later"
        db.add(row)
        db.flush()
        if not feedback.settle_reply(db, item.id, reply="drafted", draft_id=row.id):
            db.delete(row)  # another process was first
            return "later"
        for status in (MentionStatus.READ, MentionStatus.WATCHED):
            mentions.move(db, mention.id, expect=status, to=MentionStatus.DRAFTED)
        events.tell(db, "draft", now=row.created_at, draft_id=row.id, action="draft.written", by="amends")
    return "drafted"


def _row(
    with_: Drafting, item: FeedbackRow, mention: MentionRow, candidate: Candidate, incident: IncidentRow | None
) -> DraftRow:
    findings, now = with_.inspect(candidate), with_.clock()
    return DraftRow(
        mention_id=mention.id,
        incident_id=incident.id if incident else None,
        sheet_version=candidate.sheet.version,
        status=DraftStatus.WAITING.value,
        text=candidate.reply,
        language=_language(with_, item.mention),
        stage=Stage.AFTERMATH.value,
        persona=mention.reading.impact if mention.reading else "none",
        moves=[Move.THANK.value, Move.EXPLAIN.value],
        facts_used=[],
        findings=as_rows(findings),
        passed=passes(findings),
        writer="result of feedback",
        priority=priority(mention.reading.value(), Stage.AFTERMATH, 0) if mention.reading else 0,
        waiting_since=item.closed_at or now,
        version=1,
        edited_by=item.closer_id,  # a person's words: they are kept when facts change
        reason="",
        occasion=_occasion(item),
        created_at=now,
        updated_at=now,
    )


def _target(db: Session, item: FeedbackRow) -> tuple[MentionRow | None, str]:
    """The post to answer: the one that brought the feedback, else the customer's newest that may be answered.

    None with a reason: none may be. None without: a draft to one of them must be decided first.
    """
    others = mentions.of_case(db, item.mention.case_id) if item.mention.case_id else []
    why = ""
    for mention in (item.mention, *(row for row in reversed(others) if row.id != item.mention_id)):
        allowed, said = may_answer(db, mention)
        why = why or ("" if allowed else said)
        if allowed and mention.status in (MentionStatus.NEW.value, MentionStatus.READ.value):
            return None, ""
        if allowed:
            return (mention, "") if drafts.live_of(db, mention.id) is None else (None, "")
    return None, why


def _occasion(item: FeedbackRow) -> str:
    return f"{feedback.OCCASION}:{item.id}"


def _language(with_: Drafting, mention: MentionRow) -> str:
    return reply_language(mention.reading.language if mention.reading else "", with_.brand.languages)


def _candidate(
    db: Session, with_: Drafting, item: FeedbackRow, mention: MentionRow
) -> tuple[Candidate, IncidentRow | None]:
    case = db.get(CaseRow, mention.case_id) if mention.case_id else None
    reading = mention.reading.value() if mention.reading else None
    incident = incident_of(db, mention, reading, case) if reading and case else None
    brand = with_.brand
    lead = LEADS.get(_language(with_, item.mention), LEADS["en"])[item.kind]
    sheet = incidents.sheet_of(db, incident, brand.as_voice(), brand.zone(), now=with_.clock())
    earlier = mentions.of_case(db, mention.case_id) if mention.case_id else []
    return Candidate(
        reply=called(mention) + " ".join(part for part in (lead, item.result, _sign_off(with_)) if part),
        platform=mention.platform,
        mention=mention.text,
        author=mention.author,
        sheet=feedback.known(db, sheet, _occasion(item)),
        history=[row.text for row in earlier if row.id != mention.id],
        recent=drafts.recent_texts(db),
        named=mention.named,
        bounds=bounds_of(db, mention.platform),
    ), incident


def _sign_off(with_: Drafting) -> str:
    form = with_.brand.sign_off
    return "" if "{agent}" in form and not with_.agent else form.replace("{agent}", with_.agent)
