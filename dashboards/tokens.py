"""Tokens of the JSON API: made by leads and admins for their own scripts, shown once, revoked. All of it is audited.

No scope decides on a reply: what a token can do ends before the approval, which a person gives.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from core.clock import Clock, iso
from core.errors import Conflict, InputError
from core.store import Store, audit, tokens, users
from core.store.tokens import TokenRow
from dashboards.auth import Signed, hashed
from dashboards.languages import later

PREFIX = "amends_"  # so that people and scanners of secrets know one when they see it
MAKER = "lead"  # the least role that makes tokens
MOST = 50  # of one account
LONGEST_NAME = 80  # characters
LONGEST_DAYS = 3650
# What a token may be made for, and the role that its owner must have when it is used.
SCOPES: Mapping[str, str] = {"read": "viewer", "import": "lead", "incidents": "lead", "promotions": "lead"}
OVERTAKEN = "log-ins of this account were ended at this moment; try again"  # whoever was put out is asked to log in
SCOPE_WORDS: Mapping[str, str] = {
    "read": later("reads mentions, incidents, the queue, trends and money"),
    "import": later("brings mentions in"),
    "incidents": later("edits the facts of an incident"),
    "promotions": later("asks whether promotions are on hold"),
}


def make(
    store: Store, *, owner: Signed, name: str, scopes: Collection[str], days: int | None, clock: Clock
) -> tuple[int, str]:
    """Makes a token; returns its id and the secret, which is kept nowhere. ``days`` None: it does not expire.

    Raises InputError for a bad name, scope or number of days, Conflict when the account has too many, or when everybody
    was put out of it since ``owner`` was found signed in: by a new password, say, which ends the tokens there are.
    """
    name, now = " ".join(name.split()), clock()
    _check(name, scopes, days)
    secret = PREFIX + secrets.token_urlsafe(32)
    ends = now + timedelta(days=days) if days else None
    chosen = [scope for scope in SCOPES if scope in scopes]
    with store.begin() as db:
        if users.held(db, owner.id, owner.generation) is None:
            raise Conflict(OVERTAKEN)
        if tokens.count_of(db, owner.id) >= MOST:
            raise Conflict(f"{owner.name} has {MOST} tokens; revoke one that is not used any more")
        row = TokenRow(
            token_hash=hashed(secret), name=name, scopes=chosen, user_id=owner.id, created_at=now, expires_at=ends,
            last_used_at=None, revoked_at=None,
        )  # fmt: skip
        db.add(row)
        db.flush()
        audit.record(
            db, actor=owner.name, action="token.made", subject=f"token:{row.id}", now=now, name=name, scopes=chosen,
            expires_at=iso(ends) if ends else None,
        )  # fmt: skip
        return row.id, secret


def _check(name: str, scopes: Collection[str], days: int | None) -> None:
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError(f"say what the token is for, in 1 to {LONGEST_NAME} characters")
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise InputError(f"choose at least one of {', '.join(SCOPES)}")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"a token lasts 1 to {LONGEST_DAYS} days, or has no end")


def revoke(store: Store, *, token_id: int, by: Signed, clock: Clock) -> None:
    """Ends one's own token at once, or as an admin anybody's. Raises Conflict when it has ended or is not theirs."""
    with store.begin() as db:
        row = db.get(TokenRow, token_id)
        if row is None or not (row.user_id == by.id or by.can("admin")) or not tokens.revoke(db, token_id, clock()):
            raise Conflict("this token was revoked already")
        audit.record(
            db, actor=by.name, action="token.revoked", subject=f"token:{row.id}", now=clock(), name=row.name,
            owner=row.user.name,
        )  # fmt: skip


def standing(store: Store, secret: str, now: datetime) -> TokenRow | None:
    """The token behind a secret; notes that it was used."""
    if not secret.startswith(PREFIX):
        return None
    with store.read() as db:
        row = tokens.standing(db, hashed(secret), now)
    if row is not None and (row.last_used_at is None or row.last_used_at <= now - tokens.USED_EVERY):
        with store.begin() as db:
            tokens.note_use(db, row.id, now)
    return row
