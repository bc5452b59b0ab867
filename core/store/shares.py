"""Bare reposts, folded into the post they share: counted once each, never a mention of their own."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import Mention
from core.store.base import Base
from core.store.mentions import MentionRow, insert_or_ignore


class ShareRow(Base):
    __tablename__ = "shares"

    platform: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)  # of the repost
    share_of: Mapped[str] = mapped_column(index=True)
    author: Mapped[str]
    created_at: Mapped[datetime]


def fold(db: Session, mention: Mention) -> bool:
    """Counts a repost on its original, once; the original may arrive later. Returns whether it was new."""
    values = {
        "platform": mention.platform.value,
        "external_id": mention.external_id,
        "share_of": mention.share_of,
        "author": mention.author,
        "created_at": mention.created_at,
    }
    new = db.execute(insert_or_ignore(db, ShareRow, values).returning(ShareRow.external_id)).scalar_one_or_none()
    if new is not None:
        _recount(db, mention.platform.value, str(mention.share_of))
    return new is not None


def claim(db: Session, platform: str, external_id: str) -> None:
    """After an original is kept: gives it the reposts that came before it."""
    if db.scalar(
        select(ShareRow.external_id).where(ShareRow.platform == platform, ShareRow.share_of == external_id).limit(1)
    ):
        _recount(db, platform, external_id)


def _recount(db: Session, platform: str, external_id: str) -> None:
    total = (
        select(func.count())
        .select_from(ShareRow)
        .where(ShareRow.platform == platform, ShareRow.share_of == external_id)
        .scalar_subquery()
    )
    db.execute(
        update(MentionRow)
        .where(MentionRow.platform == platform, MentionRow.external_id == external_id)
        .values(shares=total)
        .execution_options(synchronize_session=False)
    )
