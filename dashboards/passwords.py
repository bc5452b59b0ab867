"""Passwords: how they are kept, looked at, and what a new one must be."""

import secrets
from functools import cache

from pwdlib import PasswordHash

from dashboards.languages import _

SHORTEST, LONGEST = 10, 256  # characters of a password


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    """A hash to verify against when the name is unknown, so that the answer takes as long."""
    return _hasher().hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """Argon2id. Takes tens of milliseconds on purpose: never in the event loop."""
    return _hasher().hash(password)


def password_problem(password: str) -> str:
    """What is wrong with a new password, in words, or ""."""
    if len(password) < SHORTEST:
        return _("Use at least %(count)s characters. Four or five plain words are easy to remember.", count=SHORTEST)
    return _("Use at most %(count)s characters.", count=LONGEST) if len(password) > LONGEST else ""


def is_right(password: str, kept: str) -> bool:
    """Whether this is the password that was kept; with ``kept`` "" it is not, and the answer takes as long."""
    return _hasher().verify(password[: LONGEST + 1], kept or _nobody()) and bool(kept)
