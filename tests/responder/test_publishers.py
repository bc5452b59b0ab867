"""What holds for every platform's publisher: certain answers, doubtful ones, exact bytes."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain import Eligibility
from core.errors import AmendsError, OutcomeUnknown, Refused, Transient
from responder.publishers import Keeper
from responder.publishers.texts import GONE
from tests.fakes.texts import HARD_TEXTS
from tests.responder.publishing import FAKES, Bench, quickly


@pytest.fixture(params=list(FAKES))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with FAKES[request.param]() as server:
        yield Bench(request.param, server, tmp_path)


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


def test_a_post_that_is_only_watched_gets_no_reply(bench: Bench) -> None:
    target = replace(bench.target(), eligible=Eligibility.NONE)
    with pytest.raises(Refused, match="Watch only"):
        bench.publisher.publish("We are on it.", target, key="k1")
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
    ({"kind": "hang", "seconds": 8, "after": True}, OutcomeUnknown),
    ({"kind": "status", "status": 429}, Transient),
    ({"kind": "status", "status": 400}, Refused),
    ({"kind": "status", "status": 403}, Refused),
    ({"kind": "status", "status": 404}, Refused),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda value: str(value)[:70])
def test_a_failing_post_reaches_the_server_once_and_says_what_is_certain(
    bench: Bench, fault: dict[str, object], error: type[AmendsError]
) -> None:
    if fault["kind"] == "hang":
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


def test_a_deleted_target_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused) as caught:
        bench.publisher.publish("We are on it.", bench.target(deleted=True), key="k1")
    assert str(caught.value) == GONE, "in the same words everywhere"
    assert bench.sent() == []
    assert bench.creates() == (bench.name == "x")  # where a look costs money the platform's own answer has to do


def test_while_the_post_cannot_be_looked_at_nothing_is_sent_and_later_it_is(bench: Bench) -> None:
    if bench.name == "x":
        pytest.skip("X is not asked")
    target = bench.target()
    bench.publisher.check()
    bench.server.fail("status", status=503, method="GET")
    with pytest.raises(Transient):
        bench.publisher.publish("We are on it.", target, key="k1")
    assert bench.creates() == 0
    bench.publisher.publish("We are on it.", target, key="k1")
    assert bench.sent() == [b"We are on it."]


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
