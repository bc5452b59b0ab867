"""The promise ledger: what we committed ourselves to, whether it was kept, and who must hear of it.

``collect`` finds commitments, ``watch`` follows them. Both are jobs that may stop anywhere: what was looked through is
noted in the transaction of what was found. The follow-ups they owe are rows, drawn by the responder.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from core.clock import Clock
from core.domain import OPEN, Commitment, IncidentStatus, PromiseKind, PromiseStatus
from core.errors import Conflict, InputError
from core.settings import Brand
from core.store import Session, Store, audit, events, follow_ups, incidents, promise_readings, promises, users
from core.store.cases import CaseRow
from core.store.incidents import IncidentRow, TimelineRow
from core.store.promises import PromiseRow, PromiseWordRow
from core.store.users import UserRow
from incidents.commitments import find

BATCH = 200
ACTOR = "amends"
EARLY = timedelta(minutes=15)  # an update that comes this long before its time is the one that was promised
TELL_WITHIN = timedelta(hours=2)  # "we'll tell you when it's back" is due so long after it is
GIVEN_UP = timedelta(days=1)  # overdue for so long, a promise counts as broken
# Where the words name no time, somebody must still look: so long after they were said.
SUPPOSED: Mapping[PromiseKind, timedelta] = {
    PromiseKind.UPDATE: timedelta(days=1),
    PromiseKind.RESTORED: timedelta(days=1),
    PromiseKind.CREDIT: timedelta(days=7),
    PromiseKind.REPAIR: timedelta(days=1),
    PromiseKind.CONTACT: timedelta(days=1),
    PromiseKind.OTHER: timedelta(days=1),
}
_PERSONAL = frozenset({PromiseKind.CONTACT, PromiseKind.OTHER})
_OVER = frozenset({IncidentStatus.RESOLVED.value, IncidentStatus.CLOSED.value})
_NEXT_UPDATE = re.compile(r"\bnext update (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)")


# --- finding -----------------------------------------------------------------------------------------------------


def collect(store: Store, *, brand: Brand, clock: Clock) -> int:
    """Looks through every approval, published fact and update that was not looked through; returns new promises."""
    made = 0
    for look in (_approvals, _facts, _edits):
        while True:
            with store.begin() as db:
                read, new = look(db, brand, clock())
            made += new
            if read < BATCH:
                break
    return made


def _approvals(db: Session, brand: Brand, now: datetime) -> tuple[int, int]:
    found = promise_readings.unread_approvals(db, brand.name, now, limit=BATCH)
    made = 0
    for approval, draft in found:
        source = f"approval:{approval.id}"
        if not promise_readings.mark_read(db, source, now):
            continue
        case = db.get(CaseRow, draft.mention.case_id) if draft.mention.case_id else None
        incident = db.get(IncidentRow, draft.incident_id) if draft.incident_id else None
        approver = db.get(UserRow, approval.approver_id)
        for each in find(approval.text, made_at=approval.approved_at, zone=brand.zone()):
            word = _word(source, each, approval.approved_at, approval_id=approval.id, case_id=case.id if case else None)
            owner = _owner(db, each.kind, incident, case, approver.name if approver else "")
            made += _keep(db, brand.name, each, word, incident, case, owner)
    return len(found), made


def _facts(db: Session, brand: Brand, now: datetime) -> tuple[int, int]:
    found = promise_readings.unread_facts(db, brand.name, limit=BATCH)
    made = 0
    for fact, incident in found:
        if promise_readings.mark_read(db, f"fact:{fact.id}", now) and incident.status in OPEN:
            for each in find(fact.text, made_at=fact.at, zone=brand.zone()):
                word = _word(f"fact:{fact.id}", each, fact.at)
                made += _keep(db, brand.name, each, word, incident, None, fact.author)
    return len(found), made


def _edits(db: Session, brand: Brand, now: datetime) -> tuple[int, int]:
    found = promise_readings.unread_edits(db, brand.name, limit=BATCH)
    made = 0
    for entry, incident in found:
        source = f"timeline:{entry.id}"
        if promise_readings.mark_read(db, source, now):
            for each in _announced(entry, incident, brand):
                made += _keep(db, brand.name, each, _word(source, each, entry.at), incident, None, entry.actor)
    return len(found), made


def _announced(entry: TimelineRow, incident: IncidentRow, brand: Brand) -> list[Commitment]:
    """The update times that an entry of the timeline announces; of a public update also what its words promise."""
    if entry.kind == "update":
        return find(entry.what, made_at=entry.at, zone=brand.zone())
    if entry.kind == "opened":
        return [_update_at(incident.next_update_at)] if incident.next_update_at else []
    return [_update_at(datetime.fromisoformat(at)) for at in _NEXT_UPDATE.findall(entry.what)]


def _update_at(at: datetime) -> Commitment:
    return Commitment(kind=PromiseKind.UPDATE, sentence="Next update, on the status page", start=0, due_at=at)


def _word(
    source: str, each: Commitment, at: datetime, *, approval_id: int | None = None, case_id: int | None = None
) -> PromiseWordRow:
    return PromiseWordRow(
        source=source, start=each.start, sentence=each.sentence, approval_id=approval_id, case_id=case_id, made_at=at
    )


def _owner(db: Session, kind: PromiseKind, incident: IncidentRow | None, case: CaseRow | None, approver: str) -> str:
    """Who must see to it: for one customer their case's owner, for all the incident's lead, else who approved it."""
    if kind in _PERSONAL or incident is None:
        owner = db.get(UserRow, case.owner_id) if case and case.owner_id else None
        return owner.name if owner else approver
    return approver if incident.opened_by == ACTOR else incident.opened_by


def _keep(
    db: Session,
    brand: str,
    each: Commitment,
    word: PromiseWordRow,
    incident: IncidentRow | None,
    case: CaseRow | None,
    owner: str,
) -> int:
    """Joins the promise that these words repeat, or makes a new one. Returns how many were made."""
    due_at, supposed = _due(each, word.made_at, incident)
    shared = incident is not None and not (each.kind in _PERSONAL and case is not None)
    known = None
    if shared and incident is not None:
        slack = timedelta(minutes=each.slack_minutes)
        known = promises.alike(
            db, incident_id=incident.id, kind=each.kind, due_at=due_at, slack=slack, supposed=supposed
        )
    row = known or PromiseRow(
        brand=brand,
        incident_id=incident.id if incident else None,
        case_id=None if shared or case is None else case.id,
        kind=each.kind.value,
        text=each.sentence,
        owner=owner,
        due_at=due_at,
        supposed=supposed,
        made_at=word.made_at,
        status=PromiseStatus.OPEN.value,
        settled_by="",
        reason="",
    )
    row.due_at = min(row.due_at, due_at)
    db.add(row)
    db.flush()
    word.promise_id = row.id
    promises.add_word(db, word)
    return int(known is None)


def _due(each: Commitment, made_at: datetime, incident: IncidentRow | None) -> tuple[datetime, bool]:
    """When it is due, and whether that is only supposed."""
    if each.due_at is not None:
        return each.due_at.astimezone(UTC).replace(second=0, microsecond=0), False
    announced = incident.next_update_at if incident else None
    if each.kind is PromiseKind.UPDATE and announced is not None and announced > made_at:
        return announced, False
    return made_at + SUPPOSED[each.kind], True


# --- following ---------------------------------------------------------------------------------------------------


def watch(store: Store, *, brand: Brand, clock: Clock) -> Counter[str]:
    """One pass: what is kept, broken or taken back by now, and who is owed a word at the end. Counts by outcome."""
    done = Counter[str]()
    now = clock()
    with store.begin() as db:
        for incident in follow_ups.resolved_unread(db, brand.name):
            done["owed"] += _over(db, incident, now)
        for incident in promises.open_incidents(db, brand.name):
            done["kept"] += _judge(db, brand.name, incident, now)
        for row in promises.taken_back(db, brand.name):
            done["withdrawn"] += _settle(
                db, row, PromiseStatus.WITHDRAWN, at=now, by=ACTOR, reason="every reply that made it was taken back"
            )
        for row in promises.open_due(db, brand.name, now - GIVEN_UP):
            done["broken"] += _settle(
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


def _owe(
    db: Session, brand: str, case_id: int, incident: IncidentRow | None, promise: PromiseRow | None, now: datetime
) -> bool:
    """Once per customer and occasion: who hears the end of an incident is not told apart that a promise was kept."""
    over = incident is not None and incident.status in _OVER and incident.resolved_at is not None
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


def _judge(db: Session, brand: str, incident: IncidentRow, now: datetime) -> int:
    """Settles what the incident's course keeps: updates that came, a service that is back, customers told of it."""
    kept = 0
    updates = promises.open_of(db, incident.id, PromiseKind.UPDATE)
    news = _news(incidents.timeline_of(db, incident.id)) if updates else []
    for row in updates:
        came = next((at for at in news if at >= row.made_at and at >= row.due_at - EARLY), None)
        kept += came is not None and _kept(db, brand, row, incident, at=came, reason="the update came", now=now)
    if incident.status not in _OVER or incident.resolved_at is None:
        return kept
    for row in promises.open_of(db, incident.id, PromiseKind.UPDATE):
        kept += _kept(db, brand, row, incident, at=incident.resolved_at, reason="it is resolved", now=now)
    for row in promises.open_of(db, incident.id, PromiseKind.REPAIR):
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
    if not _settle(db, row, PromiseStatus.KEPT, at=at, by=ACTOR, reason=reason, now=now):
        return False
    for case_id in promises.promised_cases(db, row.id):
        _owe(db, brand, case_id, incident, row, now)
    return True


def _settle(
    db: Session,
    row: PromiseRow,
    to: PromiseStatus,
    *,
    at: datetime,
    by: str,
    reason: str,
    now: datetime | None = None,
) -> bool:
    if not promises.move(db, row.id, to=to, at=at, by=by, reason=reason):
        return False
    _note(db, row, by, f"promise.{to.value}", now or at, reason=reason, text=row.text)
    return True


def _note(db: Session, row: PromiseRow, actor: str, action: str, now: datetime, **detail: object) -> None:
    audit.record(db, actor=actor, action=action, subject=f"promise:{row.id}", now=now, **detail)
    events.tell(db, "incident", now=now, promise_id=row.id, incident_id=row.incident_id)


# --- what people decide ------------------------------------------------------------------------------------------


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
        if not _settle(db, row, to, at=now, by=actor, reason=reason.strip()):
            raise Conflict("somebody settled this promise meanwhile")
        incident = db.get(IncidentRow, row.incident_id) if row.incident_id else None
        for case_id in promises.promised_cases(db, row.id) if kept else ():
            _owe(db, brand, case_id, incident, row, now)


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
