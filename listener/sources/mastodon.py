"""Mastodon through Mastodon.py: who mentioned, quoted or boosted our account, hashtags, and searches, on our server.

Listings are paged forward with ``min_id``, each page right above the one before; ``since_id`` would leave a gap
whenever more came than one page holds. A search cannot be paged forward: it is read newest first down to what is known.
Each pass begins ``overlap_seconds`` before the end of the one before, and intake drops what it already has.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from core import clock as core_clock
from core import mastodon
from core.accounts import MastodonSource as Settings
from core.domain import Eligibility, Mention
from core.errors import AmendsError, ConfigError, Permanent, Transient
from listener.query import Query, parse
from listener.sources import Page
from listener.sources.mastodon_posts import Us, mentions_of
from listener.sources.mastodon_walk import Walk, order

PAGE = 40  # the most that any of these listings gives
ANSWER_SECONDS = 30.0
LOST = (404, 410)
SPARED, FIVE_MINUTES = 60, 300.0  # requests of a limit, and how long one lasts: polling and sending come first
NONE_YET = "0"  # below every id: what comes next is read from the first one on
TYPES = ["mention", "quote", "reblog"]

Entry = tuple[str, Mapping[str, Any] | None]  # the listing's own id, and the status
Lane = Callable[[object], Iterator[tuple[tuple[Mention, ...], dict[str, object]]]]
"""Reads on from what the cursor holds: pages, each with what to hold then."""


class MastodonSource:
    """One account on one server. ``accounts``: all our handles, whose posts are marked as our own."""

    at_once, most_a_day = 20, None

    def __init__(
        self, name: str, settings: Settings, *, accounts: Collection[str] = (), clock: core_clock.Clock = core_clock.now
    ) -> None:
        self.name = name
        self._settings = settings
        self._accounts = frozenset(_local(handle, settings.base_url) for handle in accounts)
        self._clock = clock
        self._queries = {search: parse(search) for search in settings.searches}
        self._account = mastodon.Account("sources", name, settings, read_seconds=ANSWER_SECONDS)
        self._us: Us | None = None

    def fetch(self, cursor: dict[str, object] | None) -> Iterator[Page]:
        """Yields pages of every listing. Raises ConfigError, Transient or Permanent, each after what could be read."""
        lanes = (cursor or {}).get("lanes")
        notes: dict[str, object] = dict(lanes) if isinstance(lanes, dict) else {}
        failures: list[AmendsError] = []
        for lane, pages in self._lanes().items():
            try:
                for mentions, note in pages(notes.get(lane)):
                    notes[lane] = note
                    yield Page(mentions, {"lanes": dict(notes)})
            except AmendsError as error:  # one listing out of order must not silence the others
                failures.append(error)
        if failures:
            raise failures[0]

    def check(self) -> str:
        """Asks the server who we are. Raises as ``fetch``."""
        self._lanes()
        self._us = None
        us = self._we()
        return f"account {us.id} on {urlsplit(self._settings.base_url).netloc}, {self._account.left} requests left"

    def gone(self, ids: Sequence[str]) -> frozenset[str]:
        """Statuses that our server does not know any more, asked for one by one while it knows who we are."""
        self._account.ask(lambda client: client.account_verify_credentials())
        if self._account.left.isdecimal() and int(self._account.left) < len(ids) + SPARED:
            raise Transient("Mastodon's request limit is nearly used up. Waiting.", retry_after=FIVE_MINUTES)
        return frozenset(number for number in ids if self._is_gone(number))

    def _is_gone(self, number: str) -> bool:
        try:
            self._account.ask(lambda client: client.status(number))
        except Permanent as error:
            if _is_lost(error):
                return True
            raise
        return False

    def _lanes(self) -> dict[str, Lane]:
        lanes: dict[str, Lane] = {}
        if self._settings.mentions:
            lanes["notifications"] = lambda note: self._forward(self._notifications, note)
        for tag in (tag.lstrip("#") for tag in self._settings.hashtags):
            lanes[f"tag {tag}"] = lambda note, tag=tag: self._forward(lambda place: self._tagged(tag, place), note)  # type: ignore[misc]
        for search, query in self._queries.items():
            lanes[f"search {search}"] = lambda note, search=search, query=query: self._search(search, query, note)  # type: ignore[misc]
        if not lanes:
            raise ConfigError(
                f"sources.{self.name}: give searches, hashtags or mentions; there is nothing to listen to"
            )
        return lanes

    def _forward(
        self, ask: Callable[[dict[str, str]], list[Entry]], note: object
    ) -> Iterator[tuple[tuple[Mention, ...], dict[str, object]]]:
        """Upwards from what is known; the very first pass reads the newest page and starts from there."""
        walk = self._begin(note)
        for _ in range(self._settings.max_pages):
            entries = ask({"min_id": walk.known} if walk.known else {})
            ids = [number for number, _ in entries if not walk.known or order(number) > order(walk.known)]
            done = not ids or not walk.known
            walk = walk.at(ids or [walk.known or NONE_YET])
            walk = self._ended(walk) if done else walk
            yield self._mentions(status for _, status in entries), walk.note()
            if done:
                return

    def _search(
        self, words: str, query: Query, note: object
    ) -> Iterator[tuple[tuple[Mention, ...], dict[str, object]]]:
        """Downwards to what is known. The mark moves when the bottom is reached: a pass cut short is read again."""
        walk = newest = self._begin(note)
        known = walk.known
        place = {"min_id": known} if known else {}
        for number in range(1, self._settings.max_pages + 1):
            entries = [entry for entry in self._found(words, place) if not known or order(entry[0]) > order(known)]
            newest = newest.at([number for number, _ in entries])
            lowest = min((number for number, _ in entries), key=order, default="")
            # A short page may be one that hidden posts were taken out of: only an empty one is the end.
            last = not known or lowest in {"", place.get("max_id")} or number == self._settings.max_pages
            kept = self._mentions((status for _, status in entries), query)
            yield kept, (self._ended(newest) if last else walk).note()
            if last:
                return
            place = {**place, "max_id": lowest}

    def _begin(self, note: object) -> Walk:
        return Walk.begin(note, now=self._clock(), overlap=timedelta(seconds=self._settings.overlap_seconds))

    def _ended(self, walk: Walk) -> Walk:
        return walk.ended(self._clock(), timedelta(seconds=self._settings.overlap_seconds))

    def _mentions(self, statuses: Any, query: Query | None = None) -> tuple[Mention, ...]:
        us = self._we()
        found = mentions_of((status for status in statuses if status), us)
        return tuple(
            mention
            for mention in found
            if query is None or mention.eligible is not Eligibility.NONE or query.matches(mention)
        )

    def _notifications(self, place: dict[str, str]) -> list[Entry]:
        found, top = self._account.ask(
            lambda client: _with_top(client, client.notifications(types=TYPES, limit=PAGE, **place))
        )
        return [*((str(one["id"]), _status_of(one)) for one in found), *top]

    def _tagged(self, tag: str, place: dict[str, str]) -> list[Entry]:
        try:
            found, top = self._account.ask(
                lambda client: _with_top(client, client.timeline_hashtag(tag, limit=PAGE, **place))
            )
        except Permanent as error:
            if _is_lost(error):  # some servers know no hashtag that nobody has used yet
                return []
            raise
        return [*((str(one["id"]), one) for one in found), *top]

    def _found(self, words: str, place: dict[str, str]) -> list[Entry]:
        found = self._account.ask(
            lambda client: client.search_v2(words, resolve=False, result_type="statuses", limit=PAGE, **place)
        )
        return [(str(one["id"]), one) for one in found["statuses"]]

    def _we(self) -> Us:
        if self._us is None:
            account = self._account.ask(lambda client: client.account_verify_credentials())
            names = {str(account["acct"]).casefold(), str(account["username"]).casefold()}
            self._us = Us(str(account["id"]), frozenset(self._accounts | names))
        return self._us


def _is_lost(error: Permanent) -> bool:
    """Whether the server said, in words of its own, that there is no such thing; without them it was a proxy's page."""
    from core import wire

    said = wire.failure(error.__cause__) if error.__cause__ else None
    return said is not None and said.status in LOST and bool(said.detail)


def _with_top(client: Any, page: Any) -> tuple[Any, list[Entry]]:
    """A page, and where it ends: a server may leave out what we muted, even all of it, and goes on above."""
    above = client.get_pagination_info(page, "previous") or {}
    return page, [(str(above["min_id"]), None)] if above.get("min_id") else []


def _status_of(notification: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Its status; for a boost of ours that boost is the whole of it, and belongs to the status it boosts."""
    status = notification.get("status")
    if notification.get("type") != "reblog" or not status:
        return status
    return {
        "id": f"boost-{notification['id']}",
        "account": notification.get("account") or {},
        "created_at": notification.get("created_at"),
        "reblog": status,
    }


def _local(handle: str, base_url: str) -> str:
    """``name@server`` as the server itself writes it: its own accounts go without the server."""
    name, _, server = handle.casefold().lstrip("@").partition("@")
    return name if server in {"", urlsplit(base_url).hostname} else f"{name}@{server}"
