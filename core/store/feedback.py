"""Suggestions, praise and complaints for a department, and what came of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, cast, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.domain import FactSheet, Intent, MentionStatus
from core.store.base import Base
from core.store.mentions import MentionRow, ReadingRow, insert_or_ignore
from core.store.users import UserRow

KINDS = (Intent.SUGGESTION, Intent.COMPLAINT, Intent.PRAISE)  # in the order in which one of several counts
OCCASION = "feedback"  # of the draft that tells the result: "feedback:7"
_STATE_FACTS = ("lead", "admin")


class FeedbackRow(Base):
    """One mention that a department should hear of. ``department`` "": nobody's yet."""

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_listed", "brand", "status", "id"), Index("ix_feedback_reply", "reply", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"), unique=True)
    kind: Mapped[str]  # suggestion | praise | complaint
    department: Mapped[str]
    why: Mapped[str]  # the word that routed it, or who did
    status: Mapped[str] = mapped_column(default="open")  # open | closed
    routed_at: Mapped[datetime]
    result: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reply: Mapped[str] = mapped_column(default="none")  # none | due | drafted | by hand
    reply_note: Mapped[str] = mapped_column(default="")
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id"))

    mention: Mapped[MentionRow] = relationship(lazy="joined", viewonly=True)


class FeedbackMarkRow(Base):
    """How far the mentions of a brand were looked through."""

    __tablename__ = "feedback_marks"

    brand: Mapped[str] = mapped_column(primary_key=True)
    mention_id: Mapped[int]  # every mention up to here was


class FeedbackAgainRow(Base):
    """A mention that was read, or read anew, when the walk had passed it: it is looked at once more."""

    __tablename__ = "feedback_again"

    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"), primary_key=True, autoincrement=False)


def bounds(db: Session, brand: str, since: datetime) -> tuple[int, int]:
    """The mentions to look through now: behind the first id, up to the second.

    Before the first pass, nothing older than ``since``. What is not read yet stops it, so that nothing is passed over.
    """
    ours = MentionRow.brand == brand
    mark = db.get(FeedbackMarkRow, brand)
    if mark is None:
        oldest = db.scalar(select(func.min(MentionRow.id)).where(ours, MentionRow.created_at >= since))
        start = oldest - 1 if oldest is not None else db.scalar(select(func.max(MentionRow.id))) or 0
    else:
        start = mark.mention_id
    unread = db.scalar(select(func.min(MentionRow.id)).where(ours, MentionRow.status == MentionStatus.NEW.value))
    newest = unread - 1 if unread is not None else db.scalar(select(func.max(MentionRow.id))) or 0
    return start, max(start, newest)


def advance(db: Session, brand: str, mention_id: int) -> None:
    """Notes how far the mentions were looked through; never backwards."""
    row = db.get(FeedbackMarkRow, brand, with_for_update=True)
    if row is None:
        db.add(FeedbackMarkRow(brand=brand, mention_id=mention_id))
    else:
        row.mention_id = max(row.mention_id, mention_id)


def bringing(db: Session, brand: str, *, after: int, upto: int, limit: int) -> Sequence[MentionRow]:
    """Mentions behind ``after`` that bring feedback, oldest first."""
    rows = _bringing(brand).where(MentionRow.id > after, MentionRow.id <= upto)
    return db.scalars(rows.order_by(MentionRow.id).limit(limit)).all()


def _bringing(brand: str) -> Select[MentionRow]:
    brings = [cast(ReadingRow.intents, String).like(f'%"{kind.value}"%') for kind in KINDS]
    return (
        select(MentionRow)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(MentionRow.brand == brand, MentionRow.gone == "", MentionRow.relevant, ~MentionRow.spam, or_(*brings))
    )


def look_again(db: Session, mention_ids: Collection[int]) -> None:
    """Of mentions that were read now, notes those that the walk has passed."""
    passed = (
        select(MentionRow.id)
        .join(FeedbackMarkRow, FeedbackMarkRow.brand == MentionRow.brand)
        .where(MentionRow.id.in_(mention_ids), MentionRow.id <= FeedbackMarkRow.mention_id)
    )
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    db.execute(dialect.insert(FeedbackAgainRow).from_select(["mention_id"], passed).on_conflict_do_nothing())


def is_any_again(db: Session, brand: str) -> bool:
    return db.scalar(_again(brand).limit(1)) is not None


def take_again(db: Session, brand: str, *, since: datetime, limit: int) -> Sequence[MentionRow]:
    """Takes noted mentions off the list; those of them that bring feedback and are not older than ``since``."""
    ids = db.scalars(_again(brand).limit(limit)).all()
    taken = delete(FeedbackAgainRow).where(FeedbackAgainRow.mention_id.in_(ids))
    db.execute(taken, execution_options={"synchronize_session": False})
    rows = _bringing(brand).where(MentionRow.id.in_(ids), MentionRow.created_at >= since)
    return db.scalars(rows.order_by(MentionRow.id)).all()


def _again(brand: str) -> Select[int]:
    return (
        select(FeedbackAgainRow.mention_id)
        .join(MentionRow, MentionRow.id == FeedbackAgainRow.mention_id)
        .where(MentionRow.brand.concat("") == brand)  # concat keeps SQLite from beginning with every mention
        .order_by(FeedbackAgainRow.mention_id)
    )


def add(db: Session, mention: MentionRow, *, kind: str, department: str, why: str, now: datetime) -> bool:
    """Puts a mention on the list, once."""
    values = {"brand": mention.brand, "mention_id": mention.id, "kind": kind, "department": department, "why": why}
    values |= {"status": "open", "routed_at": now, "result": "", "reply": "none", "reply_note": ""}
    return db.execute(insert_or_ignore(db, FeedbackRow, values).returning(FeedbackRow.id)).scalar() is not None


def listed(db: Session, brand: str, *, status: str, department: str | None, limit: int = 200) -> Sequence[FeedbackRow]:
    """Items of one status, newest first; ``department`` None: of all."""
    rows = select(FeedbackRow).where(FeedbackRow.brand == brand, FeedbackRow.status == status)
    rows = rows.where(FeedbackRow.department == department) if department is not None else rows
    return db.scalars(rows.order_by(FeedbackRow.id.desc()).limit(limit)).all()


def counts(db: Session, brand: str) -> dict[str, int]:
    """Open items by department."""
    rows = (
        select(FeedbackRow.department, func.count())
        .where(FeedbackRow.brand == brand, FeedbackRow.status == "open")
        .group_by(FeedbackRow.department)
    )
    return {row[0]: row[1] for row in db.execute(rows)}


def one(db: Session, brand: str, item_id: int) -> FeedbackRow | None:
    row = db.get(FeedbackRow, item_id)
    return row if row is not None and row.brand == brand else None


def close(db: Session, item_id: int, *, result: str, reply: str, by: str, closer_id: int | None, now: datetime) -> bool:
    """Compare-and-set from open to closed; False when somebody closed it first."""
    done = db.execute(
        update(FeedbackRow)
        .where(FeedbackRow.id == item_id, FeedbackRow.status == "open")
        .values(status="closed", result=result, reply=reply, closed_at=now, closed_by=by, closer_id=closer_id)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def known(db: Session, sheet: FactSheet, occasion: str) -> FactSheet:
    """A sheet with what came of the feedback that a reply tells of, if a lead said so: leads state facts."""
    kind, _, number = occasion.partition(":")
    item = db.get(FeedbackRow, int(number)) if kind == OCCASION else None
    closer = db.get(UserRow, item.closer_id) if item is not None and item.closer_id else None
    if item is None or closer is None or closer.role not in _STATE_FACTS:
        return sheet
    said = " ".join(part for part in (sheet.get("next_step"), item.result) if part)
    return replace(sheet, facts={**sheet.facts, "next_step": said})


def replies_due(db: Session, brand: str, *, after: int, limit: int) -> Sequence[FeedbackRow]:
    """Closed items behind ``after`` whose customer is to hear the result, oldest first."""
    rows = select(FeedbackRow).where(FeedbackRow.brand == brand, FeedbackRow.reply == "due", FeedbackRow.id > after)
    return db.scalars(rows.order_by(FeedbackRow.id).limit(limit)).all()


def settle_reply(db: Session, item_id: int, *, reply: str, note: str = "", draft_id: int | None = None) -> bool:
    """Compare-and-set of a due reply; False when another process had it first."""
    done = db.execute(
        update(FeedbackRow)
        .where(FeedbackRow.id == item_id, FeedbackRow.reply == "due")
        .values(reply=reply, reply_note=note, draft_id=draft_id)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
