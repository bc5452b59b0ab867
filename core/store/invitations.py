"""Links that work once and not for long: one makes an account, the other sets a new password."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base

ACCOUNT, PASSWORD = "account", "password"


class InvitationRow(Base):
    """Only the hash of the link's secret is kept."""

    __tablename__ = "invitations"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # account | password
    name: Mapped[str]  # whom it is for, as the one who made it wrote it; may be empty
    role: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # whose password
    made_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def standing(db: Session, token_hash: str, kind: str, now: datetime) -> InvitationRow | None:
    """The link, when it is known, not used and not too old."""
    row = db.get(InvitationRow, token_hash)
    if row is None or row.kind != kind or row.used_at is not None or row.expires_at <= now:
        return None
    return row


def take(db: Session, token_hash: str, now: datetime) -> bool:
    """Uses the link, once; False when somebody was faster or it does not stand."""
    done = db.execute(
        update(InvitationRow)
        .where(InvitationRow.token_hash == token_hash, InvitationRow.used_at.is_(None), InvitationRow.expires_at > now)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def open_ones(db: Session, now: datetime) -> Sequence[InvitationRow]:
    """Invitations that nobody has used yet, newest first."""
    rows = select(InvitationRow).where(
        InvitationRow.kind == ACCOUNT, InvitationRow.used_at.is_(None), InvitationRow.expires_at > now
    )
    return db.scalars(rows.order_by(InvitationRow.created_at.desc())).all()


def withdraw(db: Session, token_hash: str) -> InvitationRow | None:
    """Takes an unused link away; returns what it was."""
    row = db.get(InvitationRow, token_hash)
    if row is None or row.used_at is not None:
        return None
    db.delete(row)
    return row


def withdraw_of(db: Session, user_id: int) -> None:
    """No link sets the password of this account any more."""
    db.execute(delete(InvitationRow).where(InvitationRow.user_id == user_id, InvitationRow.used_at.is_(None)))
