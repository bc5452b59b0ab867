"""The fake platforms against recordings of the real ones: nothing they answer is made up.

The recordings lie beside the data sets (``$AMENDS_DATA/../cassettes``) and are not part of the project; without them
these tests are skipped. What the recordings do not hold is listed by name below. X's were made with default fields
alone, so the other fields are held to the list that tweepy publishes.
"""

import base64
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import tweepy
import yaml

from listener.sources.x_posts import EXPANSIONS, TWEET_FIELDS, USER_FIELDS
from responder.publishers.x import READ_BACK
from tests.fakes.reddit import FakeReddit
from tests.fakes.x import FakeX

# In X's documentation since 2023, after tweepy's list: https://docs.x.com/x-api/fundamentals/data-dictionary
DOCUMENTED_ONLY = {"note_tweet"}
# What the Reddit adapters read of a thing, by the recorded listings it must be in.
READ_OF_COMMENTS = {"name", "author", "body", "body_html", "parent_id", "link_id", "subreddit", "created_utc"}
READ_OF_SUBMISSIONS = {"name", "author", "title", "selftext", "selftext_html", "permalink", "subreddit", "created_utc"}
READ_OF_INBOX = (READ_OF_COMMENTS | {"type", "context", "author_fullname"}) - {"link_id"}
X_HEADERS = {"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset", "content-type", "date"}
REDDIT_HEADERS = {"x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset", "content-type", "date"}

Exchange = tuple[str, str, int, dict[str, str], Any]  # method, address, status, headers (lower case), body


@pytest.fixture(scope="module")
def cassettes() -> Path:
    place = Path(os.environ.get("AMENDS_DATA", "nowhere")) / ".." / "cassettes"
    if not place.is_dir():
        pytest.skip("the recordings are not here: set AMENDS_DATA to the data directory beside them")
    return place


def recorded(folder: Path, name: str) -> list[Exchange]:
    """The exchanges of one recording, oldest first."""
    (file,) = (path for path in folder.iterdir() if path.stem == name)
    data = json.loads(file.read_text()) if file.suffix == ".json" else yaml.safe_load(file.read_text())
    return [
        (
            item["request"]["method"],
            item["request"]["uri"],
            item["response"]["status"]["code"],
            {key.lower(): values[0] for key, values in item["response"]["headers"].items()},
            _body(item["response"]["body"]),
        )
        for item in data["interactions"]
    ]


def _body(body: dict[str, Any]) -> Any:
    content = base64.b64decode(body["base64_string"]) if body.get("base64_string") else body.get("string", b"")
    content = content.encode() if isinstance(content, str) else content
    content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    return json.loads(content) if content else None


def kinds(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a JSON value with its type, items of lists together: ("data[].id", "str")."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from kinds(item, f"{path}.{key}")
    elif isinstance(value, list):
        yield path, "list"
        for item in value:
            yield from kinds(item, f"{path}[]")
    else:
        yield path, type(value).__name__


def assert_within(fake: Any, *real: Any) -> None:
    """Every key of the fake's answer is in a real one, with a type it has there; null says nothing of the type."""
    known: dict[str, set[str]] = {}
    for answer in real:
        for path, kind in kinds(answer):
            known.setdefault(path, set()).add(kind)
    for path, kind in set(kinds(fake)):
        assert path in known, f"{path} is in no recorded answer"
        fits = known[path] | ({"int", "float"} if {"int", "float"} & known[path] else set()) | {"NoneType"}
        assert kind in fits or known[path] == {"NoneType"}, f"{path} is {kind}, recorded as {known[path]}"


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as fake:
        ours = fake.state.user("northwind", token="t")
        for number in range(12):
            post = fake.state.add("ann", f"@northwind tweepy {number}", created_at=fake.now() - 100)
        fake.state.add("northwind", "tweepy hello", created_at=fake.now() - 50)
        assert post.author_id != ours.id
        yield fake


AS_APP = {"authorization": "Bearer b"}
AS_USER = {"authorization": 'OAuth oauth_token="t"'}


def call(server: FakeX | FakeReddit, method: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response:
    return httpx.request(method, server.url + path, headers=headers, trust_env=False, **more)


X_READS = [
    ("test_client_search_recent_tweets", "/2/tweets/search/recent?query=tweepy", AS_APP),
    ("test_client_get_users_mentions", "/2/users/7000000/mentions?max_results=5", AS_APP),
    ("test_client_get_users_tweets", "/2/users/7000000/tweets", AS_APP),
    ("test_client_get_user", "/2/users/by/username/northwind", AS_APP),
    ("test_client_get_me", "/2/users/me", AS_USER),
]


@pytest.mark.parametrize(("name", "path", "headers"), X_READS, ids=lambda value: str(value)[:40])
def test_x_reads(cassettes: Path, x: FakeX, name: str, path: str, headers: dict[str, str]) -> None:
    (_, _, status, real_headers, body) = recorded(cassettes / "tweepy", name)[0]
    answer = call(x, "GET", path, headers)
    assert answer.status_code == status
    assert_within(answer.json(), body)
    assert set(answer.headers) >= X_HEADERS
    assert set(real_headers) >= X_HEADERS
    read = {".data[].id", ".data[].text", ".meta.next_token"} if ".data[].id" in dict(kinds(body)) else {".data.id"}
    assert read <= {path for path, _ in kinds(body)}
    assert read - {".meta.next_token"} <= {path for path, _ in kinds(answer.json())}


def test_x_lookup(cassettes: Path, x: FakeX) -> None:
    body = recorded(cassettes / "tweepy", "test_client_get_tweets")[0][4]
    assert_within(call(x, "GET", f"/2/tweets?ids={next(iter(x.state.posts))}", AS_APP).json(), body)


def test_x_create_and_delete(cassettes: Path, x: FakeX) -> None:
    created, deleted = recorded(cassettes / "tweepy", "test_client_create_and_delete_tweet")
    answer = call(x, "POST", "/2/tweets", AS_USER, json={"text": "Test Tweet"})
    assert (answer.status_code, set(kinds(answer.json()))) == (created[2], set(kinds(created[4])))
    assert {"location", *X_HEADERS} <= set(answer.headers) & set(created[3])
    gone = call(x, "DELETE", f"/2/tweets/{answer.json()['data']['id']}", AS_USER)
    assert (gone.status_code, gone.json()) == (deleted[2], deleted[4])


def test_x_fields_are_the_published_ones() -> None:
    from tweepy.user import USER_FIELDS as PUBLISHED_USER_FIELDS

    assert {*TWEET_FIELDS, *READ_BACK} - DOCUMENTED_ONLY <= set(tweepy.PUBLIC_TWEET_FIELDS)
    assert set(USER_FIELDS) <= set(PUBLISHED_USER_FIELDS)


def test_the_fake_gives_every_field_that_is_asked_for(x: FakeX) -> None:
    ours = x.state.by_name("northwind")
    assert ours is not None
    first = next(iter(x.state.posts))
    x.state.add(
        "ann", "@northwind https://example.org", created_at=x.now() - 60, reply_to=first, quotes=first, long_text="long"
    )
    fields = {
        "tweet.fields": ",".join(TWEET_FIELDS),
        "expansions": ",".join(EXPANSIONS),
        "user.fields": ",".join(USER_FIELDS),
    }
    answer = call(x, "GET", "/2/tweets/search/recent", AS_APP, params={"query": "example", **fields}).json()
    assert set(TWEET_FIELDS) <= set(answer["data"][0])
    assert {"id", "name", "username", "public_metrics"} <= set(answer["includes"]["users"][0])
    assert answer["includes"]["tweets"][0]["id"] == first


@pytest.fixture
def reddit() -> Iterator[FakeReddit]:
    with FakeReddit() as fake:
        fake.state.account("northwind", password="p")
        thread = fake.state.submit("ann", "telecom", "praw oauth search", "text", created_at=fake.now() - 100)
        ours = fake.state.comment("northwind", thread, "hello", created_at=fake.now() - 90)
        fake.state.comment("bob", ours, "hello u/northwind", created_at=fake.now() - 80)
        yield fake


@pytest.fixture
def logged_in(reddit: FakeReddit) -> dict[str, str]:
    form = {"grant_type": "password", "username": "northwind", "password": "p"}
    pair = base64.b64encode(b"app:app-secret").decode()
    token = call(reddit, "POST", "/api/v1/access_token", {"authorization": f"Basic {pair}"}, data=form).json()
    return {"authorization": f"bearer {token['access_token']}"}


def listings(body: Any, kind: str) -> list[dict[str, Any]]:
    """The things of one kind in a recorded answer."""
    parts = body if isinstance(body, list) else [body]
    return [child["data"] for part in parts for child in part["data"]["children"] if child["kind"] == kind]


REDDIT_READS = [
    (
        "/r/telecom/comments",
        "t1",
        READ_OF_COMMENTS,
        ["TestSubredditStreams.test_comments", "TestInbox.test_mention__refresh"],
    ),
    (
        "/r/telecom/new",
        "t3",
        READ_OF_SUBMISSIONS,
        ["TestSubredditStreams.test_submissions", "TestInbox.test_mention__refresh"],
    ),
    ("/r/telecom/search?q=praw", "t3", READ_OF_SUBMISSIONS, ["TestSubreddit.test_search"]),
    ("/message/mentions", "t1", READ_OF_INBOX, ["TestInbox.test_mentions", "TestInbox.test_comment_replies"]),
    ("/message/inbox", "t1", READ_OF_INBOX, ["TestInbox.test_comment_replies", "TestInbox.test_mentions"]),
]


@pytest.mark.parametrize(("path", "kind", "read", "names"), REDDIT_READS, ids=[path for path, *_ in REDDIT_READS])
def test_reddit_listings(
    cassettes: Path,
    reddit: FakeReddit,
    logged_in: dict[str, str],
    path: str,
    kind: str,
    read: set[str],
    names: list[str],
) -> None:
    answers = [exchange[4] for name in names for exchange in recorded(cassettes / "praw", name)]
    answers = [body for body in answers if isinstance(body, list) or "data" in body]
    real = [thing for body in answers for thing in listings(body, kind)]
    body = call(reddit, "GET", path, logged_in).json()
    (fake, *_) = listings(body, kind)
    assert_within(fake, *real)
    assert read <= set(fake)
    assert read <= {key for thing in real for key in thing}
    assert set(body["data"]) <= {key for answer in answers if isinstance(answer, dict) for key in answer["data"]}
    assert {"children", "after"} <= set(body["data"])


@pytest.mark.parametrize("name", ["TestComment.test_reply", "TestSubmission.test_reply"])
def test_reddit_comment(cassettes: Path, reddit: FakeReddit, logged_in: dict[str, str], name: str) -> None:
    *_, (_, _, status, headers, real) = recorded(cassettes / "praw", name)
    # Younger answers have more keys than the recorded one of 2016: those of a comment in a thread.
    thread = recorded(cassettes / "praw", "TestInbox.test_mention__refresh")[-1][4]
    target = next(iter(reddit.state.things))
    answer = call(reddit, "POST", "/api/comment", logged_in, data={"thing_id": target, "text": "Comment reply"})
    body = answer.json()
    comment = body["json"]["data"]["things"][0].pop("data")
    real_comment = real["json"]["data"]["things"][0].pop("data")
    assert answer.status_code == status
    assert (body, set(answer.headers) >= REDDIT_HEADERS) == (real, True)
    assert set(headers) >= REDDIT_HEADERS
    assert_within(comment, real_comment, *listings(thread, "t1"))
    assert {"name", "body"} <= set(real_comment) & set(comment)


def test_reddit_comment_in_quarantine(cassettes: Path) -> None:
    real = recorded(cassettes / "praw", "TestComment.test_reply__none")[-1][4]
    assert real["json"]["data"]["things"] == []


def test_reddit_log_in(cassettes: Path, reddit: FakeReddit) -> None:
    real = recorded(cassettes / "praw", "TestComment.test_reply")[0]
    form = {"grant_type": "password", "username": "northwind", "password": "p"}
    pair = base64.b64encode(b"app:app-secret").decode()
    answer = call(reddit, "POST", "/api/v1/access_token", {"authorization": f"Basic {pair}"}, data=form)
    assert (answer.status_code, set(kinds(answer.json()))) == (real[2], set(kinds(real[4])))


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("TestAuthImplicit.test_implicit__with_invalid_token", "/api/v1/me", 401),
        ("TestRedditors.test_partial_redditors__not_found", "/api/nothing", 404),
    ],
)
def test_reddit_errors(
    cassettes: Path, reddit: FakeReddit, logged_in: dict[str, str], name: str, path: str, status: int
) -> None:
    real = next(exchange for exchange in recorded(cassettes / "praw", name) if exchange[2] == status)
    answer = call(reddit, "GET", path, {} if status == 401 else logged_in)
    assert (answer.status_code, answer.json()) == (status, real[4])
    assert answer.headers.get("www-authenticate") == real[3].get("www-authenticate")
