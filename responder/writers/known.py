"""What the fact sheet lets us say in one language: approved sentences as they stand, and facts that need no words."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from core.domain import FACT_NAMES, FactSheet, IncidentStatus
from responder.writers import spoken
from responder.writers.bearing import bare
from responder.writers.phrasebook import Phrasebook

TEXTS = tuple(name for name in FACT_NAMES if name != "phone")
"""The facts that are told in sentences."""

_EMERGENCY = re.compile(r"\b(?:911|112|999|000|emergenc\w+|urgences?)\b", re.IGNORECASE)
_SPOKEN_LINES = re.compile(r"call|phone|voice|appel|téléph|telef|llamad", re.IGNORECASE)
_PAGES = re.compile(r"\b(?:web|site|website|status|portal|app|sitio|página|portail)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[\"“«¿¡(]?[A-ZÀ-Þ0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:[A-ZÀ-Þ][a-zà-ÿ]{0,2}|approx|vs|etc)|\b[ap]\.m|\be\.g|\bi\.e)\.$")


# A sentence that points back in its first words does not stand without the one before it.
_POINTING = re.compile(
    r"(?:\S+ ){1,4}?(?:it|them|each one|each of (?:them|these)|\w+[aei]rl[oa]s?|cada un[oa])\b|(?:las|los) de\b"
    r"|(?:it|its|they|their|them|this|that|these|those|he|she|there|then|so|but|and|however|il|ils|elle|elles|cela|ça|ce|"
    r"ceci|cette|ces|celui|celle|ensuite|puis|mais|esto|eso|ello|ella|ellos|ellas|este|esta|ese|esa|luego|pero)\b",
    re.IGNORECASE,
)


class Phase(StrEnum):
    """How a reply speaks of the failure."""

    NONE = "none"  # nothing confirmed
    OPEN = "open"
    MONITORING = "monitoring"  # coming back, not over
    RESOLVED = "resolved"


_PHASES = {
    IncidentStatus.INVESTIGATING: Phase.OPEN,
    IncidentStatus.IDENTIFIED: Phase.OPEN,
    IncidentStatus.MONITORING: Phase.MONITORING,
    IncidentStatus.RESOLVED: Phase.RESOLVED,
    IncidentStatus.CLOSED: Phase.RESOLVED,
}


def sentences(text: str) -> tuple[str, ...]:
    """A text cut at its sentence borders, each sentence closed by a mark; abbreviations do not end one."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return tuple(part if part[-1] in '.!?…:"”»)' else f"{part}." for part in parts if part)


def units(text: str) -> tuple[str, ...]:
    """The parts of a text that can be said alone: its sentences, one that points back joined to the one before."""
    parts: list[str] = []
    for sentence in sentences(text):
        if parts and _POINTING.match(sentence):
            parts[-1] = f"{parts[-1]} {sentence}"
        else:
            parts.append(sentence)
    return tuple(parts)


def language_of(text: str, books: Mapping[str, Phrasebook], default: str) -> str:
    """The language whose small words a text holds most of; ``default`` when none stands out."""
    small = text.lower()
    words = [*zip(*(re.findall(r"[^\W\d_]+", one) for one in (small, bare(small))), strict=False)]
    counts = {
        name: sum(word in book.function_words or plain in book.words.common for word, plain in words)
        for name, book in books.items()
    }
    best = max(counts, key=lambda name: (counts[name], name == default))
    return best if counts[best] > 0 else default


class Known:
    """A fact sheet read for one reply. Facts written in another language are known but have no words here."""

    def __init__(self, sheet: FactSheet, books: Mapping[str, Phrasebook], language: str, now: datetime) -> None:
        self.sheet, self.books, self.book, self.now = sheet, books, books[language], now
        self.phase = _PHASES.get(sheet.status, Phase.NONE) if sheet.status else Phase.NONE
        home = language_of(" ".join(sheet.facts.values()), books, next(iter(books)))  # in doubt, as the others
        self.languages = {name: language_of(text, books, home) for name, text in sheet.facts.items() if text}

    @property
    def lasting(self) -> bool:
        """Whether a failure is confirmed and not over."""
        return self.phase in {Phase.OPEN, Phase.MONITORING}

    def has(self, name: str) -> bool:
        """Whether a fact is known, in whatever language."""
        return any(key.split(".")[0] == name and text.strip() for key, text in self.sheet.facts.items())

    def said(self, name: str) -> tuple[str, ...]:
        """A fact's parts in the reply's language: its own variant (``cause.fr``), or the text when it is in it."""
        if variant := self.sheet.get(f"{name}.{self.book.language}").strip():
            return units(variant)
        text = self.sheet.get(name).strip()
        return units(text) if text and self.languages[name] == self.book.language else ()

    def approved(self) -> dict[str, str]:
        """Every part of every fact that can be said in the reply's language, with the fact's name."""
        return {unit: name for name in TEXTS for unit in self.said(name)} if self.phase is not Phase.NONE else {}

    def concept(self, name: str, *, negated: bool = False) -> tuple[re.Match[str], str] | None:
        """A claim that stands in the facts in another language and that we know how to say in every one.

        Returns the match and the fact's name; sentences with a negation are left alone, unless it is one itself.
        """
        for fact, language in self.languages.items():
            book = self.books[language]
            for sentence in sentences(bare(self.sheet.facts[fact])):
                match = book.concepts[name].search(sentence)
                if match and (negated or not book.signals["not"].search(sentence)):
                    return match, fact.split(".")[0]
        return None

    def places(self, state: str) -> tuple[str, ...]:
        """The places that the scope, in whatever language, calls "back" or "still" without: those told of alone."""
        text = self.sheet.get("scope")
        if not text:
            return ()
        book, other = self.books[self.languages["scope"]], {"back": "still", "still": "back"}[state]
        clauses = [clause for sentence in sentences(bare(text)) for clause in re.split(r"[;,:]", sentence)]
        told = [
            clause
            for clause in clauses
            if book.concepts[state].search(clause) and not book.concepts[other].search(clause)
        ]
        return tuple(name for name in self.sheet.regions if any(bare(name) in clause for clause in told))

    def order(self) -> tuple[str, ...]:
        """The places in the order in which the next step takes them, where it names one after the other."""
        text = self.sheet.get("next_step")
        if not text:
            return ()
        after = self.books[self.languages["next_step"]].concepts["order"]
        for sentence in sentences(bare(text)):
            found = sorted((sentence.find(bare(name)), name) for name in self.sheet.regions if bare(name) in sentence)
            gaps = [sentence[at + len(name) : next_at] for (at, name), (next_at, _) in pairwise(found)]
            if gaps and all(after.search(gap) for gap in gaps):
                return tuple(name for _, name in found)
        return ()

    def emergency(self) -> tuple[str, str]:
        """The sentence about emergency calls in the reply's language, and the fact it stands in; ("", "") if none."""
        for name in ("scope", "workaround", "next_step"):
            for sentence in self.said(name):
                if _EMERGENCY.search(sentence):
                    return sentence, name
        return "", ""

    def eta(self) -> bool:
        """Whether the facts say when the service comes back, so that a reply must not say it is unknown."""
        texts = [bare(text) for name, text in self.sheet.facts.items() if name.split(".")[0] in {"scope", "next_step"}]
        return any(book.signals["eta"].search(text) for text in texts for book in self.books.values())

    def components(self) -> str:
        """The failing components as people say them, or the plain word for the service when one has no such name."""
        terms = list(dict.fromkeys(self._term(name) for name in self.sheet.components))
        return spoken.listed(terms, self.book) if terms and all(terms) else self.book.speak["service"]

    def _term(self, name: str) -> str:
        return self.book.terms.get(name.casefold(), "") or (name if self._sayable(name) else "")

    def _sayable(self, name: str) -> bool:
        """Whether it is a name or in the reply's language: "all countries" has no place in a French sentence."""
        return name[:1].isupper() or self.book.language == language_of(name, self.books, next(iter(self.books)))

    def regions(self) -> str:
        """The places as one lists them; "" when one of them cannot be said in this language."""
        names = self.sheet.regions
        return spoken.listed(names, self.book) if all(map(self._sayable, names)) else ""

    def in_regions(self) -> str:
        regions = self.regions()
        return self.book.speak["in_regions"].format(regions=regions) if regions else ""

    def began(self) -> str:
        """As ", since 6:40 am", ", starting at 6:40 am" when it is over, or "" when the start is not known."""
        moment = self.sheet.started_at
        if not moment:
            return ""
        if self.phase is Phase.RESOLVED:
            return self.book.speak["began_past"].format(at=spoken.at(moment, self.now, self.book))
        return self.book.speak["began"].format(since=spoken.since(moment, self.now, self.book))

    def next_update(self) -> str:
        """As "at 2:30 pm"; "" when no time is set or it has passed: a passed time is not a promise to repeat."""
        moment = self.sheet.next_update_at
        return spoken.at(moment, self.now, self.book) if moment and moment > self.now else ""

    def link(self) -> str:
        """The place to look, unless pages themselves are failing."""
        down = self.phase is not Phase.RESOLVED and any(map(_PAGES.search, self.sheet.components))
        return "" if down or not self.sheet.links else self.sheet.links[0]

    def phone(self) -> str:
        """The number to call, unless calls themselves are failing."""
        down = self.phase is not Phase.RESOLVED and any(map(_SPOKEN_LINES.search, self.sheet.components))
        return "" if down else self.sheet.get("phone").strip()
