"""What Mastodon's listings do: late posts, pages that were thinned out, hashtags nobody has used; notes of old."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from core import accounts
from core.errors import Permanent
from listener.sources.mastodon import MastodonSource
from listener.sources.mastodon_walk import Walk
from tests.fakes.mastodon import FakeMastodon, token_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OVERLAP = timedelta(minutes=5)


@pytest.fixture
def server() -> Iterator[FakeMastodon]:
    with FakeMastodon() as server:
        server.calls_left = 10**6
        yield server


def source_of(server: FakeMastodon, **more: object) -> MastodonSource:
    given = {"kind": "mastodon", "base_url": server.url, "access_token": SecretStr(token_of("northwind")), **more}
    return MastodonSource(
        "mastodon",
        accounts.MastodonSource.model_validate(given),
        clock=lambda: datetime.fromtimestamp(server.now(), UTC),
    )


def drain(source: MastodonSource, cursor: dict[str, object] | None = None) -> tuple[set[str], dict[str, object]]:
    found: set[str] = set()
    for page in source.fetch(cursor):
        found |= {mention.external_id for mention in page.mentions}
        cursor = page.cursor
    return found, cursor or {}


def say(server: FakeMastodon, text: str) -> str:
    return str(server.add("ann", text)["id"])


LANES: list[tuple[str, dict[str, object]]] = [
    ("@northwind is down", {}),
    ("#northwind is down", {"hashtags": ["#northwind"], "mentions": False}),
    ("northwind is down", {"searches": ["northwind"], "mentions": False}),
]


@pytest.mark.parametrize(("text", "lane"), LANES)
def test_what_a_listing_shows_late_is_heard_for_a_while(
    server: FakeMastodon, text: str, lane: dict[str, object]
) -> None:
    source = source_of(server, **lane)
    say(server, text)
    _, cursor = drain(source)
    late, punctual = say(server, text), say(server, text)
    server.unseen.add(late)
    for minutes in (0, 1, 2):
        server.now = lambda minutes=minutes: time.time() + 60 * minutes  # type: ignore[misc]
        found, cursor = drain(source, cursor)
    assert late not in found
    server.unseen.clear()
    found, cursor = drain(source, cursor)
    assert {late, punctual} <= found
    server.now = lambda: time.time() + 900
    _, cursor = drain(source, cursor)
    found, _ = drain(source, cursor)
    assert found == set()


@pytest.mark.parametrize(("text", "lane"), LANES)
def test_a_page_that_was_thinned_out_is_not_the_end(server: FakeMastodon, text: str, lane: dict[str, object]) -> None:
    source = source_of(server, **lane)
    say(server, text)
    _, cursor = drain(source)
    server.search_page = 10
    said = [say(server, f"{text} {number}") for number in range(35 if "searches" in lane else 75)]
    hidden = said[-8:] if "searches" in lane else said[:45]
    server.unseen.update(hidden)
    found, _ = drain(source, cursor)
    assert set(said) - set(hidden) <= found


def test_a_hashtag_that_nobody_has_used_is_empty(server: FakeMastodon) -> None:
    server.knows_unused_tags = False
    source = source_of(server, hashtags=["northwind"])
    _, cursor = drain(source)
    said = say(server, "it is down #northwind")
    assert drain(source, cursor)[0] == {said}
    server.fail("status", status=404, path="/timelines/tag/", body={"no": "words"})
    with pytest.raises(Permanent):
        drain(source)


def test_a_note_of_old_is_an_id(server: FakeMastodon) -> None:
    old, new = say(server, "@northwind old"), say(server, "@northwind new")
    source = source_of(server)
    drain(source)
    (listed,) = server.calls("GET", "/api/v1/notifications")
    assert "min_id" not in listed.query
    assert drain(source, {"lanes": {"notifications": "0"}})[0] == {old, new}
    assert drain(source, {"lanes": {"notifications": 7}})[0] == {old, new}


def test_a_walk_that_was_cut_off_goes_on_where_it_stopped() -> None:
    cut = Walk("5").ended(NOW, OVERLAP).at(["7"])
    assert Walk.begin(cut.note(), now=NOW + OVERLAP, overlap=OVERLAP).known == "7"


def test_a_new_walk_begins_where_the_listing_ended_the_overlap_ago() -> None:
    walk = Walk("5").ended(NOW, OVERLAP)
    for minute in range(1, 11):
        now = NOW + timedelta(minutes=minute)
        begun = Walk.begin(walk.note(), now=now, overlap=OVERLAP)
        walk = begun.at([str(5 + minute)]).ended(now, OVERLAP)
    assert begun.known == str(5 + 10 - 5)
    assert len(walk.marks) <= 8


@pytest.mark.parametrize(
    "note", [{}, {"marks": 3}, {"marks": [["yesterday", "5"], [1], "x"]}, {"open": True}, ["5"], None]
)
def test_notes_that_cannot_be_read_are_none(note: object) -> None:
    assert Walk.begin(note, now=NOW, overlap=OVERLAP).known == ""
