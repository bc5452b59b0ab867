"""Looks back at an incident: when we knew, whom we answered how fast, how it sounded, what it cost, what helped."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from core.domain import PromiseStatus, Sentiment
from core.errors import InputError
from core.sections import Money
from core.store import Session, rollups, trends
from core.store import review as rows
from core.store.incidents import IncidentRow
from core.store.listings import incident as find_incident
from core.store.review import Post, Reply
from core.store.rollups import COUNTS, RollupRow
from incidents.ledger import Cost, cost_of
from incidents.outages import VERY_LIKELY

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EARLIER = DAY  # how long before its start a complaint may still be the incident's first
SHOWN = 5  # texts that helped
NEGATIVE, POSITIVE = Sentiment.NEGATIVE.value, Sentiment.POSITIVE.value
# Lower edges of the audience sizes; an unknown size is a value of its own.
SIZES = (("unknown", -1), ("under 100", 0), ("100 to 999", 100), ("1,000 to 9,999", 1000), ("10,000 or more", 10_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The customers of one audience size. Waits are seconds from their first complaint to our first reply."""

    size: str
    customers: int
    reachable: int  # we may answer them; the others are watched only
    answered: int
    wait_median: float | None
    wait_longest: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How all that is said about the brand sounds in one stretch of time."""

    name: str  # before | during | after
    start: datetime
    end: datetime
    volume: int
    negative: int
    neutral: int
    positive: int
    outage_anger: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of the promises."""

    kept: int = 0
    broken: int = 0
    open: int = 0
    overdue: int = 0  # of the open ones
    withdrawn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """A reply after which the customer, who was not glad before, was."""

    text: str
    stage: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything the report says; a moment that is not known is None."""

    incident: IncidentRow
    at: datetime
    over: bool
    first_complaint: datetime | None
    opened_at: datetime
    detection_delay: float | None  # seconds from the first complaint; below 0: we knew before
    first_reply: datetime | None
    first_reply_delay: float | None
    reached: list[Reached]  # by size, and all together last
    moods: list[Mood]
    hours: list[RollupRow]  # for the course of it, all platforms, oldest first
    promises: Kept
    cost: Cost
    replies: int
    wrote_again: int  # after a reply of ours, having been anything but glad
    turned: int  # of these: glad
    helped: list[Helped]


def review(db: Session, *, brand: str, money: Money, incident_id: int, now: datetime) -> Review:
    """The report as the rows stand. Raises InputError when the brand has no such incident."""
    incident = find_incident(db, brand, incident_id)
    if incident is None:
        raise InputError(f"there is no incident {incident_id}; the incidents page shows the number of each")
    since = incident.started_at - EARLIER
    posts, replies = rows.posts(db, incident_id, since), rows.replies(db, incident_id, since)
    first = next((post.at for post in posts if _complains(post, incident.started_at)), None)
    answered = next((reply.at for reply in replies), None)
    end = trends.ended_at(incident)
    hours = _hours(db, brand, incident.started_at, end or now, now)
    again, turned, helped = _helped(posts, replies)
    return Review(
        incident=incident,
        at=now,
        over=end is not None,
        first_complaint=first,
        opened_at=incident.opened_at,
        detection_delay=_seconds(first, incident.opened_at),
        first_reply=answered,
        first_reply_delay=_seconds(first, answered),
        reached=reached(posts, replies),
        moods=_moods(hours, incident.started_at, end, now),
        hours=hours,
        promises=_kept(db, incident_id, now),
        cost=cost_of(db, brand=brand, money=money, incident_id=incident_id),
        replies=len(replies),
        wrote_again=again,
        turned=turned,
        helped=helped,
    )


def _complains(post: Post, began: datetime) -> bool:
    """Whether a post complains of this failure.

    Before it began, only what surely tells of an outage: people have other grievances too, and one misread post a day
    early would make us look blind.
    """
    if post.at < began:
        return post.outage and post.outage_score >= VERY_LIKELY
    return post.outage or post.sentiment == NEGATIVE


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start is not None and end is not None else None


# --- whom we answered ------------------------------------------------------------------------------------------


def reached(posts: Iterable[Post], replies: Iterable[Reply]) -> list[Reached]:
    """By size of audience: the largest ever seen of a customer. Their wait starts with their first post."""
    wrote: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        wrote[post.case_id].append(post)
    first_reply: dict[int, datetime] = {}
    for reply in replies:
        first_reply.setdefault(reply.case_id, reply.at)
    sizes: dict[str, list[int]] = {name: [] for name, _ in SIZES}
    for case_id, said in wrote.items():
        sizes[size_of(post.followers for post in said)].append(case_id)
    found = [_reached(name, cases, wrote, first_reply) for name, cases in sizes.items()]
    return [*found, _reached("all", list(wrote), wrote, first_reply)]


def size_of(followers: Iterable[int | None]) -> str:
    """The name of the audience size; "unknown" when no platform ever told."""
    known = max((count for count in followers if count is not None), default=-1)
    return next(name for name, edge in reversed(SIZES) if known >= edge)


def _reached(
    name: str, cases: Sequence[int], wrote: dict[int, list[Post]], first_reply: dict[int, datetime]
) -> Reached:
    waits = [
        max(0.0, (first_reply[case_id] - wrote[case_id][0].at).total_seconds())
        for case_id in cases
        if case_id in first_reply
    ]
    may = sum(any(post.eligible for post in wrote[case_id]) or case_id in first_reply for case_id in cases)
    return Reached(
        size=name,
        customers=len(cases),
        reachable=may,
        answered=len(waits),
        wait_median=median(waits) if waits else None,
        wait_longest=max(waits, default=None),
    )


# --- how it sounded --------------------------------------------------------------------------------------------


def _hours(db: Session, brand: str, start: datetime, end: datetime, now: datetime) -> list[RollupRow]:
    """Counts of every hour from a day before to a day after, platforms together; hours without a mention are there."""
    first, last = _hour(start - DAY), _hour(min(end + DAY, now))
    by_hour: dict[datetime, RollupRow] = {}
    for row in rollups.between(db, brand=brand, start=first, end=last + HOUR):
        into = by_hour.setdefault(row.hour, _nothing(brand, row.hour))
        for name in COUNTS:
            setattr(into, name, getattr(into, name) + getattr(row, name))
    count = int((last - first) / HOUR) + 1
    return [by_hour.get(hour) or _nothing(brand, hour) for hour in (first + HOUR * place for place in range(count))]


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _nothing(brand: str, hour: datetime) -> RollupRow:
    return RollupRow(brand=brand, platform="", hour=hour, **dict.fromkeys(COUNTS, 0))


def _moods(hours: Sequence[RollupRow], start: datetime, end: datetime | None, now: datetime) -> list[Mood]:
    """Before, during, after, in whole hours: the hour in which it began or ended counts as during."""
    begun, ended = _hour(start), _hour(end) + HOUR if end else _hour(now) + HOUR
    edges = [("before", _hour(start - DAY), begun), ("during", begun, ended)]
    if end:
        edges.append(("after", ended, max(ended, _hour(min(end + DAY, now)) + HOUR)))
    return [_mood(name, first, last, hours) for name, first, last in edges]


def _mood(name: str, start: datetime, end: datetime, hours: Iterable[RollupRow]) -> Mood:
    inside = [row for row in hours if start <= row.hour < end]
    kinds = ("volume", "negative", "neutral", "positive", "outage_anger")
    return Mood(name=name, start=start, end=end, **{kind: sum(getattr(row, kind) for row in inside) for kind in kinds})


# --- what was promised, and what helped ------------------------------------------------------------------------


def _kept(db: Session, incident_id: int, now: datetime) -> Kept:
    found = rows.promises_of(db, incident_id)
    count = {status: sum(row.status == status.value for row in found) for status in PromiseStatus}
    return Kept(
        kept=count[PromiseStatus.KEPT],
        broken=count[PromiseStatus.BROKEN],
        open=count[PromiseStatus.OPEN],
        overdue=sum(row.status == PromiseStatus.OPEN.value and row.due_at <= now for row in found),
        withdrawn=count[PromiseStatus.WITHDRAWN],
    )


def _helped(posts: Sequence[Post], replies: Sequence[Reply]) -> tuple[int, int, list[Helped]]:
    """How many customers wrote again after a reply, how many of them were glad then, and those replies.

    A reply counts for the next post of the same customer only, and only when they were not glad before it. That one
    followed the other proves no cause.
    """
    wrote: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        wrote[post.case_id].append(post)
    again, found = 0, []
    for reply, until in _with_next(replies):
        said = wrote[reply.case_id]
        before = [post for post in said if post.at <= reply.at]
        after = [post for post in said if post.at > reply.at and (until is None or post.at <= until)]
        if not after or (before and before[-1].sentiment == POSITIVE):
            continue
        again += 1
        if after[0].sentiment == POSITIVE and reply.text:  # "" once it was erased
            found.append(Helped(text=reply.text, stage=reply.stage, language=reply.language))
    newest = list({one.text: one for one in found[::-1]}.values())
    return again, len(found), newest[:SHOWN]


def _with_next(replies: Sequence[Reply]) -> Iterable[tuple[Reply, datetime | None]]:
    """Each reply with the moment of the next one to the same customer."""
    by_case: dict[int, list[Reply]] = defaultdict(list)
    for reply in replies:
        by_case[reply.case_id].append(reply)
    for same in by_case.values():
        yield from ((one, following.at) for one, following in pairwise(same))
        yield same[-1], None
