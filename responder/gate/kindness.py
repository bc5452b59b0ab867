"""Clauses that claim nothing about an incident: an apology, fellow feeling, thanks, an invitation to write to us.

Only the claim model's doubt is answered by this. What the other checks find in such a clause still stands.
"""

from responder.gate.reading import rx

_OPENING = (
    r"^(?:[\W_]*(?:@\S+|and|but|so|or|then|oh|ah|well|yes|no|et|mais|alors|oui|non|y|pero|pues|si|a|\w+,)\s+){0,2}"
)
_FEELING = (
    r"(?:(?:we(?:'re| are)|i(?:'m| am))? ?(?:\w+ly |so |very |really )*(?:sorry|apolog\w*)"
    r"|(?:please )?(?:forgive|excuse) us|thank(?:s| you)\b|you're (?:welcome|right|not|owed|entitled)|you (?:deserve"
    r"|earned|were|had|have"
    r" every|shouldn't|should not|needn't|don't owe|don't have to|did)\b|(?:he|she|they|your \w+)(?:'d| had| has"
    r"| have)? (?:earned"
    r"|deserve\w*|waited)\b"
    r"|that(?:'s| is| was| must| sounds| hurts| means| would)\b|(?:it|this)(?:'s| is| was| must| feels"
    r"| hurts) (?:\w+ ){0,3}?(?:hard|not"
    r"|no |awful|horrible|unfair|fair|wrong|bad|miserable|frightening|far|too|more|little|small|a lot|our|on us)"
    r"|(?:we|i) (?:\w+ )?(?:hope|wish|hear you|understand|get (?:it|that|why)|see why|can see|know (?:how|that's|it's"
    r"|this|you|what it)"
    r"|spoil\w*|ruin\w*|let you|did\b|counted wrong|got (?:it|this) wrong|failed you|owe you an? (?:answer"
    r"|explanation|apology|straight))"
    r"|(?:fair|good|right|honest) (?:point|question|enough)|no (?:excuse|wonder|words)|what a\b|good luck"
    r"|(?:nous sommes |on est |je suis )?(?:\w+ment |tres |vraiment )*(?:desole\w*|navre\w*)|pardon\b|merci\b"
    r"|(?:c'est|c'etait|ce n'est|cela|ca) (?:\w+ ){0,3}?(?:long|dur|grave|rageant|penible|inquietant|frustrant"
    r"|injuste|trop|beaucoup"
    r"|pas (?:normal|juste|acceptable|assez)|vrai|notre)"
    r"|(?:nous|on|je) (?:vous )?(?:compren|enten|esper|souhait|regrett|voyons|voit)\w*|vous (?:avez raison|meritez"
    r"|meritiez|n'avez pas a)"
    r"|bon courage|bonne chance"
    r"|(?:lo )?(?:sentimos|siento|lamentamos)|perdon\w*|gracias\b"
    r"|(?:es|era|no es|eso|esto) (?:\w+ ){0,3}?(?:duro|grave|mucho|demasiado|injusto|frustrante|normal|justo|largo"
    r"|horrible|lo menos)"
    r"|(?:te |os |le )?(?:entendemos|entiendo|comprendemos|esperamos que|ojala|vemos que|imaginamos)|(?:tienes|teneis"
    r"|tiene) (?:toda la )?razon"
    r"|(?:este|esto) es el final\b|(?:mereces|merecias|merece)\b|suerte con)"
)
_INVITING = (
    r"(?:please |just )*(?:send|tell|write|message|drop|dm|let|show|give)\b.{0,25}\b(?:us|me|private\w*|dms?"
    r"|messages?|inbox)\b"
    r"|(?:so that|so|and|then)? ?(?:we|i|a (?:\w+ )?person|a human|someone|somebody|one of us|a colleague)(?:'ll"
    r"| will| can) (?:\w+ )?(?:look"
    r"|check|see|help|answer|read|go through|find out|understand|talk|know)\b"
    r"|(?:our|my|the) (?:messages|inbox|dms) (?:are|is) (?:always )?open$|our (?:messages|inbox|dms) (?:are"
    r"|is)|we(?:'d| would) (?:like|love|rather) (?:to )?(?:hear|know|talk)"
    r"|(?:ecri[vs]\w*|envoy\w*|dites|dis|racont\w*|expliqu\w*|contact\w*)(?:-| )(?:nous|moi)\b"
    r"|(?:et |pour que |afin que )?(?:nous|on|quelqu'un|une personne) (?:regarder\w*|verifier\w*|verifi\w*|regard\w*"
    r"|puiss\w*|aider\w*|repond\w*)"
    r"|(?:escrib|manda|envia|cuenta|di|explica|contacta)\w*nos\b|(?:y |para que )?(?:lo )?(?:miramos|miraremos"
    r"|revisamos|vemos|una persona)"
)
# What makes a clause one of fellow feeling wherever it stands: a coda, a verdict on the day, what should have been.
_FELT = (
    r",\s(?:and )?(?:that(?: one)?|this|it) (?:hurts|stings|matters|counts|is (?:hard|awful|a lot|too much))"
    r"|\bnous mesurons (?:ce que|combien|a quel)|\b(?:sabemos|imaginamos) lo que (?:es|supone|significa)"
    r"|\b(?:is|was|isn't|wasn't|are) (?:no (?:way|joke|small)|not how|reason enough|the last thing"
    r"|more than (?:anyone|anybody|you) (?:should|deserve\w*)|a night's|a day's|a week's|hard|horrible|rough|miserable"
    r"|frightening|exhausting)\b"
    r"|\b(?:should|ought to) (?:never |not )?have (?:been|had|come|got|arrived|reached|worked|gone)\b"
    r"|\b(?:n')?aurai(?:t|ent|s) (?:jamais )?du\b|\bauriez du\b|\b(?:deber|tendr)ia\w* (?:que )?haber\b"
    r"|\bmust (?:have been|be|feel) (?:\w+ )?(?:hard|awful|frightening|exhausting|horrible|maddening|scary|miserable"
    r"|lonely)\b"
    r"|\b(?:nobody|no one|no \w+) should (?:ever )?(?:have to|be)\b|\bwe'd be (?:angry|cross|furious|upset|fed up)\b"
    r"|\b(?:ce n'est|c'est) (?:pas rien|dur|long|rageant|epuisant|angoissant)\b|\bpersonne ne devrait\b"
    r"|\bnadie deberia\b|\bno es (?:poca cosa|plato de gusto)\b|\bdebio de ser\b"
    r"|\bonly comes? once\b|\bif you can (?:bear|stand|face)\b"
)
_PASSED_ON = (
    r"\b(?:we(?:'ll| will)|i(?:'ll| will)) (?:pass (?:it|this|that|them|your \w+) on|let (?:the|our|her|him|them)"
    r" ?(?:\w+ )?know|tell (?:her|him|them))\b"
    r"|\b(?:nous|on) (?:le |la |lui |leur )?(?:transm\w+|dirons)\b|\bse lo (?:diremos|contaremos|haremos llegar)\b"
)
_CLAIMS = (
    r"\d|https?:|\b(?:because|due to|caused?|thanks to|after an?|parce|a cause|du a|porque|debido|por culpa|will be"
    r"|is back|are back|restored"
    r"|refund\w*|credit\w*|free|rembours\w*|gratuit\w*|reembols\w*|gratis)\b"
)
_OFFER = r"https?:|\d|\b(?:will be|is back|are back|restored|refund\w*|credit\w*|free|due to|caused)\b"


# Whole clauses that wish well, agree to a favour, admire, or leave the door open.
_WISHES = (
    r"(?:and |so |but |please |then |do )*(?:enjoy\b[^,;]{0,40}|have a (?:good|nice|lovely|great|safe|quiet"
    r"|restful) [^,;]{0,20}"
    r"|safe (?:drive|journey|travels|trip|flight|ride)\b[^,;]{0,20}|take (?:good )?care(?: of yoursel\w+)?"
    r"|get (?:well|home safe\w*)[^,;]{0,12}"
    r"|(?:you )?poor (?:kids?|thing|you|girl|boy|lad|man|woman|mum|mother|dad|dog|cat)|all the best"
    r"|good luck[^,;]{0,30}|sleep well|look after yoursel\w+|see you (?:soon|there)"
    r"|(?:we|i)(?:'ll| will)?,? (?:gladly|happily|with pleasure)|with (?:great )?pleasure|gladly|happily"
    r"|(?:he|she|they|the (?:team|crew|driver|staff|colleagues?))(?:'ll| will) be (?:\w+ )?(?:chuffed"
    r"|delighted|glad|happy|pleased|touched|thrilled|proud)[^,;]{0,20}"
    r"|(?:our|my) (?:dms?|messages|inbox|private messages) (?:are|is) (?:always |still )?open(?: (?:to|for) you)?"
    r"|\w+ing [^,;]{3,40} on top of (?:their|your|his|her) (?:own )?(?:job|work|shift|day)"
    r"|bonne (?:route|journee|soiree|nuit|chance)[^,;]{0,20}|bon (?:voyage|courage|week-end)[^,;]{0,20}"
    r"|prenez soin de vous|avec plaisir|volontiers"
    r"|(?:nos messages (?:prives )?sont ouverts)|que (?:tenga|tengas|lo pase|descanse)\w* [^,;]{0,25}"
    r"|buen (?:viaje|dia|fin de semana)"
    r"|con (?:mucho )?gusto|cuide?se\w*|cuidate|nuestros mensajes estan abiertos)"
)


def wishes(folded: str) -> bool:
    """Whether a folded clause is nothing but a wish, a favour granted, or a door left open."""
    return bool(rx(_WISHES).fullmatch(folded)) and not rx(_OFFER).search(folded)


def felt(folded: str) -> bool:
    """Whether a folded clause speaks of the customer's day in words of its own, or passes their thanks on."""
    return bool(rx(rf"{_FELT}|{_PASSED_ON}").search(folded)) and not rx(_OFFER).search(folded)


def claims_nothing(folded: str) -> bool:
    """Whether a folded clause is one of the kinds that need no fact."""
    if felt(folded):
        return True
    if rx(_CLAIMS).search(folded):
        return False
    return bool(rx(rf"{_OPENING}(?:{_FEELING}|{_INVITING})").search(folded))
