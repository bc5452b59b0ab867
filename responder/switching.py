"""The switches that stop sending: everything, one account, one incident. Anybody who approves may pull one; putting it
back takes a lead, for by then people may have relied on the silence.
"""

import re

from core.clock import Clock
from core.errors import Conflict, InputError, Refused
from core.store import Session, Store, audit, events, switches
from core.store.incidents import IncidentRow
from responder.approval import Actor, may_decide

_MAY_PUT_ON = frozenset({"lead", "admin"})
LONGEST_REASON = 500
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # as replies are held against it: "03" would be off and stop nothing


def off(
    store: Store, *, scope: str, key: str, reason: str, actor: Actor, accounts: frozenset[str], clock: Clock
) -> None:
    """Stops sending from this moment on. ``accounts``: the publishers there are.

    Raises InputError for what does not exist, Conflict when it is off already.
    """
    may_decide(actor)
    with store.begin() as db:
        _known(db, scope, key, accounts)
        reason = " ".join(reason.split())[:LONGEST_REASON]
        if not switches.put_off(db, scope=scope, key=key, reason=reason, actor=actor.name, now=clock()):
            raise Conflict(f"sending is off already ({in_words(scope, key)})")
        _note(db, "switch.off", scope, key, actor, clock, reason=reason)


def on(store: Store, *, scope: str, key: str, actor: Actor, clock: Clock) -> None:
    """Lets replies go out again. Raises Conflict when it was not off, Refused for who may not."""
    if actor.role not in _MAY_PUT_ON:
        raise Refused(f"{actor.name} may stop sending, but only a lead or an admin starts it again")
    with store.begin() as db:
        if not switches.put_on(db, scope=scope, key=key):
            raise Conflict(f"sending is not off ({in_words(scope, key)})")
        _note(db, "switch.on", scope, key, actor, clock)


def in_words(scope: str, key: str) -> str:
    """``all replies``, ``account x``, ``incident 3``."""
    return "all replies" if scope == switches.ALL else f"{scope} {key}"


def _known(db: Session, scope: str, key: str, accounts: frozenset[str]) -> None:
    if scope == switches.ACCOUNT and key not in accounts:
        raise InputError(f"there is no publisher {key!r}; there are: {', '.join(sorted(accounts)) or 'none'}")
    if scope == switches.INCIDENT and not (_NUMBER.fullmatch(key) and db.get(IncidentRow, int(key)) is not None):
        raise InputError(f"there is no incident {key!r}")
    if scope not in {switches.ALL, switches.ACCOUNT, switches.INCIDENT} or (scope == switches.ALL and key):
        raise InputError(f"there is no switch {scope!r} {key!r}")


def _note(db: Session, action: str, scope: str, key: str, actor: Actor, clock: Clock, **detail: str) -> None:
    subject = f"switch:{scope}" + (f":{key}" if key else "")
    audit.record(db, actor=actor.name, action=action, subject=subject, now=clock(), **detail)
    events.tell(db, "switch", now=clock(), action=action, scope=scope, key=key)
