"""The cookies of a browser that is logged in, or about to be: their names, and how they are set."""

import secrets

from fastapi import Request
from starlette.responses import Response

from dashboards.deps import Deps


def is_https(deps: Deps) -> bool:
    return deps.settings.web.public_url.startswith("https://")


def step_cookie(deps: Deps) -> str:
    """Holds the secret that binds a log-in which is not over yet to its browser."""
    return cookie_name(deps) + "-step"


def cookie_name(deps: Deps) -> str:
    if deps.drill:
        return "amends-drill"  # a log-in to the rehearsal must not end the one to the real service on the same host
    return "__Host-amends" if is_https(deps) else "amends"


def form_cookie(deps: Deps) -> str:
    return cookie_name(deps) + "-form"


def set_cookie(response: Response, deps: Deps, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=is_https(deps), path="/")


def form_token(request: Request, deps: Deps) -> str:
    """The token of a form shown before log-in; hand it to ``keep_form_token`` with the answer."""
    return request.cookies.get(form_cookie(deps)) or secrets.token_urlsafe(32)


def keep_form_token(response: Response, deps: Deps, token: str) -> None:
    set_cookie(response, deps, form_cookie(deps), token, seconds=3600)
