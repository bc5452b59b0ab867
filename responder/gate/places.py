"""Which places the facts call back, and which still out."""

from core.domain import FactSheet
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
            if rx(
                r"\b(?:still|without(?! \w+ing\b)|not|no|cannot|can't|waiting|encore|sans|pas|aucune?"
                r"|none|ningun\w*|nadie|sin|todavia|aun|siguen?|off|closed|shut)\b"
            ).search(sentence.text):
                out |= here
            elif rx(
                r"\b(?:again|back|restored|working|works?|not affected|normal\w*|retabli\w*|de nouveau|revenu\w*"
                r"|restablecid\w*|de nuevo|otra vez|ya)\b"
            ).search(sentence.text):
                back |= here
    return back - out, out
