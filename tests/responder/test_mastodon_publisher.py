"""What Mastodon alone does: visibility, keys, limits and rules of the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import OutcomeUnknown, Refused
from listener.sources.mastodon_posts import Us, mentions_of
from responder.lengths import Bounds, usual
from responder.publishers import Bounded, Keeper
from responder.publishers.texts import GONE
from tests.fakes.mastodon import FakeMastodon
from tests.responder.publishing import Bench, mastodon_of


@pytest.fixture
def mastodon(tmp_path: Path) -> Iterator[Bench]:
    with FakeMastodon() as server:
        yield Bench("mastodon", server, tmp_path)


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
def test_a_reply_is_as_public_as_the_post(mastodon: Bench, visibility: str) -> None:
    mastodon.publisher.publish("We are on it.", mastodon.target(visibility=visibility), key="k1")
    (request,) = mastodon.server.calls("POST", "/api/v1/statuses$")
    assert request.form()["visibility"] == visibility


def test_a_circle_that_has_no_word_here_is_not_answered(mastodon: Bench) -> None:
    target = mastodon.target()
    post = {"id": target.external_id, "visibility": "local"}
    mastodon.server.fail("status", status=200, body=post, method="GET", path="/statuses/")
    with pytest.raises(Refused, match="a circle that we cannot answer in \\(local\\)"):
        mastodon.publisher.publish("We are on it.", target, key="k1")
    assert mastodon.creates() == 0


def test_a_reply_is_plain_text_whatever_the_account_is_set_to(mastodon: Bench) -> None:
    mastodon.publisher.publish("We are *on it*.", mastodon.target(), key="k1")
    (request,) = mastodon.server.calls("POST", "/api/v1/statuses$")
    assert request.form()["content_type"] == "text/plain"


def test_looking_back_ends_at_the_post_that_is_answered(mastodon: Bench) -> None:
    mastodon.server.minds_since_id = False
    for number in range(85):
        mastodon.server.add("northwind", f"{number}")
    target = mastodon.target()
    mastodon.publisher.publish("We are on it.", target, key="k1")
    mastodon.server.requests.clear()
    assert mastodon.publisher.find("We are on it.", target, key="k1") is not None
    assert mastodon.publisher.find("Something else altogether.", target, key="k2") is None
    assert len(mastodon.server.calls("GET", "/statuses$")) == 2


def test_the_key_goes_with_every_create(mastodon: Bench) -> None:
    target = mastodon.target()
    first = mastodon.publisher.publish("We are on it.", target, key="k1")
    again = mastodon.publisher.publish("We are on it.", target, key="k1")
    assert first.external_id == again.external_id
    assert len(mastodon.sent()) == 1
    assert {call.headers["idempotency-key"] for call in mastodon.server.calls("POST", "statuses$")} == {"k1"}


def test_a_server_that_ignores_the_key_is_read_back(mastodon: Bench) -> None:
    mastodon.server.ignores_keys = True
    target = mastodon.target()
    mastodon.server.fail("reset", method="POST", path="statuses$", after=True)
    with pytest.raises(OutcomeUnknown):
        mastodon.publisher.publish("We are on it.", target, key="k1")
    assert mastodon.publisher.find("We are on it.", target, key="k1") is not None
    mastodon.server.read_lag = 3600
    assert mastodon.publisher.find("We are on it.", target, key="k1") is None


def test_what_is_too_long_for_this_server_is_not_sent(mastodon: Bench) -> None:
    with pytest.raises(Refused, match="takes 500 characters, the reply has 501"):
        mastodon.publisher.publish("x" * 501, mastodon.target(), key="k1")
    assert mastodon.creates() == 0


def test_check_shows_the_rules_of_the_server() -> None:
    with FakeMastodon(bot=True) as server:
        server.rules = ["Be kind.", "No advertising."]
        said = mastodon_of(server).check()
    assert "labelled as a bot" in said
    assert "NOT" not in said
    assert "500 characters a post, rules: 1. Be kind.; 2. No advertising." in said


def test_a_server_says_how_long_a_post_may_be_and_what_a_link_counts(mastodon: Bench) -> None:
    publisher = mastodon.publisher
    assert isinstance(publisher, Bounded)
    assert publisher.bounds() == usual("mastodon")
    mastodon.server.longest, mastodon.server.per_link = 100, 30
    assert publisher.bounds() == Bounds(100, 30)
    text = "x" * 69 + " https://status.northwind.com/a-link-that-is-longer-than-thirty"
    publisher.publish(text, mastodon.target(), key="k1")
    with pytest.raises(Refused, match="takes 100 characters, the reply has 101"):
        publisher.publish("x" + text, mastodon.target(), key="k2")
    assert mastodon.sent() == [text.encode()]


def test_a_post_that_names_others_tells_who_they_are(mastodon: Bench) -> None:
    post = mastodon.server.add("ann", "@northwind @bob @cleo it is down for all of us")
    (mention,) = mentions_of([post], Us("0", frozenset({"northwind"})))
    assert (mention.author, mention.named) == ("ann", ("bob", "cleo"))


@pytest.mark.parametrize("stays", [False, True])
def test_no_reply_is_left_in_the_air_when_the_post_goes_that_very_moment(mastodon: Bench, *, stays: bool) -> None:
    """The look still sees it, and the server makes a post of its own of the answer."""
    target = mastodon.target()
    mastodon.server.lets_answers_go = True
    if stays:
        mastodon.server.fail("status", status=503, method="DELETE")
    with pytest.raises(Refused, match="Delete our reply, it stands alone: http" if stays else GONE):
        mastodon.publisher.publish("We are on it.", target, key="k1")
    assert mastodon.creates() == 1
    (made,) = mastodon.server.posts
    assert isinstance(mastodon.publisher, Keeper)
    assert (mastodon.publisher.stored(made.id, target) is not None) is stays


def test_a_server_that_does_not_say_its_rules_for_lengths_is_not_a_post_that_is_gone(mastodon: Bench) -> None:
    mastodon.server.fail("status", status=404, method="GET", path="/instance")
    with pytest.raises(Refused, match="The post cannot be answered"):
        mastodon.publisher.publish("We are on it.", mastodon.target(), key="k1")
