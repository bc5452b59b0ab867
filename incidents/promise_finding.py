"""Finds what we committed ourselves to: in approved replies, published facts and public updates.

A job that may stop anywhere: what was looked through is noted in the transaction of what was found.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from core.clock import Clock
from core.domain import OPEN, Commitment, PromiseKind, PromiseStatus
from core.settings import Brand
from core.store import Session, Store, promise_readings, promises, users
from core.store.cases import CaseRow
from core.store.incidents import IncidentRow, TimelineRow
from core.store.promises import PromiseRow, PromiseWordRow
from core.store.users import UserRow
from incidents.commitments import find
from incidents.promises import ACTOR

BATCH = 200
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
_NEXT_UPDATE = re.compile(r"\bnext update (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00)")


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
    """Who must see to it: for one customer their case's owner, for all the incident's lead, else who approved it.

    Who left since sees to nothing: then it is the other one, as long as there is one.
    """
    if kind in _PERSONAL or incident is None:
        owner = db.get(UserRow, case.owner_id) if case and case.owner_id else None
        first = owner.name if owner else approver
    else:
        first = approver if incident.opened_by == ACTOR else incident.opened_by
    return approver if approver and users.key_of(first) in users.shut(db) else first


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
