"""Incidents and their fact sheets in plain words."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from core.clock import spoken
from core.domain import OPEN, IncidentStatus
from core.store.incidents import IncidentRow

STATUS_WORDS: Mapping[IncidentStatus, str] = {
    IncidentStatus.SUSPECTED: "Suspected, not confirmed",
    IncidentStatus.INVESTIGATING: "Investigating",
    IncidentStatus.IDENTIFIED: "Cause identified",
    IncidentStatus.MONITORING: "Fix in place, watching",
    IncidentStatus.RESOLVED: "Resolved",
    IncidentStatus.CLOSED: "Closed",
    IncidentStatus.DISMISSED: "Dismissed: no incident",
    IncidentStatus.MERGED: "Part of another incident",
}
VERBS: Mapping[IncidentStatus, str] = {
    IncidentStatus.INVESTIGATING: "Investigate again",
    IncidentStatus.IDENTIFIED: "Cause is identified",
    IncidentStatus.MONITORING: "Fix is in place",
    IncidentStatus.RESOLVED: "Resolve",
    IncidentStatus.CLOSED: "Close",
    IncidentStatus.DISMISSED: "Dismiss",
}
OVER = frozenset({IncidentStatus.CLOSED, IncidentStatus.DISMISSED, IncidentStatus.MERGED})
# Nothing leads back from these, so they ask first and say what will happen.
ENDS: Mapping[IncidentStatus, str] = {
    IncidentStatus.CLOSED: "New replies stop using its facts, and it cannot be opened again.",
    IncidentStatus.DISMISSED: "It leaves the list of open incidents for good, as something that was not a failure.",
}
FACT_WORDS: Mapping[str, tuple[str, str]] = {
    "scope": ("Scope", "What fails, for whom, and what still works."),
    "cause": ("Cause", "What went wrong, in plain words. Name no partner to blame."),
    "next_step": ("Next step", "What we are doing now, and what happens after it."),
    "workaround": ("Workaround", "What customers can do meanwhile."),
    "compensation": ("Compensation", "What everybody affected gets, and how."),
    "prevention": ("Prevention", "What will change so that it does not happen again."),
    "phone": ("Phone", "A number that answers now."),
}
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish", "de": "German", "it": "Italian", "pt": "Portuguese"}


def is_overdue(row: IncidentRow, now: datetime) -> bool:
    lasting = IncidentStatus(row.status) in OPEN - {IncidentStatus.RESOLVED}
    return lasting and row.next_update_at is not None and row.next_update_at <= now


def is_over(row: IncidentRow) -> bool:
    return IncidentStatus(row.status) in OVER


def told(what: str, zone: tzinfo) -> str:
    """An entry of the timeline in the page's words: facts by their names, moments in the brand's time."""
    parts = [_told_part(part) for part in what.split("; ")]
    text = spoken("; ".join(parts), zone)
    return text[:1].upper() + text[1:]


def _told_part(part: str) -> str:
    name, _, language = part.partition(".")
    if name in FACT_WORDS:
        return f"{FACT_WORDS[name][0].lower()}{f' ({LANGUAGES.get(language, language)})' if language else ''} changed"
    return f"{part} changed" if part in ("title", "components", "regions", "links") else part
