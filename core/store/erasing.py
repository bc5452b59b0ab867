"""Erases a person's words for good: the posts, and all that quotes them. What stays tells that there was a post.

Of a post stay its platform's id (a later poll must not take it in again), its times, its reading and the number of
followers, so that counts stay true. Of a reply to it stay the hash of its text, who approved it, when, and what became
of it.
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from core.domain import DeliveryStatus, DraftStatus, Gone, MentionStatus
from core.errors import Transient
from core.store import audit, audit_erasing, events, follow_ups, stops
from core.store.alerts import AlarmRow
from core.store.audit_erasing import ACTION
from core.store.base import Store
from core.store.case_merges import CaseMergeRow
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.desk import NoteRow
from core.store.drafts import DraftRow
from core.store.feedback import FeedbackRow
from core.store.mentions import MentionRow
from core.store.promises import PromiseRow, PromiseWordRow
from core.store.shares import ShareRow

WHY: Mapping[str, str] = {
    Gone.DELETED: "The post was deleted by its author.",
    Gone.ERASED: "The post was erased.",
}
PATIENCE = 1000  # ms that a checkpoint waits for readers, for while it does nobody else can write
PROMISED = "What was promised here was erased with the post it answered."
_POST: Mapping[str, Any] = {
    **dict.fromkeys(("text", "author", "author_id", "author_name", "url", "community"), ""),
    **dict.fromkeys(("in_reply_to", "conversation_id", "quoted_id")),
    "named": [],
    "status": MentionStatus.GONE.value,
}
_DRAFT: Mapping[str, Any] = {"text": "", "written": "", "grounds": [], "findings": [], "reason": ""}
_DELIVERY: Mapping[str, Any] = {
    **dict.fromkeys(("text", "problem", "look_problem", "differs", "taken_down"), ""),
    "url": None,  # some platforms put the words of a thread into its address
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose words: those of one author, one post by its platform's id or address, or all posted before a moment."""

    platform: str = ""
    author: str = ""
    external_id: str = ""
    before: datetime | None = None


def ids(db: Session, wanted: Wanted) -> list[int]:
    """The posts that are meant and still have their words; of an author also those under other names they had."""
    here = select(MentionRow.id).where(MentionRow.gone == "").order_by(MentionRow.id)
    if wanted.before is not None:
        return list(db.scalars(here.where(MentionRow.created_at < wanted.before)))
    here = here.where(MentionRow.platform == wanted.platform)
    if wanted.external_id:
        known = or_(MentionRow.external_id == wanted.external_id, MentionRow.url == wanted.external_id)
        return list(db.scalars(here.where(known)))
    named = func.lower(MentionRow.author) == wanted.author.lower()
    same = select(MentionRow.author_id).where(MentionRow.platform == wanted.platform, named, MentionRow.author_id != "")
    return list(db.scalars(here.where(or_(named, MentionRow.author_id.in_(same)))))


def erase(db: Session, wanted: Iterable[int], *, why: Gone, now: datetime, actor: str = "amends") -> Counter[str]:
    """Erases posts and all that quotes them, in the caller's transaction; a few hundred at a time.

    Returns counts of ``posts``, ``drafts``, ``replies``, ``notes`` and ``audit`` rows, and of ``busy``: posts that a
    reply is just being sent to, which are left alone; their turn comes when its outcome is known.
    """
    mentions = _locked(db, wanted)
    busy = _being_answered(db, mentions)
    mentions = {number: row for number, row in mentions.items() if number not in busy}
    done = Counter(posts=len(mentions), busy=len(busy))
    if not mentions:
        return done
    people = {(row.platform, row.author) for row in mentions.values()}
    cases = {row.case_id for row in mentions.values() if row.case_id is not None}
    _set(db, update(MentionRow).where(MentionRow.id.in_(mentions)).values(**_POST, gone=why.value, gone_at=now))
    drafts = _drafts(db, mentions, cases, why, now)
    replies = _replies(db, mentions, why, now)
    promised = _promised(db, replies)
    heard = _feedback(db, mentions)
    done["drafts"], done["replies"], done["notes"] = len(drafts), len(replies), _case_words(db, cases)
    strangers = _forgotten(db, people)
    subjects = {"draft": drafts, "mention": mentions, "case": cases, "feedback": heard, "promise": promised}
    subjects["alarm"] = _alarms(db, promised)
    left = audit_erasing.empty(
        db,
        {f"{kind}:{number}" for kind, numbers in subjects.items() for number in numbers},
        people={f"{platform}:{author}" for platform, author in strangers},
    )
    done["audit"] = len(left["emptied"])
    _tell(db, mentions, drafts, now)
    kept = {name: count for name, count in done.items() if name != "busy"}
    audit.record(db, actor=actor, action=ACTION, subject="posts", now=now, why=why.value, **kept, **left)
    return done


def forget_reposts(db: Session, platform: str, author: str) -> int:
    """Takes an author's name off the reposts that were folded into posts of others; returns how many."""
    theirs = (ShareRow.platform == platform, func.lower(ShareRow.author) == author.lower())
    return _set(db, update(ShareRow).where(*theirs).values(author=""))


def _set(db: Session, statement: Any) -> int:
    done = db.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]


def _locked(db: Session, wanted: Iterable[int]) -> dict[int, Any]:
    """Id → platform, author and case of each that still has its words; nobody changes one until this is done."""
    columns = (MentionRow.id, MentionRow.platform, MentionRow.author, MentionRow.case_id)
    rows = select(*columns).where(MentionRow.id.in_(list(wanted)), MentionRow.gone == "").order_by(MentionRow.id)
    return {row.id: row for row in db.execute(rows.with_for_update())}


def _being_answered(db: Session, mentions: Collection[int]) -> set[int]:
    """A reply that is on the wire is read back by its text. The others are held: none can begin meanwhile."""
    rows = (
        select(DraftRow.mention_id, DeliveryRow.status)
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .where(DraftRow.mention_id.in_(mentions))
        .order_by(DeliveryRow.id)
        .with_for_update(of=DeliveryRow)
    )
    return {row.mention_id for row in db.execute(rows) if row.status == DeliveryStatus.SENDING.value}


def _drafts(db: Session, mentions: Collection[int], cases: Collection[int], why: Gone, now: datetime) -> list[int]:
    """Drafts for these posts, and those for other posts of their cases, which may repeat what was said before.

    Of the others the ones that wait are drawn again from what is left; what people approved or sent stays.
    """
    mine = list(db.scalars(select(DraftRow.id).where(DraftRow.mention_id.in_(mentions))))
    waiting, approved = DraftStatus.WAITING.value, DraftStatus.APPROVED.value
    unsent = (waiting, DraftStatus.SUPERSEDED.value, DraftStatus.REJECTED.value)
    answered = select(ApprovalRow.id).where(ApprovalRow.draft_id == DraftRow.id).exists()
    beside = db.execute(
        select(DraftRow.id, DraftRow.mention_id, DraftRow.status, DraftRow.occasion)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(MentionRow.case_id.in_(cases), MentionRow.gone == "", DraftRow.status.in_(unsent), ~answered)
    ).all()
    taken_back = [row for row in beside if row.status == waiting]
    for row in taken_back:
        if row.occasion:
            follow_ups.due_again(db, row.id, now)
    again = MentionRow.id.in_([row.mention_id for row in taken_back if not row.occasion])
    drafted = MentionRow.status == MentionStatus.DRAFTED.value
    _set(db, update(MentionRow).where(again, drafted).values(status=MentionStatus.READ.value))
    found = [*mine, *(row.id for row in beside)]
    live = list(db.scalars(select(DraftRow.id).where(DraftRow.id.in_(found), DraftRow.status.in_((waiting, approved)))))
    ended = {"status": DraftStatus.SUPERSEDED.value, "updated_at": now}
    _set(db, update(DraftRow).where(DraftRow.id.in_(live)).values(**ended))
    _set(db, update(DraftRow).where(DraftRow.id.in_(found)).values(**_DRAFT))
    _set(db, update(DraftRow).where(DraftRow.id.in_(live)).values(reason=WHY[why]))
    return found


def _replies(db: Session, mentions: Collection[int], why: Gone, now: datetime) -> list[int]:
    """Their approvals, whose deliveries that have not begun are refused. Returns the ids."""
    approvals = list(
        db.scalars(
            select(ApprovalRow.id)
            .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
            .where(DraftRow.mention_id.in_(mentions))
        )
    )
    mine = DeliveryRow.approval_id.in_(approvals)
    refused = {"status": DeliveryStatus.REFUSED.value, "problem": WHY[why], "ended_at": now}
    unsent = DeliveryRow.status == DeliveryStatus.APPROVED.value
    held_back = list(db.scalars(select(DeliveryRow.approval_id).where(mine, unsent)))
    _set(db, update(DeliveryRow).where(mine).values(**_DELIVERY))
    _set(db, update(DeliveryRow).where(DeliveryRow.approval_id.in_(held_back)).values(**refused))
    _set(db, update(ApprovalRow).where(ApprovalRow.id.in_(held_back)).values(revoked_at=now))
    _set(db, update(ApprovalRow).where(ApprovalRow.id.in_(approvals)).values(text=""))
    return approvals


def _promised(db: Session, approvals: Collection[int]) -> list[int]:
    """Sentences of these replies that promised something. A promise made to others too keeps their words."""
    said = PromiseWordRow.approval_id.in_(approvals)
    touched = list(db.scalars(select(PromiseWordRow.promise_id).where(said).distinct()))
    _set(db, update(PromiseWordRow).where(said).values(sentence=""))
    for number in touched:
        others = select(PromiseWordRow.sentence).where(
            PromiseWordRow.promise_id == number, PromiseWordRow.sentence != ""
        )
        words = db.scalar(others.order_by(PromiseWordRow.id).limit(1))
        _set(db, update(PromiseRow).where(PromiseRow.id == number).values(text=words or PROMISED, reason=""))
    return touched


def _feedback(db: Session, mentions: Collection[int]) -> list[int]:
    mine = FeedbackRow.mention_id.in_(mentions)
    found = list(db.scalars(select(FeedbackRow.id).where(mine)))
    _set(db, update(FeedbackRow).where(mine).values(why="", result="", reply_note=""))
    _set(db, update(FeedbackRow).where(mine, FeedbackRow.reply == "due").values(reply="none"))
    return found


def _case_words(db: Session, cases: Collection[int]) -> int:
    """What colleagues wrote about these cases: nobody can tell which of its posts that speaks of. Returns the notes."""
    notes = _set(db, delete(NoteRow).where(NoteRow.case_id.in_(cases)))
    _set(db, update(CaseRow).where(CaseRow.id.in_(cases)).values(escalation=""))
    part = or_(CaseMergeRow.from_id.in_(cases), CaseMergeRow.into_id.in_(cases))
    for merge in db.scalars(select(CaseMergeRow).where(part)):
        merge.was = {when: {**said, "escalation": ""} for when, said in merge.was.items()}
    db.flush()
    return notes


def _forgotten(db: Session, people: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these authors of whom no post is left; their cases are nobody's by now. That they said stop is kept."""
    kept = select(MentionRow.platform, MentionRow.author).where(
        tuple_(MentionRow.platform, MentionRow.author).in_(people), MentionRow.gone == ""
    )
    gone = set(people) - {(row.platform, row.author) for row in db.execute(kept.distinct())}
    theirs = tuple_(CaseRow.platform, CaseRow.author).in_(gone)
    for case in db.scalars(select(CaseRow).where(theirs)):
        if case.opted_out_at is not None:
            stops.keep(db, brand=case.brand, platform=case.platform, author=case.author, at=case.opted_out_at)
    _set(db, update(CaseRow).where(theirs).values(author=""))
    return gone


def _alarms(db: Session, promised: Collection[int]) -> list[int]:
    """Alarms about these promises repeat their words."""
    mine = AlarmRow.subject.in_([f"promise:{number}" for number in promised])
    found = list(db.scalars(select(AlarmRow.id).where(mine)))
    _set(db, update(AlarmRow).where(mine).values(title=PROMISED, body=""))
    return found


def _tell(db: Session, mentions: Iterable[int], drafts: Iterable[int], now: datetime) -> None:
    for number in mentions:
        events.tell(db, "mention", now=now, mention_id=number, action=ACTION, by="amends")
    for number in drafts:
        events.tell(db, "draft", now=now, draft_id=number, action="draft.superseded", by="amends")


# --- the bytes -----------------------------------------------------------------------------------------------------


def settle(store: Store, *, whole: bool) -> bool:
    """Brings what was erased off the disk, on SQLite: it overwrites what it deletes, but its log still holds the past.

    ``whole``: writes the file anew as well, which takes as much room again while it lasts. Returns False while
    somebody reads from the log, which then goes when they are done; on PostgreSQL always True, where VACUUM is the
    server's to run. Raises Transient when the database stays busy.
    """
    if store.shared:
        return True
    try:
        with closing(store.engine.raw_connection()) as ours:
            raw: Any = ours.driver_connection
            if whole:
                raw.execute("VACUUM")
            (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
            raw.execute(f"PRAGMA busy_timeout={PATIENCE}")
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            raw.execute(f"PRAGMA busy_timeout={patience}")
            return not busy
    except sqlite3.Error as error:
        raise Transient(f"the database: {error}") from None
