"""Which things the facts call fine, and which they call failing."""

import re
from functools import lru_cache

from core.domain import FactSheet, IncidentStatus
from responder.gate.alignment import content
from responder.gate.reading import clauses, fold, rx, sentences
from responder.gate.wording import stem, stems

FINE = (
    r"\b(?:(?:not|isn't|aren't|wasn't|weren't|un|hasn't been|haven't been|never) ?affected|runs? on its own|ok(?:ay)?"
    r"|unaffected|works?|worked|working|normal(?:ly)?"
    r"|as (?:usual|always|normal|planned|before)|on time|take place|takes place|go(?:es)? through|fine|safe|available"
    r"|steady|keeps? (?:working|running|playing)|kept (?:running|working)|unharmed"
    r"|no (?:\w+ )?(?:was|were|is|has been|have been) lost"
    r"|(?:n'est|ne sont|n'etait) pas (?:concerne|touche|affecte)\w*|fonctionn\w*|marche\w*|normalement|a l'heure"
    r"|fiables?"
    r"|no (?:esta\w* |se ha\w* |se )?(?:afecta\w*|ve afectad\w*)|funciona\w*|con normalidad|normalmente"
    r"|como siempre)\b"
)
DOWN = (
    r"\b(?:(?:is|are|was|were|be|get|gets|got|been) (?:(?!(?:cool|wind|calm|slow|writ|not)ing)\w+ )?(?:down"
    r"|out|off|refused|declined|frozen|closed|late"
    r"|delayed|behind|dropped|deleted|erased|wiped"
    r"|cancelled|canceled|lost|gone|blocked|hit|affected|broken|unavailable|interrupted|put off)|fail(?:s|ed|ing)?"
    r"|freez(?:e|es|ing)|froze|bounc(?:e|es|ed)|wait until|put off|went (?:down|out|off)|stopped (?:working|too)"
    r"|(?:ran|runs?|running) (?:\w+ )?(?:behind|late)|(?:en|con) ret(?:ard|raso)"
    r"|(?:don't|doesn't|didn't|can't|cannot|won't|not) (?:work|be (?:used|renewed|reached)|play|run|arrive)"
    r"|couldn't be|not (?:working|available|recorded|sent)|(?:is|are|was|were) not|wasn't|weren't|isn't|aren't"
    r"|slow(?:ly)?"
    r"|(?:est|sont|etai\w*|ete|sera|seront) (?:\w+ )?(?:coupe|touche|arrete|ferme|annule|bloque|perdu|interrompu"
    r"|retarde"
    r"|indisponible|hors service|concerne)\w*|en panne|n'ont (?:ni|pas|plus)|ne (?:\w+ )?(?:fonctionn|marche|passe)\w*"
    r" (?:pas|plus)|mauvaise? date|annule\w*"
    r"|(?:esta\w*|fue\w*|han sido|ha sido) (?:\w+ )?(?:caid|cortad|cerrad|cancelad|afectad|bloquead|retrasad|perdid)\w*"
    r"|no (?:\w+ )?(?:funciona|va|llega|sale)\w*|fall(?:a|an|o|aron)|rechaza\w*|no hay)\b"
)
DENIED_DOWN = (
    r"\b(?:none|no|neither|not one|nobody|aucune?|ningun[oa]?)\b.{0,40}\b(?:lost|dropped|deleted|erased|wiped|gone"
    r"|cancelled|out|down|off|closed|shut|damaged|hurt"
    r"|missing|affected|hit|perdu\w*|efface\w*|perdid\w*|borrad\w*)\b|"
    r"(?:\b(?:not|never|neither|nor|without being|pas)|n't)\s(?:been |being |ete )?(?:affected|hit|touched|harmed|cut"
    r"|lost|part of|involved|damaged|caught up|concerned|interrupted)\b"
    r"|\bn'(?:a|ont|avait|avaient) (?:pas|jamais) (?:cesse|arrete)\b|\bno (?:ha|han|dejo|dejaron|paro|pararon)\b"
    r"|\bn'(?:a|ont|est|etait|ont) (?:pas|jamais) (?:ete )?(?:concerne|touche|affecte|coupe)\w*"
    r"|\bno (?:ha\w*|fue\w*|se vi\w*|se ha\w*) (?:sido |visto )?(?:afectad|cortad)\w*|"
    r"\b(?:not|isn't|aren't|wasn't|n'est pas|ne sont pas|no esta\w*)"
    r"\s(?:\w+\s)?(?:affected|concerne|touche|affecte|afectad)"
)
GONE = r"\b(?:no|none of (?:the|your)) (?:\w+ )?(\w+) (?:was|were|is|has been|have been) lost\b|\baucune? (\w+)\b"

_OFF = (
    rf"{DOWN}|\b(?:no|not|cannot|can't|still|without|only|off|closed|shut|wrong|slow|late|pas|aucune?|sans|encore|sin"
    r"|todavia|siguen?)\b"
)
_ON = (
    rf"{FINE}|\b(?:back|again|open|restored|replaced|correct|complete|done|up|reversed|works?|de nouveau|a nouveau"
    r"|retabli\w*|revenu\w*|de nuevo|otra vez|ya|restablecid\w*)\b"
)

_RETURNED = r"\b(?:again|back|since|restored|nouveau|retabli\w*|revenu\w*|depuis|nuevo|otra vez|desde|restablecid\w*)\b"
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
        lost = rx(GONE).search(clause.text)
        well, bad = rx(FINE).search(clause.text), rx(DOWN).search(clause.text)
        if lost and "lost" in lost[0]:
            fine.add(stem(lost[1]))
        elif well and (not bad or rx(DENIED_DOWN).search(clause.text)):
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
    return _spared(stems(name), fold("\n".join(text for key, text in sheet.facts.items() if not aside(key))))


def aside(key: str) -> bool:
    """Whether a fact tells of other things than what runs and what does not."""
    return key.startswith(("cause", "compensation", "prevention"))


@lru_cache(maxsize=128)
def _spared(name: frozenset[str], facts: str) -> bool:
    here = [clause.text for clause in clauses(facts) if name <= stems(clause.text)]
    ill = [text for text in here if rx(rf"{_OFF}|{_RETURNED}").search(text) and not rx(DENIED_DOWN).search(text)]
    return not ill and any(rx(FINE).search(text) or rx(DENIED_DOWN).search(text) for text in here)


def says_so(said: frozenset[str], sheet: FactSheet, *, fails: bool, beside: frozenset[str] = frozenset()) -> bool:
    """Whether a clause of the facts tells the same of one of these stems: that it fails, or that it runs.

    ``beside`` are names (of places) of which the clause of the facts has to hold one, or none of the sheet's.
    """
    told = fold("\n".join(text for key, text in sheet.facts.items() if not aside(key)))
    return any(
        (ill if fails else well) and said & stems_told and (not here or not beside or here & beside)
        for ill, well, stems_told, here in _states_told(told, tuple(map(fold, sheet.regions)))
    )


@lru_cache(maxsize=32)
def _states_told(told: str, places: tuple[str, ...]) -> tuple[tuple[bool, bool, frozenset[str], frozenset[str]], ...]:
    """For every clause: whether it says failing, or running; of what; and where, by itself or by its sentence."""
    found = []
    for sentence in sentences(told):
        around = _named(sentence.text, places)
        for clause in clauses(sentence.text):
            ill = bool(rx(_OFF).search(clause.text)) and not rx(DENIED_DOWN).search(clause.text)
            well = bool(rx(_ON).search(clause.text)) and not ill
            here = _named(clause.text, places) or around
            found.append((ill, well, content(clause.text) - _STATES, here))
    return tuple(found)


def _named(text: str, places: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name in places if rx(rf"\b{re.escape(name)}\b").search(text))
