"""What a reply says of common things, in three languages: told to fail though the facts call it fine, or to run though
it fails.

`crossed` compares word with word and so within one language. Here a thing has one name in all of them.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from core.domain import FactSheet, Finding
from responder.gate import Candidate, states
from responder.gate.alignment import denies, pieces
from responder.gate.reading import Clause, block, body, clauses, fold, rx, shown
from responder.gate.things import aside, failing

NAME = "thing"
_THINGS: Mapping[str, str] = {
    "calls": r"(?:phone |voice |normal |ordinary )?calls(?! (?:us|for))|appels|llamadas",
    "texts": r"texts|text messages|sms|mensajes de texto",
    "data": r"(?:mobile )?data(?! cent)|donnees(?: mobiles)?|datos(?: moviles)?",
    "the app": r"apps?|applis?|applications? mobiles?|aplicacion",
    "the website": r"web ?sites?|site(?: web| internet)?|pagina web|la web",
    "the chat": r"(?:help |live )?chat",
    "mail": r"e-?mails?|mail|courriers?|courriels?|correos?",
    "the phone line": r"(?:phone|booking|help|support|hot|information) ?lines?|call cent(?:re|er)|ligne telephonique"
    r"|standard|centralita|linea telefonica|telefono de (?:averias|reservas|atencion)",
    "cards": r"cards?(?! (?:number|details|payment))|cartes?(?! d'embarquement)|tarjetas?(?! de embarque)",
    "cash machines": r"cash machines?|atms?|distributeurs?|cajeros?",
    "transfers": r"transfers?|virements?|transferencias?",
    "trains": r"trains?|tren(?:es)?",
    "coaches": r"coach(?:es)?|bus(?:es)?|autocars?|autobus(?:es)?|autocares",
    "ships": r"ships?|boats?|ferry|ferries|bateaux?|navires?|barcos?|buques?",
    "shops": r"(?:pick-?up )?shops?|stores?|branch(?:es)?|boutiques?|magasins?|agences?|tiendas?|sucursal(?:es)?",
    "desks": r"(?:ticket )?desks?|counters?|caisses?|guichets?|ventanillas?|mostrador(?:es)?",
    "water": r"(?:tap )?water|eau(?: du robinet)?|agua",
    "power": r"power|electricity|courant|electricite|luz|corriente",
    "heating": r"heating|chauffage|calefaccion",
    "the key": r"(?:metal|spare|physical|ordinary) keys?|cles? (?:metalliques?|physiques?)"
    r"|llaves? (?:metalicas?|de metal|fisicas?|de toda la vida)",
    "tickets": r"tickets?(?! (?:desk|office|machine|sale))|billets?|billetes?|entradas",
    "appointments": r"appointments?|rendez-vous|rdv|citas",
    "lockers": r"lockers?|casiers?|taquillas?",
    "kiosks": r"kiosks?|bornes?|kioscos?|quioscos?",
    "tracking": r"tracking|suivi|seguimiento",
    "alerts": r"(?:text )?alerts?|alertes?|alertas?",
    "Wi-Fi": r"wi-?fi",
    "emergency calls": r"999|911|112|emergency (?:calls|numbers?)|numeros? d'urgence|numeros? de emergencia",
    "the number": r"\+?\d(?:[ .-]?\d){7,}",
    "payment links": r"(?:payment )?links?|liens?(?: de paiement)?|enlaces?(?: de pago)?",
}
_FAILS_MORE = (
    r"\b(?:(?:don't|doesn't|didn't|can't|cannot|couldn't|won't|do not|does not|neither|not)\s(?:\w+\s){0,2}?"
    r"(?:go|get|connect|open|turn|load|ring|hand|sell|sail|accept|answer|move|leave|count|help|valid|accepted"
    r"|open|running|through)"
    r"|stay in port|invalid|out of (?:service|order)|hors service|a quai|fuera de servicio|en puerto"
    r"|ne (?:\w+ )?(?:s'ouvr|ouvr|pass|roul|circul|tourn|part|vend|repond|sert|serv)\w* (?:pas|plus|a rien)"
    r"|(?:etai\w*|est|sont) (?:\w+ )?(?:bloque|a l'arret|inaccessible|injoignable|ferme)\w*"
    r"|(?:tampoco|no) (?:se )?(?:abre|gira|pasa|circula|sale|vende|responde|sirve|vale|contesta|zarpa)\w*"
    r"|no (?:es|son) (?:potable|valid)\w*|se quedan? en)\b"
)
_UNSURE = (
    r"\b(?:if|whether|when|once|until|will|'ll|would|should|could|may|might|like|as well as when|only when|even when"
    r"|si|cuando|quand|hasta|jusqu'a|while|yours?|your own|ours|tuy[oa]|votre|tu|vos|tes|una? vez|des que|after|before"
    r"|apres|despues|as you say|you're right|comme vous (?:le )?dites|como dices|fees?|charges?|frais|comision\w*)\b"
    r"|'ll\b"
    r"|(?:^|\band |\bplease )(?:do not|don't)\b"
)
_NOT_NOW = (  # gone by, or good for one use only
    r"\b(?:for (?:the|your)|pour (?:la|les?|vos)|para (?:el|la|los|tus?)"
    r"|was|were|had|did|didn't|couldn't|went|failed|stopped|yesterday|earlier|etai\w*|avai\w*|hier|fue\w*|estab\w*"
    r"|estuv\w*|ayer|fallaron|fallo|dejaron|dejo)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every stretch between commas that turns the state of such a thing round."""
    sheet = candidate.sheet
    if sheet.status is None:
        return
    fine, down = _told(_facts(sheet), tuple(map(fold, sheet.components)), failing(sheet))
    for piece in pieces(body(candidate)):
        if piece.question or rx(_UNSURE).search(piece.text):
            continue
        if _subject(piece, _ill(piece)) & fine:
            yield _finding(candidate, piece, "is said to fail, and the facts say that it works")
        elif _subject(piece, _well(piece)) & down:
            yield _finding(candidate, piece, "is said to work, and the facts say that it fails")


def _subject(piece: Clause, state: re.Match[str] | None) -> frozenset[str]:
    """The thing named last before the words for its state."""
    if state is None:
        return frozenset()
    places = [
        (match.start(), name)
        for name, words in _THINGS.items()
        for match in rx(rf"\b(?:{words})\b").finditer(piece.text, 0, state.end())
    ]
    return frozenset({max(places)[1]}) if places else frozenset()


def _named(folded: str) -> frozenset[str]:
    """The things of which a text speaks."""
    return frozenset(name for name, words in _THINGS.items() if rx(rf"\b(?:{words})\b").search(folded))


def _facts(sheet: FactSheet) -> str:
    return fold("\n".join(text for key, text in sheet.facts.items() if not aside(key) and key != "next_step"))


@lru_cache(maxsize=32)
def _told(facts: str, components: tuple[str, ...], on: bool) -> tuple[frozenset[str], frozenset[str]]:
    """What the facts call fine all along, and what they call failing while the incident is on."""
    fine: set[str] = set()
    runs: set[str] = set()
    bad: set[str] = set()
    back: set[str] = set()
    for clause in clauses(facts):
        here = _named(clause.text)
        if _ill(clause):
            bad |= here
        elif rx(states.RETURNED).search(clause.text):
            back |= here
        elif not denies(clause) or rx(states.NOT_FAILING).search(clause.text):
            fine |= here
            runs |= here if rx(states.RUNS).search(clause.text) else set()
    broken = _named(" | ".join(components))
    return frozenset(fine - bad - back - broken), frozenset(bad - runs - back) if on else frozenset()


def _ill(clause: Clause) -> re.Match[str] | None:
    if rx(states.NOT_FAILING).search(clause.text):
        return None
    found = rx(_FAILS_MORE).search(clause.text) or rx(states.FAILS).search(clause.text)
    return found if found and not found[0].startswith("slow") else None  # customers and facts differ about slow


def _well(clause: Clause) -> re.Match[str] | None:
    if _ill(clause) or denies(clause) or rx(_NOT_NOW).search(clause.text):
        return None
    return rx(states.RUNS).search(clause.text) or rx(states.HAS_IT_BACK).search(clause.text)


def _finding(candidate: Candidate, piece: Clause, what: str) -> Finding:
    said = shown(candidate, piece.start, piece.end)
    return block(NAME, piece.start, piece.end, f"'{said}' {what}. Compare it with the fact sheet.")
