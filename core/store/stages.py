"""Every customer's way through the journey: each change of stage, with what caused it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import Stage
from core.store.base import Base, UtcDateTime
from core.store.cases import CaseRow

_LEFT_ALONE = (Stage.RELIEF.value, Stage.AFTERMATH.value)


class StageRow(Base):
    """One step of one case; the newest row of a case is where the customer stands."""

    __tablename__ = "stages"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    stage: Mapped[str]
    persona: Mapped[str | None]
    why: Mapped[str]  # mention | resolved | reopened | merged


def place(db: Session, case: CaseRow, *, stage: Stage, persona: str, now: datetime) -> None:
    """Puts a customer where their newest post shows them; a step is kept when it is one."""
    put(db, case, stage=stage.value, persona=persona, why="mention", now=now)


def put(db: Session, case: CaseRow, *, stage: str, persona: str | None, why: str, now: datetime) -> None:
    """The same for any other cause."""
    if (case.stage, case.persona) != (stage, persona):
        db.add(StageRow(case_id=case.id, at=now, stage=stage, persona=persona, why=why))
    case.stage, case.persona = stage, persona


def resolve(db: Session, incident_id: int, *, now: datetime) -> int:
    """The failure is over: who is not relieved comes to the aftermath. Returns how many customers moved."""
    moving = (
        CaseRow.incident_id == incident_id,
        CaseRow.stage.is_not(None),
        CaseRow.stage.not_in(_LEFT_ALONE),
    )
    steps = select(
        CaseRow.id, literal(now, UtcDateTime()), literal(Stage.AFTERMATH.value), CaseRow.persona, literal("resolved")
    ).where(*moving)
    db.execute(insert(StageRow).from_select(["case_id", "at", "stage", "persona", "why"], steps))
    done = db.execute(
        update(CaseRow).where(*moving).values(stage=Stage.AFTERMATH.value).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def reopen(db: Session, incident_id: int, *, now: datetime) -> int:
    """It was not over: who came to the aftermath only by the end goes back to where they stood, or to irritation.

    Nobody is surprised a second time by the same failure.
    """
    steps = db.execute(
        select(StageRow.case_id, StageRow.stage, StageRow.persona, StageRow.why)
        .join(CaseRow, CaseRow.id == StageRow.case_id)
        .where(CaseRow.incident_id == incident_id)
        .order_by(StageRow.id)
    )
    last: dict[int, tuple[str | None, str | None, str]] = {}  # where they stood before their newest step; its rest
    stands: dict[int, str] = {}
    for case_id, stage, persona, why in steps:
        last[case_id] = stands.get(case_id), persona, why
        stands[case_id] = stage
    back = [_back(case_id, was, persona, now) for case_id, (was, persona, why) in last.items() if why == "resolved"]
    if back:
        db.execute(insert(StageRow), back)
        db.execute(update(CaseRow), [{"id": step["case_id"], "stage": step["stage"]} for step in back])
    return len(back)


def _back(case_id: int, was: str | None, persona: str | None, now: datetime) -> dict[str, Any]:
    to = was if was not in (None, Stage.SURPRISE.value, *_LEFT_ALONE) else Stage.IRRITATION.value
    return {"case_id": case_id, "at": now, "stage": to, "persona": persona, "why": "reopened"}


def of_case(db: Session, case_id: int) -> Sequence[StageRow]:
    """A customer's way, oldest first."""
    return db.scalars(select(StageRow).where(StageRow.case_id == case_id).order_by(StageRow.id)).all()
