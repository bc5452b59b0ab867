"""Our source against a real server that speaks Mastodon's API: who named and boosted us, hashtags, what is gone.

Runs where AMENDS_REAL_MASTODON is the address of a GoToSocial (docs/reliability.md, "Real servers").
"""

import html
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from core.domain import Eligibility, Mention
from core.errors import ConfigError, Transient
from listener.sources.mastodon import MastodonSource
from tests.fakes.texts import HARD_TEXTS
from tests.real.desk import MastodonDesk as Desk
from tests.real.mastodon import Person, RealMastodon
from tests.real.server import until


@pytest.fixture
def desk(counter: Desk) -> Desk:
    return counter


@pytest.fixture(scope="session")
def cleo(mastodon: RealMastodon) -> Person:
    """Another customer."""
    return mastodon.join("cleo")


def drain(source: MastodonSource, cursor: dict[str, object] | None = None) -> tuple[list[Mention], dict[str, object]]:
    found: list[Mention] = []
    for page in source.fetch(cursor):
        found += page.mentions
        cursor = page.cursor
    return found, cursor or {}


def start(source: MastodonSource) -> dict[str, object]:
    """Where the listings stand before anything has happened: the very first pass reads but the newest page."""
    return drain(source)[1]


def heard(source: MastodonSource, *wanted: str, cursor: dict[str, object] | None = None) -> dict[str, Mention]:
    """What one pass brings, as soon as one brings all that is wanted: the server notifies a moment after it answers."""

    def look() -> dict[str, Mention] | None:
        found = {mention.external_id: mention for mention in drain(source, cursor)[0]}
        return found if set(wanted) <= set(found) else None

    found: dict[str, Mention] = until(look, "not everything is heard")
    return found


def test_who_names_and_boosts_us_is_heard(desk: Desk, cleo: Person) -> None:
    ours = desk.server.say(desk.us, "We are working on it.")["id"]
    named = desk.asked(f"@{desk.us.handle} @{cleo.handle} nothing works", language="fr")
    answered = desk.asked(f"@{desk.us.handle} since when?", in_reply_to_id=ours)
    desk.server.boost(cleo, ours)
    apart = desk.server.say(desk.customer, "nobody meant")["id"]
    source = desk.source()
    found: dict[str, Mention] = until(
        lambda: len(many := heard(source, named, answered)) > 2 and many, "the boost is not heard"
    )
    assert apart not in found
    mention = found[named]
    assert (mention.author, mention.author_id) == (desk.customer.handle, desk.customer.id)
    assert (mention.text, mention.language) == (f"@{desk.us.handle} @{cleo.handle} nothing works", "fr")
    assert (mention.eligible, mention.named, mention.own) == (Eligibility.TAGGED, (cleo.handle,), False)
    assert mention.url.endswith(named)
    assert abs(mention.created_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert found[answered].in_reply_to == ours
    (shared,) = [one for one in found.values() if one.share_of]
    assert (shared.share_of, shared.author, shared.eligible) == (ours, cleo.handle, Eligibility.NONE)


def test_a_letter_is_left_out_and_what_fewer_may_see_is_heard(desk: Desk) -> None:
    letter = desk.asked(visibility="direct")
    shown = {desk.asked(visibility=how): how for how in ("public", "unlisted", "private")}
    found = heard(desk.source(), *shown)
    assert letter not in found
    assert {mention.eligible for mention in found.values()} == {Eligibility.TAGGED}


def test_a_warning_stands_before_the_post(desk: Desk) -> None:
    asked = desk.asked(f"@{desk.us.handle} three days!\n\nwhat now?", spoiler_text="angry & tired", sensitive=True)
    assert heard(desk.source(), asked)[asked].text == (f"angry & tired\n\n@{desk.us.handle} three days!\n\nwhat now?")


def test_texts_are_read_as_they_were_written(desk: Desk) -> None:
    written = {desk.asked(f"@{desk.us.handle} {text}"): text for text in HARD_TEXTS}
    found = heard(desk.source(), *written)
    read = {number: found[number].text.removeprefix(f"@{desk.us.handle} ") for number in written}
    assert {number: _plain(text) for number, text in read.items()} == {
        number: _plain(text) for number, text in written.items()
    }


def _plain(text: str) -> list[list[str]]:
    """Its words, line by line: a server may show white space otherwise, and take ``&amp;`` for what it means."""
    text = html.unescape(text)
    return [line.split() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")]


def test_links_tags_and_pictograms_are_read_whole(desk: Desk) -> None:
    text = (
        f"@{desk.us.handle} #NoService https://status.example.org/a/very/long/way?to=go&on=1#here :blobcat: (see there)"
    )
    asked = desk.asked(text)
    assert heard(desk.source(), asked)[asked].text == text


def test_what_was_edited_reads_as_it_is_now(desk: Desk) -> None:
    asked = desk.asked()
    desk.server.edit(desk.customer, asked, f"@{desk.us.handle} it works again")
    assert heard(desk.source(), asked)[asked].text == f"@{desk.us.handle} it works again"


def test_more_than_a_page_is_read_whole_and_a_pass_cut_off_goes_on(desk: Desk) -> None:
    cursor = start(desk.source())
    many = [desk.asked(f"@{desk.us.handle} {number}") for number in range(95)]
    until(lambda: len(drain(desk.source(), cursor)[0]) >= len(many), "not everything is heard")
    found, end = drain(desk.source(), cursor)
    assert {mention.external_id for mention in found} == set(many)
    first = next(iter(desk.source().fetch(cursor)))
    rest, _ = drain(desk.source(), first.cursor)
    assert 0 < len(first.mentions) < len(many)
    assert {mention.external_id for mention in (*first.mentions, *rest)} == set(many)
    late = desk.asked()
    heard(desk.source(), late, cursor=end)


def test_a_page_of_posts_that_we_do_not_want_to_hear_stops_nothing(desk: Desk, cleo: Person) -> None:
    cursor = start(desk.source())
    many = [str(desk.server.say(cleo, f"@{desk.us.handle} {number}")["id"]) for number in range(45)]
    heard(desk.source(), *many, cursor=cursor)
    desk.server.tell(desk.us, cleo, "mute")
    heard(desk.source(), desk.asked(), cursor=cursor)


def test_an_account_that_approves_its_followers_hears_the_same(desk: Desk, cleo: Person) -> None:
    desk.server.change(desk.us, locked=True)
    desk.server.tell(cleo, desk.us, "follow")
    asked = desk.asked()
    assert set(heard(desk.source(), asked)) == {asked}


def test_hashtags_are_heard_one_that_nobody_has_used_is_empty(desk: Desk) -> None:
    tag = f"nw{secrets.token_hex(4)}"
    source = desk.source(hashtags=[f"#{tag}"], mentions=False)
    cursor = start(source)
    tagged = desk.asked(f"no signal #{tag}")
    found = heard(source, tagged, cursor=cursor)
    assert found[tagged].eligible is Eligibility.NONE
    ours = str(desk.server.say(desk.us, f"we know #{tag}")["id"])
    assert heard(source, ours, cursor=cursor)[ours].own


def test_a_post_that_comes_late_to_a_hashtag_is_heard(desk: Desk) -> None:
    tag = f"nw{secrets.token_hex(4)}"
    source = desk.source(hashtags=[tag], mentions=False)
    begun = start(source)
    first = desk.asked(f"no signal #{tag}")
    heard(source, first, cursor=begun)
    _, cursor = drain(source, begun)
    before = (datetime.now(UTC) - timedelta(minutes=2)).isoformat(timespec="milliseconds")
    late = desk.asked(f"no signal since an hour #{tag}", scheduled_at=before)
    assert late < first
    heard(source, late, cursor=cursor)


def test_a_search_brings_what_our_query_matches(desk: Desk) -> None:
    word = f"nw{secrets.token_hex(4)}"
    ours = str(desk.server.say(desk.us, f"{word} down is known to us")["id"])
    theirs = desk.asked(f"{word} down too", in_reply_to_id=ours)
    other = desk.asked(f"{word} up again", in_reply_to_id=ours)
    found = heard(desk.source(searches=[f"{word} down"], mentions=False), theirs, ours)
    assert other not in found or found[other].eligible is not Eligibility.NONE
    assert found[ours].own


def test_what_was_deleted_is_gone_and_nothing_else(desk: Desk) -> None:
    gone, stays, edited, few = desk.asked(), desk.asked(), desk.asked(), desk.asked(visibility="private")
    found = heard(desk.source(), gone, stays, edited, few)
    desk.server.remove(desk.customer, gone)
    desk.server.edit(desk.customer, edited, "nothing")
    source = desk.source()
    until(lambda: source.gone([gone]), "the deleted post is still there")
    assert source.gone(list(found)) == {gone}
    assert gone not in {mention.external_id for mention in drain(source)[0]}


def test_when_nobody_may_ask_nothing_is_gone(desk: Desk) -> None:
    asked = desk.asked()
    with pytest.raises(ConfigError):
        desk.source(token="no-such-token").gone([asked])
    desk.server.revoke(desk.us)
    with pytest.raises(ConfigError):
        desk.source().gone([asked])


def test_a_token_that_was_taken_away_is_for_the_operator(desk: Desk) -> None:
    source = desk.source()
    drain(source)
    desk.server.revoke(desk.us)
    with pytest.raises(ConfigError, match=r"^Mastodon refused the log-in \(401.*not revoked\.$") as caught:
        drain(source)
    assert "\n" not in str(caught.value)
    assert desk.us.token not in str(caught.value)


def test_a_token_that_may_not_read_is_for_the_operator(desk: Desk) -> None:
    token = desk.server.token(desk.us.mail, desk.us.password, "write")
    with pytest.raises(ConfigError, match="Check the rights"):
        drain(desk.source(token=token))


def test_used_up_requests_are_waited_for(desk: Desk) -> None:
    source = desk.source()
    if source.check().endswith("? requests left"):
        pytest.skip("this server keeps no limits: start it with advanced-rate-limit-requests")
    desk.server.comes_from = "192.0.2.7" + secrets.choice("0123456789")
    _spend(desk.server)
    with pytest.raises(Transient, match="slow down") as caught:
        drain(source)
    assert 0 < (caught.value.retry_after or 0) <= 300
    with pytest.raises(Transient):
        source.gone(["1"])


def _spend(server: RealMastodon) -> None:
    """Uses up what one address may ask in five minutes."""
    answer: Any = None
    while answer is None or answer.status_code != 429:
        answer = requests.get(f"{server.url}/api/v1/custom_emojis", timeout=60, headers={"connection": "close"})
        assert "x-ratelimit-remaining" in answer.headers


def test_check_names_the_account(desk: Desk) -> None:
    assert desk.source().check().startswith(f"account {desk.us.id} on 127.0.0.1:")
