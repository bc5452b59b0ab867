"""The own account: where one is logged in, the password, and what does not fit the phone's bottom bar."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import Conflict
from core.store import logins, passkeys, tokens
from dashboards import auth, people, second_factor
from dashboards.auth import Signed, Viewer, deps_of
from dashboards.forms import Fields, Form
from dashboards.languages import LANGUAGES, _
from dashboards.pages import page
from dashboards.passkeys import place_of as passkey_place
from dashboards.passwords import SHORTEST, password_problem
from dashboards.views.login import address_of

router = APIRouter()


def _page(request: Request, signed: Signed, *, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    deps = deps_of(request)
    with deps.store.read() as db:
        sessions = logins.sessions_of(db, signed.id, deps.clock())
        keys = passkeys.of_user(db, signed.id)
        scripts = len(tokens.working(db, signed.id, deps.clock()))
    return page(
        request,
        "account.html",
        signed,
        title=signed.name,
        status=status,
        sessions=sessions,
        errors=errors or {},
        passkeys=keys,
        tokens=scripts,
        has_password=auth.has_password(deps, signed.id),
        place=passkey_place(deps.settings.web, request.url.port),
        fresh=auth.is_fresh(deps, signed),
        ways=second_factor.ways_of(deps.store, signed.id),
        saved=request.query_params.get("saved") == "yes",
        shortest=SHORTEST,
        languages=LANGUAGES,
    )


@router.get("/account")
def show(request: Request, signed: Viewer) -> Response:
    return _page(request, signed)


@router.post("/account")
def change(request: Request, signed: Viewer, values: Fields) -> Response:
    """``do`` says what.

    password (``current``, ``new``), language (``language``; empty: as the browser asks), end_session (``session``;
    empty: all others).
    """
    deps, form = deps_of(request), Form(values, deps_of(request).settings.brand.zone())
    match form.text("do"):
        case "password":
            errors = _change_password(request, signed, values)
            if errors:
                return _page(request, signed, errors=errors, status=422)
        case "language":
            people.choose_language(deps.store, user_id=signed.id, language=form.text("language"))
        case "end_session":
            try:
                people.end_sessions(
                    deps.store, user_id=signed.id, which=form.text("session"), keep=signed.token_hash,
                    actor=signed.name, clock=deps.clock,
                )  # fmt: skip
            except Conflict:
                return RedirectResponse("/account", status_code=303)  # it has ended, which is what was wanted
        case _:
            raise HTTPException(422, "Choose one of the steps that the page offers.")
    saved = "?saved=yes" if form.text("do") == "password" else ""
    return RedirectResponse(f"/account{saved}", status_code=303)


def _change_password(request: Request, signed: Signed, values: dict[str, str]) -> dict[str, str]:
    """What is wrong, by field; nothing when it is done. A wrong current password counts as a failed log-in."""
    deps, new = deps_of(request), values.get("new", "")
    if problem := password_problem(new):
        return {"new": problem}
    try:
        right = auth.log_in(deps, name=signed.name, password=values.get("current", ""), address=address_of(request))
    except auth.TooManyAttemptsError:
        return {"current": _("Too many attempts. Wait 15 minutes, then try again.")}
    if right is None:
        return {"current": _("This is not your password. Nothing was changed.")}
    try:
        people.change_password(
            deps.store, who=auth.proved(right), password=new, keep=signed.token_hash, clock=deps.clock
        )
    except Conflict:  # replaced since it was given
        return {"current": _("This is not your password. Nothing was changed.")}
    return {}
