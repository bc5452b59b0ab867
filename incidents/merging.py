"""Two alarms about one failure become one incident; one incident that was two becomes two again.

What belongs to an incident goes along: the customers with their mentions, what they are owed, the drafts (those not
sent yet are drawn again from the sheet they come to), the facts, and its timeline, which the other one then shows as
its own.
"""

from collections.abc import Sequence
from datetime import datetime

from core.clock import Clock
from core.domain import OPEN, IncidentStatus
from core.errors import InputError
from core.store import Session, Store, follow_ups, incidents, listings, merges, stages
from core.store.incidents import FactRow, IncidentRow
from core.store.merges import MergeRow
from incidents.facts import LISTS, checked_title, tidy
from incidents.lifecycle import locked, note

_ALIVE = OPEN | {IncidentStatus.SUSPECTED}


def merge(store: Store, *, incident_id: int, version: int, into_id: int, actor: str, clock: Clock) -> None:
    """Makes one incident part of another of the same brand. ``version`` is that of its own sheet, as it was seen.

    Facts that the other sheet has stand; those it has not are taken over. Raises Conflict, InputError.
    """
    now = clock()
    with store.begin() as db:
        row, into = _both(db, incident_id, version, into_id)
        moved = MergeRow(
            from_id=row.id,
            into_id=into.id,
            at=now,
            actor=actor,
            status=row.status,
            cases=merges.cases_of(db, row.id),
            drafts=merges.drafts_of(db, row.id),
            facts={},
            parts={"promises": merges.promises_of(db, row.id), "follow_ups": merges.follow_ups_of(db, row.id)},
        )
        db.add(moved)
        _same_course(db, row, into, now)
        merges.move_cases(db, moved.cases, into.id)
        merges.move_drafts(db, moved.drafts, into.id)
        merges.move_promises(db, moved.parts["promises"], source=row.id, to=into.id)
        merges.move_follow_ups(db, moved.parts["follow_ups"], source=row.id, to=into.id)
        told = _take_over(db, row, into, moved, now)
        row.status, row.merged_into = IncidentStatus.MERGED.value, into.id
        note(
            db,
            row,
            actor,
            "incident.merged",
            f"became part of #{into.id} {into.title}",
            now,
            kind="merged",
            into=into.id,
        )
        size = f"{len(moved.cases)} customers"
        what = "; ".join([f"#{row.id} {row.title} became part of this ({size})", *told])
        note(db, into, actor, "incident.took_over", what, now, kind="merged", source=row.id)


def _both(db: Session, incident_id: int, version: int, into_id: int) -> tuple[IncidentRow, IncidentRow]:
    if incident_id == into_id:
        raise InputError("merge: an incident cannot become part of itself")
    for one in sorted((incident_id, into_id)):  # always in the same order: two merges must not wait for each other
        locked(db, one)
    row, into = locked(db, incident_id, version), locked(db, into_id)
    if row.brand != into.brand:
        raise InputError("merge: the two incidents are of different brands")
    for each in (row, into):
        if IncidentStatus(each.status) not in _ALIVE:
            raise InputError(f"merge: #{each.id} {each.title} is {each.status}; only what still runs can be merged")
    return row, into


def _same_course(db: Session, row: IncidentRow, into: IncidentRow, now: datetime) -> None:
    """Before they come along: customers stand where the failure does that they are to belong to, over or not yet."""
    if into.status == IncidentStatus.RESOLVED.value:
        stages.resolve(db, row.id, now=now)
        follow_ups.end_counts_anew(db, into)
    elif row.status == IncidentStatus.RESOLVED.value:
        stages.reopen(db, row.id, now=now)


def _take_over(db: Session, row: IncidentRow, into: IncidentRow, moved: MergeRow, now: datetime) -> list[str]:
    """Facts, components, regions and links that the other one has not; returns what happened, in words."""
    before, parts, told = into.sheet_version, [], []
    into.sheet_version += 1
    theirs, ours = listings.facts_now(db, row.id), listings.facts_now(db, into.id)
    for name, fact in theirs.items():
        if not fact.text:
            continue
        if name in ours and ours[name].text:
            told += [f"{name}: kept as it was here"] if ours[name].text != fact.text else []
            continue
        taken = FactRow(
            incident_id=into.id, name=name, version=into.sheet_version, text=fact.text, safe=fact.safe,
            author=fact.author, at=now,
        )  # fmt: skip
        db.add(taken)
        moved.facts = {**moved.facts, name: into.sheet_version}
        parts.append(name)
        told.append(f"{name}: taken over")
    for name in LISTS:
        whole = tidy([*getattr(into, name), *getattr(row, name)])
        added = whole[len(getattr(into, name)) :]
        if added:
            setattr(into, name, whole)
            moved.parts = {**moved.parts, name: added}
            parts.append(name)
            told.append(f"{name}: {', '.join(added)} added")
    if row.started_at < into.started_at:
        moved.parts = {**moved.parts, "started_at": into.started_at.isoformat()}
        into.started_at = row.started_at
        parts.append("started_at")
    into.states = {**(row.states or {}), **(into.states or {})}
    incidents.note_changes(into, before, parts)
    return told


def split(store: Store, *, incident_id: int, version: int, actor: str, clock: Clock) -> int:
    """Takes a merge back: the incident stands for itself again, with all that came from it. Returns the other one's id.

    What people changed since stays where it is. Raises Conflict, InputError.
    """
    now = clock()
    with store.begin() as db:
        row = locked(db, incident_id, version)
        moved = merges.standing(db, row.id)
        if moved is None or row.merged_into is None:
            raise InputError(f"split: #{row.id} {row.title} is not part of another incident")
        into = locked(db, moved.into_id)
        if into.merged_into is not None:
            raise InputError(f"split: #{into.id} {into.title} is itself part of another; split that one first")
        still = set(merges.cases_of(db, into.id))
        cases = [case for case in moved.cases if case in still]
        drafts = set(merges.drafts_of(db, into.id))
        back = dict.fromkeys(
            [*(one for one in moved.drafts if one in drafts), *merges.drafts_of_cases(db, cases, into.id)]
        )
        merges.move_cases(db, cases, row.id)
        merges.move_drafts(db, list(back), row.id)
        merges.move_promises(db, moved.parts.get("promises", []), source=into.id, to=row.id)
        owed = [*moved.parts.get("follow_ups", []), *merges.follow_ups_to_cases(db, cases, into.id)]
        merges.move_follow_ups(db, owed, source=into.id, to=row.id)
        _give_back(db, into, moved, actor, now)
        row.status, row.merged_into, moved.undone_at = moved.status, None, now
        _own_course(db, row, into, moved.at, now)
        row.sheet_version += 1
        incidents.note_changes(row, row.sheet_version - 1, ["status"])
        note(
            db,
            row,
            actor,
            "incident.split",
            f"stands for itself again, apart from #{into.id} {into.title}",
            now,
            kind="split",
        )
        note(db, into, actor, "incident.gave_back", f"#{row.id} {row.title} stands for itself again", now, kind="split")
        return into.id


def _own_course(db: Session, row: IncidentRow, into: IncidentRow, since: datetime, now: datetime) -> None:
    """Customers who come back stand where their own failure does."""
    if row.status == IncidentStatus.RESOLVED.value:
        stages.resolve(db, row.id, now=now)
        follow_ups.owed_again(db, row, since=since, now=now)
    elif into.status == IncidentStatus.RESOLVED.value:
        stages.reopen(db, row.id, now=now)


def _give_back(db: Session, into: IncidentRow, moved: MergeRow, actor: str, now: datetime) -> None:
    before, parts = into.sheet_version, []
    into.sheet_version += 1
    ours = listings.facts_now(db, into.id)
    for name, version in moved.facts.items():
        if ours[name].version == version:  # nobody changed it since
            db.add(FactRow(incident_id=into.id, name=name, version=into.sheet_version, text="", author=actor, at=now))
            parts.append(name)
    for name in LISTS:
        added = moved.parts.get(name, [])
        if added:
            setattr(into, name, [each for each in getattr(into, name) if each not in added])
            parts.append(name)
    if "started_at" in moved.parts:
        into.started_at = datetime.fromisoformat(moved.parts["started_at"])
        parts.append("started_at")
    names = {*into.components, *into.regions}
    into.states = {part: state for part, state in (into.states or {}).items() if part in names}
    incidents.note_changes(into, before, parts)


def split_off(
    store: Store, *, incident_id: int, version: int, title: str, words: Sequence[str], actor: str, clock: Clock
) -> int:
    """Makes an incident of its own of the customers whose posts hold one of ``words``; returns its id.

    It begins with the same facts. Merging it back undoes this. Raises Conflict, InputError.
    """
    now, wanted = clock(), [word.strip() for word in words if word.strip()]
    if not wanted:
        raise InputError("split: give at least one word by which the posts of the other failure are known")
    with store.begin() as db:
        row = locked(db, incident_id, version)
        if IncidentStatus(row.status) not in _ALIVE:
            raise InputError(f"split: #{row.id} is {row.status}; only what still runs can be split")
        cases = merges.cases_speaking_of(db, row.id, wanted)
        if not cases:
            raise InputError(f"split: no customer of this incident speaks of {', '.join(wanted)}")
        made = _copy(row, checked_title(title), actor, now)
        db.add(made)
        db.flush()
        for name, fact in listings.facts_now(db, row.id).items():
            copied = FactRow(incident_id=made.id, name=name, version=1, text=fact.text, author=fact.author, at=now)
            copied.safe = fact.safe
            db.add(copied)
        drafts = merges.drafts_of_cases(db, cases, row.id)
        merges.move_promises(db, merges.promises_to_cases(db, cases, row.id), source=row.id, to=made.id)
        merges.move_follow_ups(db, merges.follow_ups_to_cases(db, cases, row.id), source=row.id, to=made.id)
        merges.move_cases(db, cases, made.id)
        merges.move_drafts(db, drafts, made.id)
        follow_ups.same_end(db, row, made, now)
        size = f"{len(cases)} customers who speak of {', '.join(wanted)}"
        note(
            db,
            made,
            actor,
            "incident.split_off",
            f"split off from #{row.id} {row.title}: {size}",
            now,
            kind="split",
            source=row.id,
        )
        note(
            db,
            row,
            actor,
            "incident.gave_off",
            f"{size} went to #{made.id} {made.title}",
            now,
            kind="split",
            into=made.id,
        )
        return made.id


def _copy(row: IncidentRow, title: str, actor: str, now: datetime) -> IncidentRow:
    """The same incident under another title, its sheet at the first version. No time is promised twice."""
    same = ("brand", "status", "started_at", "resolved_at")
    lists = {name: list(getattr(row, name)) for name in LISTS}
    return IncidentRow(
        **{name: getattr(row, name) for name in same}, **lists, title=title, next_update_at=None, sheet_version=1,
        opened_by=actor, opened_at=now, changed={}, states=dict(row.states or {}), dismissed_for="",
    )  # fmt: skip
