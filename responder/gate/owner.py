"""Nobody is promised something that no fact gives: no call, no visit, no place at the head of the queue.

A promise needs an owner. What we say of our next update stands in the fact sheet; anything else that somebody shall do
for this one customer is for a person to promise, in a private message, after seeing the case.
"""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.alignment import borne_out
from responder.gate.phrases import find
from responder.gate.reading import Clause, rx

NAME = "owner"
_WHO = (
    r"(?:we|i|someone|somebody|one of (?:us|our \w+)|(?:an?|our|the|your|my) (?:\w+ )?(?:colleagues?|agents?"
    r"|advis[oe]rs?"
    r"|technicians?|specialists?|managers?|engineers?|experts?|teams?|people|crews?|representatives?|rep|person|nurse"
    r"|driver|courier|clinic|branch|shop|store|member of (?:staff|the team)))"
)
_PATTERNS = (
    (
        r"\b(?:someone|somebody|an? \w+|our \w+)\b.{0,20}\b(?:sends?|brings?|stays?|opens?|keeps?|restores?|joins?"
        r"|replaces?)\b"
        r".{0,25}\byou(?:rs?)?\b|\bwe(?:'ll| will)? (?:keep|save|hold|open|bring|come to|restore|drive"
        r"|hand)\b.{0,20}\byou(?:rs?)?\b"
        r"|\b(?:keep|save|hold) (?:\w+ ){1,3}for you\b|\bon the way to (?:you|your)\b|\bcome to you\b|\bwe(?:'ve"
        r"| have) (?:told|asked|informed|noted) (?:your|the|her|his|it|you)\b"
    ),
    (
        rf"\b{_WHO}(?:'ll| will|'re going to|'s going to| is going to| are going to)? (?:\w+ ){{0,2}}?"
        r"(?:calls? you|calling you|rings? you|ring(?:ing)? your|phones? you|visits? you|comes? (?:by|round|over|out)\b"
        r"|drops? by|knocks?|e-?mails? you|texts? you|contacts? you|reach(?:es)? out|gets? back to you"
        r"|writes? to you|messages? you|meets? you|waits? for you|waiting for you|drives? you|brings? (?:it|you|one)"
        r"|escorts?|collects?|(?:keeps?|saves?) (?:you )?a (?:place|seat)"
        r"|calls? (?:your|her|him|them)|rings? (?:her|him|them)|looks? after (?:it|this|your) (?:personally|myself))\b"
    ),
    (
        r"\b(?:we've|we have|we|i've|i have|it's been|it has been|has been|(?:is|are) being|been)"
        r" (?:just |already |now |personally )?(?:escalated|flagged|prioriti[sz]ed|set (?:it |this |yours? |\w+ )?aside"
        r"|put (?:you|your \w+|this|it) (?:on|at|to|in|through)|moved (?:you|your|it|this)|opened (?:a|your)"
        r"|raised (?:a|an|your|it|this)|logged (?:a|an|your|it|this)|assigned|booked (?:you|a)|reserved|sent (?:you"
        r"|out|a|an|your)"
        r"|dispatched|handed (?:it|this|your)|passed (?:it|this|your) (?:case )?(?:to|on to)|ordered (?:you|a|an))\b"
        r"|\b(?:on its way|already on the way|has (?:taken|picked) up your|working on your (?:case|account|line|claim)"
        r"|your (?:case|ticket|request|claim|complaint|order|refund) (?:is|has|was) (?:\w+ )?(?:been |being |now "
        r"|already )?"
        r"(?:open(?:ed)?|escalated|with|priorit\w*|handled|processed|approved|assigned|top|first|under))\b"
        r"|\b(?:will|'ll) be (?:called|phoned|rung|visited) (?:by|personally|at home|before|up)\b"
        r"|\btop of (?:the|our) (?:list|queue|pile)\b|\bjump(?:ed|s)? the queue\b|\b(?:top|highest|full) priority\b"
        r"|\b(?:will|'ll) be (?:waiting|there) (?:for|to)\b|\bsomebody (?:is )?waiting\b"
    ),
    (
        r"\b(?:nous|on|je|un\w* (?:\w+ )?(?:technicien|agent|conseiller|collegue|specialiste|coursier|livreur"
        r"|personne)\w*"
        r"|quelqu'un|nos \w+|l'un de nous) (?:vous|te|l'|lui|la|le)? ?(?:rappel\w+|appell(?:e|ons|era|erons)"
        r"|telephon\w+"
        r"|contact(?:e|ons|era|erons)|recontact\w*|attend(?:ra|rons)?\b|passe(?:ra)?\b(?! par)|vien(?:t|dra)\b|livr\w+"
        r"|apport\w+|accompagn\w+)"
        r"|\b(?:peut|va|vont) (?:vous |te )(?:l'|la |le )?(?:apporter|rappeler|appeler|contacter|livrer)"
        r"|\b(?:est|sont|a ete|avons|ai) (?:\w+ )?(?:mis(?:e|es)? de cote|mis (?:\w+ )?en (?:tete|haut)|prioritaires?"
        r"|transmis a|signale a|escalade|ouvert un (?:dossier|ticket)|reserve (?:un|une|votre))"
        r"|\bser(?:a|ez|ont) (?:\w+ )?(?:prevenu|appele|rappele|contacte|averti)\w* par (?:telephone"
        r"|une (?:\w+ )?personne)"
        r"|\bvotre (?:dossier|cas|demande|colis|remboursement) (?:est|a ete|part|sera) (?:\w+ )?(?:en cours"
        r"|prioritaire|traite"
        r"|transmis|ouvert|valide|mis|avec le premier)|\ben priorite absolue\b|\ben haut de la (?:pile|liste)\b"
    ),
    (
        r"\b(?:un[ao]? (?:\w+ )?(?:tecnic\w*|agente|asesor\w*|companer\w*|especialista|persona|repartidor|mensajero)"
        r"|alguien"
        r"|(?:te|le|os|les)) (?:te |le |os |les )?(?:llam(?:a|amos|ara|aremos|are)\b|visit\w+|pasa(?:ra)? (?:por|a)"
        r"|contact(?:a|ara|aremos|amos)|esper(?:a|ara)\b|avis(?:a|ara|aremos) (?:por|en persona)|recog\w+|llev\w+"
        r"|trae\w*)"
        r"|\b(?:pasa(?:ra)?|ira|viene|vendra) un[ao]? (?:\w+ )?(?:tecnic|agente|companer|repartidor)\w*"
        r"|\bser(?:a|as|an|eis) (?:\w+ )?(?:avisad|llamad|contactad)[oa]s? (?:por|personalmente)\b"
        r"|\bhabra (?:alguien|una persona|un\w* \w+) (?:esper|alli|para)\w*"
        r"|\b(?:hemos|he|ha sido|esta) (?:\w+ )?(?:puesto (?:tu|su|el|la)|escalad\w*|priorizad\w*|reservad\w*"
        r"|apartad\w*"
        r"|abierto (?:un|tu|una)|mandado|enviado (?:un|a))|\btu (?:caso|reembolso|reclamacion) (?:esta|ha sido"
        r"|es) (?:en|ya"
        r"|prior|aprob)\w*|\b(?:maxima|absoluta) prioridad\b|\blos primeros de la (?:lista|cola)\b"
    ),
)
_UPDATE = (
    r"\b(?:update\w*|news|nouvelles?|noticias|novedad\w*|informamos|publicly|publish\w*|post\b|if you|once you|when you"
    r"|dms?|private\w*|direct message|inbox|so (?:that )?we can|en prive|message prive|por privado|mensaje directo"
    r"|send us|tell us|write to us|message us|ecrivez|escribenos|cuentanos|dites|si vous|si nos|should have|could have"
    r"|would like)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every promise to this customer that nobody in the facts has made."""
    message = "promises what no fact gives and nobody owns. Promise it in a private message, by the one who does it."
    yield from find(NAME, _PATTERNS, message, candidate, excuse=_excused)


def _excused(clause: Clause, candidate: Candidate) -> bool:
    """A question, a denial, the next update, or what follows on what the customer sends us."""
    if rx(r"\b(?:vuelo|avion|tren|vol|train|flight|plane) (?:te|os|le|vous|waits?)").search(clause.text):
        return True
    if borne_out(clause, candidate.sheet):
        return True
    return clause.question or clause.says_not() or bool(rx(_UPDATE).search(clause.text))
