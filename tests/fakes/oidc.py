"""A provider of OpenID Connect: discovery, keys, codes with PKCE, tokens signed with a real RSA key, userinfo.

As OpenID Connect Core 1.0, Discovery 1.0 and RFC 7636 describe one. A test sets what it says wrong: ``claims`` over
what a token would say, ``about`` over what discovery would.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes.server import Answer, FakeServer, Request

CLIENT, SECRET = "amends-client", "canary-client-secret"
GONE = object()  # a claim that is left out


@dataclass(frozen=True)
class Given:
    """What a code stands for."""

    redirect: str
    nonce: str
    challenge: str


@cache
def _key(name: str) -> RSAKey:
    """Made once: that takes a while."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


class FakeProvider(FakeServer):
    """Lets everybody in as ``person``. ``redirects``: the addresses it may send browsers to."""

    def __init__(self, redirects: tuple[str, ...]) -> None:
        super().__init__()
        self.redirects = redirects
        self.key = _key("first")
        self.shown = [self.key]
        self.person: dict[str, Any] = {
            "sub": "248289761001", "name": "Zoë Tremblay", "email": "zoe@northwind.example", "email_verified": True,
        }  # fmt: skip
        self.claims: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.in_userinfo = False  # the person's claims stand there, not in the token
        self.refuses = ""  # the error it sends browsers back with
        self.header: dict[str, Any] = {}
        self.codes: dict[str, Given] = {}

    def new_key(self) -> None:
        """Signs with the other key from now on."""
        self.key = _key("second")
        self.shown = [self.key]

    def answer(self, request: Request) -> Answer:
        match request.method, request.path:
            case "GET", "/.well-known/openid-configuration":
                return Answer(200, self._about() | self.about)
            case "GET", "/keys":
                return Answer(200, {"keys": [key.as_dict(private=False) for key in self.shown]})
            case "GET", "/authorize":
                return self._authorize(request.query)
            case "POST", "/token":
                return self._token(request)
            case "GET", "/userinfo":
                known = request.headers.get("authorization") == "Bearer an-access-token"
                return Answer(200, self.person) if known else Answer(401, {"error": "invalid_token"})
        return Answer(404, {"error": "not found"})

    def _about(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _authorize(self, asked: dict[str, str]) -> Answer:
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") not in self.redirects:
            return Answer(400, {"error": "invalid_request"})  # a browser is sent to no address that is not registered
        good = (
            asked["response_type"] == "code" and "openid" in asked["scope"] and asked["code_challenge_method"] == "S256"
        )
        back = {"state": asked["state"], "iss": self.url}
        if self.refuses or not good:
            return _to(asked["redirect_uri"], back | {"error": self.refuses or "invalid_request"})
        code = secrets.token_urlsafe(16)
        self.codes[code] = Given(asked["redirect_uri"], asked["nonce"], asked["code_challenge"])
        return _to(asked["redirect_uri"], back | {"code": code})

    def _token(self, request: Request) -> Answer:
        sent = request.form()
        if not _is_client(request.headers.get("authorization", "")):
            return Answer(401, {"error": "invalid_client"})
        given = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if given is None or given.redirect != sent.get("redirect_uri") or given.challenge != proof:
            return Answer(400, {"error": "invalid_grant"})
        return Answer(
            200,
            {
                "access_token": "an-access-token",
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": self._id_token(given),
            },
        )

    def _id_token(self, given: Given) -> str:
        now = int(self.now())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": given.nonce}
        claims |= {"sub": self.person["sub"]} if self.in_userinfo else self.person
        claims = {name: value for name, value in (claims | self.claims).items() if value is not GONE}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        return jwt.encode(header, claims, self.key)


def _is_client(header: str) -> bool:
    pair = base64.b64decode(header.removeprefix("Basic ") or "").decode() if header.startswith("Basic ") else ":"
    name, _, secret = pair.partition(":")
    return (unquote(name), unquote(secret)) == (CLIENT, SECRET)


def _to(address: str, answer: dict[str, str]) -> Answer:
    return Answer(302, {}, {"location": f"{address}?{urlencode(answer)}"})
