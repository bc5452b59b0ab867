"""No fact is told of another place, and no thing in another state, than the facts tell it of."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain import FactSheet, Finding, IncidentStatus
from responder.gate import Candidate
from responder.gate.alignment import borne_out, content, denies, pieces
from responder.gate.places import places_back
from responder.gate.reading import Clause, block, body, clauses, fold, rx, shown
from responder.gate.wording import stem

NAME = "crossed"
_ORDER = r"\b(?:first|last|d'abord|en premier|en dernier|primero|por ultimo|[12]?\d[:.]\d\d|\d+ h(?: \d\d)?)\b"
_UNSURE = (
    r"\b(?:if|whether|when|once|until|like|as well as when|will|'ll|would|should|could|si|cuando|quand|hasta|jusqu'a"
    r"|after|then|not only|ensuite|puis|despues|luego|tell|write|let us know|ecriv\w*|dites|escrib\w*)\b|'ll\b"
)
_FINE = (
    r"\b(?:(?:not|isn't|aren't|wasn't|weren't|un|hasn't been|haven't been|never) ?affected|runs? on its own"
    r"|unaffected|works?|worked|working|normal(?:ly)?"
    r"|as (?:usual|always|normal|planned|before)|on time|take place|takes place|go(?:es)? through|fine|safe|available"
    r"|steady|keeps? (?:working|running|playing)|kept (?:running|working)|unharmed"
    r"|no (?:\w+ )?(?:was|were|is|has been|have been) lost"
    r"|(?:n'est|ne sont|n'etait) pas (?:concerne|touche|affecte)\w*|fonctionn\w*|marche\w*|normalement|a l'heure"
    r"|fiables?"
    r"|no (?:esta\w* |se ha\w* |se )?(?:afecta\w*|ve afectad\w*)|funciona\w*|con normalidad|normalmente"
    r"|como siempre)\b"
)
_DOWN = (
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
_HAS_BACK = (
    r"\b(?:is|are|has|have|got|est|sont|a|esta|estan|tiene\w*) (?:\w+ ){0,2}(?:back|again|restored|fixed|working"
    r"|retabli\w*|de retour"
    r"|de vuelta|servie?s?|livree?s?)\b|\b(?:works?|runs?|stops?|roule\w*|circule\w*|marche\w*|fonctionne\w*"
    r"|funciona\w*) (?:again|normally|as"
    r"|a nouveau|de nouveau|normalement|de nuevo|otra vez|con)\b|\bhas it back\b"
)
_REMARK = (
    r"\b(?:know|say|promise|guess|first|next|before|how|why|only|late|lost|sav\w+|promett\w+|dire|sab\w+|prometer"
    r"|decir|was|were"
    r"|had|did|didn't|wasn't|weren't|plus tard|etait|avai\w*|estuv\w*|todos|toda|yet to)\b"
)
_DENIED_DOWN = (
    r"\b(?:none|no|neither|not one|nobody|aucune?|ningun[oa]?)\b.{0,40}\b(?:lost|dropped|deleted|erased|wiped|gone"
    r"|cancelled"
    r"|missing|affected|hit|perdu\w*|efface\w*|perdid\w*|borrad\w*)\b|"
    r"(?:\b(?:not|never|neither|nor|without being|pas)|n't)\s(?:been |being |ete )?(?:affected|hit|touched|harmed|cut"
    r"|lost)\b"
    r"|\bn'(?:a|ont|est|etait|ont) (?:pas|jamais) (?:ete )?(?:concerne|touche|affecte|coupe)\w*"
    r"|\bno (?:ha\w*|fue\w*|se vi\w*|se ha\w*) (?:sido |visto )?(?:afectad|cortad)\w*|"
    r"\b(?:not|isn't|aren't|wasn't|n'est pas|ne sont pas|no esta\w*)"
    r"\s(?:\w+\s)?(?:affected|concerne|touche|affecte|afectad)"
)
_GONE = r"\b(?:no|none of (?:the|your)) (?:\w+ )?(\w+) (?:was|were|is|has been|have been) lost\b|\baucune? (\w+)\b"
_IF = r"\b(?:if|whether|would|could|should|si|cuando|quand)\b"
_LOSES = r"\b(?:lost|dropped|deleted|gone|wiped|erased|discarded|missing|perdu\w*|efface\w*|perdid\w*|borrad\w*)\b"
_FAILED = (
    r"\b(?:failed|stopped|broke|went (?:down|out|off|wrong)|gave (?:out|way)|cut out|a lache|s'est arretee?|tombee?s?"
    r"|fallo|se paro|cayo)\b"
)
_LEAVE = r"^(?:[\W_]*\w+,?\s){0,8}?(?:get|getting|go|come|head|run|walk|move) (?:\w+ )?out\b|\bsort(?:ed)? out\b"
_HAS = (
    r"\b(?:has|have|a|ont|tiene\w*) (?:got )?(?:its |their |du |de l'|de la |la )?(?:own )?(?:power|courant"
    r"|electricite|luz"
    r"|corriente|lights?|internet|service|servicio|signal|senal|water|agua)\b|\b(?:is|are) (?:fine|ok|okay|spared)\b"
    r"|\b(?:isn't|aren't|not|wasn't|hasn't been|unaffected|n'est pas|ne sont pas|no esta\w*) ?(?:\w+ )?(?:affected"
    r"|hit|touched"
    r"|touchee?s?|concernee?s?|afectad\w*)\b|\bunaffected\b|\bepargnee?s?\b"
)
_WENT_WELL = (
    r"\b(?:got (?:it|them) (?:all|the whole)|kept (?:working|running|selling|playing|arriving|going)|never (?:stopped"
    r"|failed"
    r"|went down)|worked (?:all|the whole|throughout|fine)|(?:was|were) (?:fine|not affected|unaffected)"
    r"|(?:wasn't|weren't) (?:affected|hit|touched)|(?:n'a|n'ont) (?:pas|jamais) (?:ete )?(?:touche|cesse|concerne"
    r"|affecte)\w*"
    r"|(?:a|ont) (?:toujours )?fonctionne|(?:siguio|siguieron) funcionando|no (?:fue|fueron|se vio) afectad\w*)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for a clause that puts a fact in another place, or a thing in the state that the facts deny."""
    sheet = candidate.sheet
    if sheet.status is None:
        return
    told = _told(sheet)
    for clause in pieces(body(candidate)):
        if clause.question:
            continue
        message = (
            _lost(clause, sheet)
            or _hit(clause, sheet)
            or _spared(clause, sheet)
            or _back(clause, sheet)
            or _place(clause, told, sheet)
            or _state(clause, sheet)
        )
        if message:
            said = shown(candidate, clause.start, clause.end)
            yield block(NAME, clause.start, clause.end, f"'{said}' {message}")


def _lost(clause: Clause, sheet: FactSheet) -> str | None:
    """Something said to be lost of which the facts say that none was."""
    kept = {
        stem(word) for one, other in rx(_GONE).findall(fold("\n".join(sheet.facts.values()))) if (word := one or other)
    }
    said = {stem(word) for word in rx(r"[^\W\d_]+").findall(clause.text)}
    if said & kept and rx(_LOSES).search(clause.text) and not denies(clause) and not rx(_IF).search(clause.text):
        return "is said to be lost, and the facts say that none was. Compare it with the fact sheet."
    return None


def _hit(clause: Clause, sheet: FactSheet) -> str | None:
    """A place of the incident said not to be hit, while nothing in the facts calls it back."""
    if not _failing(sheet) or rx(_UNSURE).search(clause.text) or borne_out(clause, sheet):
        return None
    back, _ = places_back(sheet)
    here = {
        name
        for name in map(fold, sheet.regions)
        if rx(rf"^\W*(?:\w+,? ){{0,3}}{re.escape(name)}\b").search(clause.text)
    }
    if here - back and (match := rx(_HAS).search(clause.text)) and not denies(_without(clause, match.end())):
        return "is among the places that are hit. Compare the places with the fact sheet."
    return None


def _without(clause: Clause, end: int) -> Clause:
    return Clause(clause.start + end, clause.end, clause.text[end:], clause.question)


def _spared(clause: Clause, sheet: FactSheet) -> str | None:
    """A part of the service that failed said to have worked all along."""
    if sheet.status is IncidentStatus.INVESTIGATING or borne_out(clause, sheet, share=0.8):
        return None
    here = [name for name in map(fold, sheet.components) if rx(rf"\b{re.escape(name)}\b").search(clause.text)]
    if here and rx(_WENT_WELL).search(clause.text):
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
    here = frozenset(name for name in names if rx(rf"\b{name}\b").search(clause.text))
    if not here or rx(r"\b(?:after|apres|despues|if|si|until|then|next|puis|ensuite|luego)\b").search(clause.text):
        return None
    no_here = denies(clause)
    for word in _words(clause.text, names) - _everywhere(sheet):
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
    back, out = places_back(sheet)
    here = {name for name in map(fold, sheet.regions) if rx(rf"\b{name}\b").search(clause.text)}
    if here and here <= back and (denies(clause) or rx(_DOWN).search(clause.text)):
        return "has it back by the facts. Compare the places with the fact sheet."
    if here & out and not here & back and not denies(clause) and rx(_HAS_BACK).search(clause.text):
        return "is still without by the facts. Compare the places with the fact sheet."
    return None


def _state(clause: Clause, sheet: FactSheet) -> str | None:
    """A thing that the facts call fine said to fail, or one that fails said to be fine."""
    if rx(_UNSURE).search(clause.text):
        return None
    fine, down = _things(sheet)
    said = {stem(word) for word in rx(r"[^\W\d_]+").findall(clause.text)}
    well = bool(rx(_FINE).search(clause.text))
    ill = bool(rx(_DOWN).search(clause.text)) and not rx(_DENIED_DOWN).search(clause.text)
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
        and not (denies(clause) and not rx(_DENIED_DOWN).search(clause.text))
    ):
        return "is said to work, and the facts say that it fails. Compare it with the fact sheet."
    return None


def _once_failed(clause: Clause, sheet: FactSheet) -> bool:
    """Whether a failure in the past is told of a thing that the facts' cause speaks of: it failed, and runs again."""
    cause = fold(sheet.get("cause"))
    before = rx(_FAILED).search(clause.text)
    return bool(before) and bool(content(clause.text[: before.start()] if before else "") & content(cause))


def _things(sheet: FactSheet) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the things that the facts call fine, and of those that fail now."""
    return _things_told(fold("\n".join(sheet.facts.values())), tuple(map(fold, sheet.components)), _failing(sheet))


def _failing(sheet: FactSheet) -> bool:
    return sheet.status in {IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED}


@lru_cache(maxsize=32)
def _things_told(facts: str, components: tuple[str, ...], failing: bool) -> tuple[frozenset[str], frozenset[str]]:
    fine: set[str] = set()
    ill: set[str] = set()
    for clause in clauses(facts):
        lost = rx(_GONE).search(clause.text)
        well, bad = rx(_FINE).search(clause.text), rx(_DOWN).search(clause.text)
        if lost and "lost" in lost[0]:
            fine.add(stem(lost[1]))
        elif well and (not bad or rx(_DENIED_DOWN).search(clause.text)):
            fine |= _subject(clause.text[: well.start()])
        elif bad:
            ill |= _subject(clause.text[: bad.start()])
    if failing:
        ill |= {part for name in components for part in _subject(name)}
    return frozenset(fine - ill), frozenset(ill - fine) if failing else frozenset()


def _subject(text: str) -> set[str]:
    """The stems of what stands before a verb."""
    return set(content(" ".join(text.split()[-12:])))
