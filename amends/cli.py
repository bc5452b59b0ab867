"""The ``amends`` command: where each of its commands stands, and how a mistake is told.

Every file of ``amends/commands`` imports what it needs in its bodies: ``amends --help`` must answer at once.
"""

import sys
from collections.abc import Callable

import typer

from amends import streams
from amends.commands import passes, pipes, running
from amends.commands.alarms import alarms
from amends.commands.audit import audit
from amends.commands.backup import backup
from amends.commands.erase import erase
from amends.commands.export import export
from amends.commands.facts import facts
from amends.commands.init import init
from amends.commands.model import evaluate, train
from amends.commands.report import report
from amends.commands.rescore import rescore
from amends.commands.switch import switch
from amends.commands.user import user
from core.errors import AmendsError

COMMANDS: dict[str, Callable[..., None]] = {
    "init": init,
    "run": running.run,
    "drill": running.drill,
    "check": running.check,
    "poll": passes.poll,
    "score": passes.score,
    "draft-pending": passes.draft_pending,
    "send": passes.send,
    "import": pipes.import_,
    "classify": pipes.classify,
    "draft": pipes.draft,
    "gate": pipes.gate,
    "length": pipes.length,
    "detect": pipes.detect,
    "backtest": pipes.backtest,
    "evaluate": evaluate,
    "train": train,
    "backup": backup,
    "rescore": rescore,
}
GROUPS = {
    "export": export,
    "alarms": alarms,
    "report": report,
    "facts": facts,
    "erase": erase,
    "audit": audit,
    "switch": switch,
    "user": user,
}
"""Both in the order in which the help names them."""

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Listens when a service fails, drafts replies, and sends exactly what a person approved.",
)
for name, command in COMMANDS.items():
    cli.command(name)(command)
for name, group in GROUPS.items():
    cli.add_typer(group, name=name)


def main() -> None:
    """Entry point: a user's mistake is one line and status 1 (usage: 2), never a traceback."""
    streams.prepare()
    try:
        try:
            cli()
        finally:
            streams.flush()  # here, where a full disk can still be told
    except BrokenPipeError:
        streams.drop_output()  # the reader of our output left; there is nobody to complain to
        sys.exit(1)
    except Exception as error:
        line = _one_line(error)
        if line is None:
            raise
        print(f"amends: {line}", file=sys.stderr)
        streams.drop_output()
        sys.exit(1)


def _one_line(error: Exception) -> str | None:
    """What a user can do something about, as one line; None for what nobody foresaw."""
    if isinstance(error, AmendsError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    if isinstance(error, UnicodeEncodeError) and (bad := _no_text(sys.argv)):
        return f"{bad!r}: not UTF-8 text"
    if "sqlalchemy" in sys.modules:  # only then can it be the database
        from core.store.migrate import trouble_of

        return trouble_of(error)
    return None


def _no_text(arguments: list[str]) -> str | None:
    """The argument whose bytes are no UTF-8: a path may be such, but nothing that is kept."""
    return next((each for each in arguments if each != each.encode("utf-8", "replace").decode()), None)


if __name__ == "__main__":
    main()
