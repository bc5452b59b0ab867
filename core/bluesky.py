"""One account on Bluesky through atproto: what listening and answering do alike. Connects with the first request."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from core.accounts import BlueskyPublisher, BlueskySource
from core.errors import ConfigError, Transient
from core.settings import env_name


class Account:
    """The account of a section. ``group``: "sources" or "publishers"; ``read_seconds``: how long an answer may take."""

    def __init__(
        self, group: str, name: str, settings: BlueskySource | BlueskyPublisher, *, read_seconds: float
    ) -> None:
        self._group, self._name, self._settings, self._read_seconds = group, name, settings, read_seconds

    @property
    def did(self) -> str:
        """The account's lasting name. Raises ConfigError or Transient when the log-in fails."""
        return str(self.client.request.did)

    @property
    def handle(self) -> str:
        return str(self.client.request.handle)

    @property
    def http(self) -> Any:
        """The ``wire.BoundedSession`` that everything goes through."""
        return self.client.request.http

    @property
    def left(self) -> str:
        """How many requests the last answer leaves us, "?" when it did not say."""
        return str(self.http.last_headers.get("ratelimit-remaining", "?"))

    def query(self, nsid: str, model: str, **parameters: Any) -> Mapping[str, Any]:
        """The answer of a query; ``model`` is atproto's name for it, whose rules the parameters keep.

        Raises ConfigError, Transient or Permanent, the last with the vendor's error as its cause.
        """
        from atproto_client import models

        kind = getattr(getattr(models, model), "Params", None)
        return self._read(lambda client: client.invoke_query(nsid, params=kind(**parameters) if kind else None))

    def invoke(self, nsid: str, data: Any) -> Mapping[str, Any]:
        """The answer of a procedure that may be repeated. Raises as ``query``."""
        return self._read(lambda client: client.invoke_procedure(nsid, data=data, input_encoding="application/json"))

    def _read(self, call: Any) -> Mapping[str, Any]:
        import requests

        from core import wire

        try:
            content = call(self.client).content
        except (requests.RequestException, ValueError) as error:
            raise wire.reading_error("Bluesky", error) from error
        if not isinstance(content, dict):
            raise Transient("Bluesky answered with something unreadable. Trying again.")
        return content

    @cached_property
    def client(self) -> Any:
        """Atproto's own client over our session. Raises ConfigError without a password."""
        from atproto_client.client.raw import ClientRaw

        from core import wire, xrpc

        wire.hush()
        password = self._settings.app_password.get_secret_value()
        section = f"{self._group}.{self._name}"
        if not password:
            raise ConfigError(f"{section}: no log-in; set {env_name((self._group, self._name, 'app_password'))}")
        base, file = self._settings.base_url, xrpc.session_file(self._settings.session_dir, section)
        account = self._settings.account.lstrip("@")
        session = xrpc.Session(base, account, password, file, read_seconds=self._read_seconds)
        return ClientRaw(base_url=base, request=session)
