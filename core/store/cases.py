"""Cases: everything one author says about one problem, and what we answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base


class CaseRow(Base):
    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_author", "brand", "platform", "author", "last_at"),
        Index(
            "ix_cases_snoozed",
            "snoozed_until",
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    platform: Mapped[str]
    author: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    stage: Mapped[str | None]
    persona: Mapped[str | None]
    contacts: Mapped[int] = mapped_column(default=0)  # how often the customer wrote
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    opted_out_at: Mapped[datetime | None]  # asked us to stop
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    snoozed_until: Mapped[datetime | None]  # put off by a person; see core.store.desk
    snoozed_by: Mapped[str] = mapped_column(default="", server_default="")
    escalated_at: Mapped[datetime | None]  # handed up to a lead
    escalated_by: Mapped[str] = mapped_column(default="", server_default="")
    escalation: Mapped[str] = mapped_column(default="", server_default="")  # why
    merged_into: Mapped[int | None]  # a case's id, while it is part of that one; see core.store.case_merges


_KEEPING = 0x6B656570  # names our lock among those of this PostgreSQL database


def keep_alone(db: Session, brand: str) -> None:
    """Until this transaction ends nobody else keeps posts of this brand.

    Else a post that two sources bring at once would lose what the second knows of it, a new author would get two
    cases, and two pages with the same authors in another order would wait for each other. On SQLite a transaction
    that writes is alone anyway.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_KEEPING, func.hashtext(brand))))


def latest_of(db: Session, *, brand: str, platform: str, author: str) -> CaseRow | None:
    """The newest case of an author, or what it is part of now; held until the transaction ends."""
    found = db.scalar(
        select(CaseRow)
        .where(CaseRow.brand == brand, CaseRow.platform == platform, CaseRow.author == author)
        .order_by(CaseRow.last_at.desc(), CaseRow.id.desc())
        .limit(1)
        .with_for_update()
    )
    return whole(db, found) if found is not None else None


def whole(db: Session, case: CaseRow) -> CaseRow:
    """The case that this one is part of now, held until the transaction ends; itself while it stands for itself."""
    while case.merged_into is not None:
        case = db.get_one(CaseRow, case.merged_into, with_for_update=True)
    return case


def of_author(db: Session, *, brand: str, platform: str, author: str) -> Sequence[CaseRow]:
    """Every case of an author, also those that are part of another, oldest first."""
    mine = (CaseRow.brand == brand, CaseRow.platform == platform, CaseRow.author == author)
    return db.scalars(select(CaseRow).where(*mine).order_by(CaseRow.id)).all()


def of_incident(db: Session, incident_id: int) -> Sequence[CaseRow]:
    return db.scalars(select(CaseRow).where(CaseRow.incident_id == incident_id).order_by(CaseRow.id)).all()
