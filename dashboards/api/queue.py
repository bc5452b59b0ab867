"""The approval queue, to look at. Deciding is not here: a person approves every reply, on the pages."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from core.domain import Eligibility, Impact, Level, Platform
from core.domain import Move as ReplyMove
from core.domain import Stage as JourneyStage
from core.store import drafts, queue
from core.store.drafts import DraftRow
from core.store.queue import Place
from dashboards.api.callers import Reader
from dashboards.api.paging import USUAL, After, Limit, moment, number, pack, unpack
from dashboards.api.times import Time
from dashboards.auth import deps_of
from responder.lengths import measure

router = APIRouter(tags=["queue"])


class FindingShape(BaseModel):
    """``start`` and ``end`` count code points of the reply."""

    check: str
    level: Level
    start: int
    end: int
    message: str


class DraftShape(BaseModel):
    """A reply that waits; ``id``: the platform's of the post it answers; ``mention``, ``draft``: our numbers."""

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
    incident: int | None
    sheet_version: int
    version: int


class Queue(BaseModel):
    """``oldest_wait``: when the customer who waits longest wrote."""

    waiting: int
    oldest_wait: Time | None
    drafts: list[DraftShape]
    next: str | None


def shape(draft: DraftRow) -> dict[str, Any]:
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
        "incident": draft.incident_id,
    }


@router.get("/queue", response_model=Queue)
def look(request: Request, _caller: Reader, limit: Limit = USUAL, after: After = "") -> Any:
    """Waiting drafts in the order of the page, and how many there are in all."""
    place = unpack(after, lambda priority, since, row: Place(int(priority), moment(since), number(row)))
    with deps_of(request).store.read() as db:
        found = queue.waiting_after(db, place, limit=limit)
        waiting, oldest = drafts.count_waiting(db), drafts.oldest_wait(db)
    last = queue.place_of(found[-1]) if len(found) == limit else None
    return {
        "waiting": waiting,
        "oldest_wait": oldest,
        "drafts": [shape(draft) for draft in found],
        "next": pack(last.priority, last.since.isoformat(), last.id) if last else None,
    }
