"""The second step of a log-in: a code of an app (TOTP, RFC 6238), or a recovery code. Every change is in the audit."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from core.clock import Clock
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, login_steps, logins, passkeys, second_factors, users
from core.store.users import SessionRow, UserRow
from dashboards import failed_logins
from dashboards.auth import Proved, count_attempt, hashed
from dashboards.deps import Deps

STEP = 30  # seconds a code stands for (RFC 6238, the default of every app)
WINDOW = 1  # steps a phone's clock may be off, either way
CODES = 10  # recovery codes
TIME = timedelta(minutes=10)  # from the right password to the code
WRONG = "This code is not right, or was used before. Wait for the next one."
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


@dataclass(frozen=True, slots=True)
class Ways:
    """How an account can take the second step."""

    app: datetime | None  # since when
    codes: int  # recovery codes left
    passkeys: bool


def ways_of(store: Store, user_id: int) -> Ways:
    with store.read() as db:
        row = second_factors.standing(db, user_id)
        left = second_factors.codes_left(db, user_id) if row else 0
        return Ways(row.confirmed_at if row else None, left, passkeys.has_any(db, user_id))


def asked_for(deps: Deps, user_id: int) -> bool:
    """Whether a password alone does not let this account in.

    A passkey alone is a way in beside the password; where two factors are required it becomes the second step, or a
    password would let a stranger enrol an app of his own.
    """
    ways = ways_of(deps.store, user_id)
    return ways.app is not None or (deps.settings.people.require_two_factor and ways.passkeys)


def begin_step(deps: Deps, who: Proved, to: str) -> str:
    """Remembers that the first factor was right; returns the secret for the browser."""
    token, now = secrets.token_urlsafe(32), deps.clock()
    with deps.store.begin() as db:
        login_steps.begin(
            db, hashed(token), login_steps.CODE, now=now, until=now + TIME, user_id=who.user_id, to=to,
            generation=who.generation,
        )  # fmt: skip
    return token


def proved_by(step: login_steps.Step) -> Proved:
    """Whose first factor was right when this step began."""
    return Proved(step.user_id or 0, int(step.detail.get("generation", 0)))


def step_of(deps: Deps, token: str | None) -> login_steps.Step | None:
    """The step a browser stands at, when it has a right to it."""
    with deps.store.read() as db:
        found = login_steps.standing(db, hashed(token or ""), login_steps.CODE, deps.clock())
        user = users.by_id(db, found.user_id) if found and found.user_id else None
    return found if user and user.disabled_at is None else None


def finish_step(deps: Deps, token: str) -> bool:
    """Ends the step; False when another request was faster."""
    with deps.store.begin() as db:
        return login_steps.take(db, hashed(token), login_steps.CODE, deps.clock()) is not None


def check(deps: Deps, user_id: int, code: str, *, address: str) -> bool:
    """Whether a code of the app, or a recovery code, is right; it is used up then. Raises TooManyAttemptsError.

    Counted apart from passwords, which whoever sits here knows: a right one must not set the guesses at codes back.
    """
    count_try(deps, user_id, address=address)
    with deps.store.begin() as db:
        right = _right(db, user_id, _plain(code), deps.clock())
        if right:
            logins.forget_failures(db, _attempts(user_id))
    if not right:
        failed_logins.write_down(deps, failed_logins.CODE, user_id=user_id, address=address)
    return right


def count_try(deps: Deps, user_id: int, *, address: str) -> None:
    """Raises TooManyAttemptsError."""
    count_attempt(deps, name=_attempts(user_id), address=address, user_id=user_id)


def _attempts(user_id: int) -> str:
    return f"CODE {user_id}"


def _right(db: Session, user_id: int, code: str, now: datetime) -> bool:
    row = second_factors.standing(db, user_id)
    if row is None:
        return False
    if code.isascii() and code.isdigit() and len(code) == 6:
        step = _step(second_factors.secret_of(db, row), code, now)
        return step is not None and second_factors.take_step(db, user_id, step)
    if not second_factors.use_code(db, user_id, hashed(code), now):
        return False
    left = str(second_factors.codes_left(db, user_id))
    _note(db, db.get_one(UserRow, user_id), None, "user.recovery_code_used", now, left=left)
    return True


def _plain(code: str) -> str:
    """As it is compared: apps and people put spaces and hyphens in."""
    return "".join(code[:100].split()).replace("-", "").lower()


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code belongs to, within the window."""
    totp, here = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    fitting = [
        step
        for step in range(here - WINDOW, here + WINDOW + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
    ]
    return max(fitting, default=None)


# --- on, off, reset ----------------------------------------------------------------------------------------------


def begin(store: Store, *, user_id: int, clock: Clock) -> None:
    """Makes a secret that waits for its first code. Raises Conflict when one is on."""
    with store.begin() as db:
        if second_factors.standing(db, user_id):
            raise Conflict("a second factor is on already; switch it off first")
        second_factors.begin(db, user_id, pyotp.random_base32(), clock())


def begun(store: Store, user_id: int) -> str:
    """The secret that waits for its first code, in clear, for its owner's page alone; "" when there is none."""
    with store.read() as db:
        row = second_factors.begun(db, user_id)
        return second_factors.secret_of(db, row) if row else ""


def address_of(secret: str, *, name: str, brand: str) -> str:
    """What the QR code says: an otpauth address (Google's Key Uri Format, which every app reads)."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=name, issuer_name=f"Amends {brand[:40]}")


def picture(address: str) -> bytes:
    """The QR code as SVG, black on white in every theme: not every camera reads it the other way round."""
    import io

    import segno

    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()


def confirm(store: Store, *, user_id: int, code: str, keep: str, clock: Clock) -> list[str]:
    """Switches it on; returns the recovery codes, which are shown once. Every session but ``keep`` ends.

    Raises Conflict when nothing was begun, InputError for a wrong code.
    """
    now = clock()
    with store.begin() as db:
        row = second_factors.begun(db, user_id)
        if row is None:
            raise Conflict("this was set up, or begun anew, in another window")
        step = _step(second_factors.secret_of(db, row), _plain(code), now)
        if step is None:
            raise InputError("This is not the code of now. Look at the app again; the phone's clock must be right.")
        row.confirmed_at, row.last_step = now, step
        logins.revoke_all(db, user_id, keep=keep)
        _proved(db, keep, proved=True)
        logins.forget_failures(db, _attempts(user_id))
        _note(db, db.get_one(UserRow, user_id), None, "user.second_factor_on", now)
        return _new_codes(db, user_id)


def renew_codes(store: Store, *, user_id: int, clock: Clock) -> list[str]:
    """New recovery codes in the place of the old. Raises Conflict when no second factor is on."""
    with store.begin() as db:
        if second_factors.standing(db, user_id) is None:
            raise Conflict("no second factor is on")
        _note(db, db.get_one(UserRow, user_id), None, "user.recovery_codes_renewed", clock())
        return _new_codes(db, user_id)


def switch_off(store: Store, *, user_id: int, keep: str, clock: Clock) -> None:
    """Drops secret and codes. Raises Conflict when none is on."""
    with store.begin() as db:
        if not second_factors.forget(db, user_id):
            raise Conflict("no second factor is on")
        _proved(db, keep, proved=False)
        _note(db, db.get_one(UserRow, user_id), None, "user.second_factor_off", clock())


def reset(store: Store, *, name: str, actor: str, clock: Clock) -> None:
    """Drops second factor and passkeys of who lost them, and ends every session.

    Raises InputError for an unknown name, Conflict when there is nothing to reset.
    """
    with store.begin() as db:
        row = users.by_name(db, name.strip())
        if row is None:
            raise InputError(f"there is no account {name!r}")
        on, keys = second_factors.forget(db, row.id), passkeys.forget_all(db, row.id)
        if not on and not keys:
            raise Conflict(f"{row.name} has no second factor and no passkey")
        logins.revoke_all(db, row.id)
        _note(db, row, actor, "user.second_factor_reset", clock(), passkeys=str(keys))


def proved(store: Store, token_hash: str) -> None:
    """This session has shown a second factor."""
    with store.begin() as db:
        _proved(db, token_hash, proved=True)


def _proved(db: Session, token_hash: str, *, proved: bool) -> None:
    row = db.get(SessionRow, token_hash)
    if row is not None:
        row.second_factor = proved


def _new_codes(db: Session, user_id: int) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(16)) for _ in range(CODES)]  # 79 bits each
    second_factors.replace_codes(db, user_id, [hashed(code) for code in codes])
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def _note(db: Session, row: UserRow, actor: str | None, action: str, now: datetime, **detail: str) -> None:
    """``actor`` None: the owner."""
    who = actor or row.name
    audit.record(db, actor=who, action=action, subject=f"user:{row.id}", now=now, name=row.name, **detail)


def spoken(secret: str) -> Sequence[str]:
    """A secret in groups of four, as it is typed by hand."""
    return [secret[at : at + 4] for at in range(0, len(secret), 4)]
