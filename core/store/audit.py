"""Who decided what, when: an append-only chain, each row sealed with the hash of the one before."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import iso
from core.store.base import Base

FIRST = "0" * 64
_LOCK = 0x61756469  # any number nobody else uses on this PostgreSQL database


class AuditRow(Base):
    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)  # "draft:17"
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(unique=True)  # unique: two rows cannot follow the same one
    hash: Mapped[str] = mapped_column(unique=True)


def record(db: Session, *, actor: str, action: str, subject: str, now: datetime, **detail: Any) -> None:
    """Adds a row at the end of the chain, in the transaction of what it tells."""
    if db.get_bind().dialect.name == "postgresql":
        # Who writes next waits for this transaction: two rows cannot follow the same one. SQLite has one writer anyway.
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = db.scalar(select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)) or FIRST
    row = AuditRow(at=now, actor=actor, action=action, subject=subject, detail=detail, previous=last)
    row.hash = seal(row)
    db.add(row)
    db.flush()


def seal(row: AuditRow) -> str:
    """SHA-256 over the row and its predecessor's hash, hex."""
    body = json.dumps([row.previous, iso(row.at), row.actor, row.action, row.subject, row.detail], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def newest(db: Session, *, limit: int = 200) -> Sequence[AuditRow]:
    return db.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)).all()
