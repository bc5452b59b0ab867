"""No reply admits liability or judges the law."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.phrases import denied, find
from responder.gate.reading import Clause, block, body, clauses, customer_text, rx, shown

NAME = "legal"
_PATTERNS = (
    (
        r"\b(?:liab(?:le|ility)|negligen\w*|breach\w*|violat\w*|unlawful\w*|illegal\w*|legally"
        r"|in the wrong legally|damages\b|malpractice|recklessly?|reckless|grossly)\b|\b(?:br(?:oke|oken"
        r"|eak\w*)|failed|failing|not (?:meet|met|honou?r\w*|kept|keep\w*)) (?:\w+ ){0,4}(?:contracts?"
        r"|agreements?|law|terms|obligations?|duty|licen[cs]e|rules|regulations?|guarantee)\b"
        r"|\bagainst the (?:law|rules)\b|\b(?:you|they|people|customers)(?:'d| would|'ll| will| do)? (?:have"
        r"|win|be entitled|has) (?:a (?:\w+ )?(?:case|claim)|grounds|every right to sue|to (?:damages|sue))"
        r"|\byou(?:'d| would) win\b|\b(?:entitled|right) to (?:damages|sue|claim|compensation|terminate|legal"
        r"|take us to|a refund|cancel)\b|\btake us to court\b|\bsue us\b|\bour lawyers?\b"
        r"|\bfull(?:y)? responsib\w* (?:in law|for (?:any|all|your|the) (?:loss|damage|cost|harm|lost"
        r"|injur)\w*)|\b(?:accept|admit|acknowledge|take) (?:\w+ )?(?:legal|full|all) (?:responsib|liab|blame"
        r"|guilt)\w*|\bcourt would\b|\bduty of care\b|\bin default\b|\bguilty\b|\bresponsible for (?:your|the"
        r"|any|all) (?:loss|damage|injur|death|harm|lost|cost)\w*|\banswer for (?:your|the|any|all) (?:loss"
        r"|damage|harm|cost)\w*|\bunder the (?:law|act|contract|regulations)\b|\blaw is on your side\b"
        r"|\bby law\b|\bwe owe you (?!an? (?:answer|explanation|apology|better|honest|proper|straight))"
    ),
    (
        r"\bresponsables? de (?:vos|tes|leurs|toutes|ces) (?:pertes|dommages|prejudices|degats)\b"
        r"|\bdevant (?:un|le) (?:juge|tribunal)\b|\ben droit de (?:nous|reclamer|demander)\b"
        r"|\b(?:responsabilite (?:legale|juridique|civile|penale|pleine|entiere)|legalement|juridiquement"
        r"|negligen\w*|manque(?:ment|) a (?:nos|notre)|manquement\w*|rupture (?:de|du) contrat|viol(?:e|ons"
        r"|ation)\w*|illegal\w*|enfrei\w*|en faute|faute (?:lourde|grave|de notre part au sens)"
        r"|dommages[- ]et[- ]interets|(?:vous|tu) (?:avez|auriez|as|aurais)"
        r" (?:droit a (?:des dommages|reparation|une indemn)"
        r"|gain de cause"
        r"|un recours)|tribunal|porter plainte|en justice|contraire a la loi|(?:pas|n'avons) (?:respecte|tenu"
        r"|honore|rempli) (?:\w+ )?(?:contrat|obligation\w*|engagement\w*|la loi)|coupables?|hors la loi)\b"
    ),
    (
        r"\bresponsabilidad por (?:los|las|tus|sus|el|la) (?:dan|perd|perj)\w*|\brespond(?:eremos|emos) por\b"
        r"|\bresponsabilite (?:pour|dans|de) (?:les|vos|la|ce|tes) (?:dommage|perte|prejudice|degat)\w*"
        r"|\b(?:responsabilidad (?:legal|civil|penal|juridica|total|plena)|legalmente|juridicamente"
        r"|negligen\w*|incumpl\w*|viola(?:mos|do|cion)\w*|ilegal\w*|infringi\w*|danos y perjuicios|(?:tiene"
        r"|tienes|tendria|tendrias|teneis) (?:derecho a (?:demand|reclam|indemn|compens|rescind)\w*|un caso"
        r"|las de ganar|motivos para demandar)|ganarias?|demandarnos|los tribunales|culpables?"
        r"|responsables de (?:tus|sus|vuestras|las) (?:perdidas|danos)|contra la ley|hemos roto (?:el|nuestro"
        r"|tu) (?:contrato|acuerdo)|faltado a (?:nuestras|el|nuestra))\b"
    ),
)
_LAW = (
    r"\b(?:laws?|consumer rights|loi|ley|responsables? de mes|breach\w*|contract\w*|illegal\w*|lawsuit"
    r"|lawyers?|sue|suing|legal\w*|negligen\w*|liab\w*|class action|court|damages|ombudsman|regulator"
    r"|violat\w*|fraud\w*|contrat\w*|avocat\w*|juridique|justice|plainte|tribunal|abogad\w*|demand[ao]\w*"
    r"|ilegal\w*|contrato|juicio|incumpl\w*|estafa|ofcom|crtc|fcc|arcep|cnmc|consumo|derechos)\b"
)
_AGREES = (
    r"^(?:@\S+\s)?(?:well\W+|oh\W+)?(?:yes|yep|yeah|correct|exactly|agreed|indeed|absolutely|true"
    r"|that's (?:right|correct|true|fair)|you(?:'re| are)(?: absolutely| quite| completely"
    r"| entirely)? (?:right|correct)|you(?:'d| would) be right|we (?:can't|cannot|won't) (?:argue|deny"
    r"|dispute)|it is\b|it was\b|oui|exact\w*|tout a fait|en effet|c'est (?:vrai|exact|juste|le cas)"
    r"|(?:vous avez|tu as) raison|si\b|asi es|exacto|correcto|efectivamente|(?:tienes|tiene"
    r"|teneis) (?:toda la )?razon|es (?:verdad|cierto))"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every admission, and for agreeing with a customer who speaks of the law."""
    message = "judges the law or admits liability in public. Own what happened in plain words, and leave the law out."
    found = list(find(NAME, _PATTERNS, message, candidate, excuse=denied))
    yield from found
    if not found and rx(_LAW).search(customer_text(candidate)):
        yield from _agreement(candidate)


def _agreement(candidate: Candidate) -> Iterator[Finding]:
    for clause in clauses(body(candidate))[:2]:
        match = rx(_AGREES).search(clause.text)
        if match and not _agrees_to_listen(clause):
            start, end = clause.start, clause.start + match.end()
            said = shown(candidate, start, end)
            message = f"'{said}' agrees with what the customer says of the law. Answer the harm, not the law."
            yield block(NAME, start, end, message)
            return


def _agrees_to_listen(clause: Clause) -> bool:
    return bool(
        rx(r"\b(?:to be (?:angry|upset|cross)|to ask|enfad\w*|en colere|de la poser|preguntar)\b").search(clause.text)
    )
