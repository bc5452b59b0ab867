"""Nothing may be left to fill in."""

import re
from collections.abc import Iterator

from core.domain import Finding
from responder.gate import Candidate
from responder.gate.reading import LONGEST_HEARD, LONGEST_READ, block, shown

NAME = "placeholder"
_BLANKS = (
    r"\{\{?[^{}\n]{0,60}\}\}?",
    r"\[[^\[\]\n]{1,60}\](?!\()",
    r"<(?!3)[^<>\n]{1,60}>",
    r"%[({]?[a-z_]{2,30}[)}]?[%s]",
    r"\$\{?[A-Z_]{3,30}\}?|\$[a-z_]{3,30}\b",
    r"\b(?:TODO|TBD|TBC|TBA|FIXME|XXX*|PLACEHOLDER|INSERT|LOREM)\b|\b[xX]{3,}\b|\b(?-i:N/A|N\.N\.|NN|ÀÀÀ|PTE)\b",
    r"\bX (?:hours?|minutes?|days?|customers?|heures?|horas?|%|€)|(?<=[$€£])X+\b",
    r"\b[A-Z]{2,}(?:_[A-Z0-9]{2,})+\b|_{3,}|\.{4,}|…{2,}|\?{3,}",
    (
        r"\b(?i:insert|add|enter|fill in) (?:the )?(?i:name|time|date|link|region|area"
        r"|cause|number|here)\b(?= ?(?:here|\)|\]|$))"
    ),
    (
        r"\((?i:area|region|name|time|date|link|city|cause|zone|ville|heure|lien|nom"
        r"|nombre|hora|fecha|enlace|zona|ciudad|agent|initials)\)"
    ),
    r"\b(?:NOMBRE|NOM|NAME|FECHA|HORA|HEURE|DATE|TIME|LINK|ENLACE|LIEN|REGION|CITY|CIUDAD|VILLE|CUSTOMER|CLIENTE?)\b",
    (
        r"\((?i:your|agent|customer|the|name|insert|time|date|link|nombre|nom|votre|tu|su|hora|heure|enlace|lien)"
        r"(?: (?i:name|time|date|link|agent|nom|nombre|agente|region|area|here|ici|aqui|aquí|initials)){0,2}\)"
    ),
    (  # "(film title here)"; "(nothing new here)" says something
        r"\((?:[^\W\d_]+ ){0,3}(?i:name|title|time|date|link|area|region|city|town|cause|amount|number|address|nom"
        r"|titre|heure|lien|zone|ville|montant|numéro|adresse|nombre|título|hora|fecha|enlace|zona|ciudad|importe|número"
        r"|dirección) (?i:goes )?(?i:here|ici|aqui|aquí)\)"
    ),
    r"(?:^|\s)[\^~](?:\s*$|[a-z]+_[a-z]+|(?i:agent|name|initials|xx?)\b)",
    r"\b(?i:customer|first|last|user|agent|region|area|city|brand|company)_(?i:name|id|area|time)\b",
)


def check(candidate: Candidate) -> Iterator[Finding]:
    """One finding for every blank: braces, brackets, TODO, an empty sign-off."""
    known = candidate.mention[:LONGEST_HEARD] + "\n".join(candidate.sheet.facts.values())
    for match in re.compile("|".join(_BLANKS), re.MULTILINE).finditer(candidate.reply[:LONGEST_READ]):
        text = match[0].strip()
        if (text in known and any(char.isalpha() for char in text)) or (text.isupper() and candidate.reply.isupper()):
            continue
        said = shown(candidate, match.start(), match.end())
        yield block(NAME, match.start(), match.end(), f"'{said}' was never filled in. Fill it in or take it out.")
