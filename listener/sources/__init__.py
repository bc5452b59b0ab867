"""One listening place of one account or query a file. To add one: a file here, a line in ``registry``, settings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.domain import Mention


@dataclass(frozen=True, slots=True)
class Page:
    """Mentions fetched with one call, and the cursor to keep in the same transaction as they are kept.

    ``cursor`` is the source's own JSON-able note of where it stands; intake stores it as it is. A page is
    complete in itself: if the process dies after it, the next fetch goes on from ``cursor``.
    """

    mentions: tuple[Mention, ...]
    cursor: dict[str, object]


class Source(Protocol):
    """A leaf adapter. Turns vendor errors into Transient, Permanent or ConfigError; opens no connection before fetch.

    ``name`` is the config section (``[sources.NAME]``).
    """

    name: str

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        """Yields pages from ``cursor`` (None: the first time ever) until the source has no more for now."""

    def check(self) -> str:
        """One cheap real call; returns a line for a person ("@northwind, 412 requests left"). Raises on failure."""


@runtime_checkable
class Witness(Protocol):
    """A source that can say whether posts it brought are still there. ``at_once``: the most one call asks about."""

    name: str
    at_once: int

    @property
    def most_a_day(self) -> int | None:
        """How many posts there is money for in a day; None where it costs nothing."""

    def gone(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these posts of which the platform itself says that they are deleted, removed or no longer public.

        What could not be told is not among them. Raises as ``fetch``, and then nothing is known of any of them.
        """
