"""No reply talks down, hits back, or is cheerful over harm."""

import re
from collections.abc import Iterator

import regex

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.phrases import find
from responder.gate.reading import LONGEST_READ, Clause, block, body, customer_text, rx, warn

NAME = "tone"
_PATTERNS = (
    (
        r"\b(?:is|was) (?:a|your) (?:own )?choice (?:you|of yours)|\byou chose to\b|\bwith (?:all )?(?:due )?respect\b"
        r"|\bwill (?P<does>\w+) when (?:it|they) (?P=does)|\bc'est (?:un|votre) choix\b|\bavec tout le respect\b"
        r"|\bcon todo (?:el )?respeto\b"
        r"|\bfue (?:tu|su|vuestra) (?:propia )?decision\b"
        r"|\b(?:bit|little|some) (?:of )?(?:gratitude|respect|politeness|courtesy)\b|\bno need for (?:this|that|such"
        r"|the)\b"
        r"|\b(?:didn't|not) (?:really )?miss(?:ed)? (?:much|anything|a lot)\b|\b(?:dreadful|boring|bad|poor"
        r"|dull) (?:\w+ )?anyway\b"
        r"|\bas you (?:like|wish|please)\b|\b(?:one|an?|another) (?:\w+ )?(?:morning|day|hour|evening|night"
        r"|minute) more or less\b"
        r"|\bchanges? nothing\b|\bname[- ]calling\b|\bbottom of (?:our|the) (?:pile|list|queue)|\bstill exists?\b"
        r"|\bthe old[- ]fashioned way\b"
        r"|\bbright side\b|\bwon't run away\b|\bhappens? (?:to (?:everyone|everybody|the best|all of us)|every day"
        r"|all the time)\b"
        r"|\b(?:booked|cancelled|delayed|missed) every day\b|\b(?:then|well),? (?:perhaps|maybe|why not|how about)"
        r"\b|\bis an idea\b"
        r"|\ba good \w+ doesn't need\b|\b(?:\w+) (?:are|is) (?:lost|gone), sure\b|\b(?:exists?|is there) too\b"
        r"|\benjoy not\b"
        r"|\bhave you (?:tried|thought of|considered) (?:the old|an? |reading|looking|asking|planning|waiting)"
        r"|\bwouldn't hurt\b|\bget used to\b"
        r"|\bnot (?:exactly )?(?:rocket|brain)"
        r"|\bcount your\b|\bdon't be (?:so |that |too )?\w+|\bno reason to (?:be|get|panic|shout|worry)\b"
        r"|\bpull yourself\b|\bhold your horses\b"
        r"|\b(?:you|people|customers) (?:always|just|only|simply) (?:complain|moan|want|expect|like to)\b"
        r"|\byou (?:people|lot)\b"
        r"|\b(?:perhaps|maybe) you(?:'d| would| should| could)\b"
        r"|\bit's a \w+, not\b|\b(?:maybe|perhaps) (?:practi[sc]e|read|bring|plan|think|learn|start|leave|book|keep"
        r"|have)\b|, you know\W*$"
        r"|\bused to (?:ask|call|write|walk|do|have|know|manage|live|talk|read)\b|\bgood thing\b|\bwho (?:leaves|goes"
        r"|travels|runs|lives|needs)\b"
        r"|\bthere are (?:other|plenty of|always|worse)\b|\b(?:good|healthy|great) for (?:your|the) (?:health|soul"
        r"|nerves|waistline|figure)\b"
        r"|\bhas no such (?:problem|trouble|issue)\b|\b(?:on the plus side|at least you|at least it)\b"
        r"|\bnever hurt any\w+\b"
        r"|\b(?:calm down|relax\b|chill\b|get over (?:it|this)|grow up|deal with it|move on|cheer up|lighten up"
        r"|cry(?:ing)? about|boo hoo|wah|so what\b|who cares|big deal|not the end of the world|(?:could be"
        r"|there are|have) (?:worse|bigger) (?:things|problems)|first[- ]world|used to be (?:called|a|the)"
        r"|back in (?:the|my) day|people (?:used to|survived|managed|lived) (?:\w+ )?(?:without|for)|(?:enjoy"
        r"|appreciate|savou?r) the (?:quiet|peace|silence|break|rest|calm|dark|time|candle)\w*|read (?:a"
        r"|that) book|(?:a|good|perfect) (?:chance|excuse|time|opportunity) to (?:unplug|read|relax|rest|talk"
        r"|disconnect|switch off|go outside|take a break|meet)|go outside|touch grass|digital detox"
        r"|take a (?:walk|nap|deep breath|breath)|it's (?:just|only) (?:a|an|your|one|the|some) (?!one day"
        r"|one part)(?:\w+ )?(?:phone|app|bit|few|hour\w*|evening|morning|day|game|match|show|meeting|card"
        r"|power cut|outage|payment|internet|film|series|call)|(?:perhaps|maybe) (?:this|it|that)(?: is"
        r"|'s) (?:a sign|a good|the universe|just)|night off|(?:thousands|millions|plenty|lots) of (?:people"
        r"|homes|families) (?:live|have|go|do|manage)|you'll (?:live|survive|get over|cope|manage|be fine)"
        r"|(?:nobody|no one) (?:died|dies|forced|made you|is (?:forcing|making|keeping) you)"
        r"|there are other (?:providers|companies|networks|banks|operators)|saves? (?:you )?(?:this|that"
        r"|the) (?:kind|sort|embarrass)\w*|no one (?:died|dies|forced|is forcing))\b"
    ),
    (
        r"\b(?:exaggerat\w*|overreact\w*|over-?dramatic|melodrama\w*|dramatic|drama\b|hysteri\w*|tantrum"
        r"|whin(?:e|ing|y)|moan(?:ing)?|rant(?:ing|s)?\b|shout(?:ing)? (?:at|won't|about|doesn't|isn't|like)"
        r"|swearing|yelling|scream(?:ing)?|(?:be|being|so|that|very) rude\b|rudeness|abus(?:e|ive)|your (?:attitude"
        r"|language|tone|rant"
        r"|behaviou?r|whining|ignorance|impatience)|watch your|mind your|with (?:all due )?respect,"
        r"|if you(?:'d| had) (?:only |just |actually |bothered|read|checked|looked|listened|planned|paid)"
        r"|had you (?:read|checked|bothered|planned)|you (?:should|could|might|ought to) (?:have"
        r"|'ve) (?:\w+ )?(?:read|checked|thought|planned|known|had|kept|bought|carried|left|paid|saved|looked"
        r"|been|prepared|charged|backed)|would(?:'ve| have) (?:saved|avoided|spared|prevented) (?:you|the"
        r"|yourself|this)|should always (?:have|carry|keep)|(?:next time|perhaps|maybe),? (?:\w+ )?(?:plan"
        r"|prepare|think|carry|read|try (?:reading|planning|being)|bring|keep (?:some|a)|have a)|as (?:we"
        r"|i)(?:'ve| have)? (?:already |clearly |repeatedly )?(?:said|told|explained|stated|posted)|we(?:'ve"
        r"| have) already (?:told|answered|said|explained)|(?:already|clearly) (?:posted|explained|answered"
        r"|stated)|can't you read|learn to|try reading|obviously|for the (?:last|hundredth|umpteenth"
        r"|tenth) time|how many times|stop (?:complaining|asking|tagging|whining|messaging|posting|bothering"
        r"|spamming|pestering|blaming|crying)|(?:repeating|asking|complaining|posting|tagging|tweeting"
        r"|threatening|insulting)\b.{0,30}(?:won't|doesn't|isn't going to|not going to|never) (?:\w+ )?(?:help"
        r"|make|fix|get|speed|change|bring|work|solve))\b"
    ),
    (
        r"\b(?:not our (?:problem|concern|fault you)|your (?:own )?(?:problem|fault|choice|own fault"
        r"|loss\b(?! (?:of|hurts|is)))|(?:you're|you are|feel|door|go) (?:always |perfectly |quite |more than "
        r"|absolutely )?(?:free|welcome) to (?:leave|go|switch|find|cancel|move|try)|feel free to (?:leave|go"
        r"|switch|cancel|find)|good (?:riddance|luck (?:elsewhere|finding|with (?:that|your (?:new|next|lawyer"
        r"|complaint))))|bye(?: then)?\b|don't let the door|suit yourself|won't miss you|(?:others"
        r"|other people|other customers|everyone else|most people|the rest) (?:have|has|are|is|seem\w*"
        r"|manage\w*|understand\w*|don't|aren't|isn't|waited|were|can) (?:\w+ )?(?:worse|waiting|wait"
        r"|patient\w*|understand\w*|manag\w*|complain\w*|fine|cop\w+|coping|it worse|bigger|real)|you(?:'re"
        r"| are) not the only|like everyone else|wait your turn|be patient\b|have (?:some|a little"
        r"|a bit of) patience|patience is|try to be (?:patient|reasonable|polite)"
        r"|honestly,? what do you expect|what did you expect|(?:do|did) you (?:really|honestly|seriously)"
        r"|seriously\?|lucky you|poor you|poor thing|aww+|sweetie|honey\b|buddy|pal\b|mate,"
        r"|clown|idiot\w*|stupid\b(?! at all| mistake)|ridiculous|pathetic|nonsense|silly|laugh\w*"
        r"|funny\b(?! for)|haha\w*|lol\b|lmao|joke(?:s|r)?\b|cute|(?<!nothing )whatever(?=\W*$|[.!,;])|yawn"
        r"|not (?:that|so|very) (?:bad|serious|important|urgent|long)|hardly (?:a|an|the"
        r"|worth)|minor (?:inconvenience|issue|hiccup|blip)|little (?:hiccup|blip|inconvenience|break)"
        r"|small price|no harm done|can't (?:please|help) every\w+|blow\w* (?:it|this) out of proportion"
        r"|out of proportion|(?:surely|hopefully) you can (?:wait|manage|survive|cope|live))\b"
    ),
    (
        r"\bbon(?:ne)? pour (?:la sante|le moral|la ligne|les nerfs)\b|\bvous savez$|\bc'est bien aussi\b"
        r"|\bn'ont? (?:jamais )?tue personne\b"
        r"|\bsi .{1,25} ne (?:vous|te) (?:plait|convient|suffit) pas\b|\bexiste aussi\b|\bcomme (?:vous voudrez"
        r"|tu voudras|il vous plaira)\b"
        r"|\ba votre guise\b|\bfaites donc\b|\b(?:gardez|garde) le (?:sourire|moral)\b|\bsouriez\b|\bbouillotte\b"
        r"|\bnos grands-parents\b"
        r"|\b(?:ca|cela) passe vite\b|\bun bon (?:pull|livre|film|the)\b|\bvos (?:insultes|injures|menaces)\b"
        r"|\bvous n'(?:avez|etes) pas (?:\w+ )?a plaindre"
        r"|\b(?:vous|tu) (?:rale|plain|exager)\w*|\bau moins (?:vous|tu|c'est)\b|\bprenez (?:votre mal|un cafe"
        r"|les choses)\b|\bce sont des choses qui arrivent\b"
        r"|\bc'est d'abord (?:etre|de|du|la|le)\b|\b(?:(?:ca|cela) (?:vous |t')?evite(?:rait|ra)?"
        r"|personne ne vous (?:oblige|retient)"
        r"|il y a d'autres (?:operateurs|fournisseurs|banques)|calmez-vous|calme-toi|du calme|detendez-vous"
        r"|relax\w*|exager\w*|dramatis\w*|(?:ce n'est|c'est) (?:qu'un\w*|que|pas) (?:la (?:mer|fin)|si grave"
        r"|grave|la mort|un drame|telephone|si long|la peine)|n'est pas la (?:fin|mort|mer)"
        r"|personne n'est mort|pas (?:la fin du|si grave|de quoi (?!trancher|dire|te |decider|vous (?:repondre"
        r"|dire)))|des (?:milliers|millions) de (?:gens"
        r"|personnes)|(?:d'autres|certains) (?:vivent|font|ont) (?:\w+ )?(?:sans|avec|pire)"
        r"|il y a (?:bien )?pire|vous (?:auriez|aviez qu'|n'aviez qu'|n'avez qu'|devriez) (?:du|a|avoir|pu"
        r"|vous)|fallait (?:prevoir|lire|y penser)|si vous aviez (?:lu|pris|prevu)|comme (?:deja dit"
        r"|nous l'avons (?:deja )?dit|on vous l'a)|on vous l'a (?:deja )?dit|arretez de|cessez de"
        r"|inutile de (?:crier|hurler|s'enerver|vous enerver|insist\w*|repeter)|(?:crier|rouspeter|raler"
        r"|insulter|hurler|s'enerver|vous enerver)\b|patience est|un peu de patience|soyez (?:patient"
        r"|raisonnable|poli)\w*|ayez (?:un peu de )?patience|comme tout le monde|vous n'etes pas (?:le"
        r"|la) seule?|libre (?:de|a vous)|bon debarras|tant pis|pas notre probleme|votre probleme"
        r"|profitez(?:-en| de| du)|occasion de (?:lire|se|vous)|un bon livre|bougies?|ridicule\w*|caprice\w*"
        r"|jerem\w*|pleurnich\w*|allons,|voyons,)\b"
    ),
    (
        r"\bhaber (?:ido|venido|salido|mirado|pagado|leido|llamado|pensado)\b|\bsiempre puedes\b|\bcomo (?:antes"
        r"|toda la vida)\b"
        r"|\bal menos (?:has|puedes|tienes|no|te)\b|\bno te (?:agobies|pongas|quejes|alteres|enfades)\b|\bbien vale\b"
        r"|\bcosas que pasan\b"
        r"|\b(?:como quieras|tu veras|alla tu|haz lo que quieras)\b|\bsi no te gusta\b|\bsonrie\b|\bcon una sonrisa\b"
        r"|\bel mundo no se acaba\b"
        r"|\btodos (?:tenemos|tienen) (?:problemas|prisa)\b|\btampoco (?:te|hace|hay)\b|\b(?:un (?:poco"
        r"|poquito) de) (?:respeto|educacion|gratitud)\b"
        r"|\b(?:te (?:ahorra|evita)\w*|nadie te (?:obliga|retiene)|hay otr[oa]s (?:operador|compani|banco)\w*"
        r"|calmate|calmese|tranquilizate|tranquilo,|relajate|exager(?!(?:a|o|aron)\b)\w*|dramatic\w*|dramatis\w*"
        r"|drama\b"
        r"|no es (?:para tanto|el fin|tan grave|nuestro problema|culpa nuestra)|no se acaba el mundo"
        r"|nadie (?:ha muerto|se muere|murio|te obliga)|no te (?:vas a morir|mueras)|(?:miles"
        r"|millones) de personas|hay cosas peores|hay gente que|(?:deberias|debio|debiste|podrias|tendrias que"
        r"|haber) (?:haber |que )?(?:leido|previsto|llevado|pensado|mirado|pagado|tenido|comprobado)"
        r"|si (?:hubieras|hubiera|hubieses) (?:leido|mirado|prestado|llevado)|como ya (?:dijimos|hemos dicho"
        r"|te dijimos|se ha dicho)|ya (?:te )?lo (?:hemos dicho|dijimos|explicamos)"
        r"|dej(?:a|ad|e|en) de (?:quejar|molest|insist|escrib|repet|pregunt|dar la)\w*|para de"
        r"|quejar\w*|gritar\w*|gritos|insult\w*|(?:un poco de|ten"
        r"|tenga|tened|hay que tener) paciencia|se paciente|como tod(?:o el mundo|os)|no eres (?:el"
        r"|la) unic[oa]|eres libre de|(?:ahi|alli) (?:\w+ )?la puerta|hasta nunca|adios\b"
        r"|buena suerte con|peor para (?:ti|usted)|tu problema|su problema|aprovecha\w* (?:para|la|el)"
        r"|disfruta\w*|un buen libro|velas?|ridicul\w*|pataleta|rabieta|lloriquear|lloron\w*"
        r"|con una manta|se pasa la noche|tampoco (?:es|fue|ha sido)|solo (?:es|son|fue|fueron|ha sido"
        r"|han sido) (?:un|una|unas|unos|tres|dos|\d))\b"
    ),
    (
        r"\bit (?:was|is|'s) (?:only |just )?(?:\w+ and a half|two|three|four|a couple of|a few) (?:hours?"
        r"|minutes?)\.?$|\b(?:only|just) (?:a few|a couple|some|\d+|one|two|three|four|five"
        r"|six) (?:short )?(?:hours?|minutes?|hrs?|mins?)\b(?!.{0,20}(?:ago|left|before))|\b(?:survive"
        r"|survived|surviving)\b|\b(?:some )?(?:cash|candles?|a blanket|patience|common sense"
        r"|manners) (?:would|goes|go|never|will|helps?)\b|\b(?:carrying|having|keeping|bringing|buying"
        r"|planning|reading)\b.{0,40}\bwould have\b"
    ),
)
_HARM = (
    r"\b(?:die[ds]?|dying|dead|death|funeral|hospital|surgery|ambulance|911|112|999|emergency|oncolog\w*"
    r"|cancer|chemo\w*|insulin|oxygen|ventilator|dialysis|medic\w*|doctor|nurse|sick|ill\b|pain|stroke"
    r"|heart|pregnan\w*|labou?r|newborn|baby|elderly|grand(?:ma|mother|father|pa)|disabled|alone|scared"
    r"|afraid|shaking|panic|anxi\w*|crying|cry|freez\w*|cold|stranded|unsafe|danger\w*|evict\w*|fired"
    r"|lost my|starv\w*|humiliat\w*|suicid\w*|fire|flood|accident|assault\w*|stalk\w*|urgent\w*|safety"
    r"|worried sick|wheelchair|asthma\w*|fever\w*|biops\w*|operation|trembl\w*|insulin\w*|allerg\w*|bleed\w*|seizure\w*"
    r"|fauteuil roulant|asthm\w*|fievre|tremble\w*|operee?|silla de ruedas|asma\w*|fiebre|tiembl\w*|operad[oa]"
    r"|diabet\w*"
    r"|mort\w*|deces|hopital|urgence\w*|malade|oxygene|infirmi\w*|medecin|bebe|seule?|peur|danger\w*|froid"
    r"|enceinte|angoiss\w*|panique|handicap\w*|enterrement|muert\w*|murio|hospital|emergencia|enferm\w*"
    r"|oxigeno|medic\w*|sola|solo|miedo|peligro\w*|frio|embarazad\w*|ansiedad|panico|abuel\w*|funeral"
    r"|llorando|humillad\w*)\b"
)
_CHIRPY = (
    r"^(?:@\S+\s)?(?:hi there|hey there|hiya|hello there|hey|yay|woohoo|great news|awesome|good (?:morning"
    r"|afternoon|evening|news)|happy \w+|coucou|super|genial|hola hola|que tal)\b.{0,20}!|\b(?:yay|woohoo"
    r"|woo hoo|awesome|fantastic|have a (?:great|lovely|wonderful|fantastic|nice|good|fabulous"
    r"|super) (?:day|evening|one|night|week\w*|morning|afternoon)|happy (?:monday|tuesday|wednesday"
    r"|thursday|friday|weekend|holidays|to help!)|stay (?:awesome|positive|cool|cozy|cosy)|cheers!|chin up"
    r"|hang in there|bonne journee|belle journee|feliz dia|buen dia|que tengas|(?<!me )animo|courage)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every phrase that belittles or blames the customer; cheer over harm blocks, elsewhere warns."""
    message = "talks down to the customer. Take their side: say what happened to them, and help."
    yield from find(NAME, _PATTERNS, message, candidate, excuse=_takes_their_side)
    harmed = rx(_HARM).search(customer_text(candidate))
    text = body(candidate)
    level = block if harmed else warn
    why = (
        "cheer does not suit what the customer told us. Take it out."
        if harmed
        else "may be too cheerful for an outage."
    )
    for match in rx(_CHIRPY).finditer(text):
        yield level(NAME, match.start(), match.end(), f"'{match[0].strip()}': {why}")
    for found in regex.finditer(r"\p{Extended_Pictographic}", candidate.reply[:LONGEST_READ]):
        if not found[0].isascii() and found[0] not in "©®™↔":
            yield level(NAME, found.start(), found.end(), f"'{found[0]}': {why}")
    if harmed and (at := text.find("!")) >= 0 and "¡" not in candidate.reply:
        yield warn(NAME, at, at + 1, "An exclamation mark over harm reads as cheer. Take it out.")
    letters = [char for char in candidate.reply if char.isalpha()]
    if len(letters) > 20 and sum(map(str.isupper, letters)) > 0.5 * len(letters):
        yield block(NAME, 0, len(candidate.reply), "The reply shouts in capitals. Write it in normal letters.")


# Words that a reply may take up from the customer, who used them of us or of themselves.
_TAKEN_UP = (
    r"\b(?:joke(?:s|d|r)?|laugh\w*|lol|haha\w*|buddy|idiot\w*|nonsense|stupid|ridiculous|silly|whatever"
    r"|puerta)\b"
)


def _takes_their_side(clause: Clause, candidate: Candidate) -> bool:
    """Whether a clause says the contrary of a reproach, that they do not overreact, or takes up their own word."""
    own = rx(_TAKEN_UP).search(clause.text)
    if own and rx(rf"\b{re.escape(own[0][:4])}").search(customer_text(candidate)):
        return True
    return bool(
        rx(
            r"(?:\bnot|\bno|n't|\bn'|\bne|\bnone)\b.{0,25}(?:overreact|dramati|exager|exaggerat|\brude|\bjoke"
            r"|\byour (?:own )?(?:fault|problem))|\bn'exager|\byour anger|\bshout at us|raisons? de raler"
        ).search(clause.text)
    )
