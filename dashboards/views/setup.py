"""The one-time link that makes the first account."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.errors import Conflict
from dashboards import auth
from dashboards.auth import deps_of
from dashboards.forms import Fields
from dashboards.languages import _
from dashboards.pages import page
from dashboards.passwords import SHORTEST, password_problem
from dashboards.views.login import form, signed_in

router = APIRouter()


def _done(request: Request) -> Response:
    return page(request, "setup_done.html", None, title=_("Set-up is done"), status=410)


@router.get("/setup")
@router.get("/setup/{token}")
def show(request: Request, token: str = "") -> Response:
    if not auth.setup_open(deps_of(request), token):
        return _done(request)
    return form(request, "setup.html", title=_("Set up"), token=token, name="", problem="", shortest=SHORTEST)


@router.post("/setup/{token}")
def make(request: Request, token: str, values: Fields) -> Response:
    name, password = " ".join(values.get("name", "").split()), values.get("password", "")
    problem = password_problem(password)
    if not 1 <= len(name) <= 80:
        problem = _("Give the name your team knows you by, at most %(most)s characters.", most=80)
    if problem:
        return form(
            request,
            "setup.html",
            status=422,
            title=_("Set up"),
            token=token,
            name=name,
            problem=problem,
            shortest=SHORTEST,
        )
    try:
        user = auth.set_up(deps_of(request), token=token, name=name, password=password)
    except Conflict:
        return _done(request)
    return signed_in(request, auth.proved(user), "/")
