"""A fake X API v2: search, timelines, look-ups, create and delete, with X's rules, limits and error bodies.

    with FakeX() as x:
        us = x.state.user("northwind", token="user-token")
        post = x.state.add("ann", "@northwind it is down", created_at=time.time() - 60)
        ...  # point a client at x.url
        assert x.posts[0].text == b"..."

Accepts any bearer as an app; an OAuth 1.0a ``oauth_token`` must belong to an account of the state. Signatures are
not checked. ``self_serve`` False lifts the rule that only summoned replies may be sent (an enterprise account).
``prefix_replies``: a stored reply begins with the handle it answers, as on X; ``posts`` holds what was sent.
``read_lag``: seconds until a created post shows in timelines and searches. ``limits``: requests per 15 minutes by
route name and kind of log-in.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

from tests.fakes.server import Answer, FakeServer, Fault, Post, Request
from tests.fakes.x_search import WEEK, ParameterError, compile_query, window
from tests.fakes.x_state import XPost, XState, XUser, render_post, render_user

PROBLEM = "https://api.twitter.com/2/problems/"
QUARTER = 900
LIMITS = {
    ("search", "app"): 450,
    ("search", "user"): 300,
    ("mentions", "app"): 450,
    ("mentions", "user"): 300,
    ("timeline", "app"): 1500,
    ("timeline", "user"): 900,
    ("me", "user"): 75,
    ("create", "user"): 200,
    ("delete", "user"): 50,
}
ROUTES = (
    ("GET", r"^/2/tweets/search/recent$", "search"),
    ("GET", r"^/2/users/me$", "me"),
    ("GET", r"^/2/users/by/username/(\w+)$", "by_username"),
    ("GET", r"^/2/users/(\d+)/mentions$", "mentions"),
    ("GET", r"^/2/users/(\d+)/tweets$", "timeline"),
    ("GET", r"^/2/tweets$", "lookup"),
    ("POST", r"^/2/tweets$", "create"),
    ("DELETE", r"^/2/tweets/(\d+)$", "delete"),
)
TITLES = {400: "Invalid Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found Error"}
TITLES |= {429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable"}


class FakeX(FakeServer):
    """See the module. ``state`` holds accounts and posts; seed it before or while serving."""

    def __init__(self, *, self_serve: bool = True, prefix_replies: bool = True) -> None:
        super().__init__()
        self.state = XState()
        self.self_serve = self_serve
        self.prefix_replies = prefix_replies
        self.read_lag = 0.0
        self.tokens_expired = 0
        self.limits = dict(LIMITS)
        self._used: dict[tuple[str, str, int], int] = {}

    def expire_tokens(self) -> None:
        """Paging tokens given out so far are answered with 400 from now on."""
        self.tokens_expired += 1

    def answer(self, request: Request) -> Answer:
        """Routes, checks the log-in and the rate limit, and adds X's headers."""
        name, argument = _route(request)
        if not name:
            return _problem(404, "Not Found")
        account, kind = self._login(request)
        if not kind:
            return _problem(401, "Unauthorized")
        headers, spent = self._spend(name, kind)
        answer = _problem(429, "Too Many Requests") if spent else self._reply(name, request, argument, account)
        return Answer(answer.status, answer.body, headers | answer.headers)

    def fault_answer(self, fault: Fault) -> Answer:
        """Error bodies as X writes them; a 429 says when to come back."""
        answer = super().fault_answer(fault)
        if fault.kind != "status" or fault.body is not None:
            return answer
        headers = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0", "x-rate-limit-reset": self._reset()}
        return Answer(fault.status, _problem(fault.status, "").body, headers | fault.headers)

    def _reply(self, name: str, request: Request, argument: str, account: XUser | None) -> Answer:
        try:
            if name in {"search", "mentions", "timeline"}:
                return self._listing(name, request.query, argument)
            if name in {"me", "create", "delete"} and account is None:
                return _problem(403, "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.")
            return getattr(self, f"_{name}")(request, argument, account)  # type: ignore[no-any-return]
        except ParameterError as error:
            return _invalid(error)

    def _login(self, request: Request) -> tuple[XUser | None, str]:
        header = request.headers.get("authorization", "")
        if header.startswith("Bearer ") and header.removeprefix("Bearer ").strip():
            return None, "app"
        token = re.search(r'oauth_token="([^"]+)"', header)
        account = next((u for u in self.state.users.values() if token and u.token == token[1]), None)
        return account, "user" if account else ""

    def _spend(self, name: str, kind: str) -> tuple[dict[str, str], bool]:
        limit = self.limits.get((name, kind), 300)
        key = (name, kind, int(self.now() // QUARTER))
        spent = self._used.get(key, 0) >= limit
        self._used[key] = min(self._used.get(key, 0) + 1, limit)
        left = limit - self._used[key]
        headers = {"x-rate-limit-limit": str(limit), "x-rate-limit-remaining": str(left)}
        return headers | {"x-rate-limit-reset": self._reset(), "x-access-level": "read-write"}, spent

    def _reset(self) -> str:
        return str((int(self.now() // QUARTER) + 1) * QUARTER)

    def _listing(self, name: str, query: dict[str, str], argument: str) -> Answer:
        search = name == "search"
        start, end, since, until = window(
            query, self.now(), default_end=30 if search else 0, reach=WEEK if search else math.inf
        )
        match = compile_query(self.state, query.get("query", "")) if search else None
        token = query.get("next_token") or query.get("pagination_token")
        before = min(until, self._position(token)) if token else until
        found = [
            post
            for post in self._shown()
            if start <= post.created_at < end
            and since < int(post.id) < before
            and (match(post) if match else self._on(name, argument, post))
        ]
        found.sort(key=lambda post: int(post.id), reverse=True)
        return self._page(found, query, smallest=10 if search else 5)

    def _on(self, name: str, argument: str, post: XPost) -> bool:
        if name == "timeline":
            return post.author_id == argument
        mentioned = {user.id for user in self.state.mentioned(post)}
        return argument in mentioned and not post.retweets

    def _shown(self) -> Iterable[XPost]:
        now = self.now()
        return (p for p in self.state.posts.values() if not p.deleted and p.visible_at <= now)

    def _page(self, found: list[XPost], query: dict[str, str], *, smallest: int) -> Answer:
        size = int(query.get("max_results", "10"))
        if not smallest <= size <= 100:
            message = f"The `max_results` query parameter value [{size}] is not between {smallest} and 100"
            raise ParameterError("max_results", str(size), message)
        page = found[:size]
        meta: dict[str, Any] = {}
        if page:
            ids = [int(post.id) for post in page]
            meta = {"newest_id": str(max(ids)), "oldest_id": str(min(ids))}
        meta["result_count"] = len(page)
        if len(found) > size:
            meta["next_token"] = f"b26v89c19zqg8o3f{self.tokens_expired:02d}{page[-1].id}"
        body = {**self._rendered(page, query), "meta": meta}
        return Answer(200, body)

    def _position(self, token: str) -> int:
        found = re.fullmatch(r"b26v89c19zqg8o3f(\d\d)(\d+)", token)
        if found is None or int(found[1]) < self.tokens_expired:
            raise ParameterError("next_token", token, f"The 'next_token' query parameter value [{token}] is not valid")
        return int(found[2])

    def _rendered(self, posts: list[XPost], query: dict[str, str]) -> dict[str, Any]:
        if not posts:
            return {}
        fields = set(query.get("tweet.fields", "").split(","))
        body: dict[str, Any] = {"data": [render_post(self.state, post, fields) for post in posts]}
        included = self._included(posts, set(query.get("expansions", "").split(",")), query)
        return body | ({"includes": included} if included else {})

    def _included(self, posts: list[XPost], wanted: set[str], query: dict[str, str]) -> dict[str, Any]:
        others = {p.id: p for post in posts for p in self._referenced(post)} if "referenced_tweets.id" in wanted else {}
        authors = [post.author_id for post in posts] if "author_id" in wanted else []
        if "referenced_tweets.id.author_id" in wanted:
            authors += [post.author_id for post in others.values()]
        if "in_reply_to_user_id" in wanted:
            authors += [self.state.posts[p.reply_to].author_id for p in posts if p.reply_to in self.state.posts]
        user_fields = set(query.get("user.fields", "").split(","))
        tweet_fields = set(query.get("tweet.fields", "").split(","))
        users = [render_user(self.state.users[number], user_fields) for number in dict.fromkeys(authors)]
        tweets = [render_post(self.state, post, tweet_fields) for post in others.values()]
        return {name: items for name, items in {"users": users, "tweets": tweets}.items() if items}

    def _referenced(self, post: XPost) -> list[XPost]:
        ids = (post.reply_to, post.quotes, post.retweets)
        return [p for i in ids if (p := self.state.posts.get(i)) and not p.deleted]

    def _me(self, request: Request, _argument: str, account: XUser) -> Answer:
        return Answer(200, {"data": render_user(account, set(request.query.get("user.fields", "").split(",")))})

    def _by_username(self, request: Request, argument: str, _account: XUser | None) -> Answer:
        user = self.state.by_name(argument)
        if user is None:
            return Answer(200, {"errors": [_missing("user", "username", argument)]})
        return Answer(200, {"data": render_user(user, set(request.query.get("user.fields", "").split(",")))})

    def _lookup(self, request: Request, _argument: str, _account: XUser | None) -> Answer:
        wanted = request.query.get("ids", "").split(",")
        if not 1 <= len(wanted) <= 100:
            raise ParameterError("ids", request.query.get("ids", ""), "The number of values in `ids` is not valid")
        known = {post.id: post for post in self._shown()}
        hidden = {number for number, post in known.items() if self.state.users[post.author_id].protected}
        found = [known[number] for number in wanted if number in known and number not in hidden]
        gone = [_missing("tweet", "ids", number) for number in wanted if number not in known]
        gone += [_not_for_us("ids", number) for number in wanted if number in hidden]
        return Answer(200, self._rendered(found, request.query) | ({"errors": gone} if gone else {}))

    def _create(self, request: Request, _argument: str, account: XUser) -> Answer:
        body = request.json()
        text, target_id = body.get("text", ""), body.get("reply", {}).get("in_reply_to_tweet_id", "")
        if not isinstance(text, str) or not text.strip():
            raise ParameterError("text", str(text), "One or more parameters to your request was invalid.")
        if refusal := self._refusal(account, text, target_id):
            return _problem(403, refusal)
        post = self._store(account, text, target_id)
        self.posts.append(Post(post.id, text.encode(), target_id, account.username, self.now()))
        shown = render_post(self.state, post, set())
        location = {"location": f"https://api.twitter.com/2/tweets/{post.id}"}
        return Answer(201, {"data": {"id": shown["id"], "text": shown["text"]}}, location)

    def _refusal(self, account: XUser, text: str, target_id: str) -> str:
        target = self.state.posts.get(target_id)
        if target_id and (target is None or target.deleted):
            return "You attempted to reply to a Tweet that is deleted or not visible to you."
        if any(p.account == account.username and p.text == text.encode() for p in self.posts if self._lives(p.id)):
            return "You are not allowed to create a Tweet with duplicate content."
        if target and self.self_serve and not self.state.may_reply(account, target):
            return (
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
                "engaged by the author of the post you are replying to."
            )
        return ""

    def _lives(self, post_id: str) -> bool:
        return not self.state.posts[post_id].deleted

    def _store(self, account: XUser, text: str, target_id: str) -> XPost:
        target = self.state.posts.get(target_id)
        if target and self.prefix_replies:
            text = f"@{self.state.users[target.author_id].username} {text}"
        return self.state.add(account.username, text, created_at=self.now(), late=self.read_lag, reply_to=target_id)

    def _delete(self, _request: Request, argument: str, account: XUser) -> Answer:
        post = self.state.posts.get(argument)
        if post is None or post.author_id != account.id:
            return _problem(403, "You are not authorized to delete this Tweet.")
        post.deleted = True
        return Answer(200, {"data": {"deleted": True}})


def _route(request: Request) -> tuple[str, str]:
    for method, path, name in ROUTES:
        found = re.match(path, request.path)
        if found and method == request.method:
            return name, found[1] if found.groups() else ""
    return "", ""


def _problem(status: int, detail: str) -> Answer:
    title = TITLES.get(status, "Error")
    return Answer(status, {"title": title, "detail": detail or title, "type": "about:blank", "status": status})


def _invalid(error: ParameterError) -> Answer:
    problem = {"parameters": {error.name: [error.value]}, "message": str(error)}
    detail = "One or more parameters to your request was invalid."
    kind = PROBLEM + "invalid-request"
    return Answer(400, {"errors": [problem], "title": "Invalid Request", "detail": detail, "type": kind})


def _missing(resource: str, parameter: str, value: str) -> dict[str, str]:
    return {
        "value": value,
        "detail": f"Could not find {resource} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEM + "resource-not-found",
    }


def _not_for_us(parameter: str, value: str) -> dict[str, str]:
    """Of a post whose author let only followers see it."""
    return _missing("tweet", parameter, value) | {
        "detail": f"Sorry, you are not authorized to see the Tweet with {parameter}: [{value}].",
        "title": "Authorization Error",
        "type": PROBLEM + "not-authorized-for-resource",
    }
