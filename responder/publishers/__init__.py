"""One platform to post to a file. To add one: a file here, a line in ``registry``, a config section."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.domain import Target
from responder.lengths import Bounds


@dataclass(frozen=True, slots=True)
class Published:
    """What the platform made of the reply. ``text`` is what it stored, when it says so."""

    external_id: str
    url: str = ""
    text: str | None = None


class Publisher(Protocol):
    """A leaf adapter that never retries by itself.

    ``name`` is the config section (``[publishers.NAME]``), ``account`` the account it posts as.
    ``read_lag`` is how many seconds after a post the platform may still not show it to ``find``.
    """

    name: str
    account: str
    read_lag: float

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """Posts exactly ``text`` as a reply to ``target``; ``key`` is an idempotency key, the same for every try.

        Raises Refused (a definite no), Transient (certainly not created, e.g. 429 or no connection),
        OutcomeUnknown (the request left; no answer, a reset, or a 5xx), ConfigError (credentials).
        """

    def find(self, text: str, target: Target, *, key: str) -> Published | None:
        """Our reply as the platform shows it now, None when it is provably absent. Raises Transient when unsure."""

    def check(self) -> str:
        """One cheap real call; returns a line for a person. Raises on failure."""


@runtime_checkable
class Bounded(Protocol):
    """A publisher whose server says itself how long a reply may be."""

    name: str

    def bounds(self) -> Bounds:
        """What it says now. Raises Transient, Permanent, ConfigError."""


@runtime_checkable
class Keeper(Protocol):
    """A publisher that can look at a reply that was sent, and take it down. E-mail cannot."""

    def stored(self, external_id: str, target: Target) -> str | None:
        """The text the platform keeps of our reply, as it was written; None when it is provably not there (any more).

        Raises Transient when it cannot be told, ConfigError (credentials).
        """

    def same(self, approved: str, stored: str) -> bool:
        """Whether the kept text is the approved one, but for what this platform does to every text."""

    def delete(self, external_id: str, target: Target) -> None:
        """Takes our reply down; one that is gone already is no error. Raises Refused, Transient, ConfigError."""
