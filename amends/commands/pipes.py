"""``amends import``, ``classify``, ``draft``, ``gate``, ``length``, ``detect``, ``backtest``: lines in, lines out.

How each reads and writes stands in ``amends/pipes.py``, ``amends/series.py`` (detect) and ``amends/replay.py``
(backtest).
"""

from pathlib import Path
from typing import Annotated

import typer

from amends.commands.shared import Config, File, app_of

Facts = Annotated[Path, typer.Option("--facts", help="Fact sheet (TOML).")]


def import_(file: File = None, config: Config = None) -> None:
    """Keep mentions from a JSONL or CSV file."""
    from amends import pipes

    pipes.run_import(app_of(config), file)


def classify(file: File = None, config: Config = None) -> None:
    """Read texts: JSONL {"id", "text"} in, readings out."""
    from amends import pipes

    pipes.run_classify(file, config)


def draft(facts: Facts, file: File = None, config: Config = None) -> None:
    """Draft replies: JSONL mentions and a fact sheet in, replies with the gate's findings out."""
    from amends import pipes

    pipes.run_draft(file, facts, config)


def gate(facts: Facts, file: File = None, config: Config = None) -> None:
    """Check replies: JSONL {"id", "platform", "mention", "reply"} in, findings out."""
    from amends import pipes

    pipes.run_gate(file, facts, config)


def length(
    platform: Annotated[str, typer.Option("--platform", help="x, reddit, bluesky or mastodon.")],
    file: File = None,
    config: Config = None,
) -> None:
    """Count texts the way a platform does: JSONL {"text"} in, {"length", "limit", "valid"} out."""
    from amends import pipes

    pipes.run_length(file, platform, config)


def detect(file: File = None, config: Config = None) -> None:
    """Find unusual moments in a volume series: CSV timestamp,value in, with score and alert out."""
    from amends import series

    series.run_detect(file, config)


def backtest(
    brand: Annotated[str, typer.Option("--brand", help="Whose mentions these are.")],
    file: File = None,
    truth: Annotated[
        Path | None, typer.Option("--truth", help="What really happened (JSON): says how well it went.")
    ] = None,
    config: Config = None,
) -> None:
    """Replay mentions (JSONL, also .gz) through reader and outage detector: incidents out, as JSONL."""
    from amends import replay

    replay.run_backtest(file, brand, truth, config)
