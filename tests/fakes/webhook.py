"""A program that takes replies over HTTP as docs/connecting-accounts.md asks of it."""

from typing import Any

from responder.publishers.webhook import signature
from tests.fakes.server import Answer, FakeServer, Post, Request

SECRET = "canary-signing-key"


class FakeWebhook(FakeServer):
    """One reply for one key. ``known``: by key."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, dict[str, Any]] = {}

    def answer(self, request: Request) -> Answer:
        seconds, _, given = request.headers.get("x-amends-signature", "").partition(",v1=")
        if given != signature(SECRET, seconds.removeprefix("t="), request.body):
            return Answer(401, {"error": "bad signature"})
        if request.method == "GET":
            found = self.known.get(request.query.get("key", ""))
            return Answer(200, found) if found else Answer(404, {"error": "no such key"})
        key, body = request.headers["idempotency-key"], request.json()
        if key not in self.known:
            self.known[key] = {"id": f"w{len(self.known)}", "url": "https://desk.example/1", "text": body["text"]}
            self.posts.append(
                Post(self.known[key]["id"], body["text"].encode(), body["target"], body["account"], self.now())
            )
        return Answer(201, {name: self.known[key][name] for name in ("id", "url")})
