"""Mastodon's answers against recordings of real servers, Bluesky's against the lexicons that atproto is made from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from atproto_client import models
from atproto_client.models.utils import get_or_create

from listener.sources.mastodon_posts import Us, mentions_of
from tests.contracts.test_fake_shapes import cassettes, recorded
from tests.fakes.bluesky import FakeBluesky
from tests.fakes.mastodon import FakeMastodon, token_of

__all__ = ["cassettes"]
# What the Mastodon adapters read, by the thing it is read of.
READ_OF_STATUS = {
    "id", "account", "reblog", "spoiler_text", "content", "created_at", "url", "uri", "in_reply_to_id",
    "in_reply_to_account_id", "language", "mentions", "visibility",
}  # fmt: skip
READ_OF_ACCOUNT = {"id", "acct", "username", "display_name", "followers_count", "bot"}
READ_OF_NOTIFICATION = {"id", "type", "account", "created_at", "status"}
LIMITS = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}


@pytest.fixture
def mastodon() -> Iterator[FakeMastodon]:
    with FakeMastodon() as server:
        server.add("ann", "@northwind hello #hoot")
        yield server


def ask(server: FakeMastodon, path: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token_of('northwind')}"}
    return httpx.get(server.url + path, headers=headers, trust_env=False)


def must_fit(fake: dict[str, Any], real: dict[str, Any], read: set[str]) -> None:
    """What we read is in both, with a type it has in the recording; null says nothing of the type."""
    assert read <= set(real)
    assert read <= set(fake)
    for key in read:
        assert fake[key] is None or real[key] is None or type(fake[key]) is type(real[key]), key


def test_a_status(cassettes: Path, mastodon: FakeMastodon) -> None:
    (real,) = [
        body
        for method, address, _, _, body in recorded(cassettes / "mastodon", "test_status_post[None-public]")
        if method == "POST" and address.endswith("/statuses")
    ]
    fake = mastodon.add("ann", "Hello", visibility="public")
    must_fit(fake, real, READ_OF_STATUS)
    must_fit(fake["account"], real["account"], READ_OF_ACCOUNT)


def test_a_notification_and_the_headers(cassettes: Path, mastodon: FakeMastodon) -> None:
    exchanges = recorded(cassettes / "mastodon", "test_notifications_mentions_only")
    (listed,) = [one for one in exchanges if "notifications?types" in one[1]]
    answer = ask(mastodon, "/api/v1/notifications?types[]=mention")
    must_fit(answer.json()[0], listed[4][0], READ_OF_NOTIFICATION)
    must_fit(answer.json()[0]["status"], listed[4][0]["status"], READ_OF_STATUS)
    assert set(listed[3]) >= LIMITS
    assert set(answer.headers) >= LIMITS
    real, fake = listed[3]["x-ratelimit-reset"], answer.headers["x-ratelimit-reset"]
    assert (len(real), real[-1]) == (len(fake), fake[-1]), "the moment is written the same way"


def test_a_hashtag_and_a_search(cassettes: Path, mastodon: FakeMastodon) -> None:
    (tagged,) = [one[4] for one in recorded(cassettes / "mastodon", "test_hashtag_tl") if "/timelines/tag/" in one[1]]
    must_fit(ask(mastodon, "/api/v1/timelines/tag/hoot").json()[0], tagged[0], READ_OF_STATUS)
    found = recorded(cassettes / "mastodon", "test_search")[-1][4]  # a recorded one that found nothing
    fake = ask(mastodon, "/api/v2/search?q=hello&type=statuses").json()
    assert set(fake) <= set(found)
    must_fit(fake["statuses"][0], tagged[0], READ_OF_STATUS)


def test_recorded_statuses_of_public_servers_become_mentions(cassettes: Path) -> None:
    seen = 0
    for name in ("test_entity_notification", "test_notifications_mentions_only", "test_hashtag_tl"):
        for _, address, _, _, body in recorded(cassettes / "mastodon", name):
            entries = body if isinstance(body, list) else []
            statuses = [one.get("status") if "notifications" in address else one for one in entries]
            found = mentions_of((one for one in statuses if one), Us("0", frozenset()))
            assert all("<" not in mention.text for mention in found)
            assert all(mention.created_at.tzinfo and mention.author and mention.url for mention in found)
            seen += len(found)
    assert seen == 2  # of the other 40 the recordings keep no status, or a private letter


def test_every_answer_of_the_fake_bluesky_fits_the_lexicon() -> None:
    with FakeBluesky() as server:
        state, now = server.state, server.now()
        us = state.account("northwind.example", password="p")
        ours = state.add("northwind.example", "hello", created_at=now - 90)
        post = state.add("ann.example", "@northwind.example down", created_at=now - 60, tags=("northwind.example",))
        state.add("bob.example", "me too", created_at=now - 50, reply_to=post, quotes=ours)
        state.repost("cleo.example", ours, created_at=now - 40)

        def call(nsid: str, **options: Any) -> Any:
            verb = "POST" if "json" in options else "GET"
            return httpx.request(verb, f"{server.url}/xrpc/{nsid}", trust_env=False, **options).json()

        session = call("com.atproto.server.createSession", json={"identifier": "northwind.example", "password": "p"})
        signed: dict[str, Any] = {"headers": {"authorization": f"Bearer {session['accessJwt']}"}}
        record = {
            **post.value,
            "facets": [],
            "text": "We are on it.",
            "reply": {"root": _ref(post), "parent": _ref(post)},
        }
        body = {"repo": us.did, "collection": "app.bsky.feed.post", "rkey": "3lzzzzzzzzz2a", "record": record}
        where = {"repo": us.did, "collection": "app.bsky.feed.post"}
        answers = {
            models.ComAtprotoServerCreateSession: session,
            models.AppBskyNotificationListNotifications: call("app.bsky.notification.listNotifications", **signed),
            models.AppBskyNotificationGetUnreadCount: call("app.bsky.notification.getUnreadCount", **signed),
            models.AppBskyFeedSearchPosts: call("app.bsky.feed.searchPosts", params={"q": "down"}, **signed),
            models.AppBskyFeedGetPostThread: call("app.bsky.feed.getPostThread", params={"uri": post.uri}, **signed),
            models.ComAtprotoIdentityResolveHandle: call(
                "com.atproto.identity.resolveHandle", params={"handle": "ann.example"}
            ),
            models.ComAtprotoRepoCreateRecord: call("com.atproto.repo.createRecord", json=body, **signed),
            models.ComAtprotoRepoGetRecord: call(
                "com.atproto.repo.getRecord", params=where | {"rkey": "3lzzzzzzzzz2a"}, **signed
            ),
            models.ComAtprotoRepoListRecords: call("com.atproto.repo.listRecords", params=where, **signed),
        }
    for lexicon, answer in answers.items():
        assert "error" not in answer, answer
        assert get_or_create(answer, lexicon.Response, strict=True) is not None
    assert len(answers[models.AppBskyNotificationListNotifications]["notifications"]) == 3


def _ref(record: Any) -> dict[str, str]:
    return {"uri": record.uri, "cid": record.cid}
