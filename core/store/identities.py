"""Who somebody is to the provider of single sign-on: the pair that OpenID Connect says is unique and never reused."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base


class IdentityRow(Base):
    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]


def user_of(db: Session, issuer: str, subject: str) -> int | None:
    row = db.get(IdentityRow, (issuer, subject))
    return row.user_id if row else None


def of_user(db: Session, user_id: int) -> Sequence[IdentityRow]:
    return db.scalars(select(IdentityRow).where(IdentityRow.user_id == user_id)).all()


def forget_user(db: Session, user_id: int) -> None:
    db.execute(delete(IdentityRow).where(IdentityRow.user_id == user_id))
