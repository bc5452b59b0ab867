"""``amends run``, ``drill``, ``check``: the service, its rehearsal, and whether it could start."""

from pathlib import Path
from typing import Annotated

import typer

from amends.commands.shared import Config, app_of

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]


def run(
    config: Config = None,
    web: Annotated[bool, typer.Option(help="Serve the pages.")] = True,
    scheduler: Annotated[bool, typer.Option(help="Run the jobs.")] = True,
    host: Host = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = None,
) -> None:
    """Run the service: pages and scheduler in one process."""
    if not web and not scheduler:
        raise typer.BadParameter("without both there is nothing to run", param_hint="--no-web and --no-scheduler")
    from amends import service

    service.run(app_of(config), host=host, port=port, web=web, scheduler=scheduler)


def drill(
    minutes: Annotated[float, typer.Option("--minutes", help="How long the day lasts.", min=0.5, max=750)] = 60,
    lead: Annotated[bool, typer.Option("--lead", help="Play the incident lead of that day too.")] = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Say how the drill in this directory went, instead of starting one.")
    ] = None,
    directory: Annotated[Path, typer.Option("--dir", help="Where the drill's database goes.")] = Path("var/drill"),
    host: Host = None,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 0,
    config: Config = None,
) -> None:
    """Rehearse: a recorded outage day in a database of its own. Nothing is published."""
    from amends import drill as drills

    app = app_of(config)
    if report is not None:
        drills.report(app.settings, report)
    else:
        drills.run(app, directory, minutes=minutes, lead=lead, host=host, port=port)


def check(config: Config = None) -> None:
    """Check configuration, database, model, clock, and every account with a real call."""
    from amends.readiness import check_all

    app = app_of(config)
    print("ok    config")
    failed = False
    for part in check_all(app):
        print(f"{'ok   ' if part.ok else 'FAIL '} {part.name}: {part.detail}", flush=True)
        failed |= not part.ok
    raise typer.Exit(1 if failed else 0)
