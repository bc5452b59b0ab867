"""A reply that went out, made through the rows."""

from datetime import datetime, timedelta

from core.domain import DeliveryStatus, sha256
from core.store import deliveries
from core.store.deliveries import ApprovalRow
from core.store.drafts import DraftRow
from tests.factories import Database

STEPS = ((DeliveryStatus.APPROVED, DeliveryStatus.SENDING), (DeliveryStatus.SENDING, DeliveryStatus.SENT))


def send(
    database: Database, draft_id: int, *, at: datetime | None = None, approver: int | None = None, sent: bool = True,
    problem: str = "",
) -> int:  # fmt: skip
    """Approves a draft and notes it as sent at a moment (now); returns the delivery's id. Else it waits."""
    at = at or database.clock()
    approver = approver or database.user(f"Approver {draft_id}")
    with database.store.begin() as db:
        draft = db.get_one(DraftRow, draft_id)
        draft.status = "done" if sent else "approved"
        target = draft.mention
        approval = ApprovalRow(
            draft_id=draft_id, draft_version=1, text=draft.text, sha256=sha256(draft.text), platform=target.platform,
            target_id=target.external_id, account="northwind", publisher="console", sheet_version=0,
            approver_id=approver, approved_at=at, release_at=at, expires_at=at + timedelta(hours=1),
        )  # fmt: skip
        db.add(approval)
        db.flush()
        row = deliveries.open_delivery(db, approval, key=f"key-{approval.id}")
        row.problem = problem
        db.flush()
        for expect, to in STEPS if sent else ():
            assert deliveries.move(db, row.id, expect=expect, to=to, started_at=at, ended_at=at)
        return row.id
