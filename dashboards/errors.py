"""Errors as pages for people, and as JSON ``{"error", "message"}`` for our own scripts."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from core.errors import Conflict, InputError, Refused, Transient
from dashboards import auth
from dashboards.auth import NotSignedInError, SecondFactorMissingError, Signed
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.security import HEADERS

WORDS = {
    403: later("You may not do this"),
    404: later("There is no such page"),
    405: later("This address does not take that"),
    413: later("This is too large"),
    422: later("Something in this request cannot be read"),
}
KINDS = {Conflict: ("conflict", 409), Refused: ("refused", 422), InputError: ("input", 422)}


def answer(app: FastAPI) -> None:
    """Registers an answer for every error that can leave a handler."""
    app.add_exception_handler(NotSignedInError, _not_signed_in)
    app.add_exception_handler(SecondFactorMissingError, _half_signed_in)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _not_as_asked)
    app.add_exception_handler(Transient, _away)
    app.add_exception_handler(Exception, _unforeseen)
    for kind in KINDS:
        app.add_exception_handler(kind, _ours)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _json(status: int, error: str, message: str) -> JSONResponse:
    # What was sent may hold half a character, which no answer can carry.
    return JSONResponse({"error": error, "message": heard(message).encode(errors="replace").decode()}, status)


def _page(request: Request, status: int, message: str) -> Response:
    try:
        return _page_for(request, auth.current(request), status, message)
    except Exception:  # noqa: BLE001 - a database that fails takes the rail along, not the answer
        return _page_for(request, None, status, message)


def _page_for(request: Request, signed: Signed | None, status: int, message: str) -> Response:
    auth.speak_to(request, signed)  # an address that is not ours was never guarded
    title = _(WORDS.get(status, later("This did not work")))
    signed = None if signed and signed.enrolling else signed  # who must still enrol sees no figures either
    return page(request, "error.html", signed, title=title, status=status, message=heard(message))


def _not_signed_in(request: Request, _error: Exception) -> Response:
    if request.method == "GET" and _wants_page(request):
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(path, safe='')}", status_code=303)
    return _json(401, "signed out", later("You are signed out. Log in again; nothing was done."))


def _half_signed_in(request: Request, _error: Exception) -> Response:
    if request.method == "GET" and _wants_page(request):
        return RedirectResponse("/account/second-factor", status_code=303)
    return _json(403, "second factor", later("Set up a second factor first; nothing was done."))


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    # The framework's own words for these say nothing to a person.
    message = "Check the address." if detail in ("", "Not Found", "Method Not Allowed") else detail
    return (
        _page(request, status, message) if _wants_page(request) else _json(status, WORDS.get(status, "error"), message)
    )


def _not_as_asked(request: Request, error: Exception) -> Response:
    """Names the places only: what was sent may be hostile or secret."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    places = sorted({".".join(str(part) for part in fault["loc"][1:]) or "body" for fault in faults})
    message = _(
        "Something in this request cannot be read: %(places)s. Reload the page and try again.", places=", ".join(places)
    )
    return _page(request, 422, "Check the address.") if _wants_page(request) else _json(422, "input", message)


def _ours(request: Request, error: Exception) -> Response:
    name, status = next(answer for kind, answer in KINDS.items() if isinstance(error, kind))
    return _page(request, status, str(error)) if _wants_page(request) else _json(status, name, str(error))


def _away(_request: Request, _error: Exception) -> Response:
    """The database is busy or away. Says nothing of it, and asks nothing of it: this page may be public."""
    message = _("Amends cannot reach its database right now. Nothing was done; try again in a moment.")
    return PlainTextResponse(message, status_code=503, headers={"Retry-After": "5"})


def _unforeseen(_request: Request, _error: Exception) -> Response:
    """Answered outside of the middleware, so it brings the headers itself. The server logs the traceback."""
    return PlainTextResponse(
        _("Something failed inside Amends. What was decided before is safe; the log tells more. Reload the page."),
        status_code=500,
        headers={**HEADERS, "Cache-Control": "no-store"},
    )
