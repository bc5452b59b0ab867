"""Follows what was promised: what is kept, broken or taken back by now, and who is owed a word at the end.

A job that may stop anywhere. The follow-ups it owes are rows, drawn by the responder.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain import PromiseKind, PromiseStatus
from core.settings import Brand
from core.store import Session, Store, follow_ups, incidents, promise_readings, promises
from core.store.incidents import IncidentRow, TimelineRow
from core.store.promises import PromiseRow
from incidents.promises import ACTOR, OVER, close, owe

EARLY = timedelta(minutes=15)  # an update that comes this long before its time is the one that was promised
TELL_WITHIN = timedelta(hours=2)  # "we'll tell you when it's back" is due so long after it is
GIVEN_UP = timedelta(days=1)  # overdue for so long, a promise counts as broken


def watch(store: Store, *, brand: Brand, clock: Clock) -> Counter[str]:
    """One pass: what is kept, broken or taken back by now, and who is owed a word at the end. Counts by outcome."""
    done = Counter[str]()
    now = clock()
    with store.begin() as db:
        for incident in follow_ups.resolved_unread(db, brand.name):
            done["owed"] += _over(db, incident, now)
        for row in promises.taken_back(db, brand.name):  # first: what nobody was told is neither kept nor broken
            done["withdrawn"] += close(
                db, row, PromiseStatus.WITHDRAWN, at=now, by=ACTOR, reason="no reply that made it stands any more"
            )
        for incident in promises.open_incidents(db, brand.name):
            done["kept"] += _judge(db, brand.name, incident, now)
        for row in promises.open_due(db, brand.name, now - GIVEN_UP):
            done["broken"] += close(
                db, row, PromiseStatus.BROKEN, at=now, by=ACTOR, reason="nothing was done about it for a day"
            )
    return +done


def _over(db: Session, incident: IncidentRow, now: datetime) -> int:
    """An incident is over: everybody who complained is owed what happened and what changes."""
    if not promise_readings.mark_read(db, follow_ups.resolution(incident), now):
        return 0
    for row in promises.open_of(db, incident.id, PromiseKind.RESTORED):
        row.due_at, row.supposed = (incident.resolved_at or now) + TELL_WITHIN, False
    return follow_ups.owe_end(db, incident, now)


def _judge(db: Session, brand: str, incident: IncidentRow, now: datetime) -> int:
    """Settles what the incident's course keeps: updates that came, a service that is back, customers told of it."""
    kept = 0
    updates = promises.open_of(db, incident.id, PromiseKind.UPDATE)
    news = _news(incidents.timeline_of(db, incident.id)) if updates else []
    for row in updates:
        came = next((at for at in news if at >= row.made_at and at >= row.due_at - EARLY), None)
        kept += came is not None and _kept(db, brand, row, incident, at=came, reason="the update came", now=now)
    if incident.status not in OVER or incident.resolved_at is None:
        return kept
    for kind in (PromiseKind.UPDATE, PromiseKind.REPAIR):
        for row in promises.open_of(db, incident.id, kind):
            kept += _kept(db, brand, row, incident, at=incident.resolved_at, reason="it is resolved", now=now)
    for row in promises.open_of(db, incident.id, PromiseKind.RESTORED):
        if follow_ups.under_way(db, row.id) == 0:
            kept += _kept(db, brand, row, incident, at=now, reason="everybody was told", now=now)
    return kept


def _news(timeline: Sequence[TimelineRow]) -> list[datetime]:
    """When the public heard something new: a public update, or an edit of more than the next time to speak."""
    return [
        entry.at
        for entry in timeline
        if entry.kind == "update" or (entry.kind in ("", "edited") and not _only_a_time(entry.what))
    ]


def _only_a_time(what: str) -> bool:
    small = ("next update", "links", "title", "a link", "saved without")
    return all(part.startswith(small) for part in what.split("; "))


def _kept(
    db: Session, brand: str, row: PromiseRow, incident: IncidentRow | None, *, at: datetime, reason: str, now: datetime
) -> bool:
    if not close(db, row, PromiseStatus.KEPT, at=at, by=ACTOR, reason=reason, now=now):
        return False
    for case_id in promises.promised_cases(db, row.id):
        owe(db, brand, case_id, incident, row, now)
    return True
