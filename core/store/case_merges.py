"""Cases that became one, with what moved: enough to take a merge back. And which cases may be of the same customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Update, bindparam, func, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from core.domain import Platform
from core.store import waiting
from core.store.base import Base
from core.store.cases import CaseRow
from core.store.deliveries import ApprovalRow
from core.store.desk import NoteRow
from core.store.drafts import DraftRow
from core.store.follow_ups import FollowUpRow
from core.store.mentions import MentionRow
from core.store.promises import PromiseRow, PromiseWordRow
from core.store.users import UserRow
from core.store.waiting import Asked, View

# What a case says of itself, but for how often and how late its customer wrote, which is counted from the posts.
SAID = (
    *("incident_id", "stage", "persona", "owner_id", "opted_out_at", "opened_at"),
    *("snoozed_until", "snoozed_by", "escalated_at", "escalated_by", "escalation"),
)
COUNTED = ("contacts", "last_at")
_TIMES = ("opted_out_at", "opened_at", "last_at", "snoozed_until", "escalated_at")


class MergeStatus(StrEnum):
    STANDING = "standing"
    UNDONE = "undone"


class CaseMergeRow(Base):
    """One case that became part of another; undone, both stand for themselves again."""

    __tablename__ = "case_merges"
    __table_args__ = (
        # A case is part of one other at most: the database itself refuses a second.
        Index(
            "uq_case_merges_standing",
            "from_id",
            unique=True,
            sqlite_where=text("status = 'standing'"),
            postgresql_where=text("status = 'standing'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    status: Mapped[str] = mapped_column(default=MergeStatus.STANDING)
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    moved: Mapped[dict[str, Any]]  # ids: posts, notes, follow_ups that moved; unanswered posts, spared follow_ups
    was: Mapped[dict[str, Any]]  # what each said of itself: "from" and "into" before, "became" after
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


@dataclass(frozen=True, slots=True)
class Part:
    """A case that is part of another now, for those who look at the other."""

    merge_id: int
    author: str
    platform: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be of the same customer, by its newest post."""

    case: CaseRow
    newest: MentionRow
    posts: int  # up to SAID_LAST; one more stands for all beyond


_PARTS = (
    select(CaseMergeRow.id, CaseRow.author, CaseRow.platform, UserRow.name, CaseMergeRow.at)
    .join(CaseRow, CaseRow.id == CaseMergeRow.from_id)
    .join(UserRow, UserRow.id == CaseMergeRow.actor_id)
    .where(CaseMergeRow.into_id == bindparam("case_id"), CaseMergeRow.status == MergeStatus.STANDING)
    .order_by(CaseMergeRow.id)
)


def parts_of(db: Session, case_id: int) -> list[Part]:
    """What became part of a case and still is, oldest first."""
    return [Part(*row) for row in db.execute(_PARTS, {"case_id": case_id})]


SAID_LAST = 30  # posts of a case that tell its customer's names; more are not counted one by one
LOOKED_AT = 60  # waiting drafts that hold what is looked for


def candidates(db: Session, case: CaseRow, words: str, *, now: datetime, limit: int) -> list[Candidate]:
    """Other cases of the brand: with ``words`` those that wait and hold them all, else of the same handle or name.

    Reads the newest posts of a case and no more: what is asked must not grow with it.
    """
    if words.strip():
        found = _waiting(db, words, now)
    else:
        handles, names = _called(db, case)
        found = _same_handle(db, case.brand, handles, limit=limit + 1)
        for name in sorted(names):
            found += _so_named(db, _waiting(db, name, now), name)
    others = [each for each in dict.fromkeys(found) if each is not None and each != case.id]
    rows = {row.id: row for row in db.scalars(select(CaseRow).where(CaseRow.id.in_(others)))}
    fit = [rows[each] for each in others if rows[each].merged_into is None and rows[each].brand == case.brand][:limit]
    newest = {post.case_id: post for post in _newest(db, [each.id for each in fit])}
    return [Candidate(each, newest[each.id], _posts(db, each.id)) for each in fit if each.id in newest]


def _called(db: Session, case: CaseRow) -> tuple[set[str], set[str]]:
    """The handles and names of a case's customer, and of those whose cases became part of it."""
    last = select(MentionRow.author, MentionRow.author_name).where(*_of_case(case.id)).order_by(*_NEWEST_FIRST)
    said = db.execute(last.limit(SAID_LAST)).all()
    handles = {case.author, *(row.author for row in said), *(part.author for part in parts_of(db, case.id))}
    return handles, {row.author_name.casefold() for row in said if len(row.author_name) > 2}


def _of_case(case_id: int | InstrumentedAttribute[int]) -> tuple[ColumnElement[bool], ...]:
    return MentionRow.case_id == case_id, MentionRow.gone == ""


_NEWEST_FIRST = (MentionRow.created_at.desc(), MentionRow.id.desc())


def _newest(db: Session, cases: Sequence[int]) -> Sequence[MentionRow]:
    """The newest post of each case that still has its words, found one by one along the index."""
    last = select(MentionRow.id).where(*_of_case(CaseRow.id)).order_by(*_NEWEST_FIRST).limit(1).correlate(CaseRow)
    of_each = select(last.scalar_subquery()).where(CaseRow.id.in_(cases))
    return db.scalars(select(MentionRow).where(MentionRow.id.in_(of_each))).all()


def _posts(db: Session, case_id: int) -> int:
    """How many posts a case has, counted no further than one beyond ``SAID_LAST``."""
    some = select(MentionRow.id).where(*_of_case(case_id)).limit(SAID_LAST + 1).subquery()
    return db.scalar(select(func.count()).select_from(some)) or 0


def _same_handle(db: Session, brand: str, authors: set[str], *, limit: int) -> list[int | None]:
    # The platforms are named so that the index of authors serves.
    platforms = [each.value for each in Platform]
    rows = select(CaseRow.id).where(
        CaseRow.brand == brand, CaseRow.platform.in_(platforms), CaseRow.author.in_(authors)
    )
    return list(db.scalars(rows.order_by(CaseRow.last_at.desc(), CaseRow.id.desc()).limit(limit)))


def _waiting(db: Session, words: str, now: datetime) -> list[int | None]:
    """The cases of waiting drafts that hold these words, snoozed ones last."""
    drafts: list[int] = []
    for view in (View.ALL, View.SNOOZED):
        drafts += waiting.ids(db, Asked(me=0, now=now, view=view, words=words), limit=LOOKED_AT)
    cases = {row[0]: row[1] for row in db.execute(
        select(waiting.WaitingRow.draft_id, waiting.WaitingRow.case_id)
        .where(waiting.WaitingRow.draft_id.in_(drafts))
    )}  # fmt: skip
    return [cases.get(each) for each in drafts]


def _so_named(db: Session, cases: Sequence[int | None], name: str) -> list[int | None]:
    """Those of the cases whose newest post bears this name, in the same order."""
    found = list(dict.fromkeys(each for each in cases if each is not None))
    named = {post.case_id for post in _newest(db, found) if post.author_name.casefold() == name}
    return [each for each in found if each in named]


# --- what a case says of itself -------------------------------------------------------------------------------------


def said(case: CaseRow) -> dict[str, Any]:
    """As it is kept with a merge."""
    values = {name: getattr(case, name) for name in (*SAID, *COUNTED)}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in values.items()}


def value(kept: dict[str, Any], name: str) -> Any:
    """What was kept of a case under a name, in its own type."""
    return datetime.fromisoformat(kept[name]) if name in _TIMES and kept[name] is not None else kept[name]


# --- moving --------------------------------------------------------------------------------------------------------


def move_posts(db: Session, source: int, to: int, only: Sequence[int] | None = None) -> list[int]:
    """Moves the posts of a case, or those of them named; returns their ids."""
    return _move(db, MentionRow, source, to, only)


def move_notes(db: Session, source: int, to: int, only: Sequence[int] | None = None) -> list[int]:
    """The same of its notes."""
    return _move(db, NoteRow, source, to, only)


def _move(
    db: Session, kind: type[MentionRow] | type[NoteRow], source: int, to: int, only: Sequence[int] | None
) -> list[int]:
    rows = select(kind.id).where(kind.case_id == source).order_by(kind.id)
    ids = list(db.scalars(rows if only is None else rows.where(kind.id.in_(only))))
    _run(db, update(kind).where(kind.id.in_(ids)).values(case_id=to))
    return ids


def words_follow_posts(db: Session, source: int, to: int) -> None:
    """What our replies promised is kept with the case whose posts they answer, and so are its personal promises."""
    answers = (
        select(ApprovalRow.id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(MentionRow.case_id == to)
    )
    words = update(PromiseWordRow).where(PromiseWordRow.case_id == source, PromiseWordRow.approval_id.in_(answers))
    _run(db, words.values(case_id=to))
    theirs = select(PromiseWordRow.promise_id).where(PromiseWordRow.case_id == to)
    _run(db, update(PromiseRow).where(PromiseRow.case_id == source, PromiseRow.id.in_(theirs)).values(case_id=to))


def follow_ups_of(db: Session, case_id: int) -> dict[str, FollowUpRow]:
    """What a customer is owed or got besides answers, by its occasion."""
    rows = db.scalars(select(FollowUpRow).where(FollowUpRow.case_id == case_id).order_by(FollowUpRow.id))
    return {row.occasion: row for row in rows}


def promised_to(db: Session, case_id: int) -> set[int]:
    """The promises that replies to a case made."""
    return set(db.scalars(select(PromiseWordRow.promise_id).where(PromiseWordRow.case_id == case_id)))


def _run(db: Session, statement: Update) -> None:
    db.execute(statement, execution_options={"synchronize_session": False})
