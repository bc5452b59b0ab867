"""Keeps what a source yields, exactly once: cleans texts, drops our own posts, folds reposts, finds the case."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from core.domain import Mention, Platform
from core.store import Session, cases, desk, events, mentions, shares, stops
from core.store.cases import CaseRow
from listener.records import AHEAD, MAX_TEXT, clean

# Somebody who is silent this long and comes back has, as a rule, a new problem.
CASE_PAUSE = timedelta(days=7)
_PREFIX = {Platform.X: "@", Platform.REDDIT: "u/", Platform.BLUESKY: "@", Platform.MASTODON: "@"}


def keep_all(
    db: Session,
    found: Iterable[Mention],
    *,
    brand: str,
    handles: Iterable[str],
    source: str,
    wanted: Callable[[Mention], bool],
    now: datetime,
) -> Counter[str]:
    """Stores a page of mentions in the caller's transaction.

    Returns counts of ``new``, ``known``, ``share``, ``own`` and ``unwanted``; and of ``changed``, those among the known
    that came with other words than we keep.
    """
    cases.keep_alone(db, brand)
    ours = {handle.casefold() for handle in handles}
    done = Counter(
        _keep(db, mention, brand=brand, ours=ours, source=source, wanted=wanted, now=now) for mention in found
    )
    if done["changed"]:
        done["known"] += done["changed"]
    return done


def _keep(
    db: Session,
    mention: Mention,
    *,
    brand: str,
    ours: set[str],
    source: str,
    wanted: Callable[[Mention], bool],
    now: datetime,
) -> str:
    if mention.own or f"{_PREFIX[mention.platform]}{mention.author}".casefold() in ours:
        return "own"
    if mention.share_of:
        return "share" if shares.fold(db, mention) else "known"
    mention = _usable(mention, now)
    if not mention.text.strip() or not wanted(mention):
        return "unwanted"
    if row := mentions.find(db, mention.platform.value, mention.external_id):
        mentions.widen_eligibility(db, mention)
        return "known" if row.gone or row.text == mention.text else "changed"
    case = _case_of(db, mention, brand)
    kept = mentions.keep(db, mention, brand=brand, source=source, case_id=case.id, now=now)
    if kept is None:
        return "known"
    desk.wrote_again(db, case, now=now)
    shares.claim(db, mention.platform.value, mention.external_id)
    events.tell(db, "mention", now=now, mention_id=kept)
    return "new"


def _usable(mention: Mention, now: datetime) -> Mention:
    """With a text that any store takes. A time of posting that cannot be is the one at which it came."""
    created_at = now if mention.created_at - now > AHEAD else mention.created_at
    text, name = clean(mention.text)[:MAX_TEXT], clean(mention.author_name)
    return replace(mention, text=text, author_name=name, created_at=created_at)


def _stopped(db: Session, mention: Mention, brand: str) -> datetime | None:
    """When a new author said stop, if they are one who was erased since."""
    return stops.said(db, brand=brand, platform=mention.platform.value, author=mention.author)


def _case_of(db: Session, mention: Mention, brand: str) -> CaseRow:
    """The author's running case, or a new one. Counts the contact."""
    case = cases.latest_of(db, brand=brand, platform=mention.platform.value, author=mention.author)
    if case is None or mention.created_at - case.last_at > CASE_PAUSE:
        case = CaseRow(
            brand=brand,
            platform=mention.platform.value,
            author=mention.author,
            contacts=0,
            opened_at=mention.created_at,
            last_at=mention.created_at,
            opted_out_at=case.opted_out_at if case else _stopped(db, mention, brand),  # they said it for good
        )
        db.add(case)
    case.contacts += 1
    case.last_at = max(case.last_at, mention.created_at)
    db.flush()
    return case
