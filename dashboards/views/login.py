"""Log in and out."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.errors import Refused
from dashboards import auth, cookies, second_factor
from dashboards.auth import Half, MaybeSigned, Proved, deps_of
from dashboards.deps import Deps
from dashboards.forms import Fields
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.passkeys import place_of as passkey_place

router = APIRouter()

WRONG = later("Name or password is not right.")
WAIT = later("Too many attempts. Wait 15 minutes, then try again.")


def inside(path: str) -> str:
    """A path of our own to go on to; anything else becomes the start page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def form(request: Request, template: str, /, *, title: str, status: int = 200, **context: object) -> HTMLResponse:
    """A form for somebody who is not signed in."""
    token = cookies.form_token(request, deps_of(request))
    response = page(request, template, None, title=title, status=status, **(context | {"csrf": token}))
    cookies.keep_form_token(response, deps_of(request), token)
    return response


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def signed_in(request: Request, who: Proved, to: str, *, second_factor: bool = False) -> RedirectResponse:
    """Starts the session and goes on."""
    response = RedirectResponse(to, status_code=303)
    give_session(request, response, who, second_factor=second_factor)
    return response


def give_session(request: Request, response: Response, who: Proved, *, second_factor: bool) -> None:
    """Starts the session and puts its cookie into the answer; what was left of the log-in is over."""
    deps = deps_of(request)
    token = auth.start_session(
        deps,
        who,
        old_token=request.cookies.get(cookies.cookie_name(deps)),
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request),
        second_factor=second_factor,
    )
    cookies.set_cookie(
        response, deps, cookies.cookie_name(deps), token, seconds=int(deps.settings.web.session_hours * 3600)
    )
    if cookies.step_cookie(deps) in request.cookies:
        drop_cookie(response, deps, cookies.step_cookie(deps))


def drop_cookie(response: Response, deps: Deps, name: str) -> None:
    response.delete_cookie(name, path="/", secure=cookies.is_https(deps), httponly=True, samesite="lax")


def after_first_factor(request: Request, who: Proved, to: str) -> RedirectResponse:
    """What a right password leads to: the second step where the account has one, else into the house."""
    deps = deps_of(request)
    if not second_factor.asked_for(deps, who.user_id):
        return signed_in(request, who, to)
    response = RedirectResponse("/login/second", status_code=303)
    token = second_factor.begin_step(deps, who, to)
    cookies.set_cookie(
        response, deps, cookies.step_cookie(deps), token, seconds=int(second_factor.TIME.total_seconds())
    )
    return response


@router.get("/login")
def show(request: Request, signed: MaybeSigned, next: str = "/") -> Response:  # noqa: A002 - the name of the field
    if signed:
        return RedirectResponse(inside(next), status_code=303)
    return log_in_page(request, to=next, empty=auth.nobody_yet(deps_of(request)))


def log_in_page(
    request: Request, *, to: str, name: str = "", problem: str = "", status: int = 200, empty: bool = False
) -> HTMLResponse:
    """The log-in page with every way in that there is."""
    deps = deps_of(request)
    return form(
        request, "login.html", status=status, title=_("Log in"), next=inside(to), name=name,
        problem=_(problem), empty=empty, oidc=deps.settings.people.oidc,
        place=passkey_place(deps.settings.web, request.url.port),
    )  # fmt: skip


@router.post("/login")
def enter(request: Request, values: Fields) -> Response:
    """``name``, ``password``, and ``next``: where to go on."""
    status, problem = 401, WRONG
    name, to = values.get("name", ""), inside(values.get("next", "/"))
    try:
        user = auth.log_in(
            deps_of(request), name=name, password=values.get("password", ""), address=address_of(request)
        )
        if user:
            return after_first_factor(request, auth.proved(user), to)
    except auth.TooManyAttemptsError:
        status, problem = 429, WAIT
    except Refused as error:  # the password that was right a moment ago is not any more
        problem = str(error)
    return log_in_page(request, to=to, name=name, problem=problem, status=status)


@router.post("/logout")
def leave(request: Request, signed: Half) -> Response:
    deps = deps_of(request)
    auth.end_session(deps, signed.token_hash)
    response = RedirectResponse("/login", status_code=303)
    drop_cookie(response, deps, cookies.cookie_name(deps))
    return response
