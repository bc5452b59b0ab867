"""The publishers, through the real clients, against the fake platforms: certain answers, doubtful ones, exact bytes."""

import logging
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from core.domain import Eligibility, Target
from core.errors import AmendsError, ConfigError, OutcomeUnknown, Refused, Transient
from core.settings import BlueskyPublisher, MastodonPublisher, RedditPublisher, XPublisher
from responder.publishers import Keeper, Publisher
from responder.publishers.bluesky import LETTERS, rkey_of
from responder.publishers.bluesky import BlueskyPublisher as Bluesky
from responder.publishers.mastodon import MastodonPublisher as Mastodon
from responder.publishers.reddit import RedditPublisher as Reddit
from responder.publishers.x import XPublisher as X
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.mastodon import FakeMastodon, token_of
from tests.fakes.reddit import RATELIMIT, FakeReddit
from tests.fakes.server import FakeServer
from tests.fakes.texts import HARD_TEXTS
from tests.fakes.x import FakeX

CREATES = {
    "x": "/2/tweets",
    "reddit": "/api/comment",
    "bluesky": "createRecord",
    "mastodon": "/api/v1/statuses$",
}
FAKES: dict[str, type[FakeServer]] = {
    "x": FakeX,
    "reddit": FakeReddit,
    "bluesky": FakeBluesky,
    "mastodon": FakeMastodon,
}


class Bench:
    """A fake platform, a publisher for it, and posts of a customer to answer."""

    us = "northwind"

    def __init__(self, name: str, server: Any, folder: Path) -> None:
        self.name, self.server, self.create = name, server, CREATES[name]
        self.publisher: Publisher = _make(name, server, folder)
        self.us = "northwind.example" if name == "bluesky" else "northwind"
        self._thread = server.state.submit("ann", "telecom", "Down", created_at=1.0) if name == "reddit" else None

    def target(self, text: str = "", *, deleted: bool = False, **details: Any) -> Target:
        """A post of a customer that addresses us."""
        text = text or f"@{self.us} it is down"
        made = getattr(self, f"_{self.name}")(text, deleted=deleted, **details)
        return Target(platform=self.name, external_id=made, author="ann", eligible=Eligibility.TAGGED)

    def _x(self, text: str, **details: Any) -> str:
        return str(self.server.state.add("ann", text, created_at=self.server.now() - 60, **details).id)

    def _reddit(self, text: str, **details: Any) -> str:
        made = self.server.state.comment("ann", self._thread, text, created_at=self.server.now() - 60, **details)
        return str(made.name)

    def _bluesky(self, text: str, *, deleted: bool, **details: Any) -> str:
        post = self.server.state.add("ann.example", text, created_at=self.server.now() - 60, tags=(self.us,), **details)
        if deleted:
            self.server.state.remove(post)
        return str(post.uri)

    def _mastodon(self, text: str, *, deleted: bool, **details: Any) -> str:
        post = self.server.add("ann", text, **details)
        if deleted:
            self.server.delete("ann", post["id"])
        return str(post["id"])

    def sent(self) -> list[bytes]:
        return [post.text for post in self.server.posts]

    def creates(self) -> int:
        return len(self.server.calls("POST", self.create))


def _make(name: str, server: Any, folder: Path) -> Publisher:
    if name == "x":
        return _x(server)
    if name == "reddit":
        return _reddit(server)
    return _bluesky(server, folder) if name == "bluesky" else _mastodon(server)


def _bluesky(server: FakeBluesky, folder: Path, **changes: object) -> Bluesky:
    server.state.account("northwind.example", password="canary-password")
    section = {
        "kind": "bluesky",
        "account": "northwind.example",
        "base_url": server.url,
        "session_dir": str(folder),
        "app_password": SecretStr("canary-password"),
    }
    return Bluesky("bluesky", BlueskyPublisher.model_validate(section | changes))


def _mastodon(server: FakeMastodon, **changes: object) -> Mastodon:
    server.calls_left = 10**6
    section = {
        "kind": "mastodon",
        "account": "northwind",
        "base_url": server.url,
        "access_token": SecretStr(token_of("northwind")),
    }
    return Mastodon("mastodon", MastodonPublisher.model_validate(section | changes))


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


@pytest.fixture(params=list(FAKES))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with FAKES[request.param]() as server:
        yield Bench(request.param, server, tmp_path)


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as server:
        yield server


@pytest.fixture
def bluesky(tmp_path: Path) -> Iterator[Bench]:
    with FakeBluesky() as server:
        yield Bench("bluesky", server, tmp_path)


@pytest.fixture
def mastodon(tmp_path: Path) -> Iterator[Bench]:
    with FakeMastodon() as server:
        yield Bench("mastodon", server, tmp_path)


@pytest.fixture
def reddit() -> Iterator[FakeReddit]:
    with FakeReddit() as server:
        yield server


def quickly(publisher: Publisher, seconds: float = 1.0) -> None:
    """Shortens how long the publisher waits for an answer."""
    client = publisher._client()  # type: ignore[attr-defined]
    if isinstance(publisher, Bluesky):
        session = client.request.http
    else:
        session = client._core.requestor._http if isinstance(publisher, Reddit) else client.session
    session._read_seconds = seconds


def test_publishes_once_and_says_where(bench: Bench) -> None:
    target = bench.target()
    published = bench.publisher.publish("We are on it.", target, key="k1")
    (post,) = bench.server.posts
    assert (post.text, post.target, post.account) == (b"We are on it.", target.external_id, bench.us)
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
@given(text=st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=290).filter(str.strip))
def test_any_text_goes_out_as_it_is(bench: Bench, text: str) -> None:
    bench.server.posts.clear()
    bench.publisher.publish(text, bench.target(), key=uuid.uuid4().hex)
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
    with pytest.raises(Transient):
        bench.publisher.publish("We are on it.", target, key="k1")
    assert bench.sent() == []


def test_a_refused_log_in_is_for_the_operator(x: FakeX, reddit: FakeReddit) -> None:
    target = Target(platform="x", external_id="1", author="ann", eligible=Eligibility.TAGGED)
    with pytest.raises(ConfigError, match=r"X refused the log-in \(401"):
        _x(x, access_token=SecretStr("wrong")).publish("Hello", target, key="k1")
    with pytest.raises(ConfigError, match=r"Reddit refused the log-in \(invalid_grant\)"):
        _reddit(reddit, password=SecretStr("wrong")).publish("Hello", target, key="k1")
    with pytest.raises(ConfigError, match="AMENDS_PUBLISHERS_X_ACCESS_TOKEN"):
        _x(x, access_token=SecretStr("")).publish("Hello", target, key="k1")


def test_a_failing_log_in_is_certainly_not_sent(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    reddit.fail("status", status=503, path="access_token")
    with pytest.raises(Transient):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")
    assert bench.creates() == 0


def test_a_deleted_target_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match=r"deleted|not found|NotFound"):
        bench.publisher.publish("We are on it.", bench.target(deleted=True), key="k1")
    assert bench.sent() == []


def test_x_refuses_replies_nobody_asked_for(x: FakeX) -> None:
    bench = Bench("x", x, Path())
    with pytest.raises(Refused, match=r"X refused the reply \(403: Reply to this conversation is not allowed"):
        bench.publisher.publish("We are on it.", bench.target("northwind is down"), key="k1")


def test_x_without_rights_is_for_the_operator(x: FakeX) -> None:
    bench = Bench("x", x, Path())
    body = {
        "type": "https://api.twitter.com/2/problems/oauth1-permissions",
        "title": "Forbidden",
        "detail": "not permitted",
    }
    x.fail("status", status=403, body=body)
    with pytest.raises(ConfigError, match="Check the rights of the app"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")


def test_a_duplicate_on_x_is_the_same_reply_or_a_refusal(x: FakeX) -> None:
    bench = Bench("x", x, Path())
    first, second = bench.target(), bench.target()
    sent = bench.publisher.publish("We are on it.", first, key="k1")
    assert bench.publisher.publish("We are on it.", first, key="k1").external_id == sent.external_id
    with pytest.raises(Refused, match="duplicate"):
        bench.publisher.publish("We are on it.", second, key="k2")
    assert len(x.posts) == 1


def test_a_duplicate_that_does_not_show_yet_is_unknown(x: FakeX) -> None:
    bench = Bench("x", x, Path())
    x.read_lag = 30
    target = bench.target()
    bench.publisher.publish("We are on it.", target, key="k1")
    assert bench.publisher.find("We are on it.", target, key="k1") is None
    with pytest.raises(OutcomeUnknown, match="does not show where"):
        bench.publisher.publish("We are on it.", target, key="k1")


@pytest.mark.parametrize("creates", [False, True])
def test_ratelimit_on_reddit_is_read_back(reddit: FakeReddit, *, creates: bool) -> None:
    bench = Bench("reddit", reddit, Path())
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
    bench = Bench("reddit", reddit, Path())
    with pytest.raises(Refused, match=rf"Reddit refused the reply \({kind}"):
        bench.publisher.publish("We are on it.", bench.target(**details), key="k1")
    assert bench.creates() == 1


def test_a_banned_account_is_refused(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    reddit.banned.add(("northwind", "telecom"))
    with pytest.raises(Refused, match=r"\(403"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")


def test_a_revoked_token_on_reddit_is_tried_again_later(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
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
    if bench.name == "bluesky":  # the key names the record: there is nothing to confuse
        assert bench.publisher.find("The masts in Ontario are back since 14:45!", target, key="k2") is None
        return
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
    assert f"{bench.us}, " in bench.publisher.check()


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


@pytest.mark.parametrize("text", HARD_TEXTS)
def test_what_the_platform_keeps_is_what_was_approved(bench: Bench, text: str) -> None:
    assert isinstance(bench.publisher, Keeper)
    target = bench.target()
    published = bench.publisher.publish(text, target, key="k1")
    stored = bench.publisher.stored(published.external_id, target)
    assert stored is not None
    assert bench.publisher.same(text, stored)
    assert not bench.publisher.same(text + " and more", stored)


def test_a_reply_can_be_taken_down_more_than_once(bench: Bench) -> None:
    assert isinstance(bench.publisher, Keeper)
    target = bench.target()
    published = bench.publisher.publish("We are on it.", target, key="k1")
    for _ in range(2):
        bench.publisher.delete(published.external_id, target)
        assert bench.publisher.stored(published.external_id, target) is None


def test_what_cannot_be_looked_at_is_not_called_absent(bench: Bench) -> None:
    assert isinstance(bench.publisher, Keeper)
    target = bench.target()
    published = bench.publisher.publish("We are on it.", target, key="k1")
    bench.server.fail("status", status=503, times=9)
    with pytest.raises(Transient):
        bench.publisher.stored(published.external_id, target)


# --- Bluesky ---------------------------------------------------------------------------------------------------------


def test_the_name_of_a_record_is_made_from_the_key(bluesky: Bench) -> None:
    assert rkey_of("k1") == rkey_of("k1") != rkey_of("k2")
    for number in range(200):
        name = rkey_of(str(number))
        assert len(name) == 13
        assert name[0] in LETTERS[:16]
        assert set(name) <= set(LETTERS)
    published = bluesky.publisher.publish("We are on it.", bluesky.target(), key="k1")
    assert published.external_id.endswith(f"/app.bsky.feed.post/{rkey_of('k1')}")


def test_a_second_create_answers_500_and_the_record_is_found(bluesky: Bench) -> None:
    target = bluesky.target()
    first = bluesky.publisher.publish("We are on it.", target, key="k1")
    with pytest.raises(OutcomeUnknown, match="500"):
        bluesky.publisher.publish("We are on it.", target, key="k1")
    found = bluesky.publisher.find("We are on it.", target, key="k1")
    assert found is not None
    assert found.external_id == first.external_id
    assert len(bluesky.sent()) == 1


def test_a_reply_is_found_at_once_on_our_own_server_though_the_views_lag(bluesky: Bench) -> None:
    bluesky.server.read_lag = 3600
    target = bluesky.target()
    bluesky.server.fail("reset", path="createRecord", after=True)
    with pytest.raises(OutcomeUnknown):
        bluesky.publisher.publish("We are on it.", target, key="k1")
    assert bluesky.publisher.find("We are on it.", target, key="k1") is not None


def test_links_and_names_are_marked_by_bytes(bluesky: Bench) -> None:
    ann = bluesky.server.state.account("ann.example")
    text = "Désolé \N{FAMILY} @ann.example, voir https://status.northwind.com/é et status.example.org @nobody.example"
    published = bluesky.publisher.publish(text, bluesky.target(), key="k1")
    facets = bluesky.server.state.find(published.external_id).value["facets"]
    marked = {
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in facets
    }
    assert marked["@ann.example"]["did"] == ann.did
    assert marked["status.example.org"]["uri"] == "https://status.example.org"
    assert [words for words in marked if words.startswith("https://")]
    assert "@nobody.example" not in marked


def test_a_reply_in_a_thread_names_its_root(bluesky: Bench) -> None:
    state, now = bluesky.server.state, bluesky.server.now()
    root = state.add("bob.example", "is it only me?", created_at=now - 90)
    below = state.add("ann.example", "@northwind.example no", created_at=now - 60, reply_to=root)
    target = Target(platform="bluesky", external_id=below.uri, author="ann", eligible=Eligibility.TAGGED)
    published = bluesky.publisher.publish("We are on it.", target, key="k1")
    reply = state.find(published.external_id).value["reply"]
    assert (reply["root"]["uri"], reply["parent"]["uri"]) == (root.uri, below.uri)


@pytest.mark.parametrize(("details", "why"), [({"closed": True}, "nobody like us"), ({"blocked": True}, "blocked")])
def test_who_may_not_answer_is_refused_before_anything_is_sent(
    bluesky: Bench, details: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        bluesky.publisher.publish("We are on it.", bluesky.target(**details), key="k1")
    assert bluesky.creates() == 0


def test_a_spent_token_is_renewed_and_the_new_one_is_on_the_disk_before_it_is_used(
    bluesky: Bench, tmp_path: Path
) -> None:
    bluesky.publisher.publish("We are on it.", bluesky.target(), key="k1")
    bluesky.server.expire_access()
    # The refresh works, and whatever uses its tokens first fails: a process that ends there must not lose them.
    bluesky.server.fail("reset", path="getPostThread", skip=1)
    with pytest.raises(Transient):
        bluesky.publisher.publish("Still on it.", bluesky.target(), key="k2")
    after_restart = _bluesky(bluesky.server, tmp_path)
    after_restart.publish("Still on it.", bluesky.target(), key="k3")
    assert len(bluesky.server.calls("POST", "refreshSession")) == 1
    assert len(bluesky.server.calls("POST", "createSession")) == 1
    (kept,) = tmp_path.glob("*.json")
    assert kept.stat().st_mode & 0o077 == 0


def test_when_the_refresh_token_is_spent_too_it_logs_in_anew(bluesky: Bench) -> None:
    bluesky.publisher.check()
    bluesky.server.expire_access()
    bluesky.server.expire_refresh()
    bluesky.publisher.publish("We are on it.", bluesky.target(), key="k1")
    assert len(bluesky.server.calls("POST", "createSession")) == 2
    assert bluesky.creates() == 1


def test_used_up_points_are_waited_for_without_another_request(bluesky: Bench) -> None:
    bluesky.server.points = 3
    bluesky.publisher.publish("We are on it.", bluesky.target(), key="k1")
    with pytest.raises(Transient, match="used up") as caught:
        bluesky.publisher.publish("We are on it, too.", bluesky.target(), key="k2")
    assert caught.value.retry_after
    assert bluesky.creates() == 1


def test_check_tells_whether_the_account_is_labelled(bluesky: Bench) -> None:
    assert "NOT labelled" in bluesky.publisher.check()
    bluesky.server.label_as_bot("northwind.example")
    assert ", labelled as a bot" in bluesky.publisher.check()


# --- Mastodon --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
def test_a_reply_is_as_public_as_the_post(mastodon: Bench, visibility: str) -> None:
    mastodon.publisher.publish("We are on it.", mastodon.target(visibility=visibility), key="k1")
    (request,) = mastodon.server.calls("POST", "/api/v1/statuses$")
    assert request.form()["visibility"] == visibility


def test_the_key_goes_with_every_create(mastodon: Bench) -> None:
    target = mastodon.target()
    first = mastodon.publisher.publish("We are on it.", target, key="k1")
    again = mastodon.publisher.publish("We are on it.", target, key="k1")
    assert first.external_id == again.external_id
    assert len(mastodon.sent()) == 1
    assert {call.headers["idempotency-key"] for call in mastodon.server.calls("POST", "statuses$")} == {"k1"}


def test_a_server_that_ignores_the_key_is_read_back(mastodon: Bench) -> None:
    mastodon.server.ignores_keys = True
    target = mastodon.target()
    mastodon.server.fail("reset", method="POST", path="statuses$", after=True)
    with pytest.raises(OutcomeUnknown):
        mastodon.publisher.publish("We are on it.", target, key="k1")
    assert mastodon.publisher.find("We are on it.", target, key="k1") is not None
    mastodon.server.read_lag = 3600
    assert mastodon.publisher.find("We are on it.", target, key="k1") is None


def test_what_is_too_long_for_this_server_is_not_sent(mastodon: Bench) -> None:
    with pytest.raises(Refused, match="takes 500 characters, the reply has 501"):
        mastodon.publisher.publish("x" * 501, mastodon.target(), key="k1")
    assert mastodon.creates() == 0


def test_check_shows_the_rules_of_the_server() -> None:
    with FakeMastodon(bot=True) as server:
        server.rules = ["Be kind.", "No advertising."]
        said = _mastodon(server).check()
    assert "labelled as a bot" in said
    assert "NOT" not in said
    assert "500 characters a post, rules: 1. Be kind.; 2. No advertising." in said
