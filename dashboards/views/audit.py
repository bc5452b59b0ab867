"""Audit: who decided what, when, newest first."""

import json
import re
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.store import listings
from core.store.audit import AuditRow
from dashboards.auth import Viewer, deps_of
from dashboards.pages import page

router = APIRouter()
A_PAGE = 50
HASH = re.compile(r"[0-9a-f]{40,}")
LONGEST = 160  # characters of a detail on the page; the whole of it is in the database


@dataclass(frozen=True, slots=True)
class Decision:
    """One row as the page shows it."""

    row: AuditRow
    action: str
    subject: str
    address: str  # where the subject can be seen; "" for nowhere
    detail: str


def in_words(name: str) -> str:
    """``incident.edited`` → ``incident edited``."""
    return name.replace(".", " ").replace("_", " ")


def _decision(row: AuditRow) -> Decision:
    kind, _, number = row.subject.partition(":")
    address = f"/incidents/{number}" if kind == "incident" and number.isdigit() else ""
    return Decision(row, in_words(row.action), row.subject.replace(":", " "), address, short(row.detail))


def short(detail: dict[str, Any]) -> str:
    """``why: too late; text: ...``, cut to one or two lines."""
    parts = (f"{in_words(key)}: {_plain(value)}" for key, value in detail.items() if value not in (None, "", [], {}))
    text = "; ".join(parts)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    text = " ".join(value.split())
    return f"{text[:12]}…" if HASH.fullmatch(text) else text


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@router.get("/audit")
def show(request: Request, signed: Viewer, action: str = "", before: str = "") -> Response:
    with deps_of(request).store.read() as db:
        actions = listings.audit_actions(db)
        chosen = action if action in actions else ""
        found = listings.audit_page(db, action=chosen, before=_id(before), limit=A_PAGE + 1)
    return page(
        request,
        "audit.html",
        signed,
        title="Audit",
        decisions=[_decision(row) for row in found[:A_PAGE]],
        older=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        actions=[(name, in_words(name)) for name in actions],
        chosen=chosen,
        newest=_id(before) is None,
    )
