"""Mastodon through Mastodon.py: replies as our account, with an Idempotency-Key, read back from our own statuses.

Servers keep such a key for an hour at most and some not at all, so after a lost answer nothing is concluded from it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from core import mastodon
from core.accounts import MastodonPublisher as Settings
from core.domain import Target
from core.errors import AmendsError, ConfigError, OutcomeUnknown, Permanent, Refused, Transient
from responder.lengths import Bounds, measure, usual
from responder.publishers import Published
from responder.publishers.texts import GONE, must_be_sendable, same_reply

ANSWER_SECONDS = 12.0  # the look-ups and the create are over before the sender gives them up
PAGE, MOST_PAGES = 40, 10
PLAIN = "text/plain"  # of servers that know more: else an account that writes Markdown shows what nobody approved
SHOWN_RULES = 200  # characters of each server rule in ``amends check``
CIRCLES = frozenset({"public", "unlisted", "private", "direct"})  # that a reply can be shown to


class MastodonPublisher:
    """Posts as ``settings.account``."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.account = settings.account.lstrip("@").split("@", 1)[0]
        self.read_lag = settings.read_lag_seconds
        self._settings = settings
        self._us = mastodon.Account("publishers", name, settings, read_seconds=ANSWER_SECONDS)
        self._account_id = ""
        self._bounds: Bounds | None = None

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """Looks at what it answers, then one POST as public as that, never repeated here. Raises as promised."""
        must_be_sendable(text, target)
        self._us.http.refuse_to_press("Mastodon")
        try:
            answered = self._us.ask(lambda client: client.status(target.external_id))
        except Permanent as error:  # whatever it says, nothing was sent
            raise Refused(GONE if _is_gone(error) else f"The post cannot be answered: {error}") from error
        try:
            self._refuse_too_long(text)
        except Permanent as error:
            raise Refused(f"The post cannot be answered: {error}") from error
        visibility = str(answered.get("visibility") or "unlisted")
        if visibility not in CIRCLES:
            raise Refused(f"The post is shown to a circle that we cannot answer in ({visibility}).")
        return self._create(text, target.external_id, visibility, key)

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - keys are not told back
        """Our answer to the target among our own statuses. Raises Transient when it cannot be told."""
        answers = [status for status in self._ours(target.external_id) if _answers(status, target.external_id)]
        found = same_reply(text, answers, lambda status: self._source(str(status["id"])) or "")
        return _published(found, text) if found else None

    def stored(self, external_id: str, target: Target) -> str | None:  # noqa: ARG002 - the id says it all
        """The source of our status, as it was sent; None when it is gone."""
        return self._source(external_id)

    def same(self, approved: str, stored: str) -> bool:
        """Mastodon keeps the source, but for line ends and white space around it."""
        return _lines(approved) == _lines(stored)

    def delete(self, external_id: str, target: Target) -> None:  # noqa: ARG002 - the id says it all
        """Deletes our status."""
        try:
            self._us.ask(lambda client: client.status_delete(external_id))
        except Permanent as error:
            if not _is_gone(error):
                raise Refused(str(error)) from error

    def check(self) -> str:
        """Asks the server who we are, what it allows and its rules. Raises ConfigError for another account."""
        me = self._us.ask(lambda client: client.account_verify_credentials())
        if str(me.get("username", "")).casefold() != self.account.casefold():
            raise ConfigError(
                f"publishers.{self.name}: the access token is of @{me.get('username', '?')}, not of @{self.account}"
            )
        bot = "labelled as a bot" if me.get("bot") else "NOT labelled as a bot: set it in the account's profile"
        rules = "; ".join(self._rules()) or "none published"
        room = f"{self.bounds().longest} characters a post"
        return f"@{self.account}, {self._us.left} requests left, {bot}, {room}, rules: {rules}"

    def _rules(self) -> Iterator[str]:
        for number, rule in enumerate(self._us.ask(lambda client: client.instance_rules()), 1):
            yield f"{number}. {' '.join(str(rule.get('text', '')).split())[:SHOWN_RULES]}"

    def bounds(self) -> Bounds:
        """How many characters this server allows in a post, and how many it counts for a link; asked anew."""
        found: Bounds = self._us.ask(lambda client: _bounds(client.instance_v2()))
        self._bounds = found
        return found

    def _refuse_too_long(self, text: str) -> None:
        length = measure("mastodon", text, bounds=self._bounds or self.bounds())
        if length.length > length.limit:
            raise Refused(f"this server takes {length.limit} characters, the reply has {length.length}")

    def _create(self, text: str, answered: str, visibility: str, key: str) -> Published:
        import mastodon as vendor
        import requests

        from core import wire

        try:
            status = self._us.client.status_post(
                text, in_reply_to_id=answered, visibility=visibility, idempotency_key=key, content_type=PLAIN
            )
            published = _published(status, None)
            alone = status.get("in_reply_to_id", answered) is None
        except (vendor.MastodonError, requests.RequestException) as error:
            raise wire.sending_error("Mastodon", error.__context__ or error) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OutcomeUnknown(
                "Mastodon took the reply but its answer is unreadable; it must be read back."
            ) from error
        if alone:
            self._take_back(published)
        return published

    def _take_back(self, published: Published) -> NoReturn:
        """Servers make a post of its own of a reply to one that went that very moment. Raises Refused."""
        try:
            self._us.ask(lambda client: client.status_delete(published.external_id))
        except AmendsError as error:
            where = published.url or published.external_id
            raise Refused(
                f"The post was deleted while we answered. Delete our reply, it stands alone: {where}"
            ) from error
        raise Refused(GONE)

    def _ours(self, since: str) -> Iterator[Mapping[str, Any]]:
        """Our statuses newest first, down to the id ``since``: an answer is always younger than what it answers.

        Not every server of the kind minds ``since_id``, so it is minded here too.
        """
        if not self._account_id:
            self._account_id = str(self._us.ask(lambda client: client.account_verify_credentials())["id"])
        options: dict[str, str] = {"since_id": since}
        for _ in range(MOST_PAGES):
            page = self._us.ask(
                lambda client: client.account_statuses(self._account_id, limit=PAGE, exclude_reblogs=True, **options)
            )
            yield from page
            if not page:
                return
            options["max_id"] = min((str(status["id"]) for status in page), key=_order)
            if _order(options["max_id"]) <= _order(since):
                return
        raise Transient("Mastodon shows more of our posts than can be read back. A person must look.")

    def _source(self, status_id: str) -> str | None:
        try:
            return str(self._us.ask(lambda client: client.status_source(status_id))["text"])
        except Permanent as error:
            if _is_gone(error):
                return None
            raise Transient(f"Mastodon does not say what it keeps: {error}") from error


def _bounds(about: Mapping[str, Any]) -> Bounds:
    said, default = (about.get("configuration") or {}).get("statuses") or {}, usual("mastodon")
    longest, per_link = said.get("max_characters"), said.get("characters_reserved_per_url")
    return Bounds(int(longest or default.longest), int(per_link or default.per_link))


def _published(status: Mapping[str, Any], text: str | None) -> Published:
    return Published(str(status["id"]), str(status.get("url") or status.get("uri") or ""), text)


def _answers(status: Mapping[str, Any], target_id: str) -> bool:
    return str(status.get("in_reply_to_id")) == target_id


def _order(number: str) -> tuple[int, str]:
    """Ids are numbers written as text; other servers of the kind use letters, which sort by length and then as text."""
    return len(number), number


def _is_gone(error: Permanent) -> bool:
    return getattr(getattr(error.__cause__, "response", None), "status_code", None) in {404, 410}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
