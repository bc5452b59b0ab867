"""Tokens with which scripts use the JSON API. Only the hash of a token is kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.store.base import Base
from core.store.users import UserRow

USED_EVERY = timedelta(minutes=1)  # how exact the last use is known: a write for every read would hold up others


class TokenRow(Base):
    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]  # what it is for, in its owner's words
    scopes: Mapped[list[Any]]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)  # it may never do more than its owner
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[UserRow] = relationship(lazy="joined")


def standing(db: Session, token_hash: str, now: datetime) -> TokenRow | None:
    """The token, when it is known, neither revoked nor expired, and its owner's account is open."""
    row = db.scalar(select(TokenRow).where(TokenRow.token_hash == token_hash))
    if row is None or row.revoked_at is not None or row.user.disabled_at is not None:
        return None
    return None if row.expires_at is not None and row.expires_at <= now else row


def note_use(db: Session, token_id: int, now: datetime) -> None:
    """Keeps when it was used last, to the minute."""
    old = or_(TokenRow.last_used_at.is_(None), TokenRow.last_used_at <= now - USED_EVERY)
    rows = update(TokenRow).where(TokenRow.id == token_id, old).values(last_used_at=now)
    db.execute(rows.execution_options(synchronize_session=False))


def unrevoked(db: Session, user_id: int | None = None) -> Sequence[TokenRow]:
    """Tokens that nobody took back, expired ones too, newest first; of one account or of all."""
    rows = select(TokenRow).where(TokenRow.revoked_at.is_(None)).order_by(TokenRow.id.desc())
    return db.scalars(rows if user_id is None else rows.where(TokenRow.user_id == user_id)).all()


def working(db: Session, user_id: int, now: datetime) -> Sequence[TokenRow]:
    """The tokens of an account that are neither revoked nor expired, newest first."""
    return [row for row in unrevoked(db, user_id) if row.expires_at is None or row.expires_at > now]


def count_of(db: Session, user_id: int) -> int:
    """How many unrevoked tokens an account has."""
    return db.scalar(select(func.count()).where(TokenRow.user_id == user_id, TokenRow.revoked_at.is_(None))) or 0


def revoke_all(db: Session, user_id: int, now: datetime) -> list[str]:
    """Ends every token of an account that has not ended, for good; returns their names."""
    mine = working(db, user_id, now)
    for row in mine:
        row.revoked_at = now
    return [row.name for row in mine]


def revoke(db: Session, token_id: int, now: datetime) -> bool:
    """Ends a token for good; False when it has ended already."""
    done = db.execute(
        update(TokenRow)
        .where(TokenRow.id == token_id, TokenRow.revoked_at.is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
