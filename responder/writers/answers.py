"""The answer to each kind of question, honest also when it is not known."""

from core.domain import Move
from responder.writers.facts import Facts
from responder.writers.known import Phase
from responder.writers.pieces import Piece


class Answers:
    """Answers one customer's questions from the facts."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.known, self.heard = facts, facts.known, facts.heard

    def to(self, ask: str) -> list[Piece]:
        """The pieces that answer one kind of question, honestly also when the answer is not known."""
        if self.known.phase is Phase.NONE:
            return self._answer_without_incident(ask)
        table = {
            "safe": self.facts.safety,
            "me": self._me,
            "refund": self._refund,
            "why": self.facts.cause,
            "when": self._when,
            "prevent": self._prevent,
            "how": self._how,
            "where": self._where,
            "contact": self._contact,
            "doing": self._status,
            "status": self._status,
        }
        return table[ask]()

    def _answer_without_incident(self, ask: str) -> list[Piece]:
        checking, area = Piece(move=Move.EXPLAIN, line="none.open"), Piece(move=Move.INVITE, line="none.area")
        if ask == "safe":
            return [Piece(move=Move.NEXT_STEP, line="safety.unknown"), checking]
        if ask == "refund":
            return [Piece(move=Move.MAKE_GOOD, line="credit.no_incident")]
        if ask == "me":
            return [Piece(move=Move.EXPLAIN, line="me.none"), area]
        if ask == "contact":
            return self._contact()
        if ask == "where" and self.known.link():
            return [*self._where(), checking]
        return [checking, area]

    def _me(self) -> list[Piece]:
        regions, region = self.known.regions(), self.heard.region
        if self.known.phase is Phase.RESOLVED:
            return [Piece(move=Move.OWN, line="me.resolved", facts=("status",))]
        if region and self.known.phase is Phase.OPEN:
            return [Piece(move=Move.EXPLAIN, line="me.region", slots={"region": region}, facts=("regions",))]
        if self.known.phase is Phase.MONITORING:
            partly = self.facts.partly()
            return [Piece(move=Move.EXPLAIN, line="me.open", facts=("status",)), *([partly] if partly else [])]
        if regions:
            return [Piece(move=Move.EXPLAIN, line="me.regions", slots={"regions": regions}, facts=("regions",))]
        return [Piece(move=Move.EXPLAIN, line="me.open", facts=("status",))]

    def _refund(self) -> list[Piece]:
        return self.facts.credit() or [Piece(move=Move.MAKE_GOOD, line="credit.unknown")]

    def _when(self) -> list[Piece]:
        steps = self.facts.steps()
        if self.known.phase is Phase.RESOLVED:
            return [self.facts.status_line(), *steps[:1]]
        if self.known.eta():
            return [*steps, *self.facts.update()]
        return [Piece(move=Move.EXPLAIN, line="update.no_eta"), *self.facts.update(), *steps[:1]]

    def _prevent(self) -> list[Piece]:
        return self.facts.prevention() or [Piece(move=Move.PREVENT, line="prevent.unknown")]

    def _how(self) -> list[Piece]:
        if self.known.phase is Phase.RESOLVED:
            return [*self.facts.steps(), self.facts.status_line(), Piece(move=Move.INVITE, line="invite.still")]
        elsewhere = self.known.has("workaround")
        none = Piece(
            move=Move.NEXT_STEP,
            line="help.elsewhere" if elsewhere else "help.unknown",
            facts=("workaround",) if elsewhere else (),
        )
        return self.facts.help() or [none]

    def _where(self) -> list[Piece]:
        if link := self.known.link():
            return [Piece(move=Move.NEXT_STEP, line="where.link", slots={"link": link}, facts=("links[0]",))]
        return [Piece(move=Move.NEXT_STEP, line="where.none"), *self.facts.update()]

    def _contact(self) -> list[Piece]:
        invite = Piece(move=Move.INVITE, line="invite.private")
        if (phone := self.known.phone()) and "called" not in self.heard.signals:
            return [Piece(move=Move.INVITE, line="phone.line", slots={"phone": phone}, facts=("phone",)), invite]
        return [invite]

    def _status(self) -> list[Piece]:
        if self.known.phase is Phase.RESOLVED:
            return [self.facts.status_line(), *self.facts.cause()]
        steps = self.facts.steps()
        partly = self.facts.partly() if self.known.phase is Phase.MONITORING else None
        first = [partly] if partly else self.facts.places() or [self.facts.status_line()]
        return [*first, *steps, *self.facts.update()]
