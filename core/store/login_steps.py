"""A log-in that is not over yet: the password was right and a code is awaited, a challenge was given to a passkey,
a browser was sent to the provider of single sign-on. Bound to one browser by a cookie, used once, soon over.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base

CODE, PASSKEY, NEW_PASSKEY, SIGN_ON = "code", "passkey", "new_passkey", "sign_on"


class LoginStepRow(Base):
    """One of a kind for a browser. Only the hash of the browser's secret is kept."""

    __tablename__ = "login_steps"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    detail: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it was when it was taken."""

    user_id: int | None
    detail: dict[str, Any]


def begin(
    db: Session,
    token_hash: str,
    kind: str,
    *,
    now: datetime,
    until: datetime,
    user_id: int | None = None,
    **detail: Any,
) -> None:
    """Keeps a step in the place of an older one of this browser, and drops those whose time is over."""
    db.execute(delete(LoginStepRow).where(LoginStepRow.expires_at <= now))
    db.execute(delete(LoginStepRow).where(LoginStepRow.token_hash == token_hash, LoginStepRow.kind == kind))
    db.add(
        LoginStepRow(token_hash=token_hash, kind=kind, user_id=user_id, detail=detail, created_at=now, expires_at=until)
    )


def standing(db: Session, token_hash: str, kind: str, now: datetime) -> Step | None:
    """The step, when its time is not over. It stays."""
    row = db.get(LoginStepRow, (token_hash, kind))
    return Step(row.user_id, row.detail) if row is not None and row.expires_at > now else None


def take(db: Session, token_hash: str, kind: str, now: datetime) -> Step | None:
    """Uses the step, once; None when there is none, its time is over, or another request was faster."""
    found = standing(db, token_hash, kind, now)
    gone = db.execute(
        delete(LoginStepRow)
        .where(LoginStepRow.token_hash == token_hash, LoginStepRow.kind == kind)
        .execution_options(synchronize_session=False)
    )
    return found if gone.rowcount else None  # type: ignore[attr-defined]


def forget_user(db: Session, user_id: int) -> None:
    """Nobody is half-way into this account any more."""
    db.execute(delete(LoginStepRow).where(LoginStepRow.user_id == user_id))
