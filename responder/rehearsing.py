"""Tries a phrasing before it is taken over: every cell of the journey map, with little, much and everything known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product

from core.domain import FactSheet, Finding, Ground, Impact, IncidentStatus, Level, Plan, Stage, Voice
from core.errors import Refused
from responder.gate import Candidate
from responder.learning import Proposal
from responder.lengths import usual
from responder.writers import Brief
from responder.writers.phrasebook import Phrasebook
from responder.writers.playbook import PlaybookWriter

PLATFORM = "reddit"  # has room for every sentence
_VOICE = Voice(name="Northwind", handles=("@northwind", "u/northwind"))
_FACTS = {
    "scope": "Since 8:05 most customers in Arden and Beckfield cannot call. Calls to 112 still go through.",
    "cause": "A setting we changed overnight made our network turn phones away.",
    "next_step": "We are changing it back, Arden first.",
    "workaround": "If you have Wi-Fi, turn on Wi-Fi calling in your phone's settings.",
    "compensation": "Two days of credit for every affected customer, applied automatically.",
    "prevention": "From now on two people check each change before it is made.",
}

Plans = Callable[[Stage, Impact, FactSheet], Plan]
Inspect = Callable[[Candidate], tuple[Finding, ...]]


@dataclass
class Tried:
    """``replies``: different ones that held the phrasing; ``blocked``: those that do not pass, and why."""

    replies: int = 0
    blocked: list[tuple[str, Finding]] = field(default_factory=list)


def rehearse(
    books: Mapping[str, Phrasebook],
    proposal: Proposal,
    after: str,
    *,
    plans: Plans,
    inspect: Inspect,
    languages: Sequence[str],
    now: datetime,
) -> Tried:
    """Every different reply of the map that holds the phrasing, through the gate.

    A reply is blocked by it when the gate says something that it does not say with the phrasing before. Raises Refused
    when none holds it: what cannot be tried cannot be taken over.
    """
    new, old = (_saying(books, proposal, form, languages) for form in (after, proposal.before))
    tried, seen = Tried(), set[str]()
    for brief in _briefs(proposal, plans, now):
        written = new.write(brief)
        if written.text in seen or not any(_says(ground, proposal.line, after) for ground in written.grounds):
            continue
        seen.add(written.text)
        stops = _stops(written.text, brief, inspect)
        known = (
            {(each.check, each.message) for each in _stops(old.write(brief).text, brief, inspect)} if stops else set()
        )
        tried.blocked += [(written.text, each) for each in stops if (each.check, each.message) not in known][:1]
    tried.replies = len(seen)
    if not tried.replies:
        raise Refused("no reply of the journey map uses this phrasing, so it cannot be tried; nothing was changed")
    return tried


def _saying(books: Mapping[str, Phrasebook], proposal: Proposal, form: str, languages: Sequence[str]) -> PlaybookWriter:
    """A playbook that has one phrasing of the line and no other."""
    book = books[proposal.language]
    only = replace(book, lines={**book.lines, proposal.line: (form,)})
    return PlaybookWriter({**books, proposal.language: only}, languages=(proposal.language, *languages))


def _briefs(proposal: Proposal, plans: Plans, now: datetime) -> Iterator[Brief]:
    """A customer whose reply was edited, in every cell with everything known, and in every stage with less."""
    example = next((each for each in proposal.examples if each.reading is not None), None)
    if example is None or example.reading is None:
        return
    full, *others = _sheets(now)
    cells = [*product(Stage, Impact, [full]), *product(Stage, [example.reading.impact], others)]
    for number, (stage, persona, sheet) in enumerate(cells):
        yield Brief(
            mention_id=f"{number}",
            platform=PLATFORM,
            author="sam",
            text=example.said,
            language=proposal.language,
            reading=replace(example.reading, impact=persona),
            plan=plans(stage, persona, sheet),
            sheet=sheet,
            now=now,
            limit=usual(PLATFORM).longest,
        )


def _says(ground: Ground, line: str, form: str) -> bool:
    return ground.line == line and ground.form == form


def _stops(text: str, brief: Brief, inspect: Inspect) -> list[Finding]:
    candidate = Candidate(
        reply=text, platform=brief.platform, mention=brief.text, author=brief.author, sheet=brief.sheet
    )  # fmt: skip
    return [finding for finding in inspect(candidate) if finding.level is Level.BLOCK]


def _sheets(now: datetime) -> tuple[FactSheet, ...]:
    """Everything known; almost nothing; all over; and no incident at all."""
    start, soon = now - timedelta(hours=4), now + timedelta(hours=2)
    full = FactSheet(
        brand=_VOICE, title="Calls and data", status=IncidentStatus.IDENTIFIED, started_at=start, next_update_at=soon,
        components=("calls", "mobile data"), regions=("Arden", "Beckfield"), facts=_FACTS,
        links=("https://status.northwind.example",),
    )  # fmt: skip
    over = {name: _FACTS[name] for name in ("cause", "compensation", "prevention")}
    return (
        full,
        FactSheet(brand=_VOICE, status=IncidentStatus.INVESTIGATING, started_at=start),
        replace(full, status=IncidentStatus.RESOLVED, next_update_at=None, facts=over),
        FactSheet(brand=_VOICE),
    )
