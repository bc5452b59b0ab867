"""The promotions guard: nothing is advertised while customers are angry about a failure and unanswered.

A confirmed incident is a crisis: it puts promotions on hold. People may do so too. The hold ends only when a person
releases it, and not over unanswered anger, unless an admin says why. Schedulers ask, and are told by signed webhooks;
each call is a row that is tried until it is taken.
"""

import hashlib
import hmac
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import Clock, iso
from core.domain import IncidentStatus
from core.errors import Conflict, InputError, Refused
from core.sections import Promotions
from core.settings import Brand
from core.store import Session, Store, audit, events, incidents, promotions
from core.store.incidents import IncidentRow
from core.store.promotions import CallRow, HoldRow

log = logging.getLogger(__name__)
ACTOR = "amends"
HOLD, RELEASE = "promotions.hold", "promotions.release"
CRISIS = frozenset(
    {IncidentStatus.INVESTIGATING.value, IncidentStatus.IDENTIFIED.value, IncidentStatus.MONITORING.value}
)
TRIES = 12  # with the pauses below: about five hours
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
CALL_LASTS = timedelta(seconds=60)  # longer than a call's time-outs: nobody else takes it up meanwhile


@dataclass(frozen=True, slots=True)
class Answered:
    """What a scheduler's server said: its status, or 0 and what went wrong."""

    status: int
    problem: str = ""


Post = Callable[[str, bytes, Mapping[str, str]], Answered]


# --- hold and release --------------------------------------------------------------------------------------------


def hold_in_crisis(store: Store, *, brand: Brand, config: Promotions, clock: Clock) -> int:
    """Puts promotions on hold for a confirmed incident that had no hold yet. Returns 1 when it did.

    One that a person released is not held again for the same incident.
    """
    with store.begin() as db:
        for incident in incidents.all_open(db, brand.name):
            if incident.status in CRISIS and promotions.of_incident(db, incident.id) is None:
                return int(_begin(db, brand.name, config, incident, incident.title, ACTOR, clock()))
        return 0


def hold(store: Store, *, brand: Brand, config: Promotions, reason: str, actor: str, clock: Clock) -> None:
    """A person puts promotions on hold. Raises InputError without a reason, Conflict when a hold stands."""
    if not reason.strip():
        raise InputError("reason: say why nothing should be promoted now")
    with store.begin() as db:
        incident = incidents.newest_open(db, brand.name)
        if not _begin(db, brand.name, config, incident, reason.strip(), actor, clock()):
            raise Conflict("promotions are on hold already")


def _begin(
    db: Session, brand: str, config: Promotions, incident: IncidentRow | None, reason: str, actor: str, now: datetime
) -> bool:
    made = promotions.begin(
        db, brand=brand, incident_id=incident.id if incident else None, reason=reason, began_by=actor, began_at=now
    )
    if made is None:
        return False
    _call(db, db.get_one(HoldRow, made), HOLD, config, incident, now)
    _note(db, made, actor, "promotions.held", now, reason=reason, incident_id=incident.id if incident else None)
    return True


def release(
    store: Store, *, brand: Brand, config: Promotions, override: str, actor: str, admin: bool, clock: Clock
) -> None:
    """Ends the hold. Raises Refused while angry posts of its incident are unanswered, unless an admin says why not.

    ``override``: that reason. Raises Conflict when nothing is on hold.
    """
    with store.begin() as db:
        row = promotions.standing(db, brand.name, lock=True)
        if row is None:
            raise Conflict("promotions are not on hold")
        angry = unanswered(db, row)
        override = override.strip() if angry else ""
        if angry and not (admin and override):
            posts = "1 angry post is" if angry == 1 else f"{angry} angry posts are"
            way = "Give a reason to release them all the same" if admin else "An admin can release them with a reason"
            raise Refused(f"{posts} unanswered, so promotions stay on hold. {way}.")
        now = clock()
        row.released_by, row.released_at, row.override = actor, now, override
        incident = db.get(IncidentRow, row.incident_id) if row.incident_id else None
        _call(db, row, RELEASE, config, incident, now)
        _note(db, row.id, actor, "promotions.released", now, unanswered=angry, override=override)


def unanswered(db: Session, row: HoldRow) -> int:
    """Angry outage posts of the hold's incident that wait for an answer."""
    return promotions.unanswered_anger(db, row.incident_id) if row.incident_id else 0


def _note(db: Session, hold_id: int, actor: str, action: str, now: datetime, **detail: object) -> None:
    audit.record(db, actor=actor, action=action, subject=f"hold:{hold_id}", now=now, **detail)
    events.tell(db, "incident", now=now, hold_id=hold_id)


# --- what schedulers ask -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One promotion that a scheduler is about to publish."""

    promotion: str
    title: str = ""
    channel: str = ""
    scheduled_at: datetime | None = None


def state(store: Store, *, brand: Brand, clock: Clock, asked: Asked | None = None) -> dict[str, object]:
    """Whether promotions are on hold, as JSON values. A promotion that is asked for during a hold is listed as held."""
    with store.read() as db:
        row = promotions.standing(db, brand.name)
    if row is None:
        return {"hold": False, "brand": brand.name, "at": iso(clock())}
    if asked is not None:
        with store.begin() as db:
            promotions.hold_back(
                db, hold_id=row.id, promotion=asked.promotion, title=asked.title, channel=asked.channel,
                scheduled_at=asked.scheduled_at, asked_at=clock(),
            )  # fmt: skip
            events.tell(db, "incident", now=clock(), hold_id=row.id)
    return {
        "hold": True,
        "brand": brand.name,
        "at": iso(clock()),
        "since": iso(row.began_at),
        "reason": row.reason,
        "incident": row.incident_id,
    }


# --- webhooks ----------------------------------------------------------------------------------------------------


def _call(
    db: Session, row: HoldRow, event: str, config: Promotions, incident: IncidentRow | None, now: datetime
) -> None:
    """One row for each scheduler. A call about the beginning that was never taken is not made after the end."""
    body = {
        "id": f"{row.id}:{event}",
        "event": event,
        "hold": event == HOLD,
        "brand": row.brand,
        "at": iso(now),
        "reason": row.reason,
        "incident": {"id": incident.id, "title": incident.title, "status": incident.status} if incident else None,
    }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    for url in config.webhooks:
        promotions.add_call(db, hold_id=row.id, event=event, url=url, body=text, not_before=now, made_at=now)
    if event == RELEASE:
        promotions.drop_calls(db, row.id, HOLD, now)


def call_due(store: Store, *, config: Promotions, clock: Clock, post: Post | None = None) -> Counter[str]:
    """Makes the calls that are due, each signed; returns counts of ``sent``, ``failed`` and ``later``."""
    done = Counter[str]()
    with store.read() as db:
        calls = list(promotions.due_calls(db, clock()))
    for call in calls:
        with store.begin() as db:
            mine = promotions.claim_call(db, call.id, attempt=call.attempts, not_before=clock() + CALL_LASTS)
        if mine:
            done[_try(store, call, config, clock, post or post_to)] += 1
    return done


def _try(store: Store, call: CallRow, config: Promotions, clock: Clock, post: Post) -> str:
    """One try. A secret that is not set is no reason to be silent about a crisis, but it is said."""
    body, attempt = call.body.encode(), call.attempts + 1
    secret = config.secret.get_secret_value()
    if not secret:
        log.warning("promotions.secret is not set: calls to schedulers go out unsigned")
    answered = post(call.url, body, headers(body, secret, clock(), f"{call.id}"))
    now = clock()
    values: dict[str, object] = {"problem": answered.problem}
    if 200 <= answered.status < 300:
        values |= {"status": promotions.SENT, "ended_at": now, "problem": ""}
    else:
        values["problem"] = answered.problem or f"answered {answered.status}"
        if attempt >= TRIES:
            values |= {"status": promotions.FAILED, "ended_at": now}
        else:
            values["not_before"] = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))
    with store.begin() as db:
        promotions.end_call(db, call.id, attempt=attempt, **values)
        events.tell(db, "incident", now=now, hold_id=call.hold_id)
    return str(values.get("status", "later"))


def headers(body: bytes, secret: str, now: datetime, delivery: str) -> dict[str, str]:
    """What goes with a call. The signature is HMAC-SHA256, hex, over "<timestamp>.<body>"; a receiver compares it and
    refuses a timestamp that is more than five minutes old.
    """
    stamp = str(int(now.timestamp()))
    given = {"Content-Type": "application/json", "User-Agent": "amends/1", "Amends-Delivery": delivery}
    given["Amends-Timestamp"] = stamp
    if secret:
        signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        given["Amends-Signature"] = f"v1={signed}"
    return given


def post_to(url: str, body: bytes, given: Mapping[str, str]) -> Answered:
    """Follows no redirect: a signed message goes to whom it is for. Never raises."""
    import requests

    from core.wire import BoundedSession

    try:
        with BoundedSession(base=url, read_seconds=10) as session:
            return Answered(session.post(url, data=body, headers=dict(given)).status_code)
    except requests.RequestException as error:
        return Answered(0, f"no answer ({type(error).__name__})")
