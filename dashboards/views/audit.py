"""Audit: who decided what, when, newest first; what it was before and after; all of it as CSV or JSON lines."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response, StreamingResponse

from core.clock import iso
from core.store import Store, audit, listings
from core.store.audit import AuditRow, Wanted
from dashboards import failed_logins
from dashboards.audit_words import in_words, subject_words
from dashboards.auth import Viewer, deps_of
from dashboards.heard import heard
from dashboards.languages import _, pgettext
from dashboards.pages import page
from dashboards.sheet_words import in_a_row, plainly
from dashboards.spoken import in_zone

router = APIRouter()
A_PAGE = 50
FAILED = failed_logins.ALL  # asked for together
HASH = re.compile(r"[0-9a-f]{40,}")
LONGEST = 160  # characters of a detail in the list; the page of one decision has it whole
THEIR_WORDS = frozenset({"name", "note", "title"})  # somebody's: never translated
BEFORE, AFTER = "before", "after"
COLUMNS = ("id", "at", "actor", "action", "subject", "before", "after", "detail", "previous", "hash")


@dataclass(frozen=True, slots=True)
class Decision:
    """One row as the page shows it."""

    row: AuditRow
    action: str
    subject: str
    address: str  # where the subject can be seen; "" for nowhere
    change: str  # "before → after", or ""
    detail: str


def _decision(row: AuditRow, zone: tzinfo) -> Decision:
    kind, _colon, number = row.subject.partition(":")
    address = f"/incidents/{number}" if kind == "incident" and number.isdigit() else ""
    rest = {key: value for key, value in row.detail.items() if key not in (BEFORE, AFTER)}
    detail = short(rest, zone)
    return Decision(row, in_words(row.action), subject_words(row.subject), address, _change(row.detail), detail)


def _change(detail: dict[str, Any]) -> str:
    if BEFORE not in detail and AFTER not in detail:
        return ""
    before, after = (_cut(_plain(detail.get(key) or _("nothing"))) for key in (BEFORE, AFTER))
    return f"{before} → {after}"


def short(detail: dict[str, Any], zone: tzinfo) -> str:
    """``why: too late; text: ...``, cut to one or two lines; what Amends wrote in the reader's words, by itself."""
    parts = [
        _told(key, _plain(value), zone)
        if key == "what"
        else _("%(name)s: %(value)s", name=pgettext("detail", in_words(key)), value=_told(key, _plain(value), zone))
        for key, value in detail.items()
        if value not in (None, "", [], {})
    ]
    return _cut(in_a_row(parts))


def _told(key: str, text: str, zone: tzinfo) -> str:
    if key == "what":
        return plainly(text, zone)
    if key in THEIR_WORDS:
        return text
    return in_zone(pgettext("incident", text) if key == "status" else heard(text), zone)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    text = " ".join(value.split())
    return f"{text[:12]}…" if HASH.fullmatch(text) else text


def _whole(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters as they stand in the address; what is no date or no name on record asks for nothing."""

    who: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    text: str = ""

    def query(self, **more: object) -> str:
        """For a link: only what is set."""
        fields = {"who": self.who, "action": self.action, "from": self.since, "to": self.until, "text": self.text}
        return urlencode({key: value for key, value in (fields | more).items() if value})

    def wanted(self, zone: tzinfo) -> Wanted:
        """Days are those of the brand's zone; the last one counts whole."""
        until = _midnight(self.until, zone, days=1)
        return Wanted(
            actor=self.who, action=self.action, since=_midnight(self.since, zone), until=until, text=self.text
        )

    def __bool__(self) -> bool:
        return bool(self.query())


def _day(text: str) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return ""
    return found.isoformat() if 2000 <= found.year < 2100 else ""


def _midnight(day: str, zone: tzinfo, *, days: int = 0) -> datetime | None:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), zone) if day else None


def _asked(request: Request, actors: list[str], actions: list[str]) -> Asked:
    given = request.query_params
    who, action = given.get("who", ""), given.get("action", "")
    text = "".join(each for each in given.get("text", "")[:200] if each.isprintable()).strip()
    return Asked(
        who=who if who in actors else "",
        action=action if action in actions or action == FAILED else "",
        since=_day(given.get("from", "")),
        until=_day(given.get("to", "")),
        text=text.encode(errors="ignore").decode(),
    )


@router.get("/audit")
def show(request: Request, signed: Viewer, before: str = "") -> Response:
    deps = deps_of(request)
    with deps.store.read() as db:
        actions, actors = listings.audit_actions(db), audit.actors(db)
        asked = _asked(request, actors, actions)
        found = audit.page(db, asked.wanted(deps.settings.brand.zone()), before=_id(before), limit=A_PAGE + 1)
    return page(
        request,
        "audit.html",
        signed,
        title=_("Audit"),
        decisions=[_decision(row, deps.settings.brand.zone()) for row in found[:A_PAGE]],
        older=asked.query(before=found[A_PAGE - 1].id) if len(found) > A_PAGE else "",
        actions=[(name, in_words(name)) for name in actions],
        failed=FAILED if any(name.startswith(FAILED) for name in actions) else "",
        actors=actors,
        asked=asked,
        newest=_id(before) is None,
        zone=deps.settings.brand.time_zone,
    )


@router.get("/audit/export.{form}")
def export(request: Request, _signed: Viewer, form: str) -> Response:
    """What the filters leave, oldest first: ``csv`` or ``jsonl``. Written out while it is read."""
    deps = deps_of(request)
    if form not in ("csv", "jsonl"):
        raise HTTPException(404)
    with deps.store.read() as db:
        asked = _asked(request, audit.actors(db), listings.audit_actions(db))
    wanted = asked.wanted(deps.settings.brand.zone())
    name = f"audit-{deps.clock():%Y-%m-%d}.{form}"
    return StreamingResponse(
        (_csv if form == "csv" else _jsonl)(deps.store, wanted),
        media_type="text/csv; charset=utf-8" if form == "csv" else "application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _jsonl(store: Store, wanted: Wanted) -> Iterator[str]:
    for rows in audit.pages(store, wanted):
        yield "".join(json.dumps(_exported(row), ensure_ascii=True) + "\n" for row in rows)


def _csv(store: Store, wanted: Wanted) -> Iterator[str]:
    out = io.StringIO()
    lines = csv.DictWriter(out, COLUMNS)
    lines.writeheader()
    for rows in audit.pages(store, wanted):
        lines.writerows({key: _cell(value) for key, value in _exported(row).items()} for row in rows)
        yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _exported(row: AuditRow) -> dict[str, Any]:
    rest = {key: value for key, value in row.detail.items() if key not in (BEFORE, AFTER)}
    values = (
        row.id, iso(row.at), row.actor, row.action, row.subject, row.detail.get(BEFORE), row.detail.get(AFTER), rest,
        row.previous, row.hash,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: Any) -> str:
    """As text that no spreadsheet takes for a formula (OWASP, "CSV injection")."""
    if isinstance(value, int):
        return str(value)
    text = "" if value is None else _whole(value).encode(errors="replace").decode()
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@router.get("/audit/{row_id}")
def one(request: Request, signed: Viewer, row_id: str) -> Response:
    """One decision, whole."""
    number = _id(row_id)
    with deps_of(request).store.read() as db:
        row = audit.by_id(db, number) if number is not None else None
    if row is None:
        raise HTTPException(404, _("There is no such decision on record."))
    rest = [(in_words(key), _whole(value)) for key, value in row.detail.items() if key not in (BEFORE, AFTER)]
    return page(
        request,
        "audit_one.html",
        signed,
        title=pgettext("decision", in_words(row.action)).capitalize(),
        one=_decision(row, deps_of(request).settings.brand.zone()),
        before=_whole(row.detail.get(BEFORE)) if BEFORE in row.detail else "",
        after=_whole(row.detail.get(AFTER)) if AFTER in row.detail else "",
        rest=rest,
    )
