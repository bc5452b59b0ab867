"""What Reddit alone does: RATELIMIT though created, locked threads, bans, tokens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.domain import Eligibility, Target
from core.errors import ConfigError, OutcomeUnknown, Refused, Transient
from responder.publishers.texts import GONE
from tests.fakes.reddit import RATELIMIT, FakeReddit
from tests.responder.publishing import Bench, reddit_of


@pytest.fixture
def reddit() -> Iterator[FakeReddit]:
    with FakeReddit() as server:
        yield server


def test_a_refused_log_in_is_for_the_operator(reddit: FakeReddit) -> None:
    target = Target(platform="reddit", external_id="t1_1", author="ann", eligible=Eligibility.TAGGED)
    with pytest.raises(ConfigError, match=r"Reddit refused the log-in \(invalid_grant\)"):
        reddit_of(reddit, password=SecretStr("wrong")).publish("Hello", target, key="k1")


def test_a_failing_log_in_is_certainly_not_sent(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    reddit.fail("status", status=503, path="access_token")
    with pytest.raises(Transient):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")
    assert bench.creates() == 0


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
    [({"locked": True}, "THREAD_LOCKED"), ({"archived": True}, "TOO_OLD")],
)
def test_reddit_refuses_with_its_reason(reddit: FakeReddit, details: dict[str, Any], kind: str) -> None:
    bench = Bench("reddit", reddit, Path())
    with pytest.raises(Refused, match=rf"Reddit refused the reply \({kind}"):
        bench.publisher.publish("We are on it.", bench.target(**details), key="k1")
    assert bench.creates() == 1


def test_what_a_moderator_took_away_is_not_answered(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    with pytest.raises(Refused) as caught:
        bench.publisher.publish("We are on it.", bench.target(removed=True), key="k1")
    assert (str(caught.value), bench.creates()) == (GONE, 0)


def test_a_post_that_goes_right_before_the_answer_is_told_in_the_same_words(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    reddit.comment_error = ("DELETED_COMMENT", "that comment has been deleted", "parent")
    with pytest.raises(Refused) as caught:
        bench.publisher.publish("We are on it.", bench.target(), key="k1")
    assert (str(caught.value), bench.creates()) == (GONE, 1)


def test_a_banned_account_is_refused(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    reddit.banned.add(("northwind", "telecom"))
    with pytest.raises(Refused, match=r"\(403"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")


def test_a_revoked_token_on_reddit_is_tried_again_later(reddit: FakeReddit) -> None:
    bench = Bench("reddit", reddit, Path())
    bench.publisher.check()
    reddit.revoke_tokens()
    with pytest.raises(Transient, match="no longer takes our token"):
        bench.publisher.publish("We are on it.", bench.target(), key="k1")
    bench.publisher.publish("We are on it.", bench.target(), key="k1")
    assert len(reddit.posts) == 1
