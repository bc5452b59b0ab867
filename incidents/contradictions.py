"""Where the parts of a fact sheet do not agree: shown at the fact, for a person to look at.

Rules over sentences in English, French and Spanish. Nothing here refuses a save: in a crisis a sheet is put right step
by step, and words can mean what no rule knows. What is certainly wrong is refused in ``incidents/facts.py``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from core.domain import OPEN, Commitment, IncidentStatus, PartState, PromiseKind
from core.store.incidents import FactRow, IncidentRow
from incidents.commitments import find, sentences
from incidents.promise_times import fold

_BEFORE_A_FIX = frozenset({IncidentStatus.INVESTIGATING, IncidentStatus.IDENTIFIED})
_OF_THE_STATE = ("scope", "next_step", "workaround")  # facts that speak of how it is now
_UNSURE = re.compile(
    r"\b(?:if|when|once|until|unless|whether|will|may|might|could|should|not|no|never|partly|parts?|some|most|soon"
    r"|si|s'il|quand|lorsque|des que|sera|seront|pas|aucun|en partie|certain\w*|bientot"
    r"|cuando|hasta|en cuanto|estara|estaran|nunca|en parte|algun\w*|pronto)\b|n't\b"
)
_BACK = re.compile(
    r"\b(?:is|are|has been|have been) (?:now |all |fully |completely )*"
    r"(?:back|restored|working again|up again|fixed|repaired)\b"
    r"|\b(?:est|sont|a ete|ont ete) (?:de nouveau |maintenant |entierement |completement )*"
    r"(?:retabli\w*|revenu\w*|de retour|repare\w*)"
    r"|\b(?:volvio|volvieron|ha vuelto|han vuelto|funcionan? de nuevo|restablecid[oa]s?|se restablecio)\b"
)
_EVERYWHERE = re.compile(
    r"\b(?:everywhere|for (?:everyone|everybody|all customers)"
    r"|in all (?:\w+ )?(?:cities|regions|areas|provinces|places)"
    r"|fully|completely|all services"
    r"|partout|pour (?:tous|tout le monde)|dans toutes les|entierement|completement"
    r"|en tod[oa]s (?:las|los|partes)|para todos|por completo|totalmente)\b"
)
_ENDED = re.compile(
    r"\b(?:outage|incident|problem|issue|failure|disruption) (?:is|has been|was) (?:now )?"
    r"(?:over|resolved|fixed|solved)\b"
    r"|\b(?:panne|probleme|incident) (?:est|a ete) (?:maintenant )?(?:termine|resolu|regle)e?\b"
    r"|\b(?:averia|problema|incidente|corte) (?:esta|quedo|ha sido|fue) (?:ya )?(?:resuelt|terminad|solucionad)[oa]\b"
)
_DOWN = re.compile(
    r"\b(?:is|are) (?:still |currently |now )?(?:down|out|unavailable|failing|offline|not working)\b"
    r"|\b(?:do|does)(?: not|n't) work\b|\bstill (?:down|out|failing)\b"
    r"|\b(?:est|sont) (?:toujours |encore |actuellement )?(?:en panne|hors service|indisponibles?)\b"
    r"|\bne (?:fonctionnent?|marchent?) (?:toujours |encore )?(?:pas|plus)\b"
    r"|\bno funcionan?\b|\b(?:esta|estan|sigue|siguen) (?:caid[oa]s?|sin servicio)\b"
)
_CONDITION = re.compile(r"\b(?:if|unless|whether|when|si|s'il|quand|cuando)\b")
_SPARED = re.compile(
    r"\b(?:is|are) not affected\b|\bunaffected\b|\b(?:n'est|ne sont) pas (?:touche|affecte|concerne)\w*"
    r"|\bno (?:esta|estan|se ven?) afectad[oa]s?\b"
)
_UNKNOWN = re.compile(
    r"\b(?:looking for|searching for|investigating|trying to find) (?:out )?(?:the |its )?cause\b"
    r"|\bcause is (?:still )?(?:not (?:yet )?known|unknown)\b"
    r"|\b(?:do not|don't) (?:yet )?know (?:the cause|why|what caused)\b"
    r"|\bcherch\w+ (?:toujours |encore )?(?:la|sa) cause\b|\bcause (?:est|reste) (?:encore )?inconnue\b"
    r"|\bcause n'est pas (?:encore )?connue\b|\bne (?:savons|connaissons) pas (?:encore )?(?:la cause|pourquoi)\b"
    r"|\bbusca\w+ la causa\b|\bcausa (?:es|sigue siendo) desconocida\b"
    r"|\b(?:no|aun no|todavia no) (?:sabemos|conocemos) (?:aun |todavia )?(?:la causa|por que)\b"
)
_PHONE = re.compile(r"(?<![\w/.,:-])\+?\(?\d(?:[ ().\-]{0,2}\d){6,14}(?![\w/:])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_ADDRESS = re.compile(r"https?://[^\s<>()\"']+")
_SAME = timedelta(minutes=1)
_TAIL = 7  # digits by which a number is the same with and without its country


@dataclass(frozen=True, slots=True)
class Doubt:
    """``part``: the fact (``cause``, ``scope.fr``) at which ``words`` are shown, a whole sentence."""

    part: str
    words: str


def doubts(row: IncidentRow, facts: Mapping[str, FactRow], *, zone: tzinfo, now: datetime) -> list[Doubt]:
    """What does not agree on the sheet of an incident that is not over. ``facts``: the newest row of each name."""
    if IncidentStatus(row.status) not in OPEN:
        return []
    said = {name: fact for name, fact in facts.items() if fact.text}
    texts = {name: fact.text for name, fact in said.items()}
    found = [*_times(row, said, zone, now), *_course(row, texts), *_parts(row, texts)]
    found += [*_cause(row, texts), *_numbers(texts), *_addresses(texts)]
    return list(dict.fromkeys(found))


def _name(part: str) -> str:
    fact, _, language = part.partition(".")
    return fact.replace("_", " ") + (f" ({language})" if language else "")


def _lines(texts: Mapping[str, str], names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every sentence of these facts in every language, folded, with the key of its fact."""
    for key, text in texts.items():
        if key.partition(".")[0] in names:
            yield from ((key, fold(sentence)) for _, sentence in sentences(text))


# --- times -----------------------------------------------------------------------------------------------------


def _times(row: IncidentRow, said: Mapping[str, FactRow], zone: tzinfo, now: datetime) -> Iterator[Doubt]:
    timed = [
        (key, each, each.due_at)
        for key, fact in said.items()
        for each in find(fact.text, made_at=fact.at, zone=zone)
        if each.due_at is not None
    ]

    def at(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%a %d %b, %H:%M}"

    for key, each, due in timed:
        if each.kind is PromiseKind.UPDATE and not _agree(each, due, row.next_update_at):
            promised = f"the sheet promises {at(row.next_update_at)}" if row.next_update_at else "no time is promised"
            yield Doubt(key, f"This says that the next update comes at {at(due)}, but {promised}.")
    if IncidentStatus(row.status) not in _BEFORE_A_FIX:
        return
    ends = [(key, each, due) for key, each, due in timed if each.kind is PromiseKind.REPAIR]
    for key, each, due in ends:
        if due <= now:
            yield Doubt(key, f"This says that it works again by {at(due)}. That has passed, and it is not fixed.")
        elif row.next_update_at is not None and due + _slack(each) < row.next_update_at:
            later = at(row.next_update_at)
            yield Doubt(key, f"This says that it works again by {at(due)}, but the next update comes only at {later}.")
        if not _agree(each, due, ends[0][2]):
            yield Doubt(
                key, f"This says that it works again by {at(due)}, but {_name(ends[0][0])} says {at(ends[0][2])}."
            )


def _slack(each: Commitment) -> timedelta:
    return max(_SAME, timedelta(minutes=each.slack_minutes))


def _agree(each: Commitment, due: datetime, other: datetime | None) -> bool:
    return other is not None and abs(due - other) <= _slack(each)


# --- how it stands ---------------------------------------------------------------------------------------------


def _course(row: IncidentRow, texts: Mapping[str, str]) -> Iterator[Doubt]:
    """Words of an end while it is not fixed, words of a failure when it is resolved."""
    status = IncidentStatus(row.status)
    for key, line in _lines(texts, _OF_THE_STATE):
        if status in _BEFORE_A_FIX and not _UNSURE.search(line):
            if _ENDED.search(line) or (_BACK.search(line) and _EVERYWHERE.search(line)):
                yield Doubt(key, "This says that all is back, but the status says that it is not fixed.")
        elif status is IncidentStatus.RESOLVED and _DOWN.search(line) and not _CONDITION.search(line):
            yield Doubt(key, "This says that something is down, but the incident is resolved.")


def _parts(row: IncidentRow, texts: Mapping[str, str]) -> Iterator[Doubt]:
    """Components and regions, as the scope speaks of them and as they are listed and marked."""
    names = {part: re.compile(rf"\b{re.escape(fold(part))}\b") for part in (*row.components, *row.regions)}
    for key, line in _lines(texts, ("scope",)):
        down, back = _DOWN.search(line), _BACK.search(line) and not _UNSURE.search(line)
        for part in (part for part, named in names.items() if named.search(line)):
            if _SPARED.search(line):
                yield Doubt(key, f"This says that {part} is not affected, but it is listed as affected.")
            elif down and not _BACK.search(line) and row.state_of(part) is PartState.BACK:
                yield Doubt(key, f"This says that {part} is down, but it is marked as back.")
            elif back and not down and part in row.states and row.state_of(part) is PartState.DOWN:
                yield Doubt(key, f"This says that {part} is back, but it is marked as still failing.")


def _cause(row: IncidentRow, texts: Mapping[str, str]) -> Iterator[Doubt]:
    identified = IncidentStatus(row.status) is IncidentStatus.IDENTIFIED
    unknown = {key for key, line in _lines(texts, ("cause", *_OF_THE_STATE)) if _UNKNOWN.search(line)}
    named = "cause" in texts and "cause" not in unknown
    if identified and not named:
        yield Doubt("cause", "The status says that the cause is identified, but it does not stand here.")
    if named:
        for key in sorted(unknown):
            yield Doubt(key, "This says that the cause is not known, but the sheet names it.")


# --- where to turn ---------------------------------------------------------------------------------------------


def _numbers(texts: Mapping[str, str]) -> Iterator[Doubt]:
    """Telephone numbers that are not the one of the sheet."""
    ours = list(_phones(texts.get("phone", "")))
    for key, text in texts.items():
        for number in _phones(text) if ours and key != "phone" else ():
            if all(_digits(number)[-_TAIL:] != _digits(known)[-_TAIL:] for known in ours):
                yield Doubt(key, f"This names {number}, but phone says {', '.join(ours)}.")


def _phones(text: str) -> Iterator[str]:
    return (found[0].strip() for found in _PHONE.finditer(text) if not _DATE.search(found[0]))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _addresses(texts: Mapping[str, str]) -> Iterator[Doubt]:
    """The same fact that points to another site in another language."""
    for key, text in texts.items():
        name, _, language = key.partition(".")
        theirs, ours = _hosts(text), _hosts(texts.get(name, ""))
        if language and theirs and ours and not theirs & ours:
            yield Doubt(
                key, f"This points to {', '.join(sorted(theirs))}, but {_name(name)} to {', '.join(sorted(ours))}."
            )


def _hosts(text: str) -> set[str]:
    return {host for address in _ADDRESS.findall(text) if (host := _host(address))}


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""
