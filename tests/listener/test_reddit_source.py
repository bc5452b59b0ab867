"""The Reddit source, through the real praw, against the fake Reddit."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from core.accounts import RedditSource as Settings
from core.domain import Eligibility, Mention
from core.errors import ConfigError, Transient
from listener.sources import Page, Source
from listener.sources.reddit import RedditSource
from tests.fakes.reddit import FakeReddit
from tests.fakes.reddit_state import Thing

Cursor = dict[str, object]


@pytest.fixture
def reddit() -> Iterator[FakeReddit]:
    with FakeReddit(client=("app", "canary-secret")) as fake:
        fake.state.account("northwind", password="canary-password")
        yield fake


@pytest.fixture
def thread(reddit: FakeReddit) -> Thing:
    return reddit.state.submit("ann", "telecom", "No service", "northwind is down", created_at=reddit.now() - 7200)


def source(reddit: FakeReddit, **changes: object) -> RedditSource:
    given = {
        "kind": "reddit",
        "base_url": reddit.url,
        "oauth_url": reddit.url,
        "subreddits": ("telecom",),
        "client_id": SecretStr("app"),
        "client_secret": SecretStr("canary-secret"),
        "password": SecretStr("canary-password"),
    }
    return RedditSource(
        "reddit", Settings.model_validate(given | changes), clock=lambda: datetime.fromtimestamp(reddit.now(), UTC)
    )


def drain(listener: Source, cursor: Cursor | None = None) -> tuple[list[Mention], Cursor | None]:
    found: list[Mention] = []
    for page in listener.fetch(cursor):
        found += page.mentions
        cursor = page.cursor
    return found, cursor


def seed(reddit: FakeReddit, thread: Thing, count: int, *, age: float = 3600, step: float = 1) -> list[str]:
    now = reddit.now()
    return [
        reddit.state.comment(f"u{i % 7}", thread, f"it is down {i}", created_at=now - age + i * step).name
        for i in range(count)
    ]


def collect(listener: Source, pages: list[Page]) -> None:
    """Keeps the pages that came before an error."""
    for page in listener.fetch(None):
        pages.append(page)  # noqa: PERF402 - extend() would keep none of them


def ids(mentions: list[Mention]) -> set[str]:
    return {mention.external_id for mention in mentions}


def test_reads_every_page_of_comments(reddit: FakeReddit, thread: Thing) -> None:
    seeded = seed(reddit, thread, 345)
    mentions, _ = drain(source(reddit))
    assert ids(mentions) == {*seeded, thread.name}
    assert len(reddit.calls("GET", "/comments")) == 4


def test_a_submission_and_a_comment_are_what_they_say(reddit: FakeReddit, thread: Thing) -> None:
    text = "Me too & <b>\r\n\N{FAMILY} e\u0301"
    comment = reddit.state.comment("bob", thread, text, created_at=reddit.now() - 60)
    found = {m.external_id: m for m in drain(source(reddit))[0]}
    assert found[thread.name].text == "No service\n\nnorthwind is down"
    assert found[thread.name].conversation_id == thread.name
    assert found[comment.name] == Mention(
        platform=found[comment.name].platform,
        external_id=comment.name,
        author="bob",
        text=text,
        created_at=datetime.fromtimestamp(int(comment.created_at), UTC),
        url=f"https://www.reddit.com/r/telecom/comments/{thread.id}/no_service/{comment.id}/",
        in_reply_to=thread.name,
        conversation_id=thread.name,
        community="telecom",
    )


def test_a_query_searches(reddit: FakeReddit, thread: Thing) -> None:
    reddit.state.submit("ann", "telecom", "Cats", created_at=reddit.now() - 60)
    elsewhere = reddit.state.submit("ann", "cats", "northwind again", created_at=reddit.now() - 60)
    assert ids(drain(source(reddit, query="northwind", comments=False))[0]) == {thread.name}
    everywhere = source(reddit, query='"northwind is" OR again', subreddits=(), comments=False)
    assert ids(drain(everywhere)[0]) == {thread.name, elsewhere.name}


def test_why_a_reply_is_allowed(reddit: FakeReddit, thread: Thing) -> None:
    now = reddit.now()
    ours = reddit.state.comment("Northwind", thread, "we look into it", created_at=now - 900)
    official = reddit.state.submit("northwind", "telecom", "Official thread", created_at=now - 900)
    for number, (parent, text) in enumerate(
        [(thread, "hey /u/NorthWind help"), (ours, "still down"), (official, "thanks"), (thread, "northwind is bad")]
    ):
        reddit.state.comment("ann", parent, text, created_at=now - 800 + number)
    for listener in (source(reddit), source(reddit, account="northwind")):
        found = {m.text: m.eligible for m in drain(listener)[0]}
        known = listener.name and found["still down"] is Eligibility.REPLIED
        assert found["northwind is bad"] is Eligibility.NONE
        assert found["we look into it"] is Eligibility.NONE
    assert known
    assert found["hey /u/NorthWind help"] is Eligibility.TAGGED
    assert found["thanks"] is Eligibility.REPLIED
    own = {m.text for m in drain(source(reddit, account="northwind"))[0] if m.own}
    assert own == {"we look into it", "Official thread"}


def test_the_inbox_brings_mentions_and_replies_but_no_private_messages(reddit: FakeReddit, thread: Thing) -> None:
    now = reddit.now()
    ours = reddit.state.comment("northwind", thread, "we look into it", created_at=now - 900)
    tagged = reddit.state.comment("ann", thread, "u/northwind hello", created_at=now - 800)
    reply = reddit.state.comment("ann", ours, "when?", created_at=now - 700)
    reddit.state.message("ann", "northwind", "my password is hunter2", created_at=now - 600)
    mentions, _ = drain(source(reddit, account="northwind", subreddits=()))
    assert {m.external_id: m.eligible for m in mentions} == {
        tagged.name: Eligibility.TAGGED,
        reply.name: Eligibility.REPLIED,
    }
    assert {m.conversation_id for m in mentions} == {thread.name}
    assert mentions[0].url == f"https://www.reddit.com/r/telecom/comments/{thread.id}/no_service/{tagged.id}/"


def test_the_next_pass_reads_only_what_is_new_and_the_overlap(reddit: FakeReddit, thread: Thing) -> None:
    seed(reddit, thread, 50, age=4000)
    seed(reddit, thread, 1, age=2000)
    _, cursor = drain(source(reddit))
    new = seed(reddit, thread, 3, age=100)
    found, _ = drain(source(reddit), cursor)
    assert set(new) <= ids(found)
    assert len(found) <= 6


@pytest.mark.parametrize("late", [10, 300, 590])
def test_late_things_are_found(reddit: FakeReddit, thread: Thing, late: float) -> None:
    begin = reddit.now()
    reddit.now = lambda: begin
    wanted = {thread.name} | {
        reddit.state.comment("ann", thread, f"down {i}", created_at=begin + i, late=late * (i % 2)).name
        for i in range(0, 600, 17)
    }
    found, cursor = drain(source(reddit))
    for tick in range(1, 22):
        reddit.now = lambda tick=tick: begin + tick * 60  # type: ignore[misc]
        more, cursor = drain(source(reddit), cursor)
        found += more
    assert ids(found) == wanted


def test_a_backlog_over_the_cap_is_read_on_at_the_next_pass(reddit: FakeReddit, thread: Thing) -> None:
    seeded = seed(reddit, thread, 750, age=5000)
    listener = source(reddit, max_pages=2)
    found, cursor = drain(listener)
    for turn in range(12):
        seeded += seed(reddit, thread, 1, age=31) if turn < 6 else []
        more, cursor = drain(listener, cursor)
        found += more
    assert ids(found) == {*seeded, thread.name}


@pytest.mark.parametrize("gone", [1, 2, 4])
def test_deleted_things_to_go_on_from_lose_nothing(reddit: FakeReddit, thread: Thing, gone: int) -> None:
    seeded = seed(reddit, thread, 350, age=36000, step=100)
    found, cursor = drain(source(reddit, max_pages=2))
    comments = [m.external_id for m in found if m.external_id.startswith("t1")]
    for name in comments[-gone:]:
        reddit.state.things[name].deleted = True
    more, _ = drain(source(reddit), cursor)
    assert ids(found + more) == {*seeded, thread.name}
    assert len(more) < 350  # read on, not read again


def test_when_everything_to_go_on_from_is_gone_it_is_read_again(reddit: FakeReddit, thread: Thing) -> None:
    seeded = seed(reddit, thread, 350, age=36000, step=100)
    found, cursor = drain(source(reddit, max_pages=2))
    for name in [m.external_id for m in found if m.external_id.startswith("t1")][-5:]:
        reddit.state.things[name].deleted = True
    for _ in range(3):
        more, cursor = drain(source(reddit), cursor)
        found += more
    assert ids(found) == {*seeded, thread.name}


def test_a_deleted_thing_at_the_top_silences_nothing(reddit: FakeReddit, thread: Thing) -> None:
    seeded = seed(reddit, thread, 3)
    _, cursor = drain(source(reddit))
    for name in seeded:
        reddit.state.things[name].deleted = True
    new = seed(reddit, thread, 2, age=60)
    assert set(new) <= ids(drain(source(reddit), cursor)[0])


def test_deleted_and_removed_things_are_left_out(reddit: FakeReddit, thread: Thing) -> None:
    reddit.state.comment("ann", thread, "[removed]", created_at=reddit.now() - 60)
    reddit.state.comment("[deleted]", thread, "orphan", created_at=reddit.now() - 60)
    assert ids(drain(source(reddit))[0]) == {thread.name}


def test_a_rate_limit_in_the_middle_costs_nothing(reddit: FakeReddit, thread: Thing) -> None:
    seeded = seed(reddit, thread, 350)
    reddit.fail("status", status=429, path="/comments", skip=2)
    pages: list[Page] = []
    with pytest.raises(Transient, match=r"Reddit asks us to slow down \(429\)") as caught:
        collect(source(reddit), pages)
    found = [mention for page in pages for mention in page.mentions]
    assert caught.value.retry_after == 5
    more, _ = drain(source(reddit), pages[-1].cursor)
    assert ids(found + more) == {*seeded, thread.name}


def test_a_used_up_limit_is_not_slept_through(reddit: FakeReddit, thread: Thing) -> None:
    begin = reddit.now() // 600 * 600 + 100
    reddit.now = lambda: begin
    seed(reddit, thread, 300, age=600)
    reddit.limit = 2
    with pytest.raises(Transient, match="limit is used up") as caught:
        drain(source(reddit))
    assert caught.value.retry_after == pytest.approx(500, abs=5)


def test_a_revoked_token_is_renewed(reddit: FakeReddit, thread: Thing) -> None:
    listener = source(reddit)
    _, cursor = drain(listener)
    reddit.revoke_tokens()
    new = seed(reddit, thread, 2, age=60)
    assert set(new) <= ids(drain(listener, cursor)[0])


@pytest.mark.parametrize(("status", "error"), [(500, Transient), (503, Transient), (403, ConfigError)])
def test_errors_say_whom_and_what_and_are_not_retried(reddit: FakeReddit, status: int, error: type[Exception]) -> None:
    reddit.fail("status", status=status, path="/new")
    with pytest.raises(error, match=rf"^Reddit .*\({status}"):
        drain(source(reddit, comments=False))
    assert len(reddit.calls("GET", "/new")) == 1


@pytest.mark.parametrize("kind", ["reset", "garbage"])
def test_no_good_answer_is_transient(reddit: FakeReddit, kind: str) -> None:
    reddit.fail(kind, path="/new")  # type: ignore[arg-type]
    with pytest.raises(Transient, match=r"^Reddit "):
        drain(source(reddit, comments=False))


def test_a_refused_log_in_says_what_to_check(reddit: FakeReddit) -> None:
    with pytest.raises(
        ConfigError, match=r"Reddit refused the log-in \(invalid_grant\)\. Check sources\.reddit\.account"
    ):
        drain(source(reddit, account="northwind", password=SecretStr("wrong")))
    with pytest.raises(ConfigError, match=r"Reddit refused the log-in \(401"):
        drain(source(reddit, client_secret=SecretStr("wrong")))
    with pytest.raises(ConfigError, match="AMENDS_SOURCES_REDDIT_PASSWORD"):
        drain(source(reddit, account="northwind", password=SecretStr("")))


def test_nothing_to_listen_to_is_a_fault_of_the_settings(reddit: FakeReddit) -> None:
    with pytest.raises(ConfigError, match="nothing to listen to"):
        drain(source(reddit, subreddits=()))


def test_check_names_the_account(reddit: FakeReddit) -> None:
    assert source(reddit, account="northwind").check() == "u/northwind, 999 requests left"
    assert source(reddit).check() == "read only, 998 requests left"


def test_settings_of_praw_itself_are_ignored(
    reddit: FakeReddit, thread: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("client_id", "client_secret", "username", "password", "user_agent", "refresh_token"):
        monkeypatch.setenv(f"praw_{name}", "from-elsewhere")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ids(drain(source(reddit))[0]) == {thread.name}


def test_the_constructor_opens_nothing(reddit: FakeReddit) -> None:
    source(reddit, account="northwind")
    assert reddit.requests == []


def test_no_secret_reaches_the_log(reddit: FakeReddit, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    drain(source(reddit, account="northwind"))
    assert "canary" not in caplog.text
