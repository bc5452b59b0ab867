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
        _add(db, mention.platform.value, str(mention.share_of), 1)
    return new is not None


def claim(db: Session, platform: str, external_id: str) -> None:
    """After an original is kept: gives it the reposts that came before it."""
    earlier = select(func.count()).where(ShareRow.platform == platform, ShareRow.share_of == external_id)
    if count := db.scalar(earlier):
        _add(db, platform, external_id, count)


def _add(db: Session, platform: str, external_id: str, count: int) -> None:
    """Adds to what is counted: counting anew with each repost would take ever longer for one that goes round."""
    db.execute(
        update(MentionRow)
        .where(MentionRow.platform == platform, MentionRow.external_id == external_id)
        .values(shares=MentionRow.shares + count)
        .execution_options(synchronize_session=False)
    )
