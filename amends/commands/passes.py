"""``amends poll``, ``score``, ``draft-pending``, ``send``: one pass of one job, as the scheduler would."""

import sys
from typing import Annotated

import typer

from amends.commands.shared import Config, app_of
from core.errors import AmendsError, ConfigError


def poll(
    source: Annotated[str | None, typer.Argument(help="One source; none: all.")] = None, config: Config = None
) -> None:
    """Listen once: fetch what is new and keep it."""
    from amends import jobs

    app = app_of(config)
    names = [source] if source else list(app.settings.sources)
    if not names:
        raise ConfigError("there is nothing to listen to: add a [sources.NAME] section to the configuration")
    failed = False
    for name in names:
        try:
            counts = jobs.poll_source(app, name)
        except AmendsError as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
        else:
            print(
                f"{name}: {counts['new']} new, {counts['known']} known, "
                f"{counts['share']} reposts, {counts['own']} our own"
            )
    raise typer.Exit(1 if failed else 0)


def score(config: Config = None) -> None:
    """Read once: classify the mentions that are new."""
    from amends import jobs

    print(f"{jobs.score_all(app_of(config))} read")


def draft_pending(config: Config = None) -> None:
    """Draft once: write replies to what was read."""
    from amends import jobs

    done = jobs.draft_all(app_of(config))
    print(f"{done['drafted']} drafted, {done['watched']} watched, {done['stale']} redrawn")


def send(config: Config = None) -> None:
    """Send once: deliver what was approved and is due."""
    from amends import jobs

    done = jobs.send_all(app_of(config))
    print(", ".join(f"{count} {status}" for status, count in sorted(done.items())) or "nothing due")
