"""Turns read mentions into drafts: may we, should we, for which stage, from which facts. Redraws stale ones."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from core import settings
from core.clock import Clock
from core.domain import (
    DraftStatus,
    Eligibility,
    FactSheet,
    Finding,
    Impact,
    IncidentStatus,
    Level,
    MentionStatus,
    Plan,
    Reading,
    Sentiment,
    Stage,
    Written,
)
from core.errors import Transient
from core.store import Session, Store, audit, cases, drafts, events, follow_ups, incidents, mentions, stages
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from responder.approval import Inspect, candidate_of, judge
from responder.bounds import bounds_of
from responder.drawn import drawn
from responder.freshness import BEFORE_START, incident_of, why_stale
from responder.gate import Candidate
from responder.lengths import Bounds, room_for
from responder.naming import called, led
from responder.policy import asks_to_stop, may_reply, priority, worth_reply
from responder.writers import Brief, Writer

log = logging.getLogger(__name__)
STALE_BATCH = 200  # drafts sent back in one transaction: others want to write too


class Journey(Protocol):
    """The journey map: where a customer stands, and what a reply to them consists of."""

    def place(
        self,
        reading: Reading,
        *,
        text: str,
        history: Sequence[Reading],
        sheet_status: IncidentStatus | None,
        previous_stage: Stage | None,
    ) -> Stage:
        """The stage of a customer; ``history`` are the readings of their earlier posts, oldest first."""

    def plan(self, stage: Stage, persona: Impact, sheet: FactSheet) -> Plan:
        """The moves of a reply for a cell of the map, as far as the sheet allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """What drafting needs, wired once."""

    store: Store
    brand: settings.Brand
    journey: Journey
    writer: Writer
    inspect: Inspect
    clock: Clock
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One mention with everything its draft rests on, read in one snapshot."""

    mention: MentionRow
    reading: Reading
    case: CaseRow
    incident: IncidentRow | None
    sheet: FactSheet
    earlier: tuple[MentionRow, ...]  # of the same case, oldest first
    replies: tuple[str, ...]
    bounds: Bounds


def draft_pending(with_: Drafting, *, limit: int = 100) -> Counter[str]:
    """One pass: sends stale drafts back, then decides on and drafts for up to ``limit`` read mentions.

    Returns counts of ``drafted``, ``watched``, ``stale``, ``waiting`` (writer not available) and ``failed``.
    """
    done = Counter(stale=_send_back_stale(with_))
    with with_.store.read() as db:
        pending = mentions.with_status(db, MentionStatus.READ, limit=limit, brand=with_.brand.name)
        recent = drafts.recent_texts(db) if pending else []
    for mention in pending:
        done[_decide_safely(with_, mention, recent)] += 1
    return +done


def _decide_safely(with_: Drafting, mention: MentionRow, recent: list[str]) -> str:
    """One post that breaks the writer or the gate must not hold up everybody behind it."""
    try:
        with with_.store.read() as db:
            job = _job(db, mention, with_)
        return _decide(with_, job, recent)
    except Transient:
        raise  # the database is busy or away: the next pass takes the mention up again
    except Exception:
        log.exception("drafting failed", extra={"mention": mention.id})
        with with_.store.begin() as db:
            mentions.move(db, mention.id, expect=MentionStatus.READ, to=MentionStatus.FAILED)
        return "failed"


def _job(db: Session, mention: MentionRow, with_: Drafting) -> _Job:
    reading = mention.reading.value() if mention.reading else None
    case = db.get(CaseRow, mention.case_id)
    if reading is None or case is None:
        raise RuntimeError(f"mention {mention.id} is marked read but has no reading or case")
    incident = incident_of(db, mention, reading, case)
    said = mentions.of_case(db, case.id)
    brand = with_.brand
    return _Job(
        mention=mention,
        reading=reading,
        case=case,
        incident=incident,
        sheet=incidents.sheet_of(db, incident, brand.as_voice(), brand.zone(), now=with_.clock()),
        earlier=tuple(row for row in said if row.id != mention.id and row.created_at <= mention.created_at),
        replies=tuple(drafts.sent_to_case(db, case.id)),
        bounds=bounds_of(db, mention.platform),
    )


def _decide(with_: Drafting, job: _Job, recent: list[str]) -> str:
    eligible = Eligibility(job.mention.eligible)
    stop = asks_to_stop(job.mention.text) and eligible is not Eligibility.NONE
    allowed, _ = may_reply(job.mention.platform, eligible, opted_out=stop or job.case.opted_out_at is not None)
    plan = _plan(with_, job)
    if stop:
        _opt_out(with_, job)
    if not allowed or not worth_reply(job.reading):
        return _watch(with_, job, plan)
    try:
        written = with_.writer.write(_brief(with_, job, plan, recent))
    except Transient as error:
        log.warning(
            "the writer is not available; the mention waits", extra={"mention": job.mention.id, "problem": str(error)}
        )
        return "waiting"
    written = led(written, called(job.mention))
    recent.insert(0, written.text)
    return _keep(with_, job, written, recent[1:200])


def _plan(with_: Drafting, job: _Job) -> Plan:
    stage = with_.journey.place(
        job.reading,
        text=job.mention.text,
        history=[row.reading.value() for row in job.earlier if row.reading],
        sheet_status=job.sheet.status,
        previous_stage=Stage(job.case.stage) if job.case.stage else None,
    )
    return with_.journey.plan(stage, job.reading.impact, job.sheet)


def _brief(with_: Drafting, job: _Job, plan: Plan, recent: Sequence[str]) -> Brief:
    return Brief(
        mention_id=f"{job.mention.platform}:{job.mention.external_id}",
        platform=job.mention.platform,
        author=job.mention.author,
        text=job.mention.text,
        language=reply_language(job.reading.language, with_.brand.languages),
        reading=job.reading,
        plan=plan,
        sheet=job.sheet,
        now=with_.clock(),
        limit=room_for(job.mention.platform, called(job.mention), job.bounds),
        history=[row.text for row in job.earlier],
        our_replies=job.replies,
        recent=recent,
        agent=with_.agent,
    )


def reply_language(language: str, spoken: Sequence[str]) -> str:
    """The customer's language when the brand speaks it, else the brand's first."""
    primary = language.split("-", maxsplit=1)[0].lower()
    return primary if primary in spoken else spoken[0]


def _opt_out(with_: Drafting, job: _Job) -> None:
    """The author told us to stop: nothing more goes to them, also not what is waiting."""
    with with_.store.begin() as db:
        now, post = with_.clock(), job.mention
        who = f"{post.platform}:{post.author}"
        audit.record(db, actor="amends", action="author.opted_out", subject=who, now=now, mention=post.id)
        theirs = cases.of_author(db, brand=post.brand, platform=post.platform, author=post.author)
        # An older one may still be owed a word, or have one on its way.
        for case in dict.fromkeys((*theirs, _case_now(db, job))):
            case.opted_out_at = now
            for draft in drafts.waiting_of_case(db, case.id):
                _supersede(db, draft, "the author asked us to stop", with_)


def _case_now(db: Session, job: _Job) -> CaseRow:
    """People may have merged its case with another since the job was read."""
    return db.get_one(CaseRow, db.get_one(MentionRow, job.mention.id).case_id)


def _watch(with_: Drafting, job: _Job, plan: Plan) -> str:
    with with_.store.begin() as db:
        if mentions.move(db, job.mention.id, expect=MentionStatus.READ, to=MentionStatus.WATCHED):
            _place(db, job, plan, with_.clock())
            _wrote_again(db, job, with_)
    return "watched"


def _wrote_again(db: Session, job: _Job, with_: Drafting) -> None:
    """What waits for this customer was written before this post: glad ones need no answer, others another look."""
    for draft in drafts.waiting_of_case(db, _case_now(db, job).id):
        if draft.mention.created_at > job.mention.created_at:
            continue
        if draft.edited_by is None and job.reading.sentiment is Sentiment.POSITIVE:
            _supersede(db, draft, "the customer wrote again", with_)
        else:
            draft.version += 1  # who looks at the older version is told, and sees the new post
            events.tell(db, "draft", now=with_.clock(), draft_id=draft.id, action="draft.rechecked", by="amends")


def _keep(with_: Drafting, job: _Job, written: Written, recent: Sequence[str]) -> str:
    findings = with_.inspect(
        Candidate(
            reply=written.text,
            platform=job.mention.platform,
            mention=job.mention.text,
            author=job.mention.author,
            sheet=job.sheet,
            history=[row.text for row in job.earlier],
            recent=recent,
            named=job.mention.named,
            bounds=job.bounds,
        )
    )
    now = with_.clock()
    with with_.store.begin() as db:
        if job.earlier and mentions.any_gone(db, [row.id for row in job.earlier]):
            return "waiting"  # it may repeat words that were erased while it was written
        if not mentions.move(db, job.mention.id, expect=MentionStatus.READ, to=MentionStatus.DRAFTED):
            return "waiting"
        _place(db, job, Plan(stage=written.stage, persona=written.persona, moves=written.moves), now)
        _supersede_earlier(db, job, with_)
        draft = drawn(
            written, findings, job.sheet, mention_id=job.mention.id, now=now, writer=written.writer,
            incident_id=job.incident.id if job.incident else None, waiting_since=job.mention.created_at,
            priority=priority(job.reading, written.stage, len(job.earlier), spam=job.mention.spam),
        )  # fmt: skip
        db.add(draft)
        db.flush()
        events.tell(db, "draft", now=now, draft_id=draft.id, action="draft.written", by="amends")
    return "drafted"


def _place(db: Session, job: _Job, plan: Plan, now: datetime) -> None:
    """Moves the customer on their journey and ties the case to the incident."""
    case = _case_now(db, job)
    stages.place(db, case, stage=plan.stage, persona=plan.persona.value, now=now)
    if job.incident is not None:
        case.incident_id = job.incident.id


def _supersede_earlier(db: Session, job: _Job, with_: Drafting) -> None:
    """The customer wrote again: the newer post gets the answer, an unedited older draft goes."""
    for draft in drafts.waiting_of_case(db, _case_now(db, job).id):
        if draft.edited_by is None and draft.mention.created_at <= job.mention.created_at:
            _supersede(db, draft, "the customer wrote again", with_)


def _supersede(db: Session, draft: DraftRow, reason: str, with_: Drafting) -> None:
    now = with_.clock()
    draft.status, draft.reason, draft.updated_at = DraftStatus.SUPERSEDED.value, reason, now
    events.tell(db, "draft", now=now, draft_id=draft.id, action="draft.superseded", by="amends")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighing:
    """The words of a person against the facts of now: ``incident_id`` is where those facts stand."""

    incident_id: int | None
    candidate: Candidate
    findings: tuple[Finding, ...] = ()


def _send_back_stale(with_: Drafting) -> int:
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


def _stale(db: Session, with_: Drafting) -> Sequence[DraftRow]:
    found = drafts.outdated(db, with_.brand.name, with_.clock(), limit=STALE_BATCH)
    incident = incidents.newest_open(db, with_.brand.name)
    if found or incident is None or incident.status == IncidentStatus.RESOLVED.value:
        return found
    return drafts.unjoined(db, with_.brand.name, since=incident.started_at - BEFORE_START, limit=STALE_BATCH)


def _against_facts_now(db: Session, draft: DraftRow, with_: Drafting) -> _Weighing:
    incident = db.get(IncidentRow, draft.incident_id) if draft.incident_id else None
    incident = incident or incidents.newest_open(db, with_.brand.name)
    number = incident.id if incident else None
    candidate = candidate_of(db, draft, draft.text, with_.brand, incident_id=number, now=with_.clock())
    return _Weighing(incident_id=number, candidate=candidate)


def _weighed(with_: Drafting, draft_id: int, one: _Weighing) -> _Weighing:
    """With what the gate says; a text that breaks it is blocked for a person to look at, and holds up nobody."""
    try:
        return replace(one, findings=with_.inspect(one.candidate))
    except Transient:
        raise
    except Exception:
        log.exception("weighing a draft failed", extra={"draft": draft_id})
        why = "this could not be weighed against the new facts; the log tells more"
        return replace(one, findings=(Finding(check="gate", level=Level.BLOCK, start=0, end=0, message=why),))


def _settle(db: Session, seen: DraftRow, weighed: _Weighing | None, with_: Drafting) -> str:
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


def _still_stands(db: Session, draft: DraftRow, with_: Drafting) -> bool:
    """Whether a draft uses nothing that changed; it then counts as resting on the newest version of the sheet."""
    if draft.incident_id is None or why_stale(db, draft, with_.clock()):
        return False
    draft.sheet_version = incidents.sheet_version(db, draft.incident_id)
    return True


def _draw_again(db: Session, draft: DraftRow, with_: Drafting) -> None:
    _supersede(db, draft, "the facts changed", with_)
    if draft.occasion:
        follow_ups.due_again(db, draft.id, with_.clock())
    else:
        mentions.move(db, draft.mention_id, expect=MentionStatus.DRAFTED, to=MentionStatus.READ)
