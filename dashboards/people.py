"""Accounts: made, given a role, a new password, or shut. Every change is in the audit."""

import secrets
from datetime import timedelta
from typing import Any
from unicodedata import bidirectional, category

from core.clock import Clock
from core.errors import Conflict, InputError, Refused
from core.store import Session, Store, alerts, audit, desk, invitations, logins, tokens, users
from core.store.invitations import InvitationRow
from core.store.users import UserRow
from dashboards.auth import OVERTAKEN, ROLES, Proved, hashed
from dashboards.languages import LANGUAGES
from dashboards.passwords import hash_password, password_problem

LONGEST_NAME = 80  # characters
_UNSEEN = {"Cc", "Zl", "Zp"}  # not Cf: some scripts, and emoji, join their signs by those
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def add(store: Store, *, name: str, role: str, password: str, actor: str, clock: Clock) -> int:
    """Makes an account; returns its id.

    Raises InputError for a bad name, role or password, Conflict for a taken name.
    """
    name = _legible(name.strip())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError(f"name: 1 to {LONGEST_NAME} characters")
    secret = _hashed(password)
    row = UserRow(name=name, role=_known(role), password_hash=secret, created_at=clock(), disabled_at=None)
    with store.begin() as db:
        users.one_at_a_time(db)
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
    """Replaces a password and ends every session, link and token of the account."""
    secret = _hashed(password)
    with store.begin() as db:
        row = _account(db, name)
        row.password_hash = secret
        _note(db, row, actor, "user.password", clock, **_shut_out(db, row, clock))


def choose_language(store: Store, *, user_id: int, language: str) -> None:
    """The language of somebody's pages; "": as the browser asks. Raises InputError for one there is no text in."""
    if language and language not in LANGUAGES:
        raise InputError(f"language: one of {', '.join(LANGUAGES)}, or empty")
    with store.begin() as db:
        row = users.by_id(db, user_id)
        if row:
            row.language = language


def disable(store: Store, *, name: str, actor: str, clock: Clock) -> None:
    """Shuts an account at once and ends its sessions, links and tokens. What it did stays in the audit; nobody has the
    cases it had, so that they stand among the unassigned, nor the alarms it took on. Its promises wait for somebody to
    be given to: who has them is no matter of chance.

    The last admin cannot be shut: Conflict.
    """
    with store.begin() as db:
        row = _account(db, name)
        _keep_an_admin(db, row)
        row.disabled_at = clock()
        freed = {"cases": desk.release_all(db, row.id), "alarms": alerts.release_all(db, row.name)}
        told = {name: count for name, count in freed.items() if count}
        _note(db, row, actor, "user.disabled", clock, **_shut_out(db, row, clock), **told)


def enable(store: Store, *, name: str, actor: str, clock: Clock) -> None:
    """Opens a shut account again, with the password and passkeys it had; tokens stay ended."""
    with store.begin() as db:
        row = _account(db, name)
        row.disabled_at = None
        _note(db, row, actor, "user.enabled", clock)


def invite(store: Store, *, name: str, role: str, actor: str, hours: float, clock: Clock) -> str:
    """Makes a link that makes an account of this role, once; returns its secret, which is kept nowhere.

    Raises InputError for a bad name or role, Conflict for a name that is taken.
    """
    name, token, now = _legible(" ".join(name.split())), secrets.token_urlsafe(24), clock()
    if len(name) > LONGEST_NAME:
        raise InputError(f"name: at most {LONGEST_NAME} characters")
    with store.begin() as db:
        if name and users.by_name(db, name):
            raise Conflict(f"there is an account {name!r} already")
        db.add(
            InvitationRow(
                token_hash=hashed(token), kind=invitations.ACCOUNT, name=name, role=_known(role), user_id=None,
                made_by=actor, created_at=now, expires_at=now + timedelta(hours=hours), used_at=None,
            )
        )  # fmt: skip
        audit.record(db, actor=actor, action="user.invited", subject="people", now=now, name=name, role=role)
    return token


def withdraw(store: Store, *, token_hash: str, actor: str, clock: Clock) -> None:
    """Takes an invitation back. Raises Conflict when it was used or is gone."""
    with store.begin() as db:
        row = invitations.withdraw(db, token_hash)
        if row is None:
            raise Conflict("this invitation was used or taken back before")
        detail = {"name": row.name, "role": row.role}
        audit.record(db, actor=actor, action="user.invitation_withdrawn", subject="people", now=clock(), **detail)


def join(store: Store, *, token: str, name: str, password: str, clock: Clock) -> int:
    """Makes the account an invitation offers; returns its id.

    Raises InputError for a bad name or password, Conflict for a taken name or a link that does not stand.
    """
    name = _legible(" ".join(name.split()))
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError(f"Give the name your team knows you by, at most {LONGEST_NAME} characters.")
    secret = hash_password(password)
    with store.begin() as db:
        now = clock()
        link = invitations.standing(db, hashed(token), invitations.ACCOUNT, now)
        if link is None or not invitations.take(db, link.token_hash, now):
            raise Refused("this link was used, taken back, or is too old")
        users.one_at_a_time(db)
        if users.by_name(db, name):
            raise Conflict("Somebody has this name already. Add your last name, or a letter of it.")
        row = UserRow(name=name, role=link.role, password_hash=secret, created_at=now, disabled_at=None)
        db.add(row)
        db.flush()
        _note(db, row, name, "user.joined", clock, role=link.role, invited_by=link.made_by)
        return row.id


def offer_password(store: Store, *, name: str, actor: str, hours: float, clock: Clock) -> str:
    """Makes a link with which its owner sets a new password, once; an older one dies. Returns its secret."""
    token, now = secrets.token_urlsafe(24), clock()
    with store.begin() as db:
        row = _account(db, name)
        invitations.withdraw_of(db, row.id)
        db.add(
            InvitationRow(
                token_hash=hashed(token), kind=invitations.PASSWORD, name=row.name, role=row.role, user_id=row.id,
                made_by=actor, created_at=now, expires_at=now + timedelta(hours=hours), used_at=None,
            )
        )  # fmt: skip
        _note(db, row, actor, "user.password_link", clock)
    return token


def take_password(store: Store, *, token: str, password: str, clock: Clock) -> int:
    """Sets the password a link was made for, ends every session and token; returns the account's id.

    Raises Refused when the link does not stand.
    """
    secret = hash_password(password)
    with store.begin() as db:
        now = clock()
        link = invitations.standing(db, hashed(token), invitations.PASSWORD, now)
        row = db.get(UserRow, link.user_id) if link else None
        if link is None or row is None or row.disabled_at or not invitations.take(db, link.token_hash, now):
            raise Refused("this link was used, replaced, or is too old")
        row.password_hash = secret
        _note(db, row, row.name, "user.password", clock, link_of=link.made_by, **_shut_out(db, row, clock))
        return row.id


def link_stands(store: Store, token: str, kind: str, clock: Clock) -> InvitationRow | None:
    with store.read() as db:
        return invitations.standing(db, hashed(token), kind, clock())


def end_sessions(store: Store, *, user_id: int, which: str, keep: str, actor: str, clock: Clock) -> None:
    """Ends one session of an account, or with ``which`` "" all but ``keep`` (token hashes).

    Raises Conflict when there is none to end.
    """
    with store.begin() as db:
        row = db.get(UserRow, user_id)
        if row is None:
            raise InputError("there is no such account")
        if not which:
            ended = logins.revoke_all(db, user_id, keep=keep)
        else:
            found = [one.token_hash for one in logins.sessions_of(db, user_id, clock()) if one.token_hash == which]
            for token_hash in found:
                logins.revoke(db, token_hash)
            ended = len(found)
        if not ended:
            raise Conflict("this session has ended already")
        _note(db, row, actor, "user.sessions_ended", clock, count=str(ended))


def change_password(store: Store, *, who: Proved, password: str, keep: str, clock: Clock) -> None:
    """Its owner, who gave the old one, sets a new password; every other session and every token ends.

    Raises InputError for a bad one, Conflict when the old one was replaced since it was given.
    """
    secret = _hashed(password)
    with store.begin() as db:
        row = users.held(db, who.user_id, who.generation)
        if row is None:
            raise Conflict(OVERTAKEN)
        row.password_hash = secret
        _note(db, row, row.name, "user.password", clock, **_shut_out(db, row, clock, keep=keep))


def _shut_out(db: Session, row: UserRow, clock: Clock, *, keep: str = "") -> dict[str, Any]:
    """Ends all that was let in by what counts no more, but the session ``keep``; returns what the audit says of it.

    Tokens too: whoever knew the password could have made one.
    """
    invitations.withdraw_of(db, row.id)
    logins.revoke_all(db, row.id, keep=keep)
    ended = tokens.revoke_all(db, row.id, clock())
    return {"tokens_ended": ended} if ended else {}


def _hashed(password: str) -> str:
    if problem := password_problem(password):
        raise InputError(f"password: {problem}")
    return hash_password(password)


def _legible(name: str) -> str:
    """A name that stays in its line, in the audit and in a terminal, and turns nothing around beside it."""
    if any(category(sign) in _UNSEEN or bidirectional(sign) in _TURNING for sign in name):
        raise InputError("name: write it without line breaks and control characters")
    return name


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


def _note(db: Session, row: UserRow, actor: str, action: str, clock: Clock, **detail: Any) -> None:
    audit.record(db, actor=actor, action=action, subject=f"user:{row.id}", now=clock(), name=row.name, **detail)
