"""``amends erase``: a person's words are removed for good, or what is old."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amends.commands.shared import ACTOR, Config, app_of, group_of
from amends.days import day_of
from core.domain.mention import Platform, bare_handle
from core.errors import Transient

if TYPE_CHECKING:
    from amends.bootstrap import App
    from core.store.erasing import Wanted

erase = group_of("Remove a person's words for good.")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Count what would go, and erase nothing.")]
Vacuum = Annotated[bool, typer.Option("--vacuum", help="Write the file of an SQLite database anew: it gets smaller.")]
On = Annotated[Platform, typer.Argument(case_sensitive=False, help="x, reddit, bluesky or mastodon.")]
COUNTED = (
    ("posts", "post", "posts"),
    ("drafts", "draft", "drafts"),
    ("replies", "reply", "replies"),
    ("notes", "note", "notes"),
    ("audit", "entry of the audit", "entries of the audit"),
    ("reposts", "repost", "reposts"),
)


@erase.command("author")
def author(
    platform: On,
    name: Annotated[str, typer.Argument(help="Handle, with or without @ or u/.")],
    dry_run: DryRun = False,
    vacuum: Vacuum = False,
    config: Config = None,
) -> None:
    """Erase everything one person posted, under this handle and others they had."""
    from core.store.erasing import Wanted

    handle = bare_handle(name.strip())
    _erase(config, lambda _app: Wanted(platform=platform.value, author=_given("NAME", handle)), dry_run, vacuum)


@erase.command("mention")
def mention(
    platform: On,
    number: Annotated[str, typer.Argument(metavar="ID", help="The platform's own id of the post, or its address.")],
    dry_run: DryRun = False,
    vacuum: Vacuum = False,
    config: Config = None,
) -> None:
    """Erase one post."""
    from core.store.erasing import Wanted

    wanted = Wanted(platform=platform.value, external_id=_given("ID", number.strip()))
    _erase(config, lambda _app: wanted, dry_run, vacuum)


@erase.command("before")
def before(
    date: Annotated[str, typer.Argument(help="Everything that was posted before this day: 2026-11-20.")],
    dry_run: DryRun = False,
    vacuum: Vacuum = False,
    config: Config = None,
) -> None:
    """Erase what is old."""
    _erase(config, lambda app: _older(app, date), dry_run, vacuum)


def _given(what: str, value: str) -> str:
    if value:
        return value
    print(f"amends: {what}: is empty", file=sys.stderr)
    raise typer.Exit(2)


def _older(app: "App", date: str) -> "Wanted":
    from core.store.erasing import Wanted

    start = day_of("DATE", _given("DATE", date.strip()), app.settings.brand.zone())
    if start is not None and start > app.clock():
        print(f"amends: DATE: {date} is still to come", file=sys.stderr)
        raise typer.Exit(2)
    return Wanted(before=start)


def _erase(config: Path | None, wanted: Callable[["App"], "Wanted"], dry_run: bool, vacuum: bool) -> None:
    from listener.forgetting import forget

    app = app_of(config)
    done = forget(app.store, wanted(app), actor=ACTOR, clock=app.clock, keep=not dry_run)
    if not done:
        print("nothing to erase")
        raise typer.Exit(1)
    print(f"{'would erase' if dry_run else 'erased'}: {_in_words(done)}")
    if not dry_run:
        _settle(app, vacuum)
    if busy := done["busy"]:
        print(f"{busy} left: a reply is being sent; run this again in some minutes", file=sys.stderr)
        raise typer.Exit(1)


def _in_words(done: Counter[str]) -> str:
    """``3 posts, 1 reply``; what there was none of is left out, but for the posts."""
    told = [(done[name], one, many) for name, one, many in COUNTED if done[name] or name == "posts"]
    return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in told)


def _settle(app: "App", vacuum: bool) -> None:
    from core.store import erasing

    try:
        if erasing.settle(app.store, whole=vacuum):
            return
        problem = "somebody reads the database"
    except Transient as error:
        problem = str(error)
    print(f"erased, but {problem}: the last bytes leave its log within ten minutes of the service", file=sys.stderr)
