"""What the review of an incident asks of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain import DeliveryStatus
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.promises import PromiseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A mention of one of the incident's customers, with what the review needs of its reading."""

    id: int
    case_id: int
    at: datetime
    followers: int | None
    eligible: bool
    sentiment: str
    outage: bool
    outage_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply of ours that went out."""

    case_id: int
    mention_id: int
    at: datetime
    text: str
    language: str
    stage: str


def posts(db: Session, incident_id: int, since: datetime) -> list[Post]:
    """What the incident's customers wrote since a moment, oldest first; what is not about us is left out."""
    rows = db.execute(
        select(
            MentionRow.id,
            MentionRow.case_id,
            MentionRow.created_at,
            MentionRow.followers,
            MentionRow.eligible,
            ReadingRow.sentiment,
            ReadingRow.outage,
            ReadingRow.outage_score,
        )
        .join(CaseRow, CaseRow.id == MentionRow.case_id)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(CaseRow.incident_id == incident_id, MentionRow.relevant, MentionRow.created_at >= since)
        .order_by(MentionRow.created_at, MentionRow.id)
    )
    return [
        Post(
            id=row.id,
            case_id=row.case_id,
            at=row.created_at,
            followers=row.followers,
            eligible=row.eligible != "none",
            sentiment=row.sentiment,
            outage=row.outage,
            outage_score=row.outage_score,
        )
        for row in rows
    ]


def replies(db: Session, incident_id: int, since: datetime) -> list[Reply]:
    """What we answered the incident's customers since a moment, oldest first."""
    rows = db.execute(
        select(
            MentionRow.case_id,
            MentionRow.id,
            DeliveryRow.ended_at,
            DeliveryRow.text,
            DraftRow.language,
            DraftRow.stage,
        )
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .join(CaseRow, CaseRow.id == MentionRow.case_id)
        .where(
            CaseRow.incident_id == incident_id,
            DeliveryRow.status == DeliveryStatus.SENT.value,
            DeliveryRow.ended_at >= since,
        )
        .order_by(DeliveryRow.ended_at, DeliveryRow.id)
    )
    return [
        Reply(case_id=row[0], mention_id=row[1], at=row[2], text=row[3], language=row[4], stage=row[5])
        for row in rows
        if row[0] is not None and row[2] is not None
    ]


def promises_of(db: Session, incident_id: int) -> Sequence[PromiseRow]:
    """Every promise of the incident, in the order they fell due."""
    rows = select(PromiseRow).where(PromiseRow.incident_id == incident_id)
    return db.scalars(rows.order_by(PromiseRow.due_at, PromiseRow.id)).all()
