"""What was approved goes out once, byte for byte, whatever breaks.

The order that makes it so: commit ``sending``, then call the platform, then commit the outcome. A row found in
``sending`` with no answer is read back after the platform's read lag: there → sent; provably absent → tried again
with the same key; cannot be told → parked as ``unknown`` for a person.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain import DeliveryStatus, DraftStatus, Eligibility, Target
from core.errors import ConfigError, OutcomeUnknown, Refused, Transient
from core.store import Session, Store, audit, deliveries, drafts, events, lookups, mentions, switches
from core.store.deliveries import DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from responder.approval import withdraw
from responder.freshness import may_answer, why_stale
from responder.publishers import Published, Publisher
from responder.publishers.texts import GONE

log = logging.getLogger(__name__)

# The longest a publisher's own call may take; a ``sending`` row younger than this may still be in somebody's hands.
CALL_SECONDS = 40
# After this long without being able to tell, a person looks.
PARK_AFTER = timedelta(minutes=15)
LONGEST_PAUSE = 30.0  # seconds between two looks for a reply that nobody could tell about yet


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a delivery goes next."""

    to: DeliveryStatus
    problem: str = ""
    published: Published | None = None
    retry_in: float = 0.0


@dataclass(frozen=True, slots=True)
class _Claimed:
    """The row of this try, and what was read with it."""

    delivery: DeliveryRow
    incident_id: int | None
    target: Target


def send_due(
    store: Store,
    publishers: Mapping[str, Publisher],
    *,
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
    pace: float = 0.0,
) -> Counter[str]:
    """One pass: settles what an earlier pass left open, then sends what is due. Returns outcomes counted by status.

    ``stopping`` is asked between two deliveries, so that a stopping service begins no new one. ``pace``: the least
    seconds between two replies of one account.
    """
    done = Counter[str]()
    for delivery in _in_status(store, DeliveryStatus.SENDING):
        outcome = _read_back(delivery, publishers, store, clock())
        if outcome is not None and _conclude(store, delivery, outcome, clock()):
            done[outcome.to.value] += 1
    for delivery in _due(store, clock()):
        if stopping():
            break
        if (claimed := _claim(store, delivery, publishers, clock(), pace)) is not None:
            outcome = _call(store, publishers[claimed.delivery.approval.publisher], claimed)
            _conclude(store, claimed.delivery, outcome, clock())
            done[outcome.to.value] += 1
    return done


def _in_status(store: Store, status: DeliveryStatus) -> list[DeliveryRow]:
    with store.read() as db:
        return list(deliveries.with_status(db, status))


def _due(store: Store, now: datetime) -> list[DeliveryRow]:
    with store.read() as db:
        return list(deliveries.due(db, now))


def _claim(
    store: Store, delivery: DeliveryRow, publishers: Mapping[str, Publisher], now: datetime, pace: float
) -> _Claimed | None:
    """Commits ``sending`` if everything the approval rested on still stands; else puts the draft back.

    What is switched off, or comes too soon after the account's last reply, stays approved. Returns None when there is
    nothing to send now.
    """
    with store.begin() as db:
        row, draft = db.get_one(DeliveryRow, delivery.id), drafts.whole(db, delivery.approval.draft_id)
        if draft is None:
            raise RuntimeError(f"delivery {delivery.id} has no draft")
        objection = _objection(db, row, draft, publishers, now)
        if objection:
            _reopen(db, row, objection, now)
            return None
        if _switched_off(db, row, draft.incident_id) or _too_soon(db, row, pace, now):
            return None
        # Without a problem of an earlier try: until this one has an outcome, its call counts as running.
        claimed = row.not_before <= now and deliveries.move(
            db, row.id, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.SENDING, attempt=row.attempts,
            attempts=row.attempts + 1, started_at=now, problem="", look_at=None,
        )  # fmt: skip
        if not claimed:
            return None
        events.tell(db, "delivery", now=now, delivery_id=row.id, draft_id=draft.id, status="sending")
        db.refresh(row, ["status", "attempts", "started_at", "problem"])
        return _Claimed(row, draft.incident_id, _target(row, draft.mention))


def _switched_off(db: Session, delivery: DeliveryRow, incident_id: int | None) -> switches.SwitchRow | None:
    return switches.off_for(db, publisher=delivery.approval.publisher, incident_id=incident_id)


def _too_soon(db: Session, delivery: DeliveryRow, pace: float, now: datetime) -> bool:
    since = now - timedelta(seconds=pace)
    return pace > 0 and deliveries.has_begun(db, delivery.approval.publisher, since=since)


def _call(store: Store, publisher: Publisher, claimed: _Claimed) -> Outcome:
    """The call itself, unless somebody pulled a switch since the row was claimed: nothing has left us yet."""
    with store.read() as db:
        off = _switched_off(db, claimed.delivery, claimed.incident_id)
    if off is not None:
        return Outcome(DeliveryStatus.APPROVED, f"sending was switched off by {off.actor}")
    return _publish(publisher, claimed.delivery, claimed.target)


def _objection(
    db: Session, delivery: DeliveryRow, draft: DraftRow, publishers: Mapping[str, Publisher], now: datetime
) -> str:
    """Why an approved reply must not go out after all, or ""."""
    approval = delivery.approval
    if approval.publisher not in publishers:
        log.error("no such publisher any more", extra={"publisher": approval.publisher, "delivery": delivery.id})
        return f"the publisher {approval.publisher} is no longer set up"
    if now >= approval.expires_at:
        return "the approval expired"
    if stale := why_stale(db, draft, now):
        return stale
    allowed, why = may_answer(db, draft.mention)
    return "" if allowed else why


def _reopen(db: Session, delivery: DeliveryRow, objection: str, now: datetime) -> None:
    draft_id = delivery.approval.draft_id
    if withdraw(db, delivery, now=now):
        audit.record(db, actor="amends", action="approval.lapsed", subject=f"draft:{draft_id}", now=now, why=objection)
        events.tell(db, "draft", now=now, draft_id=draft_id, action="approval.lapsed", by="amends")


def target_of(store: Store, delivery: DeliveryRow) -> Target:
    with store.read() as db:
        return _target(delivery, mentions.find(db, delivery.platform, delivery.target_id))


def _target(delivery: DeliveryRow, mention: MentionRow | None) -> Target:
    return Target(
        platform=delivery.platform,
        external_id=delivery.target_id,
        author=mention.author if mention else "",
        eligible=Eligibility(mention.eligible) if mention else Eligibility.NONE,
        conversation_id=mention.conversation_id if mention else None,
        url=mention.url if mention else "",
    )


def _publish(publisher: Publisher, delivery: DeliveryRow, target: Target) -> Outcome:
    try:
        published = publisher.publish(delivery.text, target, key=delivery.key)
    except Refused as error:
        return Outcome(DeliveryStatus.REFUSED, str(error))
    except Transient as error:
        return Outcome(
            DeliveryStatus.APPROVED, str(error), retry_in=error.retry_after or _back_off(delivery.attempts - 1)
        )
    except ConfigError as error:
        log.error("a publisher's credentials fail", extra={"publisher": publisher.name, "problem": str(error)})
        return Outcome(DeliveryStatus.APPROVED, str(error), retry_in=60)
    except OutcomeUnknown as error:
        return Outcome(DeliveryStatus.SENDING, str(error))
    except Exception as error:
        log.exception("a publisher failed in an unforeseen way", extra={"publisher": publisher.name})
        return Outcome(DeliveryStatus.SENDING, f"{type(error).__name__}: {error}")
    return Outcome(DeliveryStatus.SENT, published=published)


def _back_off(attempts: int) -> float:
    return float(min(300, 5 * 2**attempts))


def _read_back(
    delivery: DeliveryRow, publishers: Mapping[str, Publisher], store: Store, now: datetime
) -> Outcome | None:
    """What became of a ``sending`` row; None: too early to ask."""
    publisher = publishers.get(delivery.approval.publisher)
    if publisher is None:
        return Outcome(
            DeliveryStatus.UNKNOWN, f"publisher {delivery.approval.publisher} is gone from the configuration"
        )
    begun = delivery.started_at or now
    if delivery.look_at is not None and now < delivery.look_at:
        return None
    # A noted problem means the call is over; without one it may still be running in another process.
    in_hand = 0 if delivery.problem or publisher.read_lag == 0 else CALL_SECONDS
    if now < begun + timedelta(seconds=publisher.read_lag + in_hand):
        return None
    try:
        found = publisher.find(delivery.text, target_of(store, delivery), key=delivery.key)
    except Exception as error:  # noqa: BLE001 - not being able to look is an answer too
        return _cannot_tell(store, delivery, error, now - begun, now)
    if found is not None:
        return Outcome(DeliveryStatus.SENT, published=found)
    # Provably absent: as safe to try again as the first time, until the approval expires.
    return Outcome(DeliveryStatus.APPROVED, delivery.problem, retry_in=_back_off(delivery.attempts))


def _cannot_tell(
    store: Store, delivery: DeliveryRow, error: Exception, waited: timedelta, now: datetime
) -> Outcome | None:
    """For a person after a while; until then looked for at growing distances, not before the platform wants to be
    asked: looking costs money on X, and everywhere a part of what the account may ask for.
    """
    if waited >= PARK_AFTER:
        return Outcome(DeliveryStatus.UNKNOWN, f"it cannot be read back: {error}")
    asked_for = (error.retry_after if isinstance(error, Transient) else None) or 0.0
    pause = timedelta(seconds=max(asked_for, min(LONGEST_PAUSE, waited.total_seconds() / 4)))
    with store.begin() as db:
        deliveries.move(
            db, delivery.id, expect=DeliveryStatus.SENDING, to=DeliveryStatus.SENDING, attempt=delivery.attempts,
            look_at=now + min(pause, PARK_AFTER - waited),
        )  # fmt: skip
    return None


def _conclude(store: Store, delivery: DeliveryRow, outcome: Outcome, now: datetime) -> bool:
    """Writes the outcome of one try down; False when a person or another process settled it first."""
    values: dict[str, object] = {"problem": outcome.problem}
    if outcome.to is DeliveryStatus.APPROVED:
        values["not_before"] = now + timedelta(seconds=outcome.retry_in)
    elif outcome.to is DeliveryStatus.SENDING:
        # The post may have been made at the call's last moment: the read lag counts from its end.
        values["started_at"] = now
    else:
        values["ended_at"] = now
    if outcome.published is not None:
        values |= {"external_id": outcome.published.external_id, "url": outcome.published.url}
    with store.begin() as db:
        if not deliveries.move(
            db, delivery.id, expect=DeliveryStatus.SENDING, to=outcome.to, attempt=delivery.attempts, **values
        ):
            return False
        if outcome.problem == GONE:
            lookups.missed(db, delivery.platform, delivery.target_id)
        _tell(db, delivery, outcome, now)
        return True


def _tell(db: Session, delivery: DeliveryRow, outcome: Outcome, now: datetime) -> None:
    draft_id = delivery.approval.draft_id
    if outcome.to in (DeliveryStatus.SENT, DeliveryStatus.REFUSED):
        drafts.move(db, draft_id, expect=DraftStatus.APPROVED, to=DraftStatus.DONE, updated_at=now)
    if outcome.to is not DeliveryStatus.SENDING:
        audit.record(
            db, actor="amends", action=f"delivery.{outcome.to.value}", subject=f"draft:{draft_id}", now=now,
            sha256=delivery.sha256, problem=outcome.problem,
        )  # fmt: skip
    events.tell(db, "delivery", now=now, delivery_id=delivery.id, draft_id=draft_id, status=outcome.to.value)
