"""No clause says no where the facts say yes, or the other way; no advice and no change but those in the facts."""

from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.alignment import borne_out, content, covered, denies, pieces_of, told
from responder.gate.kindness import claims_nothing
from responder.gate.language import tell
from responder.gate.reading import Clause, block, body, clauses, customer_text, facts_text, fold, rx, shown
from responder.gate.wording import words_from_nowhere

NAME = "opposite"
_SHARED = 2  # stems, from which on a clause is about the same as a fact
_MIND = (
    r"\b(?:know|say|tell|promise|guess|think|sure|certain|hope|enough|yet|only|just|nothing|worry|need\w*|have to"
    r"|wait|invent|decid\w*"
    r"|whether|if|unless|until|when|how|why|sorry|help|should|would|rather|deserve|easy|fair|right"
    r"|sav\w+|connai\w+|promett\w+|dire|encore|seulement|besoin|attend\w*|inquiet\w*|decid\w*|si|quand|pourquoi|devrait"
    r"|sab\w+|conoc\w+|prometer|decir|todavia|aun|solo|falta|esper\w+|preocup\w+|cuando|por que|deberia)\b"
)
# What says no without a word of denial.
_FAILS = (
    r"\b(?:fail\w*|lost|lose\w*|out|off|down|stop\w*|without|asking|refus\w*|declin\w*|broke\w*|gone|affected|over"
    r"|miss\w*|late"
    r"|sans|arret\w*|expir\w*|coup\w*|panne|touch\w*|concern\w*|sin|fall\w*|cort\w*|caduc\w*|perd\w*|afect\w*"
    r"|parad\w*)\b"
)
_FROM_NOW = (
    r"\b(?:(?<!hour )(?<!minutes )(?<!hours )(?<!quarter )from (?:now|today|tomorrow|next \w+|this \w+"
    r"|\w+day)(?: on)?\b|in future|in the future|going forward"
    r"|as of (?:today|now|next)"
    r"|desormais|dorenavant|a l'avenir|des (?:demain|lundi|la semaine)|a partir de|desde (?:ahora|hoy|manana)"
    r"|en adelante"
    r"|de ahora en|(?:this|next|cet|cette|el|la) (?:summer|autumn|winter|spring|ete|automne|hiver|verano|otono"
    r"|invierno|primavera)"
    r"|will now|now happens?|now runs?)\b"
)
_IMPERATIVE = (
    r"^(?:[\W_]*(?:@\S+|please|just|then|and|or|so|first|now|try to|simply|also|instead|if \w+ (?:can|like),?"
    r"|by all means"
    r"|et|ou|puis|alors|sinon|y|o|luego|despues|tambien),?\s+){0,3}"
    r"(?P<verb>(?:delete|remove|reinstall|uninstall|install|restart|reboot|reset|unplug|plug|hold(?! (?:off"
    r"|on)\b)|press|push|pull"
    r"|shake|take"
    r"|let(?!'s)|close|clear|wipe|change|switch|turn|log|sign|update|download|charge|boil|drink|eat|wash|run|refresh"
    r"|tap"
    r"|swipe"
    r"|select|choose|cancel|repeat|order|buy|pay|drive|walk|bring|collect|fill|cover|wrap|ignore|block|enable"
    r"|disable"
    r"|move|stay|give|use|try)\b(?! (?:us|no (?:notice|credit)|it (?:a|up)|the \w+ (?:a rest|up to))\b)"
    r"|(?:supprim|desinstall|reinstall|redemarr|relanc|eteign|rallum|debranch|rebranch|appuy|tourn|ouvr|ferm|vid"
    r"|secou|laiss"
    r"|coup|chang|chois|annul|mett|retir|desactiv|activ|charg|buv)ez\b"
    r"|(?:borra|borre|elimina|desinstala|instala|reinicia|apaga|apague|enciende|desenchufa|enchufa|pulsa|pulse|manten"
    r"|abre|abra"
    r"|cierra|cierre|vacia|cambia|cambie|elige|elija|anula|anule|repite|repita|quita|quite|toma|tome|deja|deje|hierve"
    r"|bebe|beba)\b)"
)
_EMERGENCY = r"\b(?:911|112|999|15|17|18|emergency|urgences|emergencias)\b"
_HALF = 0.5
_THIRD = 0.25
_MOST = 0.65
_TELLS = 3  # stems


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for a clause against a fact, and for advice or changes that the facts do not hold."""
    sheet, text, heard = candidate.sheet, body(candidate), customer_text(candidate)
    if sheet.status is None:
        return
    if not _comparable(text, facts_text(sheet)):
        yield from _changes(candidate)
        return
    for clause in clauses(text):
        if clause.question or claims_nothing(clause.text):
            continue
        if any(_against(part, candidate) for part in pieces_of(clause)):
            message = "is the opposite of a fact. Compare it with the fact sheet and correct it."
            yield _finding(candidate, clause, message)
        elif rx(_FROM_NOW).search(clause.text) and _unheard_of(clause, candidate, "") and not denies(clause):
            yield _finding(candidate, clause, "announces a change that the facts do not give. Take it out.")
        elif (
            _advises(clause, candidate)
            and not rx(_EMERGENCY).search(clause.text)
            and (_odd(clause, candidate, heard) or _unheard_of(clause, candidate, heard))
        ):
            yield _finding(candidate, clause, "gives advice that the facts do not give. Name the workaround, or none.")


def _changes(candidate: Candidate) -> Iterator[Finding]:
    """A change from now on, told in another language than facts that hold none."""
    if candidate.sheet.get("prevention") or candidate.sheet.get("next_step"):
        return
    for clause in clauses(body(candidate)):
        if rx(_FROM_NOW).search(clause.text) and not denies(clause) and not clause.question:
            yield _finding(candidate, clause, "announces a change that the facts do not give. Take it out.")


def _advises(clause: Clause, candidate: Candidate) -> bool:
    """Whether it tells the customer to do something that the facts do not tell them to do."""
    told_to = rx(_IMPERATIVE).search(clause.text)
    return told_to is not None and not rx(rf"\b{told_to['verb']}").search(facts_text(candidate.sheet))


def _odd(clause: Clause, candidate: Candidate, heard: str) -> bool:
    """Whether words from nowhere stand in it, and less than most of the rest stands in the facts."""
    strange = words_from_nowhere(candidate, clause.start, clause.end)
    return bool(strange) and covered(clause.text, candidate.sheet, heard) < _MOST


def _unheard_of(clause: Clause, candidate: Candidate, heard: str) -> bool:
    """Whether a clause of some length tells mostly what stands nowhere."""
    return len(content(clause.text)) >= _TELLS and covered(clause.text, candidate.sheet, heard) < _HALF


def _comparable(reply: str, facts: str) -> bool:
    spoken, written = tell(reply), tell(facts)
    return spoken is None or written is None or spoken == written


def _against(clause: Clause, candidate: Candidate) -> bool:
    """Whether a fact on the same matter says yes where the clause says no, and none says it as the clause does."""
    sheet = candidate.sheet
    said = content(clause.text) - content(fold(" ".join([sheet.title, *sheet.regions, *sheet.components])))
    about = [
        fact
        for fact in told(sheet)
        if len(said & fact.stems) >= max(_SHARED, _HALF * len(said), _THIRD * len(fact.stems))
    ]
    unclear = rf"{_MIND}|{_FAILS}"
    if rx(r"\b(?:isn't|aren't|wasn't) an?\b|n't$|\bqui peut\b").search(clause.text):
        return False  # a remark; half a sentence
    if not about or rx(unclear).search(clause.text) or borne_out(clause, sheet):
        return False
    return all(fact.denies != denies(clause) and not rx(unclear).search(fact.text) for fact in about)


def _finding(candidate: Candidate, clause: Clause, message: str) -> Finding:
    return block(NAME, clause.start, clause.end, f"'{shown(candidate, clause.start, clause.end)}' {message}")
