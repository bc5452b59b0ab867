"""Nobody is asked for a password, a PIN or a card's code: not in public, and not in private either."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.personal_data import cautions
from responder.gate.reading import block, body, rx, sentences, shown

NAME = "secret"
_TELL_US = (
    r"\b(?:send|give us|tell us|tell me|share|message|dm|reply|respond|post|drop|provide|leave|confirm"
    r"|we(?:'ll)? need|i(?:'ll)? need|what(?:'s| is)"
    r"|envoyez|envoie|donnez|donne|dites|indiquez|communiquez|transmettez|partagez|ecrivez"
    r"|repondez|confirmez|besoin de|il nous faut|quel est|envia\w*|envie\w*|manda\w*|mande\w*|danos|denos|dinos|diganos"
    r"|comparta\w*|comparte\w*|pasanos|indique\w*|indica\w*|confirma\w*|confirme\w*|necesitamos|cual es)\b"
)
_KEPT = (
    r"\b(?:pass ?words?|pass ?codes?|cvv|cvc|pin|pin (?:code|number)|(?:security|one-time|verification) codes?"
    r"|code on the back|mots? de passe|code (?:pin|secret|confidentiel|a usage unique|de securite|au dos)|contrasenas?"
    r"|codigo (?:pin|secreto|de seguridad|de verificacion|de un solo uso|de atras))\b"
)
_NOT_TO_US = (
    r"\b(?:never|not|don't|jamais|pas|nunca|no)\b"
    r"|\b(?:terminal|till|machine|keypad|cash ?point|atm|app|page|website|caisse|distributeur|appli|site|cajero"
    r"|datafono)\b"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every sentence that wants a secret told to us."""
    for sentence in sentences(body(candidate)):
        asked = rx(_TELL_US).search(sentence.text)
        secret = asked and rx(_KEPT).search(sentence.text, asked.end())
        if not secret or rx(_NOT_TO_US).search(sentence.text) or cautions(sentence.text):
            continue
        start, end = sentence.start + secret.start(), sentence.start + secret.end()
        said = shown(candidate, start, end)
        yield block(NAME, start, end, f"'{said}' is never asked for, not even in private. Take it out.")
