"""What was deleted on its platform is erased here: the sources are asked whether what they brought is still there."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import ceil

from core.clock import Clock
from core.domain import Gone
from core.errors import AmendsError
from core.store import Session, Store, cursors, erasing, events, lookups
from core.store.lookups import LookupRow, Post
from listener.poll import back_off
from listener.sources import Witness

log = logging.getLogger(__name__)
CALLS = 10  # of one run: neither fills a platform's limit nor lets a large store wait for more than a day
HOLDS = timedelta(hours=20)  # how long an answer is good for: with a day's hiccups less than 24 hours
WAITING_HOLDS = timedelta(hours=4)  # of a post whose reply waits: nobody should work on what is gone
AGAIN = timedelta(minutes=15)  # until a post is asked about anew that could not be erased yet
RESERVED = 0.2  # of a day's paid look-ups: for posts whose reply waits or is approved


def look_for_gone(
    source: Witness, *, store: Store, clock: Clock, days: float, stopping: Callable[[], bool] = lambda: False
) -> Counter[str]:
    """One run over one source: asks about posts younger than ``days`` and erases what the platform says is gone.

    Returns counts of ``asked``, ``gone``, and ``busy``: a reply to it is on its way, its turn comes later. A failing
    source is noted with its back-off, whatever failed, and the error raised on; nothing is erased for that call.
    """
    total = Counter[str]()
    for _ in range(CALLS):
        posts = () if stopping() else _take(source, store, clock(), days)
        if not posts:
            break
        try:
            gone = source.gone([post.external_id for post in posts])
        except Exception as error:
            _note_failure(store, source.name, error, clock())
            raise
        total += _keep(store, source.name, posts, gone, clock())
    if total["gone"]:
        log.info("posts were deleted on their platform", extra={"source": source.name, "posts": total["gone"]})
    return total


def _take(source: Witness, store: Store, now: datetime, days: float) -> Sequence[Post]:
    """The posts of the next call. They are counted before it is made: an answer that is lost was paid for too."""
    with store.begin() as db:
        row = lookups.of(db, source.name)
        if any(wait and now < wait for wait in (row.not_before, cursors.of(db, source.name).not_before)):
            return ()  # the platform asked us to be quiet, here or while polling
        left, only_unsent = _left(source, row, now)
        posts = lookups.due(
            db, source.name, since=now - timedelta(days=days), before=now - HOLDS, waiting_before=now - WAITING_HOLDS,
            limit=left, only_unsent=only_unsent,
        )  # fmt: skip
        row.count(len(posts), now)
        problem = _short_of_money(source, row, now)
        _say(db, row, problem or (row.problem if row.failures else ""), now)
    return posts


def _left(source: Witness, row: LookupRow, now: datetime) -> tuple[int, bool]:
    """How many posts the next call may ask about, and whether only those whose reply was not sent yet."""
    if source.most_a_day is None:
        return source.at_once, False
    left = max(0, source.most_a_day - row.asked_on(now))
    free = left - ceil(source.most_a_day * RESERVED)
    return min(source.at_once, free if free > 0 else left), free <= 0


def _short_of_money(source: Witness, row: LookupRow, now: datetime) -> str:
    most = source.most_a_day
    if most is None or not _left(source, row, now)[1]:
        return ""
    if row.asked_on(now) < most:
        state = "is short", "only posts whose reply was not sent yet are asked about."
    else:
        state = "is used up", "none is asked about, and what is deleted there stays here."
    return (
        f"Money to ask whether posts are still there {state[0]} ({most} posts a day): until midnight UTC {state[1]} "
        f"Raise sources.{source.name}.lookup_dollars."
    )


def _say(db: Session, row: LookupRow, problem: str, now: datetime) -> None:
    """Keeps what is wrong with a source, and says it aloud when it is new."""
    if problem == row.problem:
        return
    row.problem = problem
    events.tell(db, "source", now=now, source=row.source, problem=problem)
    if problem:
        log.warning("cannot ask whether posts are still there", extra={"source": row.source, "problem": problem})


def _keep(store: Store, name: str, posts: Sequence[Post], gone: frozenset[str], now: datetime) -> Counter[str]:
    lost = [post.id for post in posts if post.external_id in gone]
    with store.begin() as db:
        erased = erasing.erase(db, lost, why=Gone.DELETED, now=now)
        lookups.looked(db, lost, at=now - HOLDS + AGAIN)
        lookups.looked(db, [post.id for post in posts if post.external_id not in gone], at=now)
        row = lookups.of(db, name)
        if row.failures:
            row.failures, row.not_before = 0, None
            _say(db, row, "", now)
    return Counter(asked=len(posts), gone=erased["posts"], busy=erased["busy"])


def _note_failure(store: Store, name: str, error: Exception, now: datetime) -> None:
    problem = str(error) if isinstance(error, AmendsError) else f"unforeseen: {type(error).__name__}: {error}"
    with store.begin() as db:
        row = lookups.of(db, name)
        row.failures += 1
        row.not_before = now + back_off(error, row.failures)
        _say(db, row, problem, now)
