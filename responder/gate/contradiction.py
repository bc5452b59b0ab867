"""Nothing may say the opposite of a fact."""

import re
from collections.abc import Iterator

from core.domain import FactSheet, Finding, IncidentStatus
from responder.gate import Candidate, states
from responder.gate.places import places_back
from responder.gate.reading import Clause, block, body, clauses, facts_text, fold, rx, sentences, shown, words

NAME = "contradiction"
_BY_ITSELF = (
    r"\b(?:automatic\w*|by itself|by themselves|without asking|no need to (?:ask|apply|claim)"
    r"|nothing to do|automatique\w*|d'office|automatic[ao]\w*|por si sol[oa]|sol[oa]s?)\b"
)
_ON_REQUEST = (
    r"\b(?:isn't (?:automatic|added)|not (?:automatic|added|applied) (?:unless|until)|not automatic\w*"
    r"|apply for|fill (?:in|out)|claim (?:it|the|your|form)|(?:must|need to|have to|should"
    r"|please) (?:\w+ )?(?:ask|apply|claim|request|contact|register|call|sign|get in touch|fill|write"
    r"|submit)|unless you (?:ask|apply|claim|request|contact)|only if you (?:ask|apply|claim|contact"
    r"|request)|(?:get in touch|contact us|call us|write to us|ask us|let us know|message us"
    r"|log in)\b.{0,60}\b(?:we'll (?:add|apply|credit|give)|credit|refund)|(?:form|application"
    r"|request)\b.{0,30}\b(?:need|requir|fill|submit|deadline)\w*|to (?:get|receive|claim) (?:it|the|your)"
    r"|n'est pas automatique|(?:faut|devez|pensez a) (?:\w+ )?(?:demander|remplir|faire la demande"
    r"|nous (?:appeler|contacter|ecrire)|reclamer)|sur (?:simple )?demande|remplissez"
    r"|faites(?:-en)? la demande|no es automatic\w*|(?:hay que|tienes que|tiene que|debes|debe"
    r"|deberas) (?:solicitar\w*|pedir\w*|rellenar|llamar\w*|reclamar\w*|escribir\w*|contactar\w*)"
    r"|solicit[ae]lo|pidelo|rellena\w*|si (?:lo|la) (?:pides|solicitas|pide|solicita))\b"
)
_ASKED_FOR = (
    r"|\b(?:ask|apply) for (?:it|them|this)\b|\bby ticket\b|\bclaim (?:on|by|at|within)\b|\ba demander\b"
    r"|\ba reclamer\b|\bon request\b|\bhay que\b|\bse (?:pide|solicita)\b"
)
_NEEDS_NOTHING = (
    r"|\b(?:needn't|don't (?:need|have) to|no need to) (?:do|ask|claim|apply|fill)|\b(?:without asking|nothing to do)\b"
    r"|\bsans rien (?:demander|faire)|\brien a (?:faire|demander)|\bsin (?:pedir|hacer|reclamar)\w*"
)
_THINGS = (
    ("internet", r"\b(?:home )?internet\b|\bbroadband\b"),
    ("mobile service", r"\bmobiles?\b|\bservicio movil\b|\breseau mobile\b"),
    ("calls", r"\bcalls?\b(?! (?:us|to 911))|\bappels?\b|\bllamadas?\b"),
    ("texts", r"\btexts?\b|\btextos?\b|\bsms\b"),
    ("data", r"\bdata\b|\bdonnees\b|\bdatos\b"),
    ("911", r"\b(?:911|112|999|emergency calls?)\b"),
    (
        "cash withdrawals",
        r"\bcash\b|\batms?\b|\bwithdraw\w*|\bretraits?\b|\bdistributeurs?\b|\befectivo\b|\bcajeros?\b",
    ),
    ("card payments", r"\bcards?\b(?! payment)|\bcard payments?\b|\bcartes?\b|\btarjetas?\b"),
    ("transfers", r"\btransfers?\b|\bvirements?\b|\btransferencias?\b"),
    ("the app", r"\bapps?\b|\bapplication\b|\baplicacion\b"),
    ("e-mail", r"\be-?mails?\b|\bcourriels?\b|\bcorreo\b"),
    ("television", r"\btv\b|\btelevision\b|\btele\b"),
    ("the map", r"\bmaps?\b|\bcarte des pannes\b|\bmapa\b"),
    ("the website", r"\bweb ?sites?\b|\bsite\b|\bsitio\b"),
    ("water", r"\bwater\b|\beau\b|\bagua\b"),
    ("landlines", r"\bland ?lines?\b|\bfixe\b|\bfijo\b"),
    ("stores", r"\b(?:stores?|shops?|branch(?:es)?|boutiques?|agences?|tiendas?|sucursal\w*)\b"),
    ("gas", r"\bgas\b|\bgaz\b"),
    ("electricity", r"\belectricity\b|\belectricite\b|\bluz\b"),
    ("roaming", r"\broaming\b|\bitinerancia\b|\bitinerance\b"),
    ("deposits", r"\bdeposits?\b"),
    ("savings", r"\bsavings\b|\bepargne\b|\bahorros\b"),
)
_SOME = r"\b(?:some|most|certain|part of|parts of|many|certain\w*|la plupart|algun\w*|la mayoria|parte)\b"
_ALL_HIT = (
    r"\b(?:all (?:of )?(?:our |the )?(?:customers|users|homes|areas)|every (?:customer|home|user|area)"
    r"|everyone|everybody|the (?:whole|entire) (?:country|network|city|region|province)|nationwide"
    r"|(?:across|all over) the (?:country|province|region|uk)|tous (?:nos|les) clients|tout le (?:pays"
    r"|reseau)|todos (?:los|nuestros) clientes|todo el (?:pais|mundo))\b.{0,60}\b(?:affected|without|lost"
    r"|down|can't|cannot|out|has no|have no|touche\w*|sans|prive\w*|perdu\w*|afectad\w*|sin)\b"
)
_NONE_SPARED = (
    r"^\W*(?:yes|oui|si)?\W*(?:everyone|everybody|every one|all of (?:you|them)|tout le monde|todo el mundo|todos)\W*$"
    r"|\bno \w+ (?:anywhere|at all) (?:can|is|has|could)\b|\bnot (?:a single )?one of (?:our|the|you)\b"
    r"|\bnone of (?:our|the) (?:customers|users|members|people)\b"
    r"|\b(?:nobody|no one|no customer) (?:\w+ )?(?:can|is able)\b|\bwhatever (?:their|your) \w+"
    r"|\bthe whole (?:customer|user)"
    r"|\b(?:aucun|pas un) (?:de nos )?clients?\b|\bpersonne ne (?:peut|arrive)\b|\bnadie puede\b|\bningun cliente\b"
)
_TOLD_ABOUT = r"\b(?:say|tell|know|promise|guess|blame|dire|dir[ae]|savoir|sait|saber|sabe|decir)\b"
_FEW_HIT = (
    r"\b(?:only|just|merely) (?:a )?(?:few|handful|small|tiny|couple|limited|one|minority"
    r"|isolated)\b.{0,40}\b(?:customers|people|users|homes|number|phones|area|case|street)|\b(?:a few"
    r"|a handful of|a small number of|isolated|very few) (?:customers|people|users|homes|cases|phones)\b"
    r"|\bquelques (?:clients|foyers|cas)\b|\b(?:unos pocos|pocos|algunos casos)\b(?: clientes| hogares)?"
    r"|\bun petit nombre\b|\bun pequeno numero\b"
)
_ORDINAL = r"\b(?:first|d'abord|en premier|primero|en primer lugar)\b"
_LAST = r"\b(?:last|en dernier|dernier|el ultimo|la ultima|por ultimo|al final)\b"
_PAIRS = (
    (
        r"\b(?:turn|switch)(?:ed|ing)? on\b|\bactiv\w*|\benable\w*|\ballum\w*",
        (
            r"\b(?:turn|switch)(?:ed|ing)? off\b|\bdesactiv\w*|\bdeactivat\w*|\bdisabl\w*|\bcoupez\b|\bapag(?:a"
            r"|ue)\b"
        ),
    ),
    (r"\blate\b|\ben retard\b|\bcon retraso\b", r"\bon time\b|\ba l'heure\b|\ba tiempo\b"),
    (
        r"\bwrong\b|\bmauvaise?s?\b|\berrone\w*|\bequivocad\w*",
        (
            r"\b(?:right|correct|proper)\b(?! (?:now|away|here|there|to))|\b(?:bonne?s?|correcte?s?) (?=\w{4})"
            r"|\bcorrect[oa]s?\b"
        ),
    ),
    (r"\bopen\b|\bouvert\w*|\babiert\w*", r"\bclosed\b|\bferme\w*|\bcerrad\w*"),
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that turns a fact round."""
    text, sheet = body(candidate), candidate.sheet
    facts = facts_text(sheet)
    policy = fold(
        "\n".join(value for key, value in sheet.facts.items() if key.startswith(("compensation", "next_step")))
    )
    for clause in clauses(text):
        if clause.question:
            continue
        for found in (
            _request(clause, policy),
            _thing(clause, facts, over=sheet.status is IncidentStatus.RESOLVED),
            _reach(clause, sheet.get("scope")),
            _order(clause, facts, sheet.regions),
            _place(clause, sheet),
            _pair(clause, facts),
        ):
            if found:
                start, end = clause.start + found[0], clause.start + found[1]
                message = f"'{shown(candidate, start, end)}' is the opposite of a fact: {found[2]}."
                yield block(NAME, start, end, message)
                break


def _request(clause: Clause, policy: str) -> tuple[int, int, str] | None:
    match = rx(_ON_REQUEST).search(clause.text)
    if policy and not rx(_BY_ITSELF).search(policy) and rx(_ON_REQUEST + _ASKED_FOR).search(policy):
        return _unasked(clause)
    if not match or not rx(_BY_ITSELF).search(policy):
        return None
    free = rx(r"\b(?:don't|no|nothing|not|without|needn't|rien|pas|nada|sin)\b.{0,20}$").search(
        clause.text[: match.start()]
    )
    about = rx(
        r"credit|refund|automatic|automatique|compens|bill|payment|\bit\b|them|ask|claim|solicit|demand|pid"
    ).search(clause.text)
    return None if free or not about else (*match.span(), "it comes by itself")


def _unasked(clause: Clause) -> tuple[int, int, str] | None:
    """'It comes by itself' where the customer has to ask for it."""
    match = rx(_BY_ITSELF + _NEEDS_NOTHING).search(clause.text)
    if not match or rx(r"\b(?:not|isn't|n'est|pas|no (?:es|se|llega))\b(?! rien)").search(clause.text[: match.start()]):
        return None
    return (*match.span(), "it has to be asked for")


def _thing(clause: Clause, facts: str, *, over: bool) -> tuple[int, int, str] | None:
    """A thing the facts call fine said to be affected, or the other way about."""
    if rx(r"\b(?:if|whether|when|si|cuando|quand|your|votre|tu|su|like|as well as when)\b").search(clause.text):
        return None
    for name, pattern in _THINGS:
        match = rx(pattern).search(clause.text)
        if not match:
            continue
        left = max(clause.text.rfind(",", 0, match.start()), -1) + 1
        stop = clause.text.find(",", match.end())
        part = clause.text[left : stop if stop >= 0 else len(clause.text)]
        told = {_state(s.text, pattern) for s in sentences(facts) if rx(pattern).search(s.text)} - {None}
        bad, fine = rx(states.IS_HIT).search(part), rx(states.NOT_HIT_IN_REPLY).search(part)
        if told == {"fine"} and bad and not fine and not clause.says_not():
            return (*match.span(), f"{name} is not affected")
        if (
            told == {"fine"}
            and rx(
                r"\b(?:can't|cannot|don't|doesn't|no longer|ne (?:peu\w*|passe\w*)|no (?:puede"
                r"|se puede)\w*)\b.{0,30}\b(?:call|reach|work|use|go through|withdraw|passe|llam|retir|sac)"
            ).search(clause.text)
            and not fine
        ):
            return (*match.span(), f"{name} works")
        if (
            told == {"down"}
            and not over
            and not clause.says_not()
            and rx(states.NOT_HIT + states.WORKS).search(part)
            and not rx(r"wi-?fi|again|de nouveau|de nuevo").search(clause.text)
        ):
            return (*match.span(), f"{name} is affected")
    return None


def _state(sentence: str, pattern: str) -> str | None:
    if rx(pattern + r".{0,60}(?:" + states.NOT_HIT + ")").search(sentence) and rx(states.NOT_HIT).search(sentence):
        return "fine"
    if rx(r"\b(?:cannot|can't|failed|fail|no|without|not working|down|lost)\b").search(sentence) and not rx(
        r"wi-?fi calling"
    ).search(sentence):
        return "down"
    return None


def _reach(clause: Clause, scope: str) -> tuple[int, int, str] | None:
    some = rx(r"\bmost\b|\bla plupart\b|\bla mayoria\b").search(fold(scope))
    few = rx(_FEW_HIT).search(clause.text)
    if some and few:
        return (*few.span(), "most customers are affected")
    every = rx(_ALL_HIT).search(clause.text)
    spared = rx(_NONE_SPARED).search(clause.text)
    if spared and rx(_SOME).search(fold(scope)) and not rx(_TOLD_ABOUT).search(clause.text):
        return (*spared.span(), "not everybody is affected")
    if (
        scope
        and rx(_SOME).search(fold(scope))
        and every
        and "every affected" not in clause.text
        and not clause.says_not()
    ):
        return (*every.span(), "not everybody is affected")
    return None


def _order(clause: Clause, facts: str, regions: tuple[str, ...]) -> tuple[int, int, str] | None:
    """'X first' when the facts put another region first."""
    names = [fold(region) for region in regions]
    first = [name for name in names if rx(rf"\b{re.escape(name)}\s+(?:[a-z]+ ){{0,4}}?{_ORDINAL}").search(facts)]
    if not first:
        return None
    for name in (name for name in names if name not in first):
        place = re.escape(name)
        match = rx(
            rf"\b{place}\b,?\s*(?:goes |comes |is |will be |gets (?:it )?|en |sera |va |le |)?\s*{_ORDINAL}"
            rf"|{_ORDINAL} (?:in |is |a |en |to |up is )?{place}\b"
        ).search(clause.text)
        if match and not rx(r"\b(?:not|after|isn't|pas|no|apres|despues|then)\b").search(clause.text):
            return (*match.span(), f"{first[0].title()} comes first")
    late = rx(rf"\b{re.escape(first[0])}\b (?:\w+ ){{0,2}}{_LAST}").search(clause.text)
    return (*late.span(), f"{first[0].title()} comes first") if late else None


def _place(clause: Clause, sheet: FactSheet) -> tuple[int, int, str] | None:
    """A place that has it back said to be without."""
    back, _ = places_back(sheet)
    for name in back:
        match = rx(
            rf"\b{re.escape(name)}\b.{{0,25}}\b(?:still (?:without|out|down|off|waiting|dark)|has no|have no|sans"
            rf"|encore|toujours|sin|sigue\w*|aun|todavia)\b"
        ).search(clause.text)
        if match and not rx(r"\b(?:most|part|some|presque|grande|casi|mayor)\b").search(clause.text):
            return (*match.span(), f"{name.title()} has it back")
    return None


def _pair(clause: Clause, facts: str) -> tuple[int, int, str] | None:
    """The other half of an on/off or open/closed pair about the same thing."""
    for one, other in _PAIRS:
        match = rx(other).search(clause.text)
        if not match or clause.says_not() or rx(other).search(facts):
            continue
        around = words(clause.text[: match.start()])[-5:] + words(clause.text[match.end() :])[:4]
        near = {word for word in around if len(word) > 3}
        for fact in rx(one).finditer(facts):
            same = near & set(words(facts[max(0, fact.start() - 60) : fact.end() + 40])) - {
                "your",
                "phone",
                "with",
                "then",
            }
            if same and not rx(r"\band\b (?:then )?(?:back )?on\b|then on\b|off and").search(clause.text):
                return (*match.span(), f"the facts say '{fact[0]}'")
    return None
