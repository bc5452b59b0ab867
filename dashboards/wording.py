"""Rows in plain words for the queue: what we understood, where a reply stands, where the gate points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain import Finding, Level
from core.store.audit import AuditRow
from core.store.drafts import DraftRow
from core.store.mentions import ReadingRow
from core.store.queue import Sending

PLATFORMS = {"x": "X", "reddit": "Reddit", "bluesky": "Bluesky", "mastodon": "Mastodon"}
ELIGIBLE = {
    "tagged": "tagged us",
    "quoted": "quoted us",
    "replied": "replied to us",
    "none": "did not address us",
}
INTENTS = {
    "outage_report": "reports an outage",
    "status_question": "asks when it ends",
    "complaint": "complains",
    "support_request": "needs help",
    "compensation_request": "asks for compensation",
    "churn_threat": "may leave",
    "praise": "praises",
    "suggestion": "suggests",
    "question": "asks a question",
}
DONE = {
    "draft.edited": "edited this",
    "draft.approved": "approved this",
    "draft.rejected": "rejected this",
    "draft.superseded": "took this back",
    "approval.undone": "took the approval back",
    "approval.lapsed": "put this back in the queue",
    "delivery.sent": "sent this",
    "delivery.refused": "could not send this",
    "delivery.unknown": "cannot tell whether this went out",
    "delivery.settled": "settled this",
}
REFUSED = "Nothing was posted and it is not tried again: open the post and answer by hand if it still needs an answer."
UNKNOWN = "Open the post, look for our reply, and say what you see. It is not sent again by itself."
SURE, FAIRLY_SURE = 0.8, 0.6  # of Reading.confidence


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply; ``level`` is set where the gate points."""

    text: str
    level: str = ""
    message: str = ""


def platform(name: str) -> str:
    return PLATFORMS.get(name, name)


def intents(reading: ReadingRow) -> str:
    """``reports an outage, asks when it ends``; "" when nothing stands out."""
    return ", ".join(INTENTS[intent] for intent in reading.intents if intent in INTENTS)


def certainty(confidence: float) -> str:
    """How sure the reading is of itself, in words."""
    if confidence >= SURE:
        return "sure"
    return "fairly sure" if confidence >= FAIRLY_SURE else "unsure, read it yourself"


def plain(name: str) -> str:
    """``next_step`` → ``next step``."""
    return name.removesuffix("_at").replace("_", " ")


def pieces(text: str, findings: Sequence[Finding]) -> list[Piece]:
    """The reply cut where findings begin and end; the strictest finding of a stretch gives its level."""
    cuts = {0, len(text)} | {min(max(0, at), len(text)) for finding in findings for at in (finding.start, finding.end)}
    edges = sorted(cuts)
    return [_piece(text, findings, start, end) for start, end in pairwise(edges)]


def _piece(text: str, findings: Sequence[Finding], start: int, end: int) -> Piece:
    over = [finding for finding in findings if finding.start < end and finding.end > start]
    # A finding over the whole reply points nowhere: it stands in the list below instead.
    over = [finding for finding in over if finding.end - finding.start < len(text)]
    over.sort(key=lambda finding: finding.level is not Level.BLOCK)
    if not over:
        return Piece(text[start:end])
    return Piece(text[start:end], over[0].level.value, " ".join(finding.message for finding in over))


def obstacle(draft: DraftRow, *, may_decide: bool) -> str:
    """Why this reply cannot be approved as it stands, or ""."""
    if draft.status != "waiting":
        return "It is not waiting any more."
    if not may_decide:
        return "You may look, not decide. Ask an admin for the role approver."
    return "" if draft.passed else "The gate blocks this reply as it stands. Edit it to go on."


def decision(row: AuditRow | None, draft: DraftRow) -> str:
    """``Ana approved this``, for a draft that is not waiting."""
    if row is None:
        return f"This draft is {draft.status}."
    who = "Amends" if row.actor == "amends" else row.actor
    why = row.detail.get("reason") or row.detail.get("why") or ""
    return f"{who} {DONE.get(row.action, row.action)}" + (f": {why}" if why else "")


def progress(sending: Sending) -> tuple[str, str]:
    """The state of a delivery in a word or two, and what a person should know or do."""
    delivery = sending.delivery
    problem = delivery.problem.rstrip(".")
    match delivery.status:
        case "approved":
            return "Approved", f"{problem}. It is tried again by itself." if problem else ""
        case "refused":
            return "Not sent", f"{problem or 'Refused'}. {REFUSED}"
        case "unknown":
            return "May or may not have gone out", f"{problem or 'No answer came'}. {UNKNOWN}"
        case status:
            return status.capitalize(), ""
