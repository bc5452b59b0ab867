"""X through tweepy: recent search for a query, and the mentions of our own account.

Ids on X are only roughly in order and posts show late, so no id is trusted: each pass reads a window of time that
begins ``overlap_seconds`` before the end of the one before, and intake drops what it already has. A window is read
newest first, page by page; the cursor holds the window that is being read, so that a cap, a rate limit or a kill
in its middle costs nothing. The other side's clock (its Date header) ends a window, never ours.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core import clock as core_clock
from core.accounts import XSource as Settings
from core.errors import AmendsError, ConfigError, Permanent, Transient
from core.settings import env_name
from listener.sources import Page
from listener.sources.x_posts import EXPANSIONS, TWEET_FIELDS, USER_FIELDS, mentions_of
from listener.sources.x_window import Window

if TYPE_CHECKING:
    import requests

HOST = "https://api.twitter.com"  # the address that is built into tweepy
PAGE = 100
FIRST_LOOK = timedelta(days=1)  # how far back the very first pass reads
REACH = timedelta(days=7) - timedelta(minutes=2)  # recent search refuses an older start
SHAPE = {"expansions": EXPANSIONS, "tweet_fields": TWEET_FIELDS, "user_fields": USER_FIELDS, "max_results": PAGE}
READ_DOLLARS = 0.005  # a post, November 2026; one that is looked up counts in full, whether it is still there or not
# How X says that a post was deleted, or that its author hid or lost the account.
LOST = ("/resource-not-found", "/not-authorized-for-resource")

Ask = Callable[[dict[str, Any]], "requests.Response"]


class XSource:
    """One account and/or one query on X. ``accounts``: all our handles, whose posts are marked as our own."""

    at_once = PAGE

    def __init__(
        self, name: str, settings: Settings, *, accounts: Collection[str] = (), clock: core_clock.Clock = core_clock.now
    ) -> None:
        self.name = name
        self._settings = settings
        self._accounts = frozenset(handle.casefold().lstrip("@") for handle in (*accounts, settings.account) if handle)
        self._clock = clock
        self._connected: Any = None
        self._account_id = ""

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        """Yields pages of both listings. Raises ConfigError, Transient or Permanent, each after what could be read."""
        notes = _notes(cursor)
        failures: list[AmendsError] = []
        for lane, ask in self._lanes().items():
            try:
                for answer, window in self._walk(ask, notes.get(lane)):
                    notes[lane] = window.note()
                    yield Page(mentions_of(answer, self._accounts), {"lanes": dict(notes)})
            except AmendsError as error:  # one listing out of order must not silence the other
                failures.append(error)
        if failures:
            raise failures[0]

    def check(self) -> str:
        """Asks for our account; says how many requests are left. Raises as ``fetch``."""
        self._lanes()
        response = self._ask(self._user, {})
        user = _body(response).get("data") or {}
        return f"@{user.get('username', '?')}, {response.headers.get('x-rate-limit-remaining', '?')} requests left"

    @property
    def most_a_day(self) -> int:
        return int(round(self._settings.lookup_dollars / READ_DOLLARS, 6))  # 0.29 / 0.005 is a hair below 58

    def gone(self, ids: Sequence[str]) -> frozenset[str]:
        """What the look-up names as lost, post by post. Raises as ``fetch``."""
        answer = _body(self._ask(self._lookup, {"ids": list(ids)}))
        problems = [one for one in answer.get("errors") or () if isinstance(one, dict)]
        lost = (one for one in problems if str(one.get("type")).endswith(LOST) and one.get("parameter") == "ids")
        there = {str(post.get("id")) for post in answer.get("data") or ()}
        return frozenset(str(one.get("value")) for one in lost) & frozenset(ids) - there

    def _lanes(self) -> dict[str, Ask]:
        lanes: dict[str, Ask] = {"search": self._search} if self._settings.query else {}
        if self._settings.account:
            lanes["mentions"] = self._mentions
        if not lanes:
            raise ConfigError(f"sources.{self.name}: give a query, an account, or both; there is nothing to listen to")
        return lanes

    def _walk(self, ask: Ask, note: object) -> Iterator[tuple[dict[str, Any], Window]]:
        window = self._begin(note)
        backlog = window.is_resumed
        for _ in range(self._settings.max_pages):
            answer, window = self._next(ask, window)
            yield answer, window
            if window.done and not backlog:
                return
            if window.done:  # the rest of an earlier pass is read; now what came since
                window, backlog = self._begin(window.note()), False

    def _begin(self, note: object) -> Window:
        now, overlap = self._clock(), timedelta(seconds=self._settings.overlap_seconds)
        return Window.begin(note, earliest=now - REACH, first=now - FIRST_LOOK, overlap=overlap)

    def _next(self, ask: Ask, window: Window) -> tuple[dict[str, Any], Window]:
        try:
            response = self._ask(ask, window.parameters())
        except Permanent as error:
            if not window.token or getattr(error.__cause__, "api_errors", None) is None:
                raise
            # Paging tokens die; the times of the window do not. A faulty query fails here a second time.
            window = window.without_token()
            response = self._ask(ask, window.parameters())
        from core import wire

        answer = _body(response)
        return answer, window.after(answer, wire.server_time(response.headers) or self._clock())

    def _ask(self, call: Ask, parameters: dict[str, Any]) -> "requests.Response":
        import requests
        import tweepy

        from core import wire

        try:
            return call(parameters)
        except (tweepy.TweepyException, requests.RequestException) as error:
            raise wire.reading_error("X", error) from error

    def _search(self, parameters: dict[str, Any]) -> "requests.Response":
        token = {"next_token": parameters.pop("token")} if "token" in parameters else {}
        query = self._settings.query
        found: requests.Response = self._client().search_recent_tweets(
            query, user_auth=self._as_user, **SHAPE, **token, **parameters
        )
        return found

    def _mentions(self, parameters: dict[str, Any]) -> "requests.Response":
        if not self._account_id:
            self._account_id = str(_body(self._user({}))["data"]["id"])
        token = {"pagination_token": parameters.pop("token")} if "token" in parameters else {}
        found: requests.Response = self._client().get_users_mentions(
            self._account_id, user_auth=self._as_user, **SHAPE, **token, **parameters
        )
        return found

    def _user(self, _parameters: dict[str, Any]) -> "requests.Response":
        # Without an account any that surely exists will do: the call is there to try the log-in.
        handle = self._settings.account.lstrip("@") or "X"
        found: requests.Response = self._client().get_user(username=handle, user_auth=self._as_user)
        if not _body(found).get("data"):
            raise ConfigError(f"X knows no account @{handle}. Check sources.{self.name}.account.")
        return found

    def _lookup(self, parameters: dict[str, Any]) -> "requests.Response":
        found: requests.Response = self._client().get_tweets(parameters["ids"], user_auth=self._as_user)
        return found

    @property
    def _as_user(self) -> bool:
        return not self._settings.bearer_token.get_secret_value()

    def _client(self) -> Any:
        if self._connected is None:
            self._connected = self._connect()
        return self._connected

    def _connect(self) -> Any:
        import requests
        import tweepy

        from core import wire

        wire.hush()
        client = tweepy.Client(**self._credentials(), return_type=requests.Response, wait_on_rate_limit=False)
        client.session = wire.BoundedSession(base=self._settings.base_url, instead_of=HOST)
        return client

    def _credentials(self) -> dict[str, str]:
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        keys = {name: getattr(self._settings, name).get_secret_value() for name in names}
        bearer = self._settings.bearer_token.get_secret_value()
        if not bearer and not all(keys.values()):
            raise ConfigError(
                f"sources.{self.name}: no log-in; set {env_name(('sources', self.name, 'bearer_token'))}, "
                f"or all four of {', '.join(name.upper() for name in names)}"
            )
        return {"bearer_token": bearer, **keys}


def _notes(cursor: dict[str, object] | None) -> dict[str, object]:
    lanes = (cursor or {}).get("lanes")
    return dict(lanes) if isinstance(lanes, dict) else {}


def _body(response: "requests.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Transient(f"X answered with something unreadable ({response.status_code}). Trying again.")
    return body
