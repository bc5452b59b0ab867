"""The public status page: light, in plain words, for everybody. Only facts that are safe to publish stand on it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from core.domain import OPEN, FactSheet, IncidentStatus
from core.store import incidents
from dashboards.auth import deps_of
from dashboards.deps import Deps
from dashboards.forms import is_web_address
from dashboards.pages import pages_of

router = APIRouter()
SECONDS = 15  # how long a browser or a cache in front may keep the page: everybody reloads it in an outage

STATUS_WORDS = {
    IncidentStatus.INVESTIGATING: "We are looking for the cause.",
    IncidentStatus.IDENTIFIED: "We know the cause and are working on it.",
    IncidentStatus.MONITORING: "A fix is in place. We are watching whether it holds.",
    IncidentStatus.RESOLVED: "This is resolved.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One incident as the public reads it."""

    sheet: FactSheet
    words: str
    resolved: bool
    late: bool
    facts: list[tuple[str, str]]  # question, answer
    links: list[str]


def notices(deps: Deps) -> list[Notice]:
    """Confirmed incidents, unresolved first, newest first among each."""
    brand, now = deps.settings.brand, deps.clock()
    with deps.store.read() as db:
        rows = [row for row in incidents.all_of(db, brand.name) if IncidentStatus(row.status) in OPEN]
        sheets = [incidents.sheet_of(db, row, brand.as_voice(), brand.zone()) for row in rows]
    found = [_notice(sheet, now) for sheet in sheets]
    return sorted(found, key=lambda notice: notice.resolved)


def _notice(sheet: FactSheet, now: datetime) -> Notice:
    resolved = sheet.status is IncidentStatus.RESOLVED
    late = not resolved and sheet.next_update_at is not None and sheet.next_update_at <= now
    words = STATUS_WORDS[sheet.status] if sheet.status else ""
    return Notice(
        sheet,
        words,
        resolved,
        late,
        _answers(sheet, resolved=resolved),
        [link for link in sheet.links if is_web_address(link)],
    )


def _answers(sheet: FactSheet, *, resolved: bool) -> list[tuple[str, str]]:
    """Questions a customer has, in the order they come up. The first three are answered even with "not known"."""
    not_known = "We do not know this yet."
    # A cause that is found but held back must not be called unknown beside "we know the cause".
    cause = not_known if sheet.status is IncidentStatus.INVESTIGATING else "We will explain this in an update."
    asked = [
        ("What is affected", sheet.get("scope") or _where(sheet) or not_known),
        ("What happened", sheet.get("cause") or cause),
        (
            "What we have done" if resolved else "What we are doing",
            sheet.get("next_step") or ("" if resolved else not_known),
        ),
        ("What you can do meanwhile", "" if resolved else sheet.get("workaround")),
        ("How we make it good", sheet.get("compensation")),
        ("So that it does not happen again", sheet.get("prevention")),
        ("Call us", sheet.get("phone")),
    ]
    return [(question, answer) for question, answer in asked if answer]


def _where(sheet: FactSheet) -> str:
    parts = [", ".join(sheet.components), ", ".join(sheet.regions)]
    return " in ".join(part for part in parts if part)


@router.get("/status")
def show(request: Request) -> Response:
    deps = deps_of(request)
    now = deps.clock().astimezone(deps.settings.brand.zone())
    html = pages_of(request).html("status.html", notices=notices(deps), now=now)
    return HTMLResponse(html, headers={"Cache-Control": f"public, max-age={SECONDS}"})
