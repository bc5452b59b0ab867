"""What Bluesky alone does: records by name, marks by bytes, threads, sessions, points."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.domain import Eligibility, Target
from core.errors import OutcomeUnknown, Refused, Transient
from responder.publishers.bluesky import LETTERS, rkey_of
from tests.fakes.bluesky import FakeBluesky
from tests.responder.publishing import Bench, bluesky_of


@pytest.fixture
def bluesky(tmp_path: Path) -> Iterator[Bench]:
    with FakeBluesky() as server:
        yield Bench("bluesky", server, tmp_path)


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


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "b." + "c" * 64, "d." * 127 + "example"])
def test_what_is_too_long_for_a_name_stays_text(bluesky: Bench, name: str) -> None:
    published = bluesky.publisher.publish(f"@{name} sorry", bluesky.target(), key="k1")
    assert not bluesky.server.state.find(published.external_id).value.get("facets")


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
    after_restart = bluesky_of(bluesky.server, tmp_path)
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
