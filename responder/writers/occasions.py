"""Posts that want something else than a report of the failure, and what they get instead.

Who shares what helped is thanked, an idea is taken up, a question that shares nothing with the facts is not answered
with the outage, and who says that it still fails where we call it well is asked and not contradicted.
"""

from core.domain import Intent, Move, Sentiment, Stage
from responder.writers.bearing import bare
from responder.writers.facts import Facts
from responder.writers.heard import reports, suggests
from responder.writers.known import Phase
from responder.writers.moves import Moves
from responder.writers.pieces import ANSWER, SPECIFIC, Piece

_NEEDS = {"safe", "me", "refund", "when", "where", "contact"}  # questions that come before thanks for an idea
_TROUBLE = {"again", "repeat", "still_down", "promise", "leaving"}
_FAR = 0.1  # an outage score below which a post is about something else
_OTHER = {Intent.QUESTION, Intent.OTHER}


def occasion(facts: Facts, moves: Moves) -> list[Piece]:
    """The pieces for such a post, in speaking order; [] for every other one."""
    if facts.heard.frail or facts.known.phase is Phase.NONE:
        return [] if facts.heard.frail else _elsewhere(facts)
    if _disputes(facts):
        return [
            *moves.regret(),
            Piece(move=Move.ACKNOWLEDGE, line="ack.disputed", keep=ANSWER),
            Piece(move=Move.INVITE, line="invite.still", keep=ANSWER - 1),
            *facts.update(),
        ]
    if _NEEDS & set(facts.heard.asks) or facts.brief.plan.stage is Stage.ANGER:
        return []
    if "tip" in facts.heard.signals and not facts.heard.asking:
        return [Piece(move=Move.THANK, line="thank.tip", keep=ANSWER), *facts.update()]
    if suggests(facts.brief, facts.heard.signals):
        return [
            Piece(move=Move.ACKNOWLEDGE, line="ack.suggestion", keep=ANSWER),
            Piece(move=Move.THANK, line="thank.suggestion", keep=SPECIFIC),
            *facts.update(),
        ]
    return _elsewhere(facts)


def _disputes(facts: Facts) -> bool:
    """Whether it fails for the author where by what we know it does not."""
    if not reports(facts.brief) or "disputed" not in facts.heard.signals:
        return False
    if facts.known.phase is Phase.RESOLVED:
        return not {"status", "me", "when"} & set(facts.heard.asks)
    fine = facts.known.book.signals["fine"]
    return any(fact == "scope" and fine.search(bare(sentence)) for sentence, fact in facts.heard.points.items())


def _elsewhere(facts: Facts) -> list[Piece]:
    """A calm question that shares no word with the facts: about something else, or about what nobody here knows."""
    reading, heard = facts.brief.reading, facts.heard
    calm = set(reading.intents) <= _OTHER and reading.sentiment is not Sentiment.NEGATIVE
    if facts.known.phase is not Phase.NONE and not facts.known.approved():
        return []  # what the facts say in another language may well be the answer
    near = reading.outage_score >= _FAR or heard.asks or heard.points or heard.topic or heard.region
    if not calm or near or not heard.asking or _TROUBLE & heard.signals:
        return []
    private = Piece(move=Move.INVITE, line="invite.private", keep=SPECIFIC)
    phone = facts.known.phone()
    called = Piece(move=Move.INVITE, line="phone.line", slots={"phone": phone}, facts=("phone",), keep=SPECIFIC)
    return [Piece(move=Move.EXPLAIN, line="none.topic", keep=ANSWER), called if phone else private]
