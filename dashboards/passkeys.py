"""Passkeys (W3C Web Authentication, Level 2): registered by their owner, then a log-in without password.

A challenge is bound to one browser, is used once, and stands for five minutes. The device must have checked who holds
it (user verification), so a passkey is two factors in one. Every change is in the audit.
"""

import ipaddress
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from core.clock import Clock
from core.errors import Conflict, InputError, Refused
from core.settings import Web
from core.store import Store, audit, login_steps, passkeys, users
from core.store.passkeys import PasskeyRow
from core.store.users import UserRow
from dashboards.auth import OVERTAKEN, Proved, Signed, hashed, proved
from dashboards.deps import Deps

TIME = timedelta(minutes=5)
MOST = 20  # of one account
LONGEST_NAME = 60  # characters
NOT_TAKEN = "This passkey was not accepted. Try again, or log in with your password."


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys of this service work: the relying party's id, and the one origin that may ask for them."""

    id: str
    origin: str


def place_of(web: Web, port: int | None) -> Place | None:
    """From the configured public address; None when that is no name, as the standard knows no passkeys for numbers.

    Without a public address: localhost at the ``port`` that was asked for, where browsers allow them without TLS. A
    request's own Host header decides nothing else: whoever sends it could choose it.
    """
    public = web.public_url
    if not public:
        return Place("localhost", "http://localhost" if port in (None, 80) else f"http://localhost:{port}")
    parts = urlsplit(public)
    host = parts.hostname or ""
    if _is_number(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    # An origin leaves out the port that its scheme has anyway.
    usual = {"https": 443, "http": 80}[parts.scheme]
    return Place(host, f"{parts.scheme}://{host}{'' if parts.port in (None, usual) else f':{parts.port}'}")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


# --- making one --------------------------------------------------------------------------------------------------


def begin(deps: Deps, signed: Signed, place: Place) -> dict[str, Any]:
    """What the browser needs to make a passkey (PublicKeyCredentialCreationOptions as JSON). Raises Conflict."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    now, challenge = deps.clock(), secrets.token_bytes(32)
    with deps.store.begin() as db:
        rows = passkeys.of_user(db, signed.id)
        if len(rows) >= MOST:
            raise Conflict(f"There are {MOST} passkeys already. Remove one that is not used.")
        handle = rows[0].handle if rows else _coded(secrets.token_bytes(32))
        login_steps.begin(
            db, signed.token_hash, login_steps.NEW_PASSKEY, now=now, until=now + TIME, user_id=signed.id,
            challenge=_coded(challenge), handle=handle,
        )  # fmt: skip
    options = generate_registration_options(
        rp_id=place.id,
        rp_name=f"Amends {deps.settings.brand.name}",
        user_id=_bytes(handle),
        user_name=signed.name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(row.credential)) for row in rows],
    )
    found: dict[str, Any] = json.loads(options_to_json(options))
    return found


def add(deps: Deps, signed: Signed, place: Place, *, name: str, credential: dict[str, Any]) -> None:
    """Keeps a passkey the browser made.

    Raises InputError for its name, Refused when it is not as it was asked for, Conflict when it is known or when
    everybody was put out of the account since ``signed`` was found signed in.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    name = " ".join(name.split()) or "Passkey"
    if len(name) > LONGEST_NAME:
        raise InputError(f"Use at most {LONGEST_NAME} characters for the name.")
    step = _taken(deps, signed.token_hash, login_steps.NEW_PASSKEY)
    if step.user_id != signed.id:
        raise Refused("This took too long, or was begun in another window. Try again.")
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=_bytes(str(step.detail["challenge"])),
            expected_rp_id=place.id,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, *_UNREADABLE) as error:
        raise Refused("This passkey was not accepted. Try again.") from error
    now = deps.clock()
    row = PasskeyRow(
        user_id=signed.id, credential=_coded(made.credential_id), handle=str(step.detail["handle"]), name=name,
        public_key=_coded(made.credential_public_key), sign_count=made.sign_count, created_at=now, used_at=None,
    )  # fmt: skip
    with deps.store.begin() as db:
        owner = users.held(db, signed.id, signed.generation)
        if owner is None:
            raise Conflict(OVERTAKEN)
        if passkeys.by_credential(db, row.credential):
            raise Conflict("This passkey is known already.")
        db.add(row)
        _note(db, owner, "user.passkey_added", deps.clock, passkey=name)


def remove(store: Store, *, user_id: int, passkey_id: int, clock: Clock) -> None:
    """Raises Conflict when it is gone, or somebody else's."""
    with store.begin() as db:
        row = db.get(PasskeyRow, passkey_id)
        if row is None or row.user_id != user_id:
            raise Conflict("this passkey is gone already")
        db.delete(row)
        _note(db, db.get_one(UserRow, user_id), "user.passkey_removed", clock, passkey=row.name)


# --- using one ---------------------------------------------------------------------------------------------------


def begin_log_in(deps: Deps, place: Place) -> tuple[str, dict[str, Any]]:
    """The secret for the browser, and what it needs to ask for any passkey of ours (request options as JSON)."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    token, now, challenge = secrets.token_urlsafe(32), deps.clock(), secrets.token_bytes(32)
    with deps.store.begin() as db:
        login_steps.begin(
            db, hashed(token), login_steps.PASSKEY, now=now, until=now + TIME, challenge=_coded(challenge)
        )
    options = generate_authentication_options(
        rp_id=place.id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return token, json.loads(options_to_json(options))


def log_in(deps: Deps, place: Place, *, token: str, credential: dict[str, Any]) -> Proved:
    """The account whose passkey signed this browser's challenge. Raises Refused, with no word on why.

    A sign count that does not grow tells of a copied passkey: refused, and in the audit.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    step = _taken(deps, hashed(token), login_steps.PASSKEY)
    row, user = _known(deps, credential)
    try:
        seen = verify_authentication_response(
            credential=credential,
            expected_challenge=_bytes(str(step.detail["challenge"])),
            expected_rp_id=place.id,
            expected_origin=place.origin,
            credential_public_key=_bytes(row.public_key),
            credential_current_sign_count=0,  # compared below: a copy must be told from a fault
            require_user_verification=True,
        )
    except (WebAuthnException, *_UNREADABLE) as error:
        raise Refused(NOT_TAKEN) from error
    if not _counts(deps, row, seen.new_sign_count):
        raise Refused(NOT_TAKEN)
    return proved(user)


def _known(deps: Deps, credential: dict[str, Any]) -> tuple[PasskeyRow, UserRow]:
    named, response = str(credential.get("id")), credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    with deps.store.read() as db:
        row = passkeys.by_credential(db, named) if re.fullmatch(r"[A-Za-z0-9_-]{1,2000}", named) else None
        user = users.by_id(db, row.user_id) if row else None
    if row is None or user is None or user.disabled_at is not None:
        raise Refused(NOT_TAKEN)
    # Optional in the standard; one that is there must be this account's.
    if handle and handle != row.handle:
        raise Refused(NOT_TAKEN)
    return row, user


def _counts(deps: Deps, row: PasskeyRow, count: int) -> bool:
    now, counting = deps.clock(), count > 0 or row.sign_count > 0
    with deps.store.begin() as db:
        if (not counting or count > row.sign_count) and passkeys.used(db, row, count=count, now=now):
            return True
        user = db.get_one(UserRow, row.user_id)
        _note(
            db, user, "user.passkey_refused", deps.clock, passkey=row.name, why="its count did not grow: maybe a copy"
        )
        return False


# --- small helpers -----------------------------------------------------------------------------------------------

# What the library and our own reading raise over JSON of any shape.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _taken(deps: Deps, token_hash: str, kind: str) -> login_steps.Step:
    """The step, used up whatever comes of it. Raises Refused."""
    with deps.store.begin() as db:
        step = login_steps.take(db, token_hash, kind, deps.clock())
    if step is None:
        raise Refused("This took too long, or was begun in another window. Try again.")
    return step


def _coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(coded: str) -> bytes:
    return urlsafe_b64decode(coded + "=" * (-len(coded) % 4))


def _note(db: Any, row: UserRow, action: str, clock: Clock, **detail: str) -> None:
    audit.record(db, actor=row.name, action=action, subject=f"user:{row.id}", now=clock(), name=row.name, **detail)
