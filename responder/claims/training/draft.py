"""A draft to learn from: its premise, its clauses and what is true of each."""

from dataclasses import dataclass, field

from responder.claims.labels import STATES

NONE, SUPPORTED, UNSUPPORTED, CONTRADICTED = ({index} for index in range(len(STATES)))
"""Sets of one: a clause may have one of several states where its text does not decide."""

Drawn = tuple[str, set[int], frozenset[str]]
"""A clause, the states it may have and its flags."""


@dataclass(slots=True)
class Draft:
    """A premise, a reply, and of each clause its span, the states it may have (indexes of STATES) and its flags."""

    premise: str
    reply: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)
    states: list[set[int]] = field(default_factory=list)
    flags: list[frozenset[str]] = field(default_factory=list)
    labelled: bool = True  # whether the flags are known

    def add(self, text: str, states: set[int], flags: frozenset[str] = frozenset(), *, join: str = " ") -> None:
        """A clause at the end of the reply."""
        self.reply += join if self.reply else ""
        start = len(self.reply)
        self.reply += text
        self.spans.append((start, len(self.reply)))
        self.states.append(states)
        self.flags.append(flags)
