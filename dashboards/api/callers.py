"""Who asks: a token with its scopes, or for reading somebody who is signed in in a browser.

A change is never taken from a session: no other site's page can then ask for one. No scope approves or sends.
"""

import math
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from dashboards import tokens
from dashboards.api.limits import Limit
from dashboards.api.problems import ProblemError
from dashboards.auth import ROLES, MaybeSigned, deps_of

WRONG_EACH_MINUTE = 60  # requests with a token that does not stand, from one address
_token = HTTPBearer(auto_error=False, scheme_name="token", description="A token from the page Tokens: `amends_…`.")
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_token)]


@dataclass(frozen=True, slots=True)
class Caller:
    """``name`` stands in the audit and in timelines."""

    name: str


class Limits:
    """The limits of one app."""

    def __init__(self, each_minute: int) -> None:
        self.known = Limit(each_minute)
        self.wrong = Limit(WRONG_EACH_MINUTE)


def ask(request: Request, scopes: SecurityScopes, given: Given, signed: MaybeSigned) -> Caller:
    """Dependency, as ``Security(ask, scopes=["read"])``. Raises ProblemError: 401, 403, 429."""
    scope = scopes.scopes[0]
    if given is not None or "authorization" in request.headers:
        return by_token(request, given.credentials if given else "", scope)
    if signed is not None and not signed.enrolling and scope == "read":
        slow_down(request.app.state.limits.known, f"session {signed.token_hash}")
        return Caller(signed.name)
    raise refused("Show a token as 'Authorization: Bearer TOKEN'. An account's page Tokens makes one.")


def by_token(request: Request, secret: str, scope: str) -> Caller:
    """Whom a token speaks for. Raises ProblemError."""
    deps = deps_of(request)
    limits: Limits = request.app.state.limits
    row = tokens.standing(deps.store, secret.strip(), deps.clock())
    if row is None:
        slow_down(limits.wrong, request.client.host if request.client else "")
        raise refused("This token is not known, has ended, or was revoked.")
    slow_down(limits.known, f"token {row.id}")
    if scope not in row.scopes:
        raise ProblemError(403, f"This token lacks the scope {scope}; it has {', '.join(row.scopes)}.")
    role = tokens.SCOPES[scope]
    if ROLES.index(row.user.role) < ROLES.index(role):
        raise ProblemError(403, f"The scope {scope} needs an owner who is {role}; {row.user.name} is {row.user.role}.")
    return Caller(f"{row.user.name}, token {row.name}")


def refused(detail: str) -> ProblemError:
    return ProblemError(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Amends"'})


def slow_down(limit: Limit, caller: str) -> None:
    """Takes one request from a limit. Raises ProblemError 429."""
    seconds = math.ceil(limit.wait(caller))
    if seconds:
        raise ProblemError(429, f"Too many requests: ask again in {seconds} s.", headers={"Retry-After": str(seconds)})


Reader = Annotated[Caller, Security(ask, scopes=["read"])]
Importer = Annotated[Caller, Security(ask, scopes=["import"])]
Editor = Annotated[Caller, Security(ask, scopes=["incidents"])]
