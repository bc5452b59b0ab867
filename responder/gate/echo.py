"""A reply that gives the customer their own post back, or repeats a post which gives orders."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.orders import commands
from responder.gate.reading import block, body, facts_text, fold, posted, sentences, shown, words

NAME = "echo"
_LEAST = 4  # words of a sentence that is no chance repetition
_RUN, _MOST = 8, 0.6  # words on end, and their share of the reply, that make it the customer's own post


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for a post given back; one for every sentence that only a post with orders in it says."""
    yield from _given_back(candidate)
    yield from _of_orders(candidate)


def _given_back(candidate: Candidate) -> Iterator[Finding]:
    said = words(body(candidate))
    posts, facts = _run("\n".join(map(fold, posted(candidate)))), _run(facts_text(candidate.sheet))
    starts = [i for i in range(len(said) - _RUN + 1) if _spaced(said[i : i + _RUN]) in posts]
    theirs = {j for i in starts if _spaced(said[i : i + _RUN]) not in facts for j in range(i, i + _RUN)}
    if theirs and len(theirs) >= _MOST * len(said):
        message = "This gives the customer their own post back. Answer it in our own words."
        yield block(NAME, 0, len(candidate.reply), message)


def _of_orders(candidate: Candidate) -> Iterator[Finding]:
    ordered = [fold(post) for post in posted(candidate) if commands(fold(post))]
    if not ordered:
        return
    told, facts = _run("\n".join(ordered)), _run(facts_text(candidate.sheet))
    for sentence in sentences(body(candidate)):
        said = words(sentence.text)
        run = _spaced(said)
        if len(said) >= _LEAST and run in told and run not in facts:
            text = shown(candidate, sentence.start, sentence.end)
            message = f"'{text}' repeats a post that gives us orders. Answer the customer in our own words."
            yield block(NAME, sentence.start, sentence.end, message)


def _run(folded: str) -> str:
    return _spaced(words(folded))


def _spaced(found: list[str]) -> str:
    return f" {' '.join(found)} "
