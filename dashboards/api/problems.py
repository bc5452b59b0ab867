"""Errors as problem details (RFC 9457, ``application/problem+json``): one clear sentence in ``detail``.

``message`` says the same once more: it is what the first clients of this interface read.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from core.errors import Conflict, InputError, Refused, Transient

KIND = "application/problem+json"
STATUSES = {Conflict: 409, Refused: 422, InputError: 422}


class LineError(BaseModel):
    """One line or field that cannot be used."""

    line: int | None = None
    field: str | None = None
    problem: str


class Problem(BaseModel):
    """Why nothing was done. ``errors`` names every bad line or field."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    message: str
    errors: list[LineError] | None = None


class ProblemError(Exception):
    """Answered as it is."""

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[LineError] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers
        self.errors = errors


def answer(api: FastAPI) -> None:
    """Registers an answer for every error that can leave a handler."""
    api.add_exception_handler(ProblemError, _problem)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _not_as_asked)
    api.add_exception_handler(Transient, _away)
    api.add_exception_handler(Exception, _unforeseen)
    for kind in STATUSES:
        api.add_exception_handler(kind, _ours)


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[LineError] = ()
) -> Response:
    """The answer itself."""
    # What was sent may hold half a character, which no answer can carry.
    clear = " ".join(detail.encode(errors="replace").decode().split())
    told = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=clear, message=clear, errors=list(errors) or None
    )
    return JSONResponse(told.model_dump(exclude_none=True), status, headers=headers, media_type=KIND)


def _problem(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem(error.status, str(error), headers=error.headers, errors=error.errors)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "There is nothing at this address.", 405: f"This address does not take {request.method}."}
    detail = error.detail if isinstance(error, HTTPException) else ""
    plain = detail in ("", HTTPStatus(status).phrase)  # the framework's own words say nothing
    return problem(status, words.get(status, "The request could not be answered.") if plain else detail)


def _not_as_asked(_request: Request, error: Exception) -> Response:
    faults: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [_fault(fault) for fault in faults[:100]]
    return problem(422, "; ".join(f"{one.field}: {one.problem}" for one in errors[:3]) + ".", errors=errors)


def _fault(fault: Mapping[str, Any]) -> LineError:
    place = ".".join(str(part) for part in fault["loc"][1:]) or "body"
    words = {"extra_forbidden": "is not known here", "missing": "is missing"}.get(fault["type"], fault["msg"])
    if fault["type"] in ("literal_error", "enum"):
        words = f"{str(fault['input'])[:60]!r} is not one of {fault['ctx']['expected']}"
    return LineError(field=place[:100], problem=words[:1].lower() + words[1:])


def _ours(_request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return problem(status, f"{str(error).rstrip('.')}.")


def _away(_request: Request, _error: Exception) -> Response:
    words = "Amends cannot reach its database right now. Nothing was done; try again in a moment."
    return problem(503, words, headers={"Retry-After": "5"})


def _unforeseen(_request: Request, _error: Exception) -> Response:
    """The server logs the traceback."""
    return problem(500, "Something failed inside Amends; its log tells more.")
