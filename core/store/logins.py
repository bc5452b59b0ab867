"""Sessions, one-time links and failed log-ins."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session

from core.store import login_steps
from core.store.users import LoginAttemptRow, SessionRow, SetupRow, UserRow

WINDOW = timedelta(minutes=15)
_LOCK = 0x6C6F6769  # any number nobody else uses on this PostgreSQL database


@dataclass(frozen=True, slots=True)
class Standing:
    """A session that stands, and whose it is. ``language``: of the pages, as they chose it. ``generation``: of the
    account, at this moment.
    """

    user_id: int
    name: str
    role: str
    language: str
    csrf: str
    token_hash: str
    second_factor: bool
    created_at: datetime
    generation: int


_session, _user = SessionRow.__table__, UserRow.__table__
_STANDING = (
    select(
        *(_user.c.id, _user.c.name, _user.c.role, _user.c.language),
        *(_session.c.csrf, _session.c.token_hash, _session.c.second_factor, _session.c.created_at),
        _user.c.generation,
    )
    .join(_user, _user.c.id == _session.c.user_id)
    .where(
        _session.c.token_hash == bindparam("token_hash"),
        _session.c.expires_at > bindparam("now"),
        _user.c.disabled_at.is_(None),
    )
)


def session_of(db: Session, token_hash: str, now: datetime) -> Standing | None:
    """A session that stands: neither expired nor revoked, its user not disabled. Every request asks for it."""
    row = db.execute(_STANDING, {"token_hash": token_hash, "now": now}).first()
    return Standing(*row) if row else None


def revoke(db: Session, token_hash: str) -> None:
    db.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def revoke_all(db: Session, user_id: int, *, keep: str = "") -> int:
    """Ends every session of a user, but the one with the token hash ``keep``, and half log-ins; returns how many.

    A log-in that was found right and has no session yet gets none, nor does a session of before make a token: see
    ``users.held``. So the count comes first.
    """
    out = update(UserRow).where(UserRow.id == user_id).values(generation=UserRow.generation + 1)
    db.execute(out.execution_options(synchronize_session=False))
    login_steps.forget_user(db, user_id)
    ended = db.execute(delete(SessionRow).where(SessionRow.user_id == user_id, SessionRow.token_hash != keep))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def sessions_of(db: Session, user_id: int, now: datetime) -> Sequence[SessionRow]:
    """The sessions of a user that stand, newest first."""
    rows = select(SessionRow).where(SessionRow.user_id == user_id, SessionRow.expires_at > now)
    return db.scalars(rows.order_by(SessionRow.created_at.desc())).all()


def count_sessions(db: Session, now: datetime) -> dict[int, int]:
    """How many sessions stand, by user."""
    rows = select(SessionRow.user_id, func.count()).where(SessionRow.expires_at > now).group_by(SessionRow.user_id)
    return {row[0]: row[1] for row in db.execute(rows)}


def sweep(db: Session, now: datetime) -> None:
    """Forgets expired sessions and attempts that no longer count."""
    db.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    db.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < now - WINDOW))


def one_at_a_time(db: Session) -> None:
    """Until the end of this transaction nobody else counts or adds attempts: guesses at once cannot all see none.

    One lock for all, as the limit by address spans names. SQLite has one writer anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def failures(db: Session, *, name: str, address: str, now: datetime) -> tuple[int, int]:
    """How many log-ins failed in the window: under this name, and from this address."""
    recent = select(func.count()).select_from(LoginAttemptRow).where(LoginAttemptRow.at > now - WINDOW)
    by_name = db.scalar(recent.where(LoginAttemptRow.name == name)) or 0
    by_address = db.scalar(recent.where(LoginAttemptRow.address == address)) or 0
    return by_name, by_address


_TOLD = "TOLD"  # stands for an address in rows that count what the audit was told; no address is called so


def worth_telling(db: Session, what: str, *, now: datetime, most: int, most_of_all: int) -> bool | None:
    """Counts what the audit is to be told of failures in the window; None when it was told often enough.

    True for the last one of its kind, or of all.
    """
    key = (
        f"TOLD {hashlib.sha256(what.encode(errors='replace')).hexdigest()}"  # of any length, and nothing to read in it
    )
    told = select(func.count()).select_from(LoginAttemptRow)
    told = told.where(LoginAttemptRow.at > now - WINDOW, LoginAttemptRow.address == _TOLD)
    one_at_a_time(db)
    sweep(db, now)
    same, every = db.scalar(told.where(LoginAttemptRow.name == key)) or 0, db.scalar(told) or 0
    if same >= most or every >= most_of_all:
        return None
    db.add(LoginAttemptRow(name=key, address=_TOLD, at=now))
    return same + 1 >= most or every + 1 >= most_of_all


def forget_failures(db: Session, name: str) -> None:
    """After a success under this name."""
    db.execute(delete(LoginAttemptRow).where(LoginAttemptRow.name == name))


def replace_setup(db: Session, token_hash: str, now: datetime) -> None:
    """Makes the one set-up link that is valid; an older unused one dies."""
    db.execute(delete(SetupRow).where(SetupRow.used_at.is_(None)))
    db.add(SetupRow(token_hash=token_hash, created_at=now, used_at=None))


def setup_stands(db: Session, token_hash: str) -> bool:
    row = db.get(SetupRow, token_hash)
    return row is not None and row.used_at is None


def use_setup(db: Session, token_hash: str, now: datetime) -> bool:
    """Takes the link, once; False when it is unknown or was used."""
    done = db.execute(
        update(SetupRow)
        .where(SetupRow.token_hash == token_hash, SetupRow.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
