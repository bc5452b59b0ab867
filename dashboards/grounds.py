"""What each sentence of a draft rests on, in words: the facts, and the words of the customer that called for it."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.store.drafts import DraftRow
from dashboards.languages import _, later
from dashboards.wording import plain

MOVES = {
    "acknowledge": later("says what happened to them"),
    "own": later("takes it on us"),
    "explain": later("explains"),
    "next_step": later("says what comes next"),
    "make_good": later("makes good"),
    "prevent": later("says what changes"),
    "invite": later("invites"),
    "thank": later("thanks"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """``spans``: where in the reply, then where in the post, in code points, as the page's script reads them."""

    sentence: str
    does: str
    facts: tuple[str, ...]
    words: tuple[str, ...]
    spans: str


def grounds_of(draft: DraftRow, said: str) -> list[Shown]:
    """In the order of the reply. Sentences that a person changed rest on that person, and are not shown."""
    return list(_shown(draft, said))


def _shown(draft: DraftRow, said: str) -> Iterator[Shown]:
    at = 0
    for ground in draft.rests_on():
        sentence = draft.written[ground.start : ground.end]
        start = draft.text.find(sentence, at)
        if start < 0 or not sentence:
            continue
        at = start + len(sentence)
        places = [f"{start}-{at}", *(f"{begin}-{end}" for begin, end in ground.heard if end <= len(said))]
        yield Shown(
            sentence=sentence,
            does=_(MOVES[ground.move]) if ground.move in MOVES else plain(ground.move),
            facts=tuple(plain(fact.removesuffix("[0]")) for fact in ground.facts),
            words=tuple(said[begin:end] for begin, end in ground.heard if end <= len(said)),
            spans=" ".join(places),
        )
