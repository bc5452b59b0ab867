"""Who is asking: sessions kept on the server, roles, and the token every change must carry."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from core.clock import Clock
from core.errors import Conflict, InputError, Refused
from core.store import Store, audit, logins, users
from core.store.users import LoginAttemptRow, SessionRow, UserRow
from dashboards import failed_logins, languages
from dashboards.cookies import cookie_name, form_cookie
from dashboards.deps import Deps
from dashboards.passwords import hash_password, is_right
from dashboards.security import REPORTS, SAFE_METHODS, same_site, same_token
from responder.approval import Actor

ROLES = ("viewer", "approver", "lead", "admin")
MAX_BY_NAME, MAX_BY_ADDRESS = 5, 20  # failed log-ins in logins.WINDOW
OVERTAKEN = "All log-ins of this account were ended at this moment. Log in again."
FRESH = timedelta(minutes=10)  # a log-in this young needs no password again to change how one logs in


class NotSignedInError(Exception):
    """Nobody is signed in; a page answers with the log-in page, a script with 401."""


class SecondFactorMissingError(Exception):
    """Signed in by one factor where two are required; a page leads to where the second is set up."""


class TooManyAttemptsError(Exception):
    """Log-ins under this name or from this address must wait."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The person behind a request."""

    id: int
    name: str
    role: str
    csrf: str
    token_hash: str
    enrolling: bool = False  # a second factor is required, and this session has not shown one
    since: datetime | None = None
    language: str = ""  # of the pages, as chosen; "": as the browser asks
    generation: int = 0  # of the account, when the session was looked at

    def can(self, role: str) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)

    def actor(self) -> Actor:
        return Actor(id=self.id, name=self.name, role=self.role)


def deps_of(request: Request) -> Deps:
    deps: Deps = request.app.state.deps
    return deps


def current(request: Request) -> Signed | None:
    """Dependency: who is signed in, or None."""
    token = request.cookies.get(cookie_name(deps_of(request)))
    return signed_by(deps_of(request), hashed(token)) if token else None


def signed_by(deps: Deps, token_hash: str) -> Signed | None:
    with deps.store.read() as db:
        row = logins.session_of(db, token_hash, deps.clock())
        if row is None:
            return None
        enrolling = deps.settings.people.require_two_factor and not row.second_factor
        return Signed(
            row.user_id, row.name, row.role, row.csrf, row.token_hash, enrolling, row.created_at, row.language,
            row.generation,
        )  # fmt: skip


MaybeSigned = Annotated[Signed | None, Depends(current)]


@dataclass(frozen=True, slots=True)
class require:  # noqa: N801 - reads as a call: Depends(require("lead"))
    """Dependency: somebody signed in with at least this role. Raises NotSignedInError, or answers 403.

    ``half``: also who must still set up a second factor; everybody else gets SecondFactorMissingError.
    """

    role: str
    half: bool = False

    async def __call__(self, signed: MaybeSigned) -> Signed:  # async: nothing waits here, so no thread is asked for
        if signed is None:
            raise NotSignedInError
        if signed.enrolling and not self.half:
            raise SecondFactorMissingError
        if not signed.can(self.role):
            raise HTTPException(403, f"This needs the role {self.role}; yours is {signed.role}. Ask an admin.")
        return signed


Viewer = Annotated[Signed, Depends(require("viewer"))]
Half = Annotated[Signed, Depends(require("viewer", half=True))]  # for the pages that set up a second factor
Approver = Annotated[Signed, Depends(require("approver"))]
Lead = Annotated[Signed, Depends(require("lead"))]
Admin = Annotated[Signed, Depends(require("admin"))]


def speak_to(request: Request, signed: Signed | None) -> None:
    """Sets the language of the answer: the person's own, the browser's, the brand's. Scripts are told English."""
    brand = deps_of(request).settings.brand
    accepted = request.headers.get("accept-language", "")
    foreign = signed is None and request.url.path.startswith("/api/")
    languages.speak(
        languages.ENGLISH
        if foreign
        else languages.choose(signed.language if signed else "", accepted, brand.languages[0])
    )


async def guard(request: Request, signed: MaybeSigned) -> None:
    """Dependency of the whole app: an unsafe request comes from our own pages and carries the session's token.

    The token is the form field ``csrf`` or the header ``X-CSRF-Token``. Before log-in it is the double of a cookie.
    """
    speak_to(request, signed)
    if any("\0" in value for value in request.query_params.values()):  # PostgreSQL takes none, not even to compare with
        raise InputError("this holds a character that cannot be kept; type it again")
    if request.method in SAFE_METHODS or request.url.path == REPORTS:
        return
    if not same_site(request.headers, deps_of(request).settings.web.public_url):
        raise HTTPException(403, "This change was asked for by another site, so nothing was done.")
    expected = signed.csrf if signed else request.cookies.get(form_cookie(deps_of(request)), "")
    given = request.headers.get("x-csrf-token") or await _form_token(request)
    if not same_token(given, expected):
        raise HTTPException(403, "This page is too old to be sent. Nothing was done: reload it and try again.")


async def _form_token(request: Request) -> str | None:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    token = (await request.form()).get("csrf")
    return token if isinstance(token, str) else None


def hashed(token: str) -> str:
    """What the database keeps of a secret of 256 random bits: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- log in, log out, set up -----------------------------------------------------------------------------------


def log_in(deps: Deps, *, name: str, password: str, address: str) -> UserRow | None:
    """The user, or None when name or password is wrong. Raises TooManyAttemptsError.

    The attempt is written down before the password is looked at, so that parallel guesses count too.
    """
    name = users.key_of(name.strip()[:200])
    count_attempt(deps, name=name, address=address)
    with deps.store.read() as db:
        user = users.by_name(db, name)
    right = is_right(password, user.password_hash if user else "")
    if not (right and user and user.disabled_at is None):
        failed_logins.write_down(deps, failed_logins.PASSWORD, name=name, address=address)
        return None
    with deps.store.begin() as db:
        logins.forget_failures(db, name)
    return user


def count_attempt(deps: Deps, *, name: str, address: str, user_id: int | None = None) -> None:
    """Writes an attempt down before it is judged. Raises TooManyAttemptsError instead when there were too many.

    ``name``: a key of names, or with capitals, which no key has, something else of ``user_id`` that can be guessed.
    """
    with deps.store.begin() as db:
        logins.one_at_a_time(db)
        now = deps.clock()
        logins.sweep(db, now)
        by_name, by_address = logins.failures(db, name=name, address=address, now=now)
        too_many = by_name >= MAX_BY_NAME or by_address >= MAX_BY_ADDRESS
        if not too_many:
            db.add(LoginAttemptRow(name=name, address=address, at=now))
    if too_many:
        why = "too many under this name" if by_name >= MAX_BY_NAME else "too many from this address"
        claimed = "" if user_id is not None else name
        failed_logins.write_down(deps, failed_logins.WAITS, name=claimed, user_id=user_id, address=address, why=why)
        raise TooManyAttemptsError


def has_password(deps: Deps, user_id: int) -> bool:
    """False for who comes by single sign-on only."""
    with deps.store.read() as db:
        user = users.by_id(db, user_id)
        return bool(user and user.password_hash)


def is_fresh(deps: Deps, signed: Signed) -> bool:
    """Whether who sits there logged in a moment ago: then it is no forgotten screen."""
    return signed.since is not None and deps.clock() - signed.since < FRESH


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose log-in was found right. ``generation``: of the account, at the moment of what proves it."""

    user_id: int
    generation: int


def proved(user: UserRow) -> Proved:
    return Proved(user.id, user.generation)


def start_session(
    deps: Deps, who: Proved, *, old_token: str | None, user_agent: str, address: str = "", second_factor: bool = False
) -> str:
    """A new session and its token; the one the browser had before is revoked (no session is ever adopted).

    Raises Refused when everybody was put out of the account since the log-in was looked at: by a new password, say.
    """
    token, now = secrets.token_urlsafe(32), deps.clock()
    with deps.store.begin() as db:
        if users.held(db, who.user_id, who.generation) is None:
            raise Refused(OVERTAKEN)
        if old_token:
            logins.revoke(db, hashed(old_token))
        db.add(
            SessionRow(
                token_hash=hashed(token),
                csrf=secrets.token_urlsafe(32),
                user_id=who.user_id,
                created_at=now,
                expires_at=now + timedelta(hours=deps.settings.web.session_hours),
                user_agent=user_agent[:200],
                address=address[:64],
                second_factor=second_factor,
            )
        )
    return token


def end_session(deps: Deps, token_hash: str) -> None:
    with deps.store.begin() as db:
        logins.revoke(db, token_hash)


def new_setup_link(store: Store, clock: Clock) -> str:
    """The secret of a one-time link that makes the first account. Raises Conflict when there is an account."""
    token = secrets.token_urlsafe(24)
    with store.begin() as db:
        if users.any_user(db):
            raise Conflict("set-up is done: an account exists")
        logins.replace_setup(db, hashed(token), clock())
    return token


def nobody_yet(deps: Deps) -> bool:
    """Whether the first account is still to be made."""
    with deps.store.read() as db:
        return not users.any_user(db)


def setup_open(deps: Deps, token: str) -> bool:
    with deps.store.read() as db:
        return not users.any_user(db) and logins.setup_stands(db, hashed(token))


def set_up(deps: Deps, *, token: str, name: str, password: str) -> UserRow:
    """Makes the first account, an admin. Raises Conflict when the link is used up or an account exists."""
    password_hash = hash_password(password)
    with deps.store.begin() as db:
        now = deps.clock()
        if users.any_user(db) or not logins.use_setup(db, hashed(token), now):
            raise Conflict("this set-up link was used before")
        user = UserRow(name=name, role="admin", password_hash=password_hash, created_at=now, disabled_at=None)
        db.add(user)
        db.flush()
        audit.record(db, actor=name, action="user.added", subject=f"user:{user.id}", now=now, name=name, role="admin")
        return user
