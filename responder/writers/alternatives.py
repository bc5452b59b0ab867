"""Another wording of a reply, on request: shorter, warmer or plainer, from the same facts and the same texts."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from core.domain import Move, Stage, Written
from core.errors import ConfigError
from responder import lengths
from responder.writers import Brief
from responder.writers.grounds import grounds
from responder.writers.ordering import Books, Talk, ordered, talk_of
from responder.writers.phrasebook import Phrasebook
from responder.writers.pieces import ANSWER, UNKNOWN, UPDATE, Piece, filled, plain
from responder.writers.playbook import joined

WARM = Path(__file__).parent / "warm.toml"
MUCH_SHORTER = 0.7  # of the present length: what a shorter one aims at
TRIES = 8
_FEW = 5  # sentences of a plainer one
_LEAST = 2  # sentences that stay when it is cut
_CHOICE = 3  # phrasings that a later try picks from, best first

Said = list[tuple[Piece, str]]
Cost = Callable[[str], float]


class Wish(StrEnum):
    SHORTER = "shorter"
    WARMER = "warmer"
    PLAINER = "plainer"


def alternatives(
    brief: Brief, wish: Wish, books: Books, *, present: str, hard: Callable[[str], bool] = lambda _text: False
) -> Iterator[Written]:
    """Replies that are as wished beside the ``present`` one, the best first; none when it is that already.

    ``hard`` says whether a sentence needs an engineer to read it. The same brief gives the same replies.
    """
    make = {Wish.SHORTER: _shorter, Wish.WARMER: _warmer, Wish.PLAINER: _plainer}[wish]
    seen, talk = {present}, talk_of(brief, books)
    for attempt in range(TRIES):
        said = make(talk, attempt, present, hard)
        text = joined(said, brief) if said else ""
        if not text or text in seen or not _fits(brief, text):
            continue
        seen.add(text)
        yield _written(talk, said, text)


def lix(text: str) -> float:
    """How hard a text is to read, the lower the easier (C. H. Björnsson, Läsbarhet, 1968): words per sentence, and
    the share of words of more than six letters in percent.
    """
    words = re.findall(r"[^\W\d_]+", text)
    sentences = max(1, len(re.findall(r"[.!?:;…]+(?:\s|$)", text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / max(1, len(words))


# --- the three -------------------------------------------------------------------------------------------------


def _shorter(talk: Talk, attempt: int, present: str, _hard: Callable[[str], bool]) -> Said:
    """The shortest phrasings, without what leads to approved words; then the least important sentences go.

    The answer stays, and when we speak again.
    """
    brief = talk.facts.brief
    most = MUCH_SHORTER * len(present)
    pieces = [piece.held(max(piece.keep, UPDATE)) if piece.line == "update.at" else piece for piece in ordered(talk)]
    said = [(piece, plain(piece, text)) for piece, text in _said(talk, pieces, attempt, len)]
    while len(said) > _LEAST and len(joined(said, brief)) > most:
        least = min(said, key=lambda pair: pair[0].keep)
        if least[0].keep >= UPDATE:
            break
        said.remove(least)
    return said if len(joined(said, brief)) < len(present) else []


def _plainer(talk: Talk, attempt: int, present: str, hard: Callable[[str], bool]) -> Said:
    """The easiest phrasings, few sentences, none that needs an engineer while others say enough."""
    pieces = ordered(talk)
    kept = sorted(pieces, key=lambda piece: -piece.keep)[:_FEW]
    said = [
        (piece, plain(piece, text))
        for piece, text in _said(talk, [piece for piece in pieces if piece in kept], attempt, _effort)
    ]
    easy = [pair for pair in said if not hard(pair[1])]
    said = easy if len(easy) >= _LEAST else said
    said = _cut(said, talk.facts.brief)
    return said if lix(joined(said, talk.facts.brief)) < lix(present) else []


def _warmer(talk: Talk, attempt: int, present: str, _hard: Callable[[str], bool]) -> Said:
    """A sentence to the person first, and one at the end where there is room; the facts stay as they are."""
    brief, book = talk.facts.brief, talk.facts.known.book
    warm = _warm()[book.language]
    openers, ends = warm[brief.plan.stage], warm["end"]
    pieces = [piece for piece in ordered(talk) if not piece.line.startswith("stage.")]
    said = _said(talk, pieces, attempt, lambda _text: 0.0)
    opener = openers[_pick(brief.mention_id, attempt, "opener") % len(openers)]
    end = ends[_pick(brief.mention_id, attempt, "end") % len(ends)]
    first = Piece(move=Move.ACKNOWLEDGE, verbatim=opener, keep=ANSWER + 1)
    last = Piece(move=Move.INVITE if brief.plan.stage is not Stage.RELIEF else Move.THANK, verbatim=end, keep=0.0)
    return _cut([(first, opener), *said, (last, end)], brief) if opener not in present else []


# --- saying ----------------------------------------------------------------------------------------------------


def _said(talk: Talk, pieces: Sequence[Piece], attempt: int, cost: Cost) -> Said:
    """Each piece in its cheapest phrasing; later tries pick among the few cheapest."""
    brief, book = talk.facts.brief, talk.facts.known.book
    return [(piece, _phrased(piece, book, cost, brief.mention_id, attempt)) for piece in pieces]


def _phrased(piece: Piece, book: Phrasebook, cost: Cost, mention_id: str, attempt: int) -> str:
    if not piece.line:
        return piece.verbatim
    ways = sorted(dict.fromkeys(filled(piece, form, book) for form in book.lines[piece.line]), key=cost)
    among = len(ways) if cost(ways[0]) == cost(ways[-1]) else min(_CHOICE, len(ways))
    return ways[0 if attempt == 0 and among != len(ways) else _pick(mention_id, attempt, piece.key) % among]


def _effort(text: str) -> float:
    """What a sentence asks of its reader: LIX, and more for a thought inside a thought."""
    return lix(text) + 10 * len(re.findall(r"[:;()]", text)) + 3 * text.count(",")


def _cut(said: Said, brief: Brief) -> Said:
    """Without the least important sentences, until it fits."""
    while len(said) > 1 and not _fits(brief, joined(said, brief)):
        said = [pair for pair in said if pair is not min(said, key=lambda each: each[0].keep)]
    return said


def _fits(brief: Brief, text: str) -> bool:
    return lengths.measure(brief.platform, text).length <= brief.limit


def _written(talk: Talk, said: Said, text: str) -> Written:
    brief, book = talk.facts.brief, talk.facts.known.book
    chosen = [piece for piece, _ in said]
    return Written(
        text=text,
        language=book.language,
        stage=brief.plan.stage,
        persona=brief.plan.persona,
        moves=tuple(dict.fromkeys(piece.move for piece in chosen)),
        facts_used=tuple(dict.fromkeys(fact for piece in chosen for fact in piece.facts)),
        facts_missing=tuple(dict.fromkeys(fact for piece in chosen for fact in UNKNOWN.get(piece.line, ()))),
        grounds=tuple(grounds(text, said, talk.facts.heard, book)),
    )


def _pick(mention_id: str, attempt: int, key: str) -> int:
    digest = hashlib.blake2b(f"{mention_id}\0{attempt}\0{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest)


@cache
def _warm() -> dict[str, dict[str, list[str]]]:
    """Language → stage → sentences, and ``end``. Raises ConfigError naming what is missing."""
    read: dict[str, dict[str, list[str]]] = tomllib.loads(WARM.read_text(encoding="utf-8"))
    for language, table in read.items():
        if missing := {*Stage, "end"} - table.keys():
            raise ConfigError(f"warm.toml: [{language}]: {min(missing)} is missing")
    return read
