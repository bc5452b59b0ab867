"""Our publisher against Bluesky's own servers: the text that was approved, once, under its post; looked up and deleted.

Runs where AMENDS_REAL_PDS is the address of such a server (docs/reliability.md, "Real servers").
"""

import json
from typing import Any

import pytest
import requests

from core.errors import AmendsError, ConfigError, OutcomeUnknown, Refused, Transient
from responder.publishers.bluesky import COLLECTION, rkey_of
from tests.fakes.bluesky import CREATE_POINTS
from tests.fakes.texts import HARD_TEXTS
from tests.real.bluesky import Person, RealBluesky
from tests.real.desk import Desk
from tests.real.server import until
from tests.responder.test_publishers import FAULTS

LONGEST = [
    "é" * 300,
    "\N{BLACK HEART}\ufe0f" * 300,
    "\N{MAN}\u200d\N{WOMAN}\u200d\N{BOY}" * 166,  # 2,988 bytes of UTF-8 in 166 characters
]
TOO_LONG = ["a" * 301, "\N{MAN}\u200d\N{WOMAN}\u200d\N{BOY}" * 167]


@pytest.mark.parametrize("text", [*HARD_TEXTS, *LONGEST], ids=lambda text: ascii(text)[:30])
def test_what_was_approved_is_what_stands_there(desk: Desk, text: str) -> None:
    post = desk.asked()
    published = desk.publisher.publish(text, desk.target(post), key="k1")
    assert desk.server.replies(desk.us, post) == [text]
    stored = desk.publisher.stored(published.external_id, desk.target(post))
    assert stored is not None
    assert stored.encode() == text.encode()
    found = desk.publisher.find(text, desk.target(post), key="k1")
    assert found is not None
    assert (found.external_id, found.text) == (published.external_id, text)


@pytest.mark.parametrize("text", TOO_LONG, ids=lambda text: ascii(text)[:30])
def test_what_is_too_long_is_refused_by_the_server_too(desk: Desk, text: str) -> None:
    with pytest.raises(Refused):
        desk.publisher.publish(text, desk.target(desk.asked()), key="k1")
    assert desk.server.kept(desk.us) == []


def test_the_customer_sees_the_reply_below_the_post(desk: Desk) -> None:
    post = desk.asked()
    desk.publisher.publish("We are on it.", desk.target(post), key="k1")

    def below() -> list[dict[str, Any]]:
        thread = desk.server.thread(desk.customer, post) or {}
        return [one["post"] for one in thread.get("replies", ())]

    (reply,) = until(below, "the reply is not shown")
    assert reply["record"]["text"] == "We are on it."
    assert reply["author"]["did"] == desk.us.did


def test_a_reply_in_a_thread_names_its_root(desk: Desk) -> None:
    root = desk.server.say(desk.customer, "is it only me?")
    words = f"@{desk.us.handle} no"
    below = desk.server.shown(desk.us, desk.server.say(desk.customer, words, names=(desk.us,), reply_to=root))
    desk.publisher.publish("We are on it.", desk.target(below), key="k1")
    (kept,) = desk.server.kept(desk.us)
    reply = kept["value"]["reply"]
    assert [reply[name]["cid"] for name in ("root", "parent")] == [root.cid, below.cid]
    assert [reply[name]["uri"] for name in ("root", "parent")] == [root.uri, below.uri]


def test_links_and_names_are_marked_by_bytes(desk: Desk) -> None:
    ann = desk.customer
    text = (
        f"Désolé \N{FAMILY} @{ann.handle}, voir https://status.northwind.com/é et status.example.org @nobody-here.test"
    )
    desk.publisher.publish(text, desk.target(desk.asked()), key="k1")
    (kept,) = desk.server.kept(desk.us)
    marked = {
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in kept["value"]["facets"]
    }
    assert marked[f"@{ann.handle}"]["did"] == ann.did
    assert marked["status.example.org"]["uri"] == "https://status.example.org"
    assert len(marked) == 3


def test_what_is_too_long_for_a_name_stays_text(desk: Desk) -> None:
    desk.publisher.publish(f"@{'a' * 64}.test sorry", desk.target(desk.asked()), key="k1")
    (kept,) = desk.server.kept(desk.us)
    assert "facets" not in kept["value"]


def test_the_same_key_twice_is_one_record_and_it_is_found(desk: Desk) -> None:
    post = desk.asked()
    first = desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert first.external_id == f"at://{desk.us.did}/{COLLECTION}/{rkey_of('k1')}"
    with pytest.raises(OutcomeUnknown, match="500"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    with pytest.raises(OutcomeUnknown, match="500"):
        desk.another_publisher().publish("Another text.", desk.target(post), key="k1")
    found = desk.publisher.find("We are on it.", desk.target(post), key="k1")
    assert found is not None
    assert (found.external_id, found.text) == (first.external_id, "We are on it.")
    assert desk.server.replies(desk.us, post) == ["We are on it."]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda value: str(value)[:70])
def test_whatever_goes_missing_on_the_way_looking_tells_whether_it_is_there(
    desk: Desk, fault: dict[str, Any], error: type[AmendsError]
) -> None:
    post = desk.asked()
    if fault["kind"] == "hang":
        desk.publisher._us.http._read_seconds = 4.0
    desk.server.fail(**{"method": "POST", "path": "createRecord", **fault})
    with pytest.raises(error) as caught:
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert type(caught.value) is error
    there = desk.server.replies(desk.us, post)
    assert there == ["We are on it."] * bool(fault.get("after"))
    found = desk.publisher.find("We are on it.", desk.target(post), key="k1")
    assert (found is not None) is bool(there)


def test_a_reply_can_be_taken_down_more_than_once(desk: Desk) -> None:
    post = desk.asked()
    published = desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    for _ in range(2):
        desk.publisher.delete(published.external_id, desk.target(post))
        assert desk.publisher.stored(published.external_id, desk.target(post)) is None
    assert desk.server.kept(desk.us) == []


def test_a_post_that_was_deleted_is_not_answered(desk: Desk) -> None:
    post = desk.asked()
    desk.server.remove(desk.customer, post)
    until(lambda: desk.server.thread(desk.us, post) is None, "the post is still shown")
    with pytest.raises(Refused, match="deleted or is no longer shown"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert desk.server.kept(desk.us) == []


def test_a_thread_that_is_closed_is_not_answered(desk: Desk) -> None:
    post = desk.asked()
    desk.server.close(desk.customer, post)
    until(lambda: _viewer(desk, post).get("replyDisabled"), "the thread is still open")
    with pytest.raises(Refused, match="nobody like us"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert desk.server.kept(desk.us) == []


def _viewer(desk: Desk, post: Any) -> dict[str, Any]:
    thread = desk.server.thread(desk.us, post) or {}
    found: dict[str, Any] = thread.get("post", {}).get("viewer", {})
    return found


def test_who_blocks_us_is_not_answered(desk: Desk, bluesky: RealBluesky) -> None:
    desk.customer = bluesky.join("cross")  # nobody else's customer
    post = desk.asked()
    bluesky.block(desk.customer, desk.us)
    until(lambda: "post" not in (bluesky.thread(desk.us, post) or {}), "the block does not show")
    with pytest.raises(Refused, match="blocked"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert bluesky.kept(desk.us) == []


def _spoil(desk: Desk, *names: str) -> None:
    """The kept tokens of these names no longer are what the server gave."""
    (file,) = desk.folder.glob("*.json")
    kept = json.loads(file.read_text())
    for name in names:
        head, body, _ = kept[name].split(".")
        kept[name] = f"{head}.{body}.{'A' * 43}"
    file.write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("spoilt", "refreshes", "log_ins"), [(("accessJwt",), 1, 1), (("accessJwt", "refreshJwt"), 1, 2)]
)
def test_a_token_that_is_no_good_is_renewed_and_the_reply_goes_out_once(
    desk: Desk, spoilt: tuple[str, ...], refreshes: int, log_ins: int
) -> None:
    post = desk.asked()
    desk.server.requests.clear()
    desk.publisher.check()
    _spoil(desk, *spoilt)
    desk.another_publisher().publish("We are on it.", desk.target(post), key="k1")
    assert desk.server.replies(desk.us, post) == ["We are on it."]
    assert len(desk.server.calls("POST", "refreshSession")) == refreshes
    assert len(desk.server.calls("POST", "createSession")) == log_ins


def test_a_wrong_password_is_for_the_operator(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="refused the log-in"):
        desk.another_publisher(password="wrong-wrong-wrong").check()


def test_check_tells_whether_the_account_is_labelled(desk: Desk, bluesky: RealBluesky) -> None:
    assert "NOT labelled" in desk.publisher.check()
    bluesky.label_as_bot(desk.us)
    assert f"@{desk.us.handle}, " in desk.publisher.check()
    assert ", labelled as a bot" in desk.publisher.check()


def test_used_up_points_are_waited_for_and_nothing_is_sent(desk: Desk, bluesky: RealBluesky) -> None:
    post = desk.asked()
    desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    if "ratelimit-remaining" not in {name.lower() for name in desk.publisher._us.http.last_headers}:
        pytest.skip("this server keeps no limits: start it with PDS_RATE_LIMITS_ENABLED=true")
    _spend(bluesky, desk.us, leave=2)
    before = len(bluesky.calls("POST", "createRecord"))
    with pytest.raises(Transient, match="slow down") as caught:
        desk.publisher.publish("Still on it.", desk.target(post), key="k2")
    assert 0 < (caught.value.retry_after or 0) <= 3600
    with pytest.raises(Transient, match="used up"):
        desk.publisher.publish("Still on it.", desk.target(post), key="k2")
    assert len(bluesky.calls("POST", "createRecord")) == before + 1
    assert bluesky.replies(desk.us, post) == ["We are on it."]


def _spend(bluesky: RealBluesky, who: Person, *, leave: int) -> None:
    """Spends an hour's points but for ``leave``: what is refused for its form costs as much as what is written."""
    left = 5000 - CREATE_POINTS
    while count := min(200, (left - leave) // CREATE_POINTS):
        bad = {"$type": "com.atproto.repo.applyWrites#create", "collection": COLLECTION, "value": {"$type": COLLECTION}}
        with pytest.raises(requests.HTTPError, match="400"):
            bluesky.call("com.atproto.repo.applyWrites", who=who, data={"repo": who.did, "writes": [bad] * count})
        left -= CREATE_POINTS * count
