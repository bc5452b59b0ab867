"""HTTP through a vendor's client: bounded in time, sent to the address of the settings, and read when it fails.

Knows HTTP, not the vendors: an error of any client that is built on ``requests`` carries a response, a request or an
original exception, and these say all that matters here. The adapters import it late: ``requests`` is slow to load.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from core.errors import AmendsError, ConfigError, OutcomeUnknown, Permanent, Refused, Transient

CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
# At DEBUG these print tokens, signatures and request bodies.
TALKATIVE = ("tweepy", "prawcore", "praw", "oauthlib", "requests_oauthlib", "urllib3", "atproto", "httpx", "mastodon")


class BoundedSession(requests.Session):
    """A session whose requests end, follow no redirect, and go to ``base`` instead of ``instead_of``.

    Of a redirected POST nobody could say whether it was carried out. A ``base`` on plain http is a test or a
    gateway of our own: proxies and .netrc of the environment are not for it. ``last_headers``: of the last answer.
    ``strict``: anything but a 2xx raises requests.HTTPError, for clients that would drop the answer with its headers.
    """

    def __init__(
        self, *, base: str = "", instead_of: str = "", read_seconds: float = READ_SECONDS, strict: bool = False
    ) -> None:
        super().__init__()
        self.last_headers: Mapping[str, str] = {}
        self._base, self._instead_of, self._read_seconds = base, instead_of, read_seconds
        self._strict = strict
        self._rest_until: dict[str, float] = {}
        self.trust_env = not base.startswith("http://")

    def request(self, method: str, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """As the parent's, within the bounds; takes the same arguments."""
        kwargs |= {"timeout": (CONNECT_SECONDS, self._read_seconds), "allow_redirects": False}
        text = url.decode() if isinstance(url, bytes) else url
        if self._instead_of and text.startswith(self._instead_of):
            text = self._base + text.removeprefix(self._instead_of)
        response = super().request(method, text, *args, **kwargs)
        self.last_headers = response.headers
        self._rest_until[method] = time.monotonic() + (_used_up(response.headers) or 0.0)
        if self._strict and not 200 <= response.status_code < 300:
            raise requests.HTTPError(f"status {response.status_code}", response=response)
        return response

    def refuse_to_press(self, platform: str) -> None:
        """Raises Transient while the last POST's headers say that none is left: asking again prolongs a limit."""
        seconds = self._rest_until.get("POST", 0.0) - time.monotonic()
        if seconds > 0:
            raise Transient(f"{platform}'s request limit is used up; nothing was sent. Waiting.", retry_after=seconds)


def hush() -> None:
    """Keeps the vendors' clients from logging secrets, whatever level is set."""
    for name in TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong: ``status`` None when there was no answer; ``left`` False when the request never left us."""

    status: int | None
    detail: str
    path: str
    headers: Mapping[str, str]
    left: bool

    def retry_after(self) -> float | None:
        """Seconds until the platform wants to hear from us again, as far as its headers say."""
        return wait_seconds(self.headers)


def failure(error: BaseException) -> Failure:
    """Reads any error of a client that is built on ``requests``."""
    response = getattr(error, "response", None)
    if isinstance(response, requests.Response):
        detail = _detail(response)
        return Failure(response.status_code, detail, urlsplit(response.url).path, response.headers, left=True)
    original = getattr(error, "original_exception", error)
    return Failure(None, type(original).__name__, _path_of(error, original), {}, left=not _never_left(original))


def named(error: BaseException) -> str:
    """The name an XRPC server gives its error ("RecordNotFound"), "" when it gives none."""
    response = getattr(error, "response", None)
    if isinstance(response, requests.Response):
        with suppress(ValueError, AttributeError):
            return str(response.json().get("error") or "")
    return ""


def reading_error(platform: str, error: BaseException) -> AmendsError:
    """What a failed read means: ConfigError (log-in, rights, payment), Transient, or Permanent (a bad request)."""
    seen = failure(error)
    if seen.status is None:
        return Transient(f"{platform} did not answer ({seen.detail}). Trying again.")
    if seen.status in _FOR_THE_OPERATOR:
        what, cure = _FOR_THE_OPERATOR[seen.status]
        return ConfigError(f"{platform} {what} ({seen.status}{_said(seen)}). {cure}")
    if seen.status == 429:
        return Transient(f"{platform} asks us to slow down (429). Waiting.", retry_after=seen.retry_after())
    if seen.status >= 500 or seen.status == 408:
        return Transient(
            f"{platform} has trouble ({seen.status}{_said(seen)}). Trying again.", retry_after=seen.retry_after()
        )
    if seen.status < 400:
        return Transient(f"{platform} answered with something unreadable ({seen.status}). Trying again.")
    return Permanent(
        f"{platform} does not accept the request ({seen.status}{_said(seen)}). Check the query and the account."
    )


def sending_error(platform: str, error: BaseException) -> AmendsError:
    """What a failed create means: Refused, Transient and ConfigError are certain that nothing was created."""
    seen = failure(error)
    if not seen.left:
        return Transient(f"{platform} could not be reached ({seen.detail}); nothing was sent. Trying again.")
    if seen.status in {401, 402, 429}:
        return reading_error(platform, error)
    if seen.status is None or seen.status >= 500 or seen.status < 400 or seen.status == 408:
        answer = f"answered {seen.status}" if seen.status else f"gave no answer ({seen.detail})"
        return OutcomeUnknown(f"{platform} {answer}; whether the reply was posted must be read back.")
    return Refused(f"{platform} refused the reply ({seen.status}{_said(seen)}).")


_FOR_THE_OPERATOR = {
    401: ("refused the log-in", "Check the credentials of this section, and that they were not revoked."),
    402: ("wants payment", "The credits or the plan are used up; top up, then it goes on."),
    403: ("does not allow this", "Check the rights of the app, the plan and the account."),
}


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """The other side's clock by its Date header, aware; None when it does not say."""
    with suppress(ValueError, KeyError, TypeError):
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    return None


def wait_seconds(headers: Mapping[str, str]) -> float | None:
    """The longest wait the headers ask for, in seconds: Retry-After, X's and Reddit's. None when they ask for none.

    At most a day: a server that counts in milliseconds, or says "inf", must not silence us for ever.
    """
    waits = [min(seconds, LONGEST_WAIT) for seconds in _waits(headers) if seconds >= 0]
    return max(waits, default=None)


def _waits(headers: Mapping[str, str]) -> Iterator[float]:
    now = server_time(headers)
    now_seconds = now.timestamp() if now else time.time()
    with suppress(KeyError, ValueError):
        yield _seconds_of(headers["retry-after"], now_seconds)
    with suppress(KeyError, ValueError):
        if (seconds := float(headers["x-ratelimit-reset"])) < _SINCE_1970:  # Reddit's, whatever remains
            yield seconds
    for limit in LIMITS:
        with suppress(KeyError, ValueError):
            if float(headers[f"{limit}-remaining"]) <= 0:
                yield _until(headers[f"{limit}-reset"], now_seconds)


# X's three, Bluesky's, and the one that Reddit and Mastodon share.
LIMITS = ("x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour", "ratelimit", "x-ratelimit")
LONGEST_WAIT = 86_400.0  # seconds; the longest limit of a platform renews within a day
_SINCE_1970 = 1_000_000_000  # more than this many seconds cannot be a wait


def _seconds_of(retry_after: str, now: float) -> float:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); one that is over asks for no wait."""
    try:
        return float(retry_after)
    except ValueError:
        moment = parsedate_to_datetime(retry_after)
    # Told without a zone it is in UTC, as all dates of HTTP are.
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)


def _until(reset: str, now: float) -> float:
    """Seconds until a limit renews: Reddit says them, X and Bluesky say the moment, Mastodon its date."""
    try:
        seconds = float(reset)
    except ValueError:
        return datetime.fromisoformat(reset).timestamp() - now
    return seconds - now if seconds > _SINCE_1970 else seconds


def _used_up(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait when an answer, good or bad, says that it was the last one for now."""
    for limit in LIMITS:
        with suppress(KeyError, ValueError):
            if float(headers[f"{limit}-remaining"]) <= 0:
                return wait_seconds(headers)
    return None


def _never_left(error: BaseException) -> bool:
    """Whether the connection was never made, so that no byte of the request can have arrived."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
        reason, NewConnectionError | ConnectTimeoutError
    )


def _path_of(error: BaseException, original: BaseException) -> str:
    request = getattr(original, "request", None)
    arguments: tuple[Any, ...] = getattr(error, "request_args", ())
    url = getattr(request, "url", None) or (arguments[1] if len(arguments) > 1 else "")
    return urlsplit(str(url)).path


def _detail(response: requests.Response) -> str:
    """What the platform says is wrong, in one line; "" when it says nothing."""
    try:
        body = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    problems = [problem for problem in body.get("errors") or [] if isinstance(problem, dict)]
    candidates = [
        *(p.get("message") for p in problems),
        body.get("explanation"),
        body.get("detail"),
        body.get("reason"),
    ]
    named = body.get("error")  # Mastodon's sentence; a code or a name with Reddit and Bluesky
    text = next((str(value) for value in [*candidates, body.get("message"), named] if value), "")
    return " ".join(text.split())[:200]


def _said(seen: Failure) -> str:
    return f": {seen.detail}" if seen.detail else ""
