"""Approvals and deliveries. The triggers that guard them stand in the first migration.

The database refuses a delivery whose text, hash, target or account differs from its approval, any change of
these, any status move that is not on the list, and a second live reply to the same post on the same occasion (the
answer is one, each follow-up we owe is another). A reply that was taken down is not live: another one may take its
place, in other words.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, Text, and_, column, func, or_, select, table, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from core.domain import DeliveryStatus
from core.errors import Conflict, Refused
from core.store.base import Base

LIVE = "status IN ('approved', 'sending', 'sent', 'unknown') AND taken_down_at IS NULL"
TAKEN_DOWN = "taken_down_at IS NOT NULL"


class ApprovalRow(Base):
    """Who approved which exact bytes for which target; never changed, only revoked."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"), index=True)
    draft_version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    platform: Mapped[str]
    target_id: Mapped[str]
    occasion: Mapped[str] = mapped_column(default="", server_default="")  # "" an answer, else the follow-up it is
    account: Mapped[str]
    publisher: Mapped[str]
    sheet_version: Mapped[int]
    approver_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime]
    release_at: Mapped[datetime]  # end of the undo time
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Look(StrEnum):
    """What a look at our reply on its platform told. DUE again after every look that could not tell."""

    DUE = "due"
    SAME = "same"
    DIFFERS = "differs"
    UNSEEN = "unseen"  # for a day nobody could tell: a person looks


class DeliveryRow(Base):
    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_status", "status", "id"),
        Index("ix_deliveries_look", "look", "status"),
        Index("ix_deliveries_started", "started_at"),
        Index(
            "uq_deliveries_live_target",
            "platform",
            "target_id",
            "occasion",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_deliveries_taken_down",
            "platform",
            "target_id",
            "occasion",
            sqlite_where=text(TAKEN_DOWN),
            postgresql_where=text(TAKEN_DOWN),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    platform: Mapped[str]
    target_id: Mapped[str]
    occasion: Mapped[str] = mapped_column(default="", server_default="")
    account: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)  # idempotency key, the same for every try
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    external_id: Mapped[str | None]
    url: Mapped[str | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    looked_at: Mapped[datetime | None]  # when the sent reply was read from the platform
    look: Mapped[str] = mapped_column(default=Look.DUE, server_default="due")
    looks: Mapped[int] = mapped_column(default=0, server_default="0")  # how often it could not be told
    look_at: Mapped[datetime | None]  # not before
    look_problem: Mapped[str] = mapped_column(Text, default="", server_default="")  # why it could not be told last
    differs: Mapped[str] = mapped_column(Text, default="", server_default="")  # from what was approved, in words
    taken_down_at: Mapped[datetime | None]
    taken_down: Mapped[str] = mapped_column(default="", server_default="")  # why

    approval: Mapped[ApprovalRow] = relationship(lazy="joined", viewonly=True)


_DELIVERIES = Base.metadata.tables[DeliveryRow.__tablename__]
# Is to be seen. Nearly all were sent: concat keeps SQLite from beginning with all of those.
STANDS = and_(DeliveryRow.status.concat("") == DeliveryStatus.SENT.value, DeliveryRow.taken_down_at.is_(None))


# Is not to be seen and will not be: taken down, or it never went out.
NOTHING_LEFT = or_(
    DeliveryRow.taken_down_at.is_not(None),
    DeliveryRow.status.in_([DeliveryStatus.REFUSED.value, DeliveryStatus.CANCELLED.value]),
)
_DRAFTS = table("drafts", column("id"), column("incident_id"))  # its module imports this one


def due(db: Session, now: datetime, *, limit: int = 50) -> Sequence[DeliveryRow]:
    """Approved deliveries whose undo time and back-off are over.

    Oldest first, in turn from each account and incident: what waits behind a switch or for its account's pace must not
    hold up the others.
    """
    lane = func.row_number().over(
        partition_by=(ApprovalRow.publisher, _DRAFTS.c.incident_id), order_by=DeliveryRow.id
    )  # fmt: skip
    rows = (
        select(DeliveryRow)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(_DRAFTS, _DRAFTS.c.id == ApprovalRow.draft_id)
        .where(DeliveryRow.status == DeliveryStatus.APPROVED.value, DeliveryRow.not_before <= now)
        .order_by(lane, DeliveryRow.id)
        .limit(limit)
    )
    return db.scalars(rows).all()


def with_status(db: Session, status: DeliveryStatus) -> Sequence[DeliveryRow]:
    return db.scalars(select(DeliveryRow).where(DeliveryRow.status == status.value).order_by(DeliveryRow.id)).all()


def move(
    db: Session,
    delivery_id: int,
    *,
    expect: DeliveryStatus,
    to: DeliveryStatus,
    attempt: int | None = None,
    **values: object,
) -> bool:
    """Compare-and-set of a delivery's status (and of its number of tries, when given); False when it moved on.

    ``attempt`` is what a row that goes through the same status several times is known by: who speaks of an older try
    must not decide about a newer one.
    """
    rows = update(_DELIVERIES).where(_DELIVERIES.c.id == delivery_id, _DELIVERIES.c.status == expect.value)
    rows = rows if attempt is None else rows.where(_DELIVERIES.c.attempts == attempt)
    db.flush()
    done = db.execute(rows.values(status=to.value, **values))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def unread(
    db: Session, publishers: Iterable[str], status: DeliveryStatus, *, now: datetime, before: datetime
) -> Sequence[DeliveryRow]:
    """Deliveries of these publishers in a status since ``before``, whose look at the platform is due; at most 10.

    Those that were looked at least often come first, so that what cannot be told does not hold up the rest.
    """
    return db.scalars(
        select(DeliveryRow)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .where(
            DeliveryRow.look == Look.DUE,
            DeliveryRow.text != "",  # erased: there is nothing to hold it against
            DeliveryRow.status == status.value,
            DeliveryRow.taken_down_at.is_(None),
            or_(DeliveryRow.external_id.is_not(None), DeliveryRow.status == DeliveryStatus.UNKNOWN.value),
            DeliveryRow.ended_at <= before,
            or_(DeliveryRow.look_at.is_(None), DeliveryRow.look_at <= now),
            ApprovalRow.publisher.in_(list(publishers)),
        )
        .order_by(DeliveryRow.looks, DeliveryRow.id)
        .limit(10)
    ).all()


def has_begun(db: Session, publisher: str, *, since: datetime) -> bool:
    """Whether this account began to send after a moment. Reads what was begun since then, of all accounts."""
    return bool(
        db.scalar(
            select(DeliveryRow.id)
            .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
            .where(ApprovalRow.publisher == publisher, DeliveryRow.started_at > since)
            .limit(1)
        )
    )


def of_draft(db: Session, draft_id: int) -> DeliveryRow | None:
    """The newest delivery of a draft."""
    return db.scalar(
        select(DeliveryRow)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .where(ApprovalRow.draft_id == draft_id)
        .order_by(DeliveryRow.id.desc())
        .limit(1)
    )


def _to(platform: str, target_id: str, occasion: str) -> Select[DeliveryRow]:
    place = (DeliveryRow.platform == platform, DeliveryRow.target_id == target_id, DeliveryRow.occasion == occasion)
    return select(DeliveryRow).where(*place).order_by(DeliveryRow.id)


def live_to(db: Session, platform: str, target_id: str, occasion: str) -> DeliveryRow | None:
    """The reply to a post on an occasion that is out, may be, or is on its way."""
    return db.scalar(_to(platform, target_id, occasion).where(text(LIVE)))


def taken_down_from(db: Session, platform: str, target_id: str, occasion: str) -> Sequence[DeliveryRow]:
    """Our replies to a post on an occasion that were taken down, oldest first."""
    return db.scalars(_to(platform, target_id, occasion).where(text(TAKEN_DOWN))).all()


_NOT_YET = [column.key for column in _DELIVERIES.columns if column.nullable]


def open_delivery(db: Session, approval: ApprovalRow, *, key: str) -> DeliveryRow:
    """Puts approved bytes on their way.

    Raises Conflict when a live reply to the same post exists already, Refused for words that were taken down from it
    and for a reply that lacks a second person.
    """
    bound = ("text", "sha256", "platform", "target_id", "occasion", "account")
    row = DeliveryRow(
        approval_id=approval.id,
        key=key,
        status=DeliveryStatus.APPROVED.value,
        attempts=0,
        not_before=approval.release_at,
        problem="",
        **{name: getattr(approval, name) for name in bound},
        **dict.fromkeys(_NOT_YET),
    )
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError as error:
        if "second person" in str(error.orig):
            raise Refused("this reply needs a second person, and has none") from None
        if "taken down" in str(error.orig):
            raise Refused("these words were taken down from this post; write others") from None
        raise Conflict("a reply to this post is already on its way or out") from None
    set_committed_value(row, "approval", approval)  # for callers that read it after the transaction
    return row
