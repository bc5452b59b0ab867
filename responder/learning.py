"""Learns from edits: the sentences that approvers keep putting in the place of ours, as proposals for the playbook.

A sentence of the writer and the one that was approved in its place are found between the sentences that stayed. What
belongs to one case, its place, time or link, is put back as the placeholder it came from; where something of one case
is left over, nothing is learnt.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter

from core.domain import Ground, Reading
from responder import links
from responder.writers.known import sentences
from responder.writers.phrasebook import Phrasebook

OFTEN = 3  # times that a change was approved, at least
PEOPLE = 2  # who made it, at least; one is enough when it is a lead
ALIKE = 0.5  # share of common words (Ratcliff and Obershelp) from which one of several stands for another
SHOWN = 5  # examples of a proposal
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OF_ONE_CASE = re.compile(r"[\d@#^{}]|\b[ur]/\w|\w\.\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A reply that went through a person's hands: what the writer wrote, and what was approved."""

    draft_id: int
    language: str
    written: str
    grounds: Sequence[Ground]
    approved: str
    editor: str
    is_lead: bool
    names: Sequence[str] = ()  # of the customer: handle and display name, never learnt
    said: str = ""  # the customer's post, and how it was read: what a new phrasing is tried on
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Example:
    draft_id: int
    before: str
    after: str
    editor: str
    said: str = ""
    reading: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A phrasing of the playbook (``line``, ``before``), and the one that approvers put in its place (``after``)."""

    language: str
    line: str
    before: str
    after: str
    times: int
    editors: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass
class _Seen:
    forms: dict[str, int] = field(default_factory=dict)  # spellings of the same words, and how often
    examples: list[Example] = field(default_factory=list)
    editors: dict[str, bool] = field(default_factory=dict)  # name → whether a lead


def proposals(edits: Iterable[Edited], books: Mapping[str, Phrasebook]) -> list[Proposal]:
    """What recurs, most often first. ``edits``: newest first; every reply counts once for a change."""
    seen: dict[tuple[str, str, str, str], _Seen] = defaultdict(_Seen)
    for edit in edits:
        if (book := books.get(edit.language)) is None:
            continue
        for (line, before, key), (after, example) in _changes(edit, book).items():
            entry = seen[edit.language, line, before, key]
            entry.forms[after] = entry.forms.get(after, 0) + 1
            entry.examples.append(example)
            entry.editors[edit.editor] = entry.editors.get(edit.editor, False) or edit.is_lead
    found = [_proposal(place, entry) for place, entry in seen.items() if _recurs(entry)]
    return sorted(found, key=lambda each: (-each.times, each.language, each.line, each.after))


def _recurs(entry: _Seen) -> bool:
    enough = len(entry.editors) >= PEOPLE or any(entry.editors.values())
    return len({example.draft_id for example in entry.examples}) >= OFTEN and enough


def _proposal(place: tuple[str, str, str, str], entry: _Seen) -> Proposal:
    language, line, before, _ = place
    return Proposal(
        language=language,
        line=line,
        before=before,
        after=max(entry.forms, key=lambda form: (entry.forms[form], form)),
        times=len(entry.examples),
        editors=tuple(sorted(entry.editors)),
        examples=tuple(entry.examples[:SHOWN]),
    )


def _changes(edit: Edited, book: Phrasebook) -> dict[tuple[str, str, str], tuple[str, Example]]:
    """(line, phrasing, words of the new one) → the new one with its placeholders, of one reply."""
    found = {}
    for ground, after in replaced(edit):
        learnt = generalised(ground, after, book, edit.names)
        if learnt and _key(learnt) != _key(ground.form):
            before = edit.written[ground.start : ground.end]
            example = Example(edit.draft_id, before, after, edit.editor, edit.said, edit.reading)
            found[ground.line, ground.form, _key(learnt)] = (learnt, example)
    return found


def _key(text: str) -> str:
    """What two spellings of the same words have in common."""
    return " ".join(re.findall(r"\{\w+\}|[^\W_]+", text.casefold()))


def replaced(edit: Edited) -> Iterator[tuple[Ground, str]]:
    """Each phrased sentence of the writer that is gone, with what was approved in its place."""
    gone: list[Ground] = []
    text, at = _within(edit), 0
    for ground in edit.grounds:
        sentence = edit.written[ground.start : ground.end]
        found = text.find(sentence, at)
        if found < 0:
            gone.append(ground)
            continue
        yield from _paired(edit.written, gone, sentences(text[at:found]))
        gone, at = [], found + len(sentence)
    yield from _paired(edit.written, gone, sentences(text[at:]))


def _within(edit: Edited) -> str:
    """The approved text without what stood before and behind the writer's sentences: names and the sign-off."""
    if not edit.grounds:
        return ""
    lead, tail = edit.written[: edit.grounds[0].start], edit.written[edit.grounds[-1].end :]
    return " ".join(edit.approved.removeprefix(lead).removesuffix(tail).split())


def _paired(written: str, gone: Sequence[Ground], new: Sequence[str]) -> Iterator[tuple[Ground, str]]:
    """Sentences between two that stayed: one stands for what is there now, as many for as many in order, and else each
    for the one that shares most words with it.
    """
    if len(gone) == 1 and new:
        pairs = [(gone[0], " ".join(new))]
    elif len(gone) == len(new):
        pairs = list(zip(gone, new, strict=True))
    else:
        pairs = [(ground, text) for ground in gone if (text := _nearest(written[ground.start : ground.end], new))]
    yield from ((ground, text) for ground, text in pairs if ground.form)


def _nearest(old: str, new: Sequence[str]) -> str:
    words = old.casefold().split()
    likes = {text: difflib.SequenceMatcher(None, words, text.casefold().split()).ratio() for text in new}
    best = max(likes, key=lambda text: likes[text], default="")
    return best if likes.get(best, 0.0) >= ALIKE else ""


def generalised(ground: Ground, text: str, book: Phrasebook, names: Sequence[str] = ()) -> str:
    """A sentence of one reply as a phrasing for all, with its placeholders; "" when something of that case is left."""
    if _is_of_one_case(text, ground, names) or "!" in text or "¡" in text:
        return ""
    for name, value in sorted(ground.slots.items(), key=lambda slot: -len(slot[1])):
        for spelled in dict.fromkeys((value, value[:1].upper() + value[1:], value[:1].lower() + value[1:])):
            if spelled:
                text = re.sub(rf"(?<!\w){re.escape(spelled)}(?!\w)", lambda _, name=name: f"{{{name}}}", text)  # type: ignore[misc]
    wanted = {name for _, name, _, _ in Formatter().parse(ground.form) if name}
    left = re.sub(r"\{\w+\}", " ", text)
    if any(f"{{{name}}}" not in text for name in wanted) or _OF_ONE_CASE.search(left) or any(links.find(left)):
        return ""
    return "" if _has_new_names(text, ground.form) or _has_new_numbers(left, ground.form, book) else text


def _is_of_one_case(text: str, ground: Ground, names: Sequence[str]) -> bool:
    """Braces that are no placeholder of ours, or a name of the customer."""
    own = {word.casefold() for name in names for word in _WORD.findall(name) if len(word) > 1}
    said = {word.casefold() for word in _WORD.findall(text)} - {word.casefold() for word in _WORD.findall(ground.form)}
    return "{" in text or "}" in text or bool(own & said)


def _has_new_names(text: str, form: str) -> bool:
    """A word with a capital that begins no sentence and is new to the phrasing: a place, a person, a product."""
    known = {word.casefold() for word in _WORD.findall(form)} | {"i"}
    for match in _WORD.finditer(text):
        before = text[: match.start()].rstrip("\"'“«¿( ")
        starts = not before or before[-1] in ".?:…"
        word = match[0].casefold()
        if match[0][0].isupper() and not starts and word not in known and word.split("'")[0].split("’")[0] not in known:
            return True
    return False


def _has_new_numbers(text: str, form: str, book: Phrasebook) -> bool:
    """A number in words that the phrasing did not have: three hours are of one case."""
    many = {word for word, value in book.number_words.items() if value > 1}
    said = {word.casefold() for word in _WORD.findall(text)}
    return bool((said & many) - {word.casefold() for word in _WORD.findall(form)})
