"""What a team does around a case: who has it, until when it is put off, what colleagues should know about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Row, Text, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import DraftStatus
from core.store import events
from core.store.base import Base
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from core.store.users import UserRow, in_a_list

WRITES_AGAIN = datetime(9000, 1, 1, tzinfo=UTC)  # a snooze that only the customer's next post ends
MAY_HAVE = ("approver", "lead", "admin")


class NoteRow(Base):
    """Written for colleagues: nothing that leaves the house is made from this table."""

    __tablename__ = "case_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[str]  # their name as it was
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


def release_all(db: Session, owner_id: int) -> int:
    """Nobody has the cases of this account any more; returns how many it had."""
    freed = update(CaseRow).where(CaseRow.owner_id == owner_id).values(owner_id=None)
    return int(db.execute(freed.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


def locked(db: Session, case_id: int) -> CaseRow | None:
    """A case, held until the transaction ends: who decides second sees what the first one did."""
    return db.get(CaseRow, case_id, with_for_update=True)


def cases(db: Session, case_ids: Sequence[int]) -> dict[int, CaseRow]:
    """These cases by id."""
    return {case.id: case for case in db.scalars(select(CaseRow).where(CaseRow.id.in_(case_ids)))}


def waiting_ids(db: Session, case_id: int) -> list[int]:
    """The waiting drafts of a case."""
    rows = select(DraftRow.id).join(MentionRow, MentionRow.id == DraftRow.mention_id)
    mine = (MentionRow.case_id == case_id, DraftRow.status == DraftStatus.WAITING.value)
    return list(db.scalars(rows.where(*mine).order_by(DraftRow.id)))


def wrote_again(db: Session, case: CaseRow, *, now: datetime) -> None:
    """The customer wrote: whoever put the case off sees it again, and open pages hear of it."""
    if case.snoozed_until is None:
        return
    case.snoozed_until, case.snoozed_by = None, ""
    for draft_id in waiting_ids(db, case.id):
        events.tell(db, "draft", now=now, draft_id=draft_id, action="case.woke", by="the customer")


_NOTES = (
    select(NoteRow.id, NoteRow.author, NoteRow.at, NoteRow.text)
    .where(NoteRow.case_id == bindparam("case_id"))
    .order_by(NoteRow.id)
)


def notes_of(db: Session, case_id: int) -> Sequence[Row[int, str, datetime, str]]:
    """Oldest first: ``id``, ``author``, ``at`` and ``text``."""
    return db.execute(_NOTES, {"case_id": case_id}).all()


def due(db: Session, now: datetime, *, limit: int) -> Sequence[CaseRow]:
    """Cases whose snooze is over, locked; those that another process just wakes are left to it."""
    rows = select(CaseRow).where(CaseRow.snoozed_until <= now).order_by(CaseRow.snoozed_until).limit(limit)
    return db.scalars(rows.with_for_update(skip_locked=True)).all()


@dataclass(frozen=True, slots=True)
class Team:
    """``names``: everybody's by id, also of accounts that are shut; ``colleagues``: id and name of each who may be
    given a case, by name.
    """

    names: Mapping[int, str]
    colleagues: Sequence[tuple[int, str]]


_EVERYBODY = select(UserRow.id, UserRow.name, UserRow.role, UserRow.disabled_at)


def team(db: Session) -> Team:
    rows = sorted(db.execute(_EVERYBODY), key=lambda row: in_a_list(row.name))
    may_have = [(row.id, row.name) for row in rows if row.disabled_at is None and row.role in MAY_HAVE]
    return Team({row.id: row.name for row in rows}, may_have)
