"""Passkeys: the public half of what a device or a password manager keeps for an account."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base


class PasskeyRow(Base):
    """Names and formats of W3C WebAuthn; bytes are base64url without padding."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    credential: Mapped[str] = mapped_column(unique=True)  # its id
    handle: Mapped[str]  # what stands for the account on the device: random, the same for all of one account
    public_key: Mapped[str]  # COSE
    sign_count: Mapped[int] = mapped_column(BigInteger)  # unsigned 32 bits; 0 for those that do not count
    name: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


def of_user(db: Session, user_id: int) -> Sequence[PasskeyRow]:
    """Oldest first."""
    return db.scalars(select(PasskeyRow).where(PasskeyRow.user_id == user_id).order_by(PasskeyRow.id)).all()


def has_any(db: Session, user_id: int) -> bool:
    return db.scalar(select(PasskeyRow.id).where(PasskeyRow.user_id == user_id).limit(1)) is not None


def count_by_user(db: Session) -> dict[int, int]:
    rows = select(PasskeyRow.user_id, func.count()).group_by(PasskeyRow.user_id)
    return {row[0]: row[1] for row in db.execute(rows)}


def by_credential(db: Session, credential: str) -> PasskeyRow | None:
    return db.scalar(select(PasskeyRow).where(PasskeyRow.credential == credential))


def used(db: Session, row: PasskeyRow, *, count: int, now: datetime) -> bool:
    """Moves the sign count on from what was read; False when another log-in was faster: one of the two is a copy."""
    done = db.execute(
        update(PasskeyRow)
        .where(PasskeyRow.id == row.id, PasskeyRow.sign_count == row.sign_count)
        .values(sign_count=count, used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def forget_all(db: Session, user_id: int) -> int:
    """Drops every passkey of an account; returns how many there were."""
    gone = db.execute(delete(PasskeyRow).where(PasskeyRow.user_id == user_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]
