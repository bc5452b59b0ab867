"""``/api/v1/promotions/hold``: a scheduler asks before it publishes.

GET says whether promotions are on hold. POST ``{"id", "title", "channel", "scheduled_at"}`` asks for one promotion, and
lists it as held when they are. The answer is the same: ``{"hold": true, "since", "reason", "incident", ...}``.
"""

import json
from datetime import datetime
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import InputError, Transient
from dashboards.deps import Deps
from dashboards.security import same_token
from incidents.promotions import Asked, state

ADDRESS = "/api/v1/promotions/hold"
LARGEST = 8192  # bytes of a body
_LONGEST = 300  # characters of a text


def add_to(app: FastAPI, deps: Deps) -> None:
    """A plain route: it has no session and no forms, so nothing here can be asked for by another site's page."""

    async def hold(request: Request) -> Response:
        refusal = _refusal(request, deps)
        if refusal is not None:
            return refusal
        try:
            asked = _asked(await _body(request)) if request.method == "POST" else None
        except InputError as error:
            return _error(422, "input", str(error))
        try:
            found = await run_sync(lambda: state(deps.store, brand=deps.settings.brand, clock=deps.clock, asked=asked))
        except Transient:
            # Who cannot be told must not promote: the answer of a guard that cannot see is "wait".
            return _error(503, "away", "Amends cannot reach its database. Promote nothing until it can.")
        return JSONResponse(found)

    app.add_route(ADDRESS, hold, methods=["GET", "POST"])


def _refusal(request: Request, deps: Deps) -> Response | None:
    token = deps.settings.promotions.token.get_secret_value()
    if not token:
        return _error(403, "off", "No token is set. Set AMENDS_PROMOTIONS_TOKEN and start again.")
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not same_token(given.strip(), token):
        answer = _error(401, "token", "Send the token of AMENDS_PROMOTIONS_TOKEN as 'Authorization: Bearer TOKEN'.")
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    return None


def _error(status: int, error: str, message: str) -> Response:
    return JSONResponse({"error": error, "message": message}, status)


async def _body(request: Request) -> Any:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise InputError(f"the body is larger than {LARGEST} bytes")
    try:
        return json.loads(body)
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
