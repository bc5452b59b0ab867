"""Mentions: listed, one, and brought in as ``amends import`` does."""

import io
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict

from core.domain import About, Band, Eligibility, Emotion, Impact, Intent, Mention, MentionStatus, Platform, Sentiment
from core.domain import Stage as JourneyStage
from core.errors import InputError
from core.store import audit, found
from core.store.found import Found, Place, Wanted
from dashboards.api.callers import Caller, Importer, Reader
from dashboards.api.paging import USUAL, After, Limit, Moment, moment, number, pack, unpack
from dashboards.api.problems import LineError, ProblemError
from dashboards.api.times import Time
from dashboards.auth import deps_of
from dashboards.deps import Deps
from listener.importing import bring
from listener.records import mention_from
from listener.sources.file import Bad, read_mentions

router = APIRouter(tags=["mentions"])
Id = Annotated[int, Path(ge=1, lt=2**31)]
MOST_ERRORS = 1000  # named in one answer


class Reading(BaseModel):
    """What the classifier, or a person after it, says of a post; as ``amends classify`` gives it."""

    sentiment: Sentiment
    sentiment_score: float
    emotion: Emotion
    intents: list[Intent]
    outage: bool
    outage_score: float
    angry: bool
    angry_score: float
    outage_anger: bool
    impact: Impact
    about: About
    language: str
    model: str
    confidence: Band
    confidence_score: float


class MentionShape(BaseModel):
    """One public post. ``id`` is the platform's own, ``mention`` our number of it."""

    mention: int
    id: str
    platform: Platform
    author: str
    author_name: str
    followers: int | None
    text: str
    url: str
    in_reply_to: str | None
    conversation_id: str | None
    language: str | None
    community: str
    created_at: Time
    eligible: Eligibility
    shares: int
    status: MentionStatus
    source: str
    relevant: bool
    spam: bool
    stage: JourneyStage | None
    persona: Impact | None
    incident: int | None
    reading: Reading | None


class MentionList(BaseModel):
    mentions: list[MentionShape]
    next: str | None


class Asked(BaseModel):
    """Which mentions; newest first. ``until``: up to, not with. ``stage``, ``incident``: of the author's case."""

    model_config = ConfigDict(extra="forbid")

    platform: Platform | None = None
    since: Moment | None = None
    until: Moment | None = None
    status: MentionStatus | None = None
    outage: bool | None = None
    angry: bool | None = None
    stage: JourneyStage | None = None
    incident: Annotated[int | None, Query(ge=1, lt=2**31)] = None
    relevant: bool | None = None
    limit: Limit = USUAL
    after: After = ""


class Brought(BaseModel):
    """What became of the lines. A bad one is named in ``errors``; the good ones are kept."""

    new: int
    known: int
    share: int
    own: int
    unwanted: int
    errors: list[LineError]
    errors_left_out: int


def shape(row: Found) -> dict[str, Any]:
    mention, case = row.mention, row.case
    same = (
        "platform",
        "author",
        "author_name",
        "followers",
        "text",
        "url",
        "in_reply_to",
        "conversation_id",
        "language",
    )
    more = ("community", "created_at", "eligible", "shares", "status", "source", "relevant", "spam")
    return {name: getattr(mention, name) for name in (*same, *more)} | {
        "mention": mention.id,
        "id": mention.external_id,
        "stage": case.stage if case else None,
        "persona": case.persona if case else None,
        "incident": case.incident_id if case else None,
        "reading": mention.reading.value().plain() if mention.reading else None,
    }


@router.get("/mentions", response_model=MentionList)
def many(request: Request, _caller: Reader, asked: Annotated[Asked, Query()]) -> Any:
    deps = deps_of(request)
    wanted = Wanted(**asked.model_dump(exclude={"limit", "after"}))
    place = unpack(asked.after, lambda at, row: Place(moment(at), number(row)))
    with deps.store.read() as db:
        rows = found.page(db, deps.settings.brand.name, wanted, after=place, limit=asked.limit)
    last = rows[-1].mention if len(rows) == asked.limit else None
    behind = pack(last.created_at.isoformat(), last.id) if last else None
    return {"mentions": [shape(row) for row in rows], "next": behind}


@router.get("/mentions/{mention}", response_model=MentionShape)
def one(request: Request, _caller: Reader, mention: Id) -> Any:
    """By our own number."""
    deps = deps_of(request)
    with deps.store.read() as db:
        row = found.one(db, deps.settings.brand.name, mention)
    if row is None:
        raise ProblemError(404, f"There is no mention {mention}.")
    return shape(row)


# --- bringing some in ------------------------------------------------------------------------------------------

_RECORD = {"type": "object", "required": ["id", "platform", "author", "text", "created_at"]}
_TAKES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The fields of `amends import`, one object a line or a list of objects.",
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array", "items": _RECORD}},
        },
    }
}


@router.post("/mentions", response_model=Brought, openapi_extra=_TAKES)
async def take(request: Request, caller: Importer) -> Any:
    """Keeps the good lines and names the bad ones; 422 when no line is good. The same post sent twice is kept once."""
    body, kind = await request.body(), request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return await run_sync(
        lambda: _bring(deps_of(request), caller, body, "list" if kind == "application/json" else "lines")
    )


def _bring(deps: Deps, caller: Caller, body: bytes, kind: Literal["list", "lines"]) -> dict[str, Any]:
    bad: list[Bad] = []
    brand = deps.settings.brand
    handles = brand.handles
    lines = (
        _of_list(body, handles) if kind == "list" else read_mentions(io.BytesIO(body), handles=handles, kind="jsonl")
    )
    counts = bring(
        lines, store=deps.store, brand=brand.name, handles=handles, wanted=deps.wanted, clock=deps.clock, bad=bad.append
    )
    errors = [LineError(line=one.line, problem=one.reason) for one in bad[:MOST_ERRORS]]
    if not counts:
        first = f"No line could be used; the first one: {bad[0].reason}." if bad else "The body is empty."
        raise ProblemError(422, first, errors=errors)
    told = {name: counts[name] for name in ("new", "known", "share", "own", "unwanted")}
    with deps.store.begin() as db:
        audit.record(
            db,
            actor=caller.name,
            action="mentions.imported",
            subject="mentions",
            now=deps.clock(),
            bad=len(bad),
            **told,
        )
    return told | {"errors": errors, "errors_left_out": len(bad) - len(errors)}


def _of_list(body: bytes, handles: tuple[str, ...]) -> Iterator[Mention | Bad]:
    """Places in the list count from 1, as lines do."""
    try:
        records = json.loads(body)
    except (ValueError, RecursionError):
        raise ProblemError(422, "The body is not JSON.") from None
    if not isinstance(records, list):
        raise ProblemError(422, "The body must be a list of objects, or lines of JSON as application/x-ndjson.")
    for line, record in enumerate(records, 1):
        if not isinstance(record, dict):
            yield Bad(line, f"a JSON object is expected, not {type(record).__name__}")
            continue
        try:
            yield mention_from(record, handles)
        except InputError as error:
            yield Bad(line, str(error))
