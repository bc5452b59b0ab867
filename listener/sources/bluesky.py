"""Bluesky through atproto: who mentioned, quoted or answered our account, and searches.

Listings are read newest first down to ``overlap_seconds`` before the newest thing of the pass before, and intake drops
what it already has. Bluesky's search knows words, not our query language, and finds more than was meant: what it brings
is matched again here. Answers are read as JSON: one odd record must not make a page unreadable.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core import bluesky
from core import clock as core_clock
from core.accounts import BlueskySource as Settings
from core.domain import Eligibility, Mention
from core.errors import AmendsError, Permanent, Transient
from listener.query import Query, parse
from listener.sources import Page
from listener.sources.bluesky_posts import Us, mentions_of
from listener.sources.bluesky_walk import Walk, moment

PAGE = 100
ANSWER_SECONDS = 30.0
FIRST_LOOK = timedelta(days=1)  # how far back the very first pass reads
REASONS = ["mention", "reply", "quote", "repost"]

Ask = Callable[[str], Mapping[str, Any]]  # a place in the paging → an answer


class BlueskySource:
    """One account on Bluesky. ``accounts``: all our handles, whose posts are marked as our own."""

    at_once, most_a_day = 25, None

    def __init__(
        self, name: str, settings: Settings, *, accounts: Collection[str] = (), clock: core_clock.Clock = core_clock.now
    ) -> None:
        self.name = name
        self._settings = settings
        self._accounts = frozenset(handle.casefold().lstrip("@") for handle in (*accounts, settings.account))
        self._clock = clock
        self._queries = {search: parse(search) for search in settings.searches}
        self._account = bluesky.Account("sources", name, settings, read_seconds=ANSWER_SECONDS)

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        """Yields pages of every listing. Raises ConfigError, Transient or Permanent, each after what could be read."""
        lanes = (cursor or {}).get("lanes")
        notes: dict[str, object] = dict(lanes) if isinstance(lanes, dict) else {}
        failures: list[AmendsError] = []
        for lane, (ask, field, query) in self._lanes().items():
            try:
                for views, walk in self._walk(ask, field, notes.get(lane)):
                    notes[lane] = walk.note()
                    yield Page(self._kept(views, query), {"lanes": dict(notes)})
            except AmendsError as error:  # one listing out of order must not silence the others
                failures.append(error)
        if failures:
            raise failures[0]

    def check(self) -> str:
        """Logs in and asks who we are. Raises as ``fetch``."""
        handle = self._account.handle
        self._account.query("app.bsky.notification.getUnreadCount", "AppBskyNotificationGetUnreadCount")
        return f"@{handle}, {self._account.left} requests left"

    def gone(self, ids: Sequence[str]) -> frozenset[str]:
        """Posts that the look-up leaves out, and that Bluesky, asked for each of them, does not know any more."""
        answer = self._account.query("app.bsky.feed.getPosts", "AppBskyFeedGetPosts", uris=list(ids))
        views = answer.get("posts")
        if not isinstance(views, list):
            raise Transient("Bluesky answered with something unreadable. Trying again.")
        missing = frozenset(ids) - {view.get("uri") for view in views if isinstance(view, dict)}
        return frozenset(uri for uri in missing if self._is_lost(uri))

    def _is_lost(self, uri: str) -> bool:
        """A list also leaves out posts of those who block us, and what its server could not gather in time."""
        from core import wire

        whole = {"uri": uri, "depth": 0, "parent_height": 0}
        try:
            answer = self._account.query("app.bsky.feed.getPostThread", "AppBskyFeedGetPostThread", **whole)
        except Permanent as error:
            if error.__cause__ is None or wire.named(error.__cause__) != "NotFound":
                raise
            return True
        thread = answer.get("thread")
        return isinstance(thread, dict) and str(thread.get("$type")).endswith("#notFoundPost")

    def _lanes(self) -> dict[str, tuple[Ask, str, Query | None]]:
        lanes: dict[str, tuple[Ask, str, Query | None]] = {
            "notifications": (self._notifications, "notifications", None)
        }
        for search, query in self._queries.items():
            lanes[f"search {search}"] = (lambda token, search=search: self._search(search, token), "posts", query)  # type: ignore[misc]
        return lanes

    def _walk(self, ask: Ask, field: str, note: object) -> Iterator[tuple[list[Mapping[str, Any]], Walk]]:
        walk = self._begin(note)
        backlog = walk.is_resumed
        for number in range(self._settings.max_pages):
            walk, answer = _resumed(ask, walk) if backlog and not number else (walk, ask(walk.token))
            views: list[Mapping[str, Any]] = [view for view in answer.get(field) or () if isinstance(view, dict)]
            walk = walk.after([_arrived(view, walk.floor) for view in views], str(answer.get("cursor") or ""))
            yield views, walk
            if walk.done and not backlog:
                return
            if walk.done:  # the rest of an earlier pass is read; now what came since
                walk, backlog = self._begin(walk.note()), False

    def _begin(self, note: object) -> Walk:
        overlap = timedelta(seconds=self._settings.overlap_seconds)
        return Walk.begin(note, first=self._clock() - FIRST_LOOK, overlap=overlap)

    def _kept(self, views: list[Mapping[str, Any]], query: Query | None) -> tuple[Mention, ...]:
        found = mentions_of(views, Us(self._account.did, self._accounts))
        return tuple(
            mention
            for mention in found
            if query is None or mention.eligible is not Eligibility.NONE or query.matches(mention)
        )

    def _notifications(self, token: str) -> Mapping[str, Any]:
        options = {"cursor": token} if token else {}
        return self._account.query(
            "app.bsky.notification.listNotifications",
            "AppBskyNotificationListNotifications",
            limit=PAGE,
            reasons=REASONS,
            **options,
        )

    def _search(self, words: str, token: str) -> Mapping[str, Any]:
        options = {"cursor": token} if token else {}
        return self._account.query(
            "app.bsky.feed.searchPosts", "AppBskyFeedSearchPosts", q=words, sort="latest", limit=PAGE, **options
        )


def _resumed(ask: Ask, walk: Walk) -> tuple[Walk, Mapping[str, Any]]:
    """The next answer, asked for by a place that an earlier pass kept; the server may not know that place any more."""
    try:
        return walk, ask(walk.token)
    except (Permanent, Transient) as error:
        if getattr(error, "retry_after", None):
            raise
    return walk.from_the_top(), ask("")


def _arrived(view: Mapping[str, Any], floor: datetime) -> datetime:
    """When a thing came into the listing; one that does not say neither ends a walk nor moves its mark."""
    return moment(view.get("indexedAt")) or floor
