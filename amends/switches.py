"""The ``amends switch`` commands."""

import typer

from amends.accounts import ACTOR
from amends.bootstrap import App
from core.store import switches
from responder import switching
from responder.approval import Actor

# Who has the machine could stop the service itself, so no role is asked for.
OPERATOR = Actor(id=0, name=ACTOR, role="admin")


def off(app: App, account: str | None, incident: int | None, reason: str) -> None:
    scope, key = _place(account, incident)
    accounts = frozenset(app.settings.publishers)
    switching.off(app.store, scope=scope, key=key, reason=reason, actor=OPERATOR, accounts=accounts, clock=app.clock)
    print(f"off: {switching.in_words(scope, key)}")


def on(app: App, account: str | None, incident: int | None) -> None:
    scope, key = _place(account, incident)
    switching.on(app.store, scope=scope, key=key, actor=OPERATOR, clock=app.clock)
    print(f"on: {switching.in_words(scope, key)}")


def _place(account: str | None, incident: int | None) -> tuple[str, str]:
    if account is not None and incident is not None:
        raise typer.BadParameter("not both: these are two switches", param_hint="--account or --incident")
    if account is not None:
        return switches.ACCOUNT, account
    return (switches.ALL, "") if incident is None else (switches.INCIDENT, str(incident))
