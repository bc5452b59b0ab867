"""What each move of a plan has to say to one customer."""

from collections.abc import Mapping

from core.domain import Impact, Intent, Move, Sentiment, Stage
from responder.writers.facts import Facts
from responder.writers.heard import reports, suggests
from responder.writers.known import Phase
from responder.writers.pieces import SPARE, SPECIFIC, TOLD, UPDATE, Piece

_WHEN_ASKED = {"cause.elsewhere", "cause.no_attack", "cause.no_leak"}
_CALM = frozenset({Stage.SURPRISE, Stage.IRRITATION, Stage.AFTERMATH})


class Moves:
    """The moves towards one customer, from the facts and from what they told."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.brief, self.known, self.heard = facts, facts.brief, facts.known, facts.heard

    def of(self, move: Move) -> list[Piece]:
        """The pieces of one move of the plan; [] when there is nothing true to say."""
        table = {
            Move.ACKNOWLEDGE: self.acknowledge,
            Move.OWN: self._own,
            Move.EXPLAIN: self._explain,
            Move.NEXT_STEP: self._next_step,
            Move.MAKE_GOOD: self._make_good,
            Move.PREVENT: self._prevent_move,
            Move.INVITE: self._invite,
            Move.THANK: self._thank,
        }
        return table[move]()

    def acknowledge(self) -> list[Piece]:
        """What happened to this customer: at most two things, the most telling first; else where they stand."""
        specific = [*self._told(), *self._endured()]
        if specific:
            return [specific[0].held(TOLD), *(each.held(SPARE) for each in specific[1:2])]
        quiet = self.brief.plan.stage in {Stage.SURPRISE, Stage.RELIEF} or self.heard.asking
        return [] if quiet else [self._ack(f"stage.{self.brief.plan.stage}")]

    def _told(self) -> list[Piece]:
        signals, pieces = self.heard.signals, []
        if "promise" in signals:
            pieces.append(self._ack("ack.promise"))
        if "leaving" in signals:
            years = {"years": self.heard.years}
            pieces.append(self._ack("ack.years", years) if self.heard.years else self._ack("ack.leaving"))
        if self.heard.topic:
            pieces.append(self._ack(f"topic.{self.heard.topic}"))
        if "credit_small" in signals:
            pieces.append(self._ack("ack.credit_small"))
        if suggests(self.brief, signals) and not pieces:
            pieces.append(self._ack("ack.suggestion"))
        return sorted(pieces, key=lambda piece: not piece.line.startswith("topic.safety"))

    def _endured(self) -> list[Piece]:
        pieces = []
        if "repeat" in self.heard.signals:
            pieces.append(self._ack("ack.repeat"))
        if self.heard.duration:
            pieces.append(self._ack("ack.duration", {"duration": self.heard.duration}))
        elif self.heard.since:
            pieces.append(self._ack("ack.since", {"since": self.heard.since}))
        if "again" in self.heard.signals:
            pieces.append(self._ack("ack.again"))
        return pieces

    def _ack(self, line: str, slots: Mapping[str, str] | None = None, keep: float = SPECIFIC) -> Piece:
        return Piece(move=Move.ACKNOWLEDGE, line=line, slots=slots or {}, keep=keep)

    def regret(self) -> list[Piece]:
        """That we are sorry, to whom it hurts; condolences stand alone, and a bare question wants its answer."""
        bare = self.heard.asks and self.brief.plan.stage in _CALM and not self._told() and not self._endured()
        hurt = self.brief.reading.sentiment is Sentiment.NEGATIVE and self.brief.plan.stage is not Stage.RELIEF
        told = hurt and not bare and self.known.phase is not Phase.NONE and self.heard.topic != "family_loss"
        return [Piece(move=Move.OWN, line="own.sorry", keep=UPDATE - 1)] if told else []

    def _own(self) -> list[Piece]:
        if self.known.phase is Phase.NONE:
            return []
        if self.known.phase is Phase.RESOLVED:
            return [Piece(move=Move.OWN, line="own.resolved")]
        worn = self.brief.plan.stage is Stage.RESIGNATION or "again" in self.heard.signals
        return [Piece(move=Move.OWN, line="own.resignation" if worn else "own.open")]

    def _explain(self) -> list[Piece]:
        if self.known.phase is Phase.NONE:
            return [Piece(move=Move.EXPLAIN, line="none.open")] if self.facts.reports_failure() else []
        over = self.known.phase is Phase.RESOLVED
        first = [self.facts.status_line()] if over else []
        cause = self._cause_unasked()
        return [*first, *self.facts.place(), *cause, *self._scope()]

    def _scope(self) -> list[Piece]:
        """What fails where, but not to who just said that it does; what is back already is news to all."""
        asked = {"me", "status"} & set(self.heard.asks)
        news = not reports(self.brief) and self.known.said("scope")  # the bare facts answer nobody who did not ask
        return self.facts.scope() if asked or news or self.known.phase is Phase.MONITORING else []

    def _cause_unasked(self) -> list[Piece]:
        pieces = self.facts.cause()
        return [] if pieces[0].line in _WHEN_ASKED else pieces

    def _next_step(self) -> list[Piece]:
        if self.known.phase is Phase.NONE:
            return []
        steps = self.facts.steps()
        if self.known.phase is Phase.RESOLVED:
            return [piece.held(SPARE + 6 - index) for index, piece in enumerate(steps)]
        steps = steps or ([] if self.known.has("cause") else [self.facts.status_line()])
        return [*steps, *(piece.held(piece.keep - 3) for piece in self.facts.help()), *self._closing()]

    def _closing(self) -> list[Piece]:
        update = self.facts.update() or [Piece(move=Move.NEXT_STEP, line="update.unknown", keep=SPARE + 5)]
        link = self.known.link()
        costly = self.brief.platform == "x"  # a post with a link costs thirteen times one without
        if costly or not link:
            return update
        slots = {"link": link}
        return [*update, Piece(move=Move.NEXT_STEP, line="where.link", slots=slots, facts=("links[0]",), keep=1.0)]

    def _make_good(self) -> list[Piece]:
        pieces = [] if self.known.phase is Phase.NONE else self.facts.credit()
        return [] if pieces and pieces[0].line == "credit.elsewhere" else pieces

    def _prevent_move(self) -> list[Piece]:
        return [] if self.known.phase is Phase.NONE else self.facts.prevention()

    def _invite(self) -> list[Piece]:
        if self.known.phase is Phase.NONE and self.facts.reports_failure() and "leaving" not in self.heard.signals:
            return [Piece(move=Move.INVITE, line="none.area", keep=SPECIFIC)]
        called = {"leaving", "credit_small"} & self.heard.signals
        line = f"invite.{self._invitation()}"
        return [Piece(move=Move.INVITE, line=line, keep=SPECIFIC - 1 if called else SPARE + 3)]

    def _invitation(self) -> str:
        if "leaving" in self.heard.signals:
            return "leaving"
        reported = "still_down" in self.heard.signals or Intent.OUTAGE_REPORT in self.brief.reading.intents
        if self.known.phase is Phase.RESOLVED and reported:
            return "still"
        if self.brief.plan.persona is Impact.SAFETY or self.heard.topic.startswith("safety"):
            return "urgent"
        return "feedback" if self.brief.plan.stage is Stage.AFTERMATH else "private"

    def _thank(self) -> list[Piece]:
        intents = self.brief.reading.intents
        if Intent.PRAISE in intents:
            return [Piece(move=Move.THANK, line="thank.praise", keep=SPECIFIC)]
        if Intent.SUGGESTION in intents:
            return [Piece(move=Move.THANK, line="thank.suggestion", keep=SPARE)]
        if self.brief.plan.stage is Stage.RELIEF:
            return [Piece(move=Move.THANK, line="thank.back", keep=SPARE)]
        reported = Intent.OUTAGE_REPORT in intents and not self.heard.asks
        return [Piece(move=Move.THANK, line="thank.report", keep=SPARE - 5)] if reported else []
