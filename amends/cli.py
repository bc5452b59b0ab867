"""The ``amends`` command. Bodies import what they need: ``amends --help`` must answer at once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from amends import streams
from amends.alarms import alarms
from amends.audit_cli import audit
from amends.backup_cli import backup
from amends.erasing_cli import erase
from amends.facts_cli import facts
from amends.init_cli import init
from amends.lines import LARGEST_ID
from amends.reports import report
from amends.rescore_cli import rescore
from core.errors import AmendsError, ConfigError

if TYPE_CHECKING:
    from amends.bootstrap import App

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Listens when a service fails, drafts replies, and sends exactly what a person approved.",
)
Config = Annotated[
    Path | None, typer.Option("--config", help="Configuration file (default: ./config.toml, else $AMENDS_CONFIG).")
]
File = Annotated[Optional[str], typer.Argument(help="Input file; - or none: standard input.")]  # noqa: UP045
Facts = Annotated[Path, typer.Option("--facts", help="Fact sheet (TOML).")]
Data = Annotated[Optional[Path], typer.Option("--data", envvar="AMENDS_DATA", help="Directory with the data sets.")]  # noqa: UP045


def _app(config: Path | None) -> "App":
    from amends.bootstrap import build

    return build(config)


cli.command("init")(init)


@cli.command()
def run(
    config: Config = None,
    web: Annotated[bool, typer.Option(help="Serve the pages.")] = True,
    scheduler: Annotated[bool, typer.Option(help="Run the jobs.")] = True,
    host: Annotated[Optional[str], typer.Option(help="Address to listen on.")] = None,  # noqa: UP045
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = None,
) -> None:
    """Run the service: pages and scheduler in one process."""
    if not web and not scheduler:
        raise typer.BadParameter("without both there is nothing to run", param_hint="--no-web and --no-scheduler")
    from amends import service

    service.run(_app(config), host=host, port=port, web=web, scheduler=scheduler)


@cli.command()
def drill(
    minutes: Annotated[float, typer.Option("--minutes", help="How long the day lasts.", min=0.5, max=750)] = 60,
    lead: Annotated[bool, typer.Option("--lead", help="Play the incident lead of that day too.")] = False,
    report: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--report", help="Say how the drill in this directory went, instead of starting one."),
    ] = None,
    directory: Annotated[Path, typer.Option("--dir", help="Where the drill's database goes.")] = Path("var/drill"),
    host: Annotated[Optional[str], typer.Option(help="Address to listen on.")] = None,  # noqa: UP045
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 0,
    config: Config = None,
) -> None:
    """Rehearse: a recorded outage day in a database of its own. Nothing is published."""
    from amends import drill as drills

    app = _app(config)
    if report is not None:
        drills.report(app.settings, report)
    else:
        drills.run(app, directory, minutes=minutes, lead=lead, host=host, port=port)


@cli.command()
def check(config: Config = None) -> None:
    """Check configuration, database, model, clock, and every account with a real call."""
    from amends.readiness import check_all

    app = _app(config)
    print("ok    config")
    failed = False
    for part in check_all(app):
        print(f"{'ok   ' if part.ok else 'FAIL '} {part.name}: {part.detail}", flush=True)
        failed |= not part.ok
    raise typer.Exit(1 if failed else 0)


@cli.command()
def poll(
    source: Annotated[str | None, typer.Argument(help="One source; none: all.")] = None, config: Config = None
) -> None:
    """Listen once: fetch what is new and keep it."""
    from amends import jobs

    app = _app(config)
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


@cli.command()
def score(config: Config = None) -> None:
    """Read once: classify the mentions that are new."""
    from amends import jobs

    print(f"{jobs.score_all(_app(config))} read")


@cli.command("draft-pending")
def draft_pending(config: Config = None) -> None:
    """Draft once: write replies to what was read."""
    from amends import jobs

    done = jobs.draft_all(_app(config))
    print(f"{done['drafted']} drafted, {done['watched']} watched, {done['stale']} redrawn")


@cli.command()
def send(config: Config = None) -> None:
    """Send once: deliver what was approved and is due."""
    from amends import jobs

    done = jobs.send_all(_app(config))
    print(", ".join(f"{count} {status}" for status, count in sorted(done.items())) or "nothing due")


@cli.command("import")
def import_(file: File = None, config: Config = None) -> None:
    """Keep mentions from a JSONL or CSV file."""
    from amends import pipes

    pipes.run_import(_app(config), file)


@cli.command()
def classify(file: File = None, config: Config = None) -> None:
    """Read texts: JSONL {"id", "text"} in, readings out."""
    from amends import pipes

    pipes.run_classify(file, config)


@cli.command()
def draft(facts: Facts, file: File = None, config: Config = None) -> None:
    """Draft replies: JSONL mentions and a fact sheet in, replies with the gate's findings out."""
    from amends import pipes

    pipes.run_draft(file, facts, config)


@cli.command()
def gate(facts: Facts, file: File = None, config: Config = None) -> None:
    """Check replies: JSONL {"id", "platform", "mention", "reply"} in, findings out."""
    from amends import pipes

    pipes.run_gate(file, facts, config)


@cli.command()
def length(
    platform: Annotated[str, typer.Option("--platform", help="x, reddit, bluesky or mastodon.")],
    file: File = None,
    config: Config = None,
) -> None:
    """Count texts the way a platform does: JSONL {"text"} in, {"length", "limit", "valid"} out."""
    from amends import pipes

    pipes.run_length(file, platform, config)


@cli.command()
def detect(file: File = None, config: Config = None) -> None:
    """Find unusual moments in a volume series: CSV timestamp,value in, with score and alert out."""
    from amends import series

    series.run_detect(file, config)


@cli.command()
def backtest(
    brand: Annotated[str, typer.Option("--brand", help="Whose mentions these are.")],
    file: File = None,
    truth: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--truth", help="What really happened (JSON): says how well it went."),
    ] = None,
    config: Config = None,
) -> None:
    """Replay mentions (JSONL, also .gz) through reader and outage detector: incidents out, as JSONL."""
    from amends import replay

    replay.run_backtest(file, brand, truth, config)


@cli.command()
def evaluate(data: Data = None, config: Config = None) -> None:
    """Measure the model in use against labelled sets, beside published figures."""
    from amends import pipes

    pipes.run_evaluate(_data_dir(data), config)


@cli.command()
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


export = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What leaves the database as lines.")
cli.add_typer(export, name="export")


@export.command("corrections")
def export_corrections(config: Config = None) -> None:
    """Readings that people corrected, one JSON line a mention."""
    from amends import exports

    exports.run_corrections(_app(config))


cli.command("backup")(backup)
cli.command("rescore")(rescore)
cli.add_typer(alarms, name="alarms")
cli.add_typer(report, name="report")
cli.add_typer(facts, name="facts")
cli.add_typer(erase, name="erase")
cli.add_typer(audit, name="audit")

switch = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Stops sending, for all replies, one account or one incident."
)
cli.add_typer(switch, name="switch")
Account = Annotated[Optional[str], typer.Option("--account", help="Only this publisher of the configuration.")]  # noqa: UP045
OfIncident = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--incident", help="Only replies on this incident.", min=1, max=LARGEST_ID),
]


@switch.command("off")
def switch_off(
    account: Account = None,
    incident: OfIncident = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands on every page.")] = "",
    config: Config = None,
) -> None:
    """Send nothing from now on; what is approved waits."""
    from amends import switches

    switches.off(_app(config), account, incident, reason)


@switch.command("on")
def switch_on(account: Account = None, incident: OfIncident = None, config: Config = None) -> None:
    """Send again."""
    from amends import switches

    switches.on(_app(config), account, incident)


user = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Accounts of the pages.")
cli.add_typer(user, name="user")
Name = Annotated[str, typer.Argument(help="Name of the account.")]
Role = Annotated[str, typer.Option("--role", help="viewer, approver, lead or admin.")]


@user.command("add")
def user_add(name: Name, role: Role = "approver", config: Config = None) -> None:
    """Make an account. Asks for the password, or reads it from a pipe."""
    from amends import accounts

    accounts.add(_app(config), name, role)


@user.command("list")
def user_list(config: Config = None) -> None:
    """List the accounts."""
    from amends import accounts

    accounts.show(_app(config))


@user.command("role")
def user_role(name: Name, role: Role, config: Config = None) -> None:
    """Give an account another role."""
    from amends import accounts

    accounts.set_role(_app(config), name, role)


@user.command("password")
def user_password(name: Name, config: Config = None) -> None:
    """Set a new password and end the account's sessions and tokens."""
    from amends import accounts

    accounts.set_password(_app(config), name)


@user.command("disable")
def user_disable(name: Name, config: Config = None) -> None:
    """Shut an account at once."""
    from amends import accounts

    accounts.disable(_app(config), name)


@user.command("reset")
def user_reset(name: Name, config: Config = None) -> None:
    """Drop second factor and passkeys of who lost them, and end the account's sessions."""
    from amends import accounts

    accounts.reset(_app(config), name)


def _data_dir(data: Path | None) -> Path:
    what = "name the directory of the data sets (or set AMENDS_DATA)"
    if data is None:
        raise typer.BadParameter(what, param_hint="--data")
    if not data.is_dir():
        raise ConfigError(f"--data: {data} is no directory: {what}")
    return data


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
