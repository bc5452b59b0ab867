"""``amends init``: a config.toml for a brand, by flags or by questions."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import ConfigError, InputError

if TYPE_CHECKING:
    from amends.new_config import Wishes
    from core.settings import Settings

Texts = list[str] | None


def init(
    name: Annotated[str, typer.Option("--name", help="What customers call you; without it you are asked.")] = "",
    handle: Annotated[Texts, typer.Option("--handle", help="An account of yours: @name, u/name … Repeatable.")] = None,
    language: Annotated[Texts, typer.Option("--language", help="Of replies: en, fr or es. Repeatable.")] = None,
    time_zone: Annotated[str, typer.Option("--time-zone", help="Such as America/Toronto.")] = "UTC",
    voice: Annotated[str, typer.Option("--voice", help="How you speak.")] = "warm, plain, first person plural",
    sign_off: Annotated[str, typer.Option("--sign-off", help="Ends every reply.")] = "",
    query: Annotated[str, typer.Option("--query", help="Keeps only posts that match.")] = "",
    source: Annotated[Texts, typer.Option("--source", help="x, reddit, bluesky or mastodon. Repeatable.")] = None,
    publisher: Annotated[
        Texts, typer.Option("--publisher", help="Where replies are really posted, else in a file. Repeatable.")
    ] = None,
    instance: Annotated[str, typer.Option("--instance", help="Your server on Mastodon.")] = "",
    subreddit: Annotated[Texts, typer.Option("--subreddit", help="Where to listen on Reddit. Repeatable.")] = None,
    hashtag: Annotated[Texts, typer.Option("--hashtag", help="To follow on Mastodon. Repeatable.")] = None,
    output: Annotated[Path, typer.Option("--output", help="Where the file goes.")] = Path("config.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a config.toml for your brand: by flags, or by questions in a terminal."""
    from amends.new_config import Wishes

    if output.exists() and not force:
        raise ConfigError(f"{output} is there already: --force replaces it, --output PATH writes another")
    wishes = Wishes(
        name=name, handles=_list(handle), languages=_list(language) or ("en",), time_zone=time_zone, voice=voice,
        sign_off=sign_off, query=query, sources=_list(source), publishers=_list(publisher), instance=instance,
        subreddits=_list(subreddit), hashtags=_list(hashtag),
    )  # fmt: skip
    try:
        settings = _write(wishes if name else _asked(wishes), output, force=force)
    except InputError as error:
        print(f"amends: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    _tell(settings, output)


def _write(wishes: "Wishes", output: Path, *, force: bool) -> "Settings":
    """Writes the file once our own loader has read it. Raises InputError naming the flag that is wrong."""
    from amends.new_config import settings_of, toml_of
    from amends.placing import placed
    from core.settings import load

    text = toml_of(settings_of(wishes))
    with placed(output, over=force, mode=0o644) as partial:
        partial.write_text(text, encoding="utf-8")
        return load(partial, environ={})


def _tell(settings: "Settings", output: Path) -> None:
    from amends.new_config import secrets_needed

    config = "" if output == Path("config.toml") else f" --config {shlex.quote(str(output))}"
    brand = " ".join(settings.brand.name.split())
    heard = f"listens to {', '.join(settings.sources)}" if settings.sources else "no source yet, so nobody is heard"
    print(f"{output}: {brand}; {heard}; replies go to {', '.join(settings.publishers)}")
    if not settings.sources:
        print(f"Add a section [sources.…] to it, or bring posts in: amends import FILE{config}")
    if names := secrets_needed(settings):
        print("Set these in the environment, or name a file with each in …_FILE:")
        print(*(f"  {name}" for name in names), sep="\n")
    print(f"Then: amends check{config}, and amends run{config}")


# --- questions -----------------------------------------------------------------------------------------------------


def _asked(wishes: "Wishes") -> "Wishes":
    """Asks for everything, what flags gave being the default. A wrong answer is said and asked for again."""
    from amends.new_config import check

    if sys.stdin is None or not sys.stdin.isatty():
        raise InputError("--name: missing; give it, or run this in a terminal to be asked")
    check(replace(wishes, name="-"))  # what flags gave, by itself
    for field, question, needed in _QUESTIONS:
        if needed(wishes):
            wishes = _ask(wishes, field, question)
    return wishes


def _always(_wishes: "Wishes") -> bool:
    return True


# Handles come last: by then it is known for which platforms there must be one.
_QUESTIONS: "tuple[tuple[str, str, Callable[[Wishes], bool]], ...]" = (
    ("name", "Your brand, as customers call it", _always),
    ("languages", "Languages of your replies, the main one first (en, fr, es)", _always),
    ("time_zone", "Time zone, such as America/Toronto", _always),
    ("voice", "How you speak", _always),
    ("sign_off", "What ends every reply (Enter: nothing)", _always),
    ("query", "Keep only posts that match this query (Enter: keep all)", _always),
    ("sources", "Where to listen: x, reddit, bluesky, mastodon, with commas (Enter: nowhere yet)", _always),
    ("publishers", "Where replies are really posted (Enter: nowhere, they are written to a file)", _always),
    ("subreddits", "Subreddits to listen to, with commas", lambda wishes: "reddit" in wishes.sources),
    ("hashtags", "Hashtags to follow on Mastodon (Enter: none)", lambda wishes: "mastodon" in wishes.sources),
    (
        "instance",
        "Your server on Mastodon, https://… (Enter: the one of your handle)",
        lambda wishes: "mastodon" in (*wishes.sources, *wishes.publishers),
    ),
    (
        "handles",
        "Your accounts, with commas: @name (X), @name.example (Bluesky), @name@server (Mastodon), u/name (Reddit)",
        _always,
    ),
)


def _ask(wishes: "Wishes", field: str, question: str) -> "Wishes":
    from amends.new_config import check, settings_of

    while True:
        before = getattr(wishes, field)
        several = isinstance(before, tuple)
        default = ", ".join(before) if several else before
        answer = typer.prompt(question, default=default, show_default=bool(default), err=True).strip()
        change: dict[str, Any] = {field: _list([answer]) if several else answer}
        changed = replace(wishes, **change)
        try:
            settings_of(changed) if field == "handles" else check(changed)
        except InputError as error:
            print(error, file=sys.stderr)
        else:
            return changed


def _list(given: Texts) -> tuple[str, ...]:
    """Every one once, in order; one text may hold several, parted by commas."""
    parts = [part.strip() for text in given or () for part in text.split(",")]
    return tuple(dict.fromkeys(part for part in parts if part))
