"""``amends alarms``: does the message arrive?"""

import typer

from amends.commands.shared import Config, app_of, group_of
from core.errors import AmendsError, ConfigError

alarms = group_of("Messages to people.")


@alarms.command("test")
def send_test(config: Config = None) -> None:
    """Send a test alarm to every channel and say which took it."""
    app = app_of(config)
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
