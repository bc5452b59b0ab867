"""The first of two people who must agree to a reply: bound to the exact bytes, so that any edit voids it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.domain import DeliveryStatus
from core.store.base import Base
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.users import UserRow

OUT = (
    DeliveryStatus.APPROVED.value,
    DeliveryStatus.SENDING.value,
    DeliveryStatus.SENT.value,
    DeliveryStatus.UNKNOWN.value,
)


class AgreementRow(Base):
    """Never changed, only revoked. The database asks for it before it lets a delivery in (see the migration)."""

    __tablename__ = "agreements"
    __table_args__ = (Index("ix_agreements_draft", "draft_id", "draft_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    draft_version: Mapped[int]
    sha256: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    agreed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[UserRow] = relationship(lazy="joined", viewonly=True)


def standing(db: Session, draft: DraftRow, sha256: str, now: datetime) -> AgreementRow | None:
    """Somebody's agreement to this version, byte for byte, that has not run out."""
    return db.scalar(
        select(AgreementRow)
        .where(
            AgreementRow.draft_id == draft.id,
            AgreementRow.draft_version == draft.version,
            AgreementRow.sha256 == sha256,
            AgreementRow.revoked_at.is_(None),
            AgreementRow.expires_at > now,
        )
        .order_by(AgreementRow.id)
        .limit(1)
    )


def is_first_reply(db: Session, incident_id: int) -> bool:
    """Whether no reply on this incident is out or on its way."""
    return not db.scalar(
        select(DeliveryRow.id)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .where(DraftRow.incident_id == incident_id, DeliveryRow.status.in_(OUT))
        .limit(1)
    )
