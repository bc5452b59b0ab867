"""The approval queue, to look at. Deciding is not here: a person approves every reply, on the pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from core.domain import Eligibility, Impact, Level, Platform
from core.domain import Move as ReplyMove
from core.domain import Stage as JourneyStage
from core.store import Session, desk, drafts, queue, waiting
from core.store.drafts import DraftRow
from core.store.queue import Place
from core.store.waiting import Asked, View
from dashboards.api.callers import Reader
from dashboards.api.paging import USUAL, After, Limit, moment, number, pack, unpack
from dashboards.api.times import Time
from dashboards.auth import deps_of
from responder.lengths import measure

router = APIRouter(tags=["queue"])
Snoozed = Annotated[bool | None, Query(description="Only what is snoozed (true) or is not (false); without: both.")]


class FindingShape(BaseModel):
    """``start`` and ``end`` count code points of the reply."""

    check: str
    level: Level
    start: int
    end: int
    message: str


class DraftShape(BaseModel):
    """A reply that waits; ``id``: the platform's of the post it answers; ``mention``, ``draft``: our numbers.

    ``snoozed``: somebody put it off, until ``snoozed_until``, or when that is null until the customer writes again.
    """

    draft: int
    mention: int
    id: str
    platform: Platform
    author: str
    eligible: Eligibility
    reply: str
    language: str
    stage: JourneyStage
    persona: Impact
    moves: list[ReplyMove]
    facts_used: list[str]
    length: int
    limit: int
    passed: bool = Field(serialization_alias="pass")
    findings: list[FindingShape]
    writer: str
    priority: int
    waiting_since: Time
    snoozed: bool
    snoozed_until: Time | None
    incident: int | None
    sheet_version: int
    version: int


class Queue(BaseModel):
    """``waiting``: all of them; so many of these are ``snoozed``. ``oldest_wait``: when who waits longest wrote."""

    waiting: int
    snoozed: int
    oldest_wait: Time | None
    drafts: list[DraftShape]
    next: str | None


def shape(draft: DraftRow, until: datetime | None) -> dict[str, Any]:
    """``until``: the end of its snooze, when it is put off."""
    mention = draft.mention
    same = ("language", "stage", "persona", "moves", "facts_used", "findings", "passed", "writer", "priority")
    length = measure(mention.platform, draft.text)
    return {name: getattr(draft, name) for name in (*same, "waiting_since", "sheet_version", "version")} | {
        "draft": draft.id,
        "mention": mention.id,
        "id": mention.external_id,
        "platform": mention.platform,
        "author": mention.author,
        "eligible": mention.eligible,
        "reply": draft.text,
        "length": length.length,
        "limit": length.limit,
        "snoozed": until is not None,
        "snoozed_until": until if until != desk.WRITES_AGAIN else None,
        "incident": draft.incident_id,
    }


def _found(db: Session, place: Place | None, snoozed: bool | None, now: datetime, limit: int) -> Sequence[DraftRow]:
    if snoozed is None:
        return queue.waiting_after(db, place, limit=limit)
    asked = Asked(me=0, now=now, view=View.SNOOZED if snoozed else View.ALL)
    return waiting.loaded(db, waiting.ids(db, asked, after=place, limit=limit))


@router.get("/queue", response_model=Queue)
def look(
    request: Request, _caller: Reader, limit: Limit = USUAL, after: After = "", snoozed: Snoozed = None
) -> Any:  # fmt: skip
    """Waiting drafts in the order of the page, and how many there are in all."""
    place = unpack(
        after, lambda priority, since, row: Place(number(priority, least=-(2**31)), moment(since), number(row))
    )
    now = deps_of(request).clock()
    with deps_of(request).store.read() as db:
        found = _found(db, place, snoozed, now, limit)
        until = waiting.snoozed_until(db, [draft.id for draft in found], now)
        many, put_off = waiting.count_all(db), waiting.count(db, Asked(me=0, now=now, view=View.SNOOZED))
        oldest = drafts.oldest_wait(db)
    last = queue.place_of(found[-1]) if len(found) == limit else None
    return {
        "waiting": many,
        "snoozed": put_off,
        "oldest_wait": oldest,
        "drafts": [shape(draft, until.get(draft.id)) for draft in found],
        "next": pack(last.priority, last.since.isoformat(), last.id) if last else None,
    }
