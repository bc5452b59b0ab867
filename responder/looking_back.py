"""After sending: what the platform keeps is held against what was approved; a reply of ours can be taken down, and then
written anew.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from core.clock import Clock
from core.domain import DeliveryStatus, DraftStatus, MentionStatus
from core.errors import ConfigError, Conflict, InputError, Refused, Transient
from core.store import Session, Store, audit, deliveries, drafts, events
from core.store.deliveries import DeliveryRow, Look
from core.store.drafts import DraftRow
from responder.approval import Actor, may_decide, note
from responder.freshness import may_answer
from responder.publishers import Keeper, Publisher
from responder.sending import target_of

log = logging.getLogger(__name__)
WITHIN = timedelta(days=1)  # what could not be looked at for so long is for a person
FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0  # seconds between two looks
ANOTHER = "the platform shows another text than was approved"
MISSING = "the platform does not show it any more"


def look_back(store: Store, publishers: Mapping[str, Publisher], *, clock: Clock) -> Counter[str]:
    """One pass over what was sent, and over what nobody could tell about, each after its publisher's read lag.

    A reply that cannot be read now is looked at again, at growing distances, for a day. Returns counts of ``same``,
    ``differs``, ``found`` (an unknown one, there after all), ``later`` and ``unseen`` (given up, for a person).
    """
    done = Counter[str]()
    now = clock()
    for name, publisher in publishers.items():
        if not isinstance(publisher, Keeper):
            continue
        before = now - timedelta(seconds=publisher.read_lag)
        looks = {DeliveryStatus.SENT: partial(_compare, store, publisher)}
        looks[DeliveryStatus.UNKNOWN] = partial(_search, store, publisher)
        for status, look in looks.items():
            with store.read() as db:
                rows = deliveries.unread(db, [name], status, now=now, before=before)
            for row in rows:
                told, rest = _look(store, row, look, clock)
                done[told] += 1
                if rest:  # what the account may still ask for is for sending
                    break
    return done


def _look(store: Store, row: DeliveryRow, look: Callable[[DeliveryRow, Clock], str], clock: Clock) -> tuple[str, float]:
    """What it told, and for how many seconds the platform wants to be left alone."""
    try:
        return look(row, clock), 0.0
    except Exception as error:  # noqa: BLE001 - not being able to look is an answer too
        log.info("a sent reply cannot be read now", extra={"delivery": row.id, "problem": str(error)})
        rest = (error.retry_after if isinstance(error, Transient) else None) or 0.0
        return _later(store, row, str(error), clock(), rest=rest), rest


def _compare(store: Store, publisher: Keeper, row: DeliveryRow, clock: Clock) -> str:
    """What the platform keeps of a sent reply, against what was approved."""
    stored = publisher.stored(str(row.external_id), target_of(store, row))
    differs = MISSING if stored is None else "" if publisher.same(row.text, stored) else ANOTHER
    look = Look.DIFFERS if differs else Look.SAME
    with store.begin() as db:
        kept = db.get_one(DeliveryRow, row.id, with_for_update={"of": DeliveryRow})
        if kept.look != Look.DUE or kept.taken_down_at or not kept.text:
            return "later"  # another process, a person who took it down, or its post was erased meanwhile
        kept.look, kept.looked_at, kept.look_problem, kept.differs = look, clock(), "", differs
        if differs:
            log.error("a sent reply is not what was approved", extra={"delivery": row.id, "problem": differs})
            _note(db, row, "delivery.differs", clock(), problem=differs, stored=(stored or "")[:2000])
            _tell(db, row, "differs", clock())
    return look.value


def _search(store: Store, publisher: Publisher, row: DeliveryRow, clock: Clock) -> str:
    """Whether a reply that nobody could tell about is there after all. That it is absent is left to a person."""
    found = publisher.find(row.text, target_of(store, row), key=row.key)
    if found is None:
        return _later(store, row, "the platform does not show it", clock())
    with store.begin() as db:
        kept = db.get_one(DeliveryRow, row.id, with_for_update={"of": DeliveryRow})
        settled = deliveries.move(
            db, row.id, expect=DeliveryStatus.UNKNOWN, to=DeliveryStatus.SENT, attempt=row.attempts,
            external_id=found.external_id, url=found.url if kept.text else None, problem="",
        )  # fmt: skip
        if not settled:  # a person was quicker
            return "later"
        drafts.move(db, row.approval.draft_id, expect=DraftStatus.APPROVED, to=DraftStatus.DONE, updated_at=clock())
        _note(db, row, "delivery.sent", clock(), sha256=row.sha256, problem="found on the platform later")
        _tell(db, row, DeliveryStatus.SENT.value, clock())
    return "found"


def _later(store: Store, row: DeliveryRow, problem: str, now: datetime, *, rest: float = 0.0) -> str:
    """Notes a look that told nothing, and when the next one is due."""
    over = now - (row.ended_at or now) >= WITHIN
    wait = timedelta(seconds=max(rest, min(LONGEST_WAIT, FIRST_WAIT * 2**row.looks)))
    with store.begin() as db:
        kept = db.get_one(DeliveryRow, row.id, with_for_update={"of": DeliveryRow})
        if not kept.text:  # its post was erased meanwhile
            return "later"
        kept.looks, kept.look_at, kept.look_problem = row.looks + 1, now + wait, problem[:500]
        if over:
            kept.look = Look.UNSEEN
            log.error("a reply could not be looked at for a day", extra={"delivery": row.id, "problem": problem})
            _note(db, row, "delivery.unseen", now, problem=problem[:500])
            _tell(db, row, "unseen", now)
    return "unseen" if over else "later"


def _note(db: Session, row: DeliveryRow, action: str, now: datetime, **detail: object) -> None:
    audit.record(db, actor="amends", action=action, subject=f"draft:{row.approval.draft_id}", now=now, **detail)


def _tell(db: Session, row: DeliveryRow, status: str, now: datetime) -> None:
    events.tell(db, "delivery", now=now, delivery_id=row.id, draft_id=row.approval.draft_id, status=status)


def take_down(
    store: Store, publishers: Mapping[str, Publisher], *, delivery_id: int, reason: str, actor: Actor, clock: Clock
) -> None:
    """Deletes our reply from the platform. Taking down is repeatable, so it is done before it is written down.

    Raises InputError without a reason, Conflict when there is nothing to take down, Refused when the platform or the
    kind of publisher does not allow it, or cannot be reached.
    """
    may_decide(actor)
    if not reason.strip():
        raise InputError("say why this reply is taken down")
    with store.read() as db:
        row = db.get(DeliveryRow, delivery_id)
    if row is None or row.status != DeliveryStatus.SENT.value or row.external_id is None or row.taken_down_at:
        raise Conflict("there is no reply to take down here")
    keeper: object = publishers.get(row.approval.publisher)
    if not isinstance(keeper, Keeper):
        raise Refused(f"what {row.approval.publisher} sent cannot be taken down from here")
    try:
        keeper.delete(row.external_id, target_of(store, row))
    except (Transient, ConfigError) as error:
        raise Refused(f"{error} Whether the reply is still there must be looked at.") from error
    with store.begin() as db:
        kept = db.get_one(DeliveryRow, delivery_id)
        kept.taken_down_at, kept.taken_down = clock(), reason.strip()[:500]
        draft_id = row.approval.draft_id
        audit.record(
            db, actor=actor.name, action="delivery.taken_down", subject=f"draft:{draft_id}", now=clock(),
            reason=reason.strip()[:500],
        )  # fmt: skip
        events.tell(db, "delivery", now=clock(), delivery_id=delivery_id, draft_id=draft_id, status="taken down")


def write_anew(store: Store, *, delivery_id: int, actor: Actor, clock: Clock) -> int:
    """Puts the draft of a reply that was taken down back into the queue, for other words; returns its id.

    Raises Conflict unless ``can_write_anew``, Refused when the post may not be answered any more.
    """
    may_decide(actor)
    with store.begin() as db:
        row = db.get(DeliveryRow, delivery_id)
        draft = drafts.whole(db, row.approval.draft_id, lock=True) if row is not None else None
        if row is None or draft is None or not can_write_anew(db, row, draft):
            raise Conflict("there is nothing to write anew here: a reply stands, waits or may be out")
        allowed, why = may_answer(db, draft.mention)
        if not allowed:
            raise Refused(why)
        draft.status, draft.version = DraftStatus.WAITING.value, draft.version + 1
        note(db, draft, actor, "draft.written_anew", clock())
        return draft.id


def can_write_anew(db: Session, row: DeliveryRow, draft: DraftRow) -> bool:
    """Whether a reply was taken down and nothing took its place: no draft waits for the post, nobody answered it by
    hand, and no reply to it is out, on its way, or may be out.
    """
    if row.taken_down_at is None or draft.status != DraftStatus.DONE.value:
        return False
    if draft.mention.status in (MentionStatus.ANSWERED.value, MentionStatus.GONE.value):
        return False
    live = deliveries.live_to(db, row.platform, row.target_id, row.occasion)
    return live is None and drafts.live_of(db, draft.mention_id) is None
