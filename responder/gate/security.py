"""Nothing that helps an attacker is told."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.phrases import find
from responder.gate.reading import Clause, rx

NAME = "security"
_PATTERNS = (
    (
        r"\b(?:admin\w*|root|default|shared|hard-?coded|weak|same|old|master|service|test|staff|employee"
        r"|contractor|maintenance|leaked|plain[- ]text) (?:\w+ )?(?:log-?ins?|passwords?|accounts?(?! number)"
        r"|credentials?|passcodes?|access codes?|key(?:s|cards?)?\b|pin)\b"
    ),
    (
        r"\b(?:log-?ins?|passwords?|access|credentials|accounts?|keys?) (?:is|are|was|were) (?:\w+ )?(?:shared"
        r"|default|weak|the same|open|known|written|unchanged|never changed)|\b(?:broken|no|missing) locks?\b"
        r"|\bone (?:person|engineer|employee)'s\b"
    ),
    (
        r"\b(?:management|admin\w*|auth\w*|log-?in|database|back-?up|jump|bastion|control|core|main|internal"
        r"|staging|production|provisioning|monitoring|deployment|build|remote) (?:servers?|consoles?|hosts?"
        r"|panels?|box(?:es)?|portals?|interfaces?)\b"
    ),
    (
        r"\b(?:fire-?walls?|vpn|ssh|rdp|telnet|snmp|open ports?|port \d+|ip address\w*|ip ranges?|sub-?nets?"
        r"|root access|remote (?:log-?in|access|desktop)|back-?doors?|exploit\w*|vulnerab\w*|un-?patched"
        r"|not (?:been )?patched|zero[- ]day|encryption keys?|private keys?|api keys?|secret keys?|two-?factor"
        r"|2fa|mfa|no (?:guard|camera|lock|encryption|password|back-?up)\w*|security (?:hole|gap|flaw|weakness"
        r"|patch\w*|guard\w*|camera\w*)|honeypot|penetration test\w*|intrusion detection|access (?:badge|card"
        r"|control list)s?|log files? show|attack surface)\b"
    ),
    (
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:v(?:ersion)? ?\d+(?:\.\d+)+"
        r"|(?:runs?|running) (?!(?:again|since|at|on|from|until|till|for|every|over|about)\b)(?:\w+ )?\d+(?:\.\d+)*"
        r"|(?:firmware|software|release|build|version) (?:\w+ )?\d+(?:\.\d+)*)\b"
        r"|\b[a-z]{2,12}(?:-[a-z0-9]{1,12}){0,3}-\d{2,4}\b(?!-)|\b[a-z]+\d*\.(?:internal|local|corp|lan"
        r"|intra)\b"
    ),
    (
        r"\b(?:(?:located|sits?|housed|kept|stands?|building|facility|site|cabinet|exchange|hub|centre"
        r"|center) (?:at|on|behind|under|beneath|next to) (?:\w+ ){0,3}(?:street|road|avenue|rue|calle|lane"
        r"|boulevard|drive|way)|(?:door|gate|room|cabinet|site|building|it)\b.{0,15}\bunlocked|unguarded|unmanned"
        r"|only one (?:person|engineer|guard|key)|spare key"
        r"|under the mat|(?:anyone|anybody) (?:can|could|who|with)|lets? any (?:\w+ )?(?:address|one|user"
        r"|device)|(?:same|one) (?:\w+ )?(?:key|code|password|log-?in)s?\b(?: (?:for|opens|everywhere))?|(?:cle|code"
        r"|llave|clave)\w* .{0,25}(?:la meme|le meme|partout|la misma|el mismo))\b"
    ),
    (
        r"\b(?:mots? de passe (?:\w+ )?(?:admin\w*|par defaut|partage\w*|commun\w*|maitre|du serveur|racine)"
        r"|(?:identifiants?|compte|acces) (?:admin\w*|partage\w*|racine|par defaut|commun\w*|a distance"
        r"|du serveur)|pare-?feu\w*|faille\w*|vulnerabilit\w*|non (?:corrige|mis a jour)\w*|porte derobee"
        r"|cle (?:privee|de chiffrement|d'acces)|adresses? ip|ports? (?:ouvert\w*|\d+)"
        r"|serveurs? (?:d'administration|de gestion|de sauvegarde|d'authentification|central|principal"
        r"|interne)|console d'admin\w*|sans (?:mot de passe|surveillance|garde|alarme|chiffrement)"
        r"|double authentification|acces distant|n'importe qui peut)\b"
    ),
    (
        r"\b(?:contrasenas? (?:\w+ )?(?:de admin\w*|por defecto|compartid\w*|maestra|del servidor|comun"
        r"|de raiz)|(?:credenciales|cuentas?|usuario|acceso) (?:de )?(?:admin\w*|compartid\w*|por defecto|raiz"
        r"|remoto|genericos?)|cortafuegos|vulnerabilidad\w*|brecha\w*|sin (?:parchear|actualizar|contrasena"
        r"|vigilancia|alarma|cifrar)|puerta trasera|clave (?:privada|de cifrado|maestra|compartida)"
        r"|direccion\w* ip|puertos? (?:abiert\w*|\d+)|servidor\w* (?:de (?:gestion|administracion|respaldo"
        r"|autenticacion|copias)|central|principal|interno)|consola de admin\w*|doble factor|acceso remoto"
        r"|cualquiera (?:puede|podia|con))\b"
    ),
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every name, version, place or weakness of our systems that the facts do not give."""
    message = "tells outsiders how our systems are built or guarded. Take it out."
    yield from find(NAME, _PATTERNS, message, candidate, excuse=_advice)


def _advice(clause: Clause, candidate: Candidate) -> bool:
    """A postal service number or the customer's own code is theirs to name."""
    text = clause.text
    return (
        bool(rx(r"\byour (?:own )?(?:password|account|login)\b").search(text))
        and not rx(r"\bour\b|\bserver").search(text)
    ) or (
        candidate.sheet.get("phone") != ""
        and bool(rx(r"\d-\d{3}-\d{3}-").search(text))
        and not rx(r"server|host|firewall|login").search(text)
    )
