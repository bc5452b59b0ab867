"""``/api/v1/promotions/hold``: a scheduler asks before it publishes.

GET says whether promotions are on hold. POST ``{"id", "title", "channel", "scheduled_at"}`` asks for one promotion, and
lists it as held when they are. The answer is the same: ``{"hold": true, "since", "reason", "incident", ...}``.
"""

import json
from datetime import datetime
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from core.errors import InputError, Transient
from dashboards import tokens
from dashboards.api import callers
from dashboards.api.problems import ProblemError
from dashboards.api.times import Stamp
from dashboards.auth import deps_of
from dashboards.security import same_token
from incidents.promotions import Asked, state

router = APIRouter(tags=["promotions"])
ADDRESS = "/promotions/hold"
_LONGEST = 300  # characters of a text


class Hold(BaseModel):
    """``since``, ``reason`` and ``incident`` stand there during a hold."""

    hold: bool
    brand: str
    at: Stamp
    since: Stamp | None = None
    reason: str | None = None
    incident: int | None = None


def scheduler(request: Request, given: callers.Given) -> None:
    """Dependency: a token with the scope promotions, or the one of AMENDS_PROMOTIONS_TOKEN; no session opens this.

    Raises ProblemError.
    """
    secret = given.credentials.strip() if given else ""
    if secret.startswith(tokens.PREFIX):
        callers.by_token(request, secret, "promotions")
        return
    expected = deps_of(request).settings.promotions.token.get_secret_value()
    if not expected:
        raise ProblemError(403, "Make a token with the scope promotions, or set AMENDS_PROMOTIONS_TOKEN.")
    if not same_token(secret, expected):
        callers.slow_down(request.app.state.limits.wrong, request.client.host if request.client else "")
        raise callers.refused("Send a token with the scope promotions, or that of AMENDS_PROMOTIONS_TOKEN.")
    callers.slow_down(request.app.state.limits.known, "scheduler")


Guarded = Annotated[None, Depends(scheduler)]
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": {"type": ["string", "integer"]},
                        "title": {"type": "string"},
                        "channel": {"type": "string"},
                        "scheduled_at": {"type": ["string", "null"], "format": "date-time"},
                    },
                }
            }
        },
    }
}
_SHOWN: dict[str, Any] = {"response_model": Hold, "response_model_exclude_unset": True}


@router.get(ADDRESS, **_SHOWN)
async def hold(request: Request, _scheduler: Guarded) -> Any:
    """Whether promotions are on hold. Without an answer, or with 503, do not publish."""
    return await _answer(request, None)


@router.post(ADDRESS, openapi_extra=_BODY, **_SHOWN)
async def ask(request: Request, _scheduler: Guarded) -> Any:
    """The same for one promotion; during a hold it is listed as held."""
    return await _answer(request, _asked(await _body(request)))


async def _answer(request: Request, asked: Asked | None) -> Any:
    deps = deps_of(request)
    try:
        return await run_sync(lambda: state(deps.store, brand=deps.settings.brand, clock=deps.clock, asked=asked))
    except Transient:
        # Who cannot be told must not promote: the answer of a guard that cannot see is "wait".
        raise ProblemError(503, "Amends cannot reach its database. Promote nothing until it can.") from None


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise InputError("the body is not JSON") from None


def _asked(body: Any) -> Asked:
    if not isinstance(body, dict):
        raise InputError("the body must be an object")
    promotion = _text(body, "id")
    if not promotion:
        raise InputError("id: the scheduler's own id of the promotion is missing")
    return Asked(
        promotion=promotion, title=_text(body, "title"), channel=_text(body, "channel"), scheduled_at=_moment(body)
    )


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key, "")
    value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(value, str):
        raise InputError(f"{key}: must be a text")
    clean = "".join(character for character in value if character.isprintable()).strip()
    if len(clean) > _LONGEST:
        raise InputError(f"{key}: has more than {_LONGEST} characters")
    return clean


def _moment(body: dict[str, Any]) -> datetime | None:
    value = body.get("scheduled_at")
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        _ = moment.utctimetuple()
    except (TypeError, ValueError, OverflowError):
        raise InputError("scheduled_at: must be a time such as 2026-11-20T14:30:00-05:00") from None
    if moment.tzinfo is None:
        raise InputError("scheduled_at: has no offset; write it as in 2026-11-20T14:30:00-05:00")
    if not 2000 <= moment.year < 2100:
        raise InputError("scheduled_at: choose a year from 2000 to 2099")
    return moment
