"""From whom the provider names to an account of ours. Every account made or bound is in the audit."""

from datetime import timedelta

from core.clock import Clock
from core.errors import Conflict, InputError, Refused
from core.sections import Oidc
from core.store import Session, Store, audit, identities, login_steps, users
from core.store.identities import IdentityRow
from core.store.users import UserRow
from dashboards.auth import Proved, hashed, proved
from dashboards.deps import Deps
from dashboards.oidc import LONGEST_EMAIL, Begun, Person

TIME = timedelta(minutes=10)  # from our page to the provider's and back


def remember(deps: Deps, token: str, begun: Begun, to: str) -> None:
    """Keeps what must match on the way back, for this browser alone."""
    now = deps.clock()
    with deps.store.begin() as db:
        login_steps.begin(
            db, hashed(token), login_steps.SIGN_ON, now=now, until=now + TIME, state=begun.state, nonce=begun.nonce,
            verifier=begun.verifier, to=to,
        )  # fmt: skip


def recall(deps: Deps, token: str) -> login_steps.Step | None:
    """The same, used up."""
    with deps.store.begin() as db:
        return login_steps.take(db, hashed(token), login_steps.SIGN_ON, deps.clock())


def account_of(store: Store, person: Person, *, settings: Oidc, clock: Clock) -> Proved:
    """The account of this person: the one bound to them, else the one with their address, else a new one.

    Raises Refused with what the person can do about it.
    """
    _domain_allowed(person, settings)
    with store.begin() as db:
        found = identities.user_of(db, person.issuer, person.subject)
        if found is None:
            users.one_at_a_time(db)  # the same person in another window may be a moment ahead
            found = identities.user_of(db, person.issuer, person.subject)
        user = db.get(UserRow, found) if found else _bound(db, person, clock) or _new(db, person, settings, clock)
        if user is None or user.disabled_at is not None:
            raise Refused("Your account is disabled. Ask an admin.")
        return proved(user)


def _domain_allowed(person: Person, settings: Oidc) -> None:
    if settings.domains and person.email.rpartition("@")[2] not in settings.domains:
        known = f"{person.email} is not" if person.email else "The provider names no verified mail address that is"
        raise Refused(f"{known} of a domain that may log in here. Use your company account, or ask an admin.")


def _bound(db: Session, person: Person, clock: Clock) -> UserRow | None:
    """Binds the account with this verified address, unless it is another person's there: addresses are reused."""
    user = users.by_email(db, person.email) if person.email else None
    if user is None:
        return None
    if any(row.issuer == person.issuer for row in identities.of_user(db, user.id)):
        raise Refused(
            f"The account with {person.email} belongs to somebody the provider knows as another. Ask an admin."
        )
    if user.disabled_at is None:
        _bind(db, user, person, clock)
        _note(db, user, user.name, "user.sign_on_bound", clock, email=person.email, issuer=person.issuer)
    return user


def _new(db: Session, person: Person, settings: Oidc, clock: Clock) -> UserRow:
    if settings.newcomers == "none" or not person.email:
        who = person.email or "you: the provider names no verified mail address"
        raise Refused(f"There is no account for {who}. Ask an admin to put your address on your page under People.")
    name = _free_name(db, person.name or person.email)
    user = UserRow(
        name=name, role=settings.newcomers, password_hash="", email=person.email, created_at=clock(), disabled_at=None
    )
    db.add(user)
    db.flush()
    _bind(db, user, person, clock)
    _note(db, user, name, "user.joined", clock, role=user.role, email=person.email, issuer=person.issuer)
    return user


def _bind(db: Session, user: UserRow, person: Person, clock: Clock) -> None:
    db.add(IdentityRow(issuer=person.issuer, subject=person.subject, user_id=user.id, created_at=clock()))


def _free_name(db: Session, name: str) -> str:
    """The name, with a number behind it when somebody has it: it stands beside decisions, so it must name one."""
    names = (name, *(f"{name[:75]} {number}" for number in range(2, 1000)))
    return next(each for each in names if users.by_name(db, each) is None)


def set_email(store: Store, *, name: str, email: str, actor: str, clock: Clock) -> None:
    """The address by which single sign-on finds an account; "" for none. Another address frees the account of whom it
    was bound to. Raises InputError, Conflict when another account has it.
    """
    plain = email.isascii()  # asked before small letters are made: they turn the Kelvin sign into a k
    email = email.strip().lower()
    local, _, domain = email.rpartition("@")
    if email and (
        not plain or not local or "." not in domain or len(email) > LONGEST_EMAIL or any(c.isspace() for c in email)
    ):
        raise InputError("this is not a mail address")
    with store.begin() as db:
        users.one_at_a_time(db)
        row = users.by_name(db, name)
        if row is None:
            raise InputError(f"there is no account {name!r}")
        other = users.by_email(db, email) if email else None
        if other is not None and other.id != row.id:
            raise Conflict(f"{other.name} has this address")
        _note(db, row, actor, "user.email", clock, before=row.email or "", after=email)
        if (row.email or "") != email:
            identities.forget_user(db, row.id)
        row.email = email or None


def _note(db: Session, row: UserRow, actor: str, action: str, clock: Clock, **detail: str) -> None:
    audit.record(db, actor=actor, action=action, subject=f"user:{row.id}", now=clock(), name=row.name, **detail)
