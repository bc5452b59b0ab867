"""Which words of a reply come from nowhere: not from the facts, not from the customer, not from plain kind speech.

Kindness and questions need few words, and those stand in `vocabulary/*.txt` and in the playbook's own texts. What is
told of an incident needs the words of its facts. A clause with words from nowhere is told from imagination.
"""

import re
from functools import lru_cache
from pathlib import Path

from responder.gate import Candidate
from responder.gate.language import tell
from responder.gate.reading import body, customer_text, facts_text, fold, rx
from responder.gate.vocabulary import listed

_PLAIN = ("common", "en", "fr", "es")
_PLAYBOOK = Path(__file__).parents[1] / "writers" / "texts"
_STEM = 6  # letters
_ENDINGS = re.compile(
    r"(?:ations?|ements?|ings?|ies|ied|ed|es|s|ly|er|ers|y|e|ez|ent|ons|ait|aient|ees?|euse?s?"
    r"|ar|er|ir|ad[oa]s?|id[oa]s?|ando|iendo|amos|emos|imos|aremos|eremos|iremos|an|en|on|o|a|os|as)$"
)
_ELIDED = re.compile(r"^(?:qu|jusqu|lorsqu|puisqu|[cdjlmnst])'")
_SIGNED = re.compile(r"(?:[\^~]\s?|(?:^|\s)[-\u2013\u2014]\s?)[\w .,]{1,40}$")
_HIDDEN = r"https?://\S+|\S{1,99}@\S+|@\S+|\b[ur]/\S+|\b(?:[\w-]{1,63}\.){1,4}(?:example|test|com|org|net)\b\S*"


def words_from_nowhere(candidate: Candidate, start: int = 0, end: int | None = None) -> list[tuple[int, str]]:
    """Place and word, in order, of a stretch of the reply. Empty where the facts are told in another language."""
    found = _read(body(candidate), _known(candidate)) if words_in_one_language(candidate) else []
    here = [(at, word) for at, word in found if start <= at and (end is None or at < end)]
    names = [(at, word) for at, word in here if at > start + 2 and candidate.reply[at].isupper()]
    return [*here, *names]  # a name from nowhere counts twice


@lru_cache(maxsize=2048)  # most words of a reply are everyday ones
def stem(word: str) -> str:
    """What is left of a folded word without its ending: "charged", "charges" and "charge" are one."""
    word = _ELIDED.sub("", word).split("'")[0]
    bare = _ENDINGS.sub("", word)
    bare = bare.removesuffix("y") if word.endswith("ying") else bare
    bare = bare if len(bare) > 2 else word
    return re.sub(r"([^aeiou])\1$", r"\1", bare)[:_STEM]


def stems(folded: str) -> frozenset[str]:
    """The stems of every word of a folded text."""
    return frozenset(stem(part) for word in rx(r"[^\W\d_]+(?:'[^\W\d_]+)?").findall(folded) for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    """A word, and what stands behind its elided article."""
    return (word, *word.split("'")[1:]) if "'" in word else (word,)


@lru_cache(maxsize=1)
def plain() -> frozenset[str]:
    """The stems that claim nothing by themselves."""
    texts = [" ".join(listed(name)) for name in _PLAIN]
    texts += [_spoken(path.read_text(encoding="utf-8")) for path in sorted(_PLAYBOOK.glob("*.toml"))]
    return frozenset().union(*(stems(fold(text)) for text in texts))


def _spoken(playbook: str) -> str:
    """What a playbook says, without its gaps and without what it only listens for."""
    return re.sub(r"\{\w+\}", " ", playbook.partition("\n[hear]")[0].partition("[terms]")[2])


def _known(candidate: Candidate) -> frozenset[str]:
    sheet = candidate.sheet
    names = fold(" ".join([sheet.brand.name, *sheet.brand.handles, candidate.author]))
    return _stems_of(facts_text(sheet), customer_text(candidate), names)


@lru_cache(maxsize=16)
def _stems_of(*told: str) -> frozenset[str]:
    """Everything that may be said; put together once for a reply, however many clauses it has."""
    return plain().union(*map(stems, told), *map(_shortened, told))


def _shortened(folded: str) -> frozenset[str]:
    """Everyday short forms of long words: the lab of a laboratory, the app of an application."""
    return frozenset(word[:size] for word in rx(r"[a-z]{8,}").findall(folded) for size in (3, 4))


@lru_cache(maxsize=16)
def _read(folded: str, known: frozenset[str]) -> list[tuple[int, str]]:
    signed = _SIGNED.search(folded)
    text = folded[: signed.start()] if signed else folded
    text = rx(_HIDDEN).sub(lambda match: " " * len(match[0]), text)
    return [
        (match.start(), match[0])
        for match in rx(r"[^\W\d_]+(?:'[^\W\d_]+)?").finditer(text)
        if len(match[0]) > 2 and not any(stem(part) in known for part in _parts(match[0]))
    ]


def words_in_one_language(candidate: Candidate) -> bool:
    """Whether the reply and the facts can be compared word by word."""
    spoken, told = tell(body(candidate)) or tell(customer_text(candidate)), tell(facts_text(candidate.sheet))
    return spoken is None or told is None or spoken == told
