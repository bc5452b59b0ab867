"""Reads the mentions that are new, in batches, and keeps the readings with the counts that rest on them."""

import logging
from collections.abc import Mapping, Sequence

from classifier.models import Model
from core.clock import Clock
from core.domain import MentionStatus, Reading
from core.errors import AmendsError
from core.store import Store, events, mentions, rollups
from core.store.mentions import MentionRow

log = logging.getLogger(__name__)
BATCH = 256


def score_new(model: Model, *, store: Store, clock: Clock, limit: int = BATCH) -> int:
    """Reads up to ``limit`` new mentions, oldest first; returns how many readings were kept."""
    with store.read() as db:
        rows = mentions.with_status(db, MentionStatus.NEW, limit=limit)
    if not rows:
        return 0
    read = _read(model, rows)
    _give_up(store, [row for row in rows if row.id not in read])
    return _keep(store, rows, read, clock)


def _read(model: Model, rows: Sequence[MentionRow]) -> dict[int, Reading]:
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
        return {number: reading for row in rows for number, reading in _read(model, [row]).items()}


def _give_up(store: Store, rows: Sequence[MentionRow]) -> None:
    if rows:
        with store.begin() as db:
            for row in rows:
                mentions.move(db, row.id, expect=MentionStatus.NEW, to=MentionStatus.FAILED)


def _keep(store: Store, rows: Sequence[MentionRow], read: Mapping[int, Reading], clock: Clock) -> int:
    kept = 0
    with store.begin() as db:
        for row in rows:
            reading = read.get(row.id)
            # Another pass may have read it meanwhile: only one of the two counts it.
            if reading and mentions.move(db, row.id, expect=MentionStatus.NEW, to=MentionStatus.READ):
                mentions.save_reading(db, row.id, reading, now=clock())
                rollups.count(db, brand=row.brand, platform=row.platform, at=row.created_at, new=reading)
                kept += 1
        if kept:
            events.tell(db, "trends", now=clock(), read=kept)
    return kept
