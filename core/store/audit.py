"""Who decided what, when: an append-only chain, each row sealed over the one before."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, Select, Text, bindparam, cast, event, func, insert, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.clock import Clock, iso
from core.store.base import Base, Store
from core.store.sealing import BrokenMarkError, Sealer
from core.store.users import in_a_list

FIRST = "0" * 64
SEALED, ACCEPTED = "audit.sealed", "audit.accepted"  # rows at which a checkpoint may begin
_LOCK = 0x61756469  # any number nobody else uses on this PostgreSQL database
_SEALER, _MARK = "audit_sealer", "audit_mark"  # what a session carries


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_actor", "actor", "id"),)  # what somebody did right before

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)  # "draft:17"
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(unique=True)  # unique: two rows cannot follow the same one
    hash: Mapped[str] = mapped_column(unique=True)


_TABLE = Base.metadata.tables[AuditRow.__tablename__]
_ADD, _COLUMNS = insert(_TABLE), _TABLE.columns.keys()
_LAST = select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
_HASH = select(AuditRow.hash).where(AuditRow.id == bindparam("row"))


def record(db: Session, *, actor: str, action: str, subject: str, now: datetime, **detail: Any) -> AuditRow:
    """Adds a row at the end of the chain, in the transaction of what it tells.

    Where the store has a key (``seal_from_now``) the row is sealed with it, and the checkpoint follows the commit.
    """
    last_id, last_hash = _last(db)
    row = AuditRow(
        id=last_id + 1,
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        detail=json.loads(json.dumps(detail)),  # as it will be read again
        previous=last_hash,
    )
    sealed = _SEALER in db.info
    row.hash = sealer_of(db).seal(body(row)) if sealed else seal(row)
    db.flush()
    db.execute(_ADD, {name: getattr(row, name) for name in _COLUMNS})
    if sealed:
        _mark_after_commit(db, sealer_of(db), row)
    return row


def _last(db: Session) -> tuple[int, str]:
    if db.get_bind().dialect.name == "postgresql":
        # Who writes next waits for this transaction: two rows cannot follow the same one. SQLite has one writer anyway.
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = db.execute(_LAST).one_or_none()
    return (last.id, last.hash) if last else (0, FIRST)


def seal(row: Any) -> str:
    """SHA-256 over the row and its predecessor's hash, hex: what stands in a row that was written without a key."""
    parts = [row.previous, iso(row.at), row.actor, row.action, row.subject, row.detail]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def body(row: Any) -> bytes:
    """All of a row but its hash, to the microsecond: what a key seals."""
    at = row.at.astimezone(UTC).isoformat()
    parts = [row.id, row.previous, at, row.actor, row.action, row.subject, row.detail]
    return json.dumps(parts, sort_keys=True).encode()


# --- the key and the checkpoint --------------------------------------------------------------------------------


def sealer_of(db: Session) -> Sealer:
    """What seals the rows of this store, once ``seal_from_now`` was called; until then KeyError."""
    sealer: Sealer = db.info[_SEALER]
    return sealer


def is_sealed(store: Store) -> bool:
    """Whether the newest row was written with a key (or was changed): then a new key must not be made."""
    with store.read() as db:
        return _newest_is_sealed(db)


def _newest_is_sealed(db: Session) -> bool:
    try:
        last = db.scalar(select(AuditRow).order_by(AuditRow.id.desc()).limit(1))
        return last is not None and last.hash != seal(last)
    except (ValueError, TypeError):
        return True  # it was changed into something that cannot be read


def seal_from_now(store: Store, sealer: Sealer, clock: Clock) -> None:
    """From now on every row of this store is sealed. The first one vouches for all that stood there without a key."""
    sealed = is_sealed(store)
    store.info[_SEALER] = sealer
    if sealed:
        return
    with store.begin() as db:
        _last(db)  # nobody adds a row while these are counted
        if _newest_is_sealed(db):
            return  # another process was faster
        rows, digest = 0, hashlib.sha256()
        for row in walk(db):
            rows += 1
            digest.update(body(row))
        record(
            db, actor="amends", action=SEALED, subject="audit", now=clock(), rows=rows, digest=digest.hexdigest(),
            key=sealer.fingerprint,
        )  # fmt: skip


def _mark_after_commit(db: Session, sealer: Sealer, row: AuditRow) -> None:
    if _MARK not in db.info:
        event.listen(db, "after_commit", _leave_mark, once=True)
    db.info[_MARK] = (row.id, row.hash, row.at, _fits(db, sealer))


def _fits(db: Session, sealer: Sealer) -> bool:
    """Whether what the checkpoint remembers still stands. If not it stays as it is: it is the proof."""
    try:
        mark = sealer.mark()
    except BrokenMarkError:
        return True  # advance() says so, and leaves it alone
    return mark is None or db.scalar(_HASH, {"row": mark.row}) == mark.hash


def _leave_mark(db: Session) -> None:
    row, row_hash, at, fits = db.info.pop(_MARK)
    sealer = sealer_of(db)
    if fits:
        sealer.advance(row=row, seal=row_hash, now=at)
    else:
        sealer.complain("names a row that is gone or was changed; run: amends audit verify")


# --- reading ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows somebody wants to see; what is empty asks for nothing."""

    actor: str = ""
    action: str = ""  # with a dot at the end: all whose names begin so
    since: datetime | None = None
    until: datetime | None = None  # up to, not with
    text: str = ""  # anywhere in who, what, about or detail; case does not matter


def newest(db: Session, *, limit: int = 200) -> Sequence[AuditRow]:
    return db.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)).all()


def actors(db: Session) -> list[str]:
    """Everybody who decided something, in the order of a list."""
    return sorted(db.scalars(select(AuditRow.actor).distinct()), key=in_a_list)


def by_id(db: Session, row_id: int) -> AuditRow | None:
    return db.get(AuditRow, row_id)


def page(db: Session, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> Sequence[AuditRow]:
    """Rows, newest first; ``before`` is the id of the last one seen, so that new rows never shift a page."""
    rows = _asked(wanted).order_by(AuditRow.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(AuditRow.id < before)
    return db.scalars(rows).all()


def walk(db: Session, wanted: Wanted | None = None, *, at_once: int = 500) -> Iterator[AuditRow]:
    """Rows, oldest first, without holding them all."""
    after: int | None = None
    while True:
        rows = _asked(wanted or Wanted()).order_by(AuditRow.id).limit(at_once)
        found = db.scalars(rows if after is None else rows.where(AuditRow.id > after)).all()
        yield from found
        if len(found) < at_once:
            return
        after = found[-1].id
        db.expunge_all()


def pages(store: Store, wanted: Wanted, *, at_once: int = 500) -> Iterator[Sequence[AuditRow]]:
    """Rows, oldest first, up to the newest of now; each page is a read of its own that is over before it is handed out.

    However slowly somebody takes them, no transaction stays open: it would hold back SQLite's checkpoints and
    PostgreSQL's vacuum.
    """
    after = 0
    with store.read() as db:
        last = db.scalar(select(func.max(AuditRow.id))) or 0
    while True:
        rows = _asked(wanted).where(AuditRow.id > after, AuditRow.id <= last).order_by(AuditRow.id).limit(at_once)
        with store.read() as db:
            found = db.scalars(rows).all()
        if found:
            yield found
        if len(found) < at_once:
            return
        after = found[-1].id


def _asked(wanted: Wanted) -> Select[AuditRow]:
    rows = select(AuditRow)
    if wanted.actor:
        rows = rows.where(AuditRow.actor == wanted.actor)
    if wanted.action:
        whole = not wanted.action.endswith(".")
        same = AuditRow.action == wanted.action
        rows = rows.where(same if whole else AuditRow.action.startswith(wanted.action, autoescape=True))
    if wanted.since:
        rows = rows.where(AuditRow.at >= wanted.since)
    if wanted.until:
        rows = rows.where(AuditRow.at < wanted.until)
    if wanted.text:
        plain, coded = wanted.text, json.dumps(wanted.text)[1:-1]  # the detail is kept with escapes
        columns = (AuditRow.actor, AuditRow.action, AuditRow.subject)
        found = [column.icontains(plain, autoescape=True) for column in columns]
        rows = rows.where(or_(*found, cast(AuditRow.detail, Text).icontains(coded, autoescape=True)))
    return rows
