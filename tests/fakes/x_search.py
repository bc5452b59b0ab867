"""Which posts an X search finds: the operators of recent search that matter, and the rules of its parameters."""

import re
from collections.abc import Callable
from datetime import datetime

from tests.fakes.boolean import Match, QueryError, Term, has_words, parse, terms
from tests.fakes.x_state import LINK, XPost, XState

WEEK = 7 * 24 * 3600
STANDALONE = {"", "from", "to", "conversation_id", "url", "retweets_of"}
KNOWN = STANDALONE | {"is", "has", "lang"}


class ParameterError(ValueError):
    """A request parameter X would answer 400 to. ``name`` is the parameter."""

    def __init__(self, name: str, value: str, message: str) -> None:
        super().__init__(message)
        self.name, self.value = name, value


def compile_query(state: XState, query: str) -> Match:
    """A function that says of an XPost whether it matches. Raises ParameterError as X would answer 400."""
    if not query or len(query) > 512:
        raise ParameterError("query", query, f"query size must be between 1 and 512, it is {len(query)}")
    try:
        found = terms(query)
        match = parse(query, lambda term, post: _holds(state, term, post))
    except QueryError as error:
        raise ParameterError("query", query, f"There were errors processing your request: {error}") from None
    if unknown := {term.name for term, _ in found} - KNOWN:
        raise ParameterError("query", query, f"Reference to invalid operator '{min(unknown)}'")
    if not any(term.name in STANDALONE and not negated for term, negated in found):
        raise ParameterError("query", query, "Rules must contain at least one positive, non-conjunction-required term")
    return match


def _holds(state: XState, term: Term, post: object) -> bool:
    if not isinstance(post, XPost):
        raise TypeError(post)
    name = f"_{term.name}" if term.name else ("_handle" if term.value.startswith("@") else "_word")
    return OPERATORS[name](state, post, term.value.casefold())


def _word(state: XState, post: XPost, value: str) -> bool:
    text = state.posts[post.retweets].text if post.retweets in state.posts else post.text
    if value.startswith(("#", "$")):
        return re.search(re.escape(value) + r"(?!\w)", text.casefold()) is not None
    return has_words(text, value)


def _from(state: XState, post: XPost, value: str) -> bool:
    return value in {post.author_id, state.users[post.author_id].username.casefold()}


def _to(state: XState, post: XPost, value: str) -> bool:
    parent = state.posts.get(post.reply_to)
    return parent is not None and _from(state, parent, value)


def _handle(state: XState, post: XPost, value: str) -> bool:
    return value[1:] in {user.username.casefold() for user in state.mentioned(post)}


def _is(_state: XState, post: XPost, value: str) -> bool:
    return bool({"retweet": post.retweets, "reply": post.reply_to, "quote": post.quotes}.get(value))


def _has(state: XState, post: XPost, value: str) -> bool:
    return bool({"links": LINK.search(post.text), "mentions": state.mentioned(post)}.get(value))


def _lang(_state: XState, post: XPost, value: str) -> bool:
    return post.lang.casefold() == value


OPERATORS: dict[str, Callable[[XState, XPost, str], bool]] = {
    "_word": _word,
    "_handle": _handle,
    "_from": _from,
    "_to": _to,
    "_is": _is,
    "_has": _has,
    "_lang": _lang,
    "_conversation_id": lambda _state, post, value: post.conversation_id == value,
    "_url": lambda _state, post, value: any(value in link.casefold() for link in LINK.findall(post.text)),
    "_retweets_of": lambda state, post, value: (
        post.retweets in state.posts and _from(state, state.posts[post.retweets], value)
    ),
}


def window(query: dict[str, str], now: float, *, default_end: float, reach: float) -> tuple[float, float, int, int]:
    """(start, end, after this id, before this id) of a listing; seconds since 1970, start inclusive, end exclusive.

    Raises ParameterError for what X answers 400 to: a start before ``reach`` seconds ago, an end less than
    10 s ago, a start after the end, a since_id older than ``reach``.
    """
    start = _time(query, "start_time", now - reach)
    end = _time(query, "end_time", now - default_end)
    since, until = _number(query, "since_id", 0), _number(query, "until_id", 1 << 63)
    if start < now - reach:
        raise ParameterError(
            "start_time", query["start_time"], "Invalid 'start_time'. 'start_time' must be on or after"
        )
    if "end_time" in query and end > now - 10:
        message = "Invalid 'end_time'. 'end_time' must be a minimum of 10 seconds prior to the request time."
        raise ParameterError("end_time", query["end_time"], message)
    if start >= end:
        raise ParameterError("start_time", query["start_time"], "Invalid 'start_time'. It must be before 'end_time'")
    if since and reach == WEEK and _moment(since) < now - reach:
        raise ParameterError("since_id", str(since), "Invalid 'since_id'. Please use a 'since_id' that is larger")
    if since:  # X uses since_id alone when both are given
        start = now - reach
    return start, end, since, until


def _moment(post_id: int) -> float:
    return ((post_id >> 22) + 1288834974657) / 1000


def _time(query: dict[str, str], name: str, default: float) -> float:
    if name not in query:
        return default
    try:
        return datetime.fromisoformat(query[name]).timestamp()
    except ValueError:
        raise ParameterError(name, query[name], f"The `{name}` is not an RFC 3339 time") from None


def _number(query: dict[str, str], name: str, default: int) -> int:
    value = query.get(name, "")
    if value and not value.isdigit():
        raise ParameterError(name, value, f"The `{name}` query parameter value [{value}] is not valid")
    return int(value) if value else default
