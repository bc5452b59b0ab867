"""Rows in plain words for the queue: what we understood, where a reply stands, where the gate points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from classifier.why import Because
from core.domain import About, Band, Emotion, Finding, Impact, Intent, Level, Sentiment, band_of
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
    "draft.rewritten": "took another wording for this",
    "draft.approved": "approved this",
    "draft.agreed": "agreed to this; a second person must agree too",
    "agreement.undone": "took their agreement back",
    "mention.answered": "answered this by hand",
    "delivery.differs": "found that the platform shows something else",
    "delivery.unseen": "could not look at this on the platform for a day",
    "delivery.taken_down": "took our reply down",
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
CERTAINTY = {Band.HIGH: "sure", Band.MEDIUM: "fairly sure", Band.LOW: "unsure, read it yourself"}
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish", "de": "German", "it": "Italian", "pt": "Portuguese"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply; ``level`` is set where the gate points."""

    text: str
    level: str = ""
    message: str = ""


def platform(name: str) -> str:
    return PLATFORMS.get(name, name)


def appears(name: str, account: str) -> str:
    """Over a reply as it will be seen: where, and from whom."""
    return f"As it appears on {platform(name)}" + (f", from {account}" if account else "")


def intents(reading: ReadingRow) -> str:
    """``reports an outage, asks when it ends``; "" when nothing stands out."""
    return ", ".join(INTENTS[intent] for intent in reading.intents if intent in INTENTS)


def certainty(confidence: float) -> str:
    """How sure the reading is of itself, in words."""
    return CERTAINTY[band_of(confidence)]


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


def obstacle(draft: DraftRow, *, may_decide: bool, overruled: bool = False) -> str:
    """Why this reply cannot be approved as it stands, or "". ``overruled``: two people may send what is blocked."""
    if draft.status != "waiting":
        return "It is not waiting any more."
    if not may_decide:
        return "You may look, not decide. Ask an admin for the role approver."
    return "" if draft.passed or overruled else "The gate blocks this reply as it stands. Edit it to go on."


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
        case "sent" if delivery.taken_down_at:
            return "Taken down", delivery.taken_down
        case "sent" if delivery.differs or delivery.look == "unseen":
            seen = delivery.differs or "for a day the platform did not let us look at it"
            return "Sent, but look", f"{seen[:1].upper()}{seen[1:]}. Open it and compare."
        case "unknown":
            return "May or may not have gone out", f"{problem or 'No answer came'}. {UNKNOWN}"
        case status:
            return status.capitalize(), ""


def choices(languages: Sequence[str], said: str) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen for each label of a reading, with its words. ``said``: the language it has now."""
    spoken = dict.fromkeys((*languages, said, "und"))
    return {
        "sentiment": [(each.value, each.value) for each in Sentiment],
        "emotion": [(each.value, each.value) for each in Emotion],
        "impact": [(each.value, "nothing said" if each is Impact.NONE else each.value) for each in Impact],
        "about": [(About.SERVICE.value, "a service or product"), (About.OTHER.value, "something else")],
        "intents": [(each.value, INTENTS.get(each, "none of these")) for each in Intent],
        "language": [(tag, "cannot be told" if tag == "und" else LANGUAGES.get(tag, tag)) for tag in spoken],
    }


def reason_of(because: Because) -> str:
    """What the words of a post speak for."""
    match because.decision:
        case "outage":
            return "an outage"
        case "impact":
            return f"at stake: {because.label}"
        case "intents":
            return INTENTS.get(because.label, because.label)
        case "sentiment":
            return because.label
        case name:
            return name


def marked(text: str, found: Sequence[Because]) -> list[Piece]:
    """The post cut where a span begins or ends; ``message`` says what a stretch speaks for."""
    spans = [(start, end, reason_of(each)) for each in found for start, end in each.spans]
    edges = sorted({0, len(text)} | {at for start, end, _ in spans for at in (start, end)})
    cut: list[Piece] = []
    for start, end in pairwise(edges):
        reasons = dict.fromkeys(why for at, to, why in spans if at < end and to > start)
        cut.append(Piece(text[start:end], message=", ".join(reasons)))
    return cut
