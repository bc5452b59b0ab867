"""Rows in plain words for the queue: what we understood, where a reply stands, where the gate points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from classifier.why import Because
from core.domain import About, Band, Emotion, Finding, Gone, Impact, Intent, Level, Sentiment, band_of
from core.store.audit import AuditRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, ReadingRow
from core.store.queue import Sending
from dashboards.heard import heard
from dashboards.languages import _, later, look_up, pgettext
from responder.publishers.texts import GONE

PLATFORMS = {"x": "X", "reddit": "Reddit", "bluesky": "Bluesky", "mastodon": "Mastodon"}
ELIGIBLE = {
    "tagged": later("tagged us"),
    "quoted": later("quoted us"),
    "replied": later("replied to us"),
    "none": later("did not address us"),
}
INTENTS = {
    "outage_report": later("reports an outage"),
    "status_question": later("asks when it ends"),
    "complaint": later("complains"),
    "support_request": later("needs help"),
    "compensation_request": later("asks for compensation"),
    "churn_threat": later("may leave"),
    "praise": later("praises"),
    "suggestion": later("suggests"),
    "question": later("asks a question"),
}
DONE = {
    "draft.edited": later("%(who)s edited this"),
    "draft.rewritten": later("%(who)s took another wording for this"),
    "draft.approved": later("%(who)s approved this"),
    "draft.agreed": later("%(who)s agreed to this; a second person must agree too"),
    "agreement.undone": later("%(who)s took their agreement back"),
    "mention.answered": later("%(who)s answered this by hand"),
    "delivery.differs": later("%(who)s found that the platform shows something else"),
    "delivery.unseen": later("%(who)s could not look at this on the platform for a day"),
    "delivery.taken_down": later("%(who)s took our reply down"),
    "draft.written_anew": later("%(who)s put this back in the queue, to be corrected"),
    "draft.rejected": later("%(who)s rejected this"),
    "draft.superseded": later("%(who)s took this back"),
    "approval.undone": later("%(who)s took the approval back"),
    "approval.lapsed": later("%(who)s put this back in the queue"),
    "delivery.sent": later("%(who)s sent this"),
    "delivery.refused": later("%(who)s could not send this"),
    "delivery.unknown": later("%(who)s cannot tell whether this went out"),
    "delivery.settled": later("%(who)s settled this"),
    "delivery.not_there": later("%(who)s looked, and our reply is not there"),
}
REFUSED = later(
    "Nothing was posted and it is not tried again: open the post and answer by hand if it still needs an answer."
)
UNKNOWN = later("Open the post, look for our reply, and say what you see. It is not sent again by itself.")
CERTAINTY = {
    Band.HIGH: later("sure"),
    Band.MEDIUM: later("fairly sure"),
    Band.LOW: later("unsure, read it yourself"),
}
LANGUAGES = {
    "en": later("English"),
    "fr": later("French"),
    "es": later("Spanish"),
    "de": later("German"),
    "it": later("Italian"),
    "pt": later("Portuguese"),
}
STATES = {"sending": later("Sending"), "sent": later("Sent", "reply"), "cancelled": later("Cancelled")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply; ``level`` is set where the gate points."""

    text: str
    level: str = ""
    message: str = ""


def platform(name: str) -> str:
    return PLATFORMS.get(name, name)


def gone(post: MentionRow) -> str:
    """What stands where the words of a post were, once they are erased; "" while they are here."""
    if post.gone == Gone.DELETED:
        return _("This post was deleted by its author on %(platform)s.", platform=platform(post.platform))
    return _("This post was erased.") if post.gone else ""


def appears(name: str, account: str) -> str:
    """Over a reply as it will be seen: where, and from whom."""
    if account:
        return _("As it appears on %(platform)s, from %(account)s", platform=platform(name), account=account)
    return _("As it appears on %(platform)s", platform=platform(name))


def intents(reading: ReadingRow) -> str:
    """``reports an outage, asks when it ends``; "" when nothing stands out."""
    return ", ".join(_(INTENTS[intent]) for intent in reading.intents if intent in INTENTS)


def certainty(confidence: float) -> str:
    """How sure the reading is of itself, in words."""
    return _(CERTAINTY[band_of(confidence)])


def plain(name: str) -> str:
    """``next_step`` → ``next step``."""
    return look_up(name.removesuffix("_at").replace("_", " "), "move")


def several(names: Sequence[str]) -> str:
    return ", ".join(plain(name) for name in names)


def written(draft: DraftRow) -> str:
    """Who wrote a draft, and from which facts."""
    writer, facts = heard(draft.writer), several(draft.facts_used)
    if draft.edited_by and facts:
        return _("Edited, first written by the %(writer)s from %(facts)s", writer=writer, facts=facts)
    if draft.edited_by:
        return _("Edited, first written by the %(writer)s, no fact used", writer=writer)
    if facts:
        return _("Written by the %(writer)s from %(facts)s", writer=writer, facts=facts)
    return _("Written by the %(writer)s, no fact used", writer=writer)


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
    return Piece(text[start:end], over[0].level.value, " ".join(heard(finding.message) for finding in over))


def obstacle(draft: DraftRow, *, may_decide: bool, overruled: bool = False) -> str:
    """Why this reply cannot be approved as it stands, or "". ``overruled``: two people may send what is blocked."""
    if draft.status != "waiting":
        return _("It is not waiting any more.")
    if not may_decide:
        return _("You may look, not decide. Ask an admin for the role approver.")
    if draft.passed or overruled:
        return ""
    return _("The gate blocks this reply as it stands. Edit it to go on.")


def decision(row: AuditRow | None, draft: DraftRow) -> str:
    """``Ana approved this``, for a draft that is not waiting."""
    if row is None and draft.status == "superseded":
        return _("This draft was taken back, a newer one may wait")
    if row is None:
        return _("This draft is %(status)s", status=pgettext("draft", draft.status))
    who = "Amends" if row.actor == "amends" else row.actor
    why = row.detail.get("reason") or row.detail.get("why") or ""
    done = _(DONE[row.action], who=who) if row.action in DONE else f"{who} {row.action}"
    return _("%(what)s: %(why)s", what=done, why=heard(str(why))) if why else done


def progress(sending: Sending) -> tuple[str, str]:
    """The state of a delivery in a word or two, and what a person should know or do."""
    delivery = sending.delivery
    problem = heard(delivery.problem).rstrip(".")
    match delivery.status:
        case "approved":
            return _("Approved"), _("%(problem)s. It is tried again by itself.", problem=problem) if problem else ""
        case "refused":
            gone = sending.draft.mention.gone or delivery.problem == GONE
            by_hand = "" if gone else f" {_(REFUSED)}"
            return _("Not sent"), f"{problem or _('Refused')}.{by_hand}"
        case "sent" if delivery.taken_down_at:
            return _("Taken down"), delivery.taken_down
        case "sent" if delivery.differs or delivery.look == "unseen":
            seen = heard(delivery.differs or later("for a day the platform did not let us look at it"))
            return _("Sent, but look"), _("%(seen)s. Open it and compare.", seen=seen[:1].upper() + seen[1:])
        case "unknown":
            return _("May or may not have gone out"), f"{problem or _('No answer came')}. {_(UNKNOWN)}"
        case status:
            return pgettext("reply", STATES.get(status, status.capitalize())), ""


def choices(languages: Sequence[str], said: str) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen for each label of a reading, with its words. ``said``: the language it has now."""
    spoken = dict.fromkeys((*languages, said, "und"))
    return {
        "sentiment": [(each.value, look_up(each.value)) for each in Sentiment],
        "emotion": [(each.value, pgettext("emotion", each.value)) for each in Emotion],
        "impact": [
            (each.value, _("nothing said") if each is Impact.NONE else pgettext("persona", each.value))
            for each in Impact
        ],
        "about": [(About.SERVICE.value, _("a service or product")), (About.OTHER.value, _("something else"))],
        "intents": [(each.value, _(INTENTS.get(each, later("none of these")))) for each in Intent],
        "language": [(tag, language(tag)) for tag in spoken],
    }


def language(tag: str) -> str:
    return _("cannot be told") if tag == "und" else look_up(LANGUAGES.get(tag, tag))


def reason_of(because: Because) -> str:
    """What the words of a post speak for."""
    match because.decision:
        case "outage":
            return _("an outage")
        case "impact":
            return _("at stake: %(what)s", what=pgettext("persona", because.label))
        case "intents":
            return look_up(INTENTS.get(because.label, because.label))
        case "sentiment":
            return look_up(because.label)
        case name:
            return look_up(name)


def marked(text: str, found: Sequence[Because]) -> list[Piece]:
    """The post cut where a span begins or ends; ``message`` says what a stretch speaks for."""
    spans = [(start, end, reason_of(each)) for each in found for start, end in each.spans]
    edges = sorted({0, len(text)} | {at for start, end, _ in spans for at in (start, end)})
    cut: list[Piece] = []
    for start, end in pairwise(edges):
        reasons = dict.fromkeys(why for at, to, why in spans if at < end and to > start)
        cut.append(Piece(text[start:end], message=", ".join(reasons)))
    return cut
