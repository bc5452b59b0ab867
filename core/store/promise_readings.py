"""What has been looked through for promises, and what is still to be."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from core.store.base import Base
from core.store.deliveries import NOTHING_LEFT, ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.incidents import FactRow, IncidentRow, TimelineRow
from core.store.mentions import MentionRow, insert_or_ignore


class PromiseReadingRow(Base):
    """What has been looked through for commitments: each approval, fact and edit exactly once."""

    __tablename__ = "promise_readings"

    source: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def _unread(prefix: str, row_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    source = literal(prefix) + cast(row_id, String)
    return ~select(PromiseReadingRow.source).where(PromiseReadingRow.source == source).exists()


def unread_approvals(db: Session, brand: str, now: datetime, *, limit: int) -> Sequence[tuple[ApprovalRow, DraftRow]]:
    """Approvals whose undo time is over and that stand, not looked through yet, with the draft that they bind.

    What was taken down before anybody looked promised nothing.
    """
    ended = select(DeliveryRow.id).where(DeliveryRow.approval_id == ApprovalRow.id, NOTHING_LEFT)
    rows = (
        select(ApprovalRow, DraftRow)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        # concat keeps SQLite from beginning with every mention of the brand
        .where(MentionRow.brand.concat("") == brand, ApprovalRow.release_at <= now, ApprovalRow.revoked_at.is_(None))
        .where(_unread("approval:", ApprovalRow.id), ~ended.exists())
        .order_by(ApprovalRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def unread_facts(db: Session, brand: str, *, limit: int) -> Sequence[tuple[FactRow, IncidentRow]]:
    """Published texts of fact sheets that were not looked through yet."""
    rows = (
        select(FactRow, IncidentRow)
        .join(IncidentRow, IncidentRow.id == FactRow.incident_id)
        .where(IncidentRow.brand == brand, FactRow.safe, FactRow.text != "", _unread("fact:", FactRow.id))
        .order_by(FactRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def unread_edits(db: Session, brand: str, *, limit: int) -> Sequence[tuple[TimelineRow, IncidentRow]]:
    """Entries of the timelines that were not looked through yet: they name every update time that was promised."""
    rows = (
        select(TimelineRow, IncidentRow)
        .join(IncidentRow, IncidentRow.id == TimelineRow.incident_id)
        .where(IncidentRow.brand == brand, _unread("timeline:", TimelineRow.id))
        .order_by(TimelineRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def mark_read(db: Session, source: str, now: datetime) -> bool:
    """Whether we are the first to look through a source."""
    row = insert_or_ignore(db, PromiseReadingRow, {"source": source, "at": now}).returning(PromiseReadingRow.source)
    return db.execute(row).scalar_one_or_none() is not None
