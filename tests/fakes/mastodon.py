"""A Mastodon to test against: PyPI's mastodon-mock does the work, this stands before it and lets things go wrong.

    with FakeMastodon() as mastodon:
        post = mastodon.add("ann", "@northwind it is down")
        ...  # point a client at mastodon.url, with the token "northwind-token"
        assert mastodon.posts[0].text == b"..."

Every request is handed on as it is and its answer given back, with the limits in the headers as Mastodon writes them.
``read_lag``: seconds until an account's own list shows a status. ``ignores_keys``: as some servers of the kind, it does
not know the Idempotency-Key. ``longest``, ``per_link``: characters of a post, and of any link in it. ``calls_left``:
requests of one account in 5 minutes. ``rules``: of the server. ``lets_answers_go``: makes a post of its own of an
answer, as to one that went that moment.

What GoToSocial does and Mastodon does not (docs/reliability.md, "Real servers"): ``knows_unused_tags`` False, a hashtag
that nobody has used is not found; ``minds_since_id`` False, an account's own list begins at its newest, whatever was
asked. ``unseen``: the ids of statuses that listings and searches leave out of a page, however short that makes it;
``search_page``: how many a search gives at once.
"""

from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.parse import urlencode

import requests
from mastodon_mock.config import DatabaseConfig, MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.testing.server import MockServer

from tests.fakes.server import Answer, FakeServer, Fault, Post, Request

US = "northwind"
PEOPLE = ("ann", "bob", "cleo")
HANDED_ON = ("authorization", "content-type", "idempotency-key")
FIVE_MINUTES = 300
MOST = 40  # statuses that a search of the mock server brings


def token_of(name: str) -> str:
    return f"{name}-canary-token"


class FakeMastodon(FakeServer):
    """See the module."""

    def __init__(self, *, bot: bool = False) -> None:
        super().__init__()
        accounts = [SeedAccount(username=US, bot=bot, access_token=token_of(US))]
        accounts += [
            SeedAccount(username=name, display_name=name.title(), access_token=token_of(name)) for name in PEOPLE
        ]
        self._media = TemporaryDirectory(prefix="amends-mastodon-")  # else the server makes one and leaves it behind
        config = MastodonMockConfig(
            database=DatabaseConfig(path=":memory:"), seed=SeedConfig(accounts=accounts),
            media_storage_path=self._media.name,
        )  # fmt: skip
        self._mock = MockServer(config=config)
        self._born: dict[str, float] = {}
        self._http = requests.Session()
        self._http.trust_env = False
        self.read_lag = 0.0
        self.ignores_keys = False
        self.knows_unused_tags = self.minds_since_id = True
        self.lets_answers_go = False
        self.unseen: set[str] = set()
        self.search_page = MOST
        self.rules: list[str] = []
        self.longest, self.per_link = 500, 23
        self.calls_left = FIVE_MINUTES

    def __enter__(self) -> Self:
        self._mock.start()
        return super().__enter__()

    def __exit__(self, *details: object) -> None:
        try:
            super().__exit__(*details)
        finally:
            self._http.close()
            self._mock.stop()
            self._media.cleanup()

    def add(self, name: str, text: str, **more: Any) -> dict[str, Any]:
        """A status by one of PEOPLE or US, straight into the server; ``more`` as its API takes it."""
        return self._direct("POST", "/api/v1/statuses", name, {"status": text, **more})

    def boost(self, name: str, status_id: str) -> dict[str, Any]:
        return self._direct("POST", f"/api/v1/statuses/{status_id}/reblog", name, {})

    def delete(self, name: str, status_id: str) -> None:
        self._direct("DELETE", f"/api/v1/statuses/{status_id}", name, {})

    def _direct(self, method: str, path: str, name: str, form: dict[str, Any]) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token_of(name)}"}
        answer = self._http.request(method, self._mock.base_url + path, headers=headers, data=form, timeout=10)
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def answer(self, request: Request) -> Answer:
        """Hands the request on. Every answer says how many requests are left."""
        self.calls_left -= 1
        if self.calls_left < 0:
            return Answer(429, {"error": "Too many requests"}, self._limits(0))
        if request.path == "/api/v1/instance/rules":
            rules = [{"id": str(number), "text": text, "hint": ""} for number, text in enumerate(self.rules, 1)]
            return Answer(200, rules, self._limits(self.calls_left))
        headers = {name: request.headers[name] for name in HANDED_ON if name in request.headers}
        if self.ignores_keys:
            headers.pop("idempotency-key", None)
        asked = {name: many for name, many in request.lists.items() if name != "since_id" or self.minds_since_id}
        if request.path == "/api/v2/search":
            asked["limit"] = [str(MOST)]
        query = f"?{urlencode(asked, doseq=True)}" if asked else ""
        answer = self._http.request(
            request.method, self._mock.base_url + request.path + query, headers=headers, data=request.body, timeout=10
        )
        body = answer.json() if answer.content else {}
        if request.path.rstrip("/") == "/api/v2/instance":
            limits = {"max_characters": self.longest, "characters_reserved_per_url": self.per_link}
            body.setdefault("configuration", {}).setdefault("statuses", {}).update(limits)
        if request.method == "POST" and request.path == "/api/v1/statuses" and answer.ok:
            self._note(request, body)
            body |= {"in_reply_to_id": None} if self.lets_answers_go else {}
        if request.path.endswith("/statuses") and request.method == "GET" and isinstance(body, list):
            body = [one for one in body if self._born.get(one["id"], 0.0) + self.read_lag <= self.now()]
        if "/timelines/tag/" in request.path and body == [] and not self.knows_unused_tags:
            return Answer(404, {"error": "tag was not found"}, self._limits(self.calls_left))
        if request.path == "/api/v2/search":
            body = self._paged(body, request)
        body = self._seen(body) if request.method == "GET" else body
        link = {"link": answer.headers["link"]} if "link" in answer.headers else {}
        return Answer(answer.status_code, body, {**self._limits(self.calls_left), **link})

    def _paged(self, body: Any, request: Request) -> Any:
        """A search's page: the mock server does not mind the ids that it is asked for."""
        above, below = int(request.query.get("min_id", 0)), int(request.query.get("max_id", 10**20))
        found = [one for one in body["statuses"] if above < int(one["id"]) < below]
        return {**body, "statuses": found[: min(int(request.query.get("limit", 20)), self.search_page)]}

    def _seen(self, body: Any) -> Any:
        if isinstance(body, dict) and "statuses" in body:
            return {**body, "statuses": self._seen(body["statuses"])}
        if not isinstance(body, list):
            return body
        return [one for one in body if (one.get("status") or one).get("id") not in self.unseen]

    def _note(self, request: Request, status: dict[str, Any]) -> None:
        if status["id"] in self._born:
            return  # the same key: nothing new was created
        self._born[status["id"]] = self.now()
        form = request.form()
        text = form["status"].encode()
        self.posts.append(
            Post(status["id"], text, form.get("in_reply_to_id", ""), status["account"]["username"], self.now())
        )

    def fault_answer(self, fault: Fault) -> Answer:
        answer = super().fault_answer(fault)
        if fault.kind != "status" or fault.body is not None:
            return answer
        return Answer(
            fault.status,
            {"error": f"fault {fault.status}"},
            self._limits(0 if fault.status == 429 else 300) | fault.headers,
        )

    def _limits(self, left: int) -> dict[str, str]:
        reset = (int(self.now() // FIVE_MINUTES) + 1) * FIVE_MINUTES
        at = datetime.fromtimestamp(reset, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return {"x-ratelimit-limit": "300", "x-ratelimit-remaining": str(max(0, left)), "x-ratelimit-reset": at}
