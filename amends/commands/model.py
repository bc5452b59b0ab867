"""``amends evaluate``, ``train``: the model that reads. Kept posts are read again by ``rescore``, in its own file."""

from pathlib import Path
from typing import Annotated

import typer

from amends.commands.shared import Config
from core.errors import ConfigError

Data = Annotated[Path | None, typer.Option("--data", envvar="AMENDS_DATA", help="Directory with the data sets.")]


def evaluate(data: Data = None, config: Config = None) -> None:
    """Measure the model in use against labelled sets, beside published figures."""
    from amends import pipes

    pipes.run_evaluate(_data_dir(data), config)


def train(
    data: Data = None,
    out: Annotated[Path, typer.Option("--out", help="Where the trained model goes.")] = Path("var/model"),
    epochs: Annotated[int, typer.Option(min=1, help="Rounds over the data.")] = 2,
    corrections: Annotated[Path | None, typer.Option(help="Readings that people set right, as exported.")] = None,
    teacher: Annotated[Path | None, typer.Option(help="Directory of a larger English encoder to learn from.")] = None,
    config: Config = None,
) -> None:
    """Train, export and quantise the shipped model (needs the extra [torch])."""
    from amends.pipes import optional_settings
    from classifier.training import train as train_model
    from core.logs import configure

    settings = optional_settings(config)
    configure(settings.logs.level if settings else "info", "text")

    train_model(_data_dir(data), out, epochs=epochs, corrections=corrections, teacher=teacher)


def _data_dir(data: Path | None) -> Path:
    what = "name the directory of the data sets (or set AMENDS_DATA)"
    if data is None:
        raise typer.BadParameter(what, param_hint="--data")
    if not data.is_dir():
        raise ConfigError(f"--data: {data} is no directory: {what}")
    return data
