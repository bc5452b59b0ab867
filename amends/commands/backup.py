"""``amends backup``: a copy of the database and of the audit's checkpoint while the service runs."""

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amends.commands.shared import Config, app_of
from amends.placing import PARTIAL, placed
from core.errors import Permanent

if TYPE_CHECKING:
    from core.settings import Settings
    from core.store import Store

CHECKPOINT = ".checkpoint"
_STAMP = r"-\d{8}T\d{6}Z"
_LEFT_FOR = 86400  # seconds: what a killed backup left is nobody's by then


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is whole and on the disk."""

    file: Path
    size: int  # bytes
    mentions: int


def backup(
    place: Annotated[Path, typer.Argument(help="A directory, where it is named by the time, or a new file.")],
    keep: Annotated[
        int | None, typer.Option("--keep", help="Delete older ones in the directory but so many.", min=1)
    ] = None,
    config: Config = None,
) -> None:
    """Copy the database, whole and checked, while the service runs."""
    if keep is not None and not place.is_dir():
        print(f"amends: --keep: {place} is no directory", file=sys.stderr)
        raise typer.Exit(2)
    app = app_of(config)
    made = back_up(app.settings, place, now=app.clock(), keep=keep)
    print(f"{made.file}: {made.size / 1e6:,.1f} MB, {made.mentions:,} mentions")
    key = app.settings.audit
    where = "given as AMENDS_AUDIT_KEY" if key.key.get_secret_value() else str(key.key_file(app.settings.store.url))
    print(f"The key of the audit ({where}) is not in it: keep a copy of that one apart.", file=sys.stderr)


def back_up(settings: "Settings", place: Path, *, now: datetime, keep: int | None = None) -> Made:
    """Writes database and checkpoint; the checkpoint lies beside it under the same name and ``.checkpoint``.

    ``keep``: so many of those that a directory holds stay, this one with them. Raises AmendsError, OSError.
    """
    from core.store import backups

    store = backups.open_existing(settings.store.url)
    try:
        name, ending = backups.name_of(store), ".dump" if store.shared else ".db"
        file = place / f"{name}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{ending}" if place.is_dir() else place
        count = _write(store, file, settings.audit.checkpoint_file(settings.store.url), now)
    finally:
        store.close()
    if place.is_dir():
        _sweep(place, name, now)
        _forget(file, re.compile(re.escape(name) + _STAMP + re.escape(ending)), keep)
    return Made(file, file.stat().st_size, count)


def _write(store: "Store", file: Path, checkpoint: Path, now: datetime) -> int:
    from core.store import backups

    mark = _read(checkpoint)  # before the rows: it must name none that is not among them
    try:
        with placed(file) as partial:
            count = backups.copy(store, partial, now=now)
            if mark:
                with placed(Path(f"{file}{CHECKPOINT}"), over=True) as copied:
                    copied.write_bytes(mark)
    except Permanent as error:
        raise Permanent(f"{file} was not written: {error}") from None
    return count


def _read(checkpoint: Path) -> bytes:
    try:
        return checkpoint.read_bytes()
    except FileNotFoundError:
        return b""


def _forget(made: Path, ours: re.Pattern[str], keep: int | None) -> None:
    """Deletes the oldest, so that ``keep`` are left with the one just made."""
    others = sorted(file for file in made.parent.iterdir() if ours.fullmatch(file.name) and file != made)
    for old in others[: max(0, len(others) + 1 - keep)] if keep else ():
        old.unlink()
        Path(f"{old}{CHECKPOINT}").unlink(missing_ok=True)


def _sweep(directory: Path, name: str, now: datetime) -> None:
    """Deletes what killed backups left."""
    for left in directory.glob(f".{name}-*{PARTIAL}*"):
        if now.timestamp() - left.stat().st_mtime > _LEFT_FOR:
            left.unlink(missing_ok=True)
