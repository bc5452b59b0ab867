"""The pieces a reply is made of, each one sentence with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.domain import Move
from responder.writers.phrasebook import Phrasebook
from responder.writers.spoken import capital, uncapital

ANSWER = 100.0  # how hard a piece is held on to when the reply is too long; higher goes later
SAFETY = 95.0
TOLD = 62.0  # what this customer told of their own case
UPDATE = 60.0
SPECIFIC = 45.0
USUAL = 40.0
SPARE = 15.0
# Lines that say something is not known, and the facts that would make them untrue.
UNKNOWN: Mapping[str, tuple[str, ...]] = {
    "cause.unknown": ("cause",),
    "cause.unknown_past": ("cause",),
    "help.unknown": ("workaround",),
    "credit.unknown": ("compensation",),
    "prevent.unknown": ("prevention",),
    "safety.unknown": ("scope", "workaround"),
    "safety.advice": ("scope", "workaround"),
    "update.unknown": ("next_update_at",),
    "update.no_eta": ("next_step", "scope"),
    "where.none": ("links",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One sentence to be. ``line`` names its phrasings; without one, ``verbatim`` is said as it stands."""

    move: Move
    line: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    verbatim: str = ""
    facts: tuple[str, ...] = ()
    keep: float = USUAL
    asked: str = ""  # the kind of question that this answers

    @property
    def key(self) -> str:
        """What the piece says, however it is phrased: the same thing is not said twice."""
        return self.verbatim or self.slots.get("fact") or self.line

    def held(self, keep: float) -> "Piece":
        return replace(self, keep=keep)


def plain(piece: Piece, text: str) -> str:
    """The piece at its shortest: approved words without the words that lead to them."""
    return piece.slots.get("fact") or text


def phrase(piece: Piece, pick: int, book: Phrasebook) -> str:
    """The piece as a sentence: its ``pick``-th phrasing with the slots filled, or its approved words as they stand."""
    if not piece.line:
        return piece.verbatim
    options = book.lines[piece.line]
    fact = piece.slots.get("fact", "")
    if ":" in fact or fact == uncapital(fact, book):  # one colon is enough, and none before a capital letter
        options = tuple(option for option in options if ":" not in option) or options
    return filled(piece, options[pick % len(options)], book)


def filled(piece: Piece, line: str, book: Phrasebook) -> str:
    """The piece in one of its phrasings."""
    slots = dict(piece.slots)
    if line.startswith("{fact}"):  # approved words stay as they are
        return line.format(**slots)
    if ": {fact}" in line:
        slots["fact"] = uncapital(slots["fact"], book)
    return capital(line.format(**slots))
