"""Which places the facts call back, and which still out."""

from core.domain import FactSheet
from responder.gate.reading import clauses, fold, rx


def places_back(sheet: FactSheet) -> tuple[set[str], set[str]]:
    """The regions and components the facts call back, and those they call still out."""
    back: set[str] = set()
    out: set[str] = set()
    names = [*map(fold, [*sheet.regions, *sheet.components])]
    for text in sheet.facts.values():
        for sentence in clauses(fold(text)):
            here = {name for name in names if name in sentence.text}
            if rx(
                r"\b(?:still|without|not|no|cannot|can't|waiting|encore|sans|pas|aucune?|none|ningun\w*|nadie|sin"
                r"|todavia|aun"
                r"|siguen?)\b"
            ).search(sentence.text):
                out |= here
            elif rx(
                r"\b(?:again|back|restored|working|works?|not affected|normal\w*|retabli\w*|de nouveau|revenu\w*"
                r"|restablecid\w*|de nuevo|otra vez|ya)\b"
            ).search(sentence.text):
                back |= here
    return back - out, out
