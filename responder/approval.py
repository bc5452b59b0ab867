"""A person's decisions on a draft. Each is a compare-and-set: who comes second is told, nothing is overwritten."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from core import settings
from core.clock import Clock
from core.domain import DeliveryStatus, DraftStatus, Finding, Level, sha256
from core.errors import Conflict, InputError, Refused
from core.store import (
    Session,
    Store,
    agreements,
    audit,
    deliveries,
    drafts,
    events,
    feedback,
    incidents,
    mentions,
    queue,
)
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from responder import four_eyes
from responder.bounds import bounds_of
from responder.freshness import may_answer, why_again, why_stale
from responder.gate import Candidate

Inspect = Callable[[Candidate], tuple[Finding, ...]]
_MAY_DECIDE = frozenset({"approver", "lead", "admin"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides."""

    id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who posts on a platform: the publisher's config section and its account."""

    publisher: str
    account: str


def candidate_of(
    db: Session,
    draft: DraftRow,
    text: str,
    brand: settings.Brand,
    *,
    incident_id: int | None = None,
    now: datetime | None = None,
) -> Candidate:
    """A text with everything the gate weighs it against, as of now; by default with the facts of its own incident."""
    number = incident_id or draft.incident_id
    incident = db.get(incidents.IncidentRow, number) if number else None
    sheet = incidents.sheet_of(db, incident, brand.as_voice(), brand.zone(), now=now)
    earlier = mentions.of_case(db, draft.mention.case_id) if draft.mention.case_id else []
    return Candidate(
        reply=text,
        platform=draft.mention.platform,
        mention=draft.mention.text,
        author=draft.mention.author,
        sheet=feedback.known(db, sheet, draft.occasion),
        history=[row.text for row in earlier if row.id != draft.mention_id],
        recent=[other for other in drafts.recent_texts(db) if other != draft.text],
        named=draft.mention.named,
        bounds=bounds_of(db, draft.mention.platform),
    )


def as_rows(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    """Findings as they are kept with a draft."""
    return [asdict(finding) | {"level": finding.level.value} for finding in findings]


def edit(
    store: Store,
    *,
    draft_id: int,
    version: int,
    text: str,
    actor: Actor,
    brand: settings.Brand,
    inspect: Inspect,
    clock: Clock,
) -> DraftRow:
    """Replaces the text of a waiting draft; returns it with its new version and findings.

    Raises Conflict when the draft moved on since ``version``, InputError for a text that cannot be sent.
    """
    may_decide(actor)
    text = _sendable(text)
    with store.read() as db:
        candidate = candidate_of(db, _draft(db, draft_id), text, brand, now=clock())
    findings = inspect(candidate)  # outside of the transaction: a slow text must not hold up others who decide
    with store.begin() as db:
        draft = waiting_at(db, draft_id, version)
        before = draft.text
        draft.text, draft.version, draft.edited_by, draft.updated_at = text, version + 1, actor.id, clock()
        draft.four_eyes = ""  # whoever agreed, agreed to another text
        judge(draft, candidate, findings)
        note(db, draft, actor, "draft.edited", clock(), before=before, after=text)
        return draft


def judge(draft: DraftRow, candidate: Candidate, findings: tuple[Finding, ...]) -> None:
    """Keeps with a draft what the gate said of its words against a sheet."""
    draft.findings, draft.passed = as_rows(findings), not _blocked(findings)
    draft.sheet_version = candidate.sheet.version
    if candidate.sheet.next_update_at is None:  # nothing that passed the gate promises a time any more
        draft.facts_used = [fact for fact in draft.facts_used if fact != "next_update_at"]


def approve(
    store: Store,
    *,
    draft_id: int,
    version: int,
    text: str,
    actor: Actor,
    route: Callable[[str], Route | None],
    responder: settings.Responder,
    clock: Clock,
    batch: str = "",
) -> DeliveryRow | None:
    """Binds these exact bytes to this target and starts the undo time.

    ``text`` is what the approver saw; ``batch`` marks, in the audit, those decided on together. None: the policy asks
    for two people, and this was the first one's word. Raises Conflict when the draft, its facts or the conversation
    moved on, Refused when it may not be sent at all (gate, eligibility, role, no publisher) or the approver wrote what
    a second person must judge.
    """
    may_decide(actor)
    also = {"batch": batch} if batch else {}
    with store.begin() as db:
        draft = waiting_at(db, draft_id, version)
        if draft.text != text:
            raise Conflict("the text changed while you were reading; look at it again")
        why = four_eyes.needed(db, draft, responder.four_eyes)
        _refuse_unfit(db, draft, clock(), overruled="blocked" in why)
        way = route(draft.mention.platform)
        if way is None:
            raise Refused(f"no publisher is set up for {draft.mention.platform}; add one to the configuration")
        hours = responder.approval_hours
        if why and not four_eyes.settle(db, draft, actor.id, why, now=clock(), hours=hours):
            note(
                db,
                draft,
                actor,
                "draft.agreed",
                clock(),
                sha256=sha256(draft.text),
                why=four_eyes.in_words(why),
                **also,
            )
            return None
        db.flush()
        drafts.move(db, draft.id, expect=DraftStatus.WAITING, to=DraftStatus.APPROVED)
        approval = _bind(draft, actor, way, responder, clock())
        db.add(approval)
        db.flush()
        delivery = deliveries.open_delivery(db, approval, key=uuid.uuid4().hex)
        note(db, draft, actor, "draft.approved", clock(), sha256=approval.sha256, account=way.account, **also)
        return delivery


def undo(store: Store, *, draft_id: int, actor: Actor, clock: Clock) -> DraftRow:
    """Takes an approval back while its undo time runs, or one's own agreement while a second person is awaited.

    Raises Conflict once sending has begun.
    """
    may_decide(actor)
    with store.begin() as db:
        draft, delivery = _draft(db, draft_id, lock=True), deliveries.of_draft(db, draft_id)
        if draft.status == DraftStatus.WAITING.value and _takes_back(db, draft, actor, clock()):
            return draft
        if delivery is None or not withdraw(db, delivery, now=clock()):
            raise Conflict("too late to undo: the reply is already being sent")
        note(db, draft, actor, "approval.undone", clock())
        db.refresh(draft)
        return draft


def _takes_back(db: Session, draft: DraftRow, actor: Actor, now: datetime) -> bool:
    mine = agreements.standing(db, draft, sha256(draft.text), now)
    if mine is None or mine.user_id != actor.id:
        return False
    mine.revoked_at = now
    note(db, draft, actor, "agreement.undone", now)
    return True


def reject(store: Store, *, draft_id: int, version: int, reason: str, actor: Actor, clock: Clock) -> DraftRow:
    """Decides that this reply does not go out. Raises Conflict when the draft moved on since ``version``."""
    may_decide(actor)
    with store.begin() as db:
        draft = waiting_at(db, draft_id, version)
        draft.status, draft.reason, draft.updated_at = DraftStatus.REJECTED.value, reason.strip(), clock()
        note(db, draft, actor, "draft.rejected", clock(), reason=reason.strip())
        return draft


def settle(store: Store, *, delivery_id: int, sent: bool, actor: Actor, clock: Clock) -> None:
    """A person looked at the platform: is an unknown delivery there? Not there: its draft goes back to the queue.

    Raises Conflict when that was settled before.
    """
    may_decide(actor)
    to = DeliveryStatus.SENT if sent else DeliveryStatus.REFUSED
    problem = f"settled by {actor.name}"
    with store.begin() as db:
        if not deliveries.move(
            db, delivery_id, expect=DeliveryStatus.UNKNOWN, to=to, ended_at=clock(), problem=problem
        ):
            raise Conflict("this delivery is settled already")
        delivery = db.get_one(DeliveryRow, delivery_id)
        draft = _draft(db, delivery.approval.draft_id)
        draft.status = DraftStatus.DONE.value if sent or draft.mention.gone else DraftStatus.WAITING.value
        if not sent:
            delivery.approval.revoked_at = clock()
        note(db, draft, actor, "delivery.settled" if sent else "delivery.not_there", clock(), sent=sent)


def withdraw(db: Session, delivery: DeliveryRow, *, now: datetime) -> bool:
    """Cancels a delivery that has not begun and puts its draft back in the queue; False when it is too late."""
    if not deliveries.move(db, delivery.id, expect=DeliveryStatus.APPROVED, to=DeliveryStatus.CANCELLED, ended_at=now):
        return False
    delivery.approval.revoked_at = now
    drafts.move(db, delivery.approval.draft_id, expect=DraftStatus.APPROVED, to=DraftStatus.WAITING)
    return True


def _bind(draft: DraftRow, actor: Actor, way: Route, responder: settings.Responder, now: datetime) -> ApprovalRow:
    return ApprovalRow(
        draft_id=draft.id,
        draft_version=draft.version,
        text=draft.text,
        sha256=sha256(draft.text),
        platform=draft.mention.platform,
        target_id=draft.mention.external_id,
        occasion=draft.occasion,
        account=way.account,
        publisher=way.publisher,
        sheet_version=draft.sheet_version,
        approver_id=actor.id,
        approved_at=now,
        release_at=now + timedelta(seconds=responder.undo_seconds),
        expires_at=now + timedelta(hours=responder.approval_hours),
    )


def _refuse_unfit(db: Session, draft: DraftRow, now: datetime, *, overruled: bool) -> None:
    """``overruled``: two people may send what the gate blocks, but not what a platform cannot take."""
    if not draft.passed and not (overruled and four_eyes.may_be_overruled(draft)):
        first = next(finding for finding in draft.found() if finding.level is Level.BLOCK)
        raise Refused(f"the gate blocks this reply: {first.message}")
    if stale := why_stale(db, draft, now):
        raise Conflict(f"{stale}; a new draft is on its way")
    allowed, why = may_answer(db, draft.mention)
    if not allowed:
        raise Refused(why)
    if again := why_again(db, draft):
        raise Refused(again)


def may_decide(actor: Actor) -> None:
    """Raises Refused for who may only look."""
    if actor.role not in _MAY_DECIDE:
        raise Refused(f"{actor.name} may look but not decide; an admin gives the role approver with amends user role")


def _sendable(text: str) -> str:
    if not text.strip():
        raise InputError("the reply is empty")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("the reply holds half a character (a lone surrogate); type it again") from None
    if "\x00" in text:
        raise InputError("the reply holds a NUL character; remove it")
    return text


def _draft(db: Session, draft_id: int, *, lock: bool = False) -> DraftRow:
    draft = drafts.whole(db, draft_id, lock=lock)
    if draft is None:
        raise InputError(f"there is no draft {draft_id}")
    return draft


def waiting_at(db: Session, draft_id: int, version: int) -> DraftRow:
    """The waiting draft at this version, held until the transaction ends. Raises Conflict when it moved on."""
    draft = _draft(db, draft_id, lock=True)
    if draft.status != DraftStatus.WAITING.value:
        who = _who(db, draft, f"draft.{draft.status}")
        raise Conflict(f"{who} {draft.status} this already" if who else f"this draft is {draft.status} already")
    if draft.version != version:
        who = _who(db, draft, "draft.edited") or _who(db, draft, "draft.rewritten") or "somebody"
        raise Conflict(f"{who} edited this draft while you were reading; look at it again")
    return draft


def _who(db: Session, draft: DraftRow, action: str) -> str:
    """Who did the last thing to a draft, when it was this; else ""."""
    last = queue.decided(db, draft.id)
    return last.actor if last is not None and last.action == action else ""


def _blocked(findings: tuple[Finding, ...]) -> bool:
    return any(finding.level is Level.BLOCK for finding in findings)


def note(db: Session, draft: DraftRow, actor: Actor, action: str, now: datetime, **detail: object) -> None:
    """Puts a decision on a draft into the audit, and tells the open pages."""
    db.flush()
    audit.record(db, actor=actor.name, action=action, subject=f"draft:{draft.id}", now=now, **detail)
    events.tell(db, "draft", now=now, draft_id=draft.id, action=action, by=actor.name)
