"""The promise ledger: what people decide about what we committed ourselves to, and how a promise is closed.

``promise_finding`` finds commitments, ``promise_following`` follows them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from core.clock import Clock
from core.domain import IncidentStatus, PromiseStatus
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, events, follow_ups, promises, users
from core.store.incidents import IncidentRow
from core.store.promises import PromiseRow

ACTOR = "amends"
OVER = frozenset({IncidentStatus.RESOLVED.value, IncidentStatus.CLOSED.value})


def overdue(store: Store, *, brand: str, now: datetime) -> Sequence[PromiseRow]:
    """Open promises whose time has passed, the longest overdue first."""
    with store.read() as db:
        return promises.open_due(db, brand, now)


def settle(store: Store, *, brand: str, promise_id: int, kept: bool, reason: str, actor: str, clock: Clock) -> None:
    """A person says that a promise was kept, or that it is broken and why. Raises Conflict, InputError."""
    if not kept and not reason.strip():
        raise InputError("reason: say why the promise is broken")
    now = clock()
    with store.begin() as db:
        row = _open(db, brand, promise_id)
        to = PromiseStatus.KEPT if kept else PromiseStatus.BROKEN
        if not close(db, row, to, at=now, by=actor, reason=reason.strip()):
            raise Conflict("somebody settled this promise meanwhile")
        incident = db.get(IncidentRow, row.incident_id) if row.incident_id else None
        for case_id in promises.promised_cases(db, row.id) if kept else ():
            owe(db, brand, case_id, incident, row, now)


def hand_over(store: Store, *, brand: str, promise_id: int, to: str, actor: str, clock: Clock) -> None:
    """Gives a promise another owner, who must have an account. Raises Conflict, InputError."""
    with store.begin() as db:
        row = _open(db, brand, promise_id)
        person = users.by_name(db, to.strip())
        if person is None or person.disabled_at is not None:
            raise InputError(f"owner: nobody called {to.strip()!r} can log in")
        before, row.owner = row.owner, person.name
        _note(db, row, actor, "promise.handed_over", clock(), before=before, owner=person.name)


def move_due(
    store: Store, *, brand: str, promise_id: int, due_at: datetime, reason: str, actor: str, clock: Clock
) -> None:
    """Gives a promise another time; those who were promised the old one are not told by this. Raises as hand_over."""
    now = clock()
    if due_at <= now:
        raise InputError("due: lies in the past")
    if not reason.strip():
        raise InputError("reason: say why the time moves")
    with store.begin() as db:
        row = _open(db, brand, promise_id)
        before, row.due_at, row.supposed = row.due_at, due_at, False
        _note(
            db, row, actor, "promise.moved", now,
            before=before.isoformat(), due_at=due_at.astimezone(UTC).isoformat(), reason=reason.strip(),
        )  # fmt: skip


def _open(db: Session, brand: str, promise_id: int) -> PromiseRow:
    row = promises.one(db, brand, promise_id, lock=True)
    if row is None:
        raise InputError(f"there is no promise {promise_id}")
    if row.status != PromiseStatus.OPEN.value:
        raise Conflict(f"this promise is {row.status} already")
    return row


# --- closing one ---------------------------------------------------------------------------------------------------


def close(
    db: Session,
    row: PromiseRow,
    to: PromiseStatus,
    *,
    at: datetime,
    by: str,
    reason: str,
    now: datetime | None = None,
) -> bool:
    """Closes an open promise, on record; False when somebody closed it first. ``at``: when it came to be so."""
    if not promises.move(db, row.id, to=to, at=at, by=by, reason=reason):
        return False
    _note(db, row, by, f"promise.{to.value}", now or at, reason=reason, text=row.text)
    return True


def owe(
    db: Session, brand: str, case_id: int, incident: IncidentRow | None, promise: PromiseRow | None, now: datetime
) -> bool:
    """Once per customer and occasion: who hears the end of an incident is not told apart that a promise was kept."""
    over = incident is not None and incident.status in OVER and incident.resolved_at is not None
    return follow_ups.owe(
        db,
        brand=brand,
        case_id=case_id,
        occasion=follow_ups.resolution(incident) if over and incident else f"promise:{promise.id if promise else 0}",
        kind="resolved" if over else promise.kind if promise else "",
        incident_id=incident.id if incident else None,
        promise_id=promise.id if promise else None,
        now=now,
    )


def _note(db: Session, row: PromiseRow, actor: str, action: str, now: datetime, **detail: object) -> None:
    audit.record(db, actor=actor, action=action, subject=f"promise:{row.id}", now=now, **detail)
    events.tell(db, "incident", now=now, promise_id=row.id, incident_id=row.incident_id)
