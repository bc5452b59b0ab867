"""A fake Bluesky: one server that is the account's own (PDS) and hands on the network's views, as the real ones do.

    with FakeBluesky() as bluesky:
        bluesky.state.account("northwind.example", password="p")
        post = bluesky.state.add("ann.example", "@northwind.example down", created_at=..., tags=("northwind.example",))
        ...  # point a client at bluesky.url

Records are there at once for their owner (getRecord, listRecords); search, notifications and threads get to know what
is written here ``read_lag`` seconds later. A second create under the same name answers 500. A refresh token that was
used brings the same successor for two hours more.
``points``: what an account may spend on writing in an hour (a create costs 3). ``calls_left``: requests in 5 minutes.
"""

import re
from collections.abc import Iterator
from typing import Any

from tests.fakes.bluesky_state import POST, Account, Record, State, notification, post_view, stamp
from tests.fakes.server import Answer, FakeServer, Fault, Post, Request

CREATE_POINTS, DELETE_POINTS = 3, 1
MOST_TEXT, MOST_BYTES = 300, 3000
FIVE_MINUTES, HOUR = 300, 3600
REFRESH_GRACE = 2 * HOUR
LONGEST_PAGE = 100
MOST_URIS = 25
TID = re.compile(r"[234567a-j][234567a-z]{12}")
URI = re.compile(r"\w+:(?://)?[^\s/]\S*")


class XrpcError(Exception):
    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.answer = Answer(status, {"error": name, "message": message})


class FakeBluesky(FakeServer):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.read_lag = 0.0
        self.points = 5000
        self.calls_left = 3000
        self.log_ins = 30
        self._access: dict[str, Account] = {}
        self._refresh: dict[str, Account] = {}
        self._used: dict[str, tuple[float, dict[str, Any]]] = {}  # spent refresh tokens: until when, and what for
        self._count = 0

    def expire_access(self) -> None:
        """Every access token given out so far is answered with ExpiredToken."""
        self._access.clear()

    def expire_refresh(self) -> None:
        self._refresh.clear()
        self._used.clear()

    def answer(self, request: Request) -> Answer:
        name = request.path.removeprefix("/xrpc/").replace(".", "_")
        method = getattr(self, f"_{request.method}_{name}", None)
        if not request.path.startswith("/xrpc/") or method is None:
            return Answer(501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"})
        try:
            answer: Answer = method(request)
        except XrpcError as error:
            answer = error.answer
        self.calls_left -= 1
        return Answer(answer.status, answer.body, self._nearest(answer.headers))

    def _nearest(self, given: dict[str, str]) -> dict[str, str]:
        """Of two limits the headers tell the one that leaves fewer."""
        usual = self._limits(3000, self.calls_left, FIVE_MINUTES)
        left = int(given.get("ratelimit-remaining", self.calls_left))
        return {**usual, **given} if left <= self.calls_left else {**given, **usual}

    def fault_answer(self, fault: Fault) -> Answer:
        """Error bodies as XRPC writes them; a 429 says when to come back."""
        answer = super().fault_answer(fault)
        if fault.kind != "status" or fault.body is not None:
            return answer
        names = {
            429: "RateLimitExceeded",
            400: "InvalidRequest",
            401: "AuthenticationRequired",
            500: "InternalServerError",
        }
        headers = self._limits(3000, 0, FIVE_MINUTES) if fault.status == 429 else {}
        body = {"error": names.get(fault.status, "UpstreamFailure"), "message": f"fault {fault.status}"}
        return Answer(fault.status, body, {**headers, **fault.headers})

    def _limits(self, limit: int, left: int, window: int) -> dict[str, str]:
        reset = (int(self.now() // window) + 1) * window
        return {
            "ratelimit-limit": str(limit),
            "ratelimit-remaining": str(max(0, left)),
            "ratelimit-reset": str(reset),
            "ratelimit-policy": f"{limit};w={window}",
        }

    # Log-in

    def _POST_com_atproto_server_createSession(self, request: Request) -> Answer:
        if self.log_ins <= 0:
            raise XrpcError(429, "RateLimitExceeded", "Rate Limit Exceeded")
        self.log_ins -= 1
        body = request.json()
        account = self.state.by_handle(str(body.get("identifier")))
        if account is None or not account.password or account.password != body.get("password"):
            raise XrpcError(401, "AuthenticationRequired", "Invalid identifier or password")
        return Answer(200, self._tokens(account))

    def _POST_com_atproto_server_refreshSession(self, request: Request) -> Answer:
        token = _bearer(request)
        until, successor = self._used.get(token, (0.0, {}))
        if self.now() < until:
            return Answer(200, successor)
        account = self._refresh.pop(token, None)
        if account is None:
            raise XrpcError(400, "ExpiredToken", "Token has been revoked")
        successor = self._tokens(account)
        self._used[token] = (self.now() + REFRESH_GRACE, successor)
        return Answer(200, successor)

    def _tokens(self, account: Account) -> dict[str, Any]:
        self._count += 1
        access, refresh = f"access-canary-{self._count}", f"refresh-canary-{self._count}"
        self._access[access], self._refresh[refresh] = account, account
        return {
            "accessJwt": access,
            "refreshJwt": refresh,
            "handle": account.handle,
            "did": account.did,
            "active": True,
        }

    def _us(self, request: Request) -> Account:
        token = _bearer(request)
        if not token:
            raise XrpcError(401, "AuthMissing", "Authentication Required")
        if token not in self._access:
            raise XrpcError(400, "ExpiredToken", "Token has expired")
        return self._access[token]

    # Views

    def _GET_app_bsky_notification_getUnreadCount(self, request: Request) -> Answer:
        return Answer(200, {"count": len(self._told(self._us(request), set()))})

    def _GET_app_bsky_notification_listNotifications(self, request: Request) -> Answer:
        us = self._us(request)
        found = [notification(self.state, *entry) for entry in self._told(us, _all(request, "reasons"))]
        page, cursor = self._page(request, found, lambda view: view["indexedAt"])
        return Answer(200, {"notifications": page, "priority": False, **cursor})

    def _told(self, us: Account, wanted: set[str]) -> list[tuple[Record, str, str | None]]:
        entries = [(record, *why) for record in self._seen() for why in self.state.reasons(record, us)]
        return [entry for entry in entries if not wanted or entry[1] in wanted]

    def _GET_app_bsky_feed_searchPosts(self, request: Request) -> Answer:
        """Naive, as the real one: every word somewhere, part of another or not; quotes and operators are no more."""
        self._us(request)
        words = [word.casefold() for word in re.findall(r"[\w.@#]+", request.query.get("q", ""))]
        if not words:
            raise XrpcError(400, "InvalidRequest", 'Error: Params must have the property "q"')
        found = [
            post_view(self.state, record)
            for record in self._seen()
            if f"/{POST}/" in record.uri and all(word in record.value["text"].casefold() for word in words)
        ]
        offset, limit = int(request.query.get("cursor", "0")), _limit(request, 25)
        cursor = {"cursor": str(offset + limit)} if len(found) > offset + limit else {}
        return Answer(200, {"posts": found[offset : offset + limit], "hitsTotal": len(found), **cursor})

    def _GET_app_bsky_feed_getPosts(self, request: Request) -> Answer:
        """Leaves out what it does not find, and what is by somebody who blocks us."""
        self._us(request)
        wanted = _all(request, "uris")
        if not 0 < len(wanted) <= MOST_URIS:
            raise XrpcError(400, "InvalidRequest", f"Error: uris must not have more than {MOST_URIS} elements")
        found = [one for one in self._seen() if one.uri in wanted and not one.blocked]
        return Answer(200, {"posts": [post_view(self.state, one) for one in found]})

    def _GET_app_bsky_feed_getPostThread(self, request: Request) -> Answer:
        self._us(request)
        record = next((one for one in self._seen() if one.uri == request.query.get("uri")), None)
        if record is None:
            raise XrpcError(400, "NotFound", f"Post not found: {request.query.get('uri')}")
        if record.blocked:
            author = self.state.author(record)
            blocked = {"$type": "app.bsky.feed.defs#blockedPost", "uri": record.uri, "blocked": True}
            return Answer(200, {"thread": blocked | {"author": {"did": author.did}}})
        thread = {"$type": "app.bsky.feed.defs#threadViewPost", "post": post_view(self.state, record), "replies": []}
        return Answer(200, {"thread": thread})

    def _GET_com_atproto_identity_resolveHandle(self, request: Request) -> Answer:
        handle = request.query.get("handle", "")
        if len(handle) > 253 or any(not 0 < len(part) < 64 for part in handle.split(".")):
            raise XrpcError(500, "InternalServerError", "Internal Server Error")
        account = self.state.by_handle(handle)
        if account is None:
            raise XrpcError(400, "InvalidRequest", "Unable to resolve handle")
        return Answer(200, {"did": account.did})

    def _seen(self) -> list[Record]:
        """What the views know by now, newest first."""
        known = [one for one in self.state.views if one.at <= self.now()]
        return sorted(known, key=lambda one: one.at, reverse=True)

    def _page(self, request: Request, found: list[Any], place: Any) -> tuple[list[Any], dict[str, str]]:
        limit, cursor = _limit(request, 50), request.query.get("cursor")
        if cursor and not re.match(r"\d{4}-\d\d-\d\dT", cursor):
            raise XrpcError(502, "InternalServerError", "Internal Server Error")
        found = [one for one in found if not cursor or place(one) < cursor]
        page = found[:limit]
        return page, {"cursor": place(page[-1])} if len(found) > limit else {}

    # Our own server

    def _POST_com_atproto_repo_createRecord(self, request: Request) -> Answer:
        us, body = self._us(request), request.json()
        record, kind, rkey = body.get("record") or {}, str(body.get("collection")), str(body.get("rkey"))
        if self.points < CREATE_POINTS:
            limits = self._limits(5000, 0, HOUR)
            return Answer(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, limits)
        self.points -= CREATE_POINTS
        if body.get("repo") not in {us.did, us.handle}:
            raise XrpcError(401, "AuthenticationRequired", "Authentication Required")
        _must_be_valid(record, kind, rkey)
        if (kind, rkey) in us.records:
            raise XrpcError(500, "InternalServerError", "Internal Server Error")
        kept = self.state.keep(us, kind, rkey, record, self.now() + self.read_lag)
        target = ((record.get("reply") or {}).get("parent") or {}).get("uri", "")
        self.posts.append(Post(kept.uri, record["text"].encode(), target, us.handle, self.now()))
        body = {"uri": kept.uri, "cid": kept.cid, "commit": {"cid": kept.cid, "rev": rkey}, "validationStatus": "valid"}
        return Answer(200, body, self._limits(5000, self.points, HOUR))

    def _GET_com_atproto_repo_getRecord(self, request: Request) -> Answer:
        owner = self.state.by_handle(request.query.get("repo", ""))
        if owner is None:
            raise XrpcError(400, "InvalidRequest", f"Could not find repo: {request.query.get('repo')}")
        place = (request.query.get("collection", ""), request.query.get("rkey", ""))
        record = owner.records.get(place)
        if record is None:
            raise XrpcError(
                400, "RecordNotFound", f"Could not locate record: at://{request.query.get('repo')}/{'/'.join(place)}"
            )
        return Answer(200, {"uri": record.uri, "cid": record.cid, "value": record.value})

    def _GET_com_atproto_repo_listRecords(self, request: Request) -> Answer:
        owner = self.state.by_handle(request.query.get("repo", ""))
        kind = request.query.get("collection", "")
        found = [one for place, one in sorted(owner.records.items(), reverse=True) if place[0] == kind] if owner else []
        records = [{"uri": one.uri, "cid": one.cid, "value": one.value} for one in found]
        return Answer(200, {"records": records[: _limit(request, 50)]})

    def _POST_com_atproto_repo_deleteRecord(self, request: Request) -> Answer:
        us, body = self._us(request), request.json()
        record = us.records.get((str(body.get("collection")), str(body.get("rkey"))))
        if record is not None:
            self.state.remove(record)
        self.points -= DELETE_POINTS
        commit = {"commit": {"cid": "bafyreiaaaa", "rev": "3aaaaaaaaaaaa"}} if record else {}
        return Answer(200, commit, self._limits(5000, self.points, HOUR))

    def label_as_bot(self, handle: str) -> None:
        labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "bot"}]}
        value = {"$type": "app.bsky.actor.profile", "labels": labels, "createdAt": stamp(self.now())}
        account = self.state.account(handle)
        uri = f"at://{account.did}/app.bsky.actor.profile/self"
        account.records["app.bsky.actor.profile", "self"] = Record(uri, value, self.now())


def _must_be_valid(record: dict[str, Any], kind: str, rkey: str) -> None:
    """By the lexicon of a post; what it does not allow is refused before anything is written."""
    if kind != POST or record.get("$type", kind) != POST:
        raise XrpcError(400, "InvalidRequest", f"Invalid $type: expected {kind}, got {record.get('$type')}")
    if not TID.fullmatch(rkey):
        raise XrpcError(400, "InvalidRequest", f'Invalid record key for {POST}: Invalid TID string (got "{rkey}") at $')
    for fault in _faults(record):
        raise XrpcError(400, "InvalidRequest", f"Invalid {POST} record: {fault}")


def _faults(record: dict[str, Any]) -> Iterator[str]:
    import regex

    text = record.get("text")
    if not isinstance(text, str) or not record.get("createdAt"):
        yield "text or createdAt is missing at $.record"
        return
    if (size := len(text.encode())) > MOST_BYTES:
        yield f"string too big (maximum {MOST_BYTES}, got {size}) at $.record.text"
    if (count := len(regex.findall(r"\X", text))) > MOST_TEXT:
        yield f"grapheme too big (maximum {MOST_TEXT}, got {count}) at $.record.text"
    for facet in record.get("facets") or ():
        index = facet["index"]
        if not 0 <= index["byteStart"] < index["byteEnd"] <= size:  # the real one takes it, and nobody sees the mark
            yield f"facet out of the text: {index}"
        for uri in (feature.get("uri", "at://did") for feature in facet["features"]):
            if not URI.fullmatch(uri):
                yield f'Invalid uri (got "{uri}") at $.record.facets'


def _limit(request: Request, usual: int) -> int:
    limit = int(request.query.get("limit", usual))
    if limit > LONGEST_PAGE:
        raise XrpcError(400, "InvalidRequest", f"Error: limit can not be greater than {LONGEST_PAGE}")
    return limit


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def _all(request: Request, name: str) -> set[str]:
    return set(request.lists.get(name, ()))
