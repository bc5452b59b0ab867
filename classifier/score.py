"""Reads the mentions that are new, in batches, and keeps the readings with the counts that rest on them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from classifier.models import Model
from classifier.relevance import LEAST, Brand, relevance
from classifier.spam import FLAG, Crowd, spam_score
from core.clock import Clock
from core.domain import Eligibility, Labels, MentionStatus, Reading
from core.errors import AmendsError
from core.store import Session, Store, corrections, events, feedback, mentions, rollups
from core.store.mentions import MentionRow

log = logging.getLogger(__name__)
BATCH = 256
CROWD = 600  # newest posts among which the same words under another name are looked for


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a mention besides its reading."""

    relevance: float | None
    relevant: bool
    spam_score: float
    spam: bool


def score_new(
    model: Model, *, store: Store, clock: Clock, brands: Mapping[str, Brand] = MappingProxyType({}), limit: int = BATCH
) -> int:
    """Reads up to ``limit`` new mentions, oldest first; returns how many readings were kept.

    ``brands`` by name: a mention that is not about its brand is kept and read, but neither counted nor drafted for.
    """
    with store.read() as db:
        rows = mentions.with_status(db, MentionStatus.NEW, limit=limit)
    if not rows:
        return 0
    read = read_all(model, rows)
    _give_up(store, [row for row in rows if row.id not in read])
    return _keep(store, rows, read, _look(store, rows, read, brands), clock)


def read_all(model: Model, rows: Sequence[MentionRow]) -> dict[int, Reading]:
    """Readings by mention. A text that breaks the model costs its batch some time, and nobody else their reading."""
    try:
        readings = model.read([row.text for row in rows], [row.language for row in rows])
        return {row.id: reading for row, reading in zip(rows, readings, strict=True)}
    except AmendsError:
        raise
    except Exception:
        if len(rows) == 1:
            log.exception("a mention cannot be read", extra={"mention": rows[0].id})
            return {}
        return {number: reading for row in rows for number, reading in read_all(model, [row]).items()}


def _give_up(store: Store, rows: Sequence[MentionRow]) -> None:
    if rows:
        with store.begin() as db:
            for row in rows:
                mentions.move(db, row.id, expect=MentionStatus.NEW, to=MentionStatus.FAILED)


def _look(
    store: Store, rows: Sequence[MentionRow], read: Mapping[int, Reading], brands: Mapping[str, Brand]
) -> dict[int, Seen]:
    """Relevance and likelihood of spam, by mention."""
    with store.read() as db:
        crowd = Crowd(mentions.newest_words(db, limit=CROWD))
    return {row.id: _seen(row, read[row.id], brands.get(row.brand), crowd) for row in rows if row.id in read}


def _seen(row: MentionRow, reading: Reading, brand: Brand | None, crowd: Crowd) -> Seen:
    addressed = row.eligible != Eligibility.NONE.value
    about = relevance(brand, row.text, reading, addressed=addressed) if brand else None
    copies = crowd.copies(row.author, row.text)
    spam = spam_score(row.text, reading, author=row.author, followers=row.followers, copies=copies)
    return Seen(about, about is None or about >= LEAST, spam, spam >= FLAG)


def _keep(
    store: Store,
    rows: Sequence[MentionRow],
    read: Mapping[int, Reading],
    seen: Mapping[int, Seen],
    clock: Clock,
) -> int:
    kept = 0
    with store.begin() as db:
        decided = corrections.standing(db, read)
        for row in rows:
            if row.id in read:
                kept += _keep_one(db, row, read[row.id], seen[row.id], decided.get(row.id), clock)
        if kept:
            feedback.look_again(db, read)
            events.tell(db, "trends", now=clock(), read=kept)
    return kept


def _keep_one(db: Session, row: MentionRow, reading: Reading, seen: Seen, decided: Labels | None, clock: Clock) -> bool:
    """What a person said of this mention stays in force."""
    if decided is not None:
        reading = replace(decided.over(reading), confidence=1.0)
        seen = replace(seen, relevant=decided.relevant, spam=decided.spam)
    elif not seen.relevant and mentions.addressed_by_now(db, row.id):
        seen = replace(seen, relevance=1.0, relevant=True)  # our own mentions brought it too while it was read
    to = MentionStatus.READ if seen.relevant else MentionStatus.WATCHED
    # Another pass may have read it meanwhile: only one of the two counts it.
    if not mentions.move(db, row.id, expect=MentionStatus.NEW, to=to):
        return False
    mentions.save_reading(db, row.id, reading, now=clock())
    mentions.note(db, row.id, **asdict(seen))
    if seen.relevant:
        rollups.count(db, brand=row.brand, platform=row.platform, at=row.created_at, new=reading)
    return True
