"""A reply that repeats a post which gives orders."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.orders import commands
from responder.gate.reading import block, body, facts_text, fold, posted, sentences, shown, words

NAME = "echo"
_LEAST = 4  # words of a sentence that is no chance repetition


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every sentence that stands in such a post and not in the facts: only its author says it."""
    ordered = [fold(post) for post in posted(candidate) if commands(fold(post))]
    if not ordered:
        return
    told, facts = (f" {' '.join(words(text))} " for text in ("\n".join(ordered), facts_text(candidate.sheet)))
    for sentence in sentences(body(candidate)):
        said = words(sentence.text)
        run = f" {' '.join(said)} "
        if len(said) >= _LEAST and run in told and run not in facts:
            text = shown(candidate, sentence.start, sentence.end)
            message = f"'{text}' repeats a post that gives us orders. Answer the customer in our own words."
            yield block(NAME, sentence.start, sentence.end, message)
