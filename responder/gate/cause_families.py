"""What things break of, in three languages: the families of causes that a reply may speak of."""

from collections.abc import Mapping

FAMILIES: Mapping[str, str] = {
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
    r"|unexpected|heavy) (?:demand|load|volume|usage)|\bcongest\w*|\bsurcharg\w*|\bsatur(?!day)\w*|\baffluence\b"
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
    r"|\bpumps?\b|\bvalves?\b|\bpipes?\b|\bpompe\b|\bcanalisation\w*|\bbomba\b|\btuberia\w*|\bvalvula\w*|\binsulator\w*|\bbreakers?\b"
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
"""A family in the reply that the facts do not hold is an invented cause."""

ALSO: Mapping[str, str] = {
    "an accident": r"\b(?:truck|lorry|van|car|vehicle|tractor|camion\w*|voiture|furgon\w*|coche)\b",
    "an update": r"\bupdat\w*|\bversion\b|\bfirmware\b|\brelease\b|\bmaj\b",
}
"""Words of a family that by themselves explain nothing, but tell whose cause the facts give."""
