"""After sending: what the platform keeps is held against what was approved; and a reply of ours can be taken down."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from core.clock import Clock
from core.domain import DeliveryStatus
from core.errors import AmendsError, ConfigError, Conflict, InputError, Refused, Transient
from core.store import Store, audit, deliveries, events
from core.store.deliveries import DeliveryRow
from responder.approval import Actor, may_decide
from responder.publishers import Keeper, Publisher
from responder.sending import target_of

log = logging.getLogger(__name__)
WITHIN = timedelta(hours=1)  # what could not be looked at for so long is left alone
ANOTHER = "the platform shows another text than was approved"
MISSING = "the platform does not show it any more"


def look_back(store: Store, publishers: Mapping[str, Publisher], *, clock: Clock) -> Counter[str]:
    """One pass over replies that were sent: each is read from the platform once, after its read lag.

    Returns counts of ``same``, ``differs`` and ``later`` (could not be told now).
    """
    done = Counter[str]()
    keepers = {name: one for name, one in publishers.items() if isinstance(one, Keeper)}
    now = clock()
    for name, keeper in keepers.items():
        lag = timedelta(seconds=publishers[name].read_lag)
        with store.read() as db:
            rows = deliveries.unread(db, [name], since=now - WITHIN, before=now - lag)
        for row in rows:
            done[_look(store, keeper, row, clock)] += 1
    return done


def _look(store: Store, keeper: Keeper, row: DeliveryRow, clock: Clock) -> str:
    try:
        stored = keeper.stored(str(row.external_id), target_of(store, row))
    except AmendsError as error:
        log.info("a sent reply cannot be read now", extra={"delivery": row.id, "problem": str(error)})
        return "later"
    differs = MISSING if stored is None else "" if keeper.same(row.text, stored) else ANOTHER
    with store.begin() as db:
        kept = db.get_one(DeliveryRow, row.id)
        kept.looked_at, kept.differs = clock(), differs
        if differs:
            log.error("a sent reply is not what was approved", extra={"delivery": row.id, "problem": differs})
            audit.record(
                db, actor="amends", action="delivery.differs", subject=f"draft:{row.approval.draft_id}",
                now=clock(), problem=differs, stored=(stored or "")[:2000],
            )  # fmt: skip
            events.tell(
                db, "delivery", now=clock(), delivery_id=row.id, draft_id=row.approval.draft_id, status="differs"
            )
    return "differs" if differs else "same"


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
