"""What a reply says of the state of things must be the sheet's state of things."""

import re
from collections.abc import Iterator
from dataclasses import replace

from core.domain import FactSheet, Finding, IncidentStatus
from responder.gate import Candidate, states
from responder.gate.alignment import content, told
from responder.gate.places import places_back
from responder.gate.reading import NOT_KNOWN, Clause, block, body, clauses, fold, hits, rx, shown
from responder.gate.things import says_so

NAME = "status"
_NOT_YET = (
    r"\b(?:when|once|until|till|if|before|after|as soon as|by the time|will|'ll|would|should|may|might"
    r"|could|to be|to get|getting|working (?:to|on)|trying|first|whether|hope|want|need|take|then"
    r"|quand|lorsque|des que|si|jusqu'|avant|apres|sera|seront|devrait|pour que|cuando|hasta|en cuanto|sea"
    r"|este|esten|vuelva|vuelvan|antes|sera|estara|volvera|quedara)\b|'ll\b|\bnot\b|n't\b|\bnever\b"
    r"|\bstill\b(?! (?:work|go|get))|\bno\b|\bpas\b|\baun\b|\btodavia\b|\bencore\b(?! une fois)"
    r"|\bpartout\b :|\bhow\b|\bunder way\b|\bbeing\b|\ben cours\b|\bse esta\w*\b|\ben train d"
    r"|(?:\bare|\bis|'re|'s)\s(?:\w+ly\s|busy\s|now\s)?(?:wir|bring|switch|putt|go|roll|tak|turn|mov|com|build|gett"
    r"|load)ing\b|\bhaving it\b"
)
_EVERYWHERE = (
    r"\b(?:half (?:back|way)|half restored|all (?:areas|regions|customers|homes|streets|of you|zones)|every(?:one"
    r"|body|where|thing| home"
    r"| customer| area| street)|the whole|entire\w*|fully|complete\w*|partout|tous|toutes|tout le monde"
    r"|todas?|todos|por completo|totalmente|completamente|100 ?%)\b"
)
_FOUND = (
    r"\b(?:we(?:'ve| have)? (?:now |already |just |finally )?(?:(?:found|identified|pinpointed|located"
    r"|traced|worked out|spotted|tracked)\b(?! (?:no|nothing|out how many))|know (?:now )?(?:the (?:cause"
    r"|reason|source)|what(?:'s| is| was| went| caused| broke| happened)|why|where (?:it|the)))|a fix is"
    r"|(?:rolling|putting) (?:out|in) (?:a|the) (?:fix|repair)|putting it right|implementing|deploying"
    r"|cause (?:is|was|has been) (?:now )?(?:known|clear|found|identified)"
    r"|(?:avons|on a) (?:\w+ )?(?:trouve|identifie|localise|repere)\b|cause (?:est|a ete) (?:connue"
    r"|trouvee|identifiee)|hemos (?:\w+ )?(?:encontrado|identificado|localizado|detectado)"
    r"|(?:ya )?sabemos (?:que (?:fallo|fallaba|paso|ocurrio|lo|ha (?:fallado|pasado|ocurrido))|la causa|cual)"
    r"|ya conocemos|la solucion esta)\b"
)
_TO_BE_FOUND = (  # what stands before it; "as we said before" tells nothing
    r"\b(?:when|once|if|cuando|quand|des que)\b"
    r"|\b(?:until|till|before|hasta que|antes de que|tant que|jusqu'a ce qu\w*|avant qu\w*)\s*$"
)
_SEEKING = (
    r"\b(?:(?:still |currently )?(?:looking for|investigating|searching for|trying to (?:find|work) out"
    r"|hunting (?:for|down)) (?:the |what |why|for the )?(?:cause|reason|fault|problem|issue|what|why|it)?|(?:do not"
    r"|don't) (?:yet )?know (?:yet )?(?:what (?:caused|happened|went|is|has|'s|broke|stopped)|what's|the cause|why)"
    r"|cause (?:is|isn't"
    r"|is not) (?:still |yet |not )?(?:unknown|known)|no idea (?:what|why)"
    r"|(?:have not|haven't|hasn't) (?:yet )?(?:been able to )?(?:found?|identif\w*|pinpoint\w*|traced?|locat\w*)"
    r"|what(?:'s| is| lies) behind (?:it|this)|(?:people|teams?|engineers|colleagues|crews) (?:is"
    r"|are) (?:still )?(?:searching"
    r"|looking|hunting|digging)|(?:equipes?|techniciens?|collegues|on) cherche\w*|d'ou (?:vient|provient) la panne"
    r"|(?:equipos?|tecnicos|companeros) (?:siguen? )?busca\w*"
    r"|(?:cherchons|recherchons|enquetons)|(?:ne (?:connaissons|savons) pas (?:encore )?(?:la cause"
    r"|pourquoi|ce qui))|(?:buscando|investigando) (?:la causa|que|el origen|todavia|lo)"
    r"|no sabemos (?:todavia |aun )?(?:la causa|por que|que (?:paso|fallo|ha)))\b"
)
_IN_PART = r"\b(?:some|a few|one|if|when|your|yours|parts?|quelques|certain\w*|algun\w*|si|was|were)\b"
_REMOVED = r"\b(?:replaced|withdrawn|removed|taken (?:out|off)|remplace\w*|retire\w*|sustituid\w*|retirad\w*)\b"
_ALL = (
    r"\b(?:all (?:areas|regions|customers|homes|streets|of you|zones)|every(?:one|body|where|thing)|the whole|entire\w*"
    r"|partout|tous|toutes|tout (?:le monde|est|fonctionne|marche)|todas?|todos|todo|half|expected|both|(?:las|los"
    r"|les|the) (?:two|three|four|five|dos|tres|cuatro|deux|trois|quatre))\b"
)
_MONEY = (
    r"\b(?:money|fare|fares|refund\w*|price|deposit|fee|fees|night|cost|costs|amount|argent|montant|dinero"
    r"|importe)\b.{0,15}\bback\b"
)
_FOR_THE_MOST = (
    r"\b(?:most|nearly all|almost all|the majority|all but|nearly everyone|la plupart|presque tou\w+|la mayoria"
    r"|casi tod\w+)\b"
)
_NONE_OF_IT = (
    r"^\W*(?:(?:and|no|yes|oui|non|si|y|et),? )?(?:nothing|none|no one|nobody|plus rien|rien|nada|ya no)\b"
    r"|\bno longer\b"
    r"|\bany (?:more|longer)\b|\bnothing (?:is|'s)\b|\bno \w+ (?:is|are) (?:down|out|broken|affected)\b"
)
_SOME_OF_THEM = (
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|\d+) (?:\w+ )?(?:in|out of|of the|towns?|places|quarters"
    r"|thirds)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that tells another state than the sheet's."""
    sheet, found = candidate.sheet, clauses(body(candidate))
    if sheet.status is IncidentStatus.RESOLVED:
        yield from _resolved(candidate, found)
        return
    if sheet.status is None:
        return
    where = dict(zip(found, (None, *found), strict=False))
    for clause, match in hits(found, states.IS_OVER):
        told = _with_its_place(clause, where[clause])
        if not clause.question and not rx(_NOT_YET).search(clause.text) and not _partly_true(told, sheet):
            message = "says that it is over; the incident is not resolved. Say what the facts say is back, and where."
            yield _finding(candidate, clause, match.span(), message)
    yield from _still_out(candidate, found)
    if sheet.status is IncidentStatus.INVESTIGATING:
        for clause, match in hits(found, _FOUND):
            before = clause.text[: match.start()]
            if not rx(NOT_KNOWN).search(clause.text[: match.end()]) and not rx(_TO_BE_FOUND).search(before):
                message = "says that the cause or the fix is found; the incident is still under investigation."
                yield _finding(candidate, clause, match.span(), message)
    elif sheet.get("cause"):
        for clause, match in hits(found, _SEEKING):
            message = "says that the cause is not known; the facts give it. Say the cause instead."
            yield _finding(candidate, clause, match.span(), message)


def _with_its_place(clause: Clause, before: Clause | None) -> Clause:
    """The clause, with the one before where that holds the place: "à Orme, oui, les lampes y sont revenues"."""
    if before is None or not rx(r"\b(?:y (?:est|sont|a|ont)|there|alli|ahi)\b").search(clause.text):
        return clause
    return replace(clause, text=f"{before.text} {clause.text}")


def _still_out(candidate: Candidate, found: tuple[Clause, ...]) -> Iterator[Finding]:
    """Everything said to be out, while it is watched and the facts say since when it is back."""
    sheet = candidate.sheet
    if sheet.status is not IncidentStatus.MONITORING or not rx(states.BACK_SINCE).search(
        fold("\n".join(sheet.facts.values()))
    ):
        return
    for clause, match in hits(found, states.STILL_OUT):
        if not clause.question and not rx(_IN_PART).search(clause.text):
            message = "says that it is still out; by the facts it has been back for a while. Compare them."
            yield _finding(candidate, clause, match.span(), message)


def _resolved(candidate: Candidate, found: tuple[Clause, ...]) -> Iterator[Finding]:
    for clause, match in hits(found, f"{states.GOES_ON}|{_SEEKING}"):
        if rx(
            r"\b(?:if|si|for you|your (?:case|account)|looking (?:into|at) (?:your|it with)|tell you|decid\w*"
            r"|answer|refund|account)\b"
        ).search(clause.text):
            continue
        if rx(_NONE_OF_IT).search(clause.text) or _taken_out(clause, match, candidate.sheet):
            continue
        message = "says that it goes on; the incident is resolved. Say that it is over."
        yield _finding(candidate, clause, match.span(), message)


def _taken_out(clause: Clause, match: re.Match[str], sheet: FactSheet) -> bool:
    """Whether "the fan is out" means the part that was to blame, which the facts say was taken out or replaced."""
    if not rx(r"\bout$").search(match[0]):
        return False
    gone = [fact.stems for fact in told(sheet) if rx(_REMOVED).search(fact.text)]
    return any(content(clause.text[: match.start()]) & stems for stems in gone)


def _said_back(clause: Clause, sheet: FactSheet, out: set[str]) -> bool:
    """Whether the facts say of the same thing that it runs, was replaced, is done."""
    names = frozenset(map(fold, sheet.regions))
    here = frozenset(name for name in names if name in clause.text)
    if rx(_ALL).search(clause.text) or here & out:
        return False
    said = content(clause.text) - content(" ".join(names))
    return says_so(said, sheet, fails=False, beside=here) and not (not here and says_so(said, sheet, fails=True))


def _partly_true(clause: Clause, sheet: FactSheet) -> bool:
    """Whether the facts themselves say that this much is back or was never gone, or money is what comes back."""
    money = rx(_MONEY).search(clause.text) and not rx(states.BEING_BACK).search(clause.text)
    if money or (
        rx(_FOR_THE_MOST).search(clause.text) and rx(states.IS_OVER).search(fold("\n".join(sheet.facts.values())))
    ):
        return True
    back, out = places_back(sheet)
    if clause.question or _said_back(clause, sheet, out):
        return True
    if rx(_EVERYWHERE).search(clause.text):
        return False
    named = {place for place in map(fold, [*sheet.regions, *sheet.components]) if place in clause.text}
    if named & out:
        return False
    if named & back:
        return True
    facts = fold("\n".join(sheet.facts.values()))
    return (
        bool(rx(r"wi-?fi|appels wi|llamadas (?:por )?wi|\b911\b|\b112\b").search(clause.text))
        or (
            bool(back)
            and bool(
                rx(
                    r"\b(?:most|some|parts?|many|la plupart|certaines?|presque|casi|la mayoria|algun\w*|parte)\b"
                    rf"|{_SOME_OF_THEM}"
                ).search(clause.text)
            )
        )
        or (len(clause.text) > 15 and clause.text in facts)
    )


def _finding(candidate: Candidate, clause: Clause, span: tuple[int, int], message: str) -> Finding:
    start, end = clause.start + span[0], clause.start + span[1]
    return block(NAME, start, end, f"'{shown(candidate, start, end)}' {message}")
