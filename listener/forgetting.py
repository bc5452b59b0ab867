"""Erases what somebody asked for: an author, a post, or what is old. The other end of ``intake``."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core.clock import Clock
from core.domain import Gone
from core.store import Session, Store, erasing
from core.store.erasing import Wanted

BATCH = 200  # posts erased in one transaction, each with an entry of its own in the audit


class _OnlyCounted(Exception):
    """Takes back what would have been erased."""


def forget(store: Store, wanted: Wanted, *, actor: str, clock: Clock, keep: bool = True) -> Counter[str]:
    """Erases the words of all that is ``wanted``; returns counts as ``erasing.erase`` does, and of ``reposts``.

    Without ``keep`` it only counts. Each batch is committed by itself: what a stopped run left, the next one takes.
    """
    with store.read() as db:
        ids = erasing.ids(db, wanted)
    done = Counter[str]()
    for start in range(0, len(ids), BATCH):
        with _begun(store, keep=keep) as db:
            done += erasing.erase(db, ids[start : start + BATCH], why=Gone.ERASED, actor=actor, now=clock())
    if wanted.author:
        with _begun(store, keep=keep) as db:
            done += Counter(reposts=erasing.forget_reposts(db, wanted.platform, wanted.author))
    return done


@contextmanager
def _begun(store: Store, *, keep: bool) -> Iterator[Session]:
    """A transaction that is rolled back unless ``keep``."""
    with suppress(_OnlyCounted), store.begin() as db:
        yield db
        if not keep:
            raise _OnlyCounted
