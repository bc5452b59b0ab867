"""Draws the follow-ups we owe: to everybody whose incident is over, and to whom a promise was kept.

A follow-up is a draft like any other: the gate reads it, a person approves it. It answers a post that may have been
answered before, which its ``occasion`` allows once.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain import (
    DraftStatus,
    FactSheet,
    FollowUpStatus,
    Impact,
    IncidentStatus,
    MentionStatus,
    Move,
    Plan,
    Reading,
    Stage,
    Written,
)
from core.errors import Transient
from core.store import Session, drafts, events, follow_ups, incidents, mentions
from core.store.cases import CaseRow
from core.store.follow_ups import FollowUpRow
from core.store.incidents import IncidentRow
from core.store.mentions import MentionRow
from responder.bounds import bounds_of
from responder.drafting import Drafting, reply_language
from responder.drawn import drawn
from responder.freshness import may_answer
from responder.gate import Candidate
from responder.lengths import Bounds, room_for
from responder.naming import called, led
from responder.policy import priority, worth_reply
from responder.writers import Brief

log = logging.getLogger(__name__)
BATCH = 100
SECOND_WORD = ", as a follow-up"  # behind the name of the writer
NARROW = 300  # characters: a platform with so few leaves little beside the facts
AFTER_ANSWERS = 20  # taken off the priority: who waits for a first answer comes before who gets a second
_OVER = frozenset({IncidentStatus.RESOLVED.value, IncidentStatus.CLOSED.value})
_MOVES = (Move.EXPLAIN, Move.NEXT_STEP, Move.MAKE_GOOD, Move.PREVENT, Move.INVITE)
_SPARE = (Move.INVITE, Move.NEXT_STEP)

# How a second word begins: it says why it comes, since the customer did not ask again.
LEADS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "resolved": (
            "You wrote to us about this outage, so here is how it ended.",
            "Here is the end of the story.",
            "Coming back to what you told us about the outage.",
            "We said there would be more, and this is it.",
        ),
        "update": (
            "Here is the update we announced.",
            "Back with the update you were waiting for.",
            "As announced, an update.",
        ),
        "": (
            "Coming back to you on this.",
            "Back with a further word on this.",
            "Here is the word you were waiting for.",
        ),
    },
    "fr": {
        "resolved": (
            "Vous nous avez écrit pour cette panne : voici comment elle s'est terminée.",
            "Voici la fin de l'histoire.",
            "Nous revenons sur ce que vous nous avez dit de la panne.",
            "Voici la suite que nous vous devions.",
        ),
        "update": (
            "Voici le point annoncé.",
            "Voici le point que vous attendiez.",
            "Comme annoncé, un point.",
        ),
        "": (
            "Nous reprenons contact, comme annoncé.",
            "Voici un mot de plus à ce sujet.",
            "Comme annoncé, nous revoici.",
        ),
    },
    "es": {
        "resolved": (
            "Nos escribió por esta avería: así terminó.",
            "Este es el final de la historia.",
            "Volvemos sobre lo que nos contó de la avería.",
            "Le prometimos noticias, y aquí están.",
        ),
        "update": (
            "Aquí está la información anunciada.",
            "Estas son las noticias que esperaba.",
            "Prometimos avisar: hay novedades.",
        ),
        "": (
            "Le escribimos de nuevo, como anunciamos.",
            "Unas palabras más sobre esto.",
            "Aquí tiene las noticias que anunciamos.",
        ),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One follow-up with everything it rests on, read in one snapshot."""

    row: FollowUpRow
    mention: MentionRow
    reading: Reading
    incident: IncidentRow | None
    sheet: FactSheet
    earlier: tuple[MentionRow, ...]  # of the same case, oldest first
    replies: tuple[str, ...]
    bounds: Bounds


class _NotNow(Exception):
    """Something else comes first; the next pass asks again."""


class _Never(Exception):
    """There is nobody to write to, or nothing to say; the text says why."""


def draw_follow_ups(with_: Drafting, *, limit: int = BATCH) -> Counter[str]:
    """One pass over the follow-ups that are due. Returns counts of ``drafted``, ``skipped`` and ``later``."""
    done = Counter[str]()
    after = 0
    while True:
        with with_.store.read() as db:
            rows = follow_ups.due(db, with_.brand.name, after=after, limit=limit)
            recent = drafts.recent_texts(db) if rows else []
        for row in rows:
            done[_draw_safely(with_, row, recent)] += 1
            after = row.id
        if len(rows) < limit:
            return done


def _draw_safely(with_: Drafting, row: FollowUpRow, recent: list[str]) -> str:
    try:
        return _draw(with_, row, recent)
    except _NotNow:
        return "later"
    except _Never as reason:
        return _skip(with_, row, str(reason))
    except Transient:
        raise
    except Exception:
        log.exception("a follow-up could not be drawn", extra={"follow_up": row.id})
        return _skip(with_, row, "drawing it failed; the log tells more")


def _skip(with_: Drafting, row: FollowUpRow, reason: str) -> str:
    with with_.store.begin() as db:
        follow_ups.conclude(db, row.id, to=FollowUpStatus.SKIPPED, now=with_.clock(), reason=reason)
    return "skipped"


def _draw(with_: Drafting, row: FollowUpRow, recent: list[str]) -> str:
    with with_.store.read() as db:
        job = _job(db, row, with_)
    written = _written(with_, job, recent)
    recent.insert(0, written.text)
    findings = with_.inspect(
        Candidate(
            reply=written.text,
            platform=job.mention.platform,
            mention=job.mention.text,
            author=job.mention.author,
            sheet=job.sheet,
            history=[each.text for each in job.earlier],
            recent=recent[1:200],
            named=job.mention.named,
            bounds=job.bounds,
        )
    )
    now = with_.clock()
    with with_.store.begin() as db:
        if mentions.any_gone(db, [job.mention.id, *(each.id for each in job.earlier)]):
            raise _NotNow  # it may repeat words that were erased while it was written
        if drafts.live_of(db, job.mention.id) is not None:
            raise _NotNow
        draft = drawn(
            written, findings, job.sheet, mention_id=job.mention.id, now=now, occasion=row.occasion,
            incident_id=job.incident.id if job.incident else None, waiting_since=row.created_at,
            writer=f"{written.writer}{SECOND_WORD}",
            priority=max(0, priority(job.reading, written.stage, 0) - AFTER_ANSWERS),
        )  # fmt: skip
        db.add(draft)
        db.flush()
        if not follow_ups.conclude(db, row.id, to=FollowUpStatus.DRAFTED, now=now, draft_id=draft.id):
            raise _NotNow
        events.tell(db, "draft", now=now, draft_id=draft.id, action="draft.written", by="amends")
    return "drafted"


def _job(db: Session, row: FollowUpRow, with_: Drafting) -> _Job:
    case = db.get_one(CaseRow, row.case_id)
    said = [mention for mention in mentions.of_case(db, case.id) if mention.relevant and not mention.spam]
    incident = db.get(IncidentRow, row.incident_id) if row.incident_id else None
    if row.kind == "resolved" and (incident is None or incident.status not in _OVER):
        raise _Never("the incident was opened again")
    _let_answers_go_first(db, case, said, incident, row)
    mention = _target(db, said)
    if mention.reading is None or not any(each.reading and worth_reply(each.reading.value()) for each in said):
        raise _Never("there was nothing to answer")
    brand = with_.brand
    return _Job(
        row=row,
        mention=mention,
        reading=mention.reading.value(),
        incident=incident,
        sheet=incidents.sheet_of(db, incident, brand.as_voice(), brand.zone(), now=with_.clock()),
        earlier=tuple(each for each in said if each.id != mention.id),
        replies=tuple(drafts.sent_to_case(db, case.id)),
        bounds=bounds_of(db, mention.platform),
    )


def _let_answers_go_first(
    db: Session, case: CaseRow, said: Sequence[MentionRow], incident: IncidentRow | None, row: FollowUpRow
) -> None:
    """A first answer that still waits will carry the news; one that is on its way must arrive before a second."""
    for mention in said:
        if mention.status in (MentionStatus.NEW.value, MentionStatus.READ.value):
            raise _NotNow
        draft = drafts.live_of(db, mention.id)
        if draft is not None and draft.status == DraftStatus.APPROVED.value:
            raise _NotNow
        if draft is not None:
            raise _Never("an answer with the newest facts waits in the queue already")
    over = incident.resolved_at if incident is not None and row.kind == "resolved" else None
    if over is not None and follow_ups.answered_since(db, case.id, over):
        raise _Never("they were answered after it was over")


def _target(db: Session, said: Sequence[MentionRow]) -> MentionRow:
    """The newest post of the customer that may be answered."""
    why = "every post of theirs is gone or not about us"
    for mention in reversed(said):
        allowed, why = may_answer(db, mention)
        if allowed:
            return mention
    raise _Never(why)


def _written(with_: Drafting, job: _Job, recent: Sequence[str]) -> Written:
    """The writer's own words on what happened and what changes, behind a sentence that says why we write again."""
    language = reply_language(job.reading.language, with_.brand.languages)
    narrow = job.bounds.longest <= NARROW
    lead = called(job.mention) + _lead(language, job.row, narrow=narrow)
    written = with_.writer.write(
        Brief(
            mention_id=f"{job.mention.platform}:{job.mention.external_id}:{job.row.occasion}",
            platform=job.mention.platform,
            author=job.mention.author,
            text=job.mention.text,
            language=language,
            reading=job.reading,
            plan=plan_of(job.incident, job.reading.impact),
            sheet=job.sheet,
            now=with_.clock(),
            limit=room_for(job.mention.platform, f"{lead} ", job.bounds),
            history=[each.text for each in job.earlier],
            our_replies=job.replies,
            recent=recent,
            agent=with_.agent,
        )
    )
    lead = called(job.mention) + _lead(written.language, job.row, narrow=narrow)
    return led(written, f"{lead} ")


def plan_of(incident: IncidentRow | None, persona: Impact) -> Plan:
    """What a second word says, wherever the customer stands on the map: what happened and what changes."""
    stage = Stage.AFTERMATH if incident is not None and incident.status in _OVER else Stage.SURPRISE
    return Plan(stage=stage, persona=persona, moves=_MOVES, least_important=_SPARE)


def lead_in(text: str, language: str, kind: str) -> str:
    """The sentence with which a drawn follow-up says why it comes; "" when somebody wrote another."""
    leads = LEADS.get(language, LEADS["en"])
    return next((form for form in leads.get(kind, leads[""]) if text.startswith(form)), "")


def _lead(language: str, row: FollowUpRow, *, narrow: bool) -> str:
    leads = LEADS.get(language, LEADS["en"])
    forms = leads.get(row.kind, leads[""])
    if narrow:  # the facts need the room
        forms = tuple(sorted(forms, key=len)[:2])
    digest = hashlib.blake2b(f"{row.case_id}:{row.occasion}".encode(), digest_size=4).digest()
    return forms[int.from_bytes(digest) % len(forms)]
