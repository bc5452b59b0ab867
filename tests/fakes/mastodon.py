"""A Mastodon to test against: PyPI's mastodon-mock does the work, this stands before it and lets things go wrong.

    with FakeMastodon() as mastodon:
        post = mastodon.add("ann", "@northwind it is down")
        ...  # point a client at mastodon.url, with the token "northwind-token"
        assert mastodon.posts[0].text == b"..."

Every request is handed on as it is and its answer given back, with the limits in the headers as Mastodon writes them.
``read_lag``: seconds until an account's own list shows a status. ``ignores_keys``: as some servers of the kind, it does
not know the Idempotency-Key. ``longest``, ``per_link``: characters of a post, and of any link in it. ``calls_left``:
requests of one account in 5 minutes. ``rules``: of the server.
"""

from datetime import UTC, datetime
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
        config = MastodonMockConfig(database=DatabaseConfig(path=":memory:"), seed=SeedConfig(accounts=accounts))
        self._mock = MockServer(config=config)
        self._born: dict[str, float] = {}
        self._http = requests.Session()
        self._http.trust_env = False
        self.read_lag = 0.0
        self.ignores_keys = False
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
        query = f"?{urlencode(request.lists, doseq=True)}" if request.lists else ""
        answer = self._http.request(
            request.method, self._mock.base_url + request.path + query, headers=headers, data=request.body, timeout=10
        )
        body = answer.json() if answer.content else {}
        if request.path.rstrip("/") == "/api/v2/instance":
            limits = {"max_characters": self.longest, "characters_reserved_per_url": self.per_link}
            body.setdefault("configuration", {}).setdefault("statuses", {}).update(limits)
        if request.method == "POST" and request.path == "/api/v1/statuses" and answer.ok:
            self._note(request, body)
        if request.path.endswith("/statuses") and request.method == "GET" and isinstance(body, list):
            body = [one for one in body if self._born.get(one["id"], 0.0) + self.read_lag <= self.now()]
        link = {"link": answer.headers["link"]} if "link" in answer.headers else {}
        return Answer(answer.status_code, body, {**self._limits(self.calls_left), **link})

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
