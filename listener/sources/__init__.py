"""One listening place of one account or query a file. To add one: a file here, a line in ``registry``, settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

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
