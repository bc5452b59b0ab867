"""Feedback finds the department that can act on it, and the customer hears what came of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache

from core.clock import Clock
from core.domain import Intent
from core.errors import Conflict, InputError
from core.sections import Department
from core.store import Session, Store, audit, events
from core.store import feedback as rows
from core.store.mentions import MentionRow

FIRST = timedelta(days=7)  # how far back the first pass goes
STEP = 500
LONGEST = 2000  # characters of a result


def route_new(
    store: Store, *, brand: str, departments: Mapping[str, Department], clock: Clock, step: int = STEP
) -> Counter[str]:
    """Looks through the mentions that were read since the last pass, also anew. Returns how many went where.

    A suggestion or praise that no department claims is kept for a person to place ("" in the counts); a complaint
    that none claims is not feedback but work for the queue, and one about an outage is its incident's.
    """
    done = Counter[str]()
    with store.read() as db:
        after, upto = rows.bounds(db, brand, clock() - FIRST)
    while after < upto:
        with store.read() as db:
            found = rows.bringing(db, brand, after=after, upto=upto, limit=step)
        after = found[-1].id if len(found) == step else upto
        with store.begin() as db:
            done += _hand_on(db, found, departments, clock)
            rows.advance(db, brand, after)
    while _is_any_again(store, brand):
        with store.begin() as db:
            again = rows.take_again(db, brand, since=clock() - FIRST, limit=step)
            done += _hand_on(db, again, departments, clock)
    return +done


def _is_any_again(store: Store, brand: str) -> bool:
    with store.read() as db:
        return rows.is_any_again(db, brand)


def _hand_on(
    db: Session, mentions: Sequence[MentionRow], departments: Mapping[str, Department], clock: Clock
) -> Counter[str]:
    done = Counter[str]()
    for mention in mentions:
        if (place := place_of(mention, departments)) is not None:
            kind, department, why = place
            done[department] += rows.add(db, mention, kind=kind, department=department, why=why, now=clock())
    return done


def place_of(mention: MentionRow, departments: Mapping[str, Department]) -> tuple[str, str, str] | None:
    """Kind, department and the word that decided; None for what is no feedback to a department."""
    reading = mention.reading
    if reading is None:
        return None
    kind = next((kind for kind in rows.KINDS if kind.value in reading.intents), None)
    if kind is None or (kind is Intent.COMPLAINT and reading.outage):
        return None
    for name, department in departments.items():
        why = _claims(department, kind.value, mention.text)
        if why is not None:
            return kind.value, name, why
    return None if kind is Intent.COMPLAINT else (kind.value, "", "")


def _claims(department: Department, kind: str, text: str) -> str | None:
    """The first of its words that the text holds, "" when it has none and takes all; None when it is not theirs."""
    if kind not in department.intents:
        return None
    if not department.words:
        return ""
    found = _words(department.words).search(text)
    return found[0] if found else None


@cache
def _words(words: Sequence[str]) -> re.Pattern[str]:
    """Whole words; a ``*`` at the end of one stands for any ending."""
    forms = (re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


def assign(
    store: Store, *, brand: str, item_id: int, department: str, departments: Mapping[str, Department], actor: str,
    clock: Clock,
) -> None:  # fmt: skip
    """A person gives an open item to another department. Raises InputError, or Conflict when it is closed."""
    if department not in departments:
        raise InputError(f"department: there is no department {department!r}")
    now = clock()
    with store.begin() as db:
        row = rows.one(db, brand, item_id)
        if row is None:
            raise InputError(f"there is no feedback {item_id}")
        if row.status != "open":
            raise Conflict("this was closed meanwhile")
        before, row.department, row.why = row.department, department, f"by {actor}"
        said = {"before": before, "after": department}
        audit.record(db, actor=actor, action="feedback.assigned", subject=f"feedback:{item_id}", now=now, **said)
        events.tell(db, "feedback", now=now, item_id=item_id)


def close(
    store: Store, *, brand: str, item_id: int, result: str, tell: bool, actor: str, actor_id: int, clock: Clock
) -> None:
    """Closes an item with what came of it. ``tell``: a reply to the customer is drafted, for a person to approve.

    Raises InputError for a result that says nothing, Conflict when somebody closed it first.
    """
    result = result.strip()
    if not result:
        raise InputError("result: say what came of it, in words for the customer")
    if len(result) > LONGEST:
        raise InputError(f"result: this has {len(result):,} characters; at most {LONGEST:,} are kept")
    now = clock()
    with store.begin() as db:
        if rows.one(db, brand, item_id) is None:
            raise InputError(f"there is no feedback {item_id}")
        reply = "due" if tell else "none"
        if not rows.close(db, item_id, result=result, reply=reply, by=actor, closer_id=actor_id, now=now):
            raise Conflict("somebody closed this meanwhile")
        said = {"result": result, "tell": tell}
        audit.record(db, actor=actor, action="feedback.closed", subject=f"feedback:{item_id}", now=now, **said)
        events.tell(db, "feedback", now=now, item_id=item_id)
