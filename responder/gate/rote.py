"""An apology that fits everybody answers nobody."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import block, body, customer_text, facts_text, fold, rx, sentences, shown, warn, words
from responder.gate.vocabulary import listed

NAME = "rote"
_STOCK = (
    (
        r"\b(?:any (?:inconvenience|trouble|frustration|disruption)|(?:the|this|your) inconvenience"
        r"|inconvenience (?:this|caused|you)|(?:value|appreciate|thank you for|thanks for) (?:you as"
        r"|your (?:\w+ (?:and \w+ )?)?(?:patience|understanding|business|feedback|loyalty|support|cooperation"
        r"|patronage|custom))|valued customers?|loyal customers?|(?:take|taking) (?:this|your|these|all"
        r"|customer) (?:\w+ )?(?:seriously|very seriously)|(?:working|work) (?:hard|diligently|tirelessly"
        r"|around the clock|to (?:resolve|serve|restore|address|improve))|as (?:soon|quickly) as possible"
        r"|at your (?:service|disposal)|here to help|reach(?:ed|ing)? out|(?:hear|hearing) your feedback"
        r"|serve you better|your (?:satisfaction|experience) (?:is|matters)|strive to|top priority"
        r"|number one priority|highest (?:standard|level|quality)|(?:we )?understand (?:your|how"
        r"|the) frustrat\w*|sincere(?:st|ly)? apolog\w*|apologi[sz]e (?:for|sincerely)|please accept our"
        r"|bear with us|(?:important|matters) to us|rest assured|our team is|best possible|regret (?:any|the"
        r"|this)|committed to)\b"
    ),
    (
        r"\b(?:gene occasionnee|desagrements?|desagrement|inconvenients? (?:cause|occasionne)\w*|(?:de "
        r"|pour )votre (?:patience|comprehension|confiance|fidelite)|mettons tout en (?:oeuvre|œuvre)"
        r"|tout mettre en oeuvre|meilleurs delais|plus brefs delais|restons a votre (?:disposition|ecoute)"
        r"|a votre (?:disposition|ecoute|service)|nos (?:plus )?sinceres excuses|veuillez (?:nous excuser"
        r"|accepter|agreer)|nous (?:nous )?excusons|comprenons votre (?:frustration|mecontentement|agacement)"
        r"|satisfaction (?:de nos|est)|nos equipes (?:travaillent|sont mobilisees|font)|priorite absolue"
        r"|cher client|chere? clients?|clients? fideles?|prenons (?:tres )?au serieux|de vous servir"
        r"|presentons nos excuses|le plus vite possible|meilleur service)\b"
    ),
    (
        r"\b(?:molestias|inconvenientes? (?:causad|ocasionad|que)\w*|su (?:paciencia|comprension|confianza"
        r"|fidelidad|preferencia)|tu (?:paciencia|comprension|confianza|fidelidad|preferencia)"
        r"|vuestra (?:paciencia|comprension)|a (?:su|tu|vuestra) disposicion|trabajando (?:arduamente"
        r"|intensamente|duro|sin descanso|para (?:resolver|solucionar|ofrecer|brindar))|lo antes posible"
        r"|a la mayor brevedad|cuanto antes|sinceras disculpas|(?:pedimos|ofrecemos|presentamos) (?:nuestras "
        r"|mil |sinceras )*disculpas|(?:entendemos|comprendemos) (?:su|tu) (?:frustracion|molestia|malestar)"
        r"|estimad[oa] (?:client|usuari)\w*|nuestros? (?:valiosos|estimados|apreciados)? ?clientes? (?:es|son)"
        r"|nuestra prioridad|maxima prioridad|mejor (?:servicio|experiencia)|nos tomamos muy en serio"
        r"|para servirle)\b"
    ),
)
_SMALL = listed("small")


def check(candidate: Candidate) -> Iterator[Finding]:
    """A block for stock phrases with nothing specific around them, a warning where there is something beside them."""
    text = body(candidate)
    stock = list(rx("|".join(_STOCK)).finditer(text))
    if not stock:
        if _empty(text) and _specific(candidate, text) == 0:
            yield block(
                NAME,
                0,
                len(candidate.reply),
                "The reply would fit anybody. Say what happened to this customer and what we know.",
            )
        return
    start, end = stock[0].span()
    said = shown(candidate, start, end)
    rest = " ".join(s.text for s in sentences(text) if not any(s.start <= m.start() < s.end for m in stock))
    if _specific(candidate, rest) + min(1, _specific(candidate, text)) < 2 + (len(stock) > 1):
        message = f"'{said}' fits everybody. Say what happened to this customer, what we know, and when we speak next."
        yield block(NAME, start, end, message)
    else:
        yield warn(NAME, start, end, f"'{said}' is a stock phrase. Say it in your own words.")


def _empty(text: str) -> bool:
    """An apology or thanks without a stock phrase in it that says nothing else."""
    sorry = rx(r"\b(?:sorry|apolog\w*|pardon|desol\w*|excus\w*|sentimos|lamentamos|disculp\w*|perdon)\b").search(text)
    return bool(sorry) and len([word for word in words(text) if word not in _SMALL and len(word) > 3]) < 3


def _specific(candidate: Candidate, text: str) -> int:
    """How many words, stems or figures the text shares with the facts or the customer."""
    sheet = candidate.sheet
    times = [f"{t.hour % 12 or 12}" for t in (sheet.started_at, sheet.next_update_at) if t]
    times += [f"{t.hour}" for t in (sheet.started_at, sheet.next_update_at) if t]
    names = set(words(fold(sheet.brand.name)))
    known = {
        word[:5]
        for word in words(facts_text(sheet) + "\n" + customer_text(candidate))
        if word not in _SMALL and len(word) > 3
    } | set(times)
    known -= {name[:5] for name in names}
    spoken = {word[:5] for word in words(text) if word not in _SMALL and word not in names}
    return len(spoken & known)
