"""Nobody is asked for personal data in public."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import Clause, block, body, rx, sentences, shown

NAME = "personal_data"
_ASK = (
    r"\b(?:reply|post|send|give|tell|share|drop|comment|leave|confirm|provide|add|put|write|type|include"
    r"|let us (?:know|have)|message|mention|paste|pop|state|need|want|what(?:'s| is| are)|which"
    r"|may we have|can (?:we|i) (?:have|get)|could (?:we|you)|can you|would you|please|just"
    r"|repondez|reponds|postez|publiez|envoyez|envoie|donnez|donne|dites|dis|partagez|indiquez|indique"
    r"|laissez|laisse|precisez|confirmez|ecrivez|mettez|communiquez|transmettez|faut|besoin"
    r"|quel(?:le)?s? (?:est|sont)|pouvez|peux|il nous"
    r"|responde\w*|publica\w*|envia\w*|enviad\w*|envie\w*|manda\w*|mande\w*|danos|dinos|digame|diganos"
    r"|de(?:me|nos)|dame|dime|deja\w*|deje\w*|comparte\w*|comparta\w*|indica\w*|indique\w*|escribe\w*"
    r"|escriba\w*|confirma\w*|confirme\w*|pon|ponga\w*|ponnos|facilita\w*|facilite\w*|necesitamos"
    r"|cual(?:es)? (?:es|son)|puedes|puede|pasanos|pase)\b"
)
_DATA = (
    r"\b(?:pass ?words?|pins?(?: code| number)?\b|pass ?codes?|(?:card|account|customer|client|contract"
    r"|phone|mobile|cell|policy|meter|passport|licen[cs]e|social security|national insurance|insurance"
    r"|booking|order|member\w*|reference|id|telephone|contact|sort|security|bank|imei|sim|line|invoice"
    r"|bill) (?:number|no\b|code|details?|digits|id)s?|(?:account|card|bank|contact|personal"
    r"|login) (?:details|info\w*|data)|cvv|cvc|iban|ssn|last (?:four|4|few"
    r"|three|six) (?:digits|numbers)|(?:your|her|his|their|the|full|home|street|e-?mail|exact|postal"
    r"|mailing|house|billing|service|work|current|complete) (?:\w+ )?addresse?s?\b|(?:your|her|his"
    r"|their) (?:street|house number|number|postcode|post code|zip(?: code)?|e-?mails?|surname|last name"
    r"|date of birth|birth ?date|birthday|dob|id|imei|age|login|user ?name)\b|post ?code|zip code"
    r"|date of birth|birth ?date|dob|full (?:name|legal name)|(?:first|last|maiden"
    r"|legal) (?:and \w+ )?name|name and|name,|e-?mail (?:address )?(?:you|on|so|and|below|here)"
    r"|number (?:you|on|we|to (?:call|reach))|medical|diagnosis|where (?:exactly )?(?:you|she|he"
    r"|they) lives?"
    r"|mot de passe|code (?:pin|secret|postal|client|confidentiel)|numeros? (?:de |d')?(?:compte|client"
    r"|carte|telephone|contrat|portable|mobile|passeport|securite|dossier|ligne|secu|abonne|facture)\w*"
    r"|(?:votre|ton|son|leur|vos|l'|une?) ?(?:adresse|numero|e-?mail|courriel|mail|telephone|rue"
    r"|nom (?:complet|et)|date de naissance)\b|adresse (?:complete|postale|exacte|mail|e-?mail|courriel"
    r"|de)|nom (?:complet|et (?:votre |ton )?(?:prenom|adresse|numero))|nom, |date de naissance"
    r"|carte (?:bancaire|bleue|de credit|d'identite)|coordonnees|quatre derniers chiffres"
    r"|derniers chiffres|identifiants?"
    r"|contrasena|clave(?: de acceso)?|codigo (?:pin|postal|de cliente|secreto|de seguridad)|(?:numero"
    r"|n) (?:de )?(?:cuenta|cliente|tarjeta|telefono|contrato|movil|pasaporte|seguridad|linea|celular"
    r"|abonado|factura|identidad|dni|poliza)|dni|nie\b|nif|pasaporte|(?:tu|su|vuestra|la|una) (?:direccion"
    r"|correo|e-?mail|telefono|numero|calle|fecha de nacimiento|nombre (?:completo|y)|movil|celular"
    r"|domicilio)|direccion (?:completa|exacta|de|postal)|nombre (?:completo|y (?:apellidos?|direccion"
    r"|telefono|numero))|nombre, |apellidos|fecha de nacimiento|tarjeta (?:de credito|de debito|bancaria)"
    r"|datos (?:personales|bancarios|de (?:contacto|la cuenta|tu cuenta|la tarjeta))|ultim[oa]s (?:cuatro"
    r"|4) (?:digitos|cifras|numeros)|correo electronico)\b"
)
_PRIVATE = (
    r"\b(?:private\w*|privately|dms?|direct messages?|direct message us|inbox|messages are open"
    r"|in a message|by message|confidential\w*|prive\w*|mp\b|messagerie|message direct|privad\w*"
    r"|mensaje directo|md\b|confidencial\w*|not (?:post|share|put|send|here|in public)|don't (?:post|share"
    r"|put|send)|never (?:ask|post|share|send)|ne (?:publiez|partagez|postez|donnez|mettez|communiquez)"
    r"|no (?:publiques?|compartas?|pongas?|escribas?|dejes?|hace falta|necesitamos)|no need|don't need"
    r"|without)\b"
)
_PUBLIC = (
    r"\b(?:here|below|in (?:the|this|a) (?:comments?|thread|reply|replies)|under (?:this|here)|publicly"
    r"|right here|this (?:thread|post)|underneath|ici(?! en prive)|ci-dessous|en (?:commentaire|reponse)"
    r"|sous ce|aqui|abajo|en (?:los )?comentarios|en este hilo|bajo este|por aqui|en respuesta|debajo)\b"
)
_PUBLIC_ASK = (
    r"\b(?:post|reply|write|drop|put|publiez|postez|mettez|repondez|publica|pon|responde)\b.{0,30}"
    r"\b(?:here|below|ici|aqui)\b"
)
_CAUTION = (
    r"\b(?:not (?:post|share|put|send)|don't (?:post|share|put|send)|never (?:ask|post|share|send)"
    r"|ne (?:publiez|partagez|postez|donnez|mettez)|no (?:publiques?|compartas?|pongas?|escribas?"
    r"|dejes?|escribas?|des)|(?:never|don't|do not) (?:give|write|tell|put|type)|n'ecri(?:s|vez) (?:pas|jamais)"
    r"|ne (?:\w+ ){1,2}(?:jamais|pas)|take .{1,30} out of)\b"
)

_LEFT_OUT = (
    r"\b(?:(?:leave|keep) .{1,40}\b(?:out|off|away|private|for the (?:private )?message)"
    r"|(?:delete|remove|take down) (?:that|this|your|the) (?:post|message|comment|reply)"
    r"|(?:gardez|laissez) .{1,40}\b(?:pour (?:le|un) message|de cote|en prive)|(?:supprimez|effacez) (?:ce|votre|le)"
    r"|(?:borra|borre|elimina|quita)\w* (?:ese|este|el|tu|su)|sans (?:numero|mot de passe|code|aucun code)"
    r"|sin (?:numero|contrasena|claves?|codigos?))\b"
)


def cautions(folded: str) -> bool:
    """Whether a clause asks to keep something out of the thread, so that it asks for nothing there."""
    return bool(rx(rf"{_CAUTION}|{_LEFT_OUT}").search(folded)) and not rx(_PUBLIC_ASK).search(folded)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every sentence that asks for personal data outside a private message."""
    text = body(candidate)
    later = False
    for sentence in sentences(text):
        ask, data = rx(_ASK).search(sentence.text), rx(_DATA).search(sentence.text)
        if not (ask and data) or rx(_CAUTION).search(sentence.text) or _told(sentence):
            continue
        later = bool(rx(_PRIVATE).search(text)) and not rx(_PUBLIC).search(sentence.text)
        private = rx(_PRIVATE).search(sentence.text) and not _public_wins(sentence)
        if private or later:
            continue
        start, end = sentence.start + data.start(), sentence.start + data.end()
        said = shown(candidate, start, end)
        message = f"'{said}' is asked for where everybody reads it. Ask in a private message."
        yield block(NAME, start, end, message)


def _public_wins(sentence: Clause) -> bool:
    return bool(rx(_PUBLIC).search(sentence.text)) and not rx(
        r"\b(?:private\w*|dms?|prive\w*|privad\w*|direct)\b"
    ).search(sentence.text)


def _told(sentence: Clause) -> bool:
    """Our own number or address being told, money going to their account: nothing is asked."""
    return bool(
        rx(
            r"\b(?:call|ring|phone|reach) (?:us|our)\b|\bnext bill\b|\b(?:goes|go|back|added|credited|applied"
            r"|returned) (?:\w+ )?to (?:the|your) (?:account|card|bill)|\bour (?:phone |street "
            r"|e-?mail )?(?:number|address)\b|\bvuelve\b|\bnotre numero\b|\bnuestro (?:numero|telefono)\b"
            r"|\b(?:check|go to|open|look (?:in|at)) your\b"
        ).search(sentence.text)
    ) and not rx(
        r"\b(?:reply|post|send|give|tell|share|drop|comment|leave|confirm|provide)\b.{0,40}\b(?:number|address"
        r"|password|pin|name|card|e-?mail|birth)"
    ).search(sentence.text)
