"""Nothing is said of who or how many are hit, or that nobody was hurt, that the facts do not say."""

import re
from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import (
    Clause,
    block,
    body,
    clauses,
    customer_text,
    facts_text,
    fold,
    heard,
    holds,
    named,
    rx,
    shown,
)

NAME = "scope"
_UNHURT = (
    r"\b(?:nobody|no[- ]one|personne|nadie)\b.{0,20}\b(?:hurt|injured|harmed|killed|in danger|at risk|blesse\w*"
    r"|en danger"
    r"|herid\w*|lesionad\w*|en peligro)\b|\b(?:no|aucun|ningun) (?:danger|risk|risque|peligro|riesgo)\b"
    r"|\b(?:harmless|sans danger|inofensiv\w*|nothing but|perfectly safe|is safe (?:to|for)|nobody can get in)\b"
    r"|\b(?:nobody|no one|personne|nadie)\b.{0,15}\b(?:ill|sick|malade|enfermo)\b"
    r"|\bno \w+ (?:got|was|were|is|has been|have been) (?:lost|stolen|damaged|leaked|taken|touched)\b"
    r"|\b(?:not|n'est pas|no es) (?:dangerous|dangereux|peligroso)\b"
)
_MOSTLY = (
    r"\b(?:mainly|mostly|chiefly|primarily|predominantly|for the most part|surtout(?! pas)|principalement"
    r"|essentiellement"
    r"|sobre todo|principalmente|mayormente|nationwide|country[- ]?wide|worldwide|across the country"
    r"|dans tout le pays|en todo el pais|other companies (?:too|as well)|seuls? les|seules? les|solo l[oa]s)\b"
)
_HIT = (
    r"\b(?:hit|affected|down|out|off|too|as well|also|same|yes|touche\w*|concerne\w*|aussi|egalement|oui|afectad\w*"
    r"|tambien|fail\w*|broke\w*|lost|without|cut"
    r"|si)\b"
)
_POINTS = (
    r"the|this|that|your|our|each|every|both|either|same|whole|one|another|which|any|affected|third|first|second|last"
    r"|and"
    r"|phone|live|direct|power|help|front|back|les?|cette|votre|notre|chaque|meme|deux|las?|los|est[ae]|su|cada|misma"
)
_KIND = r"\b(?:sorry|desol\w*|pardon|sentimos|perdon|thank\w*|merci|gracias)\b"
_GREETINGS = frozenset({"bonjour", "bonsoir", "salut", "merci", "hello", "thanks", "hola", "buenas", "gracias"})


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every clause that knows more of the harm's reach than the facts."""
    facts = facts_text(candidate.sheet)
    for clause in clauses(body(candidate)):
        if clause.question or candidate.sheet.status is None:
            continue
        for pattern in (_UNHURT, _MOSTLY):
            match = rx(pattern).search(clause.text)
            if pattern is _UNHURT and holds(facts, _UNHURT):
                continue  # the facts say as much
            if match and match[0] not in facts and not rx(_KIND).search(clause.text):
                yield _finding(candidate, clause, match.span())
        if lone := _only(clause, candidate, facts):
            yield _finding(candidate, clause, lone)
        if kin := _kin(candidate, clause, facts):
            yield _finding(candidate, clause, kin)
        yield from _elsewhere(candidate, clause, facts)


def _only(clause: Clause, candidate: Candidate, facts: str) -> tuple[int, int] | None:
    """'Only' one of several places, or other places and companies as well."""
    names = [fold(region) for region in candidate.sheet.regions]
    here = [name for name in names if name in clause.text]
    lone = rx(
        r"\b(?:only|just(?! (?:now|as|turn|for|come|show|ask|a)\b)|alone|seulement|seule?s?|uniquement|solo"
        r"|sol[oa]s|solamente|unicamente)\b"
    ).search(clause.text)
    if here and lone and len(here) < len(names) and not rx(r"\b(?:not|pas|no|bus|train|yet|if)\b").search(clause.text):
        return None if lone[0] in facts else lone.span()
    other = rx(
        r"\b(?:other|all) (?:towns|cities|regions|areas|countries|banks|companies|operators|providers)\b"
        r"|\b(?:d'autres|otr[oa]s) (?:villes|regions|pays|banques|ciudades|regiones|paises|bancos)\b"
    ).search(clause.text)
    return other.span() if other and other[0] not in facts and not clause.says_not() else None


def _elsewhere(candidate: Candidate, clause: Clause, facts: str) -> Iterator[Finding]:
    """A place that only the customer named, said to be hit."""
    if (
        clause.says_not()
        or rx(r"\b(?:if|whether|si)\b").search(clause.text)
        or not rx(_HIT).search(clause.text)
        or not candidate.sheet.regions
    ):
        return
    told = {fold(name) for name in rx(r"(?<![\w@#/])[A-Z][a-z]{3,20}\b").findall(heard(candidate))}
    regions = {part for region in candidate.sheet.regions for part in fold(region).split()}
    for name in sorted(told - regions - _GREETINGS):
        match = rx(rf"\b(?:in|a|en|and|,) {name}\b|^{name}\b(?=,| and| is| too)").search(clause.text)
        if match and name not in facts and name in customer_text(candidate) and _joined(clause, regions):
            yield _finding(candidate, clause, match.span())


def _kin(candidate: Candidate, clause: Clause, facts: str) -> tuple[int, int] | None:
    """A third "line" or "district" beside those that the facts name, said to be hit."""
    kinds = {fold(region).split()[-1] for region in candidate.sheet.regions if " " in region}
    if clause.says_not() or rx(r"\b(?:if|whether|si)\b").search(clause.text) or not rx(_HIT).search(clause.text):
        return None
    for kind in kinds:
        for match in rx(rf"\b([a-z]{{3,}}) {re.escape(kind)}\b").finditer(clause.text):
            if match[0] not in facts and not rx(_POINTS).fullmatch(match[1]):
                return match.span()
    return None


def _joined(clause: Clause, regions: set[str]) -> bool:
    """Whether the place is told beside one of the facts' places, or said to be hit as well."""
    return bool(
        named(clause.text, regions) or rx(r"\b(?:too|as well|also|aussi|egalement|tambien)\b").search(clause.text)
    )


def _finding(candidate: Candidate, clause: Clause, span: tuple[int, int]) -> Finding:
    start, end = clause.start + span[0], clause.start + span[1]
    said = shown(candidate, start, end)
    message = f"'{said}' says more of who is hit than the facts do. Keep to the scope in the fact sheet."
    return block(NAME, start, end, message)
