"""How the service itself stands."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from core.domain import IncidentStatus
from core.store import drafts, incidents, switches, waiting
from dashboards.api.callers import Reader
from dashboards.api.times import Time
from dashboards.auth import deps_of
from dashboards.sheet_words import is_overdue

router = APIRouter(tags=["figures"])


class CheckShape(BaseModel):
    ok: bool
    detail: str


class OpenIncident(BaseModel):
    id: int
    title: str
    status: IncidentStatus
    next_update_at: Time | None
    next_update_overdue: bool


class Status(BaseModel):
    """``sending``: no switch keeps every reply back. ``oldest_wait``: when the customer who waits longest wrote."""

    brand: str
    at: Time
    ready: bool
    checks: dict[str, CheckShape]
    incident: OpenIncident | None
    waiting: int
    oldest_wait: Time | None
    sending: bool


@router.get("/status", response_model=Status)
def status(request: Request, _caller: Reader) -> Any:
    """Whether every part works, as /readyz says, and where the day stands."""
    deps = deps_of(request)
    checks, now = deps.readiness(), deps.clock()
    with deps.store.read() as db:
        row = incidents.newest_told(db, deps.settings.brand.name, since=deps.past_since())
        many, oldest = waiting.count_all(db), drafts.oldest_wait(db)
        off = switches.everything_off(db)
    return {
        "brand": deps.settings.brand.name,
        "at": now,
        "ready": all(check.ok for check in checks),
        "checks": {check.name: {"ok": check.ok, "detail": check.detail} for check in checks},
        "incident": {name: getattr(row, name) for name in ("id", "title", "status", "next_update_at")}
        | {"next_update_overdue": is_overdue(row, now)}
        if row
        else None,
        "waiting": many,
        "oldest_wait": oldest,
        "sending": not any(switch.scope == switches.ALL for switch in off),
    }
