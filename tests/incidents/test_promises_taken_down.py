"""What a reply promised counts no more once nothing of that reply is to be seen; on both databases."""

from sqlalchemy import select

from core.store import promises
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from core.store.mentions import MentionRow
from core.store.promises import PromiseWordRow
from incidents import promises as ledger
from responder.approval import Actor
from responder.looking_back import take_down
from responder.sending import send_due
from tests.factories import BRAND as NAME
from tests.factories import Database
from tests.incidents.test_promises import answer, collect, opened, rows, watch
from tests.responder.memory_platform import Fault, Platform
from tests.responder.test_looking_back import Showing


def take_back(database: Database, platform: Showing, case: int) -> None:
    """A person takes down the reply that went out to the customer of a case."""
    with database.store.read() as db:
        wanted = select(DeliveryRow.id).join(ApprovalRow).join(DraftRow).join(MentionRow)
        [delivery] = db.scalars(wanted.where(MentionRow.case_id == case))
    take_down(
        database.store, {"console": platform}, delivery_id=delivery, reason="wrong time", clock=database.clock,
        actor=Actor(1, "Ana", "approver"),
    )  # fmt: skip


def test_what_was_taken_down_binds_us_no_more_and_stays_on_record(any_database: Database) -> None:
    platform = Showing(any_database.clock)
    case = answer(any_database, None, "We'll call you tomorrow at 10:00.", platform=platform)
    collect(any_database)
    take_back(any_database, platform, case)
    any_database.clock.forward(days=1)
    assert watch(any_database) == {"withdrawn": 1}
    [row] = rows(any_database)
    assert (row.status, row.reason) == ("withdrawn", "no reply that made it stands any more")
    assert len(rows(any_database, PromiseWordRow)) == 1, "what was said, and when, is kept"
    assert ledger.overdue(any_database.store, brand=NAME, now=any_database.clock()) == []


def test_a_promise_that_stands_elsewhere_is_kept_to_those_who_still_have_it(any_database: Database) -> None:
    incident, platform = opened(any_database, minutes=None), Showing(any_database.clock)
    said = "The credit will be on your next bill."
    first = answer(any_database, incident, said, platform=platform)
    other = answer(any_database, incident, said, author="kim", platform=platform)
    collect(any_database)
    take_back(any_database, platform, first)
    assert watch(any_database) == {}
    [promise] = rows(any_database)
    with any_database.store.read() as db:
        assert promises.reach(db, [promise.id])[promise.id] == promises.Reach(customers=1, published=False)
    ledger.settle(
        any_database.store, brand=NAME, promise_id=promise.id, kept=True, reason="", actor="Bo",
        clock=any_database.clock,
    )  # fmt: skip
    assert [owed.case_id for owed in rows(any_database, FollowUpRow)] == [other]


def test_what_a_fact_promises_too_stays_open_without_the_reply(any_database: Database) -> None:
    incident, platform = opened(any_database), Showing(any_database.clock)
    case = answer(any_database, incident, "Next update at 10:00.", platform=platform)
    collect(any_database)
    take_back(any_database, platform, case)
    assert watch(any_database) == {}
    assert [row.status for row in rows(any_database)] == ["open"]


def test_a_reply_that_is_refused_or_gone_before_anybody_looked_promised_nothing(any_database: Database) -> None:
    refusing, platform = Platform(any_database.clock, faults=[Fault.REFUSED]), Showing(any_database.clock)
    answer(any_database, None, "We'll call you tomorrow at 10:00.", platform=refusing)
    case = answer(any_database, None, "We'll call you tomorrow at 11:00.", author="kim", platform=platform)
    take_back(any_database, platform, case)
    assert collect(any_database) == 0


def test_a_refusal_takes_back_what_was_found_before(any_database: Database) -> None:
    answer(any_database, None, "We'll call you tomorrow at 10:00.", send=False)
    any_database.clock.forward(seconds=11)  # type: ignore[attr-defined]
    assert collect(any_database) == 1
    refusing = Platform(any_database.clock, faults=[Fault.REFUSED])
    assert send_due(any_database.store, {"console": refusing}, clock=any_database.clock) == {"refused": 1}
    assert watch(any_database) == {"withdrawn": 1}
