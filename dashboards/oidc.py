"""Who somebody is, as a provider says: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636).

A leaf file: knows the protocol and the library for its tokens, neither pages nor rows.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from core.clock import Clock
from core.errors import ConfigError, Refused, Transient
from core.sections import Oidc

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

# Asymmetric ones only: with "none" or a shared secret others than the provider could write tokens.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SKEW = 60  # seconds the provider's clock and ours may be apart
KEPT = 3600.0  # seconds that addresses and keys of the provider are kept
ANSWER_SECONDS = 10.0
LONGEST_EMAIL = 254  # RFC 5321
SCOPE = "openid profile email"


@dataclass(frozen=True, slots=True)
class Begun:
    """One way to the provider and back. ``address``: where the browser goes; the rest is remembered until then."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """``issuer`` and ``subject`` name somebody for ever; ``email`` is "" unless the provider says it is verified."""

    issuer: str
    subject: str
    name: str
    email: str


class Provider:
    """One configured provider. Opens no connection before it is asked. Threads may share it."""

    def __init__(self, settings: Oidc, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    @property
    def on(self) -> bool:
        return bool(self.settings.issuer)

    def begin(self, redirect: str) -> Begun:
        """Raises Transient when the provider does not answer, ConfigError when it is not as configured."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": _coded(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        where = self._endpoint("authorization_endpoint")
        return Begun(f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}", state, nonce, verifier)

    def finish(self, *, code: str, nonce: str, verifier: str, redirect: str) -> Person:
        """Trades the code for a token and reads who it is about.

        Raises Refused when the answer must not be trusted, Transient when there is none, ConfigError when the provider
        does not know us.
        """
        told = self._trade(code, verifier, redirect)
        claims = self._claims(str(told.get("id_token", "")), nonce)
        if "email" not in claims:
            claims |= self._more(str(told.get("access_token", "")), str(claims["sub"]))
        email = _verified_email(claims)
        name = str(claims.get("name") or claims.get("preferred_username") or email.partition("@")[0])
        # Half characters and signs that steer the text around them are not printable.
        name = "".join(sign for sign in " ".join(name.split()) if sign.isprintable())[:80].strip()
        return Person(self.settings.issuer, str(claims["sub"]), name, email)

    def hear(self, error: str, issuer: str) -> None:
        """An answer's ``error``, and the ``issuer`` it names (RFC 9207), each "" for none. Raises Refused for a no."""
        if error:
            named = error if re.fullmatch(r"[a-z_]{1,40}", error) else "no usable answer"
            raise Refused(f"The provider did not let you in ({named}).")
        names_itself = self._about().get("authorization_response_iss_parameter_supported")
        if issuer != self.settings.issuer and (issuer or names_itself):
            raise Refused("This answer comes from another provider.")

    def check(self) -> str:
        """One line for ``amends check``. Raises Transient or ConfigError."""
        self._endpoint("authorization_endpoint")
        return f"{self.settings.issuer}, {len(self._keys(fresh=True).keys)} keys"

    # --- what the provider says of itself ---------------------------------------------------------------------

    def _about(self) -> dict[str, Any]:
        about = self._get(self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration", fresh=False)
        if about.get("issuer") != self.settings.issuer:
            raise ConfigError(
                f"people.oidc.issuer: the provider calls itself {str(about.get('issuer'))[:200]!r}; "
                "write it exactly like that, also the slash at the end"
            )
        return about

    def _endpoint(self, name: str) -> str:
        address = str(self._about().get(name, ""))
        secure = "https" if self.settings.issuer.startswith("https:") else urlsplit(address).scheme
        if secure not in ("http", "https") or urlsplit(address).scheme != secure or not urlsplit(address).netloc:
            raise ConfigError(f"people.oidc.issuer: the provider gives no usable {name}")
        return address

    def _keys(self, *, fresh: bool) -> "KeySet":
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        found = self._get(self._endpoint("jwks_uri"), fresh=fresh).get("keys")
        listed = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
        usable = [key for key in listed if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"]
        try:
            return KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, TypeError, KeyError):
            raise Transient("the provider of single sign-on gives keys that cannot be read") from None

    # --- the token --------------------------------------------------------------------------------------------

    def _trade(self, code: str, verifier: str, redirect: str) -> dict[str, Any]:
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        headers, secret = {}, self.settings.client_secret.get_secret_value()
        methods = self._about().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret and "client_secret_basic" in methods:
            pair = f"{quote(self.settings.client_id, safe='')}:{quote(secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            sent |= {"client_id": self.settings.client_id} | ({"client_secret": secret} if secret else {})
        status, told = self._ask("POST", self._endpoint("token_endpoint"), data=sent, headers=headers)
        if status == 200:
            return told
        error = str(told.get("error", ""))
        if error in ("invalid_client", "unauthorized_client") or status == 401:
            raise ConfigError(
                f"people.oidc.client_id: the provider does not know us ({status}); check it and "
                "AMENDS_PEOPLE_OIDC_CLIENT_SECRET"
            )
        raise Refused("The provider took its word back: the log-in was too slow, or was sent twice. Try again.")

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """What a token says, once everything about it holds (OpenID Connect Core 1.0, 3.1.3.7). Raises Refused."""
        from joserfc.errors import JoseError

        try:
            claims = self._signed(token)
            self._hold(claims, nonce)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            reason = getattr(error, "claim", "") or getattr(error, "error", "") or type(error).__name__
            raise Refused(f"What the provider said cannot be trusted ({reason}). Nothing was done.") from error
        return claims

    def _signed(self, token: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            decoded = jwt.decode(token, self._keys(fresh=False), algorithms=ALGORITHMS)
        except (JoseError, ValueError):  # it may have changed its keys since we looked
            decoded = jwt.decode(token, self._keys(fresh=True), algorithms=ALGORITHMS)
        return dict(decoded.claims)

    def _hold(self, claims: dict[str, Any], nonce: str) -> None:
        from joserfc import jwt
        from joserfc.errors import InvalidClaimError

        us = self.settings.client_id
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=SKEW,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": us},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True},
        )
        rules.validate(claims)
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise InvalidClaimError("nonce")
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != us:
            raise InvalidClaimError("azp")
        subject = claims["sub"]
        if not (isinstance(subject, str) and 1 <= len(subject) <= 255 and subject.isascii() and subject.isprintable()):
            raise InvalidClaimError("sub")

    def _more(self, access_token: str, subject: str) -> dict[str, Any]:
        """The claims that stand in no token with some providers; nothing when they are about somebody else."""
        if not access_token or "userinfo_endpoint" not in self._about():
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        status, told = self._ask("GET", self._endpoint("userinfo_endpoint"), headers=headers)
        wanted = ("email", "email_verified", "name", "preferred_username")
        return {key: told[key] for key in wanted if key in told} if status == 200 and told.get("sub") == subject else {}

    # --- over the wire ----------------------------------------------------------------------------------------

    def _get(self, address: str, *, fresh: bool) -> dict[str, Any]:
        with self._lock:
            at, found = self._kept.get(address, (0.0, {}))
        if found and not fresh and time.monotonic() - at < KEPT:
            return found
        status, found = self._ask("GET", address)
        if status >= 500 or status == 429:
            raise Transient(f"the provider of single sign-on has trouble ({status})")
        if status != 200 or not found:
            raise ConfigError(f"people.oidc.issuer: {address} answers {status}; is this the address of a provider?")
        with self._lock:
            self._kept[address] = (time.monotonic(), found)
        return found

    def _ask(self, method: str, address: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON object ({} when it is none). Raises Transient without an answer."""
        import requests

        from core.wire import BoundedSession

        with BoundedSession(base=self.settings.issuer, read_seconds=ANSWER_SECONDS) as session:
            try:
                answer = session.request(method, address, **options)
                body = json.loads(answer.content)
            except requests.RequestException as error:
                raise Transient(f"the provider of single sign-on does not answer ({type(error).__name__})") from error
            except (ValueError, RecursionError):
                body = {}
        if answer.status_code >= 500:
            raise Transient(f"the provider of single sign-on has trouble ({answer.status_code})")
        return answer.status_code, body if isinstance(body, dict) else {}


def _verified_email(claims: dict[str, Any]) -> str:
    """In small letters; "" for one that is not verified, or no plain address.

    ASCII alone: elsewhere small letters make one sign of two (K and the Kelvin sign), and so one account of two.
    """
    said, email = claims.get("email_verified"), claims.get("email")
    verified = said is True or said == "true"  # some write it as text
    if not verified or not isinstance(email, str) or not email.isascii() or len(email) > LONGEST_EMAIL:
        return ""
    return email.lower() if re.fullmatch(r"[^@\s]+@[^@\s]+", email) else ""


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
