"""No time for the end of the trouble, and none for the next word, that the facts do not give."""

from collections.abc import Iterator

from core.domain import Finding, IncidentStatus
from responder.gate import Candidate
from responder.gate.alignment import content, told
from responder.gate.clock_words import HALF_DAY
from responder.gate.kindness import claims_nothing
from responder.gate.quantities import figures
from responder.gate.reading import (
    NOT_KNOWN,
    Clause,
    block,
    body,
    clauses,
    customer_text,
    facts_text,
    rx,
    sentences,
    shown,
)
from responder.gate.to_come import DAYS, SOON, days_named, when_to_come
from responder.gate.wording import words_in_one_language

NAME = "forecast"

# What: the service comes back. Our own coming back with news is another thing.
_RETURN = (
    r"\b(?:(?:will|'ll|should|ought to|going to|expect\w*|hope\w*|aim\w*|plan\w*|target\w*|estimat\w*"
    r"|likely|might|could|looks like|looking at|due|set to|anticipat\w*)\b.{0,80}\b(?:back|again|restor\w*"
    r"|fix\w*|work\w*|on(?:line)?|up|run\w*|done|finish\w*|complet\w*|over|resolv\w*|ready|normal\w*"
    r"|return\w*|reconnect\w*|ring\w*|connect\w*|power|light\w*|lit|signal|service|sort\w*|end\w*|clear\w*"
    r"|settle\w*|call\w*|through|available|live|repair\w*|land\w*|arriv\w*|reach\w*|see|watch\w*|use"
    r"|usable|have|get|be)"
    r"|(?:be|is|are|comes?|goes|gets?|get you) (?:back|on again|restored|fixed|sorted|working"
    r"|up and running|online|done|reconnected)"
    r"|shouldn't (?:be|take) (?:long|more)|won't (?:be|take) (?:long|more)|almost (?:there|done)"
    r"|nearly (?:there|done)|takes? (?:about|around|another|only|just|us)|(?:will|should"
    r"|'ll) (?:only )?(?:take|be)|(?:should|expected) only|wait until|hold on until|give us"
    r"|need(?:s)? (?:another|about)|expect (?:it|them|the|your|an?)"
    r"|calcula|calculad|contad|cuenta|plan for|count on|reckon(?:s)? on|all (?:clear|good) by"
    r"|gets? (?:its |their |your )?(?:power|service|internet|signal)|goes (?:up|live|back)|follows|reopens?"
    r"|(?:sera|seront|serez|devrait|devraient|devriez|reviendra|reviendront|revient|reviennent|va|vont"
    r"|allez|aurez|pourrez|retrouverez|retablirons|fonctionnera|fonctionneront|marchera|remarchera"
    r"|repartira|rouvr\w+|prevoyons|esperons|comptons|aura|aurons|auront|patience|paciencia|pensons|prevu\w*"
    r"|attendu\w*|retabli\w*|terminee?|termine)"
    r"|(?:estara|estaran|quedara|quedaran|volvera|volveran|vuelve|vuelven|deberia|deberian|tendr[aei]\w*"
    r"|podra\w*|funcionara\w*|recuperara\w*|restablecer\w*|restablecid\w*|esperamos|prevemos|calculamos"
    r"|solucionad\w*|arreglad\w*|resuelt\w*|terminar\w*|acabar\w*|va a|van a|habra\w*|regresara\w*"
    r"|llegara\w*|resolvera\w*|(?:est|qued)\w+ list[oa]s?))\b"
)
WORD_TO_COME = (
    r"\b(?:on (?:revient|repasse|refait)\b|(?:we(?:'ll| will)|we're|i'll|nous|on) (?:be |sera |serons |revient "
    r"|est )?(?:back|here|again|la|de retour)"
    r"|updates?|news|more from us|from us"
    r"|(?:have|know|get|say) more|more (?:at|by)|statement|tell|let you know|write|post(?:ing|ed)?|speak|say|share"
    r"|report"
    r"|hear|back here"
    r"|back with|word|message|answer"
    r"|nouvelles?|point|informer\w*|dirons|ecrirons|tenons|tiendrons|redonn\w*|donner\w*|reviendrons"
    r"|revenons|informations?|parler\w*|communi\w*"
    r"|noticias|informar\w*|informamos|contamos|ponemos al dia|refait|refaisons|informaremos|novedades"
    r"|diremos|decimos|disons|escribimos|ecrivons|escribir\w*|contar\w*|contaremos|actualiz\w*|avis\w*|avance"
    r"|publi\w+|hablar\w*)\b"
)
_ASKED_OF_THEM = (
    r"\b(?:if you|if it|if your|if yours|when you|once you|si vous|si tu|si vos|si no|si lo|if that"
    r"|until (?:then|it|we|power|service))\b"
)
_WITHIN = (
    r"\b(?:in|within|every|dans|d'ici|sous|toutes|en|dentro de|cada)\W+(?:\w+ )?(?:\w+ )?(?:minut|hour"
    r"|heure|hora|h\b|min)"
)
_WISH = (
    r"\b(?:should have|would have|could have|(?:would|'d) (?:like|love|rather)|wish|aurait|aurions"
    r"|aimer(?:ait|ions)|voudrions|voudrait|gustaria|quisieramos|deberia\w* haber)\b"
)
_SEEN_BACK = (
    r"\byou(?:'ll| will) (?:be in\b|be inside|(?:all )?have (?:it|your \w+) (?:by|before|tonight|tomorrow)|see (?:the"
    r"|your) \w+ half|get (?:home|in|there|through)\b)"
    r"|\b(?:sera|seront) (?:chez vous|la|livree?s?|posee?s?) (?:avant|d'ici|pour|ce soir|demain)\b"
    r"|\best posee? (?:ce soir|demain)"
    r"|\byou(?:'ll| will) (?:make (?:it|your)|catch|see (?:the|your) (?:match|game|show|film)"
    r"|be (?:back )?(?:online|on|connected) (?:again )?(?:before|in time|for))\b|\bquick (?:repair|fix)\b"
    r"|\breparation rapide\b|\breparacion rapida\b"
    r"|\b\w+(?:areis|ereis|ireis|aras|eras|iras|aran|eran|iran)\b.{0,25}\b(?:con|de|la|el) (?:\w+ )?(?:luz"
    r"|internet|servicio|senal|corriente|conexion|cobertura)\b"
    r"|\b(?:dinerez|souperez|dormirez|regarderez|finirez|passerez)\b.{0,25}\b(?:courant|internet|reseau"
    r"|chauffage|lumiere)\b"
    r"|\byou'll (?:be (?:eating|sleeping|watching|cooking|streaming)|eat|sleep|watch|cook"
    r"|wake up)\b.{0,40}\b(?:power|lights?|internet|warm|match|online|connected)\b"
)
_SOOTHING = (
    r"\b(?:don't (?:you )?worry|no worries|never fear|n'ayez crainte|pas d'inquietude"
    r"|sans faute|no te preocupes|no hay problema)\b"
)
_GONE_BY = (
    r"\b(?:since|was|were|had|been|did|didn't|yesterday|last|ago|lost|losing|missed|missing|spent|spending|waited"
    r"|waiting"
    r"|happened|went|sorry|reason"
    r"|without|every|each|perdre|perder|pasar|passer"
    r"|if|when|depuis|hier|etait|a ete|avez|ete|perdu|sans|chaque|toutes|si|quand|desde|ayer|fue|era|has|ha|sin|cada"
    r"|cuando)\b"
    r"|\b(?:have|has) \w+(?:ed|en)\b"
)
_DATED = (
    r"\b(?:hours?|minutes?|hrs?|mins?|tonight|tomorrow|today|morning|afternoon|evening|night|noon|midnight"
    r"|lunch\w*|supper\w*|dinner\w*|\w+day|week\w*|heures?|soir|demain|midi|matin|apres-midi|horas?"
    r"|minutos?|noche|manana|tarde|hoy|mediodia)\b"
)
_LASTS = (  # how long something takes or took, not when it ends
    r"\b(?:hourly|lasted|getting on for|by my (?:sums|count|reckoning)|behind|beyond|a dure|dura (?:un|dos|tres)|duro"
    r"|for (?:a|one) minute)\b"
)
_ADVICE = r"^(?:y )?(?:para \w+r\b|pour \w+(?:er|ir|re)\b|to \w+ )"  # what they can do, and when
_REQUEST = r"\b(?:please|s'il (?:vous|te) plait|por favor)\b"
_PATIENCE = (
    r"\b(?:give|allow|wait|bear|hold|hang|laissez|donnez|accordez|patient\w*|den?os|danos|espere\w*|aguante\w*)\b"
)

_BACK_THEN = (
    r"\b(?:back|restored|fixed|then|after (?:that|which)|repart\w*|revien\w*|retabli\w*|repare\w*|remplace\w*"
    r"|rattrap\w*"
    r"|apres quoi|vuelv\w*|volver\w*|regres\w*|estara\w*|restablec\w*|arreglad\w*|llegan)\b"
)
_OPEN_UNTIL = (
    r"\b(?:until|till|closes? at|open|jusqu'a|hasta las?) (?:\w+ )?(?:\d|six|seven|eight|nine|ten|eleven|noon|midnight"
    r"|six|sept|huit|neuf|dix|siete|ocho|nueve|diez)\w*"
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that puts a time on the end, or on an update, without the facts behind it."""
    text = body(candidate)
    facts = facts_text(candidate.sheet)
    for clause in clauses(text):
        if clause.question or _denies(clause):
            continue
        if match := rx(_SEEN_BACK).search(clause.text):
            yield _finding(candidate, clause, match.span(), "says when it will be over, and the facts do not")
            continue
        when = when_to_come(clause)
        if when is None or _given(clause.text, when, facts) or _dated_by_facts(clause, when, candidate):
            continue
        promised = rx(WORD_TO_COME).search(clause.text)
        if not promised and _bare(clause, when, candidate):
            yield _finding(candidate, clause, when, "says when it will be over, and the facts do not")
            continue
        if promised and _update_promised(clause, when, candidate):
            yield _finding(candidate, clause, when, "promises word from us at a time that the facts do not give")
        elif not promised and rx(_RETURN).search(clause.text) and not rx(_ASKED_OF_THEM).search(clause.text):
            yield _finding(candidate, clause, when, "says when it will be over, and the facts do not")


def _denies(clause: Clause) -> bool:
    """A clause that gives no time; "won't take long" and "no later than" give one."""
    if rx(_WISH).search(clause.text):
        return True
    text = rx(_SOOTHING).sub(" ", clause.text)
    return bool(rx(NOT_KNOWN).search(text)) and not rx(
        r"\b(?:won't|shouldn't|will not|should not) (?:be|take) (?:long|more)|no later than|no mas tarde"
        r"|pas plus|ne devrait pas|not long|sin problema\w*|no tardar\w*"
    ).search(clause.text)


def _bare(clause: Clause, when: tuple[int, int], candidate: Candidate) -> bool:
    """A moment to come without a verb of return: "two more hours", "in time for supper"."""
    said = clause.text[when[0] : when[1]]
    spans = [figure.value for figure in figures(clause.text) if figure.kind == "span"]
    told_of = customer_text(candidate) + "\n" + facts_text(candidate.sheet)
    if rx(_LASTS).search(clause.text) or (
        spans and {*spans} <= {f.value for f in figures(told_of) if f.kind == "span"}
    ):
        return False
    if any(figure.kind == "time" for figure in figures(clause.text)) or rx(r"\bonce an?\b").search(clause.text):
        return False
    if rx(_ADVICE).search(clause.text):
        return False
    if rx(_REQUEST).search(clause.text) and not rx(_PATIENCE).search(clause.text):
        return False
    if rx(_GONE_BY).search(clause.text) or claims_nothing(clause.text) or said in customer_text(candidate):
        return False
    return bool(rx(SOON).search(said) or rx(SOON).search(clause.text[when[0] :][:40]))


def _given(text: str, span: tuple[int, int], facts: str) -> bool:
    """Whether the facts give this very time, in the same words or as the same number of days."""
    when, days = text[span[0] : span[1]], days_named(text[span[0] : span[1] + 25])
    return (len(when) > 6 and when in facts) or bool(days and days <= days_named(facts))


def _hours(candidate: Candidate) -> set[float]:
    """The times of day that the facts' sentences name."""
    return {figure.value % HALF_DAY for figure in figures(facts_text(candidate.sheet)) if figure.kind == "time"}


def _told_together(clause: Clause, candidate: Candidate) -> bool:
    """Whether one sentence of the facts names the same day and the same hours, in whatever language."""
    days, hours = _days_and_hours(clause.text)
    return bool(days and hours) and any(
        days <= told_days and hours <= told_hours
        for told_days, told_hours in (_days_and_hours(one.text) for one in sentences(facts_text(candidate.sheet)))
    )


def _days_and_hours(text: str) -> tuple[set[str], set[float]]:
    days = {pattern for pattern in DAYS if rx(pattern).search(text)}
    return days, {figure.value % HALF_DAY for figure in figures(text) if figure.kind == "time"}


def _dated_by_facts(clause: Clause, when: tuple[int, int], candidate: Candidate) -> bool:
    """Whether a fact on the same matter names this day or part of it, in whatever language, or the hours of a place."""
    said = clause.text[when[0] : when[1]] + clause.text[when[1] :][:40]
    if rx(_OPEN_UNTIL).search(clause.text) and not rx(_BACK_THEN).search(clause.text):
        return True
    hours = {figure.value % HALF_DAY for figure in figures(clause.text) if figure.kind == "time"}
    if hours and hours <= _hours(candidate) and not rx(_BACK_THEN).search(clause.text):
        return True  # hours of the facts: whose they are is compared elsewhere
    days = [pattern for pattern in DAYS if rx(pattern).search(said)]
    alike = [fact for fact in told(candidate.sheet) if any(rx(pattern).search(fact.text) for pattern in days)]
    stems = content(clause.text) - content(said)
    if _told_together(clause, candidate):
        return True
    if not alike or words_in_one_language(candidate):
        return any(stems & fact.stems for fact in alike)
    return not rx(_BACK_THEN).search(clause.text)


def _update_promised(clause: Clause, when: tuple[int, int], candidate: Candidate) -> bool:
    """Whether the clause promises word at a vague or other time than the next update's."""
    update = candidate.sheet.next_update_at
    said = clause.text[when[0] : when[1]]
    if any(figure.kind == "time" for figure in figures(clause.text)):
        return False  # the figure check compares it with the next update
    if rx(r"\b(?:soon|bientot|pronto|shortly|sous peu|en breve|then|now|long)\b").search(said):
        return False
    spans = [figure for figure in figures(said) if figure.kind == "span"]
    if not rx(_DATED).search(said) or (spans and not rx(_WITHIN).search(clause.text[: when[1]])):
        return False
    if update is None:
        return rx(r"\b(?:update|nouvelles?|noticias|informar|novedades)").search(clause.text) is not None
    part = (
        "morning matin manana"
        if update.hour < 12
        else "afternoon apres-midi tarde lunch"
        if update.hour < 18
        else "evening tonight soir noche"
    )
    return not any(word in said for word in part.split())


def _finding(candidate: Candidate, clause: Clause, when: tuple[int, int], what: str) -> Finding:
    said = shown(candidate, clause.start + when[0], clause.start + when[1])
    closed = candidate.sheet.status is IncidentStatus.RESOLVED
    advice = "Take the time out." if closed else "Say that it is not known, and when the next update comes."
    return block(NAME, clause.start + when[0], clause.start + when[1], f"'{said}' {what}. {advice}")
