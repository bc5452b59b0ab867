"""What is switched off: all sending, one account, or one incident. A row is a switch that is off; on deletes it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.store.base import Base

ALL, ACCOUNT, INCIDENT = "all", "account", "incident"


class SwitchRow(Base):
    """``key``: "" for all, the publisher's config section, or the incident's number as text."""

    __tablename__ = "switches"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


def everything_off(db: Session) -> Sequence[SwitchRow]:
    """Every switch that is off, the widest first."""
    order = [ALL, ACCOUNT, INCIDENT]
    rows = db.scalars(select(SwitchRow)).all()
    return sorted(rows, key=lambda row: (order.index(row.scope), row.key))


_OFF_FOR = (
    select(SwitchRow)
    .where(
        or_(
            SwitchRow.scope == ALL,
            and_(SwitchRow.scope == ACCOUNT, SwitchRow.key == bindparam("publisher")),
            and_(SwitchRow.scope == INCIDENT, SwitchRow.key == bindparam("incident")),
        )
    )
    .order_by(SwitchRow.scope)
    .limit(1)
)


def off_for(db: Session, *, publisher: str, incident_id: int | None) -> SwitchRow | None:
    """The switch that keeps a reply from going out, if there is one."""
    return db.scalar(_OFF_FOR, {"publisher": publisher, "incident": str(incident_id or "")})


def put_off(db: Session, *, scope: str, key: str, reason: str, actor: str, now: datetime) -> bool:
    """False when it is off already."""
    if db.get(SwitchRow, (scope, key)) is not None:
        return False
    try:
        with db.begin_nested():
            db.add(SwitchRow(scope=scope, key=key, reason=reason, actor=actor, at=now))
    except IntegrityError:  # somebody pulled it at the same moment
        return False
    return True


def put_on(db: Session, *, scope: str, key: str) -> bool:
    """False when it is on already."""
    row = db.get(SwitchRow, (scope, key))
    if row is None:
        return False
    db.delete(row)
    db.flush()
    return True
