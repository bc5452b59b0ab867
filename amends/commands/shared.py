"""What the commands have in common. Bodies import what they need: ``amends --help`` must answer at once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from amends.bootstrap import App

Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration file (default: ./config.toml, else $AMENDS_CONFIG).")
]
File = Annotated[str | None, typer.Argument(help="Input file; - or none: standard input.")]
LARGEST_ID = 2**31 - 1  # of a row; a database takes no larger one
# Who has the machine has the database: the audit names the way, not a person it could not check.
ACTOR = "command line"


def group_of(about: str) -> typer.Typer:
    """A command that has commands of its own."""
    return typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=about)


def app_of(config: Path | None) -> "App":
    """The parts of the service as the configuration asks for. Raises ConfigError."""
    from amends.bootstrap import build

    return build(config)
