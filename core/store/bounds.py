"""How long a reply may be where a server sets that itself, as it last told."""

from datetime import datetime

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base


class BoundsRow(Base):
    """``longest``: characters of a reply; ``per_link``: characters that any link counts as."""

    __tablename__ = "platform_bounds"

    platform: Mapped[str] = mapped_column(primary_key=True)
    publisher: Mapped[str]
    longest: Mapped[int]
    per_link: Mapped[int]
    asked_at: Mapped[datetime]


_OF = select(BoundsRow.longest, BoundsRow.per_link, BoundsRow.publisher, BoundsRow.asked_at).where(
    BoundsRow.platform == bindparam("platform")
)


def of(db: Session, platform: str) -> Row[int, int, str, datetime] | None:
    """``longest``, ``per_link``, ``publisher`` and ``asked_at``."""
    return db.execute(_OF, {"platform": platform}).first()


def keep(db: Session, platform: str, *, publisher: str, longest: int, per_link: int, now: datetime) -> None:
    db.merge(BoundsRow(platform=platform, publisher=publisher, longest=longest, per_link=per_link, asked_at=now))
