"""A model's answer, read without trust: its form, its moves, its facts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain import Move
from core.errors import InputError
from responder.writers.llm_prompt import MOVES, Prompt

MOST = 12  # sentences; no reply of ours is that long
LONGEST = 500  # code points of a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``facts``: those the model named, and those whose words are in the text all the same."""

    text: str
    moves: tuple[Move, ...]
    facts: tuple[str, ...]


def read(answer: str, prompt: Prompt) -> Answer:
    """The reply in a model's answer. Raises InputError, with the reason, when it is not what was asked for."""
    sentences = _sentences(_object(answer))
    read_ones = [_sentence(value, prompt) for value in sentences]
    text = " ".join(said for said, _, _ in read_ones)
    named = [fact for _, _, facts in read_ones for fact in facts]
    told = [name for name, fact in prompt.offered.items() if _tells(text, fact)]
    return Answer(
        text=text,
        moves=tuple(dict.fromkeys(move for _, move, _ in read_ones)),
        facts=tuple(dict.fromkeys([*named, *told])),
    )


def _object(answer: str) -> Mapping[str, Any]:
    """The JSON object in an answer; models like to think aloud before it and to fence it."""
    after = answer.rpartition("</think>")[2]
    start, end = after.find("{"), after.rfind("}")
    try:
        value = json.loads(after[start : end + 1]) if start >= 0 else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InputError("it is not a JSON object")
    return value


def _sentences(value: Mapping[str, Any]) -> list[Any]:
    sentences = value.get("sentences")
    if not isinstance(sentences, list) or not sentences:
        raise InputError("it has no sentences")
    if len(sentences) > MOST:
        raise InputError(f"it has {len(sentences)} sentences; {MOST} are the most")
    return sentences


def _sentence(value: Any, prompt: Prompt) -> tuple[str, Move, list[str]]:
    if not isinstance(value, dict):
        raise InputError("a sentence is no object")
    text, move, facts = value.get("text"), value.get("move"), value.get("facts")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST:
        raise InputError("a sentence has no text, or far too much")
    if any(not (char.isprintable() or char.isspace()) for char in text):
        raise InputError("a sentence holds characters that cannot be seen")
    if _parrots(text, prompt):
        raise InputError("a sentence repeats what it was told")
    if move not in [each.value for each in prompt.moves]:
        raise InputError("a sentence makes a move that was not asked for")
    if not isinstance(facts, list) or not all(isinstance(name, str) and name in prompt.offered for name in facts):
        raise InputError("a sentence rests on a fact that is not there")
    return " ".join(text.split()), Move(move), facts


def _parrots(text: str, prompt: Prompt) -> bool:
    """Small models fill the form with its own words, which no check of a reply's claims objects to."""
    said = " ".join(text.casefold().split()).strip(" .")
    return said.count(" ") >= 4 and any(said in told.casefold() for told in (prompt.system, *MOVES.values()))


def _tells(text: str, fact: str) -> bool:
    """Whether half of a fact's words of weight are in the text: a model forgets to name what it used.

    Too many rather than too few: a draft is drawn again when a fact it rests on changes.
    """
    weighty = _words(fact)
    return bool(weighty) and 2 * len(weighty & _words(text)) >= len(weighty)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or word.isdigit()}
