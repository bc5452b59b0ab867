"""What a fact sheet may hold, and how an edit becomes its next version."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.clock import iso
from core.domain import FACT_NAMES, OPEN, DismissReason, IncidentStatus, PartState
from core.errors import InputError
from core.store import Session, incidents
from core.store.incidents import FactRow, IncidentRow

LISTS = ("components", "regions", "links")
LONGEST = 4000  # characters of one fact
MOST = 200  # entries of one list
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
STATE_WORDS: Mapping[PartState, str] = {
    PartState.DOWN: "still failing",
    PartState.PARTLY: "partly back",
    PartState.BACK: "back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChanges:
    """What an edit of the sheet changes; None leaves a part as it is, an empty fact takes it back."""

    title: str | None = None
    status: IncidentStatus | None = None
    reason: str = ""  # why the status goes back, or what an alarm was instead
    dismissed_for: DismissReason | None = None  # asked for when the status becomes dismissed
    started_at: datetime | None = None
    next_update_at: datetime | None = None
    no_next_update: bool = False  # takes the promised time back
    components: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    states: Mapping[str, PartState] | None = None  # of single components and regions; others stay as they are
    links: tuple[str, ...] | None = None
    facts: Mapping[str, str] | None = None
    unsafe: frozenset[str] = frozenset()  # facts of this edit that must not be published


@dataclass(slots=True)
class Told:
    """What an edit changed: sentences for the timeline, and the parts that drafts may rest on."""

    words: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def add(self, part: str, words: str = "") -> None:
        self.parts.append(part)
        self.words.append(words or part)


def apply(db: Session, row: IncidentRow, changes: SheetChanges, told: Told, *, actor: str, now: datetime) -> None:
    """Writes everything of an edit but its status. The row's ``sheet_version`` is the new one already."""
    _times(row, changes, told, now)
    _lists(row, changes, told)
    _states(row, changes.states or {}, told)
    _facts(db, row, changes, told, actor, now)


def _times(row: IncidentRow, changes: SheetChanges, told: Told, now: datetime) -> None:
    if changes.started_at is not None and changes.started_at != row.started_at:
        check_started(changes.started_at, now)
        row.started_at = changes.started_at
        told.add("started_at", f"began {iso(row.started_at)}")
    if changes.next_update_at is None and not changes.no_next_update:
        return
    check_next_update(changes.next_update_at, now, row.started_at)
    if changes.next_update_at == row.next_update_at:
        return
    if changes.next_update_at is not None and IncidentStatus(row.status) not in OPEN | {IncidentStatus.SUSPECTED}:
        raise InputError(f"next update: the incident is {row.status}, so nothing more is announced")
    row.next_update_at = changes.next_update_at
    told.add("next_update_at", f"next update {iso(row.next_update_at) if row.next_update_at else 'not promised'}")


def _lists(row: IncidentRow, changes: SheetChanges, told: Told) -> None:
    if changes.title is not None and changes.title.strip() != row.title:
        row.title = checked_title(changes.title)
        told.add("title")
    for name in LISTS:
        value = getattr(changes, name)
        if value is not None and (tidied := tidy(value)) != list(getattr(row, name)):
            setattr(row, name, tidied)
            told.add(name)
    parts = {*row.components, *row.regions}
    row.states = {part: state for part, state in (row.states or {}).items() if part in parts}


def _states(row: IncidentRow, states: Mapping[str, PartState], told: Told) -> None:
    for part in states:
        if part not in row.components and part not in row.regions:
            raise InputError(f"{part}: neither a component nor a region of this incident; add it to the sheet first")
    moved = [part for part, state in states.items() if row.state_of(part) is not state]
    # Who marks one part has looked at all: that the others still fail is kept, and told only when it is all there is.
    noted = [part for part in states if part not in row.states and part not in moved]
    row.states = {**row.states, **{part: states[part].value for part in (*moved, *noted)}}
    for part in moved or noted:
        told.add("regions" if part in row.regions else "components", f"{part} {STATE_WORDS[states[part]]}")


def _facts(db: Session, row: IncidentRow, changes: SheetChanges, told: Told, actor: str, now: datetime) -> None:
    facts = {name: text.strip() for name, text in (changes.facts or {}).items()}
    check_facts(facts)
    newest = {fact.name: fact for fact in incidents.facts_of(db, row.id)} if row.sheet_version > 1 else {}
    _check_agreement({name: fact.text for name, fact in newest.items()} | facts, facts)
    for name, text in facts.items():
        was, safe = newest.get(name), name not in changes.unsafe
        if (was.text, was.safe) == (text, safe) if was else not text:
            continue
        db.add(
            FactRow(
                incident_id=row.id, name=name, version=row.sheet_version, text=text, safe=safe, author=actor, at=now
            )
        )
        # What was held back and stays so is no news for any reply.
        hidden = not safe and (was is None or not was.safe)
        told.words.append(name)
        told.parts.extend([] if hidden else [name])


def check_facts(facts: Mapping[str, str]) -> None:
    """Raises InputError for a name that no sheet has, or a text that is too long."""
    for name, text in facts.items():
        # "cause.fr" is the cause in French
        if name.partition(".")[0] not in FACT_NAMES:
            raise InputError(f"{name}: not a fact of the sheet; it has {', '.join(FACT_NAMES)}")
        if len(text) > LONGEST:
            raise InputError(f"{name}: has {len(text):,} characters; at most {LONGEST:,} are kept")


def _check_agreement(all_facts: Mapping[str, str], edited: Iterable[str]) -> None:
    """The same promise in every language: its figures must be the same."""
    if not any(name.partition(".")[0] == "compensation" for name in edited):
        return
    base = all_facts.get("compensation", "")
    for name, text in all_facts.items():
        said, meant = _figures(text), _figures(base)
        if name.startswith("compensation.") and said and meant and said != meant:
            raise InputError(
                f"{name}: says {', '.join(said)} where compensation says {', '.join(meant)}; "
                "everybody is promised the same, so correct one of them"
            )


def _figures(text: str) -> list[str]:
    return sorted(re.sub(r"[.,]", "", found) for found in _FIGURE.findall(text))


def check_next_update(at: datetime | None, now: datetime, started_at: datetime | None = None) -> None:
    """Raises InputError for a promise that cannot be kept."""
    if at is None:
        return
    if at.tzinfo is None:
        raise InputError("next update: has no offset; write it as in 2026-11-20T14:30:00-05:00")
    if at <= now:
        raise InputError("next update: lies in the past")
    if started_at is not None and at <= started_at:
        raise InputError("next update: lies before the start of the incident")


def check_started(at: datetime, now: datetime) -> None:
    if at.tzinfo is None:
        raise InputError("started at: has no offset; write it as in 2026-11-20T08:05:00-05:00")
    if at > now:
        raise InputError("started at: lies in the future")


def checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise InputError("title: say in a few words what fails")
    if len(title) > LONGEST:
        raise InputError(f"title: has {len(title):,} characters; at most {LONGEST:,} are kept")
    return title


def tidy(values: Iterable[str]) -> list[str]:
    """Entries trimmed; what differs only in case stands once, as first written. Raises InputError for too many."""
    kept: dict[str, str] = {}
    for text in (each.strip() for each in values):
        if text:
            kept.setdefault(text.casefold(), text)
    if len(kept) > MOST:
        raise InputError(f"{len(kept)} entries in one list; at most {MOST} are kept")
    return list(kept.values())


def check_restored(row: IncidentRow) -> None:
    """Raises InputError when an incident is called resolved while parts of it are marked as failing."""
    waiting = [part for part in (*row.components, *row.regions) if row.state_of(part) is not PartState.BACK]
    if row.states and waiting:
        words = "; ".join(f"{part} is {STATE_WORDS[row.state_of(part)]}" for part in waiting)
        raise InputError(f"status: {words}. Mark it back first, or keep watching")
