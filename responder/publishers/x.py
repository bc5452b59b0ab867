"""X through tweepy: replies as our account, each sent at most once, read back from our own timeline."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from core.accounts import XPublisher as Settings
from core.domain import Target
from core.errors import AmendsError, ConfigError, OutcomeUnknown, Permanent, Refused, Transient
from core.settings import env_name
from responder.publishers import Published
from responder.publishers.texts import GONE, must_be_sendable, normal, same_reply, same_words

if TYPE_CHECKING:
    import requests

HOST = "https://api.twitter.com"  # the address that is built into tweepy
ANSWER_SECONDS = 15.0  # a create is over, one way or the other, well before the sender gives it up
PAGE, MOST_PAGES = 100, 8  # a user's timeline ends after 3,200 posts; 800 since one mention is beyond doubt
READ_BACK = ["entities", "note_tweet", "referenced_tweets"]
APP_RIGHTS = ("oauth1-permissions", "client-forbidden", "unsupported-authentication")
DELETED = "deleted or not visible"  # how X refuses a reply to a post that is gone; to look first would cost money
ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class XPublisher:
    """Posts as ``settings.account``."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name = name
        self.account = settings.account.lstrip("@")
        self.read_lag = settings.read_lag_seconds
        self._settings = settings
        self._connected: Any = None
        self._account_id = ""

    def publish(self, text: str, target: Target, *, key: str) -> Published:
        """One POST, never repeated here: X knows no idempotency key. Raises as the protocol says.

        X refuses a text our account has posted before. When that is this very reply, sent by an earlier try whose
        answer was lost, it is returned as published.
        """
        must_be_sendable(text, target)
        try:
            return self._create(text, target)
        except Refused as refused:
            if DELETED in str(refused):
                raise Refused(GONE) from refused
            if "duplicate" not in str(refused):
                raise
            return self._posted_before(text, target, key, refused)

    def find(self, text: str, target: Target, *, key: str) -> Published | None:  # noqa: ARG002 - X keeps no keys
        """Our answer to the target on our own timeline. Raises Transient when it is too long or too alike to tell."""
        answers = (post for post in self._own_posts(target.external_id) if _answers(post, target.external_id))
        found = same_reply(text, answers, _text)
        return self._published(found) if found else None

    def stored(self, external_id: str, target: Target) -> str | None:  # noqa: ARG002 - the id says it all
        """Our post as X keeps it; None when it is gone."""
        answer = _body(
            self._read(lambda client: client.get_tweets([external_id], tweet_fields=READ_BACK, user_auth=True))
        )
        found = next(iter(answer.get("data") or ()), None)
        return None if found is None else _text(found)

    def same(self, approved: str, stored: str) -> bool:
        """X puts handles in front, shortens links and drops white space."""
        return same_words(approved, stored)

    def delete(self, external_id: str, target: Target) -> None:  # noqa: ARG002 - the id says it all
        """Deletes our post."""
        try:
            self._read(lambda client: client.delete_tweet(external_id, user_auth=True))
        except Permanent as error:
            raise Refused(str(error)) from error

    def check(self) -> str:
        """Asks X who we are. Raises ConfigError when that is not the account of the settings."""
        response = self._read(lambda client: client.get_me(user_auth=True))
        name = str((_body(response).get("data") or {}).get("username", "?"))
        if name.casefold() != self.account.casefold():
            raise ConfigError(f"publishers.{self.name}: the access token is of @{name}, not of @{self.account}")
        return f"@{name}, {response.headers.get('x-rate-limit-remaining', '?')} requests left"

    def _posted_before(self, text: str, target: Target, key: str, refused: Refused) -> Published:
        """What X calls a duplicate: this reply, another post with the same words, or one that does not show yet."""
        try:
            if found := self.find(text, target, key=key):
                return found
            elsewhere = any(normal(_text(post)) == normal(text) for post in self._own_posts())
        except AmendsError as error:
            raise OutcomeUnknown(f"X has this text already, and it cannot be read back: {error}") from error
        if elsewhere:
            raise refused
        raise OutcomeUnknown("X has this text already but does not show where; it must be read back.") from refused

    def _create(self, text: str, target: Target) -> Published:
        import requests
        import tweepy

        from core import wire

        client = self._client()
        client.session.refuse_to_press("X")
        try:
            response = client.create_tweet(text=text, in_reply_to_tweet_id=target.external_id, user_auth=True)
            data = response.json()["data"]
            return Published(str(data["id"]), self._url(str(data["id"])), data.get("text"))
        except tweepy.Forbidden as error:
            if _lacks_rights(error.response):
                raise wire.reading_error("X", error) from error
            raise wire.sending_error("X", error) from error
        except (tweepy.TweepyException, requests.RequestException) as error:
            raise wire.sending_error("X", error) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OutcomeUnknown("X took the reply but its answer is unreadable; it must be read back.") from error

    def _own_posts(self, since: str = "") -> Iterator[dict[str, Any]]:
        """Our posts newest first, down to the id ``since``: an answer is always younger than what it answers.

        Raises Transient when there are more than can be read.
        """
        if not self._account_id:
            self._account_id = str(_body(self._read(lambda client: client.get_me(user_auth=True)))["data"]["id"])
        options: dict[str, Any] = {"max_results": PAGE, "tweet_fields": READ_BACK} | (
            {"since_id": since} if since else {}
        )
        for _ in range(MOST_PAGES):
            page = _body(self._read(lambda client: self._timeline(client, options)))
            yield from page.get("data") or ()
            if "next_token" not in page.get("meta", {}):
                return
            options["pagination_token"] = page["meta"]["next_token"]
        raise Transient("X shows more of our posts than can be read back. A person must look.")

    def _timeline(self, client: Any, options: dict[str, Any]) -> "requests.Response":
        response: requests.Response = client.get_users_tweets(self._account_id, user_auth=True, **options)
        return response

    def _read(self, call: Callable[[Any], "requests.Response"]) -> "requests.Response":
        import requests
        import tweepy

        from core import wire

        try:
            return call(self._client())
        except (tweepy.TweepyException, requests.RequestException) as error:
            raise wire.reading_error("X", error) from error

    def _published(self, post: dict[str, Any]) -> Published:
        return Published(str(post["id"]), self._url(str(post["id"])), _text(post))

    def _url(self, post_id: str) -> str:
        return f"https://x.com/{self.account}/status/{post_id}"

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
        client.session = wire.BoundedSession(base=self._settings.base_url, instead_of=HOST, read_seconds=ANSWER_SECONDS)
        # A kept connection that X has closed meanwhile would make the next POST an unknown outcome.
        client.session.headers["Connection"] = "close"
        return client

    def _credentials(self) -> dict[str, str]:
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        keys = {name: getattr(self._settings, name).get_secret_value() for name in names}
        if missing := [name for name, value in keys.items() if not value]:
            variables = ", ".join(env_name(("publishers", self.name, name)) for name in missing)
            raise ConfigError(f"publishers.{self.name}: no log-in; set {variables}")
        return keys


def _answers(post: dict[str, Any], target_id: str) -> bool:
    references = post.get("referenced_tweets") or ()
    return any(item.get("type") == "replied_to" and str(item.get("id")) == target_id for item in references)


def _text(post: dict[str, Any]) -> str:
    """The text as we wrote it: long ones whole, short links opened, and &amp; &lt; &gt; as characters again."""
    note = post.get("note_tweet") or {}
    text = str(note.get("text") or post.get("text", ""))
    for written, meant in ESCAPES:
        text = text.replace(written, meant)
    links = [*((post.get("entities") or {}).get("urls") or ()), *((note.get("entities") or {}).get("urls") or ())]
    for link in links:
        text = text.replace(str(link.get("url", "")), str(link.get("expanded_url") or link.get("url", "")))
    return text


def _lacks_rights(response: "requests.Response") -> bool:
    """Whether a 403 is about our app and not about this reply: the operator must act, and no later reply will pass."""
    try:
        return str(response.json().get("type", "")).endswith(APP_RIGHTS)
    except (ValueError, AttributeError):
        return False


def _body(response: "requests.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Transient(f"X answered with something unreadable ({response.status_code}). Trying again.")
    return body
