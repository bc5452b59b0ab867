"""No fact is told of another place, and no thing in another state, than the facts tell it of."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain import FactSheet, Finding, IncidentStatus
from responder.gate import Candidate, states
from responder.gate.alignment import borne_out, content, denies, pieces
from responder.gate.places import places_back
from responder.gate.reading import Clause, block, body, clauses, fold, named, rx, shown
from responder.gate.things import failing, says_so, spared, things
from responder.gate.wording import stem, words_in_one_language

NAME = "crossed"
_ORDER = r"\b(?:first|last|d'abord|en premier|en dernier|primero|por ultimo|[12]?\d[:.]\d\d|\d+ h(?: \d\d)?)\b"
_IN_ORDER = r"\b(?:first|last|d'abord|en premier|en dernier|primero|por ultimo)\b"
_UNSURE = (
    r"\b(?:if|whether|when|once|until|like|as well as when|will|'ll|would|should|could|si|cuando|quand|hasta|jusqu'a"
    r"|after|then|not only|ensuite|puis|despues|luego|tell|write|let us know|ecriv\w*|dites|escrib\w*)\b|'ll\b"
)
_REMARK = (
    r"\b(?:know|say|promise|guess|first|next|before|how|why|only|late|lost|sav\w+|promett\w+|dire|sab\w+|prometer"
    r"|decir|was|were"
    r"|had|did|didn't|wasn't|weren't|plus tard|etait|avai\w*|estuv\w*|todos|toda|yet to)\b"
)
_NOT_ALL = rf"{states.FAILS}|\b(?:still(?! (?:keep|watch|check|look(?:ing)? after|here))|half)\b"
_CLEARLY = 2  # stems shared with a fact, from which on a clause is about it
# Stems of so many uses that sharing one tells nothing of a place.
_EVERYDAY = frozenset({"tak", "take", "taken", "mak", "give", "need", "turn", "hav", "left"})
_IF = r"\b(?:if|whether|would|could|should|si|cuando|quand)\b"
_LEAVE = r"^(?:[\W_]*\w+,?\s){0,8}?(?:get|getting|go|come|head|run|walk|move) (?:\w+ )?out\b|\bsort(?:ed)? out\b"


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for a clause that puts a fact in another place, or a thing in the state that the facts deny."""
    sheet = candidate.sheet
    if sheet.status is None:
        return
    told = _told(sheet)
    comparable = words_in_one_language(candidate)
    for clause in pieces(body(candidate)):
        if clause.question:
            continue
        message = _hit(clause, sheet) or _spared(clause, sheet) or _back(clause, sheet)
        if comparable and not message:
            message = _lost(clause, sheet) or _place(clause, told, sheet) or _state(clause, sheet)
        if message:
            said = shown(candidate, clause.start, clause.end)
            yield block(NAME, clause.start, clause.end, f"'{said}' {message}")


def _lost(clause: Clause, sheet: FactSheet) -> str | None:
    """Something said to be lost of which the facts say that none was."""
    kept = {
        stem(word)
        for one, other in rx(states.NONE_LOST).findall(fold("\n".join(sheet.facts.values())))
        if (word := one or other)
    }
    said = {stem(word) for word in rx(r"[^\W\d_]+").findall(clause.text)}
    unlost = denies(clause) or rx(states.NOT_FAILING).search(clause.text) or rx(_IF).search(clause.text)
    if said & kept and rx(states.LOST).search(clause.text) and not unlost:
        return "is said to be lost, and the facts say that none was. Compare it with the fact sheet."
    return None


def _hit(clause: Clause, sheet: FactSheet) -> str | None:
    """A place of the incident said not to be hit, while nothing in the facts calls it back."""
    if not failing(sheet) or rx(_UNSURE).search(clause.text) or borne_out(clause, sheet):
        return None
    here = {
        name
        for name in map(fold, sheet.regions)
        if rx(rf"^\W*(?:\w+,? ){{0,3}}{re.escape(name)}\b").search(clause.text)
    }
    hit = {name for name in here - places_back(sheet)[0] if not spared(name, sheet)} if here else set()
    if hit and (match := rx(states.IS_SPARED).search(clause.text)) and not denies(_without(clause, match.end())):
        return "is among the places that are hit. Compare the places with the fact sheet."
    return None


def _without(clause: Clause, end: int) -> Clause:
    return Clause(clause.start + end, clause.end, clause.text[end:], clause.question)


def _spared(clause: Clause, sheet: FactSheet) -> str | None:
    """A part of the service that failed said to have worked all along."""
    if sheet.status is IncidentStatus.INVESTIGATING or borne_out(clause, sheet, share=0.8):
        return None
    here = named(clause.text, map(fold, sheet.components))
    if rx(states.RAN_THROUGHOUT).search(clause.text) and any(not spared(name, sheet) for name in here):
        return "is said to have worked, and the facts say that it failed. Compare it with the fact sheet."
    return None


def _words(text: str, names: frozenset[str]) -> frozenset[str]:
    """The stems of what a clause tells, beside the names of places."""
    for name in names:
        text = text.replace(name, " ")
    return content(text) | frozenset(rx(_ORDER).findall(text))


def _told(sheet: FactSheet) -> tuple[tuple[frozenset[str], frozenset[str], bool], ...]:
    return _clauses_told(tuple(map(fold, sheet.regions)), fold("\n".join(sheet.facts.values())))


@lru_cache(maxsize=32)
def _clauses_told(names: tuple[str, ...], facts: str) -> tuple[tuple[frozenset[str], frozenset[str], bool], ...]:
    """Places, stems and whether it says not, for every clause of the facts."""
    known = frozenset(names)
    return tuple(
        (frozenset(name for name in known if name in clause.text), _words(clause.text, known), denies(clause))
        for clause in clauses(facts)
    )


def _place(
    clause: Clause, told: tuple[tuple[frozenset[str], frozenset[str], bool], ...], sheet: FactSheet
) -> str | None:
    """A place beside what the facts tell of other places only."""
    names = frozenset(map(fold, sheet.regions))
    here = named(clause.text, names)
    if not here or rx(
        r"\b(?:after|apres|despues|if|si|until|then|next|puis|ensuite|luego"
        r"|when|once(?! an?\b)|quand|cuando)\b"
    ).search(clause.text):
        return None
    no_here, said = denies(clause), _words(clause.text, names)
    own = max((len(said & stems) for places, stems, _ in told if places & here), default=0)
    if own >= _CLEARLY and own > max((len(said & stems) for places, stems, _ in told if not places & here), default=0):
        return None
    for word in sorted(said - _everywhere(sheet) - _EVERYDAY):
        holding = [places for places, stems, no in told if word in stems and no == no_here]
        if holding and all(holding) and not any(places & here for places in holding):
            other = next(iter(sorted(holding[0])))
            return f"is told of {other.title()} in the facts. Compare the places with the fact sheet."
    return None


def _everywhere(sheet: FactSheet) -> frozenset[str]:
    """What the whole incident is about belongs to no place."""
    return frozenset(stem(word) for word in fold(" ".join([sheet.title, *sheet.components, "power"])).split())


def _back(clause: Clause, sheet: FactSheet) -> str | None:
    """A place that has it back said to be without, or one that is still without said to have it back."""
    if rx(rf"{_UNSURE}|{_REMARK}").search(clause.text) or sheet.status is IncidentStatus.RESOLVED:
        return None
    here = named(clause.text, map(fold, sheet.regions))
    if not here:
        return None
    back, out = places_back(sheet)
    fails = bool(denies(clause) or rx(_NOT_ALL).search(clause.text))
    if fails and here <= back and not _told_alike(clause, sheet, here):
        return "has it back by the facts. Compare the places with the fact sheet."
    if here & out and _has_it_back(clause):
        return "is still without by the facts. Compare the places with the fact sheet."
    return None


def _has_it_back(clause: Clause) -> bool:
    """Whether it says nothing else: "back in Orme and still down in Vey" tells of both."""
    back = rx(states.HAS_IT_BACK).search(clause.text)
    return bool(back) and not rx(rf"{states.PLACE_OUT}|{_IN_ORDER}").search(clause.text)


def _told_alike(clause: Clause, sheet: FactSheet, here: frozenset[str]) -> bool:
    """Whether the facts themselves say of these places that what the clause speaks of fails."""
    said = content(clause.text) - content(" ".join(map(fold, sheet.regions)))
    return says_so(said, sheet, fails=True, beside=here)


def _state(clause: Clause, sheet: FactSheet) -> str | None:
    """A thing that the facts call fine said to fail, or one that fails said to be fine."""
    if rx(_UNSURE).search(clause.text):
        return None
    fine, down = things(sheet)
    said = {stem(word) for word in rx(r"[^\W\d_]+").findall(clause.text)}
    well = bool(rx(states.RUNS).search(clause.text))
    ill = bool(rx(states.FAILS).search(clause.text)) and not rx(states.NOT_FAILING).search(clause.text)
    if rx(_LEAVE).search(clause.text):
        return None
    if said & fine and ill and not said & down and not _once_failed(clause, sheet):
        return "is said to fail, and the facts say that it works. Compare it with the fact sheet."
    if borne_out(clause, sheet):
        return None
    if (
        said & down
        and well
        and not ill
        and not said & fine
        and not (denies(clause) and not rx(states.NOT_FAILING).search(clause.text))
    ):
        return "is said to work, and the facts say that it fails. Compare it with the fact sheet."
    return None


def _once_failed(clause: Clause, sheet: FactSheet) -> bool:
    """Whether a failure in the past is told of a thing that the facts' cause speaks of: it failed, and runs again."""
    cause = fold(sheet.get("cause"))
    before = rx(states.ONCE_FAILED).search(clause.text)
    return bool(before) and bool(content(clause.text[: before.start()] if before else "") & content(cause))
