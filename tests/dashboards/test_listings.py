"""What the pages list and count, on both databases."""

from datetime import timedelta

import pytest

from core.store import audit, listening, listings, open_store, trends
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.listings import Figures
from tests.factories import BRAND, Clock, Database


@pytest.fixture(params=["store_url", "postgres_store_url"])
def rows(request: pytest.FixtureRequest) -> Database:
    return Database(open_store(request.getfixturevalue(request.param)), Clock())


def test_counts_across_nouns(rows: Database) -> None:
    now = rows.clock()
    made, other = rows.incident(), rows.incident(title="Other", status="closed", closed_at=now, resolved_at=now)
    case = rows.case("kim", incident_id=made)
    rows.mention(case_id=case, author="kim")
    waiting = rows.draft(rows.mention(case_id=case, author="kim"), incident_id=made)
    user = rows.user()
    bound = {"text": "Sorry.", "sha256": "0" * 64, "platform": "x", "target_id": "7", "account": "northwind"}
    with rows.store.begin() as db:
        approval = ApprovalRow(
            **bound, draft_id=waiting, draft_version=1, publisher="console", sheet_version=0, approver_id=user,
            approved_at=now, release_at=now, expires_at=now + timedelta(hours=1),
        )  # fmt: skip
        db.add(approval)
        db.flush()
        delivery = DeliveryRow(**bound, approval_id=approval.id, key="k", status="approved", not_before=now)
        db.add(delivery)
        db.flush()
        for status in ("sending", "sent"):
            delivery.status, delivery.ended_at = status, now
            db.flush()
        for number in range(3):
            audit.record(db, actor="Ana", action=f"draft.{number % 2}", subject="draft:1", now=now)
    with rows.store.read() as db:
        assert listings.figures(db, [made, other]) == {
            made: Figures(customers=1, mentions=2, waiting=1, sent=1),
            other: Figures(),
        }
        posted = listings.posted(db, now - timedelta(hours=1))["console"]
        assert (posted.last_sent, posted.sent_today, posted.unknown) == (now, 1, 0)
        assert listings.audit_actions(db) == ["draft.0", "draft.1"]
        assert [row.id for row in audit.page(db, audit.Wanted(action="draft.0"), before=3)] == [1]
        found = trends.incidents_between(db, BRAND, now - timedelta(minutes=30), now)
        assert {row.title for row in found} == {"Mobile data outage", "Other"}
        assert trends.incidents_between(db, BRAND, now - timedelta(days=2), now - timedelta(days=1)) == []
    rows.store.close()


@pytest.mark.parametrize("step", [1, 2, 3, 2000])
def test_what_the_day_brought_is_counted_from_the_newest_back(rows: Database, step: int) -> None:
    now = rows.clock()
    with rows.store.read() as db:
        assert listening.kept_since(db, BRAND, now, step=step) == {}
        assert listening.newest_model(db) is None
    rows.mention(fetched_at=now - timedelta(hours=5))
    rows.mention(fetched_at=now - timedelta(hours=1))
    rows.mention(fetched_at=now, brand="Somebody else")
    rows.mention(fetched_at=now, source="import")
    rows.mention(fetched_at=now, reading={"model": "bundled@newer"})
    with rows.store.read() as db:
        assert listening.kept_since(db, BRAND, now - timedelta(hours=2), step=step) == {"test": 2, "import": 1}
        assert listening.newest_model(db) == ("bundled@newer", now)
    rows.store.close()
