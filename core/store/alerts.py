"""Alarms: what was raised, how far its message got, and who took it on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain.alarm import Alarm, AlarmKind, AlarmStatus
from core.store.base import Base
from core.store.cases import CaseRow
from core.store.mentions import insert_or_ignore
from core.store.promises import PromiseRow


class AlarmRow(Base):
    __tablename__ = "alarms"
    __table_args__ = (
        # Who raises the same alarm at the same moment raises it once.
        UniqueConstraint("brand", "kind", "subject", "number"),
        Index("ix_alarms_status", "status", "id"),
        Index("ix_alarms_raised", "brand", "raised_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    number: Mapped[int]  # counts the alarms of one kind and subject
    occasion: Mapped[str]
    again: Mapped[int] = mapped_column(default=0)  # how often this occasion was raised before
    title: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    path: Mapped[str]
    raised_at: Mapped[datetime]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]  # None: not tried any more
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reached: Mapped[list[Any]]  # keys of the channels that took it: they do not get it twice
    problem: Mapped[str] = mapped_column(Text, default="")
    over_at: Mapped[datetime | None]  # when it was no longer so
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]


def last_of(db: Session, brand: str, alarm: Alarm) -> AlarmRow | None:
    """The newest alarm of the same kind and subject."""
    return db.scalar(
        select(AlarmRow)
        .where(AlarmRow.brand == brand, AlarmRow.kind == alarm.kind.value, AlarmRow.subject == alarm.subject)
        .order_by(AlarmRow.number.desc())
        .limit(1)
    )


def newest(db: Session, brand: str, kinds: Iterable[AlarmKind]) -> dict[tuple[str, str], AlarmRow]:
    """The newest alarm of each subject of these kinds, by kind and subject: for who would ask of hundreds."""
    subject = (AlarmRow.kind, AlarmRow.subject)
    wanted = (AlarmRow.brand == brand, AlarmRow.kind.in_([kind.value for kind in kinds]))
    last = select(*subject, func.max(AlarmRow.number)).where(*wanted).group_by(*subject)
    rows = db.scalars(select(AlarmRow).where(*wanted, tuple_(*subject, AlarmRow.number).in_(last)))
    return {(row.kind, row.subject): row for row in rows}


def add(db: Session, brand: str, alarm: Alarm, *, number: int, again: int, now: datetime) -> int | None:
    """Keeps an alarm as raised; returns its id, or None when another process raised it just now."""
    values: dict[str, Any] = {
        "brand": brand,
        "kind": alarm.kind.value,
        "subject": alarm.subject,
        "number": number,
        "again": again,
    }
    values |= {"occasion": alarm.occasion, "title": alarm.title, "body": alarm.body, "path": alarm.path}
    values |= {"raised_at": now, "status": AlarmStatus.RAISED.value, "attempts": 0, "not_before": now}
    values |= {"reached": [], "problem": ""}
    return db.execute(insert_or_ignore(db, AlarmRow, values).returning(AlarmRow.id)).scalar_one_or_none()


def end_others(
    db: Session, brand: str, kinds: Iterable[AlarmKind], holding: Collection[tuple[str, str]], now: datetime
) -> int:
    """Notes that alarms are no longer so: those of these kinds whose kind and subject is not ``holding``."""
    rows = db.scalars(
        select(AlarmRow).where(
            AlarmRow.brand == brand, AlarmRow.over_at.is_(None), AlarmRow.kind.in_([kind.value for kind in kinds])
        )
    ).all()
    ended = [row for row in rows if (row.kind, row.subject) not in holding]
    for row in ended:
        row.over_at = now
    return len(ended)


def ending(db: Session, brand: str, kinds: Iterable[AlarmKind], holding: Collection[tuple[str, str]]) -> bool:
    """Whether ``end_others`` would find something: asked first, because writing makes others wait."""
    rows = db.execute(
        select(AlarmRow.kind, AlarmRow.subject).where(
            AlarmRow.brand == brand, AlarmRow.over_at.is_(None), AlarmRow.kind.in_([kind.value for kind in kinds])
        )
    )
    return any((row.kind, row.subject) not in holding for row in rows)


def due(db: Session, brand: str, now: datetime, *, cut_off: timedelta, limit: int = 200) -> Sequence[AlarmRow]:
    """Alarms to send now, oldest first; ``cut_off`` after its start a row in ``sending`` counts as abandoned."""
    waiting = AlarmRow.status.in_([AlarmStatus.RAISED.value, AlarmStatus.FAILED.value])
    abandoned = and_(AlarmRow.status == AlarmStatus.SENDING.value, AlarmRow.started_at <= now - cut_off)
    return db.scalars(
        select(AlarmRow)
        .where(
            AlarmRow.brand == brand,
            or_(and_(waiting, AlarmRow.not_before <= now), abandoned),
            AlarmRow.acknowledged_at.is_(None),
        )
        .order_by(AlarmRow.id)
        .limit(limit)
    ).all()


def last_start(db: Session, brand: str, kind: str) -> datetime | None:
    """When a message about alarms of this kind was last begun."""
    return db.scalar(select(func.max(AlarmRow.started_at)).where(AlarmRow.brand == brand, AlarmRow.kind == kind))


def move(db: Session, row: AlarmRow, *, to: AlarmStatus, **values: object) -> bool:
    """Compare-and-set of status and number of tries, as ``row`` was read; False when it moved on."""
    done = db.execute(
        update(AlarmRow)
        .where(AlarmRow.id == row.id, AlarmRow.status == row.status, AlarmRow.attempts == row.attempts)
        .values(status=to.value, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def acknowledge(db: Session, brand: str, alarm_id: int, *, by: str, now: datetime) -> AlarmRow | None:
    """Notes who takes an alarm on, and on every earlier one of the same kind and subject; None: nothing was open.

    Who comes second does not take the name of the first away.
    """
    row = db.get(AlarmRow, alarm_id)
    if row is None or row.brand != brand or row.acknowledged_at is not None:
        return None
    done = db.execute(
        update(AlarmRow)
        .where(
            AlarmRow.brand == brand,
            AlarmRow.kind == row.kind,
            AlarmRow.subject == row.subject,
            AlarmRow.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=now, acknowledged_by=by)
        .execution_options(synchronize_session=False)
    )
    return row if done.rowcount else None  # type: ignore[attr-defined]


def release_all(db: Session, by: str) -> int:
    """Nobody is on the alarms any more that this person took on and that still hold; returns how many rows."""
    freed = update(AlarmRow).where(AlarmRow.acknowledged_by == by, AlarmRow.over_at.is_(None))
    done = db.execute(
        freed.values(acknowledged_at=None, acknowledged_by=None).execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def open_now(db: Session, brand: str) -> list[AlarmRow]:
    """The newest alarm of every kind and subject that still holds and that nobody took on, newest first."""
    rows = db.scalars(
        select(AlarmRow)
        .where(AlarmRow.brand == brand, AlarmRow.over_at.is_(None), AlarmRow.acknowledged_at.is_(None))
        .order_by(AlarmRow.id)
    )
    newest = {(row.kind, row.subject): row for row in rows}
    return sorted(newest.values(), key=lambda row: -row.id)


def incidents_of(db: Session, rows: Iterable[AlarmRow]) -> dict[int, int]:
    """The incident that each alarm is about, by the alarm's id; what is about none is absent."""
    about: dict[str, dict[int, list[int]]] = {}
    for row in rows:
        noun, _, number = row.subject.partition(":")
        if number.isdigit():
            about.setdefault(noun, {}).setdefault(int(number), []).append(row.id)
    found = {alarm: number for number, alarms in about.get("incident", {}).items() for alarm in alarms}
    for noun, table in (("case", CaseRow), ("promise", PromiseRow)):
        wanted = about.get(noun, {})
        for subject, incident in db.execute(select(table.id, table.incident_id).where(table.id.in_(wanted))):
            if incident is not None:
                found |= dict.fromkeys(wanted[subject], incident)
    return found


def forget(db: Session, brand: str, before: datetime) -> int:
    """Deletes alarms that were over before a moment; returns how many."""
    gone = (AlarmRow.brand == brand, AlarmRow.over_at < before, AlarmRow.raised_at < before)
    done = db.execute(delete(AlarmRow).where(*gone).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def past(db: Session, brand: str, *, limit: int = 1000) -> Sequence[AlarmRow]:
    """Alarms that somebody took on or that are over, newest first."""
    settled = or_(AlarmRow.over_at.is_not(None), AlarmRow.acknowledged_at.is_not(None))
    rows = select(AlarmRow).where(AlarmRow.brand == brand, settled)
    return db.scalars(rows.order_by(AlarmRow.id.desc()).limit(limit)).all()
