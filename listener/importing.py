"""Mentions somebody brings, from a file or over the JSON API: the same checks, the good lines are kept."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from core.clock import Clock
from core.domain import Mention
from core.store import Store
from listener.intake import keep_all
from listener.sources.file import Bad

AT_ONCE = 500  # lines of one transaction
SOURCE = "import"


def bring(
    lines: Iterable[Mention | Bad],
    *,
    store: Store,
    brand: str,
    handles: Iterable[str],
    wanted: Callable[[Mention], bool],
    clock: Clock,
    bad: Callable[[Bad], None],
) -> Counter[str]:
    """Keeps the good lines, a few hundred a transaction; each bad one goes to ``bad``. Counts as ``keep_all`` does."""
    total, ours = Counter[str](), tuple(handles)
    for batch in _batches(lines):
        good = []
        for item in batch:
            if isinstance(item, Bad):
                bad(item)
            else:
                good.append(item)
        with store.begin() as db:
            total += keep_all(db, good, brand=brand, handles=ours, source=SOURCE, wanted=wanted, now=clock())
    return total


def _batches(lines: Iterable[Mention | Bad]) -> Iterator[list[Mention | Bad]]:
    iterator = iter(lines)
    while batch := list(islice(iterator, AT_ONCE)):
        yield batch
