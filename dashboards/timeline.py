"""An incident's timeline as its page shows it: decisions, public updates, and how many replies people approved when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from core.store import Session, incidents, timelines
from core.store.incidents import TimelineRow
from core.store.timelines import Replies
from dashboards.languages import _, later, ngettext, pgettext
from dashboards.sheet_words import told

LABELS: Mapping[str, str] = {
    "detected": later("Detected", "timeline"),
    "opened": later("Opened", "timeline"),
    "update": later("Told in public"),
    "merged": later("Merged", "timeline"),
    "split": later("Split", "timeline"),
    "dismissed": later("Dismissed", "timeline"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; ``spans``: it counts what happened in the quarter hour that begins at ``at``."""

    at: datetime
    who: str
    words: str
    label: str = ""
    spans: bool = False


def entries(db: Session, incident_id: int, zone: tzinfo) -> Sequence[Entry]:
    """Newest first. Entries of incidents that were merged into this one are among them."""
    noted = [_noted(row, zone) for row in incidents.timeline_of(db, incident_id)]
    counted = [_counted(each) for each in timelines.replies(db, incident_id)]
    order = {id(entry): at for at, entry in enumerate((*noted, *counted))}
    return sorted((*noted, *counted), key=lambda entry: (entry.at, order[id(entry)]), reverse=True)


def _noted(row: TimelineRow, zone: tzinfo) -> Entry:
    words = row.what if row.kind == "update" else told(row.what, zone)
    return Entry(row.at, row.actor, words, pgettext("timeline", LABELS[row.kind]) if row.kind in LABELS else "")


def _counted(replies: Replies) -> Entry:
    parts = [
        ngettext("%(num)s reply approved", "%(num)s replies approved", replies.approved),
        ngettext("%(num)s sent", "%(num)s sent", replies.sent),
    ]
    if replies.taken_back:
        parts.append(ngettext("%(num)s taken back", "%(num)s taken back", replies.taken_back))
    return Entry(replies.at, "", ", ".join(parts), _("Replies"), spans=True)
