"""Reddit through praw: search or new submissions of subreddits, their comments, and what reaches our own inbox.

Listings are read newest first down to ``overlap_seconds`` before the newest thing of the pass before, and intake drops
what it already has. Nothing is asked for "before" a thing we know: a deleted one leads nowhere and would silence a
listing for ever. The answers are read as JSON, for praw's objects fetch what they miss with a call of their own.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock as core_clock
from core.accounts import RedditSource as Settings
from core.domain import Mention
from core.errors import AmendsError, ConfigError, Transient
from core.reddit import is_lost
from core.settings import env_name
from listener.sources import Page
from listener.sources.reddit_things import mentions_of, parents_of
from listener.sources.reddit_walk import Walk

PAGE = 100
FIRST_LOOK = 24 * 3600.0  # seconds: how far back the very first pass reads
LONGEST_SLEEP = 10.0  # seconds that praw may pause between calls; longer ones are left to the schedule


@dataclass(frozen=True, slots=True)
class Listing:
    """A place to read. ``parents``: its comments do not say whom they answer, so it is asked for."""

    path: str
    parameters: Mapping[str, str | int]
    parents: bool = False


class RedditSource:
    """Subreddits and/or one account on Reddit. ``accounts``: all our user names, whose posts are marked as our own."""

    at_once, most_a_day = PAGE, None

    def __init__(
        self, name: str, settings: Settings, *, accounts: Collection[str] = (), clock: core_clock.Clock = core_clock.now
    ) -> None:
        self.name = name
        self._settings = settings
        named = (handle.casefold().strip("/").removeprefix("u/") for handle in (*accounts, settings.account))
        self._accounts = frozenset(handle for handle in named if handle)
        self._clock = clock
        self._connected: Any = None

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        """Yields pages of every listing. Raises ConfigError, Transient or Permanent, each after what could be read."""
        lanes = (cursor or {}).get("lanes")
        notes: dict[str, object] = dict(lanes) if isinstance(lanes, dict) else {}
        failures: list[AmendsError] = []
        for lane, listing in self._listings().items():
            try:
                for mentions, walk in self._read(listing, notes.get(lane)):
                    notes[lane] = walk.note()
                    yield Page(mentions, {"lanes": dict(notes)})
            except AmendsError as error:  # one listing out of order must not silence the others
                failures.append(error)
        if failures:
            raise failures[0]

    def check(self) -> str:
        """Logs in and asks who we are, or for one thing when there is no account. Raises as ``fetch``."""
        listings = self._listings()
        if self._settings.account:
            who = f"u/{self._get('api/v1/me', {}).get('name', '?')}"
        else:
            first = next(iter(listings.values()))
            self._get(first.path, {**first.parameters, "limit": 1})
            who = "read only"
        return f"{who}, {self._client().auth.limits['remaining']} requests left"

    def gone(self, ids: Sequence[str]) -> frozenset[str]:
        """Things of which only the place is left; one that is not in the answer is not known to be gone."""
        children = (self._get("api/info", {"id": ",".join(ids)}).get("data") or {}).get("children") or ()
        lost = (child["data"] for child in children if is_lost(child["data"]))
        return frozenset(str(data["name"]) for data in lost) & frozenset(ids)

    def _listings(self) -> dict[str, Listing]:
        places, query = "+".join(self._settings.subreddits), self._settings.query
        newest: dict[str, str | int] = {"q": query, "sort": "new", "restrict_sr": "on", "t": "week"}
        found: dict[str, Listing] = {}
        if query:
            found["search"] = Listing(f"r/{places or 'all'}/search/", newest)
        elif places:
            found["new"] = Listing(f"r/{places}/new/", {})
        if places and self._settings.comments:
            found["comments"] = Listing(f"r/{places}/comments/", {}, parents=True)
        if self._settings.account and self._settings.mentions:
            found |= {"mentions": Listing("message/mentions", {}), "inbox": Listing("message/inbox/", {})}
        if not found:
            raise ConfigError(
                f"sources.{self.name}: give subreddits, a query or an account; there is nothing to listen to"
            )
        return found

    def _read(self, listing: Listing, note: object) -> Iterator[tuple[tuple[Mention, ...], Walk]]:
        walk = self._begin(note)
        backlog = walk.is_resumed
        for _ in range(self._settings.max_pages):
            children, walk = self._next(listing, walk)
            recent = [child for child in children if child["data"].get("created_utc", 0) >= walk.floor]
            parents = self._authors_of(parents_of(recent)) if listing.parents and self._accounts else {}
            yield mentions_of(recent, self._accounts, parents), walk
            if walk.done and not backlog:
                return
            if walk.done:  # the rest of an earlier pass is read; now what came since
                walk, backlog = self._begin(walk.note()), False

    def _begin(self, note: object) -> Walk:
        first = self._clock().timestamp() - FIRST_LOOK
        return Walk.begin(note, first=first, overlap=self._settings.overlap_seconds)

    def _next(self, listing: Listing, walk: Walk) -> tuple[list[dict[str, Any]], Walk]:
        """The next page. Where the thing we stopped at was deleted, the ones before it take its place."""
        data: dict[str, Any] = {}
        for anchor in walk.anchors or ("",):
            after = {"after": anchor} if anchor else {}
            data = self._get(listing.path, {**listing.parameters, "limit": PAGE, **after}).get("data") or {}
            if data.get("children"):
                break
        children: list[dict[str, Any]] = data.get("children") or []
        return children, walk.after(children, more=bool(data.get("after")))

    def _authors_of(self, names: list[str]) -> dict[str, str]:
        """Who wrote these things, by full name; at most 100."""
        if not names:
            return {}
        children = (self._get("api/info", {"id": ",".join(names)}).get("data") or {}).get("children") or ()
        return {child["data"]["name"]: str(child["data"].get("author", "")) for child in children}

    def _get(self, path: str, parameters: Mapping[str, str | int]) -> dict[str, Any]:
        from prawcore import InvalidToken

        try:
            return self._ask(path, parameters)
        except ConfigError as error:
            if not isinstance(error.__cause__, InvalidToken):
                raise
        # A token can be revoked before its time; praw has dropped it and asks for a new one.
        return self._ask(path, parameters)

    def _ask(self, path: str, parameters: Mapping[str, str | int]) -> dict[str, Any]:
        import praw.exceptions
        import prawcore

        from core import wire

        client = self._client()
        _refuse_to_sleep(client)
        try:
            body = client.request(method="GET", path=path, params=dict(parameters))
        except prawcore.OAuthException as error:
            raise ConfigError(
                f"Reddit refused the log-in ({error.error}). Check sources.{self.name}.account and its password; the "
                "account must be a developer of the app and have no two-factor log-in."
            ) from error
        except (prawcore.PrawcoreException, praw.exceptions.PRAWException) as error:
            raise wire.reading_error("Reddit", error) from error
        if not isinstance(body, dict):
            raise Transient("Reddit answered with something unreadable. Trying again.")
        return body

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
        client: Any = praw.Reddit(
            site_name="DEFAULT",
            requestor_kwargs={"session": wire.BoundedSession(base=self._settings.base_url)},
            check_for_updates=False,
            check_for_async=False,
            reddit_url=self._settings.base_url,
            oauth_url=self._settings.oauth_url,
            short_url=self._settings.base_url,
            ratelimit_seconds=-1,
            window_size=600,
            redirect_uri=None,
            refresh_token=None,
            user_agent=f"{self._settings.user_agent} (by u/{self._settings.account or 'unknown'})",
            **self._credentials(),
        )
        client._core._retry_strategy_class = lambda: Once(retries=0)  # noqa: SLF001 - there is no setting for it
        return client

    def _credentials(self) -> dict[str, Any]:
        names = ("client_id", "client_secret", "password")
        given = {name: getattr(self._settings, name).get_secret_value() or None for name in names}
        if missing := [name for name in self._settings.needed_secrets() if not given[name]]:
            variables = ", ".join(env_name(("sources", self.name, name)) for name in missing)
            raise ConfigError(f"sources.{self.name}: no log-in; set {variables}")
        return given | {"username": self._settings.account or None}


def _refuse_to_sleep(client: Any) -> None:
    """Praw sleeps until a used-up limit renews, up to ten minutes; that is for the schedule to do."""
    due = client._core.rate_limiter.next_request_timestamp_ns or 0  # noqa: SLF001 - not shown elsewhere
    seconds = (due - time.monotonic_ns()) / 1e9
    if seconds > LONGEST_SLEEP:
        raise Transient("Reddit's request limit is used up. Waiting.", retry_after=seconds)
