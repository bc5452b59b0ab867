"""What we committed ourselves to, in a reply or on a fact sheet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PromiseKind(StrEnum):
    UPDATE = "update"  # we speak again
    RESTORED = "restored"  # we tell when it is back
    CREDIT = "credit"  # money, days or goods
    REPAIR = "repair"  # it works again by then
    CONTACT = "contact"  # we call, write, come to this customer
    OTHER = "other"


class PromiseStatus(StrEnum):
    """open → kept | broken | withdrawn. Overdue is an open one whose time has passed."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"  # every reply that made it was taken back, refused, or taken down


class FollowUpStatus(StrEnum):
    """due → drafted | skipped; drafted → due when its facts changed. The draft tells the rest."""

    DUE = "due"
    DRAFTED = "drafted"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One sentence that commits us. ``start`` is its code-point offset in the text it stands in."""

    kind: PromiseKind
    sentence: str
    start: int
    due_at: datetime | None  # aware; None: the words name no time
    slack_minutes: int = 0  # how far off the words leave the time: 0 for "at 15:00", days for "on your next bill"
