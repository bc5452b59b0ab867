"""A reply on its way: written, checked, approved, delivered."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.journey import Move, Stage
from core.domain.mention import Eligibility
from core.domain.reading import Impact


class Level(StrEnum):
    BLOCK = "block"  # no one-click approval
    WARN = "warn"  # shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the gate saw; ``start``/``end`` are code-point offsets into the reply."""

    check: str
    level: Level
    start: int
    end: int
    message: str


class DraftStatus(StrEnum):
    WAITING = "waiting"  # in the queue
    APPROVED = "approved"  # an approval stands; its delivery tells the rest
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # the conversation, the facts or the eligibility changed
    DONE = "done"  # delivered, or refused for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What one sentence of a draft rests on. All offsets are code points.

    ``start``/``end`` lie in the draft, ``heard`` are spans of the customer's post that called for the sentence.
    ``line`` is the place in the texts that it was phrased from, ``form`` that phrasing with its placeholders, and
    ``slots`` what filled them; all empty for approved words that stand as they are.
    """

    start: int
    end: int
    move: str
    facts: tuple[str, ...] = ()
    heard: tuple[tuple[int, int], ...] = ()
    line: str = ""
    form: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a writer returns: the text and what it rests on."""

    text: str
    language: str
    stage: Stage
    persona: Impact
    moves: tuple[Move, ...]
    facts_used: tuple[str, ...]
    facts_missing: tuple[str, ...] | None = None  # those it says are not known; None: the writer cannot tell
    writer: str = "playbook"
    grounds: tuple[Ground, ...] = ()  # () for a writer that cannot tell


class DeliveryStatus(StrEnum):
    """approved → sending → sent | refused | unknown; approved → cancelled by undo, sending → approved after a
    certain non-creation. UNKNOWN is parked for a person, who settles it as sent or refused.
    """

    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


DELIVERY_MOVES: Mapping[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.APPROVED: frozenset({DeliveryStatus.SENDING, DeliveryStatus.CANCELLED, DeliveryStatus.REFUSED}),
    DeliveryStatus.SENDING: frozenset(
        {DeliveryStatus.SENT, DeliveryStatus.REFUSED, DeliveryStatus.UNKNOWN, DeliveryStatus.APPROVED}
    ),
    DeliveryStatus.UNKNOWN: frozenset({DeliveryStatus.SENT, DeliveryStatus.REFUSED}),
    DeliveryStatus.SENT: frozenset(),
    DeliveryStatus.REFUSED: frozenset(),
    DeliveryStatus.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The post a reply answers."""

    platform: str
    external_id: str
    author: str
    eligible: Eligibility
    conversation_id: str | None = None
    url: str = ""


def sha256(text: str) -> str:
    """The hash that binds an approval to exact bytes: SHA-256 of the UTF-8 text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()
