"""No cause is given but the one in the facts."""

import re
from collections.abc import Iterator, Mapping

from core.domain import Finding
from responder.gate import Candidate
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
# What things break of, in three languages: a family in the reply that the facts do not hold is an invented cause.
_FAMILIES: Mapping[str, str] = {
    "an update": r"\bupgrad\w*|\bpatch\w*|\bmises? a (?:jour|niveau)\b|\bactualizacion\w*|\b(?:software|system|app"
    r"|firmware|config\w*) (?:update|release|change|rollout)|\b(?:an?|the|our) update (?:we|that|went"
    r"|broke|failed)|\bmigrat\w*|\bmigraci\w*|\brelease\b",
    "failed equipment": r"\bhardware\b|\b(?:faulty|broken|failed|defective|dead|bad|burnt"
    r"|worn) (?:\w+ ){0,2}(?:part|component"
    r"|card|device|unit|switch|router|cabinet|module|disk|board|fan|equipment|box|line)|\bdisk\b"
    r"|\bmateriel\b|\bpiece defectueuse\b|\bpieza\b|\bequipos? (?:averiad|defectuos)\w*|\bcomposant\w*"
    r"|\bcomponente\w*|\bfusible\w*|\bfuse\b|\b(?:main|core|central) (?:switch|router)\b",
    "a power failure": r"\bpower (?:cut|failure|loss|supply|surge|outage)|\blost power\b|\bbatter(?:y"
    r"|ies) (?:failed|died"
    r"|didn't|ran)|\bbackup (?:batter\w+|generator\w*|power)|\bgenerator\w*|\bcoupure (?:de courant"
    r"|electrique)|\bpanne (?:de courant|electrique)|\bgroupe electrogene\b|\b(?:averia|fallo|corte"
    r"|apagon) (?:electric\w*|de (?:luz|corriente))|\bapagon\b|\bgenerador\w*|\belectrical (?:fault"
    r"|failure|fire)",
    "a cut cable": r"\bcables?\b|\bfib(?:re|er|ra)s?\b(?! (?:customer|plan|optic plan))|\bdigger\b|\bexcavat\w*"
    r"|\bbackhoe\b|\broadworks?\b|\bconstruction (?:crew|work|site)\w*|\bpelleteuse\b|\bchantier\b"
    r"|\bexcavadora\b|\bzanja\b|\bobras\b|\btravaux\b",
    "a storm": r"\bstorms?\b|\bwinds?\b|\bheavy rain\b|\bhurricane\b|\btempete\b|\bvents?\b|\brafales?\b|\btormenta\b"
    r"|\bviento\b|\btemporal\b|\bhuracan\b",
    "lightning": r"\blightning\b|\borages?\b|\bfoudre\b|\brayos?\b",
    "ice or snow": r"\bice\b|\bicy\b|\bsnow\w*|\bfreezing rain\b|\bglace\b|\bverglas\b|\bneige\b|\bgivre\b|\bhielo\b"
    r"|\bnieve\b|\bhelada\w*|\bhelo\b",
    "a flood": r"\bflood\w*|\binond\w*|\bdegat des eaux\b|\bwater (?:got|leak\w*|damage)|\binund\w*|\bfuga de agua\b",
    "the heat": r"\bheat ?wave\b|\bthe heat\b|\bcanicule\b|\bola de calor\b",
    "somebody from outside": r"\b(?:an? )?(?:neighbou?r|passer-?by|farmer|driver|customer|contractor"
    r"|kids?) (?:\w+ )?(?:hit|cut"
    r"|damaged|broke|knocked|pulled)|\b(?:un|une|el|los|des) (?:vecin\w*|voisin\w*|agriculteur|conduct\w*"
    r"|passant\w*|agricultor) (?:\w+ ){0,2}(?:dano|corto|rompio|golpeo|endommag\w*|coupe|heurte|casse)",
    "an attack": r"\battack\w*|\bhack\w*|\bddos\b|\bcyber\w*|\bransom\w*|\bmalware\b|\bvirus\b|\bintru\w*|\bsabot\w*"
    r"|\battaque\w*|\bpirat(?:e|es|age|ee?s?)\b|\bciber\w*|\bataques?\b|\bataco\b",
    "a person's mistake": r"\bone of us (?:\w+ )?(?:cancell?ed|pressed|deleted|loaded|forgot|changed|mis\w+ed"
    r"|entered|typed|pulled"
    r"|switched|made|broke|took|sent|ticked|clicked)\b|\bl'un(?:e)? de nous a\b|\buno de nosotros (?:\w+o)\b"
    r"|\bhuman error\b|\bby (?:mistake|accident)\b|\baccidentally\b|\bpar erreur\b"
    r"|\bpor (?:error"
    r"|equivocacion|descuido)\b|\bone of our own\b|\berreur humaine\b|\berror humano\b|\b(?:(?:someone"
    r"|somebody)(?! (?:will|can|goes|looks|reads|checks|answers|starts|picks|comes|is|from)\b|'ll)"
    r"|an? (?:\w+ )?(?:employee|engineer|technician|colleague|intern|operator|trainee|contractor"
    r"|worker|member of (?:staff|the team)|person|admin\w*|team member|new hire)|one of (?:our"
    r"|the) (?:\w+ )?(?:people|engineers|technicians|staff|team|colleagues|employees)|night shift"
    r"|quelqu'un|un (?:\w+ )?(?:technicien|employe|stagiaire|collegue|ingenieur)|l'un de nos|alguien"
    r"|un (?:\w+ )?(?:tecnico|empleado|becario|companero|ingeniero|operario)|uno de nuestros)\b|\btypo\b"
    r"|\bwrong (?:file|button|cable|machine|switch|command|key|setting|version|server|plug|line|box)"
    r"|\b(?:mauvais|mauvaise) (?:fichier|bouton|commande|cable|version)|\b(?:archivo|boton|comando|cable"
    r"|fichero) equivocad\w*",
    "too much traffic": r"\bso many (?:\w+ ){1,4}(?:that|filled|logged|joined|came|tried|rang|called|signed)\b"
    r"|\b(?:filled|fills) up (?:our|the|its)\b|\bran out of (?:room|space|storage|memory|disk)"
    r"|\b(?:storage|memory|disk|queue) (?:is|was|got|were) full\b|\btant de \w+ que\b|\btant[oa]s \w+ que\b"
    r"|\boverload\w*|\btoo (?:many|much) (?:people|users|customers|traffic|calls|demand"
    r"|requests|devices"
    r"|load)|\btraffic\b|\bcapacity\b|\b(?:surge|spike|peak) (?:in|of)\b|\b(?:unusual|record|high"
    r"|unexpected|heavy) (?:demand|load|volume|usage)|\bcongest\w*|\bsurcharg\w*|\bsatur\w*|\baffluence\b"
    r"|\bpic d\w*|\bsobrecarg\w*|\bpico de\b|\bexceso de\b|\balta demanda\b|\btrafico\b",
    "maintenance": r"\bmaintenance\b|\bplanned work\w*|\bmantenimiento\b|\bscheduled work\w*"
    r"|\broutine (?:work|job|check"
    r"|test)",
    "an expired certificate": r"\bcertificat\w*|\bcertificado\w*|\blicen[cs]e\b|\blicence\b|\blicencia\b",
    "a fire": r"\bfires?\b(?! up)|\bsmoke\b|\bburn(?:ed|t) (?:out|down|through)|\bincendi\w*|\ba pris feu\b"
    r"|\bse quemo\b|\ba brule\b|\bshort[- ]circuit\w*|\bcourt-circuit\w*|\bcortocircuito\w*",
    "an accident": r"\b(?:truck|lorry|car|vehicle|van|driver|plane|boat|ship|tractor"
    r"|train) (?:\w+ ){0,2}(?:hit|crash\w*"
    r"|struck|ran|drove|knocked|went|took)|\bcamion\b|\bvoiture\b|\bvehicule\b|\bcamion(?:eta)?\b"
    r"|\bcoche (?:choc|derrib|golpe)\w*|\bchoque\b|\baccident\b|\baccidente\b",
    "theft or vandalism": r"\btheft\b|\bstolen\b|\bstole\b|\bvandal\w*|\bcopper\b|\bvol de (?:cable|cuivre"
    r"|materiel)|\brobo de\b"
    r"|\brobaron\b|\bthieves\b|\bvoleurs\b",
    "a software fault": r"\bbugs?\b|\bglitch\w*|\bsoftware\b|\bmis-?config\w*|\bconfigur\w*|\blogiciel\w*"
    r"|\bscripts?\b"
    r"|\bdatabases?\b|\bbase de (?:donnees|datos)|\bfallo informatico\b|\bbogues?\b|\binformatique\b"
    r"|\bmemory leak\b|\bcode\b(?= (?:change|we|that|push))|\bcorrupt\w*|\bsystem (?:failure|crash"
    r"|error)\b",
    "servers": r"\bdata ?cent(?:re|er)s?\b|\bcentre de donnees\b|\bcentro de datos\b|\bservers?\b|\bserveurs?\b"
    r"|\bservidor\w*|\bexchanges?\b|\bcentral(?:ita)? telefonica\b|\bsatellit\w*",
    "a broken part": r"\btransform(?:er|ateur|ador)\w*|\bpoles?\b|\bpoteaux?\b|\bposte (?:de luz"
    r"|electrico)\b|\bpylon\w*"
    r"|\bmasts?\b|\bantenn\w*|\bantena\w*|\btowers?\b|\bsubstation\w*|\bposte source\b|\bsubestacion\w*"
    r"|\bpumps?\b|\bvalves?\b|\bpipes?\b|\bpompe\b|\bbomba\b|\bvalvula\w*|\binsulator\w*|\bbreakers?\b"
    r"|\bdisjoncteur\w*",
    "overheating": r"\boverheat\w*|\bcooling\b|\bair[- ]condition\w*|\bclimatisation\b|\bsurchauff\w*"
    r"|\brefroidissement\b"
    r"|\brefrigeracion\b|\brecalent\w*|\bsobrecalent\w*|\bclimatizacion\b",
    "animals or trees": r"\bsquirrel\w*|\bbirds?\b|\brats?\b|\bmice\b|\brodents?\b|\btrees?\b"
    r"|\bbranch(?:es)?\b|\barbres?\b"
    r"|\bbranches\b|\barbol\w*|\bramas?\b|\becureuil\w*|\bardilla\w*|\brongeur\w*|\broedor\w*|\boiseau\w*",
    "age": r"\b(?:old|aging|ageing|outdated|obsolete) (?:equipment|line|cable|network|system|kit|pipe|hardware"
    r"|infrastructure|software)\w*|\bvetuste\w*|\bobsolet\w*|\bviejo equipo\b|\bequipos? (?:antigu"
    r"|viej)\w*",
    "a move of systems": r"\b(?:moved|moving|switched|switching) (?:\w+ )?(?:to|over|onto) (?:an?|the"
    r"|our) (?:new|other"
    r"|different)\b|\bnouvelle plateforme\b|\bnueva plataforma\b",
    "a failed test": r"\b(?:a|the|our|failed|botched) (?:\w+ )?(?:test|drill|trial"
    r"|experiment) (?:\w+ )?(?:went|that|we"
    r"|gone|on|ran|last|this)|\bprueba fallida\b|\bun test\b",
    "money or staff": r"\b(?:cost|budget) cut\w*|\bshort[- ]staffed\b|\bunderstaffed\b|\bstaff shortage\w*|\bstrike\b"
    r"|\b(?:rang|called|phoned|calling|off) (?:in )?sick\b|\bsick leave\b|\bmalades?\b.{0,15}\b(?:equipe|chauffeur"
    r"|agent)\w*"
    r"|\bde baja\b|\bgreve\b|\bhuelga\b|\bfalta de personal\b|\bmanque de personnel\b|\bunpaid\b|\bno pag(?:amos|o)\b",
}
# Enough by themselves; the others also stand for everyday things and need a word of cause or damage beside them.
_TELLING = frozenset(
    {"an attack", "too much traffic", "a power failure", "a fire", "an accident", "overheating", "age"}
    | {"theft or vandalism", "money or staff", "failed equipment", "a flood", "lightning", "somebody from outside"}
)
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
        if finding := _family(candidate, clause, facts, known=bool(causes)) or _flat(candidate, clause, causes):
            yield finding


def _family(candidate: Candidate, clause: Clause, facts: str, *, known: bool) -> Finding | None:
    told = rx(_LINK).search(clause.text) or rx(_EVENT).search(clause.text) or clause.says_not()
    if clause.says_not() and (known or rx(_HEDGE).search(clause.text)) and not rx(_EVENT).search(clause.text):
        return None
    for family, pattern in _FAMILIES.items():
        match = rx(pattern).search(clause.text)
        if not match or holds(facts, pattern) or rx(r"wi-?fi").search(match[0]):
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
        if rx(r"\b(?:we're|we are|still|being|under|yet|looking|checking)\b").search(
            clause.text[match.end() : match.end() + 25]
        ):
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
