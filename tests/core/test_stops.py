"""Who told us to stop is never answered, also after their name was erased; a lead alone lifts that."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.domain import Eligibility, Gone, Mention, Platform
from core.store import erasing, stops
from core.store.cases import CaseRow
from core.store.mentions import MentionRow
from core.store.stops import StopRow
from listener.intake import keep_all
from responder import by_hand
from responder.approval import Actor
from responder.freshness import may_answer
from tests.factories import BRAND, Clock, Database, seal

HANDLE = "Quixotl"


@pytest.fixture
def erased(any_database: Database, clock: Clock, tmp_path: Path) -> Database:
    """Two authors whose posts were erased; one of them had told us to stop."""
    seal(any_database.store, tmp_path, clock)
    stopped = any_database.mention(author=HANDLE, case_id=any_database.case(HANDLE, opted_out_at=clock()))
    other = any_database.mention(author="kim")
    with any_database.store.begin() as db:
        erasing.erase(db, [stopped, other], why=Gone.ERASED, now=clock())
    return any_database


def writes(database: Database, author: str, platform: Platform = Platform.X) -> MentionRow:
    """A new post of theirs, taken in as every poll does."""
    database.count += 1
    post = Mention(
        platform=platform, external_id=f"new-{database.count}", author=author, author_id="", author_name=author,
        text="@northwind no data again", url="", created_at=database.clock() + timedelta(days=40),
        eligible=Eligibility.TAGGED,
    )  # fmt: skip
    with database.store.begin() as db:
        kept = keep_all(db, [post], brand=BRAND, handles=(), source="test", wanted=lambda _: True, now=database.clock())
        assert kept == {"new": 1}
    with database.store.read() as db:
        return db.query(MentionRow).filter_by(external_id=post.external_id).one()


def answerable(database: Database, post: MentionRow) -> bool:
    with database.store.read() as db:
        return may_answer(db, post)[0]


def test_who_said_stop_and_was_erased_is_still_not_answered(erased: Database) -> None:
    assert not answerable(erased, writes(erased, HANDLE))
    assert not answerable(erased, writes(erased, HANDLE.upper())), "handles have no capital letters"
    assert answerable(erased, writes(erased, "kim"))
    assert answerable(erased, writes(erased, "quixot"))
    assert answerable(erased, writes(erased, HANDLE, Platform.MASTODON)), "somebody else, for all we know"


def test_what_is_kept_does_not_hold_the_name(erased: Database) -> None:
    with erased.store.read() as db:
        (row,) = db.query(StopRow).all()
        assert db.query(CaseRow).filter(CaseRow.author != "").count() == 0
    assert len(row.hash) == 64
    assert HANDLE.lower() not in row.hash


def test_with_another_key_nobody_can_try_names(erased: Database, clock: Clock, tmp_path: Path) -> None:
    from core.store.audit import seal_from_now
    from core.store.sealing import Sealer

    seal_from_now(erased.store, Sealer(b"somebody else's key", tmp_path / "other"), clock)
    with erased.store.read() as db:
        assert stops.said(db, brand=BRAND, platform="x", author=HANDLE) is None


def test_a_lead_lifts_it_for_good(erased: Database, clock: Clock) -> None:
    post = writes(erased, HANDLE)
    by_hand.resume(
        erased.store, mention_id=post.id, reason="they called", actor=Actor(erased.user("Lena"), "Lena", "lead"),
        clock=clock,
    )  # fmt: skip
    assert answerable(erased, post)
    with erased.store.begin() as db:
        erasing.erase(db, [post.id], why=Gone.ERASED, now=clock())
    assert answerable(erased, writes(erased, HANDLE))
