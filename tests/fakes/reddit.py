"""A fake Reddit: log-in, listings, inbox and comments, with Reddit's rules, limits and error bodies.

    with FakeReddit() as reddit:
        reddit.state.account("northwind", password="secret")
        thread = reddit.state.submit("ann", "telecom", "No service", created_at=time.time() - 60)
        ...  # point praw's reddit_url and oauth_url at reddit.url
        assert reddit.posts[0].text == b"..."

``client``: the id and secret of the app. ``comment_error``: the next comment is answered with this error, for example
``("THREAD_LOCKED", "…", "parent")``; ``comment_error_creates``: and yet it is created. ``read_lag``: seconds until a
created comment shows. ``limit``: requests per ten minutes. A listing never reaches further back than 1,000 things, and
none goes on from a deleted one. ``banned``: (account, subreddit) pairs.
"""

import base64
import html
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.boolean import QueryError, Term, has_words, parse
from tests.fakes.reddit_state import Account, RedditState, Thing
from tests.fakes.server import Answer, FakeServer, Fault, Post, Request

WINDOW = 600
ROUTES = (
    ("GET", r"^/api/v1/me/?$", "me"),
    ("GET", r"^/api/info/?$", "info"),
    ("GET", r"^/r/([\w+]+)/search/?$", "search"),
    ("GET", r"^/r/([\w+]+)/comments/?$", "comments"),
    ("GET", r"^/r/([\w+]+)/new/?$", "new"),
    ("GET", r"^(?:/r/\w+)?/comments/(\w+)(?:/.*)?$", "thread"),
    ("GET", r"^/message/(mentions|inbox)/?$", "inbox"),
    ("GET", r"^/user/([\w-]+)/comments/?$", "history"),
    ("POST", r"^/api/comment/?$", "comment"),
    ("POST", r"^/api/del/?$", "del"),
)
RATELIMIT = "Looks like you've been doing that a lot. Take a break for 9 minutes before trying again."


class FakeReddit(FakeServer):
    """See the module. ``state`` holds accounts and things; seed it before or while serving."""

    def __init__(self, *, client: tuple[str, str] = ("app", "app-secret")) -> None:
        super().__init__()
        self.state = RedditState()
        self.client = client
        self.banned: set[tuple[str, str]] = set()
        self.comment_error: tuple[str, str, str] | None = None
        self.comment_error_creates = False
        self.read_lag = 0.0
        self.limit = 1000
        self._tokens: dict[str, str] = {}
        self._used: dict[int, int] = {}

    def revoke_tokens(self) -> None:
        """Every access token given out so far is answered with 401 from now on."""
        self._tokens.clear()

    def answer(self, request: Request) -> Answer:
        """Logs in, or routes: checks the token and the rate limit, and adds Reddit's headers."""
        if request.path.rstrip("/") == "/api/v1/access_token":
            return self._token(request)
        token = request.headers.get("authorization", "").removeprefix("bearer ")
        if token not in self._tokens:
            return _refusal(401, "Unauthorized", {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'})
        headers, spent = self._spend()
        answer = _refusal(429, "Too Many Requests") if spent else self._reply(request, self._tokens[token])
        if "raw_json" not in request.query and not isinstance(answer.body, bytes):
            answer = Answer(answer.status, _escaped(answer.body), answer.headers)
        return Answer(answer.status, answer.body, headers | answer.headers)

    def fault_answer(self, fault: Fault) -> Answer:
        """Error bodies as Reddit writes them; a 429 says when to come back."""
        answer = super().fault_answer(fault)
        if fault.kind == "status" and fault.status == 429:
            headers = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "1000", "x-ratelimit-reset": "5"}
            return Answer(429, answer.body, headers | fault.headers)
        return answer

    def _token(self, request: Request) -> Answer:
        pair = base64.b64encode(":".join(self.client).encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _refusal(401, "Unauthorized")
        form = request.form()
        account = self.state.accounts.get(form.get("username", "").casefold())
        if form.get("grant_type") == "password" and not (account and account.password == form.get("password")):
            return Answer(200, {"error": "invalid_grant"})
        token = secrets.token_urlsafe(16)
        self._tokens[token] = account.name if account and form.get("grant_type") == "password" else ""
        return Answer(200, {"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": "*"})

    def _spend(self) -> tuple[dict[str, str], bool]:
        window = int(self.now() // WINDOW)
        spent = self._used.get(window, 0) >= self.limit
        self._used[window] = used = min(self._used.get(window, 0) + 1, self.limit)
        # The real figure makes the client sleep a second between calls while the window is young.
        reset = int((window + 1) * WINDOW - self.now()) if used >= self.limit else 1
        left = {"x-ratelimit-remaining": f"{self.limit - used}.0", "x-ratelimit-used": str(used)}
        return left | {"x-ratelimit-reset": str(reset)}, spent

    def _reply(self, request: Request, name: str) -> Answer:
        for method, path, route in ROUTES:
            found = re.match(path, request.path)
            if found and method == request.method:
                if route in {"me", "inbox", "comment"} and not name:
                    return _refusal(403, "Forbidden")
                argument = found[1] if found.groups() else ""
                handler: Callable[[Request, str, str], Answer] = getattr(self, f"_{route}")
                return handler(request, argument, name)
        return _refusal(404, "Not Found")

    def _me(self, _request: Request, _argument: str, name: str) -> Answer:
        account = self._account(name)
        return Answer(200, {"name": account.name, "id": account.id, "created_utc": 1498231550.0})

    def _account(self, name: str) -> Account:
        return self.state.accounts[name.casefold()]

    def _shown(self, kind: str, subreddits: str = "all") -> list[Thing]:
        wanted = {name.casefold() for name in subreddits.split("+")}
        return [
            thing
            for thing in self.state.things.values()
            if thing.kind == kind
            and not thing.deleted
            and thing.visible_at <= self.now()
            and (wanted == {"all"} or thing.subreddit.casefold() in wanted)
        ]

    def _search(self, request: Request, argument: str, _name: str) -> Answer:
        try:
            match = parse(request.query.get("q", ""), _holds)
        except QueryError:
            return self._listing(request, [])
        return self._listing(request, [thing for thing in self._shown("t3", argument) if match(thing)])

    def _comments(self, request: Request, argument: str, _name: str) -> Answer:
        return self._listing(request, self._shown("t1", argument))

    def _new(self, request: Request, argument: str, _name: str) -> Answer:
        return self._listing(request, self._shown("t3", argument))

    def _history(self, request: Request, argument: str, _name: str) -> Answer:
        mine = [thing for thing in self._shown("t1") if thing.author.casefold() == argument.casefold()]
        return self._listing(request, mine)

    def _inbox(self, request: Request, argument: str, name: str) -> Answer:
        reasons = (
            {"username_mention"} if argument == "mentions" else {"username_mention", "post_reply", "comment_reply"}
        )
        mine = [thing for thing in self._shown("t1") if self.state.reason(thing, name) in reasons]
        private = [] if argument == "mentions" else [m for m in self.state.messages if m["dest"] == name]
        extra = [{"kind": "t4", "data": message} for message in private]
        return self._listing(request, mine, lambda thing: self.state.render_inbox(thing, name), extra)

    def _info(self, request: Request, _argument: str, _name: str) -> Answer:
        wanted = request.query.get("id", "").split(",")
        things = [self.state.things[name] for name in wanted if name in self.state.things]
        return Answer(200, _listing([self.state.render(thing) for thing in things], None))

    def _thread(self, _request: Request, argument: str, _name: str) -> Answer:
        link = self.state.things.get(f"t3_{argument}")
        if link is None:
            return _refusal(404, "Not Found")
        below = [self.state.render(thing) for thing in self._shown("t1") if thing.link == link.name]
        return Answer(200, [_listing([self.state.render(link)], None), _listing(below, None)])

    def _listing(
        self,
        request: Request,
        things: Iterable[Thing],
        render: Callable[[Thing], dict[str, Any]] | None = None,
        extra: Iterable[dict[str, Any]] = (),
    ) -> Answer:
        newest = sorted(things, key=lambda thing: (thing.created_at, int(thing.id, 36)), reverse=True)[:1000]
        size = min(int(request.query.get("limit", "25") or 25), 100)
        names = [thing.name for thing in newest]
        after, before = request.query.get("after"), request.query.get("before")
        if any(anchor and anchor not in names for anchor in (after, before)):
            return Answer(200, _listing([], None))  # what was deleted leads nowhere
        if before:
            newest = newest[: names.index(before)][-size:]
        start = names.index(after) + 1 if after else 0
        page = newest[start : start + size]
        more = page[-1].name if page and start + size < len(newest) else None
        first_page = [] if after or before else list(extra)
        return Answer(200, _listing([*first_page, *map(render or self.state.render, page)], more))

    def _comment(self, request: Request, _argument: str, name: str) -> Answer:
        form = request.form()
        target = self.state.things.get(form.get("thing_id", ""))
        if target and (name.casefold(), target.subreddit.casefold()) in self.banned:
            return _refusal(403, "Forbidden")
        error, creates = self.comment_error or _comment_error(target, form.get("text", "")), self.comment_error_creates
        self.comment_error, self.comment_error_creates = None, False
        if target is None or (error and not creates):
            return _errors(error or ("DELETED_COMMENT", "that comment has been deleted", "parent"))
        thing = self._store(name, target, form["text"])
        return _errors(error) if error else _things([_alone(self.state.render(thing))])

    def _del(self, request: Request, _argument: str, name: str) -> Answer:
        thing = self.state.things.get(request.form().get("id", ""))
        if thing is not None and thing.author == name:
            thing.deleted = True
        return Answer(200, {})

    def _store(self, name: str, target: Thing, text: str) -> Thing:
        thing = self.state.comment(name, target, text, created_at=self.now(), late=self.read_lag)
        self.posts.append(Post(thing.name, text.encode(), target.name, name, self.now()))
        return thing


def _comment_error(target: Thing | None, text: str) -> tuple[str, str, str] | None:
    if target is None or target.deleted:
        return "DELETED_COMMENT", "that comment has been deleted", "parent"
    if target.locked:
        return "THREAD_LOCKED", "This thread is locked - new comments are not accepted.", "parent"
    if target.archived:
        return "TOO_OLD", "that's a piece of history now; it's too late to reply to it", "parent"
    if not text.strip():
        return "NO_TEXT", "we need something here", "text"
    return ("TOO_LONG", "this is too long (max: 10000)", "text") if len(text) > 10_000 else None


def _holds(term: Term, post: object) -> bool:
    if not isinstance(post, Thing):
        raise TypeError(post)
    fields = {"title": post.title, "selftext": post.body, "author": post.author, "subreddit": post.subreddit}
    return has_words(fields.get(term.name, f"{post.title}\n{post.body}"), term.value)


def _listing(children: list[dict[str, Any]], after: str | None) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"modhash": "", "children": children, "after": after, "before": None}}


def _alone(child: dict[str, Any]) -> dict[str, Any]:
    """A comment outside of a subreddit's listing says nothing of the submission but its id."""
    about_link = {"link_title", "link_author", "link_url", "over_18"}
    data = {key: value for key, value in child["data"].items() if key not in about_link}
    return {**child, "data": data}


def _things(children: list[dict[str, Any]]) -> Answer:
    return Answer(200, {"json": {"errors": [], "data": {"things": children}}})


def _errors(error: tuple[str, str, str]) -> Answer:
    body: dict[str, Any] = {"errors": [list(error)]}
    return Answer(200, {"json": body | ({"ratelimit": 540.0} if error[0] == "RATELIMIT" else {})})


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"message": message, "error": status}, headers or {})


def _escaped(value: Any) -> Any:
    """Without raw_json=1 Reddit escapes &, < and > in every text."""
    if isinstance(value, dict):
        return {name: _escaped(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return html.escape(value, quote=False) if isinstance(value, str) else value
