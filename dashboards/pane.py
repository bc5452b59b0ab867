"""What the reading pane shows of one draft: the post, what was understood, our reply, why, and who is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from fastapi import Request

from core.domain import sha256
from core.store import Session, agreements, case_merges, corrections, deliveries, desk, drafts, queue
from core.store.case_merges import Part
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from dashboards import spoken, wording
from dashboards.auth import Signed, deps_of
from dashboards.grounds import grounds_of
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.mentioning import Piece, pieces_of
from responder import batch, four_eyes, looking_back
from responder.bounds import measured
from responder.freshness import may_answer, why_again, why_stale

SOME = 30  # posts of a case that are shown at once
SNOOZES = (
    ("60", later("1 hour")),
    ("180", later("3 hours")),
    ("tomorrow", later("tomorrow, 9:00")),
    ("writes", later("until they write again")),
)


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
    team: desk.Team
    may_hand_back: bool
    parts: Sequence[Part]  # other cases of this customer that were merged with it


def desk_of(db: Session, case: CaseRow, signed: Signed, now: datetime) -> Desk:
    team = desk.team(db)
    notes = [
        Note(row.author, row.at, pieces_of(row.text, team.names.values(), signed.name))
        for row in desk.notes_of(db, case.id)
    ]
    return Desk(
        case=case,
        owner=team.names.get(case.owner_id, "") if case.owner_id else "",
        mine=case.owner_id == signed.id,
        snoozed=case.snoozed_until is not None and case.snoozed_until > now,
        until_they_write=case.snoozed_until == desk.WRITES_AGAIN,
        notes=notes,
        team=team,
        may_hand_back=signed.can("lead") or case.escalated_by == signed.name,
        parts=case_merges.parts_of(db, case.id),
    )


def item_of(
    request: Request, db: Session, draft: DraftRow, signed: Signed, *, alone: bool = True
) -> dict[str, Any]:  # fmt: skip
    """Everything the reading pane shows of one draft; not ``alone``: shown among others of its kind.

    What is not shown of a reply that waits, or that waits no more, is not asked for. ``drafts.whole`` saves questions.
    """
    mention, waits, now = draft.mention, draft.status == "waiting", deps_of(request).clock()
    afterwards = queue.posts_after(db, mention, limit=SOME + 1)
    findings = draft.found()
    may_decide = signed.can("approver")
    two = four_eyes.needed(db, draft, deps_of(request).settings.responder.four_eyes)
    agreed = agreements.standing(db, draft, sha256(draft.text), now) if two else None
    overruled = "blocked" in two and four_eyes.may_be_overruled(draft)
    last = deliveries.of_draft(db, draft.id) if draft.version > 1 or not waits else None
    return {
        "draft": draft,
        "mention": mention,
        "reading": mention.reading,
        "earlier": earlier_of(request, db, draft),
        "later": afterwards[-SOME:],
        "later_more": len(afterwards) > SOME,
        "pieces": wording.pieces(draft.text, findings),
        "grounds": grounds_of(draft, mention.text),
        "findings": findings,
        "length": measured(db, mention.platform, draft.text),
        "may_decide": may_decide,
        "obstacle": wording.obstacle(draft, may_decide=may_decide, overruled=overruled)
        or _unfit(request, db, draft)
        or (_not_me(db, draft, agreed, signed) if two else ""),
        "two": ", ".join(heard(four_eyes.WORDS[point]) for point in two) if waits else "",
        "agreed": agreed,
        "decision": queue.decided(db, draft.id) if draft.version > 1 or not waits else None,
        "correction": corrections.last_by(db, mention.id),
        "may_ask_why": deps_of(request).why is not None,
        "desk": desk_of(db, mention.case, signed, now) if mention.case else None,
        "snoozes": SNOOZES,
        "alike": len(batch.others_like(db, draft, me=signed.id, now=now)) if alone else 0,
        "unsettled": last.id if last is not None and last.status == "unknown" else None,
        "taken_down": last if last is not None and last.taken_down_at else None,
        "anew": last is not None and looking_back.can_write_anew(db, last, draft),
        "csrf": signed.csrf,
    }


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stretch of what was said in a case, oldest first: day or "", when, by whom of us or "", the words, whose."""

    told: Sequence[tuple[str, datetime, str, str, str]]
    before: int | None  # the oldest post of it, when there are earlier ones

    @property
    def count(self) -> str:
        return f"{len(self.told)}+" if self.before else str(len(self.told))


def earlier_of(request: Request, db: Session, draft: DraftRow, before: MentionRow | None = None) -> Earlier:
    """The last posts of the case before ``before``, by default the draft's own, and what we answered in that time."""
    mention = draft.mention
    if mention.case_id is None:
        return Earlier((), None)
    posts = queue.posts_before(db, before or mention, limit=SOME + 1)
    more, posts = len(posts) > SOME, posts[-SOME:]
    since, until = posts[0].created_at if more else None, before.created_at if before else None
    replies = queue.replies_in_case(db, mention.case_id, since=since, until=until)
    told = [(row.created_at, "", row.text, _whose(row, mention)) for row in posts]
    told += [(row.approved_at, _by(row, mention), row.text, "") for row in replies if row.draft_id != draft.id]
    days = _by_day(sorted(told), deps_of(request).settings.brand.zone(), always=more or before is not None)
    return Earlier(days, posts[0].id if more else None)


def _whose(post: queue.Post, mention: MentionRow) -> str:
    """Whose post it is; of a case that was merged also where, when that is elsewhere."""
    name = post.author_name or post.author
    here = (post.platform, post.author) == (mention.platform, mention.author)
    return name if here else f"{name} (@{post.author}, {wording.platform(post.platform)})"


def _by(reply: queue.Reply, mention: MentionRow) -> str:
    elsewhere = reply.platform != mention.platform
    return f"{reply.approver} ({wording.platform(reply.platform)})" if elsewhere else reply.approver


def _by_day(
    told: Sequence[tuple[datetime, str, str, str]], zone: tzinfo, *, always: bool
) -> list[tuple[str, datetime, str, str, str]]:
    """What was said, each first word of a day with the day before it, when there is more than one, or always."""
    here = [at.astimezone(zone) for at, *_rest in told]
    days = [spoken.dated(at, f"%a {at.day} %b") for at in here]
    firsts = {days.index(day) for day in days} if always or len(set(days)) > 1 else set()
    return [(days[place] if place in firsts else "", *each) for place, each in enumerate(told)]


def _not_me(db: Session, draft: DraftRow, agreed: agreements.AgreementRow | None, signed: Signed) -> str:
    """Why somebody else must decide on a reply that needs two people, or ""."""
    if signed.id in drafts.editors(db, draft.id):
        return _("You edited this reply: two others must agree to it.")
    return _("You agreed. A second person must agree too.") if agreed and agreed.user_id == signed.id else ""


def _unfit(request: Request, db: Session, draft: DraftRow) -> str:
    """Why an approval would be refused although the gate passed, in words; approving asks again for itself."""
    mention = draft.mention
    allowed, why = may_answer(db, mention)
    if not allowed:
        return heard(why)
    if stale := why_stale(db, draft, deps_of(request).clock()):
        stale = heard(stale)
        return _("%(stale)s. A new draft is on its way.", stale=stale[:1].upper() + stale[1:])
    if again := why_again(db, draft):
        again = heard(again)
        return f"{again[:1].upper()}{again[1:]}."
    if deps_of(request).route(mention.platform) is None:
        platform = wording.platform(mention.platform)
        return _("No publisher is set up for %(platform)s. Add one to the configuration.", platform=platform)
    return ""
