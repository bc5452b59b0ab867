"""Incidents and their fact sheets in plain words."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from core.clock import WRITTEN
from core.domain import OPEN, IncidentStatus
from core.store.incidents import IncidentRow
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.spoken import dated

STATUS_WORDS: Mapping[IncidentStatus, str] = {
    IncidentStatus.SUSPECTED: later("Suspected, not confirmed"),
    IncidentStatus.INVESTIGATING: later("Investigating"),
    IncidentStatus.IDENTIFIED: later("Cause identified"),
    IncidentStatus.MONITORING: later("Fix in place, watching"),
    IncidentStatus.RESOLVED: later("Resolved"),
    IncidentStatus.CLOSED: later("Closed"),
    IncidentStatus.DISMISSED: later("Dismissed: no incident"),
    IncidentStatus.MERGED: later("Part of another incident"),
}
VERBS: Mapping[IncidentStatus, str] = {
    IncidentStatus.INVESTIGATING: later("Investigate again"),
    IncidentStatus.IDENTIFIED: later("Cause is identified"),
    IncidentStatus.MONITORING: later("Fix is in place"),
    IncidentStatus.RESOLVED: later("Resolve"),
    IncidentStatus.CLOSED: later("Close", "incident"),
    IncidentStatus.DISMISSED: later("Dismiss"),
}
OVER = frozenset({IncidentStatus.CLOSED, IncidentStatus.DISMISSED, IncidentStatus.MERGED})
# Nothing leads back from these, so they ask first and say what will happen.
ENDS: Mapping[IncidentStatus, str] = {
    IncidentStatus.CLOSED: later("New replies stop using its facts, and it cannot be opened again."),
    IncidentStatus.DISMISSED: later(
        "It leaves the list of open incidents for good, as something that was not a failure."
    ),
}
FACT_WORDS: Mapping[str, tuple[str, str]] = {
    "scope": (later("Scope"), later("What fails, for whom, and what still works.")),
    "cause": (later("Cause"), later("What went wrong, in plain words. Name no partner to blame.")),
    "next_step": (later("Next step"), later("What we are doing now, and what happens after it.")),
    "workaround": (later("Workaround"), later("What customers can do meanwhile.")),
    "compensation": (later("Compensation"), later("What everybody affected gets, and how.")),
    "prevention": (later("Prevention"), later("What will change so that it does not happen again.")),
    "phone": (later("Phone"), later("A number that answers now.")),
}
LANGUAGES = {
    "en": later("English"), "fr": later("French"), "es": later("Spanish"), "de": later("German"),
    "it": later("Italian"), "pt": later("Portuguese"),
}  # fmt: skip


def is_overdue(row: IncidentRow, now: datetime) -> bool:
    lasting = IncidentStatus(row.status) in OPEN - {IncidentStatus.RESOLVED}
    return lasting and row.next_update_at is not None and row.next_update_at <= now


def is_over(row: IncidentRow) -> bool:
    return IncidentStatus(row.status) in OVER


CHANGED: Mapping[str, str] = {
    "title": later("title changed"),
    "components": later("components changed"),
    "regions": later("regions changed"),
    "links": later("links changed"),
}
# What incidents/ writes into a timeline, besides the parts of the sheet.
WRITES = (
    later("began %(when)s"), later("next update %(when)s"), later("next update not promised"),
    later("opened as %(status)s"), later("suspected: %(why)s"), later("%(was)s → %(to)s (%(why)s)"),
    later("%(was)s → %(to)s"), later("%(part)s still failing"), later("%(part)s partly back"), later("%(part)s back"),
    later("became part of #%(incident)s"), later("#%(incident)s became part of this (%(size)s)"),
    later("#%(incident)s stands for itself again"), later("%(count)s customers"),
    later("a link answers again: %(address)s (%(said)s)"), later("a link does not answer: %(address)s (%(said)s)"),
)  # fmt: skip


def told(what: str, zone: tzinfo) -> str:
    """An entry of the timeline in the page's words: facts by their names, moments in the brand's time."""
    text, *others = [_told_part(part) for part in what.split("; ")]
    for part in others:
        text = _("%(before)s; %(after)s", before=text, after=part)
    text = WRITTEN.sub(
        lambda found: dated(datetime.fromisoformat(found[0]).astimezone(zone), "%a %d %b, %H:%M %Z"), text
    )
    return text[:1].upper() + text[1:]


def _told_part(part: str) -> str:
    name, _dot, language = part.partition(".")
    if name not in FACT_WORDS:
        return _(CHANGED[part]) if part in CHANGED else heard(part, WRITES)
    fact = _(FACT_WORDS[name][0]).lower()
    if not language:
        return _("%(fact)s changed", fact=fact)
    return _("%(fact)s (%(language)s) changed", fact=fact, language=_(LANGUAGES.get(language, language)))
