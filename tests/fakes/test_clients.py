"""The real clients, used as their documentation says, get along with the fake platforms."""

import tempfile
import time
from pathlib import Path

import praw
import pytest
import requests
import tweepy

from tests.fakes.mastodon import FakeMastodon
from tests.fakes.reddit import FakeReddit
from tests.fakes.x import FakeX


class Rebased(requests.Session):
    """Sends tweepy's requests, whose host is built in, to another one."""

    base = ""

    def request(self, method: str, url: str | bytes, *args: object, **kwargs: object) -> requests.Response:
        """As the parent's."""
        return super().request(method, str(url).replace("https://api.twitter.com", self.base), *args, **kwargs)  # type: ignore[arg-type]


def tweepy_client(x: FakeX) -> tweepy.Client:
    x.state.user("northwind", token="token")
    client = tweepy.Client("bearer", "key", "secret", "token", "token-secret")
    client.session = Rebased()
    client.session.base = x.url
    client.session.trust_env = False
    return client


def test_tweepy_pages_and_reads_objects() -> None:
    with FakeX() as x:
        client = tweepy_client(x)
        for number in range(25):
            x.state.add("ann", f"@northwind down {number}", created_at=time.time() - 100 - number)
        pages = list(
            tweepy.Paginator(client.search_recent_tweets, "northwind", tweet_fields=["created_at"], max_results=10)
        )
        mentions = client.get_users_mentions(x.state.user("northwind").id, max_results=5)
    assert [len(page.data) for page in pages] == [10, 10, 5]
    assert pages[0].data[0].text == "@northwind down 0"
    assert pages[0].data[0].created_at is not None
    assert mentions.meta["result_count"] == 5


def test_tweepy_posts_and_deletes() -> None:
    with FakeX() as x:
        client = tweepy_client(x)
        post = x.state.add("ann", "@northwind down", created_at=time.time() - 100)
        made = client.create_tweet(text="Sorry & thanks", in_reply_to_tweet_id=post.id)
        assert client.get_me().data.username == "northwind"
        timeline = client.get_users_tweets(x.state.user("northwind").id, user_auth=True)
        assert [tweet.text for tweet in timeline.data] == ["@ann Sorry &amp; thanks"]
        assert client.delete_tweet(made.data["id"]).data == {"deleted": True}
        gone = client.get_tweets([made.data["id"], post.id])
    assert x.posts[0].text == b"Sorry & thanks"
    assert [tweet.id for tweet in gone.data] == [int(post.id)]
    assert gone.errors[0]["title"] == "Not Found Error"


def praw_client(reddit: FakeReddit) -> praw.Reddit:
    reddit.state.account("northwind", password="secret")
    session = requests.Session()
    session.trust_env = False
    return praw.Reddit(
        client_id="app",
        client_secret="app-secret",
        username="northwind",
        password="secret",
        user_agent="tests of a fake platform",
        reddit_url=reddit.url,
        oauth_url=reddit.url,
        check_for_updates=False,
        requestor_kwargs={"session": session},
    )


def test_praw_lists_and_comments() -> None:
    with FakeReddit() as reddit:
        client = praw_client(reddit)
        thread = reddit.state.submit("ann", "telecom", "No service & no answer", created_at=time.time() - 100)
        for number in range(150):
            reddit.state.comment("bob", thread, f"u/northwind me too {number}", created_at=time.time() - 90)
        assert str(client.user.me()) == "northwind"
        assert len(list(client.subreddit("telecom").comments(limit=None))) == 150
        assert [s.title for s in client.subreddit("telecom").search('"no service"')] == ["No service & no answer"]
        assert len(list(client.inbox.mentions(limit=20))) == 20
        comment = client.submission(thread.id).reply("Sorry & thanks")
        assert comment is not None
        assert [c.id for c in client.redditor("northwind").comments.new()] == [comment.id]
        assert next(iter(client.info(fullnames=[thread.name]))).author == "ann"
        assert len(client.submission(thread.id).comments.list()) == 151
    assert reddit.posts[0].text == b"Sorry & thanks"


def test_praw_left_alone_posts_more_than_once() -> None:
    """The trap the publisher avoids, so that its test would notice if the fake no longer showed it."""
    with FakeReddit() as reddit:
        client = praw_client(reddit)
        thread = reddit.state.submit("ann", "telecom", "No service", created_at=time.time() - 100)
        reddit.fail("status", status=503, method="POST", path="/api/comment", after=True)
        client.submission(thread.id).reply("Sorry & thanks")
    assert [post.text for post in reddit.posts] == [b"Sorry & thanks"] * 2


def test_a_mastodon_leaves_nothing_in_the_folder_for_what_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with FakeMastodon() as mastodon:
        mastodon.add("ann", "@northwind down")
    assert list(tmp_path.iterdir()) == []
