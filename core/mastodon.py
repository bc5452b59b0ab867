"""One account on a Mastodon server through Mastodon.py: what listening and answering do alike.

Connects with the first request; the client neither waits for a limit nor repeats a request, nor asks for versions.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from core.accounts import MastodonPublisher, MastodonSource
from core.errors import ConfigError, Transient
from core.settings import env_name


class Account:
    """The account of a section. ``group``: "sources" or "publishers"; ``read_seconds``: how long an answer may take."""

    def __init__(
        self, group: str, name: str, settings: MastodonSource | MastodonPublisher, *, read_seconds: float
    ) -> None:
        self._group, self._name, self._settings, self._read_seconds = group, name, settings, read_seconds

    @property
    def http(self) -> Any:
        """The ``wire.BoundedSession`` that everything goes through."""
        return self.client.session

    @property
    def left(self) -> str:
        """How many requests the last answer leaves us, "?" when it did not say."""
        return str(self.http.last_headers.get("x-ratelimit-remaining", "?"))

    def ask(self, call: Callable[[Any], Any]) -> Any:
        """What ``call`` reads through the client.

        Raises ConfigError, Transient or Permanent, with the error of the wire as its cause.
        """
        import mastodon
        import requests

        from core import wire

        try:
            return call(self.client)
        except (mastodon.MastodonError, requests.RequestException) as error:
            cause = error.__context__ or error
            raise wire.reading_error("Mastodon", cause) from cause
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Transient("Mastodon answered with something unreadable. Trying again.") from error

    @cached_property
    def client(self) -> Any:
        """Mastodon.py over our session. Raises ConfigError without a token."""
        import mastodon

        from core import wire

        wire.hush()
        token = self._settings.access_token.get_secret_value()
        if not token:
            variable = env_name((self._group, self._name, "access_token"))
            raise ConfigError(f"{self._group}.{self._name}: no log-in; set {variable}")
        base = self._settings.base_url
        session = wire.BoundedSession(base=base, read_seconds=self._read_seconds, strict=True)
        # A kept connection that the server has closed meanwhile would make the next POST an unknown outcome.
        session.headers["Connection"] = "close"
        return mastodon.Mastodon(
            access_token=token,
            api_base_url=base,
            ratelimit_method="throw",
            version_check_mode="none",
            session=session,
        )
