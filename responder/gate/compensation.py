"""Nothing is offered that the compensation policy does not give."""

import re
from collections.abc import Iterator, Mapping

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import Clause, block, body, clauses, customer_text, facts_text, fold, rx, shown

NAME = "compensation"
_KINDS: Mapping[str, str] = {
    "credit": r"(?<!carte de )(?<!cartes de )(?<!par )(?<!con )(?<!tarjeta de )(?<!tarjetas de )"
    r"\bcredit(?!s? cards?| card|o? scor)(?:ed|s|ing)?\b|\bavoir(?= (?:sur|de \d))"
    r"|(?<!con )(?<!a )(?<!tarjeta de )(?<!tarjetas de )(?<!de )\bcreditos?\b"
    r"|\bcrediter\w*|\babon(?:o|os|ar\w*|amos|aremos|ad[oa]s?)\b|\bsaldo a favor\b",
    "refund": r"(?:\b(?:money|fees?|price|fares?|amount|sum|costs?|deposit|charge|it)|[$€£]|\d).{0,25}"
    r"\b(?:comes?|goes|coming) back to you\b"
    r"|\brefund\w*|\breimburs\w*|\bmoney back\b|\bpay(?:ing)? (?:you )?back\b|\brembours\w*|\breembols\w*"
    r"|\bdevol(?:ver|vemos|veremos|ucion)\w*|\breintegr\w*",
    "damages": r"\bcompensat(?:e|ed|ing)\b|\bcompensation\b|\bindemni\w*|\bdedommag\w*|\bcompensa\w*|\bmake (?:it"
    r"|this|that|things) (?:up to you|right for you)\b|\bsee you right\b|\b(?:we'll|we will|we|happy to"
    r"|going to) (?:cover|pay|settle|replace|foot|absorb)(?: for)? (?:the|your|you|any|all|what|every|it"
    r"|that)\b|\bour treat\b|\b(?:prend(?:rons|re|s|ra)|prenons) (?:en charge|a notre charge|a nos frais)\b"
    r"|\bc'est nous qui (?:\w+ )?(?:pay|offr|regl)ons\b|\ba nos frais\b|\bcorre (?:de|por) (?:nuestra )?cuenta\b"
    r"|\binvitamos nosotros\b"
    r"|\b(?:postage|shipping|delivery|fares?|fees?|taxi|cab|bill|meal|dinner|lunch|drinks?|coffee|hotel|ride)\b.{0,30}"
    r"\b(?:is|are) (?:ours|covered)\b"
    r"|\bno co-?pay\w*|\bmatch (?:your |the )?(?:lost|loss\w*)|\b(?:keep|send us) (?:the"
    r"|your|any|all) (?:receipts?|bills?)\b"
    r"|\b(?:gardez|garde|envoyez-nous) (?:la|le|votre|vos|ta) (?:note|ticket|facture|recu)\w*|\b(?:est|sera"
    r"|sont) pour nous\b"
    r"|\bguarda\w* (?:el|la|los) (?:recibo|ticket|factura)\w*|\b(?:whatever|anything) (?:you|it"
    r"|has) .{1,40}\bmake good\b|\bours to pay\b"
    r"|\bvaleur (?:du|de (?:vos|votre)) (?:colis|achat|commande)|\bbajamos\b.{0,30}\b(?:recibo|factura|cuota)"
    r"|\bprise? en charge\b|\b(?:pagaremos|cubriremos|asumimos|asumiremos|nos hacemos cargo"
    r"|correremos con)\b",
    "discount": r"\bdiscount\w*|\b(?:half|reduced) (?:price|rate|fare)\b|\b(?:tarif|prix) reduit\b"
    r"|\b(?:tarifa|precio) reducid[ao]\b|\b(?:percent|%) off\b|\bknock\w* (?!their|the rust"
    r"|your socks).{1,40}\boff\b|\b(?:tak(?:e|ing)|slash"
    r"|cut)\w* (?=.{0,60}(?:[$£€%\d]|bill|price|fare|fee|cost|invoice|rent|subscription|month)).{1,40}\boff\b"
    r"|\b(?:com(?:e|es|ing)|taken?|knocked) off (?:your |the |\w+'s )?(?:\w+ )?(?:bill|invoice|account)|\bremise\b"
    r"|\brabais\b|\breduction\b|\bristourne\b|\bdesc(?:uent|ont)\w*|\brebaja\w*"
    r"|\boff your (?:next )?(?:bill|order|booking|ticket|trip|fare)\b|\blower(?:ing)? your\b",
    "free": r"\bcosts? (?:you )?nothing\b|\bwithout (?:the |a |any |your )?(?:\w+ )?(?:charge|fee|fare|cost)s?\b"
    r"|\b(?:is|are|be|comes?|goes|travels?|rides?|ships?|stays?) (?:\w+ )?free\b"
    r"(?! (?:to|from|of (?!charge)|again|and|now))"
    r"|\bsans (?:frais|payer)\b|\bsin pagar\b|\b(?:for )?free(?= (?:month|week|day|data|call|text|upgrade|minute"
    r"|of charge|gb|roaming|service"
    r"|deliver|ticket|trial|year|gift|premium|access|wi-?fi|weekend|transfer|rent|power|electricity"
    r"|internet|movie|stream))|\bmonths? (?:free|added|extra)\b|\bget an? (?:week|month|day)s? (?:added|extra|more)\b"
    r"|\bweeks? free\b|\bdays? free\b|\bon the house\b"
    r"|(?:(?<!this )(?<!that )(?<!it )(?<!which )\bis|\bare|\bbe|\bcomes?|\bone's|\bmonth's?|\bbill's?"
    r"|\bdrinks?|\bgoes) on us\b|\bno charge\b|\bfree of charge\b"
    r"|\bat no cost\b|\bcomplimentary\b|\bwaiv\w*|\b(?:won't|not|never) (?:be )?(?:charg\w*|bill\w*"
    r"|invoic\w*)|\b(?:dropp?|cancell?|scrapp?|remov|skipp?|wip|paus)(?:e|ed"
    r"|ing)? (?:\w+(?:'s)? ){0,3}(?:fees?|bill|charges?|payment|rent)\b|\bgratuit\w*|\boffert\w*"
    r"|\boffr(?:ons|irons|ir)\b|\bgratis\b|\bsin (?:coste|costo|cargo)\b|\bno (?:te|le|os|les"
    r"|se) (?:cobrar|factur)\w*|\bne (?:vous |te )?(?:sera|serez|seront) .{0,25}(?:factur|compte|debit|prelev)\w*"
    r"|\bne (?:vous |te )?(?:facturer|payer)\w* .{0,25}(?:pas|rien)|\b(?:vous|tu) ne pay\w* pas\b"
    r"|\bno (?:pagar|pagas)\w*"
    r"|\bregal(?:o|amos|aremos|ar)\b|\binvita(?:mos)? la casa\b|\bcondon\w*",
    "gift": r"\bvouchers?\b|\bgift\b|\bcoupons?\b|\bgoodwill\b|\bbonus\b|\b(?:extra|double|bonus"
    r"|additional) (?:data|gb|gigs?|minutes|points|credit|miles|days?)\b|\bgeste commercial\b"
    r"|\bbons? d'achat\b|\bcadeau\b|\bcheque\b|\bvale\b(?= (?:de|por))|\bcupon\w*|\bdatos extra\b"
    r"|\bgigas?\b|\bupgrade\b(?= (?:you|on|for))|\btoken of\b|\bloyalty points\b|\bdetalle contigo\b"
    r"|\bgeste pour\b|\bfaire un geste\b",
}
# Money taken off a bill has many names, the more so in another language than the policy's.
_ALIKE: Mapping[str, tuple[str, ...]] = {"credit": ("discount",), "discount": ("credit",)}
_OFF_THE_BILL = (
    r"\b(?:off|on|from) (?:the|your|their|\w+'s) (?:\w+(?:'s)? )?(?:bill|invoice|statement)\b"
    r"|\bsur (?:la|votre) (?:\w+ )?facture\b|\ben (?:la|su|tu) (?:\w+ )?(?:factura|cuota|boleta|recibo)\b"
)
_GOES_BACK = r"[$€£\d].{0,40}\bback (?:to|on|onto|in)\b|\b(?:gets?|paid|pay|money)\b.{0,30}\bback\b|\breturned\b"
_FREE = r"\bfree\b(?! (?:to|from|of (?!charge)|month|week|day)s?\b)|\bgratuit\w*|\bgratis\b|\bsin (?:coste|cargo)\b"
_MORE = (
    r"\b(?:the |your )?(?:whole|full|entire) (?:fare|price|fee|fees|ticket|bill|amount|month|cost|stay|trip"
    r"|subscription|order)\b|\b(?:paid"
    r"|refunded|returned) (?:back )?in full\b"
    r"|\b(?:billete|precio|importe) (?:entero|completo|integro)\b|\b(?:integralite|totalite) d\w*|\bprix (?:entier"
    r"|complet)\b"
    r"|\b(?:doubl\w*|tripl\w*|twice that|(?:on top of|as well as|besides) (?:that|the|your)\b.{0,20}(?:add"
    r"|give|get|credit)|more than that for you|(?:for|per) (?:each|every|chaque|cada) (?:\w+ )?(?:hour"
    r"|minute|heure|hora)|par heure|por hora|also (?:add|give|credit|refund)|extra (?:credit|day)"
    r"|further credit)\b"
)
_OPEN = (
    r"\b(?:decid\w*|question|whether|(?:see|seen|check|know|say|tell|find out|ask|sure|clear|look) if"
    r"|tell us what|what it cost|look at|look into"
    r"|can see|insult|small|once we know|ask(?:ed|ing)? about|about compensation|on compensation|sur le"
    r"|policy|answer"
    r"|may not cover|isn't enough|is not enough|fair to ask|decision|decide\w*|podemos prometer|saber si"
    r"|estudi\w*|valor\w*|(?:voir|savoir|dire|verifier|regarder|decir|ver|mirar) si)\b"
)
_OFFERS = (
    r"\b(?:we|we'll|we're|we've|we'd|i'll|us|you'll|you get|yes|yep|of course|sure|get|comes?|goes|nous|on|vous|oui"
    r"|recev\w*|aurez|os|te|le|les|si|claro|tendr\w*|recib\w*|\w+(?:remos|rons))\b"
)
_TWICE = (
    r"\b(?:twice|double|doubly|second|duplicate\w*|dos veces|doble|segundo|duplicad\w*|dobles|deux fois|deuxieme"
    r"|second|de mas|de trop|too much|surplus|overcharg\w*)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every offer that the facts do not make, in kind or in size."""
    policy = fold("\n".join(text for key, text in candidate.sheet.facts.items() if key.startswith("compensation")))
    facts, heard = facts_text(candidate.sheet), customer_text(candidate)
    allowed = {kind for kind, pattern in _KINDS.items() if rx(pattern).search(policy)}
    allowed |= {alike for kind in allowed for alike in _ALIKE.get(kind, ())}
    if rx(_FREE).search(facts):
        allowed.add("free")
    if rx(_GOES_BACK).search(policy):
        allowed.add("refund")
    if rx(_OFF_THE_BILL).search(policy):
        allowed |= {"credit", "discount"}
    for clause in clauses(body(candidate)):
        if clause.question:
            continue
        for kind, pattern in _KINDS.items():
            match = rx(pattern).search(clause.text)
            if match and match[0] in heard and not rx(_OFFERS).search(clause.text):
                continue  # their gift, their voucher: nothing of ours
            if match and kind not in allowed and not _harmless(clause, match.span(), facts, kind=kind):
                yield _finding(candidate, clause, match.span(), known=bool(policy))
                break
        else:
            more = rx(_MORE).search(clause.text)
            if (
                more
                and policy
                and more[0] not in policy
                and not _whole_by_policy(more[0], policy)
                and not rx(r"\bcharg\w*|\bdebit\w*|\bcobr\w*|\bbilled\b").search(clause.text)
                and rx(r"credit|\$|€|£|\d|whole|full|entire|enter|complet|integr|totalit").search(clause.text)
            ):
                yield _finding(candidate, clause, more.span(), known=True)


def _whole_by_policy(said: str, policy: str) -> bool:
    """Whether the whole of something is what the policy itself gives, in other words."""
    whole = r"\bfull\w*|\bwhole|\bentire|\ben entier|\benter[oa]|\bcomplet|\bintegr|\btotal"
    return bool(rx(whole).search(said) and rx(whole).search(policy))


def _harmless(clause: Clause, span: tuple[int, int], facts: str, *, kind: str) -> bool:
    """A denial, an open question, or money that goes back by the facts themselves."""
    rest = clause.text[: span[0]] + " " + clause.text[span[1] :]
    denial = rx(
        r"\b(?:no|not|n't|cannot|can't|won't|haven't|hasn't|isn't|don't|nothing|never|nor|pas|rien|aucune?|ni"
        r"|ningun\w*|nada|todavia|aun|nobody has (?:said|told|decided|agreed)|personne ne (?:m'a|nous a)|none)\b|n't\b"
    ).search(rest)
    if denial and not rx(
        r"\b(?:no need|don't need|needn't|nothing to (?:do|fill|ask)|not need|sin (?:que|necesidad)"
        r"|no (?:hace falta|tiene\w* que)|rien a(?! (?:vous |te |t')?(?:annoncer|dire|promettre|offrir|proposer))"
        r"|pas besoin|no form|no questions)\b"
    ).search(clause.text):
        return True
    if rx(_OPEN).search(clause.text):
        return True
    returned = rx(
        r"\b(?:goes back|go back|refund\w*|return\w*|reimburs\w*|back to (?:the|your) account|vuelve"
        r"|retourn\w*|rembours\w*|devuel\w*|revers\w*|recredit\w*|devolv\w*|reintegr\w*)\b"
    ).search(facts)
    if kind in {"gift", "discount"} and rx(rf"\b{re.escape(clause.text[span[0] : span[1]][:7])}").search(facts):
        return not rx(_OFFERS).search(clause.text)  # a thing of the facts: vouchers that fail
    return kind in {"refund", "credit"} and bool(returned) and bool(rx(_TWICE).search(clause.text))


def _finding(candidate: Candidate, clause: Clause, span: tuple[int, int], *, known: bool) -> Finding:
    start, end = clause.start + span[0], clause.start + span[1]
    why = "is not what the compensation policy gives" if known else "offers something, and no compensation is decided"
    advice = "Keep to the policy's words." if known else "Say that nothing is decided yet, or leave it out."
    return block(NAME, start, end, f"'{shown(candidate, start, end)}' {why}. {advice}")
