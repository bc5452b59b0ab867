"""Changed phrasings of the playbook: what approvers' edits propose, what a lead took over, and the playbook with it.

A phrasing is taken over only when every reply it can stand in still passes the gate; it can be taken back at any time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Lock
from typing import Any

from core.clock import Clock
from core.domain import Finding, Written
from core.errors import Conflict, InputError, Refused
from core.store import Session, Store, audit, edits, events, wordings
from core.store.wordings import BACK, REJECTED, TAKEN, WordingRow
from responder.learning import Edited, Proposal, proposals
from responder.rehearsing import Plans, rehearse
from responder.writers import Brief
from responder.writers.phrasebook import Phrasebook, check_line, load
from responder.writers.playbook import PlaybookWriter

LATELY = timedelta(days=90)  # edits that are learnt from
LONGEST = 400  # characters of a phrasing
_MAY_DECIDE = frozenset({"lead", "admin"})

Inspect = Callable[[Any], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Lead:
    """Who decides about the playbook."""

    name: str
    role: str


@dataclass
class LivingPlaybook:
    """The playbook with the phrasings in force. It looks for newer ones each time it writes, with one small query."""

    store: Callable[[], Store]
    brand: str
    languages: Sequence[str]
    _books: Mapping[str, Phrasebook] = field(default_factory=load, repr=False)
    _seen: int = field(default=-1, init=False)
    _writer: PlaybookWriter = field(init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._writer = PlaybookWriter(self._books, languages=self.languages)

    def write(self, brief: Brief) -> Written:
        """As PlaybookWriter.write. Raises Transient when the database is away."""
        return self.now().write(brief)

    def now(self) -> PlaybookWriter:
        """The writer with the phrasings in force now."""
        with self.store().read() as db:
            newest = wordings.newest_id(db, self.brand)
            with self._lock:
                if newest == self._seen:
                    return self._writer
            rows = wordings.in_force(db, self.brand)
        changed = PlaybookWriter(laid_over(self._books, rows), languages=self.languages)
        with self._lock:
            self._seen, self._writer = newest, changed
        return changed


def laid_over(books: Mapping[str, Phrasebook], rows: Iterable[WordingRow]) -> dict[str, Phrasebook]:
    """The language files with the phrasings in force, oldest first: one may have been changed again."""
    changed = dict(books)
    for row in rows:
        book = changed.get(row.language)
        if book is not None and row.line in book.lines and row.after:
            changed[row.language] = with_form(book, row.line, row.before, row.after)
    return changed


def with_form(book: Phrasebook, line: str, before: str, after: str) -> Phrasebook:
    """A book that says ``after`` where it said ``before``; unchanged when it does not say that any more."""
    forms = tuple(after if form == before else form for form in book.lines[line])
    return replace(book, lines={**book.lines, line: forms})


def open_proposals(store: Store, *, brand: str, clock: Clock) -> list[Proposal]:
    """What edits propose now, but for what was decided about and what the playbook does not say any more."""
    with store.read() as db:
        found = [_edited(row) for row in edits.approved(db, brand, since=clock() - LATELY)]
        decided = {(row.language, row.line, row.before, row.proposed) for row in wordings.decisions(db, brand)}
        books = laid_over(load(), wordings.in_force(db, brand))
    return [
        each
        for each in proposals(found, books)
        if (each.language, each.line, each.before, each.after) not in decided
        and each.before in books[each.language].lines.get(each.line, ())
        and each.after not in books[each.language].lines[each.line]
    ]


def _edited(row: edits.Approved) -> Edited:
    mention = row.draft.mention
    return Edited(
        draft_id=row.draft.id,
        language=row.draft.language,
        written=row.draft.written,
        grounds=row.draft.rests_on(),
        approved=row.text,
        editor=row.editor,
        is_lead=row.is_lead,
        names=(mention.author, mention.author_name),
        said=mention.text,
        reading=mention.reading.value() if mention.reading else None,
    )


def take_over(
    store: Store,
    *,
    brand: str,
    proposal: Proposal,
    after: str,
    plans: Plans,
    inspect: Inspect,
    languages: Sequence[str],
    actor: Lead,
    clock: Clock,
) -> int:
    """Puts a phrasing in force, as proposed or as the lead changed it; returns how many different replies were tried.

    Raises InputError when it cannot be a phrasing of this line, Refused when the gate blocks a reply with it or the
    actor may not, Conflict when somebody decided meanwhile.
    """
    _may(actor)
    after = " ".join(after.split())
    with store.read() as db:
        seen = wordings.newest_id(db, brand)
        books = laid_over(load(), wordings.in_force(db, brand))
    _check(proposal, after, books)
    tried = rehearse(books, proposal, after, plans=plans, inspect=inspect, languages=languages, now=clock())
    if tried.blocked:
        text, finding = tried.blocked[0]
        share = f"{len(tried.blocked)} of {tried.replies} replies"
        raise Refused(f"{share} with it do not pass the gate: {finding.message} (“{text}”)")
    _keep(store, brand, proposal, after, TAKEN, actor, clock, seen=seen, tried=tried.replies)
    return tried.replies


def reject(store: Store, *, brand: str, proposal: Proposal, actor: Lead, clock: Clock) -> None:
    """Turns a proposal down: it is not shown again. Raises Refused for who may not."""
    _may(actor)
    _keep(store, brand, proposal, None, REJECTED, actor, clock)


def take_back(store: Store, *, brand: str, number: int, actor: Lead, clock: Clock) -> None:
    """Lets the phrasing before hold again. Raises Conflict when this one is not in force, Refused for who may not."""
    _may(actor)
    with store.begin() as db:
        wordings.lock(db, brand)
        row = next((row for row in wordings.in_force(db, brand) if row.id == number), None)
        if row is None:
            raise Conflict("this phrasing is not in force any more")
        _add(db, row, None, BACK, actor, clock, brand=brand, proposed=row.proposed)


def _keep(
    store: Store,
    brand: str,
    proposal: Proposal,
    after: str | None,
    decision: str,
    actor: Lead,
    clock: Clock,
    *,
    seen: int | None = None,
    **detail: object,
) -> None:
    with store.begin() as db:
        newest = wordings.lock(db, brand)
        if seen is not None and newest != seen:
            raise Conflict("somebody decided about the playbook meanwhile; look again")
        _add(db, proposal, after, decision, actor, clock, brand=brand, proposed=proposal.after, **detail)


def _add(
    db: Session,
    about: Proposal | WordingRow,
    after: str | None,
    decision: str,
    actor: Lead,
    clock: Clock,
    *,
    brand: str,
    proposed: str,
    **detail: object,
) -> None:
    row = WordingRow(
        brand=brand, language=about.language, line=about.line, before=about.before, proposed=proposed, after=after,
        decision=decision, author=actor.name, at=clock(),
    )  # fmt: skip
    db.add(row)
    db.flush()
    action = f"wording.{decision.replace(' ', '_')}"
    words = {"before": about.before, "after": after or proposed}
    subject = f"wording:{about.language}.{about.line}"
    audit.record(db, actor=actor.name, action=action, subject=subject, now=clock(), **words, **detail)
    events.tell(db, "wording", now=clock(), number=row.id)


def _may(actor: Lead) -> None:
    if actor.role not in _MAY_DECIDE:
        raise Refused(f"{actor.name} may look, but only a lead or an admin changes the playbook")


def _check(proposal: Proposal, after: str, books: Mapping[str, Phrasebook]) -> None:
    book = books.get(proposal.language)
    if book is None or proposal.before not in book.lines.get(proposal.line, ()):
        raise Conflict("the playbook does not say this any more")
    if not after or len(after) > LONGEST:
        raise InputError(f"a phrasing has 1 to {LONGEST} characters")
    if after in book.lines[proposal.line]:
        raise InputError("the playbook says this already")
    check_line(proposal.line, after)
