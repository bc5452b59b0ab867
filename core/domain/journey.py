"""Where a customer stands in a crisis, and what a reply to them consists of."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.reading import Impact


class Stage(StrEnum):
    SURPRISE = "surprise"
    IRRITATION = "irritation"
    ANGER = "anger"
    ANXIETY = "anxiety"
    RESIGNATION = "resignation"
    RELIEF = "relief"
    AFTERMATH = "aftermath"


class Move(StrEnum):
    """The parts a reply is made of; the journey map says which, and in which order of importance."""

    ACKNOWLEDGE = "acknowledge"
    OWN = "own"
    EXPLAIN = "explain"
    NEXT_STEP = "next_step"
    MAKE_GOOD = "make_good"
    PREVENT = "prevent"
    INVITE = "invite"
    THANK = "thank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the journey map asks of one reply: the moves in speaking order, and which may be dropped first."""

    stage: Stage
    persona: Impact
    moves: tuple[Move, ...]
    least_important: tuple[Move, ...] = ()  # dropped in this order when the reply is too long
    tone: str = ""
    actions: tuple[str, ...] = ()  # what people do for such a customer besides the reply
    owner: str = ""  # who sees to it
