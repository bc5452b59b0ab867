"""Sends alarms: at least once to every channel, and never again to a channel that took them.

The order that makes it so: commit ``sending``, call the channels one by one and commit after each which alarms it
took, then commit the outcome. A row found in ``sending`` long after its start was cut off by a crash and is sent
again, to the channels that did not take it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from core.clock import Clock, spoken
from core.domain.alarm import AlarmKind, AlarmStatus
from core.errors import AmendsError
from core.store import Store, alerts, events
from core.store.alerts import AlarmRow
from incidents.channels import Channel

log = logging.getLogger(__name__)

# The longest a channel may take (apprise ends a call after 60 seconds).
CALL = timedelta(seconds=75)
# Alarms of one kind that come thick go into one message.
BUNDLE = timedelta(minutes=1)
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(minutes=15)
GIVE_UP = timedelta(days=1)  # a message that old tells nothing any more; the alarm stays on the page
SHOWN = 10  # alarms spelled out in one message


@dataclass(frozen=True, slots=True)
class Message:
    title: str
    body: str
    urgent: bool


def send_due(
    store: Store,
    channels: Sequence[Channel],
    *,
    brand: str,
    address: str,
    clock: Clock,
    zone: tzinfo = UTC,
    stopping: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """One pass. ``address``: where our pages are, for the links; ``zone``: of the times. Returns alarms by status.

    Without a channel nothing is sent, and what was raised waits on the page.
    """
    done = Counter[str]()
    if not channels:
        return done
    with store.read() as db:
        waiting = alerts.due(db, brand, clock(), cut_off=CALL * (len(channels) + 1))
        paused = {
            kind for kind in {row.kind for row in waiting} if _is_paused(alerts.last_start(db, brand, kind), clock())
        }
    for group in _groups(waiting, paused):
        if stopping():
            break
        if claimed := _claim(store, group, clock()):
            problems = _send(store, claimed, channels, brand=brand, address=address, zone=zone)
            done += _conclude(store, claimed, problems, clock())
    return done


def _is_paused(last: datetime | None, now: datetime) -> bool:
    return last is not None and timedelta(0) <= now - last < BUNDLE


def _groups(waiting: Sequence[AlarmRow], paused: set[str]) -> list[list[AlarmRow]]:
    """Fresh alarms of one kind together; one that was tried before goes alone with those of the same progress."""
    found: dict[tuple[str, int, str], list[AlarmRow]] = {}
    for row in waiting:
        if row.attempts or row.kind not in paused:
            found.setdefault((row.kind, row.attempts, ",".join(map(str, row.reached))), []).append(row)
    order = [kind.value for kind in AlarmKind]
    return [found[key] for key in sorted(found, key=lambda key: order.index(key[0]))]


def _claim(store: Store, group: Sequence[AlarmRow], now: datetime) -> list[AlarmRow]:
    """Commits ``sending`` for the rows of the group that nobody else took; returns them as they are now."""
    with store.begin() as db:
        mine = [
            row
            for row in group
            if alerts.move(db, row, to=AlarmStatus.SENDING, attempts=row.attempts + 1, started_at=now, problem="")
        ]
        return [db.get_one(AlarmRow, row.id, populate_existing=True) for row in mine]


def _send(
    store: Store, rows: Sequence[AlarmRow], channels: Sequence[Channel], *, brand: str, address: str, zone: tzinfo
) -> list[str]:
    """Calls the channels that have not taken these alarms; returns what went wrong."""
    message, problems = compose(rows, brand=brand, address=address, zone=zone), []
    for channel in channels:
        if channel.key in rows[0].reached:
            continue
        try:
            channel.send(message.title, message.body, urgent=message.urgent)
        except AmendsError as error:
            problems.append(f"{channel.name}: {error}")
            log.warning("an alarm could not be sent", extra={"channel": channel.name, "problem": str(error)})
            continue
        _note_reached(store, rows, channel.key)
    return problems


def _note_reached(store: Store, rows: Sequence[AlarmRow], key: str) -> None:
    with store.begin() as db:
        for row in rows:
            row.reached = [*row.reached, key]
            alerts.move(db, row, to=AlarmStatus.SENDING, reached=row.reached)


def _conclude(store: Store, rows: Sequence[AlarmRow], problems: list[str], now: datetime) -> Counter[str]:
    done = Counter[str]()
    with store.begin() as db:
        for row in rows:
            to = AlarmStatus.FAILED if problems else AlarmStatus.SENT
            values = {"ended_at": now, "problem": "; ".join(problems), "not_before": _retry_at(row, problems, now)}
            if alerts.move(db, row, to=to, **values):
                done[to.value] += 1
        events.tell(db, "alarm", now=now, **done)
    return done


def _retry_at(row: AlarmRow, problems: list[str], now: datetime) -> datetime | None:
    if not problems or now - row.raised_at >= GIVE_UP:
        return None
    times: int = 2 ** min(row.attempts - 1, 10)
    return now + min(LONGEST_RETRY, FIRST_RETRY * times)


def compose(rows: Sequence[AlarmRow], *, brand: str, address: str, zone: tzinfo) -> Message:
    """One message for alarms of one kind, with the link to each and times in ``zone``."""
    first = rows[0]
    title = first.title if len(rows) == 1 else f"{len(rows)} alarms: {first.title}"
    parts = [_told(row, address, alone=len(rows) == 1) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        parts.append(f"And {len(rows) - SHOWN} more: {address}/alarms")
    parts.append(f"To stop further messages, take it on: {address}/alarms")
    return Message(f"[{brand}] {title}", spoken("\n\n".join(parts), zone), first.kind == AlarmKind.SAFETY.value)


def _told(row: AlarmRow, address: str, *, alone: bool) -> str:
    lines = [] if alone else [row.title]
    lines += [row.body] if row.body else []
    lines += [f"Raised {row.again + 1} times, nobody took it on."] if row.again else []
    lines += ["It is over by now."] if row.over_at else []
    return "\n".join([*lines, f"{address}{row.path}"])
