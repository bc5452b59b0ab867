"""Readings that a person corrected: from what, to what, by whom; and how often people agree with the model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, bindparam, func, select, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.domain import DraftStatus, Labels
from core.store.base import Base
from core.store.deliveries import ApprovalRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow

CHUNK = 500  # keys of one query: databases limit how many it may have


class CorrectionRow(Base):
    """One decision of a person. A mention's newest is in force; its oldest one's ``before`` is the model's word."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_mention", "mention_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    before: Mapped[dict[str, Any]]  # every label, as Labels.plain gives them
    after: Mapped[dict[str, Any]]
    model: Mapped[str]  # name@version of the reading that was corrected

    mention: Mapped[MentionRow] = relationship(lazy="joined", viewonly=True)


def add(db: Session, *, mention_id: int, before: Labels, after: Labels, model: str, actor: str, now: datetime) -> int:
    """Keeps a correction; returns its id."""
    row = CorrectionRow(mention_id=mention_id, at=now, actor=actor, model=model)
    row.before, row.after = before.plain(), after.plain()
    db.add(row)
    db.flush()
    return row.id


def newest_of(db: Session, mention_id: int) -> CorrectionRow | None:
    """The correction in force."""
    rows = select(CorrectionRow).where(CorrectionRow.mention_id == mention_id)
    return db.scalar(rows.order_by(CorrectionRow.id.desc()).limit(1))


_LAST = (
    select(CorrectionRow.actor, CorrectionRow.at)
    .where(CorrectionRow.mention_id == bindparam("mention_id"))
    .order_by(CorrectionRow.id.desc())
    .limit(1)
)


def last_by(db: Session, mention_id: int) -> Row[str, datetime] | None:
    """Who corrected a reading last (``actor``), and when (``at``)."""
    return db.execute(_LAST, {"mention_id": mention_id}).first()


def standing(db: Session, mention_ids: Iterable[int]) -> dict[int, Labels]:
    """What people decided, by mention: whoever reads these mentions again must keep it."""
    ids, found = list(mention_ids), {}
    for start in range(0, len(ids), CHUNK):
        rows = select(CorrectionRow).where(CorrectionRow.mention_id.in_(ids[start : start + CHUNK]))
        for row in db.scalars(rows.order_by(CorrectionRow.id)):
            found[row.mention_id] = Labels.parse(row.after)
    return found


@dataclass(frozen=True, slots=True)
class Corrected:
    """A mention whose reading people changed, all their corrections taken together."""

    mention: MentionRow
    before: Mapping[str, Any]  # only labels that differ in the end
    after: Mapping[str, Any]
    labels: Mapping[str, Any]  # every label as it stands
    actor: str  # who corrected last
    at: datetime
    model: str


def corrected(db: Session, brand: str, *, step: int = CHUNK) -> Iterator[Corrected]:
    """Every mention of a brand with another label than the model gave it, in the order they were kept.

    One whose words are erased teaches nothing and is left out.
    """
    last = 0
    while True:
        ids = db.scalars(
            select(CorrectionRow.mention_id)
            .join(MentionRow, MentionRow.id == CorrectionRow.mention_id)
            .where(MentionRow.brand == brand, MentionRow.text != "", CorrectionRow.mention_id > last)
            .distinct()
            .order_by(CorrectionRow.mention_id)
            .limit(step)
        ).all()
        yield from _corrected(db, ids)
        if len(ids) < step:
            return
        last = ids[-1]


def _corrected(db: Session, ids: Sequence[int]) -> Iterator[Corrected]:
    by_mention: dict[int, list[CorrectionRow]] = {}
    rows = select(CorrectionRow).where(CorrectionRow.mention_id.in_(ids)).order_by(CorrectionRow.id)
    for row in db.scalars(rows):
        by_mention.setdefault(row.mention_id, []).append(row)
    for key in ids:
        first, newest = by_mention[key][0], by_mention[key][-1]
        before, after = changes(first.before, newest.after)
        if after:
            yield Corrected(newest.mention, before, after, newest.after, newest.actor, newest.at, first.model)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The labels that differ: as they were, and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention a person decided on: the last time, and the labels they changed, none when they agreed."""

    mention_id: int
    at: datetime
    changed: tuple[str, ...]


def judged(db: Session, *, brand: str, start: datetime, end: datetime) -> list[Judged]:
    """Mentions whose reply somebody approved or rejected, or whose reading somebody corrected, in [start, end).

    Each once, at its last such decision. A label that was changed and changed back counts as agreed.
    """
    each = union_all(
        select(DraftRow.mention_id.label("mention_id"), ApprovalRow.approved_at.label("at"))
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .where(ApprovalRow.approved_at >= start, ApprovalRow.approved_at < end),
        select(DraftRow.mention_id, DraftRow.updated_at).where(
            DraftRow.status == DraftStatus.REJECTED.value, DraftRow.updated_at >= start, DraftRow.updated_at < end
        ),
        select(CorrectionRow.mention_id, CorrectionRow.at).where(CorrectionRow.at >= start, CorrectionRow.at < end),
    ).subquery()
    latest = (
        select(each.c.mention_id, func.max(each.c.at).label("at"))
        .join(MentionRow, MentionRow.id == each.c.mention_id)
        .where(MentionRow.brand == brand)
        .group_by(each.c.mention_id)
    )
    found = {row.mention_id: row.at for row in db.execute(latest)}
    changed = _changed(db, found)
    return [Judged(key, at, changed.get(key, ())) for key, at in found.items()]


def _changed(db: Session, mention_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    ids, found = list(mention_ids), {}
    for start in range(0, len(ids), CHUNK):
        rows = select(CorrectionRow.mention_id).where(CorrectionRow.mention_id.in_(ids[start : start + CHUNK]))
        known = db.scalars(rows.distinct().order_by(CorrectionRow.mention_id)).all()
        found.update({each.mention.id: tuple(each.after) for each in _corrected(db, known)})
    return found
