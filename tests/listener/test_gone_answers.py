"""How each platform says that a post is gone, and what says no such thing; through the real clients."""

import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from core import accounts
from core.errors import ConfigError, Permanent, Transient
from listener.sources.bluesky import BlueskySource
from listener.sources.mastodon import MastodonSource
from listener.sources.reddit import RedditSource
from listener.sources.x import XSource
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.mastodon import FakeMastodon, token_of
from tests.fakes.reddit import FakeReddit
from tests.fakes.x import FakeX


def x_source(url: str, **more: object) -> XSource:
    given = {"kind": "x", "base_url": url, "bearer_token": SecretStr("canary-bearer"), "query": "northwind", **more}
    return XSource("x", accounts.XSource.model_validate(given))


def test_x_tells_of_deleted_posts_and_of_those_that_only_followers_may_see() -> None:
    with FakeX() as x:
        posts = [x.state.add(who, "northwind is down", created_at=time.time() - 60) for who in ("ann", "bob", "cleo")]
        posts[0].deleted = True
        x.state.user("bob").protected = True
        assert x_source(x.url).gone([post.id for post in posts]) == {posts[0].id, posts[1].id}
        assert x.calls("GET", "/2/tweets")[0].query == {"ids": ",".join(post.id for post in posts)}


def test_x_without_the_right_to_read_tells_nothing() -> None:
    with FakeX() as x:
        x.fail("status", status=403, method="GET")
        with pytest.raises(ConfigError):
            x_source(x.url).gone(["1"])


@pytest.mark.parametrize(("dollars", "posts"), [(5, 1000), (0, 0), (0.29, 58)])
def test_money_on_x_is_counted_in_posts(dollars: float, posts: int) -> None:
    assert x_source("http://127.0.0.1:9", lookup_dollars=dollars).most_a_day == posts


def test_reddit_tells_by_what_stands_in_the_place_of_words() -> None:
    with FakeReddit(client=("app", "canary-secret")) as reddit:
        state, at = reddit.state, time.time() - 60
        thread = state.submit("ann", "telecom", "northwind is down", "since noon", created_at=at)
        deleted, removed, there = (state.comment("bob", thread, "northwind", created_at=at) for _ in range(3))
        deleted.deleted = removed.removed = True
        given = {
            "kind": "reddit", "base_url": reddit.url, "oauth_url": reddit.url, "subreddits": ["telecom"],
            "client_id": SecretStr("app"), "client_secret": SecretStr("canary-secret"),
        }  # fmt: skip
        source = RedditSource("reddit", accounts.RedditSource.model_validate(given))
        names = [thread.name, deleted.name, removed.name, there.name]
        assert source.gone([*names, "t1_never"]) == {deleted.name, removed.name}  # one left out is not told of
        thread.deleted = True
        assert source.gone(names) == {thread.name, deleted.name, removed.name}


def test_bluesky_is_asked_for_each_post_that_its_list_leaves_out(tmp_path: Path) -> None:
    with FakeBluesky() as bluesky:
        state, at = bluesky.state, time.time() - 60
        state.account("northwind.example", password="canary-password")
        deleted, blocking, there = (
            state.add(f"{who}.example", "northwind is down", created_at=at) for who in ("ann", "bob", "cleo")
        )
        blocking.blocked = True
        state.remove(deleted)
        given = {
            "kind": "bluesky", "base_url": bluesky.url, "account": "northwind.example",
            "session_dir": str(tmp_path), "app_password": SecretStr("canary-password"),
        }  # fmt: skip
        source = BlueskySource("bluesky", accounts.BlueskySource.model_validate(given))
        assert source.gone([deleted.uri, blocking.uri, there.uri]) == {deleted.uri}


def test_mastodon_is_believed_when_it_says_so_itself() -> None:
    with FakeMastodon() as mastodon:
        lost, there = (str(mastodon.add("ann", f"northwind {number}")["id"]) for number in range(2))
        mastodon.delete("ann", lost)
        given = {"kind": "mastodon", "base_url": mastodon.url, "access_token": SecretStr(token_of("northwind"))}
        source = MastodonSource("mastodon", accounts.MastodonSource.model_validate(given))
        assert source.gone([lost, there]) == {lost}
        mastodon.calls_left = 60
        with pytest.raises(Transient):  # what is left is for listening and sending
            source.gone([lost])
        assert mastodon.calls_left == 59
        mastodon.calls_left = 300
        page = b"<html><body>404 Not Found</body></html>"
        mastodon.fail("status", status=404, body=page, path="/api/v1/statuses/")
        with pytest.raises(Permanent):  # a proxy before the server, not the server
            source.gone([there])
