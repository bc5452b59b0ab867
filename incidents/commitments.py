"""Finds the sentences of a text that commit us to something, in English, French and Spanish.

Rules over sentences: who promises (we, you will get, it will be) and what. An offer that waits for the customer
("if it still fails, we'll look"), a question and a refusal are no promise.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from core.domain import Commitment, PromiseKind
from incidents.promise_times import fold, when

_END = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_HALF_OF_DAY = re.compile(r"\b[ap]\. ?m\.$|\b[ap]\.$", re.IGNORECASE)

# A first person or a passive that lies ahead. Folded text.
_WE_EN = r"(?:we(?:'ll| will| shall|'re going to| are going to| promise)|i(?:'ll| will))"
_YOU_EN = r"(?:you(?:'ll| will))"
_FUTURE = (
    rf"\b{_WE_EN}\b|\b{_YOU_EN} (?:hear|get|receive|have|see)\b|\b(?:will|shall|'ll) be \w+(?:ed|ing"
    rf"|back|sent|paid|made)?\b"
    r"|\b(?:nous|on) (?:(?:vous|le|la|les|l'|y|en|te|lui|leur) ?){0,2}\w+(?:rons|ra)\b|\b(?:nous allons|on va)\b"
    r"|\bvous (?:en )?\w+rez\b|\b(?:sera|seront|serez)\b|\baurez\b"
    r"|\b\w+(?:aremos|eremos|iremos|dremos|bremos|rremos|haremos|diremos)\b|\bvamos a\b|\bva a \w+r\b"
    r"|\b(?:sera|seran|recibira\w*|tendra\w*|estara\w*|volvera\w*|quedara\w*)\b|\bse (?:le|les|lo|la)? ?\w+ra\b"
)
_NEGATED = (
    r"\b(?:won't|will not|cannot|can't|can not|never|no longer|don't know|do not know|isn't|is not"
    r"|not (?:yet )?(?:set|decided|known))\b"
    r"|\bne \w+ (?:pas|plus|jamais|rien)\b|\bn'\w+ (?:pas|plus|jamais|rien|encore)\b|\bpas encore\b"
    r"|\bno vamos a\b|\bno (?:\w+ ){0,2}\w+(?:remos|ra|ran)\b|\b(?:no|nunca|todavia no|aun no) (?:lo "
    r"|la )?(?:sabemos|podemos|tenemos|hay|esta)\b"
    r"|\b(?:we )?don't have\b|\bno time\b|\baucune?\b|\bno (?:se|sea) "
)
_CONDITION = r"\b(?:if|should you|unless|whether|si|s'il|s'ils|s'il y a)\b"
_UNTIL = r"|\b(?:when|until|quand|lorsque|jusqu'a|cuando|hasta)\b"
_CLAUSE = r"[,;:–—(]|\b(?:but|mais|pero)\b"
_ORDER = (
    r"\b(?:tell us|write to us|message us|send us|let us know|dites-(?:le-)?nous|ecrivez-nous|envoyez-nous"
    r"|escribanos|diganos\w*|envienos|mandenos)\b.{0,60}\b(?:and|et|y) (?:we|nous|on|\w+emos)\b"
)
_UPDATE = (
    r"\b(?:next|another|further|new|an|our|more|fresh|final) (?:\w+ )?updates?\b|\bupdates? (?:at|by"
    r"|before|around|in|within|every|to follow|comes?)\b"
    r"|\b(?:the )?next (?:word|news|message|post)\b|\bmore (?:news|information|details)\b"
    r"|\bkeep you (?:posted|updated|informed)\b"
    rf"|{_WE_EN} (?:be back here|be back (?:at|by|before|with|in)|speak|say more|write (?:again|here)"
    rf"|post|report|update|check in|tell you (?:where|more|what)|share (?:more|what|news)"
    rf"|come back (?:here|with))"
    rf"|{_YOU_EN} hear (?:from us|more)\b"
    r"|\bprochaine? (?:\w+ )?(?:mise a jour|nouvelles?|point|message|information)\b|\bnouveau point\b"
    r"|\bmise a jour (?:a|vers|avant|d'ici|toutes)\b|\bla suite (?:a|vers|le|demain)\b"
    r"|\b(?:tiendrons|tenons) (?:au courant|informe\w*)\b|\bde nos nouvelles\b"
    r"|\bnous (?:en )?(?:dirons plus|reparlerons|ecrirons de nouveau|ferons le point|publierons"
    r"|reviendrons ici|(?:vous )?dirons (?:ou|ce que))\b|\bnous vous (?:donnerons"
    r"|redonnerons) des nouvelles\b"
    r"|\b(?:proxima|siguiente|nueva|otra) (?:actualizacion|noticia|novedad|informacion)\b"
    r"|\bproxim[ao]s? (?:noticias?|aviso|mensaje|parte)\b|\bmantendremos (?:al tanto|informad\w+"
    r"|al corriente)\b"
    r"|\b(?:volveremos a (?:hablar|escribir|informar)|informaremos|actualizaremos|publicaremos"
    r"|escribiremos de nuevo|hablaremos|diremos (?:mas|como|en que|donde)|contaremos mas"
    r"|seguiremos contando)\b|\btendran? noticias\b|\bactualizacion a las?\b|\blo siguiente,"
)
_RESTORED = (
    r"\b(?:tell|let|notify|inform|message|write to|text|e-?mail"
    r"|update) you (?:know )?(?:here )?(?:as soon as|when|once|the moment|after|if)\b"
    r"|\b(?:say|post|write) (?:so )?(?:here )?(?:as soon as|when|once|the moment) (?:it|the|your"
    r"|service|everything|we)\b"
    r"|\b(?:dirons|previendrons|avertirons|informerons|ecrirons|signalerons|ferons signe|avisera|dira"
    r"|previendra)\b.{0,30}\b(?:des que|quand|lorsque|une fois|aussitot)\b"
    r"|\bdes que\b.{0,60}\bnous vous (?:dirons|previendrons|avertirons|informerons|ecrirons)\b"
    r"|\b(?:avisaremos|diremos|informaremos|escribiremos|notificaremos"
    r"|contaremos)\b.{0,30}\b(?:en cuanto|cuando|tan pronto|apenas|una vez)\b|\b(?:en cuanto|cuando"
    r"|tan pronto como)\b.{0,60}\b(?:avisaremos|diremos|informaremos|escribiremos)\b"
)
_MONEY = (
    r"\b(?:credit(?:s|ed)?|refund(?:s|ed)?|reimburs\w+|compensat\w+|money back|days? of (?:service"
    r"|credit)|voucher|pay (?:you )?back|free (?:month|week|day))\b"
    r"|\b(?:crediter\w*|credite\w*|credit|rembours\w+|dedommag\w+|indemnis\w+|avoir de|jours de (?:service|credit))\b"
    r"|\b(?:abon\w+|reembols\w+|credito|devolver\w*|compensa\w+|dias de (?:servicio|credito))\b"
)
_GIVEN = (
    r"\b(?:gets?|receives?|is (?:applied|added|credited|paid)|are (?:applied|added|credited|paid)"
    r"|comes? automatically|goes (?:on|back)|appears?)\b"
    r"|\b(?:recoit|recoivent|est (?:applique|ajoute|verse)\w*|sont (?:appliques|ajoutes|verses)|figurera|apparaitra)\b"
    r"|\b(?:recibe|reciben|se (?:aplica|abona|devuelve|suma)\w*|aparecera)\b"
)
_CONTACT = (
    rf"(?:{_WE_EN}|someone will|somebody will|(?:a|our) (?:\w+ )?(?:team|colleague|agent"
    rf"|technician) will) (?:(?:also|then|personally) )?(?:call|ring|phone|contact|reach out"
    rf"|write to you|message you|get back|come back to you|send you|visit|e-?mail you|reply|answer you"
    rf"|follow up|come to you|be in touch)\b"
    rf"|{_YOU_EN} (?:get|receive|have) (?:a|an|our) (?:call|message|e-?mail|letter|answer|reply)\b"
    r"|\b(?:nous|on) (?:vous |te )(?:r?appellerons|r?appellera|contacterons|contactera|recontacterons"
    r"|repondrons|ecrirons|enverrons|rappelle\w*)\b|\breviendrons vers vous\b"
    r"|\b(?:le|la|les|te|os) (?:llamaremos|contactaremos|responderemos|escribiremos|enviaremos"
    r"|contestaremos)\b|\bnos pondremos en contacto\b"
)
_REPAIR = (
    r"\b(?:will|shall|'ll|should) be (?:fixed|restored|repaired|resolved|back|working|up|running"
    r"|replaced)\b|\b(?:will|'ll) (?:work|return|come back) (?:again )?\b"
    rf"|{_WE_EN} (?:have|get) (?:it|this|everything|service|your \w+|the \w+) (?:\w+ )?(?:back|fixed"
    rf"|running|working|repaired)\b|{_WE_EN} (?:fix|restore|repair|replace|bring back)\b"
    r"|\b(?:sera|seront|serez) (?:\w+ )?(?:retabli|repare|resolu|remplace|de retour|remis)\w*"
    r"|\bnous (?:\w+ )?(?:retablirons|reparerons|remplacerons)\b|\b(?:remarchera|fonctionnera"
    r"|reviendra)\b"
    r"|\b(?:estara|estaran|quedara|quedaran|sera) (?:\w+ )?(?:restablecid|reparad|arreglad|resuelt"
    r"|de vuelta|listo|funcionando)\w*|\b(?:restableceremos|repararemos|arreglaremos|solucionaremos)\b"
    r"|(?<!que )\b(?:volvera|funcionara)\b"
)
_NO_DEED = (  # what goes on anyway, and courtesies
    r"\b(?:we|i)(?:'ll| will) (?:keep (?:working|watching|at it|going|an eye)|continue|be (?:watching"
    r"|working|here|able|looking)|need|have to|not|never|see\b|know\b|work (?:on|until)|stay|watch|read"
    r"|pass (?:it|this|that) on|be clear)"
    r"|\bnous (?:(?:le|la|les) )?(?:continuerons|resterons|surveillerons|transmettrons|lirons|saurons"
    r"|pourrons|devrons|verrons)\b|\b(?:seguiremos (?:trabajando|vigilando|atentos)|sabremos|podremos"
    r"|tendremos que|veremos|continuaremos)\b|\bvamos a ser\b"
)  # fmt: skip
_KINDS: Sequence[tuple[PromiseKind, str]] = (
    (PromiseKind.RESTORED, _RESTORED),
    (PromiseKind.UPDATE, _UPDATE),
    (PromiseKind.CONTACT, _CONTACT),
)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Code-point offset and text of every sentence; the points of "3 p.m." end none while it goes on."""
    start = 0
    for end in _END.finditer(text):
        if _HALF_OF_DAY.search(text[max(start, end.end() - 6) : end.end()]) and _goes_on(text, end.end()):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _goes_on(text: str, at: int) -> bool:
    rest = text[at : at + 40].lstrip()
    return rest[:1].islower() or rest[:1].isdigit() or rest[:1] in {",", "(", "–"}


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    stripped = text[start:end].strip()
    if stripped.strip(".!?… "):
        yield start + text[start:end].index(stripped), stripped


def find(text: str, *, made_at: datetime, zone: tzinfo) -> list[Commitment]:
    """Every commitment of a text approved at ``made_at``; times in ``zone``."""
    found = []
    for start, sentence in sentences(text):
        kind = kind_of(sentence)
        if kind is None:
            continue
        due = when(sentence, made_at=made_at, zone=zone)
        if kind is PromiseKind.RESTORED:
            due = None  # it is due when it is back
        found.append(
            Commitment(
                kind=kind,
                sentence=sentence,
                start=start,
                due_at=due.at if due else None,
                slack_minutes=int(due.slack.total_seconds() // 60) if due else 0,
            )
        )
    return found


def kind_of(sentence: str) -> PromiseKind | None:
    """What a sentence commits us to, or None."""
    text = fold(sentence)
    if text.rstrip().endswith("?") or re.search(_ORDER, text):
        return None
    for kind, rule in _KINDS:
        if (match := re.search(rule, text)) and not _taken_back(text, match.start()):
            return kind
    if (
        (match := re.search(_MONEY, text))
        and re.search(f"{_FUTURE}|{_GIVEN}", text)
        and not _taken_back(text, match.start())
    ):
        return PromiseKind.CREDIT
    if (match := re.search(_REPAIR, text)) and not _taken_back(text, match.start(), _UNTIL):
        return PromiseKind.REPAIR
    if (match := re.search(rf"\b{_WE_EN}\b|{_OWN_FUTURE}", text)) and not _taken_back(text, match.start()):
        return None if re.search(_NO_DEED, text) else PromiseKind.OTHER
    return None


_OWN_FUTURE = (
    r"\b(?:nous|on) (?:(?:vous|le|la|les|l'|y|en|te|lui|leur) ?){0,2}\w+rons\b|\bnous allons \w+(?:er|ir|re)\b"
    r"|\b(?!queremos)\w{2,}(?:aremos|eremos|iremos)\b|\bvamos a \w+r\b"
)


def _taken_back(text: str, at: int, also: str = "") -> bool:
    """Whether the clause is a refusal, or hangs on a condition that comes before the promise."""
    begin = max((found.end() for found in re.finditer(_CLAUSE, text[:at])), default=0)
    until = re.search(_CLAUSE, text[at:])
    clause = text[begin : at + until.start() if until else len(text)]
    return bool(re.search(_NEGATED, clause)) or bool(re.search(f"{_CONDITION}{also}", text[:at]))
