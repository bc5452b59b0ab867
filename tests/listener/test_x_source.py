"""The X source, through the real tweepy, against the fake X."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from core.accounts import XSource as Settings
from core.domain import Eligibility, Mention
from core.errors import ConfigError, Permanent, Transient
from listener.sources import Page, Source
from listener.sources.x import XSource
from tests.fakes.x import FakeX

Cursor = dict[str, object]


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as fake:
        fake.state.user("northwind", token="user-token")
        yield fake


def source(x: FakeX, **changes: object) -> XSource:
    given = {"kind": "x", "base_url": x.url, "bearer_token": SecretStr("canary-bearer-token"), "query": "northwind"}
    return XSource(
        "x",
        Settings.model_validate(given | changes),
        clock=lambda: datetime.fromtimestamp(x.now(), UTC),
    )


def drain(listener: Source, cursor: Cursor | None = None) -> tuple[list[Mention], Cursor | None]:
    found: list[Mention] = []
    for page in listener.fetch(cursor):
        found += page.mentions
        cursor = page.cursor
    return found, cursor


def seed(x: FakeX, count: int, *, age: float = 3600, step: float = 1, **more: float) -> list[str]:
    now = x.now()
    return [
        x.state.add(f"u{i % 7}", f"northwind is down {i}", created_at=now - age + i * step, **more).id
        for i in range(count)
    ]


def collect(listener: Source, pages: list[Page]) -> None:
    """Keeps the pages that came before an error."""
    for page in listener.fetch(None):
        pages.append(page)  # noqa: PERF402 - extend() would keep none of them


def ids(mentions: list[Mention]) -> set[str]:
    return {mention.external_id for mention in mentions}


def test_reads_every_page(x: FakeX) -> None:
    seeded = seed(x, 345)
    mentions, _ = drain(source(x))
    assert [m.external_id for m in mentions] == sorted(seeded, key=int, reverse=True)
    assert len(x.calls("GET", "search")) == 4


def test_a_mention_is_what_the_post_says(x: FakeX) -> None:
    x.state.user("ann", name="Ann Lee", followers=12)
    text = 'Is northwind down? 2 < 3 & "so" https://example.org/a?b=1 \N{FAMILY} e\u0301'
    post = x.state.add("ann", text, created_at=x.now() - 60, lang="in")
    (mention,), _ = drain(source(x))
    assert mention == Mention(
        platform=mention.platform,
        external_id=post.id,
        author="ann",
        author_id=x.state.user("ann").id,
        author_name="Ann Lee",
        followers=12,
        text=text,
        created_at=datetime.fromtimestamp(int(post.created_at), UTC),
        url=f"https://x.com/ann/status/{post.id}",
        conversation_id=post.id,
        language="id",
    )


def test_long_posts_come_whole(x: FakeX) -> None:
    x.state.add("ann", "northwind and more …", created_at=x.now() - 60, long_text="northwind and more & more " * 30)
    (mention,), _ = drain(source(x))
    assert mention.text == "northwind and more & more " * 30


def test_why_a_reply_is_allowed(x: FakeX) -> None:
    then = x.now() - 600
    ours = x.state.add("northwind", "northwind says hello", created_at=then)
    other = x.state.add("bob", "northwind is fine", created_at=then)
    x.state.add("ann", "@Northwind no service", created_at=then + 1)
    x.state.add("ann", "no service, northwind", created_at=then + 2, reply_to=ours.id)
    x.state.add("ann", "northwind, really?", created_at=then + 3, quotes=ours.id)
    x.state.add("ann", "northwind again", created_at=then + 4, reply_to=other.id)
    x.state.add("ann", "northwind mail: me@northwind.example", created_at=then + 5)
    mentions, _ = drain(source(x, account="northwind", query="northwind"))
    found = {m.text: m.eligible for m in mentions}
    assert found == {
        "northwind says hello": Eligibility.NONE,
        "northwind is fine": Eligibility.NONE,
        "@Northwind no service": Eligibility.TAGGED,
        "no service, northwind": Eligibility.TAGGED,  # X itself mentions us in an answer to our post
        "northwind, really?": Eligibility.QUOTED,
        "northwind again": Eligibility.NONE,
        "northwind mail: me@northwind.example": Eligibility.NONE,
    }
    assert [m.own for m in mentions if m.author == "northwind"] == [True]


def test_threads_and_shares_keep_their_places(x: FakeX) -> None:
    first = x.state.add("ann", "northwind is down", created_at=x.now() - 100)
    answer = x.state.add("bob", "northwind here too", created_at=x.now() - 90, reply_to=first.id)
    share = x.state.retweet("cleo", first, created_at=x.now() - 80)
    found = {m.external_id: m for m in drain(source(x))[0]}
    assert (found[answer.id].in_reply_to, found[answer.id].conversation_id) == (first.id, first.id)
    assert found[share.id].share_of == first.id
    assert found[share.id].eligible is Eligibility.NONE


def test_own_mentions_need_no_query(x: FakeX) -> None:
    x.state.add("ann", "@northwind no service", created_at=x.now() - 60)
    x.state.add("ann", "northwind no service", created_at=x.now() - 60)
    mentions, _ = drain(source(x, query="", account="northwind"))
    assert [m.text for m in mentions] == ["@northwind no service"]


def test_the_next_pass_reads_only_what_is_new_and_the_overlap(x: FakeX) -> None:
    seed(x, 50, age=3000)
    _, cursor = drain(source(x))
    new = seed(x, 3, age=100)
    mentions, _ = drain(source(x), cursor)
    assert ids(mentions) == set(new)


@pytest.mark.parametrize("late", [10, 90, 179])
def test_late_posts_are_found(x: FakeX, late: float) -> None:
    """A post shows ``late`` seconds after its time, and the polls go on meanwhile."""
    begin = time.time()
    x.now = lambda: begin
    wanted = {x.state.add("ann", f"northwind {i}", created_at=begin + i, late=late).id for i in range(0, 300, 7)}
    found, cursor = drain(source(x))
    for tick in range(1, 12):
        x.now = lambda tick=tick: begin + tick * 60  # type: ignore[misc]
        more, cursor = drain(source(x), cursor)
        found += more
    assert ids(found) == wanted


def test_ids_out_of_order_lose_nothing(x: FakeX) -> None:
    now = x.now()
    wanted = {x.state.add("ann", f"northwind {i}", created_at=now - 500 + i).id for i in range(100)}
    _, cursor = drain(source(x))
    late = x.state.add("ann", "northwind with a small id", created_at=now - 40, id=min(map(int, wanted)) - 5)
    assert late.id in ids(drain(source(x), cursor)[0])


def test_a_backlog_over_the_cap_is_read_on_at_the_next_pass(x: FakeX) -> None:
    seeded = seed(x, 750, age=5000)
    listener = source(x, max_pages=2)
    found, cursor = drain(listener)
    assert len(found) == 200
    for _ in range(6):
        new = seed(x, 1, age=31)
        seeded += new
        more, cursor = drain(listener, cursor)
        found += more
    assert ids(found) == set(seeded)


def test_a_rate_limit_in_the_middle_costs_nothing(x: FakeX) -> None:
    seeded = seed(x, 450)
    fault = x.fail("status", status=429, path="search", skip=2)
    pages: list[Page] = []
    with pytest.raises(Transient, match=r"X asks us to slow down \(429\)") as caught:
        collect(source(x), pages)
    found = [mention for page in pages for mention in page.mentions]
    assert fault.times == 0
    assert caught.value.retry_after is not None
    assert 0 <= caught.value.retry_after <= 900
    more, _ = drain(source(x), pages[-1].cursor)
    assert ids(found + more) == set(seeded)
    assert len(found + more) == 450


def test_a_dead_paging_token_is_replaced_by_the_time_reached(x: FakeX) -> None:
    seeded = seed(x, 450, step=0.1)
    found, cursor = drain(source(x, max_pages=2))
    x.expire_tokens()
    more, cursor = drain(source(x), cursor)
    assert ids(found + more) == set(seeded)
    assert len(more) < 300  # read on, not read again
    assert drain(source(x), cursor)[0] == []


def test_a_backlog_is_read_on_as_far_as_x_reaches_back(x: FakeX) -> None:
    seeded = seed(x, 250, age=600)
    found, cursor = drain(source(x, max_pages=1))
    begin = x.now()
    x.now = lambda: begin + 6.5 * 24 * 3600
    more, _ = drain(source(x), cursor)
    assert ids(found + more) == set(seeded)


def test_a_backlog_older_than_a_week_is_let_go(x: FakeX) -> None:
    seed(x, 250, age=600)
    _, cursor = drain(source(x, max_pages=1))
    begin = x.now()
    x.now = lambda: begin + 8 * 24 * 3600
    new = seed(x, 5, age=100)
    assert ids(drain(source(x), cursor)[0]) == set(new)


@pytest.mark.parametrize(
    "cursor", [{}, {"lanes": 3}, {"lanes": {"search": {"until": "yesterday"}}}, {"lanes": {"search": []}}]
)
def test_an_unreadable_cursor_is_a_first_time(x: FakeX, cursor: Cursor) -> None:
    seeded = seed(x, 3)
    assert ids(drain(source(x), cursor)[0]) == set(seeded)


@pytest.mark.parametrize("kind", ["reset", "garbage"])
def test_no_good_answer_is_transient(x: FakeX, kind: str) -> None:
    x.fail(kind, path="search")  # type: ignore[arg-type]
    with pytest.raises(Transient, match="X "):
        drain(source(x))


@pytest.mark.parametrize(
    ("status", "error"), [(500, Transient), (503, Transient), (401, ConfigError), (403, ConfigError)]
)
def test_errors_say_whom_and_what(x: FakeX, status: int, error: type[Exception]) -> None:
    x.fail("status", status=status, path="search")
    with pytest.raises(error, match=rf"^X .*\({status}"):
        drain(source(x))


def test_a_faulty_query_is_permanent(x: FakeX) -> None:
    with pytest.raises(Permanent, match=r"X does not accept the request \(400: .*operator"):
        drain(source(x, query="northwind nosuch:thing"))


def test_no_connection_is_transient() -> None:
    with FakeX() as gone:
        listener = source(gone)
    with pytest.raises(Transient, match="X did not answer"):
        drain(listener)


def test_one_listing_in_trouble_does_not_silence_the_other(x: FakeX) -> None:
    x.state.add("ann", "@northwind no service", created_at=x.now() - 60)
    x.fail("status", status=503, path="search")
    pages: list[Page] = []
    with pytest.raises(Transient):
        collect(source(x, account="northwind"), pages)
    assert [m.text for page in pages for m in page.mentions] == ["@northwind no service"]


def test_check_names_the_account(x: FakeX) -> None:
    assert source(x, account="northwind").check() == "@northwind, 299 requests left"
    with pytest.raises(ConfigError, match="X knows no account @nobody"):
        source(x, account="nobody").check()


def test_without_log_in_or_task_the_settings_are_at_fault(x: FakeX) -> None:
    with pytest.raises(ConfigError, match="AMENDS_SOURCES_X_BEARER_TOKEN"):
        drain(source(x, bearer_token=SecretStr("")))
    with pytest.raises(ConfigError, match="nothing to listen to"):
        drain(source(x, query=""))


def test_user_keys_work_without_a_bearer(x: FakeX) -> None:
    seeded = seed(x, 1)
    keys = dict.fromkeys(("consumer_key", "consumer_secret", "access_token_secret"), SecretStr("k"))
    listener = source(x, bearer_token=SecretStr(""), access_token=SecretStr("user-token"), **keys)
    assert ids(drain(listener)[0]) == set(seeded)


def test_the_constructor_opens_nothing(x: FakeX) -> None:
    source(x, account="northwind")
    assert x.requests == []


def test_no_secret_reaches_the_log(x: FakeX, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seed(x, 1)
    drain(source(x))
    x.fail("status", status=401)
    with pytest.raises(ConfigError) as caught:
        drain(source(x))
    assert "canary" not in caplog.text
    assert "canary" not in str(caught.getrepr(style="long"))
