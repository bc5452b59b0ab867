"""Empties rows of the audit that hold a person's words, so that the chain still tells that nobody else changed one.

A row keeps who did what kind of thing, when, and its hash, which is that of the whole row and no longer fits. The entry
of the erasure, sealed like every other, names each such row with the SHA-256 of what is left of it: ``audit_check``
takes an emptied row for whole when a later entry vouches for it.
"""

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.store.audit import SEALED, AuditRow, body, walk

ACTION = "posts.erased"
ERASED = {"erased": True}  # what is left of a detail
NOBODY = "erased"  # and of a subject that named a person
# Their details hold names of colleagues, times, labels and hashes only. A new action is emptied until it stands here.
WITHOUT_WORDS = frozenset({
    *("draft.approved", "draft.agreed", "draft.superseded", "agreement.undone", "approval.undone", "approval.lapsed"),
    *("delivery.sent", "delivery.settled", "delivery.not_there", "mention.answered", "reading.corrected"),
    *("case.assigned", "case.snoozed", "case.woke", "case.handed_back", "case.noted"),
})  # fmt: skip
_AT_ONCE = 500


def digest(row: Any) -> str:
    """SHA-256 over all of a row but its hash, hex."""
    return hashlib.sha256(body(row)).hexdigest()


def empty(db: Session, subjects: Collection[str], *, people: Collection[str]) -> dict[str, Any]:
    """Empties the rows about these subjects; ``people`` are subjects that are names themselves.

    Returns what the entry of the erasure must hold for ``audit_check``.
    """
    emptied: dict[str, str] = {}
    first_keyed = db.scalar(select(AuditRow.id).where(AuditRow.action == SEALED).limit(1))
    wanted = sorted({*subjects, *people})
    for start in range(0, len(wanted), _AT_ONCE):
        rows = select(AuditRow).where(AuditRow.subject.in_(wanted[start : start + _AT_ONCE]))
        for row in db.scalars(rows.order_by(AuditRow.id)).all():
            if row.subject in people or (row.action not in WITHOUT_WORDS and row.detail not in ({}, ERASED)):
                emptied[str(row.id)] = _empty(db, row, NOBODY if row.subject in people else row.subject)
    left: dict[str, Any] = {"emptied": emptied}
    if first_keyed is not None and any(int(number) < first_keyed for number in emptied):
        left["unkeyed"] = _unkeyed(db, first_keyed)
    return left


def _empty(db: Session, row: AuditRow, subject: str) -> str:
    db.execute(
        update(AuditRow)
        .where(AuditRow.id == row.id)
        .values(detail=ERASED, subject=subject)
        .execution_options(synchronize_session=False)
    )
    db.refresh(row)
    return digest(row)


def _unkeyed(db: Session, first_keyed: int) -> str:
    """Over the rows from before there was a key, which its first row vouched for as they were."""
    found = hashlib.sha256()
    for row in walk(db):
        if row.id >= first_keyed:
            break
        found.update(body(row))
    return found.hexdigest()
