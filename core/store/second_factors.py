"""The second factor of an account: the secret its app shares with us, and the recovery codes.

The secret must be readable to check a code, so it cannot be hashed. It is kept encrypted (Fernet: AES-CBC with
HMAC-SHA256) under a key that is derived from the key of the audit, which lies outside of the database: whoever gets the
database or its backup alone can make no code. One key for both, as one more file to lose would lock everybody out.
"""

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.errors import ConfigError
from core.store.audit import sealer_of
from core.store.base import Base

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_PURPOSE = b"secrets of second factors"


class TotpRow(Base):
    """Begun when shown, on since ``confirmed_at``."""

    __tablename__ = "totp"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    secret: Mapped[str]  # encrypted
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # of the newest code that was taken, so that none is taken twice


class RecoveryRow(Base):
    """A code for the day the phone is gone. Only its hash is kept."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[datetime | None]


def begin(db: Session, user_id: int, secret: str, now: datetime) -> None:
    """Keeps a secret that is not confirmed yet, in the place of an older unconfirmed one."""
    db.execute(delete(TotpRow).where(TotpRow.user_id == user_id, TotpRow.confirmed_at.is_(None)))
    sealed = _box(db).encrypt(secret.encode()).decode()
    db.add(TotpRow(user_id=user_id, secret=sealed, created_at=now, confirmed_at=None, last_step=0))


def begun(db: Session, user_id: int) -> TotpRow | None:
    """The one that waits for its first code."""
    row = db.get(TotpRow, user_id)
    return row if row is not None and row.confirmed_at is None else None


def standing(db: Session, user_id: int) -> TotpRow | None:
    """The one that is asked for at log-in."""
    row = db.get(TotpRow, user_id)
    return row if row is not None and row.confirmed_at is not None else None


def secret_of(db: Session, row: TotpRow) -> str:
    """In clear. Raises ConfigError when the key is another than the one it was kept with."""
    from cryptography.fernet import InvalidToken

    try:
        clear: bytes = _box(db).decrypt(row.secret.encode())
    except InvalidToken:
        raise ConfigError(
            "audit.key: second factors were kept with another key; bring it back, or: amends user reset NAME"
        ) from None
    return clear.decode()


def take_step(db: Session, user_id: int, step: int) -> bool:
    """Uses the code of a time step, once; False when it, or a later one, was taken before."""
    done = db.execute(
        update(TotpRow)
        .where(TotpRow.user_id == user_id, TotpRow.last_step < step)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def replace_codes(db: Session, user_id: int, hashes: Iterable[str]) -> None:
    """The older ones die, used or not."""
    db.execute(delete(RecoveryRow).where(RecoveryRow.user_id == user_id))
    db.add_all([RecoveryRow(code_hash=each, user_id=user_id, used_at=None) for each in hashes])


def use_code(db: Session, user_id: int, code_hash: str, now: datetime) -> bool:
    """Takes a recovery code, once; False when it is not one of this account, or was used."""
    done = db.execute(
        update(RecoveryRow)
        .where(RecoveryRow.code_hash == code_hash, RecoveryRow.user_id == user_id, RecoveryRow.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def codes_left(db: Session, user_id: int) -> int:
    rows = select(func.count()).where(RecoveryRow.user_id == user_id, RecoveryRow.used_at.is_(None))
    return db.scalar(rows) or 0


def forget(db: Session, user_id: int) -> bool:
    """Drops secret and codes; returns whether a second factor was on."""
    on = standing(db, user_id) is not None
    db.execute(delete(RecoveryRow).where(RecoveryRow.user_id == user_id))
    db.execute(delete(TotpRow).where(TotpRow.user_id == user_id))
    return on


def _box(db: Session) -> "Fernet":
    from cryptography.fernet import Fernet

    try:
        key = sealer_of(db).derived(_PURPOSE)
    except KeyError:
        raise ConfigError("audit.key: without a key no second factor can be kept") from None
    return Fernet(base64.urlsafe_b64encode(key))
