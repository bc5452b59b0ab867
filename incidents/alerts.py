"""Raises alarms: each kind and subject once in its cool-down, until somebody takes it on or it is over."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from core.clock import Clock
from core.domain.alarm import Alarm, AlarmKind
from core.errors import Conflict
from core.sections import Alerts
from core.store import Session, Store, alerts, audit, events
from core.store.alerts import AlarmRow
from incidents.watching import Watched, look

LONGEST_PAUSE = timedelta(days=1)
WATCHED = tuple(kind for kind in AlarmKind if kind is not AlarmKind.TEST)


def watch(store: Store, watched: Watched, *, clock: Clock) -> Counter[str]:
    """One look at everything: raises what is new or still so after its pause, notes what is over.

    Returns how many were ``raised`` and ``over``. A write happens only when there is something to write.
    """
    now = clock()
    with store.read() as db:
        found = look(db, watched, now)
        last = alerts.newest(db, watched.brand, WATCHED) if found else {}
        new = [alarm for alarm in found if _is_due(last.get(_subject(alarm)), alarm, watched.alerts, now)]
        holding = {_subject(alarm) for alarm in found}
        ending = alerts.ending(db, watched.brand, WATCHED, holding)
    if not new and not ending:
        return Counter()
    with store.begin() as db:
        over = alerts.end_others(db, watched.brand, WATCHED, holding, now)
        raised = sum(_raise(db, watched.brand, alarm, watched.alerts, now) for alarm in new)
        events.tell(db, "alarm", now=now, raised=raised, over=over)
    return +Counter(raised=raised, over=over)


def _subject(alarm: Alarm) -> tuple[str, str]:
    return alarm.kind.value, alarm.subject


def _is_due(last: AlarmRow | None, alarm: Alarm, settings: Alerts, now: datetime) -> bool:
    if last is None:
        return True
    if _is_same(last, alarm) and last.acknowledged_at is not None:
        return False  # somebody is on it
    return now - last.raised_at >= _pause(last, alarm, settings)


def _is_same(last: AlarmRow, alarm: Alarm) -> bool:
    return last.occasion == alarm.occasion and last.over_at is None


def _pause(last: AlarmRow, alarm: Alarm, settings: Alerts) -> timedelta:
    """The cool-down. What goes on unheard is said at twice the distance each time, but danger always as soon."""
    if alarm.kind is AlarmKind.SAFETY:
        return timedelta(minutes=settings.safety_minutes)
    times = 2 ** min(last.again, 20) if _is_same(last, alarm) else 1
    return min(LONGEST_PAUSE, timedelta(minutes=settings.cool_down_minutes) * times)


def _raise(db: Session, brand: str, alarm: Alarm, settings: Alerts, now: datetime) -> bool:
    last = alerts.last_of(db, brand, alarm)
    if not _is_due(last, alarm, settings, now):
        return False  # another process was first
    again = last.again + 1 if last is not None and _is_same(last, alarm) else 0
    number = last.number + 1 if last is not None else 1
    return alerts.add(db, brand, alarm, number=number, again=again, now=now) is not None


def forget(store: Store, *, brand: str, settings: Alerts, clock: Clock) -> int:
    """Deletes alarms that are over for longer than they are kept; returns how many. The audit keeps who took one on."""
    with store.begin() as db:
        return alerts.forget(db, brand, clock() - timedelta(days=settings.kept_days))


def acknowledge_all(store: Store, *, brand: str, alarm_ids: Sequence[int], actor: str, clock: Clock) -> int:
    """A person takes several alarms on at once; returns how many. Raises Conflict when none was left to take."""
    taken = 0
    for alarm_id in alarm_ids:
        with suppress(Conflict):
            acknowledge(store, brand=brand, alarm_id=alarm_id, actor=actor, clock=clock)
            taken += 1
    if not taken:
        raise Conflict("somebody took these alarms on already")
    return taken


def acknowledge(store: Store, *, brand: str, alarm_id: int, actor: str, clock: Clock) -> None:
    """A person takes an alarm on: no further message about it. Raises Conflict when somebody was first."""
    now = clock()
    with store.begin() as db:
        row = alerts.acknowledge(db, brand, alarm_id, by=actor, now=now)
        if row is None:
            raise Conflict("somebody took this alarm on already")
        audit.record(
            db, actor=actor, action="alarm.acknowledged", subject=f"alarm:{alarm_id}", now=now, title=row.title
        )
        events.tell(db, "alarm", now=now, alarm_id=alarm_id, by=actor)
