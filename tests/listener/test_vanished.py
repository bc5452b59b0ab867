"""What was deleted on its platform is erased here: in time, never for an answer that failed, never beyond the money."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.domain import Gone, Mention, Target
from core.domain import Platform as PlatformName
from core.errors import Transient
from core.store import Store, cursors, lookups
from core.store.deliveries import DeliveryRow
from core.store.mentions import MentionRow
from core.store.waiting import WaitingRow
from listener.intake import keep_all
from listener.vanished import CALLS, look_for_gone
from responder.sending import send_due
from tests.core.test_erasing import furnish, traces
from tests.factories import BRAND, Clock, Database
from tests.responder.publishing import FAKES, Bench
from tests.responder.test_sending import approved


class Platform:
    """A source that knows which posts were deleted. ``asked``: every call's ids. ``fails``: the numbers of calls."""

    name, at_once = "test", 10

    def __init__(self, *gone: str, fails: Sequence[int] = (), most_a_day: int | None = None) -> None:
        self.lost, self.fails, self.most_a_day = frozenset(gone), fails, most_a_day
        self.asked: list[list[str]] = []

    def gone(self, ids: Sequence[str]) -> frozenset[str]:
        self.asked.append(list(ids))
        if len(self.asked) in self.fails:
            raise Transient("the platform has trouble (503). Trying again.", retry_after=90)
        return frozenset(ids) & self.lost


def run(platform: Platform, store: Store, clock: Clock) -> Counter[str]:
    return look_for_gone(platform, store=store, clock=clock, days=30)


def posted(database: Database, *numbers: int, hours: float = 21, **values: object) -> list[int]:
    """Posts last seen so many hours ago."""
    at = {"looked_at": database.clock() - timedelta(hours=hours)} | values
    return [
        database.mention(f"@northwind {each}", external_id=str(each), author=f"author{each}", **at) for each in numbers
    ]


def gone(store: Store, *numbers: int) -> list[str]:
    with store.read() as db:
        return [db.get_one(MentionRow, each).gone for each in numbers]


def test_a_post_that_is_gone_is_erased_and_its_approved_reply_refused(any_database: Database, clock: Clock) -> None:
    store, lost, (other,) = any_database.store, furnish(any_database, status="approved"), posted(any_database, 5)
    assert run(Platform("777"), store, clock) == Counter(asked=2, gone=1)
    assert gone(store, lost, other) == [Gone.DELETED, ""]
    assert traces(store) == []
    clock.forward(hours=1)
    assert send_due(store, {}, clock=clock).total() == 0
    with store.read() as db:
        assert db.scalar(select(DeliveryRow.status)) == "refused"


def test_the_draft_of_a_post_that_is_gone_leaves_the_queue(any_database: Database, clock: Clock) -> None:
    any_database.draft(posted(any_database, 1)[0])
    run(Platform("1"), any_database.store, clock)
    with any_database.store.read() as db:
        assert db.scalar(select(func.count()).select_from(WaitingRow)) == 0


def test_a_post_that_is_being_answered_is_asked_about_again_soon(any_database: Database, clock: Clock) -> None:
    store, lost, platform = any_database.store, furnish(any_database, status="sending"), Platform("777")
    assert run(platform, store, clock) == Counter(asked=1, busy=1)
    assert platform.asked == [["777"]]  # once: no call is spent on it until its outcome can be known
    with store.begin() as db:
        db.scalars(select(DeliveryRow)).one().status = "sent"
    clock.forward(minutes=20)
    assert run(platform, store, clock)["gone"] == 1
    assert gone(store, lost) == [Gone.DELETED]


def test_every_post_is_asked_about_once_a_day_while_it_is_young(any_database: Database, clock: Clock) -> None:
    old, begun = timedelta(days=31), clock()
    posted(any_database, 1, hours=0)
    posted(any_database, 2, created_at=begun - old)
    platform, asked = Platform(), []
    for _ in range(48 * 6):
        if run(platform, any_database.store, clock)["asked"]:
            asked.append(round((clock() - begun) / timedelta(hours=1)))
        clock.forward(minutes=10)
    assert platform.asked == [["1"], ["1"]]
    assert asked == [20, 40]


def test_a_post_whose_reply_waits_is_asked_about_every_four_hours(any_database: Database, clock: Clock) -> None:
    any_database.draft(posted(any_database, 1, hours=0)[0])
    posted(any_database, 2, hours=0)
    platform, begun, asked = Platform(), clock(), []
    for _ in range(10 * 6):
        if run(platform, any_database.store, clock)["asked"]:
            asked.append(round((clock() - begun) / timedelta(hours=1)))
        clock.forward(minutes=10)
    assert platform.asked == [["1"], ["1"]]
    assert asked == [4, 8]


def test_what_waits_to_be_sent_comes_first_then_the_newest(any_database: Database, clock: Clock) -> None:
    for number in range(12):
        posted(any_database, number, created_at=clock() - timedelta(days=12 - number))
    waiting, approved = posted(any_database, 50, 51, created_at=clock() - timedelta(days=20))
    any_database.draft(waiting)
    any_database.draft(approved, status="approved")
    platform = Platform()
    assert run(platform, any_database.store, clock)["asked"] == 14
    assert platform.asked == [["51", "50", *(str(number) for number in range(11, 3, -1))], ["3", "2", "1", "0"]]


def test_one_run_makes_only_so_many_calls(database: Database, clock: Clock) -> None:
    posted(database, *range(Platform.at_once * CALLS + 5))
    assert [run(Platform(), database.store, clock)["asked"] for _ in range(2)] == [Platform.at_once * CALLS, 5]


def about_to_be_answered(database: Database, post: Target) -> int:
    """A post that was seen a moment ago, with an approved reply that is due. Returns its id."""
    where = {"platform": post.platform, "external_id": post.external_id}
    made = database.mention(**where, author=post.author, looked_at=database.clock())
    approved(database, mention_id=made)
    return made


@pytest.mark.parametrize("said", [True, False], ids=["gone", "there"])
@pytest.mark.parametrize("name", FAKES)
def test_the_source_is_asked_at_once_about_what_the_sender_did_not_find(
    any_database: Database, clock: Clock, tmp_path: Path, name: str, said: bool
) -> None:
    with FAKES[name]() as server:
        bench = Bench(name, server, tmp_path)
        post = bench.target(deleted=True)
        made, other = about_to_be_answered(any_database, post), posted(any_database, 5, hours=1)[0]
        platform, store = Platform(*[post.external_id] * said), any_database.store
        assert run(platform, store, clock)["asked"] == 0
        assert send_due(store, {"platform": bench.publisher}, clock=clock) == Counter(refused=1)
        assert bench.sent() == []
    clock.forward(minutes=10)
    assert run(platform, store, clock) == Counter(asked=1, gone=int(said))
    assert gone(store, made, other) == [Gone.DELETED if said else "", ""]
    assert run(platform, store, clock)["asked"] == 0, "whatever it said, that holds as any answer does"


def test_it_is_asked_about_before_the_others_and_with_the_money_kept_for_such(
    any_database: Database, clock: Clock
) -> None:
    posted(any_database, *range(20))
    lost = posted(any_database, 77, created_at=clock() - timedelta(days=9), hours=1)[0]
    platform = Platform("77", most_a_day=12)
    with any_database.store.begin() as db:
        lookups.missed(db, "x", "77")
    assert run(platform, any_database.store, clock)["asked"] == 9
    assert platform.asked[0][0] == "77"
    assert gone(any_database.store, lost) == [Gone.DELETED]
    posted(any_database, 78, created_at=clock() - timedelta(days=9), hours=1)
    with any_database.store.begin() as db:
        lookups.missed(db, "x", "78")
    run(platform, any_database.store, clock)
    assert platform.asked[-1] == ["78"]


def test_posts_of_another_source_are_not_this_ones_to_tell_of(database: Database, clock: Clock) -> None:
    (number,) = posted(database, 1, source="import")
    assert run(Platform("1"), database.store, clock) == Counter()
    assert gone(database.store, number) == [""]


def test_a_call_that_fails_erases_nothing_and_is_waited_for(any_database: Database, clock: Clock) -> None:
    store, numbers = any_database.store, posted(any_database, *range(20))
    platform = Platform("15", "0", fails=[2])
    with pytest.raises(Transient):
        run(platform, store, clock)
    assert gone(store, numbers[15], numbers[0]) == [Gone.DELETED, ""]  # what was told before it failed stays told
    with store.begin() as db:
        assert "503" in lookups.of(db, "test").problem
    clock.forward(seconds=80)
    assert run(platform, store, clock) == Counter()
    clock.forward(seconds=20)
    assert run(platform, store, clock) == Counter(asked=10, gone=1)
    with store.begin() as db:
        assert (lookups.of(db, "test").problem, lookups.of(db, "test").failures) == ("", 0)


def test_a_source_that_asked_to_be_left_alone_while_polling_is_not_asked(database: Database, clock: Clock) -> None:
    posted(database, 1)
    with database.store.begin() as db:
        cursors.of(db, "test").not_before = clock() + timedelta(minutes=1)
    assert run(Platform("1"), database.store, clock) == Counter()


def test_money_is_kept_for_what_waits_to_be_sent_and_never_overspent(
    any_database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store, platform = any_database.store, Platform(most_a_day=20)
    posted(any_database, *range(30), hours=30)
    assert [run(platform, store, clock)["asked"] for _ in range(2)] == [16, 0]  # a fifth is left
    for number in posted(any_database, *range(100, 106)):
        any_database.draft(number)
    assert [run(platform, store, clock)["asked"] for _ in range(2)] == [4, 0]
    assert all(int(number) >= 100 for number in platform.asked[-1])
    said = [record.problem for record in caplog.records if record.levelno == logging.WARNING]  # type: ignore[attr-defined]
    assert ["only posts whose reply was not sent yet" in said[0], "none is asked about" in said[1]] == [
        True,
        True,
    ]
    assert len(said) == 2  # each is said once
    with store.begin() as db:
        assert lookups.of(db, "test").problem == said[1]
    clock.forward(hours=10)  # it is another day
    assert run(platform, store, clock)["asked"] == 16


def test_without_money_nothing_is_asked(database: Database, clock: Clock) -> None:
    posted(database, 1)
    platform = Platform("1", most_a_day=0)
    run(platform, database.store, clock)
    assert platform.asked == []


def test_a_post_that_is_gone_is_not_taken_in_again(database: Database, clock: Clock) -> None:
    (number,) = posted(database, 1)
    run(Platform("1"), database.store, clock)
    again = Mention(platform=PlatformName.X, external_id="1", author="author1", text="@northwind 1", created_at=clock())
    with database.store.begin() as db:
        kept = keep_all(db, [again], brand=BRAND, handles=(), source="test", wanted=lambda _mention: True, now=clock())
        row = db.get_one(MentionRow, number)
    assert kept == Counter(known=1)
    assert (row.status, row.text, row.author) == ("gone", "", "")
