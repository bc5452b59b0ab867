"""Which things the facts call fine, and which they call failing."""

from functools import lru_cache

from core.domain import FactSheet, IncidentStatus
from responder.gate import states
from responder.gate.alignment import content
from responder.gate.reading import clauses, fold, named, rx, sentences
from responder.gate.wording import stem, stems

# Words for the state itself: sharing one of them tells nothing of the thing.
_STATES = content(
    "again normal normally restored fixed repaired working online since already still running replaced closed "
    "nouveau revenu revenue retabli normalement depuis nuevo vuelto funciona normalidad restablecido ahora"
)


def things(sheet: FactSheet) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the things that the facts call fine, and of those that fail now."""
    return _things_told(fold("\n".join(sheet.facts.values())), tuple(map(fold, sheet.components)), failing(sheet))


def failing(sheet: FactSheet) -> bool:
    """Whether the incident is on."""
    return sheet.status in {IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED}


@lru_cache(maxsize=32)
def _things_told(facts: str, components: tuple[str, ...], failing: bool) -> tuple[frozenset[str], frozenset[str]]:
    fine: set[str] = set()
    ill: set[str] = set()
    for clause in clauses(facts):
        lost = rx(states.NONE_LOST).search(clause.text)
        well, bad = rx(states.RUNS).search(clause.text), rx(states.FAILS).search(clause.text)
        if lost and "lost" in lost[0]:
            fine.add(stem(lost[1]))
        elif well and (not bad or rx(states.NOT_FAILING).search(clause.text)):
            fine |= _subject(clause.text[: well.start()])
        elif bad:
            ill |= _subject(clause.text[: bad.start()])
    if failing:
        ill |= {part for name in components for part in _subject(name)}
    return frozenset(fine - ill), frozenset(ill - fine) if failing else frozenset()


def _subject(text: str) -> set[str]:
    """The stems of what stands before a verb."""
    return set(content(" ".join(text.split()[-12:])))


def spared(name: str, sheet: FactSheet) -> bool:
    """Whether the facts call a part or a place by this name fine, and nowhere failing; "UPI and ATMs worked"."""
    return _spared(stems(name), on_states(sheet))


def on_states(sheet: FactSheet) -> str:
    """The facts on what runs and what does not, folded, one a line."""
    return fold("\n".join(text for key, text in sheet.facts.items() if not aside(key)))


def aside(key: str) -> bool:
    """Whether a fact tells of other things than what runs and what does not."""
    return key.startswith(("cause", "compensation", "prevention"))


@lru_cache(maxsize=128)
def _spared(name: frozenset[str], facts: str) -> bool:
    here = [clause.text for clause in clauses(facts) if name <= stems(clause.text)]
    ill = [
        text
        for text in here
        if rx(rf"{states.OFF}|{states.RETURNED}").search(text) and not rx(states.NOT_FAILING).search(text)
    ]
    return not ill and any(rx(states.RUNS).search(text) or rx(states.NOT_FAILING).search(text) for text in here)


def says_so(said: frozenset[str], sheet: FactSheet, *, fails: bool, beside: frozenset[str] = frozenset()) -> bool:
    """Whether a clause of the facts tells the same of one of these stems: that it fails, or that it runs.

    ``beside`` are names (of places) of which the clause of the facts has to hold one, or none of the sheet's.
    """
    return any(
        (ill if fails else well) and said & stems_told and (not here or not beside or here & beside)
        for ill, well, stems_told, here in _states_told(on_states(sheet), tuple(map(fold, sheet.regions)))
    )


@lru_cache(maxsize=32)
def _states_told(told: str, places: tuple[str, ...]) -> tuple[tuple[bool, bool, frozenset[str], frozenset[str]], ...]:
    """For every clause: whether it says failing, or running; of what; and where, by itself or by its sentence."""
    found = []
    for sentence in sentences(told):
        around = named(sentence.text, places)
        for clause in clauses(sentence.text):
            ill = bool(rx(states.OFF).search(clause.text)) and not rx(states.NOT_FAILING).search(clause.text)
            well = bool(rx(states.ON).search(clause.text)) and not ill
            here = named(clause.text, places) or around
            found.append((ill, well, content(clause.text) - _STATES, here))
    return tuple(found)
