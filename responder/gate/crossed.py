"""No fact is told of another place, and no thing in another state, than the facts tell it of."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain import FactSheet, Finding, IncidentStatus
from responder.gate import Candidate
from responder.gate.alignment import borne_out, content, denies, pieces
from responder.gate.places import places_back
from responder.gate.reading import Clause, block, body, clauses, fold, rx, shown
from responder.gate.things import DENIED_DOWN, DOWN, FINE, GONE, failing, says_so, spared, things
from responder.gate.wording import stem

NAME = "crossed"
_ORDER = r"\b(?:first|last|d'abord|en premier|en dernier|primero|por ultimo|[12]?\d[:.]\d\d|\d+ h(?: \d\d)?)\b"
_UNSURE = (
    r"\b(?:if|whether|when|once|until|like|as well as when|will|'ll|would|should|could|si|cuando|quand|hasta|jusqu'a"
    r"|after|then|not only|ensuite|puis|despues|luego|tell|write|let us know|ecriv\w*|dites|escrib\w*)\b|'ll\b"
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
_NOT_ALL = rf"{DOWN}|\b(?:still|half)\b"
_CLEARLY = 2  # stems shared with a fact, from which on a clause is about it
# Stems of so many uses that sharing one tells nothing of a place.
_EVERYDAY = frozenset({"tak", "take", "taken", "mak", "give", "need", "turn", "hav", "left"})
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
        stem(word) for one, other in rx(GONE).findall(fold("\n".join(sheet.facts.values()))) if (word := one or other)
    }
    said = {stem(word) for word in rx(r"[^\W\d_]+").findall(clause.text)}
    if said & kept and rx(_LOSES).search(clause.text) and not denies(clause) and not rx(_IF).search(clause.text):
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
    if hit and (match := rx(_HAS).search(clause.text)) and not denies(_without(clause, match.end())):
        return "is among the places that are hit. Compare the places with the fact sheet."
    return None


def _without(clause: Clause, end: int) -> Clause:
    return Clause(clause.start + end, clause.end, clause.text[end:], clause.question)


def _spared(clause: Clause, sheet: FactSheet) -> str | None:
    """A part of the service that failed said to have worked all along."""
    if sheet.status is IncidentStatus.INVESTIGATING or borne_out(clause, sheet, share=0.8):
        return None
    here = [name for name in map(fold, sheet.components) if rx(rf"\b{re.escape(name)}\b").search(clause.text)]
    if rx(_WENT_WELL).search(clause.text) and any(not spared(name, sheet) for name in here):
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
    if not here or rx(
        r"\b(?:after|apres|despues|if|si|until|then|next|puis|ensuite|luego"
        r"|when|once(?! an?\b)|quand|cuando)\b"
    ).search(clause.text):
        return None
    no_here, said = denies(clause), _words(clause.text, names)
    own = max((len(said & stems) for places, stems, _ in told if places & here), default=0)
    if own >= _CLEARLY and own > max((len(said & stems) for places, stems, _ in told if not places & here), default=0):
        return None
    for word in said - _everywhere(sheet) - _EVERYDAY:
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
    here = {name for name in map(fold, sheet.regions) if rx(rf"\b{name}\b").search(clause.text)}
    if not here:
        return None
    back, out = places_back(sheet)
    fails = bool(denies(clause) or rx(_NOT_ALL).search(clause.text))
    if fails and here <= back and not _told_alike(clause, sheet, here):
        return "has it back by the facts. Compare the places with the fact sheet."
    if here & out and not here & back and not denies(clause) and rx(_HAS_BACK).search(clause.text):
        return "is still without by the facts. Compare the places with the fact sheet."
    return None


def _told_alike(clause: Clause, sheet: FactSheet, here: set[str]) -> bool:
    """Whether the facts themselves say of these places that what the clause speaks of fails."""
    said = content(clause.text) - content(" ".join(map(fold, sheet.regions)))
    return says_so(said, sheet, fails=True, beside=frozenset(here))


def _state(clause: Clause, sheet: FactSheet) -> str | None:
    """A thing that the facts call fine said to fail, or one that fails said to be fine."""
    if rx(_UNSURE).search(clause.text):
        return None
    fine, down = things(sheet)
    said = {stem(word) for word in rx(r"[^\W\d_]+").findall(clause.text)}
    well = bool(rx(FINE).search(clause.text))
    ill = bool(rx(DOWN).search(clause.text)) and not rx(DENIED_DOWN).search(clause.text)
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
        and not (denies(clause) and not rx(DENIED_DOWN).search(clause.text))
    ):
        return "is said to work, and the facts say that it fails. Compare it with the fact sheet."
    return None


def _once_failed(clause: Clause, sheet: FactSheet) -> bool:
    """Whether a failure in the past is told of a thing that the facts' cause speaks of: it failed, and runs again."""
    cause = fold(sheet.get("cause"))
    before = rx(_FAILED).search(clause.text)
    return bool(before) and bool(content(clause.text[: before.start()] if before else "") & content(cause))
