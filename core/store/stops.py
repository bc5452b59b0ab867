"""Who told us to stop and was erased since: a keyed hash instead of a name, so that they are still never answered.

Who has the database alone cannot try names against it: the key is that of the audit. A stop of somebody who is not
erased stands in their cases.
"""

import hashlib
import hmac
import json
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.audit import sealer_of
from core.store.base import Base
from core.store.mentions import insert_or_ignore

_PURPOSE = b"who told us to stop"


class StopRow(Base):
    __tablename__ = "stops"

    hash: Mapped[str] = mapped_column(primary_key=True)  # HMAC-SHA256 of brand, platform and handle, hex
    at: Mapped[datetime]  # when they said it


def keep(db: Session, *, brand: str, platform: str, author: str, at: datetime) -> None:
    """Remembers a stop of somebody whose name goes."""
    db.execute(insert_or_ignore(db, StopRow, {"hash": _hash(db, brand, platform, author), "at": at}))


def said(db: Session, *, brand: str, platform: str, author: str) -> datetime | None:
    """When somebody said stop who was erased since; None when nobody of this name did."""
    if not _are_any(db):
        return None
    return db.scalar(select(StopRow.at).where(StopRow.hash == _hash(db, brand, platform, author)))


def lift(db: Session, *, brand: str, platform: str, author: str) -> None:
    """They may be written to again."""
    if _are_any(db):
        db.execute(delete(StopRow).where(StopRow.hash == _hash(db, brand, platform, author)))


def _are_any(db: Session) -> bool:
    return db.scalar(select(StopRow.hash).limit(1)) is not None


def _hash(db: Session, brand: str, platform: str, author: str) -> str:
    """Handles are the same in small and capital letters on every platform."""
    body = json.dumps([brand, platform, author.casefold()]).encode()
    return hmac.new(sealer_of(db).derived(_PURPOSE), body, hashlib.sha256).hexdigest()
