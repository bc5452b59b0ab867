"""Log-ins that failed, in the audit: whose account was claimed, from where, what was not right.

No secret gets in: what was typed is never kept, not even as a name, as people type their password there by mistake; of
a name that nobody has the audit says just that. And no flood: of one kind, account and address five are written down in
``logins.WINDOW``, of a wait that begins one, of all together a hundred; the last one says that more may follow.
"""

from core.store import Session, audit, logins, users
from core.store.users import UserRow
from dashboards.deps import Deps

PASSWORD, CODE, PASSKEY, SIGN_ON = (
    "login.wrong_password",
    "login.wrong_code",
    "login.passkey_refused",
    "login.sign_on_refused",
)
WAITS = "login.throttled"
ALL = "login."  # what their names begin with
SOMEBODY = "nobody"  # who failed to show who they are decided as nobody
MOST, MOST_WAITS, MOST_OF_ALL = 5, 1, 100
_LONGEST = 300  # characters of a reason


def write_down(
    deps: Deps, action: str, *, address: str, user_id: int | None = None, name: str = "", email: str = "", why: str = ""
) -> None:
    """Whose account was claimed: ``user_id``, ``name`` (a key of names), or ``email``, as a provider vouches for it.

    ``why``: in our own words, never as typed.
    """
    with deps.store.begin() as db:
        now = deps.clock()
        user = _claimed(db, user_id, name, email)
        claimed = str(user.id) if user else name or email
        more = logins.worth_telling(
            db, f"{action} {claimed} {address}", now=now, most=MOST_WAITS if action == WAITS else MOST,
            most_of_all=MOST_OF_ALL,
        )  # fmt: skip
        if more is None:
            return
        told = {"name": user.name if user else "", "email": email, "address": address[:64], "why": why[:_LONGEST]}
        if name and user is None:
            told["why"] = "nobody has this name"
        elif user is not None and user.disabled_at is not None:
            told["why"] = told["why"] or "the account is disabled"
        if more and action != WAITS:
            told["more"] = "more like this are not written down for 15 minutes"
        subject = f"user:{user.id}" if user else "login"
        kept = {key: value for key, value in told.items() if value}
        audit.record(db, actor=SOMEBODY, action=action, subject=subject, now=now, **kept)


def _claimed(db: Session, user_id: int | None, name: str, email: str) -> UserRow | None:
    if user_id is not None:
        return users.by_id(db, user_id)
    if email:
        return users.by_email(db, email)
    return users.by_name(db, name) if name else None
