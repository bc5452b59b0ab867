"""The playbook's own sentences for one customer, to be put into a reply that somebody is writing."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.domain import Move
from responder.writers import Brief
from responder.writers.ordering import Books, Talk, talk_of
from responder.writers.pieces import Piece, filled

WAYS = 2  # phrasings offered of one thing
_ASKED = ("when", "how", "where", "refund", "contact")  # besides what was asked: what people often add


@dataclass(frozen=True, slots=True)
class Sentence:
    """``planned``: a move of this customer's cell of the journey map."""

    move: Move
    text: str
    facts: tuple[str, ...]
    planned: bool


def sentences(brief: Brief, books: Books) -> list[Sentence]:
    """Each once: first the moves of the cell in its order, then the other moves; none that is not true."""
    talk = talk_of(brief, books)
    found: dict[str, Sentence] = {}
    for piece in _pieces(talk):
        for text in _ways(piece, talk):
            found.setdefault(text, Sentence(piece.move, text, piece.facts, piece.move in brief.plan.moves))
    order = [*brief.plan.moves, *(move for move in Move if move not in brief.plan.moves)]
    return sorted(found.values(), key=lambda each: order.index(each.move))


def _pieces(talk: Talk) -> Iterator[Piece]:
    yield Piece(move=Move.ACKNOWLEDGE, line=f"stage.{talk.facts.brief.plan.stage}")
    for move in Move:
        yield from talk.moves.of(move)
    for ask in dict.fromkeys((*talk.facts.heard.asks, *_ASKED)):
        yield from talk.answers.to(ask)


def _ways(piece: Piece, talk: Talk) -> list[str]:
    if not piece.line:
        return [piece.verbatim]
    book = talk.facts.known.book
    return list(dict.fromkeys(filled(piece, form, book) for form in book.lines[piece.line]))[:WAYS]
