"""Something a person must know now."""

from dataclasses import dataclass
from enum import StrEnum


class AlarmKind(StrEnum):
    """In order of urgency."""

    SAFETY = "safety"  # a customer speaks of danger
    SUSPECTED = "suspected"  # the detector thinks that something failed
    UPDATE = "update"  # a promised update is overdue
    PROMISE = "promise"  # another promise is overdue
    REPLY = "reply"  # a reply of ours stands on its platform in another form than approved, or cannot be seen
    SILENT = "silent"  # complaints rise, and we say nothing
    LOGIN = "login"  # a platform refuses our log-in: the token expired or was revoked
    SOURCE = "source"  # a source does not answer any more
    TEST = "test"


class AlarmStatus(StrEnum):
    """raised → sending → sent | failed; failed → sending again after its back-off.

    A row found in ``sending`` long after it began was cut off: it is sent again.
    """

    RAISED = "raised"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What is so, seen now.

    ``subject`` is what it is about ("incident:3"); ``occasion`` tells one occurrence from the next of the same subject.
    """

    kind: AlarmKind
    subject: str
    title: str
    body: str
    path: str  # where on our pages a person acts on it
    occasion: str = ""
