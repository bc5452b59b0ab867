"""Incidents that became one, with what moved: enough to take a merge back. And moving cases between incidents."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import DraftStatus
from core.store.base import Base
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from core.store.mentions import MentionRow
from core.store.promises import PromiseRow

CHUNK = 500  # ids named in one statement
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
OLD = 0  # a sheet version no sheet has: whatever rests on it is drawn again
_UNSENT = (DraftStatus.WAITING.value, DraftStatus.APPROVED.value)


class MergeRow(Base):
    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    status: Mapped[str]  # of the one that went in, before
    cases: Mapped[list[Any]]  # ids that moved
    drafts: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]  # facts that were taken over → the version they made
    parts: Mapped[
        dict[str, Any]
    ]  # components, regions and links that it added; ids of promises and follow-ups that moved
    undone_at: Mapped[datetime | None]


def standing(db: Session, from_id: int) -> MergeRow | None:
    """The merge by which an incident is part of another now."""
    rows = select(MergeRow).where(MergeRow.from_id == from_id, MergeRow.undone_at.is_(None))
    return db.scalar(rows.order_by(MergeRow.id.desc()).limit(1))


def cases_of(db: Session, incident_id: int) -> list[int]:
    return list(db.scalars(select(CaseRow.id).where(CaseRow.incident_id == incident_id).order_by(CaseRow.id)))


def drafts_of(db: Session, incident_id: int) -> list[int]:
    return list(db.scalars(select(DraftRow.id).where(DraftRow.incident_id == incident_id).order_by(DraftRow.id)))


def drafts_of_cases(db: Session, cases: Sequence[int], incident_id: int) -> list[int]:
    """The drafts for an incident that answer posts of these cases."""
    found: list[int] = []
    for ids in _chunks(cases):
        rows = select(DraftRow.id).join(MentionRow, MentionRow.id == DraftRow.mention_id)
        found += db.scalars(rows.where(MentionRow.case_id.in_(ids), DraftRow.incident_id == incident_id))
    return found


def cases_speaking_of(db: Session, incident_id: int, words: Sequence[str]) -> list[int]:
    """The cases of an incident in which some post holds one of these words, whatever their case."""
    # SQLite lowers ASCII letters only: an accented one is looked for in each case.
    forms = {form for word in words for form in (word.lower(), word.translate(_LOWER), word.upper().translate(_LOWER))}
    said: list[ColumnElement[bool]] = [
        func.lower(MentionRow.text).contains(form, autoescape=True) for form in sorted(forms)
    ]
    rows = select(CaseRow.id).join(MentionRow, MentionRow.case_id == CaseRow.id)
    return list(db.scalars(rows.where(CaseRow.incident_id == incident_id, or_(*said)).distinct().order_by(CaseRow.id)))


def move_cases(db: Session, cases: Sequence[int], to: int) -> None:
    for ids in _chunks(cases):
        db.execute(update(CaseRow).where(CaseRow.id.in_(ids)).values(incident_id=to), execution_options=_PLAIN)


def move_drafts(db: Session, drafts: Sequence[int], to: int) -> None:
    """Ties drafts to another incident; those not sent yet then rest on no version of its sheet and are drawn again."""
    for ids in _chunks(drafts):
        mine = update(DraftRow).where(DraftRow.id.in_(ids))
        db.execute(mine.values(incident_id=to), execution_options=_PLAIN)
        db.execute(mine.where(DraftRow.status.in_(_UNSENT)).values(sheet_version=OLD), execution_options=_PLAIN)


def promises_of(db: Session, incident_id: int) -> list[int]:
    return list(db.scalars(select(PromiseRow.id).where(PromiseRow.incident_id == incident_id).order_by(PromiseRow.id)))


def move_promises(db: Session, promises: Sequence[int], *, source: int, to: int) -> None:
    """What was promised goes with the incident that must keep it; only what is still tied to ``source`` moves."""
    for ids in _chunks(promises):
        mine = update(PromiseRow).where(PromiseRow.id.in_(ids), PromiseRow.incident_id == source)
        db.execute(mine.values(incident_id=to), execution_options=_PLAIN)


def promises_to_cases(db: Session, cases: Sequence[int], incident_id: int) -> list[int]:
    """The promises of an incident that were made to one of these customers alone."""
    found: list[int] = []
    for ids in _chunks(cases):
        rows = select(PromiseRow.id).where(PromiseRow.case_id.in_(ids), PromiseRow.incident_id == incident_id)
        found += db.scalars(rows)
    return found


def follow_ups_of(db: Session, incident_id: int) -> list[int]:
    rows = select(FollowUpRow.id).where(FollowUpRow.incident_id == incident_id)
    return list(db.scalars(rows.order_by(FollowUpRow.id)))


def follow_ups_to_cases(db: Session, cases: Sequence[int], incident_id: int) -> list[int]:
    """What these customers are owed, or got, on account of an incident."""
    found: list[int] = []
    for ids in _chunks(cases):
        rows = select(FollowUpRow.id).where(FollowUpRow.case_id.in_(ids), FollowUpRow.incident_id == incident_id)
        found += db.scalars(rows)
    return found


def move_follow_ups(db: Session, follow_ups: Sequence[int], *, source: int, to: int) -> None:
    """A second word is drawn from the sheet of the incident that its customer belongs to."""
    for ids in _chunks(follow_ups):
        mine = update(FollowUpRow).where(FollowUpRow.id.in_(ids), FollowUpRow.incident_id == source)
        db.execute(mine.values(incident_id=to), execution_options=_PLAIN)


_PLAIN = {"synchronize_session": False}


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK))
