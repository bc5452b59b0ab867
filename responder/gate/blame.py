"""The trouble is ours: no partner, supplier, customer or act of nature carries it for us."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.phrases import find
from responder.gate.reading import Clause, rx

NAME = "blame"
_PATTERNS = (
    (
        r"\b(?:suppliers?|vendors?|(?:sub)?contractors?|third[- ]part(?:y|ies)|wholesale\w*|manufacturers?"
        r"|outsourc\w*|(?:technology|network|delivery|service|payment|roaming|infrastructure|hosting|cloud"
        r"|software|hardware|upstream|external|outside|power|fibre|local|regional|equipment|maintenance"
        r"|business|tower) (?:partners?|providers?|operators?|compan(?:y|ies)|firms?|suppliers?|agenc(?:y"
        r"|ies))|partner(?:s|'s)?\b|upstream|subsidiar\w*)\b"
    ),
    (
        r"\b(?:the )?(?:makers?|manufacturers?) of\b|\b\w+ (?:companies|makers|providers) (?:don't|do not|never|won't"
        r"|lied|force)\b"
        r"|\byour (?:internet )?(?:provider|operator|carrier|router|phone|box|device|browser"
        r"|landlord)(?:'s)? (?:drops?|blocks?|fails?|is (?:to|the|too)"
        r"|isn't|doesn't|can't|must|needs?|causes?)\b|\b\w+ (?:send|bought|use|ask for) (?:far |much "
        r"|way )?too (?:many|much|little|few)\b"
        r"|\b(?:angry|cross) with\b.{0,20}\b(?:them|resellers|others)\b|\bla culpa (?:es|fue|la tien\w*)\b"
        r"|\b(?:league|airport|stadium|venue|school|landlord|owners?|makers?|manufacturers?|publishers?|studios?"
        r"|banks?|insurers?"
        r"|authorit\w+|ministry|regulators?|post office|weather (?:service|office)|railway|carrier|people who (?:own"
        r"|run|built"
        r"|make|sold))(?:'s \w+)?,? (?:\w+ ){0,2}(?:changed|moved|told|insisted|failed|forgot|cut|broke|refus\w+|sent"
        r"|pushed|made"
        r"|didn't|did not|hadn't|had been|wanted|decided|let|left|missed|should|keep|kept|handle)\b"
        r"|\bhandles? our (?:\w+ )?(?:badly|poorly|wrongly)|\bthey need to (?:repair|fix|change|sort)|\b(?:that's"
        r"|this is) (?:a thing )?(?:for )?them to\b"
        r"|\b(?:kept|owned|run|looked after|maintained|handled|installed|built|made|supplied) by (?:the people"
        r"|someone|others|an?other|an? \w+ (?:company|firm))"
        r"|\b(?:aren't|isn't|wasn't|weren't|are not|is not) ours\b"
    ),
    (
        r"\b(?:the|a|an|another|some other) (?:\w+ )?(?:company|firm|operator|outfit|agency|carrier|utility"
        r"|network) (?:that|who|which|we (?:rent|lease|buy|use|hire|pay|rely)|behind|supplying|running"
        r"|building|making)\b"
    ),
    (
        r"\b(?:town|city|council|county|state|municipality|government|landlord|utility)(?:'s)? (?:job|duty"
        r"|responsib\w*|task|fault|should)\b|\b(?:belongs? to|owned by|run by|operated by"
        r"|maintained by) (?!us\b|you)|\b(?:another|other) (?:operator|company|firm|carrier|network)\b"
        r"|\b(?:didn't|never|did not|failed to) (?:warn|tell|inform|notify|remind) us\b"
        r"|\bshould have (?:warned|told) us\b"
    ),
    (
        r"\bconfiee?s? a (?:un|une|des)\b|\bc'est a (?:elle|eux|lui|votre \w+) (?:de|d'|qu)|\b(?:votre|le|la"
        r"|l') ?(?:syndic|proprietaire|bailleur"
        r"|gestionnaire|mairie|constructeur|fabricant|meteo|aeroport|ligue) (?:\w+ )?(?:aurait|doit|devait|devrait"
        r"|n'a|a (?:oublie|change|livre|refuse))"
        r"|\bmir(?:a|ad|e) (?:al?|hacia)\b.{0,25}\b|\bson sus \w+ (?:los|las) que\b|\b(?:el|la) (?:aeropuerto|liga"
        r"|ayuntamiento|propietario|fabricante|casero)"
        r" (?:\w+ )?(?:cambio|decidio|no (?:nos|ha)|tiene que|deberia|olvido|fallo)"
        r"|\bappart(?:ient|iennent) a (?!nous\b)|\b(?:un|l')? ?autre (?:operateur|entreprise|societe|reseau)\b"
        r"|\bne nous a(?:vait|vaient)? pas (?:prevenu|averti)|\bperten\w+ a (?!nosotros\b)"
        r"|\b(?:otra?) (?:operador\w*|empresa|compania|red)\b|\bno nos (?:aviso|avisaron|advirtio)\b"
        r"|\b(?:mairie|la commune|ayuntamiento)\b"
    ),
    (
        r"\bour (?:\w+ ){1,2}(?:compan(?:y|ies)|firms?|agency|insurer|auditors?"
        r"|consultants?) (?:\w+ ){0,2}(?:forgot|failed|missed|made|let|didn't|sent|broke|should)\b"
        r"|\bwaiting (?:for|on) them\b|\b(?:nos|nous) les attendons\b|\bllego tarde\b"
        r"|\bwe're waiting (?:just )?like you\b"
    ),
    (
        r"\b(?:their|his|her) (?:side|end|fault|mistake|doing|responsibility|error|network|equipment|systems?"
        r"|failure|engineers|update)\b|\b(?:is|was|this one is|it's|squarely|really) on (?:them|him"
        r"|the other)\b|\b(?:not|isn't|wasn't) (?:our (?:fault|doing|mistake|problem|network|responsibility"
        r"|side)|us\b|on us\b|ours\b|something we (?:did|control|caused))|\bout of our (?:hands|control)\b"
        r"|\bbeyond our control\b|\bnothing (?:we|to do with us)(?: could)?\b|\blet (?:us|everyone) down\b"
        r"|\bwe(?:'re| are) (?:also |just )?(?:the )?victims?\b|\bpicking up the pieces\b|\bsomeone else's\b"
        r"|\bwe (?:rent|lease|rely on|depend on|buy)\b|\b(?:sold|supplied|sent|gave|handed|shipped"
        r"|delivered) (?:to )?us\b|\bwe were (?:sold|sent|given|let down)\b|\bact of (?:god|nature)\b"
        r"|\bblame (?:the|it on|our|them|him|her)\b|\b(?:the )?(?:city|council|government|municipality"
        r"|landlord|power company|grid operator|electric(?:ity)? company|phone company)(?:'s)? (?:fault|side"
        r"|is to|should|did|cut|failed|messed|workers|crews?)\b"
    ),
    (
        r"\b(?:fournisseurs?|sous-traitants?|prestataires?|partenaires?|fabricants?|tiers\b(?! des)|hebergeur"
        r"|operateur de (?:gros|reseau)|constructeur|entreprise (?:exterieure|qui)|societe (?:qui"
        r"|exterieure))\b|\b(?:de leur cote|leur (?:faute|erreur|responsabilite)|pas (?:de )?notre faute"
        r"|pas de notre (?:fait|ressort)|independant\w* de notre volonte|hors de notre controle|n'y (?:sommes"
        r"|pouvons) (?:pour )?rien|ne sommes pas responsables|cas de force majeure"
        r"|nous aussi (?:sommes )?victimes)\b"
    ),
    (
        r"\b(?:proveedor\w*|subcontrat\w*|contratistas?"
        r"|(?<!toca )(?<!tocan )(?<!sois )(?<!son )terceros(?! (?:en|tras)\b)|soci[oa]s? (?:tecnologic\w*|externo)"
        r"|fabricantes?|empresa (?:externa|que|ajena|encargada|contratada)|compania (?:externa|que|electrica)"
        r"|operador(?:a)? (?:mayorista|externo))\b|\b(?:culpa (?:suya|de ellos|del?|la tienen)|su culpa"
        r"|no (?:es|fue|ha sido) (?:culpa )?nuestr[oa]|no es cosa nuestra|ajen[oa]s? a (?:nosotros|nuestr\w*)"
        r"|fuera de nuestro control|no depende de nosotros|fuerza mayor"
        r"|nosotros tambien (?:somos )?victimas)\b"
    ),
)
_OWNING = (
    r"\b(?:not (?:a|an|our|the|any|some)|no|nor|rather than|instead of|isn't (?:a|the|our)|pas (?:un|une"
    r"|le|la|celle|notre)|ni|no (?:de|es|fue) (?:un|una|el|la))\b.{0,30}\b(?:supplier|vendor|partner"
    r"|contractor|third|someone|anyone|provider|fournisseur|prestataire|partenaire|sous-traitant|proveedor"
    r"|tercero|contratista)"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that points at somebody else."""
    message = "puts the trouble on somebody else. Own it: say what we did and what we do."
    yield from find(NAME, _PATTERNS, message, candidate, excuse=_owning)


def _owning(clause: Clause, _candidate: Candidate) -> bool:
    """'It was ours, not a supplier's' owns; a question to the customer blames nobody."""
    return (
        clause.question
        or bool(rx(_OWNING).search(clause.text))
        or bool(
            rx(
                r"\b(?:switch\w*|chang\w*|leav\w*|mov\w*|cambi\w*|quitt\w*|go\w*)\b.{0,25}\b(?:provider|operator"
                r"|carrier|compan|operador|proveedor|operateur|fournisseur)"
            ).search(clause.text)
        )
    )
