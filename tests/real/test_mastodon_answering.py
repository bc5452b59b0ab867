"""Our publisher against a real server that speaks Mastodon's API: the approved text, once, under its post.

Runs where AMENDS_REAL_MASTODON is the address of a GoToSocial (docs/reliability.md, "Real servers").
"""

from typing import Any

import pytest
import requests

from core.errors import AmendsError, ConfigError, OutcomeUnknown, Refused
from listener.sources.mastodon_posts import plain
from responder import lengths
from tests.fakes.texts import HARD_TEXTS
from tests.real.desk import MastodonDesk as Desk
from tests.real.mastodon import Person, RealMastodon
from tests.real.server import until
from tests.responder.test_publishers import FAULTS


@pytest.fixture
def desk(counter: Desk) -> Desk:
    return counter


@pytest.fixture(scope="module")
def dana(mastodon: RealMastodon) -> Person:
    """A customer who changes what others may do."""
    return mastodon.join("dana")


def test_what_was_approved_is_what_stands_there(desk: Desk) -> None:
    for text in HARD_TEXTS:
        post = desk.asked()
        published = desk.publisher.publish(text, desk.target(post), key=post)
        assert desk.server.replies(desk.us, post) == [text]
        stored = desk.publisher.stored(published.external_id, desk.target(post))
        assert stored is not None
        assert stored.encode() == text.encode()
        assert desk.publisher.same(text, stored)
        found = desk.publisher.find(text, desk.target(post), key=post)
        assert found is not None
        assert (found.external_id, found.text) == (published.external_id, text)


def test_a_reader_sees_what_was_approved(desk: Desk) -> None:
    text = (
        f"@{desk.customer.handle} We are *sorry* & on it:\n\n# 1 https://status.example.org/a?b=1&c=2\n- 2 < 3\n_soon_"
    )
    published = desk.publisher.publish(text, desk.target(desk.asked()), key="k1")
    assert plain(desk.server.look(desk.customer, published.external_id)["content"]) == text


def test_markdown_of_the_account_changes_nothing(desk: Desk) -> None:
    desk.server.change(desk.us, source={"status_content_type": "text/markdown"})
    text = "We are *sorry*.\n\n# Known\n- [here](https://example.org)"
    published = desk.publisher.publish(text, desk.target(desk.asked()), key="k1")
    assert plain(desk.server.look(desk.customer, published.external_id)["content"]) == text


def test_the_reply_names_its_author_and_what_it_answers(desk: Desk) -> None:
    post = desk.asked()
    published = desk.publisher.publish(f"@{desk.customer.handle} on it", desk.target(post), key="k1")
    reply = desk.server.look(desk.customer, published.external_id)
    assert (reply["in_reply_to_id"], reply["account"]["id"]) == (post, desk.us.id)
    assert [one["id"] for one in reply["mentions"]] == [desk.customer.id]
    assert published.url.endswith(published.external_id)
    below = desk.server.call("GET", f"/api/v1/statuses/{post}/context", desk.customer)["descendants"]
    assert [one["id"] for one in below] == [published.external_id]


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
def test_a_reply_is_seen_by_no_more_people_than_the_post(desk: Desk, visibility: str) -> None:
    post = desk.asked(visibility=visibility)
    text = f"@{desk.customer.handle} on it"
    published = desk.publisher.publish(text, desk.target(post), key="k1")
    assert desk.server.look(desk.customer, published.external_id)["visibility"] == visibility
    assert desk.publisher.find(text, desk.target(post), key="k1") is not None


def test_a_key_that_the_server_does_not_keep_is_why_we_look_first(desk: Desk) -> None:
    post = desk.asked()
    ids = {desk.publisher.publish("We are on it.", desk.target(post), key="k1").external_id for _ in range(2)}
    there = desk.server.replies(desk.us, post)
    assert there == ["We are on it."] * len(ids)
    found = desk.publisher.find("We are on it.", desk.target(post), key="k1")
    assert found is not None
    assert found.external_id in ids


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda value: str(value)[:70])
def test_whatever_goes_missing_on_the_way_looking_tells_whether_it_is_there(
    counter_of_faults: Desk, fault: dict[str, Any], error: type[AmendsError]
) -> None:
    desk = counter_of_faults
    post = desk.asked()
    publisher = desk.another_publisher()
    if fault["kind"] == "hang":
        publisher._us.http._read_seconds = 4.0
    desk.server.fail(**{"method": "POST", "path": "/statuses$", **fault})
    with pytest.raises(error) as caught:
        publisher.publish("We are on it.", desk.target(post), key="k1")
    assert type(caught.value) is error
    there = desk.server.replies(desk.us, post)
    assert there == ["We are on it."] * bool(fault.get("after"))
    found = publisher.find("We are on it.", desk.target(post), key="k1")
    assert (found is not None) is bool(there)


@pytest.fixture(scope="module")
def counter_of_faults(mastodon: RealMastodon, bea: Person) -> Desk:
    return Desk(mastodon, mastodon.join("northwind"), bea)


def test_a_reply_is_found_below_hundreds_of_younger_ones(desk: Desk) -> None:
    post = desk.asked()
    desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    for number in range(45):
        desk.server.say(desk.us, f"{number}")
    assert desk.publisher.find("We are on it.", desk.target(post), key="k1") is not None


def test_looking_back_ends_at_the_post_that_is_answered(desk: Desk) -> None:
    for number in range(405):
        desk.server.say(desk.us, f"{number}")
    desk.server.requests.clear()
    assert desk.publisher.find("We are on it.", desk.target(desk.asked()), key="k1") is None
    assert len(desk.server.calls("GET", "/statuses$")) <= 2


def test_a_reply_can_be_taken_down_more_than_once(desk: Desk) -> None:
    post = desk.asked()
    published = desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    for _ in range(2):
        desk.publisher.delete(published.external_id, desk.target(post))
        assert desk.publisher.stored(published.external_id, desk.target(post)) is None
    assert desk.server.kept(desk.us) == []
    assert desk.publisher.find("We are on it.", desk.target(post), key="k1") is None


def test_what_somebody_else_wrote_is_not_ours_to_take_down(desk: Desk) -> None:
    post = desk.asked()
    with pytest.raises(AmendsError, match=r"403|404"):
        desk.publisher.delete(post, desk.target(post))
    assert desk.server.look(desk.customer, post)["id"] == post


def test_a_post_that_was_deleted_is_not_answered(desk: Desk) -> None:
    post = desk.asked()
    desk.server.remove(desk.customer, post)
    until(lambda: _is_gone(desk, post), "the post is still there")
    with pytest.raises(Refused, match="deleted or is no longer shown"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert desk.server.kept(desk.us) == []


def _is_gone(desk: Desk, post: str) -> bool:
    try:
        desk.server.look(desk.us, post)
    except requests.HTTPError:
        return True
    return False


def test_who_blocks_us_is_not_answered(desk: Desk, dana: Person) -> None:
    desk.customer = dana
    post = desk.asked()
    desk.server.tell(dana, desk.us, "block")
    with pytest.raises(Refused, match="deleted or is no longer shown"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert desk.server.kept(desk.us) == []


def _policy(always: list[str], asks: list[str]) -> dict[str, Any]:
    anybody = {"always": ["public"], "with_approval": []}
    return {
        "interaction_policy": {
            "can_favourite": anybody, "can_reblog": anybody, "can_reply": {"always": always, "with_approval": asks},
        }
    }  # fmt: skip


def test_a_post_that_nobody_may_answer_is_not_answered(desk: Desk) -> None:
    post = desk.asked("nobody may answer this", **_policy(["author"], []))
    with pytest.raises(Refused, match="permission"):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert desk.server.kept(desk.us) == []


def test_a_reply_that_its_reader_must_let_in_is_found_and_not_sent_twice(desk: Desk) -> None:
    post = desk.asked("ask me first", **_policy(["author"], ["public"]))
    desk.server.fail("reset", method="POST", path="/statuses$", after=True)
    with pytest.raises(OutcomeUnknown):
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert desk.publisher.find("We are on it.", desk.target(post), key="k1") is not None


def test_the_room_for_a_reply_is_what_the_server_says(desk: Desk) -> None:
    bounds = desk.publisher.bounds()
    about = requests.get(f"{desk.server.url}/api/v2/instance", timeout=60).json()["configuration"]["statuses"]
    assert (bounds.longest, bounds.per_link) == (about["max_characters"], about["characters_reserved_per_url"])
    longest = "é" * bounds.longest
    desk.publisher.publish(longest, desk.target(desk.asked()), key="k1")
    with pytest.raises(Refused, match=f"takes {bounds.longest} characters"):
        desk.publisher.publish(longest + "é", desk.target(desk.asked()), key="k2")


def test_what_the_server_counts_otherwise_is_refused_in_one_line(desk: Desk) -> None:
    longest = desk.publisher.bounds().longest
    text = "\N{MAN}\u200d\N{WOMAN}\u200d\N{BOY}" * (
        longest // 2
    )  # as many characters for a reader, five times the signs
    assert lengths.measure("mastodon", text, bounds=desk.publisher.bounds()).valid
    with pytest.raises(Refused, match=r"^Mastodon refused the reply \(400: .*max chars") as caught:
        desk.publisher.publish(text, desk.target(desk.asked()), key="k1")
    assert "\n" not in str(caught.value)
    assert desk.server.kept(desk.us) == []


def test_a_token_that_was_taken_away_is_for_the_operator(desk: Desk) -> None:
    post = desk.asked()
    desk.publisher.check()
    spare = desk.server.token(desk.us.mail, desk.us.password)
    desk.server.revoke(desk.us)
    with pytest.raises(ConfigError, match=r"^Mastodon refused the log-in \(401.*not revoked\.$") as caught:
        desk.publisher.publish("We are on it.", desk.target(post), key="k1")
    assert "\n" not in str(caught.value)
    assert desk.us.token not in str(caught.value)
    again = desk.another_publisher(token=spare)
    assert again.find("We are on it.", desk.target(post), key="k1") is None
    again.publish("We are on it.", desk.target(post), key="k1")


def test_a_token_that_may_not_write_is_for_the_operator_and_nothing_is_sent(desk: Desk) -> None:
    token = desk.server.token(desk.us.mail, desk.us.password, "read")
    with pytest.raises(AmendsError) as caught:
        desk.another_publisher(token=token).publish("We are on it.", desk.target(desk.asked()), key="k1")
    assert isinstance(caught.value, ConfigError | Refused)
    assert desk.server.kept(desk.us) == []


def test_check_tells_who_we_are_and_whether_it_is_labelled(desk: Desk) -> None:
    assert "NOT labelled" in desk.publisher.check()
    desk.server.change(desk.us, bot=True)
    said = desk.publisher.check()
    assert said.startswith(f"@{desk.us.handle}, ")
    assert ", labelled as a bot, " in said
    assert f", {desk.publisher.bounds().longest} characters a post, rules: " in said
