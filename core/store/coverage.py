"""Who stands where on the journey map, who got what, and who got nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from core.domain import DraftStatus, Eligibility
from core.store.cases import CaseRow
from core.store.deliveries import STANDS, ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow

_COMING = (DraftStatus.WAITING.value, DraftStatus.APPROVED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Which customers are meant: those of one incident, or all of a brand who wrote since a moment."""

    brand: str
    incident_id: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Customers of one cell. Everybody is counted once: answered, else coming, else out of reach, else nothing."""

    customers: int = 0
    answered: int = 0  # at least one reply went out
    coming: int = 0  # a draft waits or is on its way
    out_of_reach: int = 0  # no post of theirs may be answered: watched only
    nothing: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of a cell and what they got: the moves of the replies sent, in the order they were first made."""

    case: CaseRow
    got: tuple[str, ...]
    state: str  # answered | coming | out_of_reach | nothing


def cells(db: Session, whose: Whose) -> Mapping[tuple[str, str], Cell]:
    """(stage, persona) → its customers; a cell without any is absent."""
    state = _states()
    columns = [func.coalesce(func.sum(case((state.c.state == name, 1), else_=0)), 0) for name in _NAMES]
    rows = db.execute(
        select(CaseRow.stage, CaseRow.persona, func.count(), *columns)
        .join(state, state.c.id == CaseRow.id)
        .where(*_wanted(whose))
        .group_by(CaseRow.stage, CaseRow.persona)
    )
    return {
        (row[0], row[1]): Cell(customers=row[2], **dict(zip(_NAMES, map(int, row[3:]), strict=True))) for row in rows
    }


def customers(db: Session, whose: Whose, stage: str, persona: str, *, limit: int = 100) -> Sequence[Customer]:
    """The customers of one cell: who got nothing first, then by how long they have been waiting."""
    state = _states()
    order = case({name: at for at, name in enumerate(reversed(_NAMES))}, value=state.c.state)
    rows = db.execute(
        select(CaseRow, state.c.state)
        .join(state, state.c.id == CaseRow.id)
        .where(*_wanted(whose), CaseRow.stage == stage, CaseRow.persona == persona)
        .order_by(order, CaseRow.opened_at, CaseRow.id)
        .limit(limit)
    ).all()
    got = _got(db, [row[0].id for row in rows])
    return [Customer(row[0], tuple(got.get(row[0].id, ())), row[1]) for row in rows]


def moves_sent(db: Session, whose: Whose) -> Mapping[tuple[str, str], Counter[str]]:
    """(stage, persona) of the customers now → how often each move went out to them."""
    rows = db.execute(_sent(CaseRow.stage, CaseRow.persona, DraftRow.moves).where(*_wanted(whose)))
    found: dict[tuple[str, str], Counter[str]] = {}
    for stage, persona, moves in rows:
        found.setdefault((stage, persona), Counter()).update(moves)
    return found


_NAMES = ("answered", "coming", "out_of_reach", "nothing")


def _wanted(whose: Whose) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [CaseRow.brand == whose.brand, CaseRow.stage.is_not(None)]
    if whose.incident_id is not None:
        wanted.append(CaseRow.incident_id == whose.incident_id)
    if whose.since is not None:
        wanted.append(CaseRow.last_at >= whose.since)
    return wanted


def _states() -> Subquery:
    """Every case with what it got."""
    mine = MentionRow.case_id == CaseRow.id
    drafted = select(DraftRow.id).join(MentionRow, MentionRow.id == DraftRow.mention_id).where(mine)
    sent = (
        drafted.join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .where(STANDS)
    )
    reachable = select(MentionRow.id).where(mine, MentionRow.eligible != Eligibility.NONE.value)
    state = case(
        (sent.correlate(CaseRow).exists(), "answered"),
        (drafted.where(DraftRow.status.in_(_COMING)).correlate(CaseRow).exists(), "coming"),
        (~reachable.correlate(CaseRow).exists(), "out_of_reach"),
        else_="nothing",
    )
    return select(CaseRow.id, state.label("state")).subquery()


def _sent(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(CaseRow)
        .join(MentionRow, MentionRow.case_id == CaseRow.id)
        .join(DraftRow, DraftRow.mention_id == MentionRow.id)
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .where(STANDS)
    )


def _got(db: Session, cases: Sequence[int]) -> Mapping[int, list[str]]:
    rows = db.execute(_sent(CaseRow.id, DraftRow.moves).where(CaseRow.id.in_(cases)).order_by(DeliveryRow.id))
    found: dict[int, dict[str, None]] = {}
    for case_id, moves in rows:
        found.setdefault(case_id, {}).update(dict.fromkeys(moves))
    return {case_id: list(moves) for case_id, moves in found.items()}
