"""The default writer: composes a reply from the moves of the journey map, without any model.

Every sentence is either ours by nature (we see what happened to you, here is when we speak again) or stands in the
fact sheet. The same brief gives the same draft; different mentions get different phrasings.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from core.domain import Move, Written
from core.errors import ConfigError
from responder import lengths
from responder.writers import Brief
from responder.writers.grounds import grounds
from responder.writers.likeness import likeness, runs
from responder.writers.ordering import PARAGRAPHS, Talk, ordered, room, talk_of, with_courtesy
from responder.writers.phrasebook import Phrasebook, load
from responder.writers.pieces import UNKNOWN, UPDATE, Piece, phrase, plain

SIMILAR = 0.5  # share of common runs of words from which two replies read alike
RECENT = 200  # the newest replies that a new one is compared with
_TRIES = 8  # phrasings tried before the least similar is taken
_TRIES_TO_DIFFER = 64  # phrasings tried before the very same text is given twice
_LOOSE = 4  # from this try on, what is said besides the answer varies too
_REMEMBERED = 4096  # sentences whose length is kept

Said = tuple[Piece, str]  # a piece and its sentence
Measure = Callable[[str, str], int]  # (platform, text) → length by the platform's own count


def _counted(platform: str, text: str) -> int:
    return lengths.measure(platform, text).length


class PlaybookWriter:
    """Writes drafts from language files. ``languages`` are the brand's, the first for customers whose we lack."""

    def __init__(
        self,
        books: Mapping[str, Phrasebook] | None = None,
        *,
        languages: Sequence[str] = ("en",),
        measure: Measure = _counted,
    ) -> None:
        """Raises ConfigError when a language file is wrong or there is none for any of the brand's languages."""
        loaded = dict(books if books is not None else load())
        home = next((language for language in languages if language in loaded), None)
        if home is None:
            raise ConfigError(f"no texts for {', '.join(languages)}: there are files for {', '.join(loaded)}")
        self._books = {home: loaded.pop(home), **loaded}
        self._measure = measure
        self._lengths: dict[tuple[str, str], int] = {}

    def write(self, brief: Brief) -> Written:
        """A reply within ``brief.limit`` that is as unlike ``brief.recent`` as the texts allow.

        Raises nothing of its own; a limit of a few words, shorter than any line, is the one that is not kept.
        """
        talk = talk_of(brief, self._books)
        book, heard = talk.facts.known.book, talk.facts.heard
        said = self._settled(talk, self._vary(talk, ordered(talk)))
        chosen = [piece for piece, _ in said]
        text = joined(said, brief)
        return Written(
            text=text,
            language=book.language,
            stage=brief.plan.stage,
            persona=brief.plan.persona,
            moves=tuple(dict.fromkeys(piece.move for piece in chosen)),
            facts_used=tuple(dict.fromkeys(fact for piece in chosen for fact in piece.facts)),
            facts_missing=tuple(dict.fromkeys(fact for piece in chosen for fact in UNKNOWN.get(piece.line, ()))),
            grounds=tuple(grounds(text, said, heard, book)),
        )

    def _vary(self, talk: Talk, plan: list[Piece]) -> list[Said]:
        """The first phrasing that is new enough, else the least similar one."""
        brief = talk.facts.brief
        before = (*brief.recent[:RECENT], *brief.our_replies)
        recent, same = [runs(text) for text in before], set(before)
        best: tuple[float, list[Said]] = (3.0, [])
        for attempt in range(_TRIES):
            said = self._fit(talk, plan, attempt)
            text = joined(said, brief)
            alike = _nearest(text, recent, enough=best[0]) + (text in same)
            if alike <= SIMILAR:
                return said
            best = min(best, (alike, said), key=lambda tried: tried[0])
        for attempt in range(_TRIES, _TRIES_TO_DIFFER):  # nearly alike is bearable, the very same is not
            if joined(best[1], brief) not in same:
                break
            best = (0.0, self._fit(talk, plan, attempt))
        return best[1]

    def _fit(self, talk: Talk, plan: list[Piece], attempt: int) -> list[Said]:
        """Phrases the pieces and leaves out the least important until the reply fits; words are never cut."""
        brief, book = talk.facts.brief, talk.facts.known.book
        if attempt >= _LOOSE:
            plan = with_courtesy(plan, brief, _pick(brief.mention_id, attempt, "courtesy"))
        said = [(piece, phrase(piece, _pick(brief.mention_id, attempt, piece.key), book)) for piece in plan]
        most = min(brief.limit, room(brief.platform, talk.facts.heard))
        if attempt < _LOOSE and self._about(brief, said) > most:
            said = [(piece, plain(piece, text)) for piece, text in said]
        while len(said) > 1 and self._about(brief, said) > most:
            said.remove(min(said, key=lambda pair: _weight(pair[0], brief.mention_id, attempt)))
        return said

    def _settled(self, talk: Talk, said: list[Said]) -> list[Said]:
        """The reply measured as a whole by the platform's count; when all else is too long, the shortest true thing."""
        brief, book = talk.facts.brief, talk.facts.known.book
        while len(said) > 1 and self._measure(brief.platform, joined(said, brief)) > brief.limit:
            said.remove(min(said, key=lambda pair: pair[0].keep))
        if said and self._measure(brief.platform, joined(said, brief)) <= brief.limit:
            return said
        fallback = [*talk.facts.update(), *talk.moves.acknowledge()[:1], *talk.moves.of(Move.INVITE)]
        options = [(piece, phrase(piece, pick, book)) for piece in fallback for pick in range(8)]
        short = [option for option in options if self._measure(brief.platform, joined([option], brief)) <= brief.limit]
        return short[:1] or [min(options, key=lambda option: len(option[1]))]

    def _about(self, brief: Brief, said: Sequence[Said]) -> int:
        """The reply's length from its sentences' lengths, which are counted once: close, and quick."""
        texts = [text for _, text in said] + [sign_off(brief)]
        return sum(self._length(brief.platform, text) + 1 for text in texts if text)

    def _length(self, platform: str, text: str) -> int:
        if (platform, text) not in self._lengths:
            if len(self._lengths) >= _REMEMBERED:
                self._lengths.clear()
            self._lengths[platform, text] = self._measure(platform, text)
        return self._lengths[platform, text]


def _nearest(text: str, recent: Sequence[frozenset[int]], *, enough: float) -> float:
    """How alike the nearest recent reply is, or a figure of at least ``enough`` as soon as one is that near."""
    own, nearest = runs(text), 0.0
    for other in recent:
        nearest = max(nearest, likeness(own, other))
        if nearest >= enough:
            break
    return nearest


def joined(said: Sequence[Said], brief: Brief) -> str:
    """The sentences as a reply: in paragraphs where those are usual, with the brand's sign-off."""
    signed = sign_off(brief)
    if brief.platform not in PARAGRAPHS:
        return " ".join([*(text for _, text in said), *([signed] if signed else [])])
    paragraphs = [" ".join(texts) for texts in _paragraphs(said)]
    return "\n\n".join([*paragraphs, *([signed] if signed else [])])


_GROUPS = {
    Move.ACKNOWLEDGE: 0, Move.OWN: 0, Move.EXPLAIN: 0, Move.THANK: 0, Move.NEXT_STEP: 1, Move.MAKE_GOOD: 2,
    Move.PREVENT: 2, Move.INVITE: 2,
}  # fmt: skip


def _paragraphs(said: Sequence[Said]) -> list[list[str]]:
    """A short reply is one paragraph; a longer one breaks where its subject changes, not after every sentence."""
    paragraphs: list[list[str]] = [[]]
    before = -1
    for piece, text in said:
        group = _GROUPS[piece.move]
        if len(said) > 4 and group != before and len(paragraphs[-1]) > 1:
            paragraphs.append([])
        paragraphs[-1].append(text)
        before = group
    return paragraphs


def sign_off(brief: Brief) -> str:
    """The end of every reply; "" when it asks for an agent's name and there is none."""
    form = brief.sheet.brand.sign_off
    return "" if "{agent}" in form and not brief.agent else form.replace("{agent}", brief.agent)


def _weight(piece: Piece, mention_id: str, attempt: int) -> float:
    """How hard a piece is held on to; late tries shuffle the middle weights, so that another fact gets the room."""
    if attempt < _LOOSE or piece.keep >= UPDATE:
        return piece.keep
    return piece.keep + _pick(mention_id, attempt, f"weight {piece.key}") % 40


def _pick(mention_id: str, attempt: int, key: str) -> int:
    digest = hashlib.blake2b(f"{mention_id}\0{attempt}\0{key}".encode(), digest_size=4).digest()
    return int.from_bytes(digest)
