"""No cause is given but the one in the facts."""

import re
from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.cause_families import ALSO, FAMILIES
from responder.gate.reading import (
    Clause,
    block,
    body,
    clauses,
    customer_text,
    facts_text,
    fold,
    holds,
    rx,
    shown,
    words,
)

NAME = "cause"
# Enough by themselves; the others also stand for everyday things and need a word of cause or damage beside them.
_TELLING = frozenset(
    {"an attack", "too much traffic", "a power failure", "a fire", "an accident", "overheating", "age"}
    | {"theft or vandalism", "money or staff", "failed equipment", "a flood", "lightning", "somebody from outside"}
)
_NEVER = r"(?!)"
_LINK = (
    r"\b(?:because|cause[ds]?|causing|due to|owing to|result(?:ed)? (?:of|from|in)|(?:was|is|came"
    r"|comes) down to|trac(?:ed?|ing) (?:it |this )?(?:back )?to|trigger\w*|led to|reason|thanks to"
    r"|turn(?:s|ed) out|after (?:an?|the|our|some)|following (?:an?|the|our)|it was (?:an?|the|our|just"
    r"|simply)|this was|that was|started (?:with|when|after)|stems? from|stemmed from|why|blame|culprit"
    r"|behind (?:this|it|the)|origin\w*|came from|comes from|it's (?:an?|the|our)|there was"
    r"|a cause|en raison|parce qu|du(?:e|s)? a(?:u|ux)?|suite a|a la suite|provoqu\w*|declench\w*"
    r"|l'origine|c'est (?:un|une|notre|la|le|bien)|c'etait|vient d\w*|apres (?:un|une|la|le|l')|il y a eu"
    r"|responsable"
    r"|porque|por culpa|debi\w* a|provoc\w*|caus[oa]\w*|a raiz|por (?:un|una|el|la)\b|tras (?:un|una|el"
    r"|la)|fue (?:un|una|el|la)|se trata de|se trato de|motiv\w*|por eso|hubo)\b"
)
_EVENT = (
    r"\b(?:fail(?:ed|ure|s)?|broke(?:n)?|crash\w*|cut|hit|burn(?:ed|t)|went (?:down|out|wrong|bad|offline)"
    r"|gave (?:out|way)|lost|knocked|took|taken|brought|damag\w*|stopp?ed|tripp?ed|expired|ran out"
    r"|overload\w*|overheat\w*|switch(?:ed)? off|pulled|picked|unplugged|press(?:ed)?|delet\w*|forgot\w*"
    r"|skipp?ed|miss(?:ed)|flood\w*|struck|collaps\w*|dropped|didn't|snapped|fell|blew|blown|jamm?ed"
    r"|leak\w*|froze|push(?:ed)?|fault\w*|mistake|error|snag\w*|clash\w*|disconnect\w*|severed"
    r"|couldn't (?:cope|handle|keep|take)|can't cope|buckled|choked|swamped|overwhelmed|wiped|corrupt\w*"
    r"|(?:a|ont|avait|avons|s'est|s'etait|est)\s(?:\w+\s)?(?:lache|coupe|percute|brule|saute|grille|plante"
    r"|heurte|endommage|arrache|debranche|oublie|cede|pris|tombe\w*|casse|rompu\w*|efface|sature|fait"
    r"|touche|frappe|sectionne|echoue|bloque|arrete|expire|rate)|panne d|defaillan\w*|defaut|erreur"
    r"|incident"
    r"|(?:se )?(?:cortaron|rompieron|cayeron|danaron|corto|fallo|fallaron|cayo|cayeron|choco|quemo|rompio"
    r"|dano|saturo|saturaron|desconecto|borro|olvido|golpeo|salto|derribo|averio|averia\w*|equivoco|pulso"
    r"|colapso|bloqueo|arranco|estropeo|perdio|detuvo|dejo|tiro)|ha (?:fallado|caido|roto|cortado)|fallo"
    r"|error|rotura|caida)\b"
)
_FLAT = (
    r"\b(?:caused by|due to|owing to|as a result of|because of (?!us\b|our outage|this\b|that\b)"
    r"|the (?:cause|culprit|reason|problem|issue|trouble|fault) (?:is|was|turned out|lies|lay|came|comes"
    r"|seems|appears)|traced (?:it |this )?(?:back )?to|turn(?:s|ed) out|it was (?:an?"
    r"|our) (?:\w+ )?(?:fault|failure|error|mistake|problem|bug|issue)|stems? from|stemmed from"
    r"|comes? down to|down to an?"
    r"|cause(?:e|es)? par|du(?:e)? a (?:un|une)|a cause d'un\w*|provoquee? par|l'origine (?:est"
    r"|du probleme)|la cause (?:est|etait)|vient d'un\w*|suite a un\w*"
    r"|debi(?:do|da|o) a|por culpa de|la causa (?:es|fue|ha)|provocad[oa] por|causad[oa] por|se debe a"
    r"|se debio a|a raiz de)\b"
)
_LINE_OF_THEIRS = r"(?:a |the )?dead (?:phone |alarm )?line\b(?! (?:card|cut|caused|at the|in the))"
_HEDGE = (
    r"\b(?:know|known|say|tell|sure|certain|whether|guess|speculat\w*|if|when|rule|could be|look\w*|find"
    r"|sabemos|saber|conoc\w*|savons|connaiss\w*|cherch\w*|busc\w*|investig\w*|descart\w*|dire|decir\w*"
    r"|exclu\w*)\b"
)
_MARGIN = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "our",
        "we",
        "us",
        "that",
        "this",
        "it",
        "was",
        "were",
        "is",
        "are",
        "and",
        "for",
        "by",
        "from",
        "with",
        "at",
        "had",
        "has",
        "have",
        "been",
        "be",
        "not",
        "as",
        "which",
        "who",
        "when",
        "while",
        "more",
        "over",
        "so",
        "your",
        "you",
        "overnight",
        "last",
        "night",
        "today",
        "yesterday",
        "morning",
        "evening",
        "own",
        "mistake",
        "fault",
        "failure",
        "error",
        "problem",
        "something",
        "one",
        "part",
        "thing",
        "people",
        "customers",
    ]
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that explains the trouble in a way the facts do not."""
    facts = facts_text(candidate.sheet)
    causes = fold("\n".join(text for key, text in candidate.sheet.facts.items() if key.startswith("cause")))
    if candidate.sheet.status is None and not causes:
        facts = facts + customer_text(candidate)
    for clause in clauses(body(candidate)):
        if clause.question:
            continue
        if finding := _family(candidate, clause, facts, causes) or _flat(candidate, clause, causes):
            yield finding


def _family(candidate: Candidate, clause: Clause, facts: str, causes: str) -> Finding | None:
    told = rx(_LINK).search(clause.text) or rx(_EVENT).search(clause.text) or clause.says_not()
    if clause.says_not() and (causes or rx(_HEDGE).search(clause.text)) and not rx(_EVENT).search(clause.text):
        return None
    for family, pattern in FAMILIES.items():
        match = rx(pattern).search(clause.text)
        if (
            not match
            or holds(facts, pattern)
            or holds(causes if told else facts, ALSO.get(family, _NEVER))
            or rx(r"wi-?fi").search(match[0])
        ):
            continue
        if not told and family not in _TELLING:
            continue
        if _told_before(match[0], facts):
            continue
        if clause.says_not() and family != "an attack" and not rx(_EVENT).search(clause.text):
            continue
        if _about_them(clause, match.span()) or rx(_LINE_OF_THEIRS).match(clause.text, match.start()):
            continue
        message = f"speaks of {family}; the facts do not. Give the cause from the facts, or say that it is not known."
        return _finding(candidate, clause, match.span(), message)
    return None


def _told_before(said: str, facts: str) -> bool:
    """Whether every word of the phrase that tells something stands in the facts."""
    telling = [word for word in words(said) if len(word) > 3 and word not in _MARGIN]
    return bool(telling) and all(rx(rf"\b{re.escape(word)}").search(facts) for word in telling)


def _about_them(clause: Clause, span: tuple[int, int]) -> bool:
    """Whether the words stand for the customer's own things or plans."""
    return bool(
        rx(
            r"\b(?:your|yours|his|her|their|my|votre|vos|ton|ta|tes|tu|tus|su|sus)\s(?:\w+\s)?$"
            r"|\byou (?:\w+ ){0,4}with an? $"
        ).search(clause.text[: span[0]])
    )


def _flat(candidate: Candidate, clause: Clause, causes: str) -> Finding | None:
    """A plain "caused by ...": refused when no cause is known, or when it shares no word with the known one."""
    match = rx(_FLAT).search(clause.text)
    if not match or (clause.says_not() and rx(_HEDGE + r"|n't\b|\bnot\b|\bpas\b").search(clause.text)):
        return None
    if not causes:
        if rx(
            r"\b(?:we're|we are|still|being|under|yet|looking|checking|unknown|open|on|at|inconnue?|en cours"
            r"|dans le"
            r"|desconocid\w*)\b"
        ).search(clause.text[match.end() : match.end() + 25]):
            return None
        message = "gives a cause, and none is known. Say that it is not known, and when the next update comes."
        return _finding(candidate, clause, match.span(), message)
    after = [word for word in words(clause.text[match.end() :])[:10] if word not in _MARGIN and len(word) > 2]
    if len(after) < 2 or not _same_language(clause.text, causes):
        return None
    own = facts_text(candidate.sheet) + customer_text(candidate)
    if any(word[:5] in own for word in after):
        return None
    return _finding(candidate, clause, match.span(), "gives another cause than the facts. Keep to the facts' cause.")


def _same_language(text: str, other: str) -> bool:
    """Whether two folded texts share their small words."""
    small = rx(r"\b(?:the|our|and|was|were|that|of|les?|des|nous|une?|est|los?|las?|nuestr\w+|del|que|por)\b")
    return len(set(small.findall(text)) & set(small.findall(other))) >= 1


def _finding(candidate: Candidate, clause: Clause, span: tuple[int, int], message: str) -> Finding:
    start, end = clause.start + span[0], clause.start + span[1]
    return block(NAME, start, end, f"'{shown(candidate, start, end)}' {message}")
