"""``amends rescore``: kept mentions are read again by the model in use."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from amends.commands.shared import Config, app_of
from amends.days import day_of

if TYPE_CHECKING:
    from classifier.rescore import Again

EVERY = 1000  # mentions between two lines of progress


def rescore(
    since: Annotated[str, typer.Option("--since", help="Posted on this day or later: 2026-11-20.")] = "",
    until: Annotated[str, typer.Option("--until", help="Posted on this day or earlier.")] = "",
    older: Annotated[
        bool, typer.Option("--older-model/--all", help="Only what another model read, or everything.")
    ] = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    config: Config = None,
) -> None:
    """Read kept mentions again with the model in use. What people corrected stays."""
    from classifier import rescore as rescoring
    from core.store.rereading import Wanted

    app = app_of(config)
    zone = app.settings.brand.zone()
    start, end = day_of("--since", since, zone), day_of("--until", until, zone, after=1)
    if start and end and start >= end:
        raise typer.BadParameter(f"{since} is after {until}", param_hint="--since and --until")
    unless_by = app.model.names if older else frozenset[str]()
    wanted = Wanted(since=start, until=end, unless_by=unless_by)
    done = rescoring.rescore(app.model, wanted, store=app.store, clock=app.clock, keep=not dry_run, told=_progress())
    print(_line(done, dry_run))


def _progress() -> "Callable[[Again], None]":
    """Says how far it is, about every thousand mentions."""
    said = 0

    def tell(done: "Again") -> None:
        nonlocal said
        if done.read // EVERY > said:
            said = done.read // EVERY
            print(f"{done.read:,} of {done.of:,}", file=sys.stderr, flush=True)

    return tell


def _line(done: "Again", dry_run: bool) -> str:
    """``12,345 read again by amends-minilm@2026.11.8; 310 changed: angry 60, outage 41``."""
    if not done.read:
        return "nothing to read again"
    names = " and ".join(name for name, _ in done.models.most_common())
    labels = ", ".join(f"{name} {number:,}" for name, number in done.labels.most_common())
    would = " (dry run: nothing was kept)" if dry_run else ""
    return f"{done.read:,} read again by {names}; {done.changed:,} changed{f': {labels}' if labels else ''}{would}"
