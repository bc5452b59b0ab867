"""Plain words: what only an engineer understands is taken out."""

import re
from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_READ, block, body, customer_text, facts_text, rx, shown, warn

NAME = "jargon"
_TERMS = (
    (
        r"\b(?:aggregation ring|x\.509|fail-?over|failback|latency|throughput|upstream|downstream|packet\w*"
        r"|bgp|dns|dhcp|nat|vpn tunnel|gateways?|backhaul|provisioning|de-?provision\w*|handshakes?|tls|ssl"
        r"|tcp|udp|http|api|apis|endpoints?|load[- ]balanc\w*|replicat\w*|replicas?|cach(?:e|es|ed"
        r"|ing)\b(?! of)|deploy(?:ed|ment|ments|ing)?|pipelines?|root[- ]cause|rca|mitigat\w*|degrad(?:ed"
        r"|ation)|(?:service|customer)[- ](?:impacting|affecting)|sla|slas|noc|firmware|kernel|orchestrat\w*"
        r"|micro-?services?|containers?|kubernetes|pods?|clusters?|nodes?|shards?|feeders?|reclos(?:e|er|ers"
        r"|ing)|scada|\d[\d,.]{0,11} ?kv|switchgear|busbar|telemetry|core (?:release|network|router|switch|node)"
        r"|access (?:node|layer|network)|transport (?:layer|network)|control plane|data plane|routing (?:table"
        r"|loop|protocol)\w*|rout(?:ing|ers) (?:flap|config)\w*|session (?:border|database)"
        r"|subscriber (?:database|profile)|attach(?:es)? (?:request|fail)|registration storm"
        r"|signall?ing(?: storm| plane)?|packet core|ue|ues|mme|hss|enodeb|gnodeb|ims|epc|ran|hlr|sgw|pgw|cpe"
        r"|bng|bras|olt|ont|dslam|pppoe|radius|mpls|vlan|qos|crm|erp|sip|volte|mvno|idempoten\w*|rollback"
        r"|roll(?:ed|ing)? back (?:node|the (?:build|release|config|deploy))|hot-?fix|regression"
        r"|race condition|deadlock|memory leak|thread pool|queue depth|back-?pressure|time-?outs?"
        r"|5\d\d errors?|certificate chain|leaf cert\w*|certs?\b|notafter|termination layer"
        r"|authentication (?:layer|service|server|token)\w*|token (?:service|expiry)|key rotation|middleware"
        r"|back-?end|front-?end|legacy stack|stack|schema|cron|batch job|ledger (?:service|sync)"
        r"|reconciliation (?:job|engine)|acquir(?:er|ing)|issuer|switch fabric|redundan(?:t|cy)"
        r"|single point of failure|mttr|p1|sev-?[012]|change (?:window|request|freeze)|post-?mortem"
        r"|traffic (?:shaping|steering|engineering)|propagat\w*|peering|transit provider|multi-?factor backend"
        r"|hypervisor|virtual machine|vm|vms|raid|san|iops|quorum|split[- ]brain|heartbeat|watchdog"
        r"|protection relay|relay trip\w*|load[- ]shedding|islanding|phase imbalance|sectionali[sz]\w*"
        r"|tap changer|fault current|earth fault)\b"
    ),
    (
        r"\b(?:noeuds?|routage|passerelles?|repartiteur|equilibreur|latence|deploiement|retour arriere"
        r"|bascule(?:ment)?|redondan\w*|coeur de reseau|mise en production|grappe|base d'abonnes|poste source"
        r"|disjoncteur hta|hta|htb|reenclench\w*|delestage|departs? (?:hta|\d)|cause racine|rca"
        r"|degrade\w* (?:de service|du service)|signalisation|authentification (?:serveur|du reseau)|paquets"
        r"|plan de controle|trames?|sous-reseau|jeton\w*|micrologiciel|tete de reseau|dorsale)\b"
    ),
    (
        r"\b(?:nodos?|enrutamiento|pasarela|balanceador\w*|latencia|despliegue|conmutacion|redundan\w*"
        r"|nucleo de (?:la )?red|puesta en produccion|cluster\w*|causa raiz|degradacion|senalizacion"
        r"|perdida de paquetes"
        r"|plano de control|subred|tokens?|middleware|backend|frontend|reenganche|seccionador\w*"
        r"|subestacion \w*|transformador de|reconectador\w*|alimentador\w*|media tension|alta tension|troncal"
        r"|rollback|parche en caliente|cola de mensajes|instancias?)\b"
    ),
)
_SHORT = 4
# Capitals that everybody reads.
_PLAIN = frozenset(
    [
        "OK",
        "SMS",
        "SIM",
        "ESIM",
        "SOS",
        "TV",
        "PC",
        "FAQ",
        "PDF",
        "UK",
        "US",
        "USA",
        "EU",
        "UE",
        "ID",
        "PIN",
        "ATM",
        "GPS",
        "AM",
        "PM",
        "DM",
        "DMS",
        "MP",
        "MD",
        "CEO",
        "URL",
        "QR",
        "CA",
        "AND",
        "NOT",
        "YES",
        "NO",
        "YOU",
        "ARE",
        "VERY",
        "ALL",
        "NOW",
        "WE",
        "IS",
        "IT",
        "ON",
        "OFF",
        "DNI",
        "IBAN",
        "PS",
        "PIN",
        "NHS",
        "FBI",
        "IT",
        "TGV",
        "BBC",
        "CBC",
        "NYC",
        "LA",
        "DC",
        "BC",
        "ON",
        "QC",
        "AB",
        "MB",
        "NB",
        "NS",
        "PEI",
        "EST",
        "EDT",
        "PST",
        "GMT",
        "UTC",
        "CET",
        "CEST",
        "HNE",
        "HAE",
        "ET",
        "CT",
        "MT",
        "PT",
        "USB",
        "RV",
        "WC",
        "HR",
        "CV",
        "DIY",
        "VAT",
        "IVA",
        "TVA",
        "NIF",
        "RIP",
        "ASAP",
        "FYI",
        "IMO",
        "LOL",
        "OMG",
        "PPS",
        "TBH",
        "VIP",
        "AI",
        "IA",
        "X",
        "GB",
        "MB",
        "KB",
        "TB",
        "LED",
    ]
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """A block for a term of the trade or several unknown abbreviations, a warning for one."""
    known = facts_text(candidate.sheet)
    asked = known + "\n" + customer_text(candidate)
    found = False
    for match in rx("|".join(_TERMS)).finditer(body(candidate)):
        if match[0] not in asked and not _everyday(candidate.reply[match.start() : match.end()]):
            found = True
            yield _finding(candidate, match.span(), sure=True)
    unknown = [match for match in _capitals(candidate.reply[:LONGEST_READ]) if match[0].lower() not in asked]
    for match in unknown:
        yield _finding(candidate, match.span(), sure=found or len(unknown) > 1)


def _everyday(said: str) -> bool:
    """A short term in small letters is an ordinary word of some language ("ont", "nat")."""
    return len(said) <= _SHORT and said.islower() and said.isalpha() and said not in {"dns", "bgp", "noc", "rca", "api"}


def _capitals(text: str) -> list[re.Match[str]]:
    """Abbreviations of two to six capitals; a text that shouts has none."""
    found = [m for m in re.finditer(r"\b[A-Z][A-Z0-9]{1,5}s?\b", text) if m[0].rstrip("s") not in _PLAIN]
    letters = [char for char in text if char.isalpha()]
    shouting = sum(char.isupper() for char in letters) > 0.4 * len(letters)
    return [] if shouting else [m for m in found if not m[0].isdigit()]


def _finding(candidate: Candidate, span: tuple[int, int], *, sure: bool) -> Finding:
    message = f"'{shown(candidate, *span)}' is a word of the trade. Say it as the customer would."
    return (block if sure else warn)(NAME, *span, message)
