"""What the reading pane shows of one draft: the post, what was understood, our reply, why, and who is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from fastapi import Request

from core.domain import sha256
from core.store import Session, agreements, corrections, deliveries, desk, mentions, queue
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.users import UserRow
from dashboards import wording
from dashboards.auth import Signed, deps_of
from dashboards.grounds import grounds_of
from dashboards.mentioning import Piece, pieces_of
from responder import batch, four_eyes
from responder.bounds import measured
from responder.freshness import may_answer, why_stale

SNOOZES = (("60", "1 hour"), ("180", "3 hours"), ("tomorrow", "tomorrow, 9:00"), ("writes", "until they write again"))


@dataclass(frozen=True, slots=True)
class Note:
    author: str
    at: datetime
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who has the case, until when it is put off, whether the leads should look, what colleagues say of it."""

    case: CaseRow
    owner: str
    mine: bool
    snoozed: bool
    until_they_write: bool
    notes: Sequence[Note]
    colleagues: Sequence[UserRow]
    may_hand_back: bool


def desk_of(db: Session, case_id: int, signed: Signed, now: datetime) -> Desk:
    case, names = db.get_one(CaseRow, case_id), desk.names(db)
    notes = [
        Note(row.author, row.at, pieces_of(row.text, names.values(), signed.name)) for row in desk.notes_of(db, case_id)
    ]
    return Desk(
        case=case,
        owner=names.get(case.owner_id, "") if case.owner_id else "",
        mine=case.owner_id == signed.id,
        snoozed=case.snoozed_until is not None and case.snoozed_until > now,
        until_they_write=case.snoozed_until == desk.WRITES_AGAIN,
        notes=notes,
        colleagues=desk.colleagues(db),
        may_hand_back=signed.can("lead") or case.escalated_by == signed.name,
    )


def item_of(
    request: Request, db: Session, draft: DraftRow, signed: Signed, *, alone: bool = True
) -> dict[str, Any]:  # fmt: skip
    """Everything the reading pane shows of one draft; not ``alone``: shown among others of its kind."""
    mention = draft.mention
    posts = [row for row in mentions.of_case(db, mention.case_id) if row.id != mention.id] if mention.case_id else []
    replies = queue.replies_in_case(db, mention.case_id) if mention.case_id else []
    told = [(row.created_at, "", row.text) for row in posts if row.created_at <= mention.created_at]
    told += [
        (row.delivery.approval.approved_at, row.approver, row.delivery.text)
        for row in replies
        if row.draft.id != draft.id
    ]
    findings = draft.found()
    may_decide = signed.can("approver")
    two = four_eyes.needed(db, draft, deps_of(request).settings.responder.four_eyes)
    agreed = agreements.standing(db, draft, sha256(draft.text), deps_of(request).clock())
    overruled = "blocked" in two and four_eyes.may_be_overruled(draft)
    return {
        "draft": draft,
        "mention": mention,
        "reading": mention.reading,
        "history": _by_day(sorted(told), deps_of(request).settings.brand.zone()),
        "later": [row for row in posts if row.created_at > mention.created_at],
        "pieces": wording.pieces(draft.text, findings),
        "grounds": grounds_of(draft, mention.text),
        "findings": findings,
        "length": measured(db, mention.platform, draft.text),
        "may_decide": may_decide,
        "obstacle": wording.obstacle(draft, may_decide=may_decide, overruled=overruled)
        or _unfit(request, db, draft)
        or (_not_me(draft, agreed, signed) if two else ""),
        "two": four_eyes.in_words(two) if draft.status == "waiting" else "",
        "agreed": agreed,
        "decision": queue.decided(db, draft.id),
        "correction": corrections.newest_of(db, mention.id),
        "may_ask_why": deps_of(request).why is not None,
        "desk": desk_of(db, mention.case_id, signed, deps_of(request).clock()) if mention.case_id else None,
        "snoozes": SNOOZES,
        "alike": max(0, len(batch.like(db, draft, me=signed.id, now=deps_of(request).clock())) - 1) if alone else 0,
        "unsettled": _unsettled(db, draft),
    }


def _by_day(told: Sequence[tuple[datetime, str, str]], zone: tzinfo) -> list[tuple[str, datetime, str, str]]:
    """What was said, each first word of a day with the day before it, when there is more than one."""
    days = [f"{at.astimezone(zone):%a} {at.astimezone(zone).day} {at.astimezone(zone):%b}" for at, _, _ in told]
    firsts = {days.index(day) for day in days} if len(set(days)) > 1 else set()
    return [(days[place] if place in firsts else "", *each) for place, each in enumerate(told)]


def _not_me(draft: DraftRow, agreed: agreements.AgreementRow | None, signed: Signed) -> str:
    """Why somebody else must decide on a reply that needs two people, or ""."""
    if draft.edited_by == signed.id:
        return "You edited this reply: two others must agree to it."
    return "You agreed. A second person must agree too." if agreed and agreed.user_id == signed.id else ""


def _unfit(request: Request, db: Session, draft: DraftRow) -> str:
    """Why an approval would be refused although the gate passed, in words; approving asks again for itself."""
    mention = draft.mention
    allowed, why = may_answer(db, mention)
    if not allowed:
        return why
    if stale := why_stale(db, draft, deps_of(request).clock()):
        return f"{stale[:1].upper()}{stale[1:]}. A new draft is on its way."
    if deps_of(request).route(mention.platform) is None:
        return f"No publisher is set up for {wording.platform(mention.platform)}. Add one to the configuration."
    return ""


def _unsettled(db: Session, draft: DraftRow) -> int | None:
    """The delivery of which a person must say whether it is out."""
    delivery = deliveries.of_draft(db, draft.id) if draft.status != "waiting" else None
    return delivery.id if delivery is not None and delivery.status == "unknown" else None
