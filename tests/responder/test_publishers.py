"""The publishers, through the real clients, against the fake platforms: certain answers, doubtful ones, exact bytes."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from core.domain import Eligibility, Target
from core.errors import AmendsError, ConfigError, OutcomeUnknown, Refused, Transient
from core.settings import RedditPublisher, XPublisher
from responder.publishers import Publisher
from responder.publishers.reddit import RedditPublisher as Reddit
from responder.publishers.x import XPublisher as X
from tests.fakes.reddit import RATELIMIT, FakeReddit
from tests.fakes.texts import HARD_TEXTS
from tests.fakes.x import FakeX

PLATFORMS = ["x", "reddit"]


class Bench:
    """A fake platform, a publisher for it, and posts of a customer to answer."""

    def __init__(self, name: str, server: FakeX | FakeReddit) -> None:
        self.server = server
        self.create = "/2/tweets" if name == "x" else "/api/comment"
        self.publisher: Publisher = _x(server) if isinstance(server, FakeX) else _reddit(server)
        self._thread = (
            None if isinstance(server, FakeX) else server.state.submit("ann", "telecom", "Down", created_at=1.0)
        )

    def target(self, text: str = "@northwind it is down", **details: Any) -> Target:
        if isinstance(self.server, FakeX):
            post_id = self.server.state.add("ann", text, created_at=self.server.now() - 60, **details).id
            return Target(platform="x", external_id=post_id, author="ann", eligible=Eligibility.TAGGED)
        assert self._thread is not None
        name = self.server.state.comment("ann", self._thread, text, created_at=self.server.now() - 60, **details).name
        return Target(platform="reddit", external_id=name, author="ann", eligible=Eligibility.TAGGED)

    def sent(self) -> list[bytes]:
        return [post.text for post in self.server.posts]

    def creates(self) -> int:
        return len(self.server.calls("POST", self.create))


def _x(server: FakeX, **changes: object) -> X:
    keys = {name: SecretStr(f"canary-{name}") for name in ("consumer_key", "consumer_secret", "access_token_secret")}
    server.state.user("northwind", token="canary-access-token")
    section = {
        "kind": "x",
        "account": "northwind",
        "base_url": server.url,
        "access_token": SecretStr("canary-access-token"),
    }
    return X("x", XPublisher.model_validate(section | keys | changes))


def _reddit(server: FakeReddit, **changes: object) -> Reddit:
    server.client = ("app", "canary-secret")
    server.state.account("northwind", password="canary-password")
    section = {
        "kind": "reddit",
        "account": "northwind",
        "base_url": server.url,
        "oauth_url": server.url,
        "client_id": SecretStr("app"),
        "client_secret": SecretStr("canary-secret"),
        "password": SecretStr("canary-password"),
    }
    return Reddit("reddit", RedditPublisher.model_validate(section | changes))


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with FakeX() if request.param == "x" else FakeReddit() as server:
        yield Bench(request.param, server)


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as server:
        yield server


@pytest.fixture
def reddit() -> Iterator[FakeReddit]:
    with FakeReddit() as server:
        yield server


def quickly(publisher: Publisher, seconds: float = 0.3) -> None:
    """Shortens how long the publisher waits for an answer."""
    client = publisher._client()  # type: ignore[attr-defined]
    session = client.session if isinstance(publisher, X) else client._core.requestor._http
    session._read_seconds = seconds


def test_publishes_once_and_says_where(bench: Bench) -> None:
    target = bench.target()
    published = bench.publisher.publish("We are on it.", target, key="k1")
    (post,) = bench.server.posts
    assert (post.text, post.target, post.account) == (b"We are on it.", target.external_id, "northwind")
    assert published.external_id == post.id
    assert published.url.startswith("https://")


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_exactly_the_given_bytes_go_out(bench: Bench, text: str) -> None:
    target = bench.target()
    published = bench.publisher.publish(text, target, key="k1")
    assert bench.sent() == [text.encode()]
    assert bench.publisher.find(text, target, key="k1") is not None
    assert bench.publisher.find(text, target, key="k1").external_id == published.external_id  # type: ignore[union-attr]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_goes_out_as_it_is(bench: Bench, text: str) -> None:
    bench.server.posts.clear()
    bench.publisher.publish(text, bench.target(), key="k1")
    assert bench.sent() == [text.encode()]


def test_half_characters_are_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="half a character at position 2"):
        bench.publisher.publish("a \ud800", bench.target(), key="k1")
    assert bench.creates() == 0


FAULTS: list[tuple[dict[str, object], type[AmendsError]]] = [
    ({"kind": "status", "status": 500}, OutcomeUnknown),
    ({"kind": "status", "status": 502}, OutcomeUnknown),
    ({"kind": "status", "status": 503, "after": True}, OutcomeUnknown),
    ({"kind": "status", "status": 408, "after": True}, OutcomeUnknown),
    ({"kind": "status", "status": 307, "headers": {"location": "/2/tweets"}}, OutcomeUnknown),
    ({"kind": "garbage", "after": True}, OutcomeUnknown),
    ({"kind": "reset"}, OutcomeUnknown),
    ({"kind": "reset", "after": True}, OutcomeUnknown),
    ({"kind": "hang", "seconds": 2, "after": True}, OutcomeUnknown),
    ({"kind": "status", "status": 429}, Transient),
    ({"kind": "status", "status": 400}, Refused),
    ({"kind": "status", "status": 403}, Refused),
    ({"kind": "status", "status": 404}, Refused),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda value: str(value)[:70])
def test_a_failing_post_reaches_the_server_once_and_says_what_is_certain(
    bench: Bench, fault: dict[str, object], error: type[AmendsError]
) -> None:
    quickly(bench.publisher)
    target = bench.target()
    bench.server.fail(**{"method": "POST", "path": bench.create, **fault})  # type: ignore[arg-type]
    with pytest.raises(error) as caught:
        bench.publisher.publish("We are on it.", target, key="k1")
    assert type(caught.value) is error
    assert bench.creates() == 1
    assert len(bench.sent()) == bool(fault.get("after"))
    found = bench.publisher.find("We are on it.", target, key="k1")
    assert (found is not None) is bool(fault.get("after"))


def test_no_connection_is_certainly_not_sent(bench: Bench) -> None:
    target = bench.target()
    bench.publisher.check()
    bench.server.__exit__()
    with pytest.raises(Transient, match="nothing was sent"):
        bench.publisher.publish("We are on it.", target, key="k1")


def test_a_refused_log_in_is_for_the_operator(x: FakeX, reddit: FakeReddit) -> None:
    target = Target(platform="x", external_id="1", author="ann", eligible=Eligibility.TAGGED)
    with pytest.raises(ConfigError, match=r"X refused the log-in \(401"):
        _x(x, access_token=SecretStr("wrong")).publish("Hello", target, key="k1")
    with pytest.raises(ConfigError, match=r"Reddit refused the log-in \(invalid_grant\)"):
        _reddit(reddit, password=SecretStr("wrong")).publish("Hello", target, key="k1")
    with pytest.raises(ConfigError, match="AMENDS_PUBLISHERS_X_ACCESS_TOKEN"):
        _x(x, access_token=SecretStr("")).publish("Hello", target, key="k1")


def test_a_failing_log_in_is_certainly_not_sent(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit)
    reddit.fail("status", status=503, path="access_token")
    with pytest.raises(Transient):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")
    assert bench.creates() == 0


def test_a_deleted_target_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="deleted"):
        bench.publisher.publish("We are on it.", bench.target(deleted=True), key="k1")


def test_x_refuses_replies_nobody_asked_for(x: FakeX) -> None:
    bench = Bench("x", x)
    with pytest.raises(Refused, match=r"X refused the reply \(403: Reply to this conversation is not allowed"):
        bench.publisher.publish("We are on it.", bench.target("northwind is down"), key="k1")


def test_x_without_rights_is_for_the_operator(x: FakeX) -> None:
    bench = Bench("x", x)
    body = {
        "type": "https://api.twitter.com/2/problems/oauth1-permissions",
        "title": "Forbidden",
        "detail": "not permitted",
    }
    x.fail("status", status=403, body=body)
    with pytest.raises(ConfigError, match="Check the rights of the app"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")


def test_a_duplicate_on_x_is_the_same_reply_or_a_refusal(x: FakeX) -> None:
    bench = Bench("x", x)
    first, second = bench.target(), bench.target()
    sent = bench.publisher.publish("We are on it.", first, key="k1")
    assert bench.publisher.publish("We are on it.", first, key="k1").external_id == sent.external_id
    with pytest.raises(Refused, match="duplicate"):
        bench.publisher.publish("We are on it.", second, key="k2")
    assert len(x.posts) == 1


def test_a_duplicate_that_does_not_show_yet_is_unknown(x: FakeX) -> None:
    bench = Bench("x", x)
    x.read_lag = 30
    target = bench.target()
    bench.publisher.publish("We are on it.", target, key="k1")
    assert bench.publisher.find("We are on it.", target, key="k1") is None
    with pytest.raises(OutcomeUnknown, match="does not show where"):
        bench.publisher.publish("We are on it.", target, key="k1")


@pytest.mark.parametrize("creates", [False, True])
def test_ratelimit_on_reddit_is_read_back(reddit: FakeReddit, *, creates: bool) -> None:
    bench = Bench("reddit", reddit)
    reddit.comment_error, reddit.comment_error_creates = ("RATELIMIT", RATELIMIT, "ratelimit"), creates
    target = bench.target()
    if creates:
        assert bench.publisher.publish("We are on it.", target, key="k1").external_id == reddit.posts[0].id
    else:
        with pytest.raises(OutcomeUnknown, match="RATELIMIT"):
            bench.publisher.publish("We are on it.", target, key="k1")
    assert bench.creates() == 1


@pytest.mark.parametrize(
    ("details", "kind"),
    [({"locked": True}, "THREAD_LOCKED"), ({"archived": True}, "TOO_OLD"), ({"deleted": True}, "DELETED")],
)
def test_reddit_refuses_with_its_reason(reddit: FakeReddit, details: dict[str, Any], kind: str) -> None:
    bench = Bench("reddit", reddit)
    with pytest.raises(Refused, match=rf"Reddit refused the reply \({kind}"):
        bench.publisher.publish("We are on it.", bench.target(**details), key="k1")
    assert bench.creates() == 1


def test_a_banned_account_is_refused(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit)
    reddit.banned.add(("northwind", "telecom"))
    with pytest.raises(Refused, match=r"\(403"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")


def test_a_revoked_token_on_reddit_is_tried_again_later(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit)
    bench.publisher.check()
    reddit.revoke_tokens()
    with pytest.raises(Transient, match="nothing was sent"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")
    bench.publisher.publish("We are on it.", bench.target(), key="k1")
    assert len(reddit.posts) == 1


def test_find_tells_our_replies_apart(bench: Bench) -> None:
    target, other = bench.target(), bench.target()
    bench.publisher.publish("We are on it, and sorry about that.", other, key="k0")
    assert bench.publisher.find("We are on it, and sorry about that.", target, key="k1") is None
    bench.publisher.publish("The masts in Ontario are back since 14:30.", target, key="k1")
    assert bench.publisher.find("Please send us a private message.", target, key="k2") is None
    with pytest.raises(Transient, match="A person must look"):
        bench.publisher.find("The masts in Ontario are back since 14:45!", target, key="k2")


def test_find_reads_past_one_page(bench: Bench) -> None:
    target = bench.target()
    wanted = bench.publisher.publish("The very first answer.", target, key="k1")
    for number in range(130):
        bench.publisher.publish(f"Answer number {number}", bench.target(), key=str(number))
    found = bench.publisher.find("The very first answer.", target, key="k1")
    assert found is not None
    assert found.external_id == wanted.external_id


def test_find_does_not_call_absent_what_it_could_not_read(bench: Bench) -> None:
    target = bench.target()
    bench.server.fail("status", status=503, method="GET", times=9)
    with pytest.raises(Transient):
        bench.publisher.find("We are on it.", target, key="k1")


def test_check_names_the_account(bench: Bench) -> None:
    assert "northwind, " in bench.publisher.check()


def test_check_sees_another_account(x: FakeX) -> None:
    with pytest.raises(ConfigError, match="the access token is of @northwind, not of @southwind"):
        _x(x, account="southwind").check()


def test_constructors_open_nothing(bench: Bench) -> None:
    assert bench.server.requests == []


def test_no_secret_reaches_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.publisher.publish("We are on it.", bench.target(), key="k1")
    bench.server.fail("status", status=500, method="POST")
    with pytest.raises(OutcomeUnknown) as caught:
        bench.publisher.publish("We are still on it.", bench.target(), key="k2")
    assert "canary" not in caplog.text
    assert "canary" not in f"{caught.value!r} {caught.value.__cause__!r}"
