"""The second step of a log-in, and the page where its owner sets it up or switches it off."""

import logging

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import ConfigError, Conflict, InputError
from core.store.login_steps import Step
from dashboards import auth, cookies, second_factor
from dashboards.auth import Half, Signed, deps_of
from dashboards.forms import Fields
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.pages import page
from dashboards.passkeys import place_of as passkey_place
from dashboards.views.login import WAIT, address_of, form, inside, signed_in

router = APIRouter()
PAGE = "/account/second-factor"
UNREADABLE = later("No code of an app can be checked right now. Use a recovery code, or ask an admin to reset yours.")
log = logging.getLogger(__name__)


# --- at log-in ---------------------------------------------------------------------------------------------------


def _step_page(request: Request, step: Step, *, problem: str = "", status: int = 200) -> Response:
    deps, to = deps_of(request), inside(str(step.detail["to"]))
    ways = second_factor.ways_of(deps.store, step.user_id or 0)
    return form(
        request, "second_step.html", title=_("Second step"), status=status, problem=heard(problem), ways=ways, next=to,
        place=passkey_place(deps.settings.web, request.url.port) if ways.passkeys else None,
    )  # fmt: skip


@router.get("/login/second")
def ask(request: Request) -> Response:
    step = second_factor.step_of(deps_of(request), request.cookies.get(cookies.step_cookie(deps_of(request))))
    if step is None or step.user_id is None:
        return RedirectResponse("/login", status_code=303)
    return _step_page(request, step)


@router.post("/login/second")
def answer(request: Request, values: Fields) -> Response:
    """``code`` of the app or ``recovery``. Without a step that stands: back to the password."""
    deps = deps_of(request)
    token = request.cookies.get(cookies.step_cookie(deps), "")
    step = second_factor.step_of(deps, token)
    if step is None or step.user_id is None:
        return RedirectResponse("/login", status_code=303)
    code = values.get("code", "") or values.get("recovery", "")
    try:
        right = second_factor.check(deps, step.user_id, code, address=address_of(request))
    except auth.TooManyAttemptsError:
        return _step_page(request, step, problem=WAIT, status=429)
    except ConfigError as error:  # the key was changed: the log tells the operator, the page the way in
        log.error("second factor", extra={"problem": str(error)})
        return _step_page(request, step, problem=UNREADABLE, status=503)
    if not right:
        return _step_page(request, step, problem=second_factor.WRONG, status=401)
    if not second_factor.finish_step(deps, token):
        return RedirectResponse("/login", status_code=303)
    return signed_in(request, second_factor.proved_by(step), inside(str(step.detail["to"])), second_factor=True)


# --- the owner's page --------------------------------------------------------------------------------------------


def _page(
    request: Request, signed: Signed, *, errors: dict[str, str] | None = None, codes: list[str] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    deps = deps_of(request)
    ways = second_factor.ways_of(deps.store, signed.id)
    secret = "" if ways.app else second_factor.begun(deps.store, signed.id)
    return page(
        request,
        "second_factor.html",
        None if signed.enrolling else signed,
        title=_("Second factor"),
        status=status,
        csrf=signed.csrf,
        who=signed.name,
        ways=ways,
        secret=second_factor.spoken(secret),
        errors=errors or {},
        codes=codes or [],
        fresh=auth.is_fresh(deps, signed),
        enrolling=signed.enrolling,
        required=deps.settings.people.require_two_factor,
        place=passkey_place(deps.settings.web, request.url.port),
        has_password=auth.has_password(deps, signed.id),
    )


def _log_in_again(request: Request, signed: Signed) -> Response | None:
    """A session of one factor, of somebody who has two by now, must not set up or change anything: out with it."""
    deps = deps_of(request)
    if not (signed.enrolling and second_factor.asked_for(deps, signed.id)):
        return None
    auth.end_session(deps, signed.token_hash)
    return RedirectResponse("/login", status_code=303)


@router.get(PAGE)
def show(request: Request, signed: Half) -> Response:
    return _log_in_again(request, signed) or _page(request, signed)


@router.get(f"{PAGE}/qr.svg")
def qr_code(request: Request, signed: Half) -> Response:
    deps = deps_of(request)
    secret = second_factor.begun(deps.store, signed.id)
    if not secret:
        raise HTTPException(404, "Nothing is being set up.")
    address = second_factor.address_of(secret, name=signed.name, brand=deps.settings.brand.name)
    return Response(second_factor.picture(address), media_type="image/svg+xml")


@router.post(PAGE)
def change(request: Request, signed: Half, values: Fields) -> Response:
    """``do``: begin (``password`` unless just logged in), confirm, codes (``code``), off (``password``, ``code``).

    The recovery codes are shown in the answer, once.
    """
    if leave := _log_in_again(request, signed):
        return leave
    deps = deps_of(request)
    try:
        match values.get("do", ""):
            case "begin":
                confirm_owner(request, signed, values)
                second_factor.begin(deps.store, user_id=signed.id, clock=deps.clock)
            case "confirm":
                return _confirm(request, signed, values)
            case "codes":
                _need_code(request, signed, values, "codes-code")
                codes = second_factor.renew_codes(deps.store, user_id=signed.id, clock=deps.clock)
                return _page(request, signed, codes=codes)
            case "off":
                confirm_owner(request, signed, values, always=True)
                _need_code(request, signed, values, "off-code")
                second_factor.switch_off(deps.store, user_id=signed.id, keep=signed.token_hash, clock=deps.clock)
            case _:
                raise HTTPException(422, "Choose one of the steps that the page offers.")
    except WrongError as error:
        return _page(request, signed, errors={error.field: str(error)}, status=error.status)
    except Conflict:
        pass  # the page shows how it stands now
    return RedirectResponse(PAGE, status_code=303)


def _confirm(request: Request, signed: Signed, values: dict[str, str]) -> Response:
    deps = deps_of(request)
    try:
        second_factor.count_try(deps, signed.id, address=address_of(request))
        codes = second_factor.confirm(
            deps.store, user_id=signed.id, code=values.get("code", ""), keep=signed.token_hash, clock=deps.clock
        )
    except InputError as error:
        raise WrongError("code", str(error)) from None
    except auth.TooManyAttemptsError:
        raise WrongError("code", WAIT, status=429) from None
    return _page(request, auth.signed_by(deps, signed.token_hash) or signed, codes=codes)


class WrongError(Exception):
    """What stands beside a field."""

    def __init__(self, field: str, message: str, *, status: int = 422) -> None:
        super().__init__(heard(message))
        self.field, self.status = field, status


def confirm_owner(request: Request, signed: Signed, values: dict[str, str], *, always: bool = False) -> None:
    """The password again, unless the log-in is fresh (with ``always`` even then). Raises WrongError at ``password``.

    Who has no password, but single sign-on, must have logged in a moment ago.
    """
    deps = deps_of(request)
    fresh, has_one = auth.is_fresh(deps, signed), auth.has_password(deps, signed.id)
    if fresh and not (always and has_one):
        return
    if not has_one:
        raise WrongError(
            "password", later("Your log-in is older than ten minutes. Log out and in again, then do this.")
        )
    try:
        user = auth.log_in(deps, name=signed.name, password=values.get("password", ""), address=address_of(request))
    except auth.TooManyAttemptsError:
        raise WrongError("password", WAIT, status=429) from None
    if user is None:
        raise WrongError("password", later("This is not your password. Nothing was changed."))


def _need_code(request: Request, signed: Signed, values: dict[str, str], field: str) -> None:
    deps = deps_of(request)
    try:
        if second_factor.check(deps, signed.id, values.get("code", ""), address=address_of(request)):
            return
    except auth.TooManyAttemptsError:
        raise WrongError(field, WAIT, status=429) from None
    raise WrongError(field, second_factor.WRONG)
