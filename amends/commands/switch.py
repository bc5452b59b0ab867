"""``amends switch``: sending stops, and begins again."""

from typing import TYPE_CHECKING, Annotated

import typer

from amends.commands.shared import ACTOR, LARGEST_ID, Config, app_of, group_of

if TYPE_CHECKING:
    from responder.approval import Actor

switch = group_of("Stops sending, for all replies, one account or one incident.")
Account = Annotated[str | None, typer.Option("--account", help="Only this publisher of the configuration.")]
OfIncident = Annotated[
    int | None, typer.Option("--incident", help="Only replies on this incident.", min=1, max=LARGEST_ID)
]


@switch.command("off")
def off(
    account: Account = None,
    incident: OfIncident = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands on every page.")] = "",
    config: Config = None,
) -> None:
    """Send nothing from now on; what is approved waits."""
    from responder import switching

    app = app_of(config)
    scope, key = _place(account, incident)
    accounts = frozenset(app.settings.publishers)
    switching.off(app.store, scope=scope, key=key, reason=reason, actor=_operator(), accounts=accounts, clock=app.clock)
    print(f"off: {switching.in_words(scope, key)}")


@switch.command("on")
def on(account: Account = None, incident: OfIncident = None, config: Config = None) -> None:
    """Send again."""
    from responder import switching

    app = app_of(config)
    scope, key = _place(account, incident)
    switching.on(app.store, scope=scope, key=key, actor=_operator(), clock=app.clock)
    print(f"on: {switching.in_words(scope, key)}")


def _operator() -> "Actor":
    """Who has the machine could stop the service itself, so no role is asked for."""
    from responder.approval import Actor

    return Actor(id=0, name=ACTOR, role="admin")


def _place(account: str | None, incident: int | None) -> tuple[str, str]:
    from core.store import switches

    if account is not None and incident is not None:
        raise typer.BadParameter("not both: these are two switches", param_hint="--account or --incident")
    if account is not None:
        return switches.ACCOUNT, account
    return (switches.ALL, "") if incident is None else (switches.INCIDENT, str(incident))
