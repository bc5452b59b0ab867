"""Opens a suspected incident when the last hours' posts tell of an outage. A person confirms or dismisses it."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from core.clock import Clock
from core.domain import OPEN, IncidentStatus
from core.settings import Detection
from core.store import Session, Store, audit, events, heard, incidents
from core.store.incidents import IncidentRow, TimelineRow
from incidents.outage_words import summary
from incidents.outages import SERIES, Alarm, Heard, Sensitivity, Watch, series_of
from incidents.usual import DAYS, Usual

ACTOR = "detector"
LISTENED = timedelta(hours=4)
"""How much is heard again at each pass: the rows decide, so a restart loses nothing and a late post still counts."""

TITLE = "Suspected outage"  # confirmed, it is called "Outage" (lifecycle.DOUBT)
ALIVE = {status.value for status in OPEN - {IncidentStatus.RESOLVED}} | {IncidentStatus.SUSPECTED.value}
KEPT_KEYS = 50


def suspect(store: Store, usual: Usual, *, brand: str, detection: Detection, clock: Clock) -> int | None:
    """Opens an incident for an outage that is on and not known yet; returns its id, or None.

    ``usual`` is kept by the caller between passes and only saves reading weeks of rows again.
    """
    now = clock()
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - LISTENED
    with store.read() as db:
        _learn(db, usual, brand=brand, until=start)
        posts = heard.between(db, brand=brand, start=start, end=now + timedelta(seconds=1))
        dismissed = incidents.false_alarms(db, brand, now=now)
    how = sensitivity_of(detection).after_dismissals(dismissed)
    watch = Watch(how, usual)
    for post in posts:
        watch.hear(Heard(post.created_at, post.author, post.text, post.outage_score, post.angry_score, post.id))
    alarm = watch.on
    if alarm is None or alarm.kind != "outage":
        return None
    with store.begin() as db:
        incidents.suspect_alone(db, brand)  # two schedulers that hear the same outage open it once
        if _known(db, brand, alarm, now=now, cool_down=timedelta(minutes=how.cool_down)):
            return None
        return _open(db, brand, alarm, now=now)


def sensitivity_of(detection: Detection) -> Sensitivity:
    """The detector's terms from the operator's."""
    return Sensitivity(
        factor=detection.sensitivity, fewest=detection.fewest_mentions, cool_down=detection.cool_down_minutes
    )


def _learn(db: Session, usual: Usual, *, brand: str, until: datetime) -> None:
    """Hours that ended before ``until`` and were not learned yet, four weeks at most."""
    last = usual.learned_to
    start = until - timedelta(days=DAYS)
    if last is not None:
        start = max(start, datetime.fromtimestamp(last * 3600, UTC) - LISTENED)  # late posts of these hours have come
    hours: dict[int, list[float]] = defaultdict(lambda: [0.0] * (1 + len(SERIES)))
    for row in heard.scores_between(db, brand=brand, start=start, end=until):
        sums = hours[int(row.created_at.timestamp() // 3600)]
        sums[0] += 1
        if series := series_of(row.outage_score):
            sums[series] += 1
    usual.learn({hour: tuple(sums) for hour, sums in hours.items()}, until=int(until.timestamp() // 3600))


def _known(db: Session, brand: str, alarm: Alarm, *, now: datetime, cool_down: timedelta) -> bool:
    """Whether an incident tells of this already: one that is on, one opened since, or one that ended a moment ago."""
    for row in incidents.all_of(db, brand):
        ended = row.closed_at or row.resolved_at
        if row.status in ALIVE or row.opened_at >= alarm.detected_at or (ended and ended > now - cool_down):
            return True
        if ended and ended >= alarm.detected_at:
            return True
    return False


def _open(db: Session, brand: str, alarm: Alarm, *, now: datetime) -> int:
    row = IncidentRow(
        brand=brand,
        status=IncidentStatus.SUSPECTED.value,
        title=TITLE,
        components=[],
        regions=[],
        links=[],
        started_at=alarm.started_at,
        next_update_at=None,
        sheet_version=1,
        opened_by=ACTOR,
        opened_at=now,
    )
    db.add(row)
    db.flush()
    found = evidence(alarm)
    db.add(TimelineRow(incident_id=row.id, at=now, actor=ACTOR, what=summary(alarm), kind="detected", detail=found))
    audit.record(db, actor=ACTOR, action="incident.suspected", subject=f"incident:{row.id}", now=now, **found)
    events.tell(db, "incident", now=now, incident_id=row.id, status=row.status, version=row.sheet_version)
    return row.id


def evidence(alarm: Alarm) -> dict[str, object]:
    """What raised an alarm, for the timeline and the audit trail. ``mention_ids``: newest first."""
    return {
        "detected_at": alarm.detected_at.isoformat(),
        "started_at": alarm.started_at.isoformat(),
        "mentions": alarm.mentions,
        "outage_mentions": alarm.outage_mentions,
        "angry_mentions": alarm.angry_mentions,
        "people": alarm.people,
        "usual": round(alarm.usual, 3),
        "peak_per_minute": alarm.peak_per_minute,
        "score": round(alarm.score, 4),
        "mention_ids": alarm.keys[:KEPT_KEYS],
    }
