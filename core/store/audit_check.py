"""Does the audit trail stand as it was written? Finds changed, deleted, inserted and moved rows, and a cut-off end.

A row that an erasure emptied (``audit_erasing``) stands while a later one, sealed itself, vouches for what is left.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import Refused
from core.store.audit import ACCEPTED, FIRST, SEALED, AuditRow, body, record, seal
from core.store.audit_erasing import ACTION, ERASED, digest
from core.store.base import Store
from core.store.sealing import BrokenMarkError, Mark, Sealer

_PAGE = 500
_COLUMNS = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.actor,
    AuditRow.action,
    AuditRow.subject,
    AuditRow.detail,
    AuditRow.previous,
    AuditRow.hash,
)
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, DBAPIError)


class _DamageError(Exception):
    """The words for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``problem`` "" means that every row stands as it was written."""

    rows: int
    problem: str = ""


def verify(db: Session, sealer: Sealer) -> Verdict:
    """Reads the whole chain and the checkpoint; stops at the first damage."""
    chain = _Chain(sealer)
    try:
        for row in _rows(db):
            chain.add(row)
        chain.end()
    except _DamageError as damage:
        return Verdict(rows=chain.rows, problem=str(damage))
    return Verdict(rows=chain.rows)


def accept(store: Store, sealer: Sealer, *, actor: str, reason: str, now: datetime) -> None:
    """Begins the checkpoint anew where the chain ends, as after a restored backup. The audit says who and why.

    Raises Refused when the chain itself is damaged: no checkpoint can mend that.
    """
    with store.begin() as db:
        chain = _Chain(sealer)
        try:
            for row in _rows(db):
                chain.add(row)
            chain.vouched()
        except _DamageError as damage:
            raise Refused(f"{damage}; only a backup can mend that") from None
        problem = chain.checkpoint_problem()
        new = record(db, actor=actor, action=ACCEPTED, subject="audit", now=now, reason=reason, problem=problem)
    sealer.advance(row=new.id, seal=new.hash, now=now, anew=True)


class _Chain:
    """Takes rows in order and says at which one the chain breaks."""

    def __init__(self, sealer: Sealer) -> None:
        self.sealer = sealer
        self.mark, self.mark_problem = _mark(sealer)
        self.rows, self.last_id, self.last_hash = 0, 0, FIRST
        self.keyed = False
        self.unkeyed = hashlib.sha256()  # over the rows from before the key
        self.begins: set[int] = set()  # rows at which a checkpoint may begin
        self.marked_hash = ""  # of the row that the checkpoint names
        self.emptied: dict[int, str] = {}  # row → digest of what is left, until an entry of the erasure vouches for it
        self.unkeyed_now = ""  # digest of the rows from before the key, when some are no longer as they were

    def add(self, row: Any) -> None:
        try:
            self._add(row)
        except (ValueError, TypeError, AttributeError, KeyError):
            raise _DamageError(f"row {row.id} cannot be read: it was changed") from None

    def _add(self, row: Any) -> None:
        if row.previous != self.last_hash:
            after = f"row {self.last_id}" if self.rows else "the beginning"
            raise _DamageError(
                f"row {row.id} does not follow {after}: a row was changed, deleted, inserted or moved there"
            )
        content = body(row)
        if row.hash == self.sealer.seal(content):
            if not self.keyed:
                self._first_with_key(row)
        elif row.detail == ERASED:
            self.emptied[row.id] = digest(row)
        elif self.keyed or row.hash != seal(row):
            raise _DamageError(f"row {row.id} does not fit its seal: it was changed, or sealed with another key")
        if not self.keyed:
            self.unkeyed.update(content)
        if row.action == ACTION:
            self._vouch(row.detail)
        if row.action in (SEALED, ACCEPTED) and self.keyed:
            self.begins.add(row.id)
        if self.mark and row.id == self.mark.row:
            self.marked_hash = row.hash
        self.rows, self.last_id, self.last_hash = self.rows + 1, row.id, row.hash

    def _first_with_key(self, row: Any) -> None:
        self.keyed = True
        found = self.unkeyed.hexdigest()
        if row.action == SEALED and self.emptied and row.detail.get("digest") != found:
            self.unkeyed_now = found
        elif row.action != SEALED or row.detail.get("digest") != found:
            raise _DamageError(f"one of the first {self.rows} rows, from before the key, was changed")

    def _vouch(self, detail: dict[str, Any]) -> None:
        """Takes the word of an erasure for the rows that it emptied."""
        for number, left in detail.get("emptied", {}).items():
            if self.emptied.get(int(number)) == left:
                del self.emptied[int(number)]
        if detail.get("unkeyed") == self.unkeyed_now:
            self.unkeyed_now = ""

    def vouched(self) -> None:
        """Raises _DamageError when a row was emptied and no later one says so."""
        if self.emptied:
            raise _DamageError(f"row {min(self.emptied)} was emptied, and no erasure tells of it")
        if self.unkeyed_now:
            raise _DamageError("one of the rows from before the key was changed")

    def end(self) -> None:
        self.vouched()
        if problem := self.checkpoint_problem():
            raise _DamageError(problem)
        if not self.keyed:
            raise _DamageError("no row is sealed with the key: all that were are gone")

    def checkpoint_problem(self) -> str:
        """What the checkpoint says against the chain, or ""."""
        name = f"the checkpoint {self.sealer.checkpoint}"
        if self.mark_problem:
            return f"{name} {self.mark_problem}"
        if self.mark is None:
            return f"{name} is missing: nothing would tell of rows cut off the end"
        if not self.marked_hash:
            last = f"the last is {self.last_id}"
            return f"rows were cut off the end: {name} of {self.mark.at} names row {self.mark.row}, {last}"
        if self.marked_hash != self.mark.hash:
            return f"row {self.mark.row} is not the one that {name} of {self.mark.at} names: rows were replaced"
        if self.mark.since not in self.begins:
            return f"{name} was lost and begun anew at row {self.mark.since}: rows before it may have been cut off"
        return ""


def _mark(sealer: Sealer) -> tuple[Mark | None, str]:
    try:
        return sealer.mark(), ""
    except BrokenMarkError as error:
        return None, str(error)


def _rows(db: Session) -> Iterator[Any]:
    after: int | None = None
    while True:
        ids = select(AuditRow.id).order_by(AuditRow.id).limit(_PAGE)
        found = list(db.scalars(ids if after is None else ids.where(AuditRow.id > after)))
        if not found:
            return
        yield from _read(db, found)
        after = found[-1]


def _read(db: Session, ids: list[int]) -> Iterator[Any]:
    """All at once; one by one when that fails, to name the row."""
    rows = select(*_COLUMNS).where(AuditRow.id.between(ids[0], ids[-1])).order_by(AuditRow.id)
    try:
        yield from db.execute(rows).all()
    except _UNREADABLE:
        for one in ids:
            yield _one(db, one)


def _one(db: Session, row_id: int) -> Any:
    try:
        return db.execute(select(*_COLUMNS).where(AuditRow.id == row_id)).one()
    except _UNREADABLE:
        raise _DamageError(f"row {row_id} cannot be read: it was changed") from None
