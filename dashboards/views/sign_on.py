"""Single sign-on: to the provider, and back with its word."""

import hmac
import logging
import secrets

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from core.errors import AmendsError, ConfigError, Refused, Transient
from dashboards import cookies, failed_logins, sign_on
from dashboards.auth import deps_of
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.oidc import Person, Provider
from dashboards.pages import page
from dashboards.views.login import address_of, after_first_factor, drop_cookie, inside, signed_in

router = APIRouter()
log = logging.getLogger(__name__)
BACK = "/login/sso/back"


def provider_of(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    if not provider.on:
        raise HTTPException(404, _("Single sign-on is not set up here."))
    return provider


def _cookie(request: Request) -> str:
    return cookies.step_cookie(deps_of(request)) + "-sso"


def _redirect_uri(request: Request) -> str:
    return (deps_of(request).settings.web.public_url or str(request.base_url)).rstrip("/") + BACK


@router.get("/login/sso")
def leave(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name of the field
    deps = deps_of(request)
    try:
        begun = provider_of(request).begin(_redirect_uri(request))
    except (Transient, ConfigError) as error:
        return _trouble(request, error)
    token = secrets.token_urlsafe(32)
    sign_on.remember(deps, token, begun, inside(next))
    response = RedirectResponse(begun.address, status_code=303)
    cookies.set_cookie(response, deps, _cookie(request), token, seconds=int(sign_on.TIME.total_seconds()))
    return response


@router.get(BACK)
def come_back(request: Request, code: str = "", state: str = "", iss: str = "", error: str = "") -> Response:
    """The provider's answer. What the browser began must match, whatever the answer says."""
    deps, provider = deps_of(request), provider_of(request)
    step = sign_on.recall(deps, request.cookies.get(_cookie(request), ""))
    if step is None or not hmac.compare_digest(state.encode(), str(step.detail["state"]).encode()):
        late = later("This log-in was not begun in this browser, or took too long. Begin again.")
        return _trouble(request, Refused(late))
    person: Person | None = None
    try:
        provider.hear(error, iss)
        person = provider.finish(
            code=code, nonce=str(step.detail["nonce"]), verifier=str(step.detail["verifier"]),
            redirect=_redirect_uri(request),
        )  # fmt: skip
        who = sign_on.account_of(deps.store, person, settings=provider.settings, clock=deps.clock)
    except (Refused, Transient, ConfigError) as problem:
        return _trouble(request, problem, person.email if person else "")
    to = inside(str(step.detail["to"]))
    trusted = provider.settings.trust_second_factor
    response = signed_in(request, who, to, second_factor=True) if trusted else after_first_factor(request, who, to)
    drop_cookie(response, deps, _cookie(request))
    return response


def _trouble(request: Request, error: AmendsError, email: str = "") -> Response:
    """A page of its own, with every other way in; the log says more to the operator. ``email``: who was refused."""
    log.warning("single sign-on", extra={"problem": str(error)})
    if isinstance(error, Refused):
        failed_logins.write_down(
            deps_of(request), failed_logins.SIGN_ON, address=address_of(request), email=email, why=str(error)
        )
    if isinstance(error, ConfigError):  # the operator's, and nothing for a stranger to read
        words, status = (
            _("Single sign-on is not set up rightly. The log of Amends says what is wrong; tell an admin."),
            502,
        )
    elif isinstance(error, Transient):
        words, status = _("The provider of single sign-on cannot be reached right now."), 503
    else:
        words, status = heard(str(error)), 403
    return page(
        request, "sign_on.html", None, title=_("Single sign-on"), status=status, problem=words, again=status != 502
    )
