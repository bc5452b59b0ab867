"""Nobody is sent to something that is itself down."""

from collections.abc import Iterator, Mapping

from core.domain import FactSheet, Finding, IncidentStatus
from responder.gate import Candidate
from responder.gate.alignment import content
from responder.gate.reading import Clause, block, body, clauses, fold, rx, sentences, shown

NAME = "dead_end"
_DOWN = (
    r"\b(?:down|not work\w*|isn't working|aren't working|unavailable|offline|cannot|can't|fail\w*"
    r"|out of (?:service|order)|not available|closed|en panne|indisponible\w*|hors service"
    r"|ne (?:fonctionne|marche)\w*|caid\w*|no (?:funciona|disponible)\w*)\b"
)
_GO = (
    r"(?:check|open|see|visit|use|look(?: at| on| in| up)?|go (?:to|on)|head (?:to|over)|log ?(?:in"
    r"|on)(?: to)?|sign in|follow|find|track|try|through|via|on|in|consult\w*|ouvr\w*|visit\w*|utilis\w*"
    r"|regard\w*|voir|voyez|rendez-vous|suiv\w*|connect\w*|sur|dans|depuis|passez par|mir[ae]\w*"
    r"|abr[ae]\w*|entr[ae]\w*|usa\w*|use\w*|ve|vaya|revis\w*|sigue\w*|siga\w*|en|desde|por|a traves de)"
)
_THINGS: Mapping[str, tuple[str, str]] = {
    # what may be down in the sheet's words -> how a reply sends people to it
    "calls": (
        (
            r"\bcalls?\b|\bcalling\b|\bvoice\b|\bphone (?:service|lines?)\b|\btelephon\w*|\bappels?\b"
            r"|\bllamadas?\b|\bhelp ?line\b|\bcall cent"
        ),
        (
            r"\b(?:call|ring|phone|dial|telephone) (?:us|our|in|the|customer|support|\d|0|1|from your)"
            r"|\bgive us a (?:call|ring|bell)|\bpick up the phone\b|\bby phone\b|\bover the phone\b|\bhotline\b"
            r"|\bhelp ?line\b|\bappelez(?:-| )(?:nous|le|notre)|\bappelle(?:-| )nous|\btelephonez|\bcomposez"
            r"|\bpar telephone\b|\bpassez-nous un coup|\bllam[ae](?:d)?(?:nos|n)?\b(?: (?:al?|nos|por))?"
            r"|\bpor telefono\b|\bmarca\b|\bmarque\b|\bpegue un telefonazo"
        ),
    ),
    "texts": (
        r"\btexts?\b|\bsms\b|\bmessages? textes?\b|\btextos?\b|\bmensajes\b|\bmessaging\b",
        (
            r"\btext (?:us|the word|\w+ to|\d)|\bsend (?:us )?(?:a|an) (?:text|sms)|\bby (?:text|sms)\b"
            r"|\breply (?:to the|stop)|\bwe'll text\b|\b(?:envoy\w*|ecri\w*) (?:-?nous )?(?:un|par) (?:sms|texto)"
            r"|\bpar (?:sms|texto)\b|\b(?:envi|mand)\w* (?:nos )?un (?:sms|mensaje de texto)|\bpor sms\b"
        ),
    ),
    "mobile data": (
        r"\bmobile data\b|\bdata\b|\bdonnees\b|\bdatos\b|\bmobile internet\b",
        (
            r"\b(?:using|over|on|with|via|through) (?:your )?(?:mobile )?data\b"
            r"|\bturn on (?:your )?(?:mobile )?data\b|\b(?:open|check|use|in|on|via) (?:the|our) (?:\w+ )?app\b"
            r"|\bour app\b|\bfrom your (?:\w+ )?phone\b|\bhot ?spot\b|\bdonnees mobiles\b.{0,20}\bactiv"
            r"|\bactive[zr]? .{0,15}donnees\b|\bnotre appli\w*|\bnuestra app\w*|\bcon (?:tus|los) datos\b"
        ),
    ),
    "internet": (
        (
            r"\b(?:home|fixed|fibre|cable)? ?(?:internet|broadband|wi-?fi)\b|\binternet (?:fixe|a la maison)\b"
            r"|\binternet en casa\b"
        ),
        (
            r"\b(?:using|over|on|via|through|from|with|connect to) (?:your|the|our) (?:home |own "
            r"|\w+ )?(?:internet|connection|wi-?fi|broadband|router|home computer|computer|box)\b|\b(?:home"
            r"|your) wi-?fi\b|\bstream\b|\b(?:go|log|check|chat|look|hop) (?:on|on ?line|us on ?line)\b"
            r"|\bon ?line (?:chat|account|form|portal)|\blive chat\b|\bvotre (?:box|wi-?fi|connexion)\b"
            r"|\ben ligne\b|\btu (?:wi-?fi|conexion|router)\b|\ben linea\b|\bchat en\b"
        ),
    ),
    "app": (
        r"\bapps?\b|\bapplication\b|\bappli\b|\baplicacion\b",
        rf"\b{_GO}\b.{{0,25}}\b(?:apps?|appli\w*|aplicacion)\b",
    ),
    "website": (
        (
            r"\bweb ?sites?\b|\bweb\b|\bsite\b|\bonline (?:account|banking|services?)\b|\bportal\b|\bsitio\b"
            r"|\bpagina\b|\bportail\b|\bonline\b|\blog-?in\b"
        ),
        (
            rf"\b{_GO}\b.{{0,25}}\b(?:web ?sites?|web|site|portal|portail|sitio|pagina|account page"
            rf"|online (?:account|banking|form))\b|\bon ?line (?:account|banking|form)\b|\blog (?:in|on)\b"
        ),
    ),
    "map": (
        r"\b(?:outage |coverage |status )?maps?\b|\bcarte des pannes\b|\bmapa\b",
        (
            rf"\b{_GO}\b.{{0,25}}\b(?:maps?|carte (?:des|en|interactive)|mapa)\b|\bmaps?\b.{0, 40}\b(?:best|place"
            rf"|shows?|lists?|tells?|follow|where|latest)\b|\b(?:mapa|carte)\b.{0, 30}\b(?:muestra|montre|indique"
            rf"|mejor|meilleur)"
        ),
    ),
    "chat": (r"\bchat\b|\btchat\b", rf"\b{_GO}\b.{{0,25}}\b(?:chat|tchat)\b|\bchat with us\b"),
    "payments": (
        (
            r"\bcards?(?: payments?)?\b|\bpayments?\b|\bpaiements?\b|\bpagos?\b|\btransfers?\b|\bvirements?\b"
            r"|\btransferencias?\b"
        ),
        (
            r"\b(?:pay|try paying|use) (?:\w+ )?(?:by|with|using) (?:your |the |a )?(?:card|transfer)"
            r"|\buse your card\b|\bmake (?:a|the|your) (?:payment|transfer)\b|\b(?:par|avec (?:la|votre)) carte\b"
            r"|\bcon (?:la|tu|su) tarjeta\b|\bpor transferencia\b"
        ),
    ),
    "power": (
        r"\belectricity\b|\bpower\b|\belectricite\b|\bcourant\b|\bluz\b|\bsuministro electrico\b",
        (
            r"\b(?:plug|charge|turn on|switch on|use) (?:\w+ ){0,3}(?:at home|your (?:heater|heating|heat|kettle"
            r"|oven|lamp|tv|router|wi-?fi))|\belectric (?:blanket|heater|kettle|radiator|stove|cooker|fire)s?\b"
            r"|\bplug (?:in|it in)\b|\b(?:electric|space) heaters?\b|\bcouverture chauffante\b|\bmanta electrica\b"
            r"|\bbranchez\b|\benchufa\w*|\bchauffage electrique\b|\bcalefactor\b|\bestufa electrica\b"
        ),
    ),
    "e-mail": (
        r"\be-?mails?\b|\bcourriel\w*|\bcorreo\b",
        (
            r"\be-?mail us\b|\bsend (?:us )?an e-?mail\b|\bby e-?mail\b|\bpar (?:e-?mail|courriel)\b"
            r"|\bpor correo\b"
        ),
    ),
    "stores": (
        r"\b(?:stores?|shops?|branch(?:es)?|boutiques?|agences?|tiendas?|sucursal\w*|oficinas?)\b",
        (
            rf"\b(?:visit|come|go|drop|pop|{_GO})\b.{{0,25}}\b(?:stores?|shops?|branch(?:es)?|boutiques?|agences?"
            rf"|tiendas?|sucursal\w*|oficinas?)\b"
        ),
    ),
}
_WAYS = ("workaround", "compensation")
"""The facts that tell people where to go."""
_SAME_WAY = 3  # stems that a clause shares with the facts' own way from which on it is the same one
_DETOUR = (
    r"\bwi-?fi (?:calling|calls?)|\bappels? (?:par )?wi-?fi|\bllamadas? (?:por )?wi-?fi|\blandline\b"
    r"|\bfixe\b|\btelefono fijo\b|\b(?:another|other|a friend's|different|someone else's) (?:phone|network"
    r"|line|provider)|\bother networks?\b|\b(?:an)?other wi-?fi|\b911\b|\b112\b|\bautre (?:telephone"
    r"|reseau)|\botro (?:telefono|operador)|\bmobile (?:data|phone)?\b hot ?spot|\bcompart\w* internet"
    r"|\bour outage\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that sends people to a thing among those that are down."""
    sheet = candidate.sheet
    if sheet.status in {None, IncidentStatus.RESOLVED}:
        return
    down = _down(sheet)
    for clause in clauses(body(candidate)):
        if clause.question or clause.says_not() or rx(_DOWN).search(clause.text):
            continue
        for thing in down:
            match = rx(_THINGS[thing][1]).search(clause.text)
            if match and not _other_way(clause, thing, sheet):
                start, end = clause.start + match.start(), clause.start + match.end()
                message = (
                    f"'{shown(candidate, start, end)}' sends them to {thing}, which is down. Name a way that works."
                )
                yield block(NAME, start, end, message)
                break


def _other_way(clause: Clause, thing: str, sheet: FactSheet) -> bool:
    if rx(_DETOUR).search(clause.text) or _named_as_a_way(thing, sheet) or _on_the_way(clause, sheet):
        return True
    if thing in {"internet", "mobile data", "website"}:
        return any(fold(link) in clause.text for link in sheet.links)
    return False


def _named_as_a_way(thing: str, sheet: FactSheet) -> bool:
    """Whether the facts themselves send people to it: "exchange the ticket on the website", "a voucher in the app"."""
    told = "\n".join(sheet.get(name) for name in _WAYS)
    ways = (way for way in clauses(fold(told)) if not way.says_not() and not rx(_DOWN).search(way.text))
    return any(rx(_THINGS[thing][1]).search(way.text) for way in ways)


def _on_the_way(clause: Clause, sheet: FactSheet) -> bool:
    """Whether it sends them where the workaround does: "log in to the control panel"."""
    way = content(fold(sheet.get("workaround")))
    return len(content(clause.text) & way) >= _SAME_WAY


def _down(sheet: FactSheet) -> list[str]:
    """The things that components and the facts' own words call down."""
    texts = [fold(part) for part in sheet.components]
    for text in sheet.facts.values():
        texts += [
            s.text
            for s in sentences(fold(text))
            if rx(
                r"\b(?:app|web ?site|map|chat|stores?|shops?|phone lines?|portal|log-?in|site|appli|carte|mapa"
                r"|tiendas?)\b"
            ).search(s.text)
            and rx(_DOWN).search(s.text)
        ]
    named = " | ".join(texts)
    down = [thing for thing, (names, _) in _THINGS.items() if rx(names).search(named)]
    facts = fold("\n".join(sheet.facts.values()))
    if (
        "internet" in down
        and rx(r"home internet (?:is|and \w+ (?:is|are)) (?:not|un)affected").search(facts)
        and not rx(r"internet").search(" ".join(map(fold, sheet.components)))
    ):
        down.remove("internet")
    if "website" in down and not rx(r"\b(?:web ?site|web|portal|online|site|log-?in)\b").search(
        " | ".join(map(fold, sheet.components))
    ):
        down.remove("website") if "map" in down else None
    return down
