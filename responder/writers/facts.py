"""What may be said of a fact sheet to one customer, as pieces."""

import re
from collections.abc import Sequence

from core.domain import IncidentStatus, Intent, Move
from responder.writers import Brief
from responder.writers.bearing import bare
from responder.writers.heard import Heard
from responder.writers.known import Known, Phase
from responder.writers.pieces import SPARE, SPECIFIC, TOLD, UPDATE, USUAL, Piece
from responder.writers.spoken import amount, listed

_MOVES = {
    "scope": (Move.EXPLAIN, "scope.lead"),
    "cause": (Move.EXPLAIN, "cause.lead"),
    "next_step": (Move.NEXT_STEP, "step.lead"),
    "workaround": (Move.NEXT_STEP, "help.lead"),
    "compensation": (Move.MAKE_GOOD, "credit.lead"),
    "prevention": (Move.PREVENT, "prevent.lead"),
}
_ON_REQUEST = re.compile(
    r"(?<!not )(?<!to )\b(?:apply|claim|ticket|form|ask for|write to|contact|solicit\w*|pedir|pida\w*|formulario"
    r"|reclam\w*|demand(?:er|ez)|formulaire)\b",
    re.IGNORECASE,
)


class Facts:
    """The sheet's side of one reply. Every list is in speaking order; the later pieces are dropped first."""

    def __init__(self, brief: Brief, known: Known, heard: Heard) -> None:
        self.brief, self.known, self.heard = brief, known, heard

    def fact(self, name: str, move: Move, lead: str) -> list[Piece]:
        said = [each for each in self.known.said(name) if self.heard.frail or not self._for_the_frail(each)]
        first = [Piece(move=move, line=lead, slots={"fact": said[0]}, facts=(name,))] if said else []
        return first + [Piece(move=move, verbatim=each, facts=(name,), keep=SPARE) for each in said[1:]]

    def _for_the_frail(self, sentence: str) -> bool:
        return bool(self.known.book.signals["vulnerable"].search(bare(sentence)))

    def pointed_at(self) -> list[Piece]:
        """The sentences that speak of what this customer named, the nearest first."""
        return [self._pointed_at(name, sentence) for sentence, name in self.heard.points.items()]

    def _pointed_at(self, name: str, sentence: str) -> Piece:
        move, lead = _MOVES[name]
        said = self.known.said(name)
        if name == "cause" and sentence != said[0] and not self.known.book.signals["fine"].search(bare(sentence)):
            sentence = f"{said[0]} {sentence}"  # the second half of a story tells nothing alone
        if self.known.phase is Phase.RESOLVED or sentence != said[0]:
            return Piece(move=move, verbatim=sentence, facts=(name,))
        return Piece(move=move, line=lead, slots={"fact": sentence}, facts=(name,))

    def cause(self) -> list[Piece]:
        """The cause in approved words, or that it is not known, or that its words are not ready in this language."""
        if said := self.fact("cause", Move.EXPLAIN, "cause.lead"):
            return said
        unknown = "cause.unknown_past" if self.known.phase is Phase.RESOLVED else "cause.unknown"
        line = "cause.elsewhere" if self.known.has("cause") else unknown
        if denied := self._denied():
            return denied
        return [Piece(move=Move.EXPLAIN, line=line, facts=("cause",) if self.known.has("cause") else ())]

    def _denied(self) -> list[Piece]:
        """Of facts in another language at least what they rule out, which reads alike in every one."""
        if not self.known.has("cause"):
            return []
        found = [(name, self.known.concept(name, negated=True)) for name in ("no_attack", "no_leak")]
        return [Piece(move=Move.EXPLAIN, line=f"cause.{name}", facts=(match[1],)) for name, match in found if match]

    def credit(self) -> list[Piece]:
        """The compensation policy; [] when none is set."""
        if said := self.fact("compensation", Move.MAKE_GOOD, "credit.lead"):
            return said
        extra = self.known.concept("automatic")
        automatic = [Piece(move=Move.MAKE_GOOD, line="credit.automatic", facts=("compensation",), keep=SPARE)]
        whole = not _ON_REQUEST.search(bare(self.known.sheet.get("compensation")))  # nothing of it must be asked for
        automatic = automatic if whole and extra and extra[1] == "compensation" else []
        if (found := self.known.concept("credit_days")) and found[1] == "compensation":
            number = self._number(found[0]["number"])
            days = {"days": amount(number, "day", self.known.book)}
            pieces = [Piece(move=Move.MAKE_GOOD, line="credit.days", slots=days, facts=("compensation",)), *automatic]
            return pieces if number else []
        if not self.known.has("compensation"):
            return []
        return [Piece(move=Move.MAKE_GOOD, line="credit.elsewhere", facts=("compensation",)), *automatic]

    def _number(self, said: str) -> int:
        words = {word: value for book in self.known.books.values() for word, value in book.number_words.items()}
        return int(said) if said.isdigit() else words.get(said.lower(), 0)

    def prevention(self) -> list[Piece]:
        return self.fact("prevention", Move.PREVENT, "prevent.lead")

    def help(self) -> list[Piece]:
        """What helps now; [] when nothing is known to."""
        if said := self.fact("workaround", Move.NEXT_STEP, "help.lead"):
            return said
        found = self.known.concept("wifi_calling")
        return [Piece(move=Move.NEXT_STEP, line="safety.wifi_calling", facts=(found[1],))] if found else []

    def steps(self) -> list[Piece]:
        """What is done next in approved words; in another language at least the order of the places."""
        if said := self.fact("next_step", Move.NEXT_STEP, "step.lead"):
            return said
        if self.known.phase is Phase.RESOLVED or not (order := self.known.order()):
            return []
        slots = {"regions": listed(order, self.known.book)}
        return [Piece(move=Move.NEXT_STEP, line="step.order", slots=slots, facts=("next_step", "regions"))]

    def update(self) -> list[Piece]:
        """When we speak again; [] when that is not set: no time is ever made up."""
        if when := self.known.next_update():
            facts = ("next_update_at",)
            return [Piece(move=Move.NEXT_STEP, line="update.at", slots={"at": when}, facts=facts, keep=UPDATE)]
        return []

    def safety(self) -> list[Piece]:
        """What a person at risk can use now: the emergency line if the sheet speaks of it, then the workaround."""
        if self.known.phase is Phase.RESOLVED:
            return [self.status_line()]
        return [*self._theirs(), *self._emergency()]

    def _theirs(self) -> list[Piece]:
        """What helps the old and the ill in particular."""
        said = [each for each in self.known.said("workaround") if self._for_the_frail(each)]
        return [Piece(move=Move.NEXT_STEP, verbatim=each, facts=("workaround",)) for each in said]

    def _emergency(self) -> list[Piece]:
        sentence, name = self.known.emergency()
        if sentence:
            return [
                Piece(move=Move.NEXT_STEP, line="safety.lead", slots={"fact": sentence}, facts=(name,)),
                *self.help(),
            ]
        if found := self.known.concept("emergency"):
            slots = {"number": found[0]["number"]}
            return [Piece(move=Move.NEXT_STEP, line="safety.emergency", slots=slots, facts=(found[1],)), *self.help()]
        if "safe" in self.heard.asks:
            return [Piece(move=Move.NEXT_STEP, line="safety.unknown"), *self.help()]
        return self.help() or [Piece(move=Move.NEXT_STEP, line="safety.advice")]

    def status_line(self) -> Piece:
        known = {
            IncidentStatus.INVESTIGATING: "investigating",
            IncidentStatus.IDENTIFIED: "identified",
            IncidentStatus.MONITORING: "monitoring",
        }
        status = self.known.sheet.status
        line = known.get(status, "resolved") if status else "investigating"
        return Piece(move=Move.EXPLAIN, line=f"status.{line}", facts=("status",))

    def scope(self) -> list[Piece]:
        """Which services, where, since when: the approved text, or the bare facts while they still hold."""
        over = self.known.phase is Phase.RESOLVED
        if self.known.phase is Phase.MONITORING and (partly := self.partly()):
            return [partly]
        if said := self.fact("scope", Move.EXPLAIN, "scope.lead"):
            return [piece.held(piece.keep - 12) for piece in said]
        if self.known.phase is Phase.MONITORING:
            return self.places() or [self.status_line()]
        sheet = self.known.sheet
        values = {"components": sheet.components, "regions": sheet.regions, "started_at": sheet.started_at}
        slots = {
            "components": self.known.components(),
            "in_regions": self.known.in_regions(),
            "since": self.known.began(),
        }
        line = "scope.past" if over else "scope.line"
        used = tuple(name for name, value in values.items() if value)
        return [Piece(move=Move.EXPLAIN, line=line, slots=slots, facts=used, keep=USUAL - 12)] if used else []

    def partly(self) -> Piece | None:
        """What is back and what is not, never one without the other; for a named place, what is said of it."""
        said, sheet = self.known.said("scope"), self.known.sheet
        here = [each for each in said if self.heard.region and self.heard.region.casefold() in each.casefold()]
        some = _of_some(said, [*sheet.regions, *sheet.restored]) or _of_some(said, [*sheet.components, *sheet.restored])
        text = " ".join(here or some or said[:2])
        slots = {"fact": text}
        return (
            Piece(move=Move.EXPLAIN, line="scope.lead", slots=slots, facts=("scope",), keep=SPECIFIC) if text else None
        )

    def well(self) -> list[Piece]:
        """What works and what was not lost, in the scope's own words: what somebody afraid hears first."""
        fine = self.known.book.signals["fine"]
        said = [each for each in self.known.said("scope") if fine.search(bare(each))]
        first = said[:1] if self.known.lasting else []
        return [Piece(move=Move.EXPLAIN, verbatim=each, facts=("scope",), keep=TOLD) for each in first]

    def places(self) -> list[Piece]:
        """Which places have it back and which do not, where the scope's own words are in another language."""
        back, still = self.known.places("back"), self.known.places("still")
        if not back or not still or set(back) & set(still):
            return []
        slots = {"back": listed(back, self.known.book), "still": listed(still, self.known.book)}
        return [Piece(move=Move.EXPLAIN, line="scope.partly", slots=slots, facts=("scope",), keep=SPECIFIC)]

    def place(self) -> list[Piece]:
        if not self.heard.region or self.known.phase is Phase.MONITORING:
            return []
        line = "ack.place_past" if self.known.phase is Phase.RESOLVED else "ack.place"
        slots = {"region": self.heard.region}
        return [Piece(move=Move.EXPLAIN, line=line, slots=slots, facts=("regions",))]

    def reports_failure(self) -> bool:
        asked = {Intent.OUTAGE_REPORT, Intent.STATUS_QUESTION} & set(self.brief.reading.intents)
        return self.brief.reading.outage or bool(asked) or bool({"me", "when", "status"} & set(self.heard.asks))


def _of_some(sentences: Sequence[str], names: Sequence[str]) -> list[str]:
    """The sentences that name some of the parts or places; one that names all of them tells how it began."""
    named = {each: sum(name.casefold() in each.casefold() for name in names) for each in sentences}
    return [each for each, count in named.items() if 0 < count < len(names)]
