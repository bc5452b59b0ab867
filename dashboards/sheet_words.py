"""Incidents and their fact sheets in plain words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from core.domain import OPEN, IncidentStatus
from core.store.incidents import IncidentRow
from dashboards.heard import heard
from dashboards.languages import _, later
from dashboards.spoken import in_zone

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
BACK_VERBS: Mapping[IncidentStatus, str] = {
    IncidentStatus.IDENTIFIED: later("Work on the cause again"),
    IncidentStatus.MONITORING: later("Watch again"),
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
    """An entry of the timeline as a sentence: ``plainly``, with a capital."""
    text = plainly(what, zone)
    return text[:1].upper() + text[1:]


def plainly(what: str, zone: tzinfo) -> str:
    """What incidents/ wrote of a change, in the page's words: facts by their names, moments in the brand's time."""
    parts = what.split("; ")
    facts = [part for part in parts if part.partition(".")[0] in FACT_WORDS]
    said = [_told_part(part) for part in parts if part not in facts]
    if facts:
        said[parts.index(facts[0]) : parts.index(facts[0])] = _told_facts(facts)
    return in_zone(in_a_row(said), zone)


def in_a_row(parts: Sequence[str]) -> str:
    """Parts with the semicolon of the reader's language between them; "" for none."""
    text = "".join(parts[:1])
    for part in parts[1:]:
        text = _("%(before)s; %(after)s", before=text, after=part)
    return text


def _told_part(part: str) -> str:
    return _(CHANGED[part]) if part in CHANGED else heard(part, WRITES)


def _told_facts(facts: Sequence[str]) -> list[str]:
    """Facts that changed in the same languages stand in one sentence."""
    changed: dict[str, list[str]] = {}
    for name, _dot, language in (fact.partition(".") for fact in facts):
        changed.setdefault(name, []).append(language)
    together: dict[tuple[str, ...], list[str]] = {}
    for name, languages in changed.items():
        together.setdefault(tuple(languages), []).append(name)
    return [_changed_in(languages, names) for languages, names in together.items()]


def _changed_in(languages: Sequence[str], names: Sequence[str]) -> str:
    facts = ", ".join(_(FACT_WORDS[name][0]).lower() for name in names)
    others = ", ".join(_(LANGUAGES.get(each, each)) for each in languages if each)
    if not others:
        return _("%(facts)s changed", facts=facts)
    if "" in languages:
        return _("%(facts)s changed, also in %(languages)s", facts=facts, languages=others)
    return _("%(facts)s (%(languages)s) changed", facts=facts, languages=others)
