"""Reads kept mentions again, with the model in use.

Only the reading changes, and what is counted from it. What followed from the old one stays as it was decided: whether
a post is about the brand, its case, its customer's stage, its draft.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from classifier.models import Model
from classifier.score import read_all
from core.clock import Clock
from core.domain import Labels, Reading
from core.store import Session, Store, corrections, events, feedback, mentions, rereading, rollups
from core.store.mentions import MentionRow
from core.store.rereading import Wanted

BATCH = 64  # read and kept at a time: so short a transaction holds nobody up


@dataclass(slots=True)
class Again:
    """What came of it so far, in mentions."""

    of: int  # were asked for at the beginning
    read: int = 0
    changed: int = 0  # with at least one other label
    labels: Counter[str] = field(default_factory=Counter)  # by label, how many have another one
    models: Counter[str] = field(default_factory=Counter)  # by name@version


def rescore(
    model: Model, wanted: Wanted, *, store: Store, clock: Clock, keep: bool = True, told: Callable[[Again], None]
) -> Again:
    """Reads all that is ``wanted`` again, oldest first; ``told`` hears of each batch. Without ``keep`` nothing changes.

    Each batch is committed by itself, so a run that is stopped loses nothing. What people corrected stays in force.
    """
    with store.read() as db:
        done, last = Again(rereading.count(db, wanted)), 0
    while True:
        with store.read() as db:
            rows = rereading.batch(db, wanted, after=last, limit=BATCH)
        if not rows:
            return done
        last = rows[-1].id
        _read_again(model, {row.id: row for row in rows}, store, clock, keep, done)
        told(done)


def _read_again(
    model: Model, rows: Mapping[int, MentionRow], store: Store, clock: Clock, keep: bool, done: Again
) -> None:
    found = read_all(model, list(rows.values()))
    with store.begin() if keep else store.read() as db:
        # Meanwhile one may have been corrected, erased, or sent back to be read.
        now = rereading.locked(db, found) if keep else [rows[key] for key in found]
        same = [row for row in now if row.text == rows[row.id].text]
        decided = corrections.standing(db, found)
        for row in same:
            new = _in_force(found[row.id], decided.get(row.id))
            _tally(done, _reading(row), new)
            if keep:
                _keep(db, row, new)
        if keep and same:
            feedback.look_again(db, [row.id for row in same])
            events.tell(db, "trends", now=clock(), read=len(same))


def _in_force(new: Reading, decided: Labels | None) -> Reading:
    return new if decided is None else replace(decided.over(new), confidence=1.0)


def _reading(row: MentionRow) -> Reading:
    if row.reading is None:
        raise RuntimeError(f"mention {row.id} lost its reading")
    return row.reading.value()


def _tally(done: Again, old: Reading, new: Reading) -> None:
    _, other = corrections.changes(Labels.of(old).plain(), Labels.of(new).plain())
    done.read += 1
    done.changed += bool(other)
    done.labels.update(other.keys())
    done.models[new.model] += 1


def _keep(db: Session, row: MentionRow, new: Reading) -> None:
    old, read_at = _reading(row), row.reading.read_at  # type: ignore[union-attr]
    # The time stays: an old post that is found to speak of danger today did not just come in.
    mentions.save_reading(db, row.id, new, now=read_at)
    if row.relevant and rollups.differ(old, new):
        rollups.count(db, brand=row.brand, platform=row.platform, at=row.created_at, new=new, old=old)
