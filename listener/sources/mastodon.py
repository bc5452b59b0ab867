"""Mastodon through Mastodon.py: who mentioned, quoted or boosted our account, hashtags, and searches, on our server.

Listings are paged forward with ``min_id``, each page right above the one before; ``since_id`` would leave a gap
whenever more came than one page holds. A search cannot be paged forward: it is read newest first down to what is known.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from core import clock as core_clock
from core import mastodon
from core.domain import Eligibility, Mention
from core.errors import AmendsError, ConfigError, Permanent, Transient
from core.settings import MastodonSource as Settings
from listener.query import Query, parse
from listener.sources import Page
from listener.sources.mastodon_posts import Us, mentions_of

PAGE = 40  # the most that any of these listings gives
ANSWER_SECONDS = 30.0
LOST = (404, 410)
SPARED, FIVE_MINUTES = 60, 300.0  # requests of a limit, and how long one lasts: polling and sending come first
NONE_YET = "0"  # below every id: what comes next is read from the first one on
TYPES = ["mention", "quote", "reblog"]

Entry = tuple[str, Mapping[str, Any] | None]  # the listing's own id, and the status


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
                for mentions, newest in pages(str(notes.get(lane) or "")):
                    notes[lane] = newest
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
        return frozenset(number for number in ids if self._is_lost(number))

    def _is_lost(self, number: str) -> bool:
        from core import wire

        try:
            self._account.ask(lambda client: client.status(number))
        except Permanent as error:
            said = wire.failure(error.__cause__) if error.__cause__ else None
            if said is None or said.status not in LOST or not said.detail:  # without its words it was a proxy's page
                raise
            return True
        return False

    def _lanes(self) -> dict[str, Callable[[str], Iterator[tuple[tuple[Mention, ...], str]]]]:
        lanes: dict[str, Callable[[str], Iterator[tuple[tuple[Mention, ...], str]]]] = {}
        if self._settings.mentions:
            lanes["notifications"] = lambda known: self._forward(self._notifications, known)
        for tag in (tag.lstrip("#") for tag in self._settings.hashtags):
            lanes[f"tag {tag}"] = lambda known, tag=tag: self._forward(lambda place: self._tagged(tag, place), known)  # type: ignore[misc]
        for search, query in self._queries.items():
            lanes[f"search {search}"] = lambda known, search=search, query=query: self._search(search, query, known)  # type: ignore[misc]
        if not lanes:
            raise ConfigError(
                f"sources.{self.name}: give searches, hashtags or mentions; there is nothing to listen to"
            )
        return lanes

    def _forward(
        self, ask: Callable[[dict[str, str]], list[Entry]], known: str
    ) -> Iterator[tuple[tuple[Mention, ...], str]]:
        """Upwards from ``known``; the very first pass reads the newest page and starts from there."""
        for _ in range(self._settings.max_pages):
            entries = ask({"min_id": known} if known else {})
            ids = [number for number, _ in entries if not known or _order(number) > _order(known)]
            if not ids:
                if not known:
                    yield (), NONE_YET
                return
            first, known = not known, max(ids, key=_order)
            yield self._mentions(status for _, status in entries), known
            if first:
                return

    def _search(self, words: str, query: Query, known: str) -> Iterator[tuple[tuple[Mention, ...], str]]:
        """Downwards to ``known``. The mark moves when the bottom is reached, so a pass cut short is read again."""
        place, newest = ({"min_id": known} if known else {}), known
        for number in range(self._settings.max_pages):
            entries = [entry for entry in self._found(words, place) if not known or _order(entry[0]) > _order(known)]
            if not entries:
                break
            newest = max([newest, *(entry[0] for entry in entries)], key=_order)
            lowest = min((entry[0] for entry in entries), key=_order)
            last = len(entries) < PAGE or not known or place.get("max_id") == lowest
            kept = self._mentions((status for _, status in entries), query)
            yield kept, newest if last or number + 1 == self._settings.max_pages else known
            if last:
                break
            place = {**place, "max_id": lowest}

    def _mentions(self, statuses: Any, query: Query | None = None) -> tuple[Mention, ...]:
        us = self._we()
        found = mentions_of((status for status in statuses if status), us)
        return tuple(
            mention
            for mention in found
            if query is None or mention.eligible is not Eligibility.NONE or query.matches(mention)
        )

    def _notifications(self, place: dict[str, str]) -> list[Entry]:
        found = self._account.ask(lambda client: client.notifications(types=TYPES, limit=PAGE, **place))
        return [(str(one["id"]), _status_of(one)) for one in found]

    def _tagged(self, tag: str, place: dict[str, str]) -> list[Entry]:
        found = self._account.ask(lambda client: client.timeline_hashtag(tag, limit=PAGE, **place))
        return [(str(one["id"]), one) for one in found]

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


def _order(number: str) -> tuple[int, str]:
    """Ids are numbers written as text; other servers of the kind use letters, which sort by length and then as text."""
    return len(number), number
