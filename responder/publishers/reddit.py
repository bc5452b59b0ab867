"""Reddit through praw: comments as our account, each sent at most once, read back from our own comments.

Left alone praw posts a comment up to three times: it repeats a POST after a 5xx, a time-out or a lost connection, and
again after RATELIMIT, though Reddit may have created the comment each time. Here both are switched off.
"""

import time
from collections.abc import Iterator
from typing import Any

from core.accounts import RedditPublisher as Settings
from core.domain import Target
from core.errors import AmendsError, ConfigError, OutcomeUnknown, Permanent, Refused, Transient
from core.reddit import is_lost
from core.settings import env_name
from responder.publishers import Published
from responder.publishers.texts import GONE, must_be_sendable, same_reply, same_words

SITE = "https://www.reddit.com"
ANSWER_SECONDS = 15.0  # of one request
LOOK_SECONDS = 10.0  # log-in and look; after them the create is over before the sender gives it up
DELETED = frozenset({"DELETED_COMMENT", "DELETED_LINK"})
LOG_IN = "/api/v1/access_token"
PAGE, MOST_PAGES = 100, 10  # a listing ends after 1,000 things
LONGEST_SLEEP = 10.0  # seconds that praw may pause between calls; longer ones are left to the schedule


class RedditPublisher:
    """Comments as ``settings.account``."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.account = settings.account.strip("/").removeprefix("u/")
        self.read_lag = settings.read_lag_seconds
        self._settings = settings
        self._connected: Any = None

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """One look whether the post is still there, for Reddit takes answers to deleted ones; then one POST, never
        repeated here: Reddit knows no idempotency key. Raises as the protocol says.
        """
        must_be_sendable(text, target)
        self._look(target)
        body = self._create(text, target)
        answer = body.get("json") if isinstance(body, dict) else None
        if not isinstance(answer, dict):
            raise OutcomeUnknown("Reddit took the reply but its answer is unreadable; it must be read back.")
        if answer.get("errors"):
            return self._despite(answer["errors"], text, target, key)
        things = (answer.get("data") or {}).get("things") or ()
        if not things:  # so it is in quarantined communities: created, and not shown
            return self._read_back(text, target, key, "without showing the comment")
        return _published(things[0]["data"])

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - Reddit keeps no keys
        """Our comment below the target. Raises Transient when ours are too many or too alike to tell."""
        below = (comment for comment in self._ours(target) if comment.get("parent_id") == target.external_id)
        found = same_reply(text, below, lambda comment: str(comment.get("body", "")))
        return _published(found) if found else None

    def stored(self, external_id: str, target: Target) -> str | None:  # noqa: ARG002 - the id says it all
        """Our comment as Reddit keeps it; None when it is deleted or removed."""
        found = self._info(external_id)
        if found is None or found.get("author") in (None, "[deleted]"):
            return None
        return str(found.get("body", ""))

    def same(self, approved: str, stored: str) -> bool:
        """Reddit trims white space."""
        return same_words(approved, stored)

    def delete(self, external_id: str, target: Target) -> None:  # noqa: ARG002 - the id says it all
        """Deletes our comment; Reddit does not say whether there was one."""
        try:
            self._read("api/del/", {"id": external_id}, method="POST")
        except Permanent as error:
            raise Refused(str(error)) from error

    def check(self) -> str:
        """Asks Reddit who we are. Raises ConfigError when that is not the account of the settings."""
        name = str(self._read("api/v1/me", {}).get("name", "?"))
        if name.casefold() != self.account.casefold():
            raise ConfigError(f"publishers.{self.name}: the log-in is of u/{name}, not of u/{self.account}")
        return f"u/{name}, {self._client().auth.limits['remaining']} requests left"

    def _look(self, target: Target) -> None:
        """Raises Refused when the post is gone, Transient when there is too little time left to answer it now."""
        begun = time.monotonic()
        try:
            post = self._info(target.external_id)
        except Permanent as error:  # whatever it says, nothing was sent
            raise Refused(f"The post cannot be answered: {error}") from error
        if post is None or is_lost(post):
            raise Refused(GONE)
        if time.monotonic() - begun > LOOK_SECONDS:
            raise Transient("Reddit is slow; nothing was sent. Trying again.")

    def _create(self, text: str, target: Target) -> Any:
        import praw.exceptions
        import prawcore

        from core import wire

        client = self._client()
        _refuse_to_sleep(client)
        try:
            return client.request(
                method="POST", path="api/comment/", data={"thing_id": target.external_id, "text": text}
            )
        except prawcore.OAuthException as error:
            raise self._log_in_refused(error) from error
        except prawcore.InvalidToken as error:
            # Not created; praw has dropped the token, and the next try asks for a new one or hears that it may not.
            raise Transient("Reddit no longer takes our token (401); nothing was sent. Logging in again.") from error
        except praw.exceptions.RedditAPIException as error:
            raise Refused(f"Reddit refused the reply (400): {_flat(error)}") from error
        except prawcore.PrawcoreException as error:
            if wire.failure(error).path.endswith(LOG_IN):  # so the comment was never sent
                raise wire.reading_error("Reddit", error) from error
            raise wire.sending_error("Reddit", error) from error
        except (ValueError, KeyError, TypeError, AssertionError) as error:  # praw stumbles over odd answers
            raise OutcomeUnknown(
                "Reddit's answer is unreadable; whether it took the reply must be read back."
            ) from error

    def _despite(self, errors: Any, text: str, target: Target, key: str) -> Published:
        """After an error inside a 200. RATELIMIT says no and may mean yes, so it is read back and left unknown."""
        kinds = {str(item[0]) for item in errors if isinstance(item, list) and item}
        said = "; ".join(str(item[1]) for item in errors if isinstance(item, list) and len(item) > 1)
        if kinds & DELETED:
            raise Refused(GONE)
        if "RATELIMIT" not in kinds:
            raise Refused(
                f"Reddit refused the reply ({', '.join(sorted(kinds)) or '?'}): {' '.join(said.split())[:200]}"
            )
        return self._read_back(text, target, key, f"RATELIMIT: {' '.join(said.split())[:200]}")

    def _read_back(self, text: str, target: Target, key: str, said: str) -> Published:
        """The comment if it already shows. Raises OutcomeUnknown otherwise: it may be there and not show yet."""
        try:
            found = self.find(text, target, key=key)
        except AmendsError:  # none of its meanings hold for the create that came before
            found = None
        if found is None:
            raise OutcomeUnknown(f"Reddit answered {said}; whether the reply was posted must be read back.")
        return found

    def _ours(self, target: Target) -> Iterator[dict[str, Any]]:
        """Our comments newest first, down to the time of the target. Raises Transient when that is out of reach."""
        born, after = self._born(target), ""
        for _ in range(MOST_PAGES):
            options: dict[str, str | int] = {"limit": PAGE, "sort": "new", "after": after}
            data = self._read(f"user/{self.account}/comments/", options).get("data") or {}
            ours = [child["data"] for child in data.get("children") or ()]
            yield from ours
            after = str(data.get("after") or "")
            if not after or (ours and float(ours[-1]["created_utc"]) < born):
                return
        raise Transient("Reddit shows more of our comments than can be read back. A person must look.")

    def _born(self, target: Target) -> float:
        """When the target was written, in seconds since 1970; 0 when Reddit does not say."""
        post = self._info(target.external_id)
        return float(post["created_utc"]) if post else 0.0

    def _info(self, external_id: str) -> dict[str, Any] | None:
        """A thing of Reddit's as it is now; None when Reddit shows none. Raises Transient, Permanent, ConfigError."""
        data = self._read("api/info", {"id": external_id}).get("data") or {}
        return next((child["data"] for child in data.get("children") or ()), None)

    def _read(self, path: str, parameters: dict[str, str | int], *, method: str = "GET") -> dict[str, Any]:
        import praw.exceptions
        import prawcore

        from core import wire

        client = self._client()
        _refuse_to_sleep(client)
        try:
            given = {"params": parameters} if method == "GET" else {"data": parameters}
            body = client.request(method=method, path=path, **given)
        except prawcore.OAuthException as error:
            raise self._log_in_refused(error) from error
        except prawcore.InvalidToken as error:
            raise Transient("Reddit no longer takes our token (401). Logging in again.") from error
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException) as error:
            raise wire.reading_error("Reddit", error) from error
        if not isinstance(body, dict):
            raise Transient("Reddit answered with something unreadable. Trying again.")
        return body

    def _log_in_refused(self, error: Any) -> ConfigError:
        return ConfigError(
            f"Reddit refused the log-in ({error.error}). Check publishers.{self.name}.account and its password; the "
            "account must be a developer of the app and have no two-factor log-in."
        )

    def _client(self) -> Any:
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def _connect(self) -> Any:
        """A praw that neither retries nor reads settings from its own files or environment."""
        import praw
        from prawcore.sessions import FiniteRetryStrategy

        from core import wire

        class Once(FiniteRetryStrategy):
            DEFAULT_RETRIES = 0  # with fewer than its default left, the strategy sleeps 2 to 4 s before a request

        wire.hush()
        session = wire.BoundedSession(base=self._settings.base_url, read_seconds=ANSWER_SECONDS)
        # A kept connection that Reddit has closed meanwhile would make the next POST an unknown outcome.
        session.headers["Connection"] = "close"
        client: Any = praw.Reddit(
            site_name="DEFAULT",
            requestor_kwargs={"session": session},
            check_for_updates=False,
            check_for_async=False,
            reddit_url=self._settings.base_url,
            oauth_url=self._settings.oauth_url,
            short_url=self._settings.base_url,
            ratelimit_seconds=-1,
            window_size=600,
            redirect_uri=None,
            refresh_token=None,
            user_agent=f"{self._settings.user_agent} (by u/{self.account})",
            username=self.account,
            **self._credentials(),
        )
        client._core._retry_strategy_class = lambda: Once(retries=0)  # noqa: SLF001 - there is no setting for it
        return client

    def _credentials(self) -> dict[str, Any]:
        names = ("client_id", "client_secret", "password")
        given = {name: getattr(self._settings, name).get_secret_value() for name in names}
        if missing := [name for name, value in given.items() if not value]:
            variables = ", ".join(env_name(("publishers", self.name, name)) for name in missing)
            raise ConfigError(f"publishers.{self.name}: no log-in; set {variables}")
        return given


def _refuse_to_sleep(client: Any) -> None:
    """Praw sleeps until a used-up limit renews, up to ten minutes; that is for the schedule to do."""
    due = client._core.rate_limiter.next_request_timestamp_ns or 0  # noqa: SLF001 - not shown elsewhere
    seconds = (due - time.monotonic_ns()) / 1e9
    if seconds > LONGEST_SLEEP:
        raise Transient("Reddit's request limit is used up; nothing was sent. Waiting.", retry_after=seconds)


def _flat(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _published(comment: dict[str, Any]) -> Published:
    path = comment.get("permalink")
    return Published(str(comment["name"]), f"{SITE}{path}" if path else "", comment.get("body"))
