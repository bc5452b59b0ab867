"""A program of our own that takes approved replies over HTTP: signed, and with the same key for every try.

It must create one reply for one Idempotency-Key, and tell with GET and ?key= what became of it. The signature is
HMAC-SHA256 over the time, a dot and the body, hex, as ``X-Amends-Signature: t=SECONDS,v1=HEX``.
"""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from core import clock as core_clock
from core.accounts import WebhookPublisher as Settings
from core.domain import Eligibility, Target, sha256
from core.errors import ConfigError, Transient
from core.settings import env_name
from responder.publishers import Published
from responder.publishers.texts import must_be_sendable

if TYPE_CHECKING:
    import requests

    from core import wire

ANSWER_SECONDS = 15.0


class WebhookPublisher:
    """Posts to ``settings.url``."""

    read_lag = 5.0

    def __init__(self, name: str, settings: Settings, *, clock: core_clock.Clock = core_clock.now) -> None:
        self.name = name
        self.account = settings.account
        self._settings = settings
        self._clock = clock
        self._connected: wire.BoundedSession | None = None

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """One signed POST, never repeated here. Raises as the protocol says."""
        import requests

        from core import wire

        must_be_sendable(text, target)
        body = json.dumps(self._letter(text, target, key), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, **self._signed(body)}
        session = self._session()
        try:
            response = session.request("POST", self._settings.url, data=body, headers=headers)
        except requests.RequestException as error:
            raise wire.sending_error("The webhook", error) from error
        answer = _answer(response)  # a 2xx is the yes, whatever it says beside
        return Published(str(answer.get("id") or key), str(answer.get("url") or ""))

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - the key says it all
        """What the other side made of the key; 404 is its word that there is nothing. Raises Transient otherwise."""
        import requests

        from core import wire

        try:
            response = self._session().request(
                "GET", self._settings.url, params={"key": key}, headers=self._signed(b"")
            )
        except requests.RequestException as error:
            if wire.failure(error).status == 404:
                return None
            seen = wire.reading_error("The webhook", error)
            raise seen if isinstance(seen, Transient | ConfigError) else Transient(str(seen)) from error
        answer = _answer(response)
        if "id" not in answer:
            raise Transient("The webhook does not say whether it has this reply.")
        return Published(str(answer["id"]), str(answer.get("url") or ""), answer.get("text"))

    def check(self) -> str:
        """Asks for a key that nobody has: 404 is the good answer. Raises Transient or ConfigError for another one."""
        nobody = Target(platform="", external_id="", author="", eligible=Eligibility.NONE)
        if self.find("", nobody, key="amends-check") is not None:
            raise ConfigError(f"publishers.{self.name}: it claims to have a reply that was never sent; 404 is expected")
        return f"posts to {self._settings.url}"

    def _letter(self, text: str, target: Target, key: str) -> dict[str, Any]:
        return {
            "key": key,
            "at": core_clock.iso(self._clock()),
            "platform": target.platform,
            "target": target.external_id,
            "target_url": target.url,
            "author": target.author,
            "account": self.account,
            "text": text,
            "sha256": sha256(text),
        }

    def _signed(self, body: bytes) -> dict[str, str]:
        secret = self._settings.signing_key.get_secret_value()
        if not secret:
            variable = env_name(("publishers", self.name, "signing_key"))
            raise ConfigError(f"publishers.{self.name}: no key to sign with; set {variable}")
        seconds = str(int(self._clock().timestamp()))
        return {"X-Amends-Signature": f"t={seconds},v1={signature(secret, seconds, body)}"}

    def _session(self) -> "wire.BoundedSession":
        from core import wire

        if self._connected is None:
            base = self._settings.url
            self._connected = wire.BoundedSession(base=base, read_seconds=ANSWER_SECONDS, strict=True)
            self._connected.headers["Connection"] = "close"
        return self._connected


def _answer(response: "requests.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def signature(secret: str, seconds: str, body: bytes) -> str:
    """HMAC-SHA256 over ``seconds.body``, hex. The receiver works it out again and compares in constant time."""
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
