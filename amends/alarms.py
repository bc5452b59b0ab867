"""``amends alarms``: does the message arrive?"""

from pathlib import Path
from typing import Annotated

import typer

alarms = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Messages to people.")
Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration file (default: ./config.toml, else $AMENDS_CONFIG).")
]


@alarms.callback()
def _group() -> None:
    """Keeps ``test`` a command of its own: a group of one would swallow its name."""


@alarms.command("test")
def send_test(config: Config = None) -> None:
    """Send a test alarm to every channel and say which took it."""
    from amends.bootstrap import build
    from core.errors import AmendsError, ConfigError

    app = build(config)
    if not app.channels:
        raise ConfigError("there is no channel for alarms: set AMENDS_ALERTS_URLS, or AMENDS_ALERTS_URLS_FILE")
    brand, failed = app.settings.brand.name, False
    for channel in app.channels:
        try:
            channel.send(
                f"[{brand}] Test alarm", f"This is a test. Nothing is wrong.\n\n{app.address}/alarms", urgent=False
            )
        except AmendsError as error:
            failed = True
            print(f"FAIL  {channel.name}: {error}", flush=True)
        else:
            print(f"ok    {channel.name}", flush=True)
    raise typer.Exit(1 if failed else 0)
