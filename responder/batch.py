"""Similar waiting replies, decided on together: each text was seen, each is approved and checked by itself."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import settings
from core.clock import Clock
from core.domain import DraftStatus
from core.errors import Conflict, InputError, Refused, Transient
from core.store import Session, Store, alike, waiting
from core.store.drafts import DraftRow
from responder import approval
from responder.approval import Actor, Route
from responder.writers.likeness import likeness, runs
from responder.writers.playbook import SIMILAR

MOST = 20  # replies of one batch: every one is read
_COMPARED = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reply as the approver saw it."""

    draft_id: int
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reply of a batch; ``problem`` says why nothing did."""

    draft_id: int
    delivery_id: int | None = None
    agreed: bool = False  # the first of two people
    problem: str = ""


def like(db: Session, draft: DraftRow, *, me: int, now: datetime, most: int = MOST) -> list[DraftRow]:
    """The drafts that can be decided on together with one, itself first; [] when it is not fit for a batch.

    Of one kind (``core.store.alike``), and with the same moves or nearly the same words.
    """
    others = others_like(db, draft, me=me, now=now, most=most)
    return [draft, *waiting.loaded(db, others)] if _fit(draft) else []


def _fit(draft: DraftRow) -> bool:
    return draft.status == DraftStatus.WAITING.value and draft.passed


def others_like(db: Session, draft: DraftRow, *, me: int, now: datetime, most: int = MOST) -> list[int]:
    """The ids of the same, without the draft itself: the list tells how many, before any of them is read whole."""
    if not _fit(draft):
        return []
    own, moves = runs(draft.text), set(draft.moves)
    found = [
        other.id
        for other in alike.of_kind(db, draft, me=me, now=now, limit=_COMPARED)
        if other.id != draft.id and (set(other.moves) == moves or likeness(own, runs(other.text)) > SIMILAR)
    ]
    return found[: most - 1]


def approve_all(
    store: Store,
    *,
    chosen: Sequence[Chosen],
    actor: Actor,
    route: Callable[[str], Route | None],
    responder: settings.Responder,
    clock: Clock,
) -> list[Outcome]:
    """Approves each in a transaction of its own, as ``approval.approve`` does; what fails stops none of the others.

    A draft that the gate blocks is never approved here, not even by two people. Raises Refused for who may not decide.
    """
    approval.may_decide(actor)
    mark = uuid.uuid4().hex

    def one(each: Chosen) -> Outcome:
        _must_have_passed(store, each)
        delivery = approval.approve(
            store, draft_id=each.draft_id, version=each.version, text=each.text, actor=actor, route=route,
            responder=responder, clock=clock, batch=mark,
        )  # fmt: skip
        return Outcome(each.draft_id, delivery.id if delivery else None, agreed=delivery is None)

    return [_told(each.draft_id, lambda each=each: one(each)) for each in chosen]  # type: ignore[misc]


def undo_all(store: Store, *, draft_ids: Sequence[int], actor: Actor, clock: Clock) -> list[Outcome]:
    """Takes each back while its undo time runs; what is on its way already is told as a problem."""
    approval.may_decide(actor)

    def one(draft_id: int) -> Outcome:
        approval.undo(store, draft_id=draft_id, actor=actor, clock=clock)
        return Outcome(draft_id)

    return [_told(each, lambda each=each: one(each)) for each in draft_ids]  # type: ignore[misc]


def _must_have_passed(store: Store, each: Chosen) -> None:
    """The version that is approved afterwards is the one asked here: whatever weighs a draft anew counts it up."""
    with store.read() as db:
        draft = db.get(DraftRow, each.draft_id)
        if draft is not None and draft.version == each.version and not draft.passed:
            raise Refused("the gate blocks this reply; decide on it by itself")


def _told(draft_id: int, act: Callable[[], Outcome]) -> Outcome:
    try:
        return act()
    except (Conflict, InputError, Refused, Transient) as error:
        return Outcome(draft_id, problem=str(error))
