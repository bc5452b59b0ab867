"""Nobody can promise that it will never happen again."""

from collections.abc import Iterator

from core.domain import Finding, IncidentStatus
from responder.gate import Candidate
from responder.gate.alignment import borne_out
from responder.gate.phrases import find
from responder.gate.reading import Clause, rx

NAME = "guarantee"
_WHOLLY = 0.7  # of what a clause tells: then it is the facts' own promise
_PATTERNS = (
    (
        r"\b(?:won't|will not|cannot|can't|not going to) .{0,40}\bagain\b"
        r"|\b(?:nobody|no one|nothing|no (?!and\b)\w+|not (?:one|a single) \w+) (?:can|will"
        r"|'ll)\b(?! (?:\w+ )?(?:say|tell|know)\b)(?!.{0,20}\b(?:say"
        r"|tell|know|promise))"
        r"|\b(?:nobody|no one|nothing|never)\b.{0,40}\b(?:again|any ?more)\b|\b(?:can't|cannot)\b.{0,30}\bany ?more\b"
        r"|\bno way (?:that )?(?:\w+ ){1,4}(?:can|could|will|sees?|gets?)\b|\b(?:now|today|tomorrow|tonight"
        r"|not),? (?:n?or )ever\b"
        r"|\b(?:whatever happens|come what may|no matter what|without fail|under any circumstances)\b"
        r"|\bevery (?:single )?one of (?:you|your \w+|our \w+) (?:will|'ll|is going to)\b"
        r"|\bquoi qu'il arrive\b|\bsans faute\b|\bpase lo que pase\b|\bsin falta\b|\ben aucun cas\b|\bbajo ninguna\b"
        r"|\beverybody (?:gets|will get)\b|\b(?:lasts?|holds?|stays?|open|works?) for good\b|\bevery \w+ (?:is"
        r"|will be|arrives) (?:\w+ )?on time\b"
        r"|\balways be able\b|\bwithout a single\b|\bcan (?:\w+ )?no more\b|\b(?:last|only) (?:\w+ ){1,4}you'll ever\b"
        r"|\b(?:from (?:today|now) on|any more|day or night),? you(?:'ll| will| can)\b|^(?:no\W+)?it (?:couldn't"
        r"|can't|won't)\.?$"
        r"|\byou(?:'ll| will) (?:never|always|no longer)\b|\b(?:safe|protected|immune) (?:from|against) (?:now|this"
        r"|it|any)"
        r"|\bbet against us\b|\bmark our words\b|\btake our word\b|\b(?:never|not) (?:happen|occur"
        r"|see)\b.{0,20}\b(?:again|any ?more)\b"
        r"|\b(?:never (?:again|happen|be"
        r"|have to|go|see|lose|face|repeat|come|fail|let|experience|suffer|break|occur)|(?:won't|will not"
        r"|can't|cannot|can never|not going to|no way (?:it|this|that) can) (?:\w+ ){0,2}(?:happen|occur|recur"
        r"|repeat|fail|go down|break|come back|return|be another|see (?:this|it|another|anything)|have (?:this"
        r"|another|to go)|lose|face|experience|suffer|go through (?:it|this|that|such|another|the same)|ever"
        r"|be a (?:next|second))|(?:the|your|our"
        r"|this (?:is|was) the) (?:very )?last (?:time|one|outage|such|of (?:its|these|them|it))|(?:no"
        r"|isn't any|won't be (?:a|any)) (?:next time|second time|repeat|more (?:outages?|of (?:this|these)"
        r"|cuts?|failures?|interruptions?|surprises|problems)|further (?:outages?|problems|cuts?)|chance (?:of"
        r"|that)|risk of|possibility)|rule[sd]? out (?:a|an|any|another|all|this|it|that)|once and for all"
        r"|for good\b|guarante\w*|we (?:can |do )?(?:assure|promise|swear|vow)\b|(?:you have|giv\w*) (?:our"
        r"|my) word|rest assured|(?:can|may) be (?:certain|sure|confident)|100 ?%|impossible|bullet-?proof"
        r"|fool-?proof|fail-?proof|puts? an end|end(?:s|ed)? (?:these|this kind|such)|(?:will|'ll) (?:hold"
        r"|withstand|survive|resist|never)\b.{0,30}\b(?:any|every|all|from now|always|whatever)"
        r"|you can trust us on|thing of the past|makes? sure (?:it|this|that|nothing)|ensur\w+ (?:it|this|that"
        r"|you|nothing|no)|count on it|permanent(?:ly)? (?:fix|solv|solution|resolv)\w*|eliminat\w+ (?:the|any"
        r"|all)|no longer (?:possible|happen|be possible)|prevent\w* (?:it|this|any|all|every|another|future)"
        r"|can't (?:ever )?(?:happen|go wrong)|stays? (?:up|on) from now|always (?:work|be (?:on|up|there"
        r"|available)|have (?:service|signal|power|internet)))\b"
    ),
    (
        r"\bplus (?:un|une) seule? \w+|\bsans (?:un|une) seule? "
        r"(?:panne|coupure|probleme|incident|minute|seconde|souci|retard|accroc|rate)\b"
        r"|\ba tous les coups\b|\ba coup sur\b|\bpas (?:un"
        r"|une) seule? \w+ ne\b"
        r"|\bvous (?:aurez|pourrez|serez) (?:toujours|desormais toujours)\b|\bc'est fini\b|\bsoyez tranquille\w*"
        r"|\b(?:ma|notre) parole\b|\bparole d'"
        r"|\b(?:(?:ne|n')\s?(?:se |vous |le |y )?(?!(?:a|ont|avai\w*|est|sont|etai\w*|repond\w*|montr\w*|affich\w*"
        r"|march\w*"
        r"|fonctionn\w*|compt\w*|parvien\w*|passe\w*) )\w+ (?:plus(?: jamais)?|jamais)|plus jamais|derniere (?:fois"
        r"|panne|coupure)|le jur\w+|jamais plus|plus (?:aucune?|de) (?:panne|coupure|probleme|interruption)\w*"
        r"|une (?:bonne )?fois pour toutes|garanti(?!r\b)\w*|promett(?!re\b)\w*|(?:peux|peut|puis"
        r"|pouvons) (?:\w+ )?(?:promettre|garantir)|promis|vous assur\w*|assurons que"
        r"|soyez (?:certain|assure|sur)\w*|definitivement|impossible|exclu\w* (?:une|toute|que)"
        r"|pas de (?:prochaine|seconde|deuxieme) fois|n'y aura (?:plus|pas (?:d'autre|de (?:prochaine|nouvelle"
        r"|seconde|panne|coupure|suite)))|zero (?:panne|risque)"
        r"|met(?:tra)? fin|a l'abri|vous avez notre parole|appartien\w* au passe|toujours (?:du|de la"
        r"|fonctionn)\w*)\b"
    ),
    (
        r"\b(?:llegara|funcionara|estara|saldra)\w* siempre\b|\bno (?:la|lo|las|los) \w+(?:as|eis|an|a) mas\b"
        r"|\b(?:queda|quedan|esta) (?:descartad|exclu|elimin)\w*|\bsin un solo "
        r"(?:corte|fallo|problema|error|susto|minuto|segundo|incidente|retraso|contratiempo)\b"
        r"|\bsiempre (?:podr|tendr|funcionar|estar)\w*|\bni un[ao]? (?:sol[oa] )?\w+ mas\b|\b(?:nunca mas"
        r"|no (?:volver\w*|va a volver|se volver\w*|te volver\w*|os volver\w*|se repet\w*"
        r"|vuelve a|habra (?:otra|mas|una proxima)|ocurrira|pasara|sucedera|se producira|puede (?:volver"
        r"|repetirse))|jamas|ultima vez|de una vez por todas|garantiz\w*|garantia\w*|prometemos|prometo"
        r"|asegur(?:amos|o)\b|te lo juro|imposible|descarta\w* (?:que|otra|cualquier)"
        r"|no habra proxima|para siempre|definitiv\w*|ten(?:ga|ed)? por seguro|puedes estar (?:segur"
        r"|tranquil)\w*|tienes nuestra palabra|pone fin|cosa del pasado|evita\w* que (?:vuelva|se repita)"
        r"|impide que (?:vuelva|se repita)|no mas (?:cortes|caidas|apagones|fallos))\b"
    ),
)
_CANNOT = (
    r"\b(?:can't|cannot|can not|won't|couldn't|wouldn't|not|don't|unable|able|nobody can|no one can"
    r"|not going to|rather not|without) (?:\w+ ){0,3}(?:promise|guarantee|assure|say|pretend|rule|swear"
    r"|claim|be (?:certain|sure))"
    r"|\b(?:ne|n')\s?(?:\w+ ){0,2}(?:pouvons|pouvoir|peut|voulons|allons|pourrons)?\s?(?:\w+ )?(?:pas|rien"
    r"|jamais) (?:\w+ ){0,2}(?:promettre|garantir|assurer|jurer|dire)|pas (?:promettre|garantir|assurer)"
    r"|sans (?:promettre|pouvoir)|promettons (?:pas|rien)|ne (?:vous )?promett\w+ (?:pas|rien)"
    r"|\bno (?:\w+ )?(?:podemos|puedo|vamos|queremos|quiero|seria|prometemos|garantizamos|aseguramos)\b"
    r"|\bnadie puede\b|\bsin (?:prometer|poder)\b|\bni prometer\b"
)
_REFUSED = (
    r"\b(?:can't|cannot|won't|don't|not|couldn't|never|rather not|daft|foolish|wrong|silly|a lie|lying) (?:\w+ ){0,4}?"
    r"(?:vow|promise|guarantee|tell you|swear|say|sign|argue)\b|\bmore than (?:anyone|anybody|we|i) can (?:say|promise)"
    r"|\b(?:not|nothing) (?:something |anything )?(?:we|i|anyone) (?:can|could|would) (?:give|promise|sign|vow)"
    r"|[\"\u201c\u00ab]\W?(?:never again|plus jamais|nunca mas|promis|fini)\W?[\"\u201d\u00bb]"
    r"|\b(?:ne|n') ?(?:\w+ ){0,3}?(?:jur|promett|garanti|assur|dir|sign)\w* (?:pas|rien)\b"
    r"|\bne (?:vous |te )?le (?:signer|dir|promettr|jurer)\w*|\bserait mentir\b|\baucune promesse\b"
    r"|\bsans (?:rien )?(?:\w+ )?promett\w+|\bn'allons pas (?:le faire|vous|te)\b|\bne l'aurez pas\b"
    r"|\bno (?:\w+ ){0,4}?(?:jurar|prometer|prometo|asegurar\w*|garantizar|darte|dar|decir\w*|animo|saldria"
    r"|firmar\w*)\b"
    r"|\bseria mentir\w*|\bno soy quien\b|\bdecirte que\b.{0,40}\bno me\b"
)
# What is so at present: nobody can order now, nobody does it alone any more, no mail gets through.
_NOW = (
    r"\b(?:right now|at the moment|at present|just now|currently|pour l'instant|en ce moment|ahora mismo|por ahora)\b"
    r"|\b(?:nobody|no one|nothing)(?:'s| (?!will|can|'ll|would|could|ever|should)\w+)\b.{0,50}\bany ?more\b"
    r"|\b(?:reste\w*|sigue\w*|encore|toujours|etai\w*|era|fue) (?:\w+ )?impo\w?sibles?\b|\bimpossible (?:de|d'|a)\b"
    r"|\bn'(?:a|ont|est|avait) jamais (?:ete )?(?:tombe|touche|cesse|coupe|concerne|connu)\w*"
)
_BEING_SO = r"\b(?:nobody|no one|no (?!and\b)\w+) can\b(?!.{0,40}\b(?:again|ever|happen|go wrong|any ?more)\b)"
# What is gone nobody brings back; and "ne ... plus ... que" says only.
_GIVES_BACK = (
    r"\b(?:we|nobody|no one|nothing|money|that) (?:can't|cannot|can never|can|will never"
    r"|won't) (?:\w+ ){0,2}?(?:return|give"
    r"|bring|undo|make up|replace|repeat|buy|repair that)\b(?!.{0,30}\b(?:again|any ?more)\b)"
    r"|\bne \w+ plus (?:\w+ ){0,2}qu(?:e|')"
)
_KNOW = (
    r"\b(?:never (?:again have to|easy)"
    r"|can't see (?:it|them|what)\b(?!.{0,20}\bagain)|couldn't (?:see|have (?:your|the)|lose|face)"
    r"|won't see (?:any charge|a charge)|make sure (?:we|a person|someone|your)|impossible (?:to (?:say"
    r"|tell|know)|day|situation|evening|morning|position|night))\b"
)
_ABOUT_THEM = (
    r"^(?:you|your|customers?|people|most|some|they|vous|tu|no (?:puedes|pueden|podeis|tenias)"
    r"|ne (?:pas )?pouvoir|quedarse|no poder)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every absolute promise."""
    message = "promises what nobody can. Say what has changed, not that it can never happen."
    yield from find(NAME, _PATTERNS, message, candidate, excuse=_modest)


def _modest(clause: Clause, candidate: Candidate) -> bool:
    """'We can't promise', and losses that were, not will be."""
    if borne_out(clause, candidate.sheet, share=_WHOLLY):
        return True
    if rx(rf"{_GIVES_BACK}|{_REFUSED}|{_NOW}").search(clause.text):
        return True
    resolved = candidate.sheet.status is IncidentStatus.RESOLVED
    if rx(r"\bc'est fini\b" if resolved else _BEING_SO).search(clause.text):
        return True
    if clause.question or rx(_CANNOT).search(clause.text) or rx(_KNOW).search(clause.text):
        return True
    return bool(
        rx(
            r"\b(?:should never (?:have|be)|should not have|never (?:should|had|just|did|got|heard|received|meant"
            r"|been|comfortable|nice|the (?:same|way))|ne (?:doit|devait|devrait|aurait) jamais|nunca deberia"
            r"|never (?:be left|have had))\b"
        ).search(clause.text)
    )
