"""Whether a post is about the brand at all. Some brands are called like everyday things: three, orange, boost, cricket.

Evidence is added up as log-odds: how the name stands in the text, which words stand around it, what the reading says.
A post that addresses the brand is about it; one in which no name of the brand occurs says nothing, and is kept.
"""

import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from core import settings
from core.domain import About, Intent, Reading, bare_handle

LEAST = 0.3
"""Below it a post is not counted and not answered. Low, since a customer lost costs more than a stranger counted."""

_KIND = re.MULTILINE | re.IGNORECASE
_SERVICE = re.compile(
    r"\b(?:signal|network|coverage|data|internet|wi-?fi|broadband|fib(?:re|er)|router|modem|sim|esim|e-sim|roaming|"
    r"hotspot|4g|5g|lte|phone (?:line|number|bill|company|service|plan)|bill(?:ed|ing|s)?|contract|top.?up|recharge|"
    r"prepaid|outages?|carriers?|provider|isp|telecom|customer (?:service|care|support|services)|tech support|"
    r"account|app|log ?in|password|porting|switch(?:ed|ing)? to|unlimited|upload|download|mbps|gbps|speeds?|latency|"
    r"connection|disconnect(?:s|ed|ing)?|reconnect|technician|engineer|install(?:ation|er)?|voicemail|texts?|sms|"
    r"calls?|r[eé]seau|panne|forfait|facture|box|fibre|service client|op[eé]rateur|abonnement|conseiller|ligne|"
    r"d[eé]bit|se[nñ]al|red|cobertura|datos|factura|tarifa|compa[nñ][ií]a|operador(?:a)?|atenci[oó]n al cliente|"
    r"ca[ií]d[oa]|power|electricity|streaming|stream|subscription|refund|flight|airline|delivery|bank|card)\b",
    _KIND,
)
_TOWARDS = (
    r"(?:with|from|on|at|to|by|via|using|use|hate|love|dear|hey|hi|hello|thanks|thank you|chez|avec|merci|bonjour|"
    r"con|de|en|gracias|hola|leaving|left|joining|joined|paying|pay|called|calling|is|are)"
)
_BEFORE = re.compile(rf"\b{_TOWARDS}\s+(?:the\s+)?$", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:'s\b|,|\s+(?:is|are|has|have|was|keeps|wifi|internet|network|mobile|uk|support)\b)", re.IGNORECASE
)
_COUNTED = re.compile(r"\s+(?!is\b|has\b|was\b)[a-z]+s\b")
_COUNTS = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})


@cache
def everyday_names() -> dict[str, list[str]]:
    """Names that are everyday words, with the words beside which the everyday thing is meant."""
    return tomllib.loads(Path(__file__).with_name("homonyms.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Brand:
    """What the brand is called. ``context``: words that show it is meant; ``homonyms``: words that show it is not."""

    name: str
    handles: Sequence[str] = ()
    aliases: Sequence[str] = ()
    context: Sequence[str] = ()
    homonyms: Sequence[str] = ()

    @cached_property
    def names(self) -> re.Pattern[str]:
        """Any name as a whole word, or as a hashtag."""
        spelled = {self.name, *self.aliases, *(bare_handle(handle).split(".")[0] for handle in self.handles)}
        words = [re.escape(word) for word in sorted(spelled, key=len, reverse=True) if word.strip()]
        return re.compile(rf"(?<![\w@/.])#?(?:{'|'.join(words) or '(?!)'})(?!\w)", re.IGNORECASE)

    @cached_property
    def addressed(self) -> re.Pattern[str]:
        """Any handle as it is written on its platform."""
        words = [re.escape(handle) for handle in sorted(self.handles, key=len, reverse=True)]
        return re.compile(rf"(?<![\w/]){'(?:' + '|'.join(words) + ')' if words else '(?!)'}(?!\w)", re.IGNORECASE)

    @cached_property
    def everyday(self) -> bool:
        """Whether the name is an everyday word, so that its bare occurrence says little."""
        return self.name.casefold() in everyday_names() or bool(self.homonyms)

    @cached_property
    def _strange(self) -> re.Pattern[str]:
        return _any([*self.homonyms, *everyday_names().get(self.name.casefold(), ())])

    @cached_property
    def _ours(self) -> re.Pattern[str]:
        return _any(self.context)

    def context_hits(self, text: str) -> int:
        """How many of the brand's own context words stand in a text."""
        return len(set(self._ours.findall(text.casefold())))

    def homonym_hits(self, text: str) -> int:
        """How many words that show another meaning stand in a text."""
        return len(set(self._strange.findall(text.casefold())))


def brand_of(said: settings.Brand) -> Brand:
    """From the configuration."""
    return Brand(said.name, said.handles, said.aliases, said.context, said.homonyms)


def _any(words: Iterable[str]) -> re.Pattern[str]:
    spelled = sorted((word.casefold() for word in words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, spelled)) or '(?!)'})(?!\w)")


def relevance(brand: Brand, text: str, reading: Reading, *, addressed: bool) -> float | None:
    """How likely a post is about the brand, 0..1; None when no name of it occurs, so that nothing tells.

    ``addressed``: the author tagged, quoted or answered the brand. Any text; linear time.
    """
    text = text[:4000].replace("’", "'")
    if addressed or brand.addressed.search(text):
        return 1.0
    places = list(brand.names.finditer(text))[:20]
    if not places:
        return None
    if not brand.everyday:
        return _share(3.0 - 0.2 * (reading.about is About.OTHER))
    evidence = max(_standing(text, place) for place in places) + _around(brand, text) + _read(reading)
    return _share(evidence - 1.0)


def _standing(text: str, place: re.Match[str]) -> float:
    """How the name stands where it occurs: as a name is written, or as the everyday word is used."""
    said, before, after = place[0].lstrip("#"), text[: place.start()], text[place.end() :]
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    opening = not before.strip() or before.rstrip()[-1:] in '.!?\n"“'
    score = 0.6 if place[0].startswith("#") else 0.0
    if said[:1].isalpha() and not shouted:
        titled = len(re.findall(r"\b[A-Z][a-z]", text)) * 2 > len(text.split())
        named = said[0].isupper()
        score += (0.3 if opening or titled else 1.3) if named else -0.9
    score += 0.8 * bool(_BEFORE.search(before[-30:])) + 0.8 * bool(_AFTER.match(after))
    # three pubs
    return score - 2.5 * (said.casefold() in _COUNTS and bool(_COUNTED.match(after)))


def _around(brand: Brand, text: str) -> float:
    """The words around: those of a service, the brand's own, and those of another meaning."""
    bare = brand.names.sub(" ", text)
    service = len({found.casefold() for found in _SERVICE.findall(bare)})
    strange = brand.homonym_hits(text)
    return 1.4 * min(service, 2) + 2.0 * min(brand.context_hits(text), 2) - 1.3 * min(strange, 3)


def _read(reading: Reading) -> float:
    """What the reading says: customers of a service, or something else."""
    wants = {Intent.SUPPORT_REQUEST, Intent.COMPENSATION_REQUEST, Intent.CHURN_THREAT, Intent.COMPLAINT}
    score = 0.9 if reading.outage else 0.0
    score += 0.5 if wants & set(reading.intents) else 0.0
    return score + (0.3 if reading.about is About.SERVICE else -1.2)


def _share(odds: float) -> float:
    return round(1 / (1 + math.exp(-odds)), 4)
