"""What runs, what fails and what runs again, in English, French and Spanish: the words of every check on it.

The checks read them from two sides. What a fact calls fine is looked for widely; what a reply may be blamed for saying
is drawn more narrowly. So one state has several tables, and only the words that do not depend on the side are shared.
"""

_AGAIN = r"again|back|restored|(?:de|a) nouveau|retabli\w*|revenu\w*|de nuevo|otra vez|restablecid\w*"
_NOT = r"no|not|cannot|can't|still|off|closed|shut|pas|aucune?|sans|encore|sin|todavia|siguen?"

# Fails, is lost, is hit.
FAILS = (
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
OFF = rf"{FAILS}|\b(?:{_NOT}|without|only|wrong|slow|late)\b"
"""A clause of the facts on something that does not run as it should."""
ONCE_FAILED = (
    r"\b(?:failed|stopped|broke|went (?:down|out|off|wrong)|gave (?:out|way)|cut out|a lache|s'est arretee?|tombee?s?"
    r"|fallo|se paro|cayo)\b"
)
LOST = r"\b(?:lost|dropped|deleted|gone|wiped|erased|discarded|missing|perdu\w*|efface\w*|perdid\w*|borrad\w*)\b"
IS_HIT = (
    r"\b(?:is|are|was|were|also|too|as well|been)\b.{0,20}\b(?:affected|down|out|failing|failed|hit|broken"
    r"|not work\w*|impacted|unavailable|lost)|\b(?:failed|stopped working|doesn't work|don't work"
    r"|can't be used|aren't working|isn't working|not working|goes down|went down)\b|\b(?:touche\w*"
    r"|affecte\w*|en panne|impacte\w*|ne (?:fonctionn|march)\w*|coupee?s?|afectad\w*|caid\w*|fallo"
    r"|fallaron|no funcion\w*)\b"
)
STILL_OUT = (
    r"\bneither\b.{1,60}\bnor\b.{1,40}\b(?:is|are|works?|has|have)\b|\bni\b.{1,60}\bni\b.{1,40}\b(?:fonctionne|marche"
    r"|funciona)\w*"
    r"|\b(?:is|are|remains?|stays?) (?:still )?(?:down|closed|offline|out of (?:order|service)|unavailable)\b"
    r"|^(?:nothing|none|rien|nada)\b.{0,12}\b(?:so far|yet|encore|todavia)\b"
    r"|\b(?:isn't|aren't|not) (?:working|selling|arriving|running|available|back)(?: yet| at the moment| right now|$)"
)
GOES_ON = (
    r"\b(?:(?:is|are|'s|'re|remains?) (?:still )?(?:down|out(?! of (?!order|service|action))|failing|offline"
    r"|unavailable|not working"
    r"|affected|broken|interrupted)\b|still (?:down|out|failing|not working|offline|affected|can't|cannot|closed"
    r"|blocked|suspended|stuck|interrupted"
    r"|investigating|working (?:on|to)|looking (?:into|for)|without|broken|waiting|trying)|(?:isn't|aren't"
    r"|is not|are not|not) (?:fixed|back|restored|working|resolved|fully|over|finished)|(?:hasn't|haven't"
    r"|have not|has not) (?:yet )?(?:been (?:fixed|restored|repaired"
    r"|re?solved|sorted|found)|stopped|fixed|ended"
    r"|come)|not yet\b|we(?:'re| are) (?:still |currently |now )?(?:investigating|working (?:hard "
    r"|flat out |round the clock )?(?:on|to)|trying to (?:fix|restore|find)|fixing|repairing|restoring"
    r"|looking into (?:what|why|the (?:outage|problem|cause)))|being (?:fixed|repaired|restored)"
    r"|we(?:'re| are) (?:now |still )?(?:bringing|getting|putting|restarting|starting|restoring|switching|rolling)\b"
    r"|^almost\b|\b(?:almost|nearly) (?:done|there|all|finished)|most (?:\w+ )?(?:are|is) (?:up|back|working)"
    r"|the rest (?:is|are|follows?|comes)"
    r"|(?:not|isn't|aren't) (?:open|available|possible) (?:yet|at present|at the moment|for now)|while we (?:sort|fix"
    r"|repair|put)\w*"
    r"|we'll (?:say|tell you|let you know|post|write) (?:when|once|as soon as) (?:it|they|\w+ (?:is|are))\b"
    r"|until (?:it's|it is|service|payments|everything)"
    r"|(?:toujours|encore) (?:en panne|indisponible\w*|hors|en cours|pas)|pas encore|(?:travaillons"
    r"|cherchons|enquetons|reparons)|en cours de (?:resolution|reparation|retablissement)"
    r"|ne (?:fonctionne\w*|marche\w*) (?:toujours |encore )?pas"
    r"|(?:sigue\w*|seguimos|continua\w*) (?:\w+ )?(?:sin|caid\w*|fallando|trabajando|investigando|buscando"
    r"|con)|(?:todavia|aun) no|estamos (?:trabajando|investigando|buscando|intentando|arreglando)"
    r"|no (?:funciona\w*|va\w*) (?:todavia|aun))\b"
)
PLACE_OUT = rf"\b(?:{_NOT}|none|without(?! \w+ing\b)|waiting|ningun\w*|nadie|aun)\b"
"""A clause of the facts on a place that is still out."""

# Runs, and never failed.
RUNS = (
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
NOT_FAILING = (
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
NONE_LOST = r"\b(?:no|none of (?:the|your)) (?:\w+ )?(\w+) (?:was|were|is|has been|have been) lost\b|\baucune? (\w+)\b"
ON = rf"{RUNS}|\b(?:{_AGAIN}|open|replaced|correct|complete|done|up|reversed|works?|ya)\b"
"""A clause of the facts on something that runs."""
RAN_THROUGHOUT = (
    r"\b(?:got (?:it|them) (?:all|the whole)|kept (?:working|running|selling|playing|arriving|going)|never (?:stopped"
    r"|failed"
    r"|went down)|worked (?:all|the whole|throughout|fine)|(?:was|were) (?:fine|not affected|unaffected)"
    r"|(?:wasn't|weren't) (?:affected|hit|touched)|(?:n'a|n'ont) (?:pas|jamais) (?:ete )?(?:touche|cesse|concerne"
    r"|affecte)\w*"
    r"|(?:a|ont) (?:toujours )?fonctionne|(?:siguio|siguieron) funcionando|no (?:fue|fueron|se vio) afectad\w*)\b"
)
IS_SPARED = (
    r"\b(?:has|have|a|ont|tiene\w*) (?:got )?(?:its |their |du |de l'|de la |la )?(?:own )?(?:power|courant"
    r"|electricite|luz"
    r"|corriente|lights?|internet|service|servicio|signal|senal|water|agua)\b|\b(?:is|are) (?:fine|ok|okay|spared)\b"
    r"|\b(?:isn't|aren't|not|wasn't|hasn't been|unaffected|n'est pas|ne sont pas|no esta\w*) ?(?:\w+ )?(?:affected"
    r"|hit|touched"
    r"|touchee?s?|concernee?s?|afectad\w*)\b|\bunaffected\b|\bepargnee?s?\b"
)
NOT_HIT = (
    r"\b(?:not affected|unaffected|isn't affected|aren't affected|wasn't affected|still (?:go|goes"
    r"|work\w*)|works? (?:throughout|normally|fine|as)|worked throughout|keeps? working|continues? to work"
    r"|are fine|is fine|not touched|pas (?:touche|affecte|concerne)\w*|fonctionne\w* (?:normalement"
    r"|toujours)|no (?:esta\w* |se ha\w* )?(?:afectad\w*|visto)|sigue\w* funcionando)\b"
)
NOT_HIT_IN_REPLY = NOT_HIT + (
    r"|\b(?:isn't|aren't|is not|are not|wasn't|not|n'est pas|ne sont pas|no esta\w*) (?:\w+ )?(?:affected"
    r"|down|touche\w*|affecte\w*|afectad\w*)|\b(?:works?|working) (?:fine|normally|as usual|perfectly)\b"
    r"|\b(?:only|just|seulement|solo)\b"
)
WORKS = (
    r"|\b(?:is|are) (?:working|up to date|up and running|available|live)\b|\best a jour\b|\besta al dia\b"
    r"|\bfonctionne\b|\bfunciona\b"
)

# Runs again.
RETURNED = rf"\b(?:{_AGAIN}|since|depuis|desde)\b"
PLACE_BACK = rf"\b(?:{_AGAIN}|working|works?|not affected|normal\w*|ya)\b"
HAS_IT_BACK = (
    r"\b(?:is|are|has|have|got|est|sont|a|esta|estan|tiene\w*) (?:\w+ ){0,2}(?:back|again|restored|fixed|working"
    r"|retabli\w*|de retour"
    r"|de vuelta|servie?s?|livree?s?|realimentee?s?|rebranchee?s?|reconnected|recuperad[oa]s?)\b"
    r"|\b(?:open(?:s|ed)? again|has returned|have returned)\b"
    r"|\b(?:works?|runs?|stops?|roule\w*|circule\w*|marche\w*|fonctionne\w*"
    r"|funciona\w*) (?:again|normally|as"
    r"|a nouveau|de nouveau|normalement|de nuevo|otra vez|con)\b|\bhas it back\b"
)
BEING_BACK = r"\b(?:is|are|'s|'re) (?:\w+ )?(?:back (?:up|on|online)|restored|fixed|working|up)\b"
BACK_SINCE = (
    r"\bcame back\b|\b(?:again|back)\b.{0,30}\bsince\b|\bsince\b.{0,30}\b(?:again|back)\b|\b(?:de"
    r"|a) nouveau depuis\b|\b(?:de nuevo"
    r"|otra vez) desde\b"
)
IS_OVER = (
    r"\b(?:(?:is|are|(?<!yesterday)(?<!today)'s|'re|has|have|been|be|was|were|went|came|come|got|gets|now|all|fully"
    r"|everything"
    r"|everyone|everybody)\b.{0,25}\b(?:(?<!way )(?<!put )(?<!paid )(?<!wiring )back(?! here| to you| with"
    r"| on (?:the|your) (?:tag|card|account))"
    r"(?: (?:on|up|online|to normal))?"
    r"|restored|fixed|repaired|resolved|solved|sorted(?: out)?|(?:working|online|running|connected|on|up"
    r"|live) (?:again|as normal|normally|as usual|properly|now)|up and running|back to normal|online(?! \w+(?:s|ing)\b)"
    r"|reconnected|undone|rolled back|reversed|replaced|completed?|over(?! (?:the|an?|its?|our|your|their|his|her"
    r"|this|that|these|those"
    r"|both|to|there|\w+ (?:hours?|minutes?|days?|weeks?|pounds?|euros?))\b| ?[£$€\d])|behind us)"
    r"|(?:works?|ring|run|runs|call|connect) (?:again|now|as (?:normal|usual|before))|(?:have|has"
    r"|got) (?:power|internet|service|signal|electricity|it) (?:back|again)|we(?:'ve| have) (?:now |just "
    r"|fully |already )?(?:fixed|restored|repaired|resolved|solved|undone|finished|completed|sorted"
    r"|brought|got (?:it|them|you|everyone|to the bottom|(?:\w+ ){1,4}(?:back|(?:up|on)(?=\W*$| again| and)|running"
    r"|working|going|again"
    r"|fixed|sorted)\b))"
    r"|problem solved|all (?:clear|sorted|done|good)|good to go|lights are (?:back )?on"
    r"|(?:everything|tout|todo) (?:\w+ )?(?:works?|runs?|fonctionne|marche|funciona|va bien)|outage (?:is over"
    r"|has ended|ended)|good news|(?:steady|stable|smooth|normal|open) again(?! (?:when|once))"
    r"|(?:running|rolling|flowing|served|sending|arriving) (?:again|as (?:normal|usual))"
    r"|(?:est|sont|a|ont|c'est)\s(?:\w+\s){0,3}(?:retabli\w*|repare(?:e?s?)\b|resolu\w*|revenu\w*"
    r"|regle(?:e?s?)\b|termine(?:e?s?)\b|fini(?:e?s?)\b|de retour|corrige(?:e?s?)\b|annulee|remis\w*)"
    r"|tout (?:fonctionne|marche|est (?:bon"
    r"|rentre))|(?:fonctionne\w*|marche\w*|passe\w*) (?:de nouveau|a nouveau|normalement)"
    r"|a (?:de )?nouveau d[ue]|(?:est|sont) (?:\w+ )?(?:reparti\w*|remplace\w*|repose\w*|relance\w*|de nouveau la)"
    r"|tout (?:roule|tourne|repart|circule)|(?:roule|tourne|circule|repart)\w* (?:a|de) nouveau|panne est (?:finie"
    r"|terminee|resolue|derriere)|tout le monde a"
    r"|(?:esta|estan|ha|han|queda|quedo|fue|ya)\s(?:\w+\s){0,4}(?:restablecid\w*|arreglad\w*|solucionad\w*"
    r"|resuelt\w*|reparad\w*|operativ\w*|recuperad\w*|terminad\w*|normalizad\w*|de vuelta|vuelto"
    r"|funcionando)|vuelve\w* a (?:funcionar|estar|ir|circular|salir)|ya (?:va|circula|sale|marcha)\w*\b"
    r"|ya esta(?!mos)\w*\b"
    r"|ya estamos de (?:vuelta|nuevo)\b"
    r"|(?:ya )?(?:funciona\w*|vuelve\w* a (?:funcionar|haber)|hay) (?:todo|de nuevo|otra vez"
    r"|con normalidad|normalmente|servicio)|ya funciona|ya (?:tiene|hay|vuelve|volvio)\w*|todo (?:funciona"
    r"|arreglado|resuelto|en orden))\b"
)
