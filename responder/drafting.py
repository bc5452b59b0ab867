"""Turns read mentions into drafts: may we, should we, for which stage, from which facts."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain import (
    Eligibility,
    FactSheet,
    Impact,
    IncidentStatus,
    MentionStatus,
    Plan,
    Reading,
    Sentiment,
    Stage,
    Written,
)
from core.errors import Transient
from core.store import Session, audit, cases, drafts, events, incidents, mentions, stages
from core.store.cases import CaseRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from responder.bounds import bounds_of
from responder.drawn import drawn
from responder.freshness import incident_of
from responder.gate import Candidate
from responder.lengths import Bounds, room_for
from responder.naming import called, led
from responder.policy import asks_to_stop, may_reply, priority, worth_reply
from responder.redrawing import Redrawing, send_back_stale, supersede
from responder.writers import Brief, Writer

log = logging.getLogger(__name__)


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
class Drafting(Redrawing):
    """What drafting needs, wired once."""

    journey: Journey
    writer: Writer
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
    done = Counter(stale=send_back_stale(with_))
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
                supersede(db, draft, "the author asked us to stop", with_)


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
            supersede(db, draft, "the customer wrote again", with_)
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
            supersede(db, draft, "the customer wrote again", with_)
