"""Two cases of one customer become one; what was made one becomes two again.

A customer writes from two platforms, or comes back after a while: two cases. The posts of one go to the other, with
colleagues' notes, what replies promised and what the customer is owed. The emptied case stays as a row that says whose
part it is. What went out or is on its way is not touched. Of the replies that wait, the one to the newest post is the
answer, as when a customer writes again; what a person edited stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.domain import DraftStatus, FollowUpStatus, IncidentStatus, MentionStatus, Stage
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, case_merges, desk, drafts, events, follow_ups, mentions, stages
from core.store.case_merges import SAID, CaseMergeRow, MergeStatus
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from core.store.incidents import IncidentRow
from responder.approval import Actor, may_decide, note

BECAME_ONE = "their two cases became one"
_AT_AN_END = (Stage.RELIEF.value, Stage.AFTERMATH.value)


@dataclass(frozen=True, slots=True)
class Merged:
    """``draft_id``: the waiting reply that is the answer now; None when nothing waits."""

    merge_id: int
    draft_id: int | None


def merge(store: Store, *, draft_id: int, case_id: int, actor: Actor, clock: Clock) -> Merged:
    """Makes a case part of the one that a draft belongs to. Raises Conflict, InputError."""
    may_decide(actor)
    now = clock()
    with store.begin() as db:
        into, row = _both(db, _case_id(db, draft_id), case_id)
        _must_fit(into, row)
        was = {"from": case_merges.said(row), "into": case_merges.said(into)}
        made = CaseMergeRow(
            from_id=row.id, into_id=into.id, at=now, actor_id=actor.id, status=MergeStatus.STANDING, was=was, moved={}
        )
        db.add(made)
        _say_together(db, into, row, now)
        moved = {
            "posts": case_merges.move_posts(db, row.id, into.id),
            "notes": case_merges.move_notes(db, row.id, into.id),
            **_follow_ups_come(db, into, row, now),
        }
        case_merges.words_follow_posts(db, row.id, into.id)
        db.flush()
        gone, last = _one_answer(db, into, actor, now)
        made.moved, made.was = moved | gone, was | {"became": case_merges.said(into)}
        db.flush()
        posts = len(moved["posts"])
        _note(db, row, actor, "case.merged", now, into=into.id)
        _note(db, into, actor, "case.took_over", now, source=row.id, customer=_who(row), posts=posts)
        return Merged(made.id, last)


def undo(store: Store, *, merge_id: int, actor: Actor, clock: Clock) -> None:
    """Takes a merge back: both cases stand for themselves again, also with what came since.

    What was changed since on the joined case stays with the one that took over. Raises Conflict, InputError.
    """
    may_decide(actor)
    now = clock()
    with store.begin() as db:
        made = db.get(CaseMergeRow, merge_id, with_for_update=True)
        if made is None:
            raise InputError(f"there is no merge {merge_id}")
        row, into = _locked(db, made.from_id, made.into_id)
        if made.status != MergeStatus.STANDING:
            raise Conflict("these two cases stand for themselves again already")
        if into.merged_into is not None:
            raise Conflict("the case it went to is itself part of another; undo that first")
        new = _posts_go_back(db, made)
        _say_apart(db, made, row, into, new, now)
        made.status, made.undone_at, made.undone_by = MergeStatus.UNDONE.value, now, actor.id
        case_merges.move_notes(db, into.id, row.id, made.moved["notes"])
        case_merges.words_follow_posts(db, into.id, row.id)
        _follow_ups_go_back(db, made, row, into, now)
        _answer_again(db, made.moved["unanswered"])
        db.flush()
        for case in (row, into):
            _look_again(db, drafts.waiting_of_case(db, case.id), now)
        _note(db, row, actor, "case.split", now, into=into.id)
        _note(db, into, actor, "case.gave_back", now, source=row.id, customer=_who(row), posts=len(new))


def _case_id(db: Session, draft_id: int) -> int:
    draft = db.get(DraftRow, draft_id)
    if draft is None:
        raise InputError(f"there is no draft {draft_id}")
    if draft.mention.case_id is None:
        raise InputError("this post belongs to no case")
    return draft.mention.case_id


def _both(db: Session, into_id: int, from_id: int) -> tuple[CaseRow, CaseRow]:
    if into_id == from_id:
        raise InputError("this is the same case")
    into, row = _locked(db, into_id, from_id)
    if into.merged_into is not None or row.merged_into is not None:
        raise Conflict("one of these cases became part of another meanwhile; look at it again")
    return into, row


def _locked(db: Session, *case_ids: int) -> list[CaseRow]:
    """As named, but always locked in the same order: two merges must not wait for each other."""
    found = {each: desk.locked(db, each) for each in sorted(case_ids)}
    if missing := [each for each, case in found.items() if case is None]:
        raise InputError(f"there is no case {missing[0]}")
    return [case for each in case_ids if (case := found[each]) is not None]


def _must_fit(into: CaseRow, row: CaseRow) -> None:
    if into.brand != row.brand:
        raise InputError("the two cases are of different brands")


def _who(case: CaseRow) -> str:
    return f"{case.platform}:{case.author}"


# --- what a case says of itself ----------------------------------------------------------------------------------


def _say_together(db: Session, into: CaseRow, row: CaseRow, now: datetime) -> None:
    """The joined case stands where the customer was last seen. Who has it keeps it; nothing that was seen is hidden."""
    newer, older = (row, into) if row.last_at > into.last_at else (into, row)
    incident, stage, persona = newer.incident_id or older.incident_id, newer.stage or older.stage, newer.persona
    row.merged_into = into.id
    into.incident_id = incident
    if stage is not None:
        stages.put(db, into, stage=stage, persona=persona or older.persona, why="merged", now=now)
    into.owner_id = into.owner_id or row.owner_id
    into.opted_out_at = min((at for at in (into.opted_out_at, row.opted_out_at) if at is not None), default=None)
    into.contacts += row.contacts
    into.opened_at, into.last_at = min(into.opened_at, row.opened_at), max(into.last_at, row.last_at)
    first = min((into, row), key=lambda case: (case.snoozed_until is not None, case.snoozed_until or now))
    into.snoozed_until, into.snoozed_by = first.snoozed_until, first.snoozed_by
    if into.escalated_at is None:
        for name in ("escalated_at", "escalated_by", "escalation"):
            setattr(into, name, getattr(row, name))
    # The emptied case counts nowhere: neither among an incident's customers nor on the map.
    row.incident_id = row.stage = row.persona = row.owner_id = row.snoozed_until = row.escalated_at = None
    row.snoozed_by = row.escalated_by = row.escalation = ""


def _say_apart(db: Session, made: CaseMergeRow, row: CaseRow, into: CaseRow, new: Sequence[int], now: datetime) -> None:
    before, own, became = made.was["from"], made.was["into"], made.was["became"]
    current, stood = case_merges.said(into), into.stage
    stopped = into.opted_out_at if current["opted_out_at"] != became["opted_out_at"] else None
    for name in SAID:
        setattr(row, name, case_merges.value(before, name))
        if current[name] == became[name]:  # nobody changed it since
            setattr(into, name, case_merges.value(own, name))
    row.opted_out_at = row.opted_out_at or stopped  # who told us to stop meanwhile is told to both
    row.merged_into = None
    row.contacts = case_merges.value(before, "contacts") + len(new)
    into.contacts = max(0, into.contacts - row.contacts)
    for case, kept in ((row, before), (into, own)):
        posts = [post.created_at for post in mentions.of_case(db, case.id)]
        case.last_at = max([case_merges.value(kept, "last_at"), *posts])
    if into.stage is not None and into.stage != stood:
        stage, into.stage = into.stage, stood
        stages.put(db, into, stage=stage, persona=into.persona, why="merged", now=now)
    _own_course(db, row, now)


def _own_course(db: Session, row: CaseRow, now: datetime) -> None:
    """Its failure may have ended meanwhile."""
    incident = db.get(IncidentRow, row.incident_id) if row.incident_id else None
    over = incident is not None and incident.status == IncidentStatus.RESOLVED.value
    if over and row.stage is not None and row.stage not in _AT_AN_END:
        stages.put(db, row, stage=Stage.AFTERMATH.value, persona=row.persona, why="resolved", now=now)


# --- the replies that wait ---------------------------------------------------------------------------------------


def _one_answer(db: Session, into: CaseRow, actor: Actor, now: datetime) -> tuple[dict[str, list[int]], int | None]:
    """Leaves one unedited reply an occasion, that to the newest post; returns what lost its reply, and the answer."""
    waiting = sorted(drafts.waiting_of_case(db, into.id), key=lambda draft: (draft.mention.created_at, draft.id))
    newest = {draft.occasion: draft for draft in waiting}
    gone = [draft for draft in waiting if draft is not newest[draft.occasion] and draft.edited_by is None]
    for draft in gone:
        draft.status, draft.reason, draft.updated_at = DraftStatus.SUPERSEDED.value, BECAME_ONE, now
        note(db, draft, actor, "draft.superseded", now, reason=BECAME_ONE)
    _look_again(db, [draft for draft in waiting if draft not in gone], now)
    last = newest.get("") or (waiting[-1] if waiting else None)
    lost = {
        "unanswered": [draft.mention_id for draft in gone if not draft.occasion],
        "taken_back": [draft.id for draft in gone if draft.occasion],
    }
    return lost, last.id if last else None


def _look_again(db: Session, waiting: Iterable[DraftRow], now: datetime) -> None:
    """The conversation is another: who looks at the older version is told."""
    for draft in waiting:
        draft.version += 1
        events.tell(db, "draft", now=now, draft_id=draft.id, action="draft.rechecked", by="amends")


def _answer_again(db: Session, posts: Sequence[int]) -> None:
    """What lost its reply to the merge is drawn anew."""
    for mention_id in posts:
        if drafts.live_of(db, mention_id) is None:
            mentions.move(db, mention_id, expect=MentionStatus.DRAFTED, to=MentionStatus.READ)


def _posts_go_back(db: Session, made: CaseMergeRow) -> list[int]:
    """Returns the posts that came since and are of the customer who goes: their handle is none of the other case's."""
    moved = set(made.moved["posts"])
    said = mentions.of_case(db, made.into_id)
    mine = {(post.platform, post.author) for post in said if post.id in moved}
    others = {(post.platform, post.author) for post in said if post.id not in moved and post.fetched_at <= made.at}
    new = [post.id for post in said if post.id not in moved and (post.platform, post.author) in mine - others]
    case_merges.move_posts(db, made.into_id, made.from_id, [*moved, *new])
    return new


# --- what the customer is owed -------------------------------------------------------------------------------------


def _follow_ups_come(db: Session, into: CaseRow, row: CaseRow, now: datetime) -> dict[str, list[int]]:
    """One second word an occasion: of two that are due, one is spared."""
    mine, moved, spared = case_merges.follow_ups_of(db, into.id), [], []
    for occasion, theirs in case_merges.follow_ups_of(db, row.id).items():
        other = mine.get(occasion)
        if other is None:
            theirs.case_id = into.id
            moved.append(theirs.id)
            continue
        if spare := _spare_one(theirs, other):
            spare.status, spare.reason, spare.updated_at = FollowUpStatus.SKIPPED.value, BECAME_ONE, now
            spared.append(spare.id)
    return {"follow_ups": moved, "spared": spared}


def _spare_one(theirs: FollowUpRow, other: FollowUpRow) -> FollowUpRow | None:
    """Of two that are owed the same: the one that is not drawn yet; None when both had their outcome."""
    due = FollowUpStatus.DUE.value
    if theirs.status == due:
        if other.status == FollowUpStatus.SKIPPED.value:  # the joined case may have a post to answer now
            other.status, other.reason = due, ""
        return theirs
    return other if other.status == due and theirs.status == FollowUpStatus.DRAFTED.value else None


def _follow_ups_go_back(db: Session, made: CaseMergeRow, row: CaseRow, into: CaseRow, now: datetime) -> None:
    """What was owed goes back; what came up since is owed to each whom it concerns."""
    moved, joined = set(made.moved["follow_ups"]), case_merges.follow_ups_of(db, into.id)
    theirs, own = case_merges.promised_to(db, row.id), case_merges.promised_to(db, into.id)
    for each in joined.values():
        if each.id in moved:
            each.case_id = row.id
        elif each.created_at >= made.at and _concerns(each, row, theirs):
            if each.status == FollowUpStatus.DUE.value and not _concerns(each, into, own):
                each.case_id = row.id
            else:
                _owe_too(db, each, row, now)
    for spared in made.moved["spared"]:
        again = db.get(FollowUpRow, spared)
        if again is not None and (again.status, again.reason) == (FollowUpStatus.SKIPPED.value, BECAME_ONE):
            again.status, again.reason, again.updated_at = FollowUpStatus.DUE.value, "", now
    for draft_id in made.moved["taken_back"]:
        follow_ups.due_again(db, draft_id, now)


def _concerns(owed: FollowUpRow, case: CaseRow, promised: set[int]) -> bool:
    same_end = owed.kind == "resolved" and owed.incident_id is not None and owed.incident_id == case.incident_id
    return same_end or owed.promise_id in promised


def _owe_too(db: Session, owed: FollowUpRow, case: CaseRow, now: datetime) -> None:
    follow_ups.owe(
        db, brand=owed.brand, case_id=case.id, occasion=owed.occasion, kind=owed.kind, incident_id=owed.incident_id,
        promise_id=owed.promise_id, now=now,
    )  # fmt: skip


def _note(db: Session, case: CaseRow, actor: Actor, action: str, now: datetime, **detail: object) -> None:
    audit.record(db, actor=actor.name, action=action, subject=f"case:{case.id}", now=now, **detail)
    for draft_id in desk.waiting_ids(db, case.id):
        events.tell(db, "draft", now=now, draft_id=draft_id, action=action, by=actor.name)
