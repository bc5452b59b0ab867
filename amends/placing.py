"""Files that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConfigError

PARTIAL = ".partial"


@contextmanager
def placed(final: Path, *, over: bool = False, mode: int = 0o600) -> Iterator[Path]:
    """A file beside ``final`` to write to. It takes that name when the block ends well, on the disk; else it is gone.

    Raises ConfigError when there is no such directory or the name is taken, unless it may be written ``over``; OSError.
    """
    if not final.parent.is_dir():
        raise ConfigError(f"{final.parent}: no such directory")
    if not over:
        _refuse_taken(final)
    if final.is_dir():
        raise ConfigError(f"{final} is a directory")
    try:
        handle, name = tempfile.mkstemp(dir=final.parent, prefix=f".{final.name}.", suffix=PARTIAL)  # for us alone
    except OSError as error:  # of the name that was given, not of ours
        raise ConfigError(f"{final}: cannot be written: {error.strerror}") from None
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        partial.chmod(mode)
        _sync(partial)
        _name(partial, final, over=over)
        _sync(final.parent)
    finally:
        for left in final.parent.glob(f"{partial.name}*"):  # a database leaves files beside its own
            left.unlink(missing_ok=True)


def _name(partial: Path, final: Path, *, over: bool) -> None:
    if over:
        partial.replace(final)
        return
    try:
        final.hardlink_to(partial)  # in one step: somebody may have taken the name meanwhile
    except FileExistsError:
        _refuse_taken(final)
    except OSError:  # a file system without links
        _refuse_taken(final)
        partial.rename(final)


def _refuse_taken(final: Path) -> None:
    if final.exists():
        raise ConfigError(f"{final} is there already")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
