"""What people tell us that no platform does: a post was answered by hand, a customer may be written to again."""

from core.clock import Clock
from core.domain import DraftStatus, Eligibility, MentionStatus
from core.errors import Conflict, InputError, Refused
from core.store import Session, Store, audit, cases, drafts, events, mentions, stops
from core.store.cases import CaseRow
from core.store.mentions import MentionRow
from responder.approval import Actor, may_decide
from responder.policy import asks_to_stop

_MAY_RESUME = frozenset({"lead", "admin"})


def answered(store: Store, *, mention_id: int, actor: Actor, clock: Clock) -> None:
    """Somebody answered this post on the platform: it leaves the list, and a draft that waits for it the queue.

    Raises Conflict when somebody said so before, or a reply of ours is on its way.
    """
    may_decide(actor)
    with store.begin() as db:
        mention = _mention(db, mention_id)
        draft = drafts.live_of(db, mention_id)
        if mention.status == MentionStatus.ANSWERED.value or (draft and draft.status != DraftStatus.WAITING.value):
            raise Conflict("this post is answered already")
        if draft is not None:
            moved = drafts.move(
                db, draft.id, expect=DraftStatus.WAITING, to=DraftStatus.REJECTED, reason="answered by hand"
            )
            if not moved:  # somebody approved it just now
                raise Conflict("this post is answered already")
            events.tell(db, "draft", now=clock(), draft_id=draft.id, action="draft.rejected", by=actor.name)
        mention.status = MentionStatus.ANSWERED.value
        subject = f"draft:{draft.id}" if draft else f"mention:{mention_id}"
        audit.record(db, actor=actor.name, action="mention.answered", subject=subject, now=clock(), mention=mention_id)
        events.tell(db, "mention", now=clock(), mention_id=mention_id, action="mention.answered", by=actor.name)


def resume(store: Store, *, mention_id: int, reason: str, actor: Actor, clock: Clock) -> int:
    """The author of this post may be written to again; returns how many posts are looked at anew.

    Only a lead may say so, with a reason: "stop" is an order of the customer's. Raises Refused, InputError, Conflict.
    """
    if actor.role not in _MAY_RESUME:
        raise Refused(f"{actor.name} may not lift a customer's stop; a lead or an admin may")
    if not reason.strip():
        raise InputError("say why this customer may be written to again")
    with store.begin() as db:
        mention = _mention(db, mention_id)
        case = db.get(CaseRow, mention.case_id)
        if case is None or case.opted_out_at is None:
            raise Conflict("nobody asked us to stop here")
        theirs = cases.of_author(db, brand=mention.brand, platform=mention.platform, author=mention.author)
        stopped = [each for each in dict.fromkeys((*theirs, case)) if each.opted_out_at is not None]
        for each in stopped:
            each.opted_out_at = None
            stops.lift(db, brand=each.brand, platform=each.platform, author=each.author)
        who = f"{mention.platform}:{mention.author}"
        audit.record(db, actor=actor.name, action="author.resumed", subject=who, now=clock(), reason=reason.strip())
        events.tell(db, "mention", now=clock(), mention_id=mention_id, action="author.resumed", by=actor.name)
        return sum(_reads_again(db, row) for each in stopped for row in mentions.of_case(db, each.id))


def _reads_again(db: Session, mention: MentionRow) -> bool:
    """Back on the road, unless it is the very post that told us to stop."""
    addressed = mention.eligible != Eligibility.NONE.value and not asks_to_stop(mention.text)
    return addressed and mentions.move(db, mention.id, expect=MentionStatus.WATCHED, to=MentionStatus.READ)


def _mention(db: Session, mention_id: int) -> MentionRow:
    mention = db.get(MentionRow, mention_id, with_for_update={"of": MentionRow})
    if mention is None:
        raise InputError(f"there is no post {mention_id}")
    if mention.gone:
        raise Conflict("this post is gone")
    return mention
