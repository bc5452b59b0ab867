"""Which places the facts call back, and which still out."""

from core.domain import FactSheet
from responder.gate import states
from responder.gate.reading import clauses, fold, rx
from responder.gate.things import aside


def places_back(sheet: FactSheet) -> tuple[set[str], set[str]]:
    """The regions and components the facts call back, and those they call still out."""
    back: set[str] = set()
    out: set[str] = set()
    names = [*map(fold, [*sheet.regions, *sheet.components])]
    for key, text in sheet.facts.items():
        if aside(key):
            continue
        for sentence in clauses(fold(text)):
            here = {name for name in names if name in sentence.text}
            if rx(states.PLACE_OUT).search(sentence.text):
                out |= here
            elif rx(states.PLACE_BACK).search(sentence.text):
                back |= here
    return back - out, out
