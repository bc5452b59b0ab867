"""Passkeys: made and removed by their owner, and a way in on the log-in page. Our own script speaks to these."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from core.errors import Conflict, Refused
from dashboards import auth, cookies, failed_logins, passkeys, second_factor
from dashboards.auth import Half, deps_of
from dashboards.forms import Fields, Form
from dashboards.passkeys import Place
from dashboards.views.login import address_of, give_session, inside
from dashboards.views.second_factor import WrongError, confirm_owner

router = APIRouter()
Sent = Annotated[dict[str, Any], Body()]


def place_of(request: Request) -> Place | None:
    return passkeys.place_of(deps_of(request).settings.web, request.url.port)


def _place(request: Request) -> Place:
    place = place_of(request)
    if place is None:
        raise Refused("Passkeys need web.public_url to be a name with https.")
    return place


def _text(sent: dict[str, Any], key: str) -> str:
    """What a form field would hold: JSON can also carry half characters and NUL, which no database takes."""
    value = sent.get(key)
    return value[:1000].replace("\0", "").encode(errors="ignore").decode() if isinstance(value, str) else ""


def _credential(sent: dict[str, Any]) -> dict[str, Any]:
    value = sent.get("credential")
    return value if isinstance(value, dict) else {}


@router.post("/account/passkeys/options")
def options(request: Request, signed: Half, sent: Sent) -> Response:
    """``{"password"?}`` → what the browser needs. 422 ``{"error": "password", …}`` when the password is asked for."""
    deps = deps_of(request)
    _half_may(request, signed)
    try:
        confirm_owner(request, signed, {"password": _text(sent, "password")})
    except WrongError as error:
        return JSONResponse({"error": error.field, "message": str(error)}, error.status)
    return JSONResponse(passkeys.begin(deps, signed, _place(request)))


@router.post("/account/passkeys")
def add(request: Request, signed: Half, sent: Sent) -> Response:
    """``{"name", "credential"}`` → ``{"to"}``: where to go on."""
    deps = deps_of(request)
    _half_may(request, signed)
    passkeys.add(deps, signed, _place(request), name=_text(sent, "name"), credential=_credential(sent))
    if signed.enrolling:
        second_factor.proved(deps.store, signed.token_hash)
    return JSONResponse({"to": "/" if signed.enrolling else "/account"})


def _half_may(request: Request, signed: auth.Signed) -> None:
    """Who has a second factor, and did not show it in this session, must not add another one."""
    if signed.enrolling and second_factor.asked_for(deps_of(request), signed.id):
        raise Refused("Log in again with your second factor first.")


@router.post("/account/passkeys/remove")
def remove(request: Request, signed: auth.Viewer, values: Fields) -> Response:
    """``passkey``: its number."""
    deps, form = deps_of(request), Form(values, deps_of(request).settings.brand.zone())
    with suppress(Conflict):  # it is gone, which is what was wanted
        passkeys.remove(deps.store, user_id=signed.id, passkey_id=form.number("passkey"), clock=deps.clock)
    return RedirectResponse("/account", status_code=303)


@router.post("/login/passkey/options")
def ask(request: Request) -> Response:
    """What the browser needs to ask for a passkey; the challenge is bound to it by a cookie."""
    deps = deps_of(request)
    token, wanted = passkeys.begin_log_in(deps, _place(request))
    response = JSONResponse(wanted)
    cookies.set_cookie(response, deps, _cookie(request), token, seconds=int(passkeys.TIME.total_seconds()))
    return response


@router.post("/login/passkey")
def enter(request: Request, sent: Sent) -> Response:
    """``{"credential", "next"}`` → ``{"to"}`` and a session. A passkey is two factors: no code is asked for."""
    deps = deps_of(request)
    place, token = _place(request), request.cookies.get(_cookie(request), "")
    try:
        who = passkeys.log_in(deps, place, token=token, credential=_credential(sent))
    except Refused:
        failed_logins.write_down(deps, failed_logins.PASSKEY, address=address_of(request))
        raise
    response = JSONResponse({"to": inside(_text(sent, "next"))})
    give_session(request, response, who, second_factor=True)
    return response


def _cookie(request: Request) -> str:
    """Apart from the code's: who tries a passkey at the second step may still type the code."""
    return cookies.step_cookie(deps_of(request)) + "-passkey"
