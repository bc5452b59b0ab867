"""Counts by hour or day in the brand's time zone, what they add up to, and how they compare. Pure; no I/O."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal, Protocol

from dashboards.languages import _, counted, later, ngettext
from dashboards.spoken import dated

HOUR = timedelta(hours=1)
FEW = 30  # below this many mentions a share says more about chance than about customers


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time to look at: ``count`` buckets of one hour or one day, the last of them still running.

    ``count`` 0: the hours since local midnight. ``before``: what it is compared with, to stand after "10 more than".
    """

    key: str
    words: str
    before: str
    bucket: Literal["hour", "day"]
    count: int


SPANS = {
    span.key: span
    for span in (
        Span("today", later("today"), later("yesterday until %(time)s"), "hour", 0),
        Span("24h", later("24 hours"), later("in the 24 hours before"), "hour", 24),
        Span("7d", later("7 days"), later("in the 7 days before"), "hour", 168),
        Span("30d", later("30 days"), later("in the 30 days before"), "day", 30),
    )
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Mentions of some stretch of time, by what the classifier read in them."""

    volume: int = 0
    negative: int = 0
    neutral: int = 0
    positive: int = 0
    outage: int = 0
    outage_anger: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


class HourRow(Protocol):
    """A rollup row."""

    @property
    def hour(self) -> datetime: ...


def counts_of(row: HourRow) -> Counts:
    return Counts(*(getattr(row, field.name) for field in fields(Counts)))


def total(buckets: Iterable[Counts]) -> Counts:
    return sum(buckets, Counts())


def starts(span: Span, now: datetime, zone: tzinfo) -> list[datetime]:
    """The start of every bucket, oldest first, in ``zone``. Hours are those of UTC, days begin at local midnight."""
    if span.bucket == "hour":
        last = now.replace(minute=0, second=0, microsecond=0)
        count = span.count or _since_midnight(last, now, zone)
        return [(last - HOUR * back).astimezone(zone) for back in reversed(range(count))]
    today = now.astimezone(zone).date()
    return [
        datetime.combine(today - timedelta(days=back), time.min, tzinfo=zone) for back in reversed(range(span.count))
    ]


def _since_midnight(last: datetime, now: datetime, zone: tzinfo) -> int:
    """The hours from the one in which the local day began to ``last``: 24 at most, 25 where the clocks go back."""
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone).astimezone(UTC)
    return (last - midnight.replace(minute=0)) // HOUR + 1


def end_of(now: datetime) -> datetime:
    """The end of the running hour: the counts are by hour, so the newest bucket reaches at most there."""
    return now.replace(minute=0, second=0, microsecond=0) + HOUR


def before(span: Span, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The stretch to compare with: as long, directly before, and ending at the same time of day."""
    first, end = starts(span, now, zone)[0], end_of(now)
    if span.bucket == "hour" and span.count:
        return first - HOUR * span.count, first
    back = timedelta(days=span.count or 1)  # wall-clock arithmetic: a change of the clocks does not shift a day
    return first - back, end.astimezone(zone) - back


def fill(rows: Iterable[HourRow], begins: Sequence[datetime], span: Span, zone: tzinfo) -> list[Counts]:
    """The counts of each bucket; an hour belongs to the day in which it begins."""
    index = {_key(start, span, zone): place for place, start in enumerate(begins)}
    filled = [Counts()] * len(begins)
    for row in rows:
        place = index.get(_key(row.hour, span, zone))
        if place is not None:
            filled[place] += counts_of(row)
    return filled


def _key(moment: datetime, span: Span, zone: tzinfo) -> object:
    return moment.timestamp() if span.bucket == "hour" else moment.astimezone(zone).date()


def place_of(moment: datetime, begins: Sequence[datetime]) -> int:
    """The bucket a moment falls into, cut to the first and the last."""
    return max(0, sum(1 for start in begins if start <= moment) - 1)


def label(start: datetime, span: Span) -> str:
    """``Fri 20 Nov, 14:00`` or ``Fri 20 Nov``."""
    return dated(start, f"%a {start.day} %b, %H:%M" if span.bucket == "hour" else f"%a {start.day} %b")


def tick(start: datetime, span: Span, place: int) -> str:
    """What stands under the axis at this bucket, or "" for nothing."""
    if span.bucket == "day":
        return dated(start, f"{start.day} %b") if (span.count - 1 - place) % 5 == 0 else ""
    if start.hour == 0:
        return dated(start, f"%a {start.day}")
    return f"{start:%H:%M}" if span.count <= 24 and start.hour % 3 == 0 else ""


# --- figures and what they are compared with -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """One big number of the page."""

    name: str
    value: str
    note: str  # how sure it is, or why there is none
    change: str  # against the time before


def compared_with(span: Span, end: datetime) -> str:
    """What the time before is called. ``end``: where it ends, in the brand's zone; a day that is over needs no hour."""
    if span.key == "today" and not end.hour:
        return _("yesterday")
    return _(span.before, time=f"{end:%H:%M}")


def figures(now: Counts, then: Counts | None, before: str) -> tuple[Figure, ...]:
    """Mentions, share negative, outage mentions, outage anger.

    ``then`` None: nothing to compare with. ``before``: when that was, as compared_with() names it.
    """
    return (
        Figure(_("Mentions"), counted(now.volume), "", _change(now.volume, then.volume if then else None, before)),
        _share(_("Share negative"), now.negative, now.volume, then, before),
        Figure(
            _("Outage mentions"),
            counted(now.outage),
            _of(now.outage, now.volume),
            _change(now.outage, then.outage if then else None, before),
        ),
        Figure(
            _("Outage anger"),
            counted(now.outage_anger),
            _of_outage(now.outage_anger, now.outage),
            _change(now.outage_anger, then.outage_anger if then else None, before),
        ),
    )


def _change(now: int, then: int | None, before: str) -> str:
    if then is None:
        return ""
    if then == 0:
        return _("none %(before)s", before=before) if now else _("as %(before)s", before=before)
    if now == then:
        return _("as many as %(before)s", before=before)
    if then >= FEW and now >= 2 * then:
        times = now / then
        much = counted(times, 0 if times >= 9.5 else 1)
        return _("%(much)s times as many as %(before)s (%(then)s)", much=much, before=before, then=counted(then))
    much = counted(abs(now - then)) if then < FEW else percent(abs(now - then), then)
    if now > then:
        return _("%(much)s more than %(before)s (%(then)s)", much=much, before=before, then=counted(then))
    return _("%(much)s fewer than %(before)s (%(then)s)", much=much, before=before, then=counted(then))


def _of(part: int, whole: int) -> str:
    return _("%(share)s of mentions", share=percent(part, whole)) if whole >= FEW else ""


def _of_outage(part: int, whole: int) -> str:
    return _("%(share)s of outage mentions", share=percent(part, whole)) if whole >= FEW else ""


def _share(name: str, part: int, whole: int, then: Counts | None, before: str) -> Figure:
    if whole < FEW:
        few = ngettext("%(num)s mention: too few for a share", "%(num)s mentions: too few for a share", whole)
        return Figure(name, "–", few if whole else _("no mentions"), "")
    if then is None or then.volume < FEW:
        change = _("too few %(before)s to compare", before=before) if then else ""
    else:
        change = _points(round(100 * part / whole) - round(100 * then.negative / then.volume), before)
    return Figure(name, percent(part, whole), sure(part, whole), change)


def _points(points: int, before: str) -> str:
    if not points:
        return _("as %(before)s", before=before)
    if points > 0:
        return ngettext(
            "%(num)s point more than %(before)s", "%(num)s points more than %(before)s", points, before=before
        )
    return ngettext("%(num)s point less than %(before)s", "%(num)s points less than %(before)s", -points, before=before)


def sure(part: int, whole: int) -> str:
    """How sure a share is."""
    low, high = wilson(part, whole)
    return _("between %(low)s and %(high)s %% (95 %% interval)", low=f"{low * 100:.0f}", high=f"{high * 100:.0f}")


def percent(part: int, whole: int) -> str:
    """``46 %``; "<1 %" and ">99 %" where rounding would claim none or all."""
    share = 100 * part / whole
    if 0 < share < 0.5:
        return "<1 %"
    return ">99 %" if 99.5 < share < 100 else f"{share:.0f} %"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """95 % score interval of a share, 0..1 (Wilson, J. Am. Stat. Assoc. 22, 1927)."""
    z, share = 1.96, part / whole
    centre = share + z * z / (2 * whole)
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
