"""Replays mentions through the detector with a virtual clock, and compares what it finds with what happened."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from incidents.outages import Alarm, Heard, Sensitivity, Watch

FOUND_UNTIL = timedelta(hours=1)
"""An outage counts as found from its start to this long past its end."""

TAIL = timedelta(hours=2)
"""People go on writing: an alarm this long past an outage is not a false one."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: ``kind`` outage, or what must not be taken for one."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a replay went; delays in minutes after the start, sorted; decoys and other false alarms apart."""

    outages: int
    alarms: int
    delays: tuple[float, ...]
    on_decoys: int
    on_nothing: int
    days: float

    @property
    def recall(self) -> float:
        return len(self.delays) / self.outages if self.outages else 1.0

    @property
    def precision(self) -> float:
        return 1 - (self.on_decoys + self.on_nothing) / self.alarms if self.alarms else 1.0

    @property
    def median_delay(self) -> float | None:
        return median(self.delays) if self.delays else None

    @property
    def p90_delay(self) -> float | None:
        return self.delays[min(int(0.9 * len(self.delays)), len(self.delays) - 1)] if self.delays else None


def replay(posts: Iterable[Heard], how: Sensitivity) -> Iterator[Alarm]:
    """The alarms of a stream in the order of time, when they end; one that lasts comes last, with no end."""
    watch = Watch(how)
    on: Alarm | None = None
    for post in posts:
        alarm = watch.hear(post)
        if on is not None and on is not watch.on:
            yield on
            on = None
        if alarm is not None:
            on = alarm
    if on is not None:
        yield on


def judge(alarms: Sequence[Alarm], events: Sequence[Event], days: float) -> Verdict:
    """Compares outage alarms with the events."""
    raised = sorted(alarm.detected_at for alarm in alarms if alarm.kind == "outage")
    outages = [event for event in events if event.kind == "outage"]
    firsts = [
        (next((at for at in raised if event.start <= at <= event.end + FOUND_UNTIL), None), event) for event in outages
    ]
    false = [at for at in raised if not any(event.start <= at <= event.end + TAIL for event in outages)]
    decoys = [event for event in events if event.kind != "outage"]
    on_decoys = sum(any(event.start <= at <= event.end + TAIL for event in decoys) for at in false)
    return Verdict(
        outages=len(outages),
        alarms=len(raised),
        delays=tuple(sorted((at - event.start) / timedelta(minutes=1) for at, event in firsts if at is not None)),
        on_decoys=on_decoys,
        on_nothing=len(false) - on_decoys,
        days=days,
    )


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Several replays as one."""
    return Verdict(
        outages=sum(verdict.outages for verdict in verdicts),
        alarms=sum(verdict.alarms for verdict in verdicts),
        delays=tuple(sorted(delay for verdict in verdicts for delay in verdict.delays)),
        on_decoys=sum(verdict.on_decoys for verdict in verdicts),
        on_nothing=sum(verdict.on_nothing for verdict in verdicts),
        days=sum(verdict.days for verdict in verdicts),
    )
