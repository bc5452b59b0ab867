"""What a team does around a case: take it, hand it over, put it off, hand it up, leave a note. All of it audited.

Nothing here decides on a reply, and nothing written here leaves the house.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock, iso
from core.errors import Conflict, InputError, Refused
from core.store import Session, Store, audit, cases, desk, events
from core.store.cases import CaseRow
from core.store.desk import NoteRow
from core.store.drafts import DraftRow
from core.store.users import UserRow
from responder.approval import Actor, may_decide

_LEADS = frozenset({"lead", "admin"})
LONGEST_NOTE, LONGEST_REASON = 2000, 500  # characters
LONGEST_SNOOZE = timedelta(days=30)
BATCH = 200  # cases woken in one transaction
OURSELVES = "amends"


@dataclass(frozen=True, slots=True)
class Given:
    """A case's owner as it is now; None: nobody's."""

    id: int | None
    name: str


def assign(store: Store, *, draft_id: int, to: int | None, seen: int | None, actor: Actor, clock: Clock) -> Given:
    """Gives the case of a draft to a colleague, or with None back to everybody.

    ``seen``: who had it on the actor's page. Raises Conflict when it was given to another meanwhile, InputError for
    somebody who cannot decide on replies.
    """
    may_decide(actor)
    with store.begin() as db:
        case = _case(db, draft_id)
        owner = _colleague(db, to)
        if case.owner_id not in (seen, to):
            raise Conflict(f"{_name(db, case.owner_id)} has this by now")
        if case.owner_id != to:
            before = _name(db, case.owner_id)
            case.owner_id = to
            _note(db, case, actor.name, "case.assigned", clock(), before=before, after=owner)
        return Given(to, owner)


def snooze(store: Store, *, draft_id: int, until: datetime | None, actor: Actor, clock: Clock) -> None:
    """Takes a case out of sight until a moment, or with None until its customer writes again, which always ends it.

    Raises InputError for a moment that has passed or is too far away.
    """
    may_decide(actor)
    now = clock()
    if until is not None and not now < until <= now + LONGEST_SNOOZE:
        raise InputError(f"choose a time to come, at most {LONGEST_SNOOZE.days} days away")
    with store.begin() as db:
        case = _case(db, draft_id)
        case.snoozed_until, case.snoozed_by = until or desk.WRITES_AGAIN, actor.name
        said = iso(until) if until else "the customer writes again"
        _note(db, case, actor.name, "case.snoozed", now, until=said)


def wake(store: Store, *, draft_id: int, actor: Actor, clock: Clock) -> None:
    """Brings a case back before its time. Raises Conflict when it is back already."""
    may_decide(actor)
    with store.begin() as db:
        case = _case(db, draft_id)
        if case.snoozed_until is None:
            raise Conflict("this is not snoozed any more")
        _wake(db, case, actor.name, clock())


def wake_due(store: Store, *, clock: Clock) -> int:
    """Tells of the cases whose time has come. The list shows them by the clock, also while nothing runs this."""
    total = 0
    while True:
        with store.begin() as db:
            found = desk.due(db, clock(), limit=BATCH)
            for case in found:
                _wake(db, case, OURSELVES, clock())
        total += len(found)
        if len(found) < BATCH:
            return total


def escalate(store: Store, *, draft_id: int, reason: str, actor: Actor, clock: Clock) -> None:
    """Hands a case up to the leads. Raises InputError without a reason, Conflict when that was done before."""
    may_decide(actor)
    reason = _said(reason, LONGEST_REASON, "say why a lead should look at this")
    with store.begin() as db:
        case = _case(db, draft_id)
        if case.escalated_at is not None:
            raise Conflict(f"{case.escalated_by} handed this to the leads already")
        case.escalated_at, case.escalated_by, case.escalation = clock(), actor.name, reason
        _note(db, case, actor.name, "case.escalated", clock(), reason=reason)


def hand_back(store: Store, *, draft_id: int, actor: Actor, clock: Clock) -> None:
    """A lead looked, or who handed it up no longer needs it. Raises Refused for others, Conflict when it is back."""
    may_decide(actor)
    with store.begin() as db:
        case = _case(db, draft_id)
        if case.escalated_at is None:
            raise Conflict("this is not with the leads any more")
        if actor.role not in _LEADS and actor.name != case.escalated_by:
            raise Refused(f"{case.escalated_by} handed this to the leads; a lead hands it back")
        case.escalated_at, case.escalated_by, case.escalation = None, "", ""
        _note(db, case, actor.name, "case.handed_back", clock())


def note(store: Store, *, draft_id: int, text: str, actor: Actor, clock: Clock) -> int:
    """Leaves a note on a case for colleagues; returns its id. The audit names it but holds none of its words."""
    may_decide(actor)
    text = _said(text, LONGEST_NOTE, "the note is empty")
    with store.begin() as db:
        case = _case(db, draft_id)
        row = NoteRow(case_id=case.id, author_id=actor.id, author=actor.name, at=clock(), text=text)
        db.add(row)
        db.flush()
        _note(db, case, actor.name, "case.noted", clock(), note=row.id)
        return row.id


def _wake(db: Session, case: CaseRow, by: str, now: datetime) -> None:
    case.snoozed_until, case.snoozed_by = None, ""
    _note(db, case, by, "case.woke", now)


def _case(db: Session, draft_id: int) -> CaseRow:
    draft = db.get(DraftRow, draft_id)
    if draft is None:
        raise InputError(f"there is no draft {draft_id}")
    case = desk.locked(db, draft.mention.case_id) if draft.mention.case_id else None
    if case is None:
        raise InputError("this post belongs to no case")
    return cases.whole(db, case)  # merged with another while we waited for it


def _colleague(db: Session, user_id: int | None) -> str:
    if user_id is None:
        return ""
    user = db.get(UserRow, user_id)
    if user is None or user.disabled_at is not None or user.role not in desk.MAY_HAVE:
        raise InputError("choose a colleague who may decide on replies")
    return user.name


def _name(db: Session, user_id: int | None) -> str:
    user = db.get(UserRow, user_id) if user_id is not None else None
    return user.name if user else ""


def _said(text: str, longest: int, empty: str) -> str:
    text = text.strip()
    if not text:
        raise InputError(empty)
    if len(text) > longest:
        raise InputError(f"use at most {longest} characters; these are {len(text)}")
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InputError("this holds a character that cannot be kept; type it again")
    return text


def _note(db: Session, case: CaseRow, by: str, action: str, now: datetime, **detail: object) -> None:
    db.flush()
    audit.record(db, actor=by, action=action, subject=f"case:{case.id}", now=now, **detail)
    for draft_id in desk.waiting_ids(db, case.id):
        events.tell(db, "draft", now=now, draft_id=draft_id, action=action, by=by)
