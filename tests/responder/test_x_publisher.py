"""What X alone does: duplicates, rights, replies nobody asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.domain import Eligibility, Target
from core.errors import ConfigError, OutcomeUnknown, Refused
from tests.fakes.x import FakeX
from tests.responder.publishing import Bench, x_of


@pytest.fixture
def x() -> Iterator[FakeX]:
    with FakeX() as server:
        yield server


def test_a_refused_log_in_is_for_the_operator(x: FakeX) -> None:
    target = Target(platform="x", external_id="1", author="ann", eligible=Eligibility.TAGGED)
    with pytest.raises(ConfigError, match=r"X refused the log-in \(401"):
        x_of(x, access_token=SecretStr("wrong")).publish("Hello", target, key="k1")
    with pytest.raises(ConfigError, match="AMENDS_PUBLISHERS_X_ACCESS_TOKEN"):
        x_of(x, access_token=SecretStr("")).publish("Hello", target, key="k1")


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


def test_check_sees_another_account(x: FakeX) -> None:
    with pytest.raises(ConfigError, match="the access token is of @northwind, not of @southwind"):
        x_of(x, account="southwind").check()
