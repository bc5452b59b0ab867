"""``amends export``: what leaves the database as lines."""

from amends.commands.shared import Config, app_of, group_of

export = group_of("What leaves the database as lines.")


@export.command("corrections")
def corrections(config: Config = None) -> None:
    """Readings that people corrected, one JSON line a mention."""
    from amends import exports

    exports.run_corrections(app_of(config))
