"""Accounts: made, given a role, a new password, or shut. Every change is in the audit."""

from core.clock import Clock
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, logins, users
from core.store.users import UserRow
from dashboards.auth import ROLES, hash_password, password_problem


def add(store: Store, *, name: str, role: str, password: str, actor: str, clock: Clock) -> int:
    """Makes an account; returns its id.

    Raises InputError for a bad name, role or password, Conflict for a taken name.
    """
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise InputError("name: 1 to 80 characters")
    secret = _hashed(password)
    row = UserRow(name=name, role=_known(role), password_hash=secret, created_at=clock(), disabled_at=None)
    with store.begin() as db:
        if users.by_name(db, name):
            raise Conflict(f"there is an account {name!r} already")
        db.add(row)
        db.flush()
        _note(db, row, actor, "user.added", clock, role=role)
        return row.id


def set_role(store: Store, *, name: str, role: str, actor: str, clock: Clock) -> None:
    """Gives an account another role. The last admin stays one: Conflict."""
    _known(role)
    with store.begin() as db:
        row = _account(db, name)
        if role != "admin":
            _keep_an_admin(db, row)
        _note(db, row, actor, "user.role", clock, before=row.role, after=role)
        row.role = role


def set_password(store: Store, *, name: str, password: str, actor: str, clock: Clock) -> None:
    """Replaces a password and ends every session of the account."""
    secret = _hashed(password)
    with store.begin() as db:
        row = _account(db, name)
        row.password_hash = secret
        logins.revoke_all(db, row.id)
        _note(db, row, actor, "user.password", clock)


def disable(store: Store, *, name: str, actor: str, clock: Clock) -> None:
    """Shuts an account at once. What it did stays in the audit. The last admin cannot be shut: Conflict."""
    with store.begin() as db:
        row = _account(db, name)
        _keep_an_admin(db, row)
        row.disabled_at = clock()
        logins.revoke_all(db, row.id)
        _note(db, row, actor, "user.disabled", clock)


def _hashed(password: str) -> str:
    if problem := password_problem(password):
        raise InputError(f"password: {problem}")
    return hash_password(password)


def _known(role: str) -> str:
    if role not in ROLES:
        raise InputError(f"role: {role!r} is not one of {', '.join(ROLES)}")
    return role


def _account(db: Session, name: str) -> UserRow:
    row = users.by_name(db, name.strip())
    if row is None:
        raise InputError(f"there is no account {name!r}")
    return row


def _keep_an_admin(db: Session, row: UserRow) -> None:
    if row.role == "admin" and row.disabled_at is None and users.count_admins(db) == 1:
        raise Conflict(f"{row.name} is the last admin; make another one first")


def _note(db: Session, row: UserRow, actor: str, action: str, clock: Clock, **detail: str) -> None:
    audit.record(db, actor=actor, action=action, subject=f"user:{row.id}", now=clock(), name=row.name, **detail)
