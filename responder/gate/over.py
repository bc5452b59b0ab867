"""Said to be back while the facts know of nothing that is, or still out while by the facts all of it is over.

`status` compares every reply with every state and errs where an incident is half over. Here only the two plain cases
stand, in which nothing in the facts or the customer's words leaves room: no second opinion is asked.
"""

from collections.abc import Iterator

from core.domain import Finding, IncidentStatus
from responder.gate import Candidate
from responder.gate.reading import block, body, clauses, customer_text, holds, rx, shown
from responder.gate.things import failing, on_states

NAME = "over"

_RUNS = (
    r"(?:works?|working|runs?|running|opens?|opened|loads?|loading|plays?|playing|sells?|selling|connects?|online"
    r"|available|moving|flowing|lit|goes through|go through)"
)
_OUVRE = r"(?:marche|fonctionne|s'ouvre|ouvre|passe|circule|roule|s'affiche|charge|joue)(?:nt)?"
_ABRE = r"(?:abre|funciona|va|carga|circula|sale|hay(?! que)|anda|entra|suena)n?"
_IS_BACK = (
    r"\b(?:(?:came|(?<!^)come|is|are|'s|has|have|got|been|went)"
    r"\s(?:(?!\w+ing\b|given|paid|put|sent|handed|taken)\w+\s){0,2}?back\b"
    r"(?! (?:here|with|to (?:you|us|bed|work|school|the)|from|and forth|on (?:the|your)|in touch))"
    r"|(?:has|have) returned|(?:is|are|was|were|been)\s(?:\w+\s)?(?:restored|up and running|reconnected)"
    rf"|{_RUNS}\s(?:\w+\s){{0,2}}?again"
    r"|(?:a|ont|avez|as)\s(?:\w+\s)?(?:retrouve|recupere)e?s?"
    r"|(?:est|sont)\s(?:\w+\s){0,2}?(?:de retour|revenue?s?|retablie?s?|realimentee?s?|reparee?s?|repartie?s?)"
    rf"|(?:remarche|refonctionne)(?:nt)?|{_OUVRE}\s(?:\w+\s){{0,2}}?(?:de|a) nouveau"
    r"|(?:ha|han)\s(?:\w+\s)?(?:vuelto|regresado|quedado restablecid\w+|sido restablecid\w+)"
    r"|hemos\s(?:\w+\s)?(?:recuperado|restablecido|arreglado|solucionado|reparado)"
    rf"|{_ABRE}\s(?:\w+\s){{0,2}}?(?:otra vez|de nuevo)|ya (?:abre|funciona|carga|circula|entra)n?"
    r"|esta\w*\s(?:\w+(?<!ndo)\s)?(?:de vuelta|otra vez|de nuevo|restablecid\w+))\b"
)
_NOT_SAID = (  # before it: to come, asked, wished, denied, or of something else than the service
    r"\b(?:when|once|until|till|if|before|after|as soon as|by the time|will|'ll|would|should|may|might|could|can|to"
    r"|whether|hope|want|wait\w*|how|why|not|never|no|neither|nor|nothing|none|nobody|we|i|we're|i'm|try|happens?|you"
    r"|yours?|money|refund|quand|lorsque|des que|si|jusqu'\w*|avant|apres|pour|afin|sera|seront|ne|n'\w*|pas|nous|vous"
    r"|votre|d'abord|ensuite|puis|cuando|hasta|en cuanto|antes|despues|para|primero|luego|no|nunca|nada"
    r"|nadie|tuy[oa]s?|dinero|prueba|intenta)\b|n't\b|'ll\b"
)
_THEN = (  # after it
    r"\b(?:when|once|until|if|after|as soon as|first|then|quand|lorsque|des que|si|apres|premier\w*|d'abord|ensuite"
    r"|puis|cuando|hasta|en cuanto|despues|primero|luego|tonight|tomorrow|ce soir|demain|esta noche)\b"
)
_STILL_OUT = (
    r"\b(?:still (?:down|out of|failing|not working|offline|closed|blocked|frozen|investigating|working (?:on|to)"
    r"|looking (?:into|for)|getting|putting|bringing|repairing|trying)"
    r"|(?:isn't|aren't|not) (?:back|fixed|working|open|available|restored) (?:yet|at the moment|for now|right now)"
    r"|(?:has|have) been (?:failing|down|out|offline|unavailable) since"
    r"|toujours (?:en panne|pas|a l'arret|indisponible|coupe|bloque|hors)\w*"
    r"|encore (?:en panne|a l'arret|indisponible|coupe|bloque)\w*|ne (?:\w+ )?(?:toujours|encore) pas"
    r"|sigue\w* (?:caid|sin funcionar|fallando|cerrad|bloquead|fuera de|sin ir)\w*"
    r"|(?:todavia|aun) no (?:funciona|va|abre|esta|carga)\w*"
    r"|seguimos (?:trabajando|buscando|reparando|intentando))\b"
    r"|^(?:not yet|pas encore|toujours pas|todavia no|aun no)\b"
)
_OF_OTHERS = (  # one customer's own case, or what has nothing to do with the state of the service
    r"\b(?:if|si|for you|yours?|your (?:case|account|order|refund)|with you|know|knew|decid\w*|refund\w*|savons|sais"
    r"|votre (?:cas|dossier|compte)|chez vous|sabemos|tu (?:caso|cuenta|pedido)|answer\w*)\b"
)
_LEFT_OPEN = (
    r"\b(?:still|yet|except|apart from|not (?:open|back|available|working)|closed|encore|toujours|sauf|hormis|ferme\w*"
    r"|todavia|aun|sigue\w*|salvo|menos|excepto|cerrad\w+|falta\w*)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that says so."""
    sheet, facts = candidate.sheet, on_states(candidate.sheet)
    if failing(sheet) and not any(holds(one.text, _IS_BACK) for one in clauses(f"{facts}\n{customer_text(candidate)}")):
        message = "tells of a return that no fact gives. Say what still fails."
        yield from _findings(candidate, _IS_BACK, (_NOT_SAID, _THEN), message)
    if sheet.status is IncidentStatus.RESOLVED and not holds(facts, _LEFT_OPEN):
        message = "says that it goes on; the incident is resolved. Say that it is over."
        yield from _findings(candidate, _STILL_OUT, (_OF_OTHERS, _OF_OTHERS), message)


def _findings(candidate: Candidate, source: str, unless: tuple[str, str], message: str) -> Iterator[Finding]:
    """``unless`` stands in the clause up to the match's end, or after it."""
    before, after = unless
    for clause in clauses(body(candidate)):
        match = rx(source).search(clause.text)
        if not match or clause.question:
            continue
        if not rx(before).search(clause.text[: match.end()]) and not rx(after).search(clause.text, match.end()):
            start, end = clause.start + match.start(), clause.start + match.end()
            yield block(NAME, start, end, f"'{shown(candidate, start, end)}' {message}")
