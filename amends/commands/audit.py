"""``amends audit``: does the audit trail stand as it was written?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amends.commands.shared import ACTOR, Config, app_of, group_of

if TYPE_CHECKING:
    from amends.bootstrap import App
    from core.store.sealing import Sealer

audit = group_of("The trail of who decided what.")


def _sealed(config: Path | None) -> "tuple[App, Sealer]":
    from core.store.audit import sealer_of

    app = app_of(config)
    with app.store.read() as db:
        return app, sealer_of(db)


@audit.command("verify")
def verify(config: Config = None) -> None:
    """Check the whole trail: one line, and status 1 when something was changed, deleted, inserted, moved or cut off."""
    from core.store import audit_check

    app, sealer = _sealed(config)
    with app.store.read() as db:
        verdict = audit_check.verify(db, sealer)
    if verdict.problem:
        print(f"DAMAGED  {verdict.problem}")
        raise typer.Exit(1)
    print(f"ok    {verdict.rows} rows, none changed, deleted, inserted, moved or cut off")


@audit.command("accept")
def accept(
    reason: Annotated[str, typer.Argument(help="Why rows are missing, such as: backup of 2 May restored.")],
    config: Config = None,
) -> None:
    """Begin the checkpoint anew after a backup was restored or the file was lost. The audit keeps the reason."""
    from core.store import audit_check

    reason = " ".join(reason.split())
    if not reason:
        raise typer.BadParameter("say why rows are missing", param_hint="REASON")
    app, sealer = _sealed(config)
    audit_check.accept(app.store, sealer, actor=ACTOR, reason=reason, now=app.clock())
    print(f"the checkpoint {sealer.checkpoint} begins anew; the audit says so")
