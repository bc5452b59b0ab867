"""What approvers made of drafts: the words as written and as approved, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.store.deliveries import ApprovalRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from core.store.users import UserRow

_MAY_LEAD = ("lead", "admin")


@dataclass(frozen=True, slots=True)
class Approved:
    """One edited reply with the text that was last approved, and who edited it."""

    draft: DraftRow
    text: str
    editor: str
    is_lead: bool


def approved(db: Session, brand: str, *, since: datetime, limit: int = 2000) -> Sequence[Approved]:
    """The newest replies of a brand that a person edited, and that were approved since a moment and not taken back."""
    newest = select(func.max(ApprovalRow.id)).where(ApprovalRow.revoked_at.is_(None)).group_by(ApprovalRow.draft_id)
    rows = db.execute(
        select(DraftRow, ApprovalRow.text, UserRow.name, UserRow.role)
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .join(UserRow, UserRow.id == DraftRow.edited_by)
        .where(
            ApprovalRow.id.in_(newest),
            ApprovalRow.approved_at >= since,
            MentionRow.brand == brand,
            DraftRow.written != "",
            DraftRow.written != ApprovalRow.text,
        )
        .order_by(ApprovalRow.id.desc())
        .limit(limit)
    )
    return [Approved(row[0], row[1], row[2], row[3] in _MAY_LEAD) for row in rows]
