"""Log in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dashboards import auth
from dashboards.auth import MaybeSigned, Viewer, deps_of
from dashboards.pages import page

router = APIRouter()

WRONG = "Name or password is not right."
WAIT = "Too many attempts. Wait 15 minutes, then try again."


def inside(path: str) -> str:
    """A path of our own to go on to; anything else becomes the start page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def form(request: Request, template: str, /, *, title: str, status: int = 200, **context: object) -> HTMLResponse:
    """A form for somebody who is not signed in."""
    token = auth.form_token(request)
    response = page(request, template, None, title=title, status=status, **(context | {"csrf": token}))
    auth.keep_form_token(response, deps_of(request), token)
    return response


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def signed_in(request: Request, user_id: int, to: str) -> RedirectResponse:
    """Starts the session and goes on."""
    deps = deps_of(request)
    token = auth.start_session(
        deps,
        user_id,
        old_token=request.cookies.get(auth.cookie_name(deps)),
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request),
    )
    response = RedirectResponse(to, status_code=303)
    auth.set_cookie(response, deps, auth.cookie_name(deps), token, seconds=int(deps.settings.web.session_hours * 3600))
    return response


@router.get("/login")
def show(request: Request, signed: MaybeSigned, next: str = "/") -> Response:  # noqa: A002 - the name of the field
    if signed:
        return RedirectResponse(inside(next), status_code=303)
    empty = auth.nobody_yet(deps_of(request))
    return form(request, "login.html", title="Log in", next=inside(next), name="", problem="", empty=empty)


@router.post("/login")
def enter(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    status, problem = 401, WRONG
    try:
        user = auth.log_in(deps_of(request), name=name, password=password, address=address_of(request))
        if user:
            return signed_in(request, user.id, inside(next))
    except auth.TooManyAttemptsError:
        status, problem = 429, WAIT
    return form(
        request, "login.html", status=status, title="Log in", next=inside(next), name=name, problem=problem, empty=False
    )


@router.post("/logout")
def leave(request: Request, signed: Viewer) -> Response:
    deps = deps_of(request)
    auth.end_session(deps, signed.token_hash)
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(auth.cookie_name(deps), path="/", secure=auth.is_https(deps), httponly=True, samesite="lax")
    return response
