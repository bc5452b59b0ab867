"""What Bluesky's listings alone do: places in the paging that are kept between passes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import Transient
from listener.sources.bluesky import BlueskySource
from listener.sources.bluesky_posts import when
from tests.contracts.test_sources import Bench, drain, ids
from tests.fakes.bluesky import FakeBluesky

LISTING = "listNotifications"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with FakeBluesky() as server:
        yield Bench("bluesky", server, tmp_path)


def cut_off(bench: Bench) -> dict[str, Any]:
    """The cursor of a pass that ended after its first page, and the place in it that the server gave."""
    source = bench.source()
    assert isinstance(source, BlueskySource)
    first = next(iter(source.fetch(None)))
    assert first.cursor["lanes"]["notifications"]["token"]  # type: ignore[index]
    return first.cursor


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z"])
def test_a_time_that_no_calendar_holds_is_passed_over(said: str) -> None:
    arrived = "2026-11-20T13:05:00+00:00"
    assert when({"record": {"createdAt": said}, "indexedAt": arrived}).isoformat() == arrived


def test_a_kept_place_that_the_server_does_not_know_any_more_loses_nothing(bench: Bench) -> None:
    said = {bench.say("it is down", tagged=True) for _ in range(130)}
    cursor = cut_off(bench)
    cursor["lanes"]["notifications"]["token"] = "of another version"
    found, after = drain(bench.source(), cursor)
    assert said <= ids(found)
    assert "until" in after["lanes"]["notifications"]  # type: ignore[index]


def test_a_server_that_asks_for_patience_is_not_asked_again_for_a_kept_place(bench: Bench) -> None:
    for _ in range(130):
        bench.say("it is down", tagged=True)
    cursor = cut_off(bench)
    bench.server.requests.clear()
    bench.server.fail("status", status=429, path=LISTING, times=9)
    with pytest.raises(Transient, match="slow down"):
        drain(bench.source(), cursor)
    assert len(bench.server.calls("GET", LISTING)) == 1
