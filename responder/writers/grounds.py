"""What each sentence of a playbook reply rests on: its facts, and the customer's words that called for it."""

from collections.abc import Iterator, Mapping, Sequence

from core.domain import Ground
from responder.writers.heard import Heard, Span
from responder.writers.phrasebook import Phrasebook
from responder.writers.pieces import Piece, filled

# Lines that are said because something was heard, by their beginnings.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "topic.": ("topic",),
    "safety.": ("topic",),
    "ack.promise": ("signal.promise",),
    "ack.years": ("signal.leaving", "years"),
    "ack.leaving": ("signal.leaving",),
    "ack.credit_small": ("signal.credit_small",),
    "ack.repeat": ("signal.repeat",),
    "ack.duration": ("duration",),
    "ack.since": ("since",),
    "ack.again": ("signal.again",),
    "ack.place": ("region",),
    "me.region": ("region",),
    "own.resignation": ("signal.again",),
    "invite.leaving": ("signal.leaving",),
    "invite.still": ("signal.still_down",),
    "invite.urgent": ("topic",),
    "credit.": ("signal.credit_small",),
}


def grounds(text: str, said: Sequence[tuple[Piece, str]], heard: Heard, book: Phrasebook) -> Iterator[Ground]:
    """One ground a sentence, in the order of the reply ``text``."""
    at = 0
    for piece, sentence in said:
        start = text.find(sentence, at)
        if start < 0:
            continue
        at = start + len(sentence)
        form = _form(piece, sentence, book)
        yield Ground(
            start=start,
            end=at,
            move=piece.move.value,
            facts=piece.facts,
            heard=tuple(_heard(piece, heard)),
            line=piece.line if form else "",
            form=form,
            slots=dict(piece.slots) if form else {},
        )


def _heard(piece: Piece, heard: Heard) -> Iterator[Span]:
    called = {name for start, names in _CALLED.items() if piece.line.startswith(start) for name in names}
    called |= {f"ask.{piece.asked}"} if piece.asked else set()
    yield from sorted({heard.spans[name] for name in called if name in heard.spans})


def _form(piece: Piece, sentence: str, book: Phrasebook) -> str:
    """Which phrasing of its line a sentence is; "" for approved words that stand as they are."""
    options = book.lines[piece.line] if piece.line else ()
    return next((option for option in options if filled(piece, option, book) == sentence), "")
