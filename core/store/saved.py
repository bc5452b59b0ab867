"""Filters of the queue that somebody keeps under a name, alone or for the team."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.store.base import Base
from core.store.users import UserRow


class FilterRow(Base):
    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    query: Mapped[str]  # as it stands in the address of the queue: "view=mine&platform=x"
    shared: Mapped[bool]
    made_at: Mapped[datetime]

    user: Mapped[UserRow] = relationship(lazy="joined", viewonly=True)


def seen_by(db: Session, user_id: int) -> Sequence[FilterRow]:
    """A person's own filters and those of others that are shared, by name."""
    mine = or_(FilterRow.user_id == user_id, FilterRow.shared)
    return db.scalars(select(FilterRow).where(mine).order_by(FilterRow.name, FilterRow.id)).all()


def of_name(db: Session, user_id: int, name: str) -> FilterRow | None:
    return db.scalar(select(FilterRow).where(FilterRow.user_id == user_id, FilterRow.name == name))


def by_id(db: Session, filter_id: int) -> FilterRow | None:
    return db.get(FilterRow, filter_id)
