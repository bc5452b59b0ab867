"""What a person who looks at a draft may ask of the playbook: another wording of it, or sentences to put into it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Protocol

from core import settings
from core.clock import Clock
from core.domain import DraftStatus, FactSheet, Finding, Impact, Level, Plan, Stage, Written
from core.errors import Conflict, InputError, Refused
from core.store import Session, Store, drafts, feedback, follow_ups, incidents, mentions, wordings
from core.store.drafts import DraftRow
from responder import approval
from responder.approval import Actor, Inspect, candidate_of
from responder.bounds import bounds_of
from responder.drafting import reply_language
from responder.followups import SECOND_WORD, lead_in, plan_of
from responder.gate import Candidate, jargon
from responder.lengths import room_for
from responder.naming import called, led
from responder.wordings import laid_over
from responder.writers import Brief, canned
from responder.writers.alternatives import Wish, alternatives
from responder.writers.canned import Sentence
from responder.writers.likeness import likeness, runs
from responder.writers.ordering import Books
from responder.writers.phrasebook import load
from responder.writers.playbook import SIMILAR

_RECENT = 50


class Plans(Protocol):
    def plan(self, stage: Stage, persona: Impact, sheet: FactSheet) -> Plan:
        """The moves of a reply for a cell of the journey map, as far as the sheet allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """What it needs, wired once."""

    store: Store
    brand: settings.Brand
    plans: Plans
    inspect: Inspect
    clock: Clock
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Another wording of a draft, at the version it was made for, with what the gate says of it."""

    version: int
    written: Written
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A draft with everything its words rest on, read in one snapshot."""

    draft: DraftRow
    brief: Brief
    books: Books
    lead: str
    recent: tuple[str, ...]


def offer(with_: Rewording, *, draft_id: int, wish: Wish) -> Offer:
    """The wording that fits the wish best, passes the gate, and is not what others were just told.

    Raises Refused when there is none, Conflict when the draft does not wait any more, InputError: no such draft.
    """
    with with_.store.read() as db:
        asked = _asked(db, with_, draft_id)
    offers = [_weighed(with_, asked, written) for written in _alternatives(asked, wish)]
    passing = [each for each in offers if not _blocked(each)]
    if not passing:
        raise Refused(f"there is no {wish} way to say this from the facts we have")
    recent = [runs(text) for text in asked.recent]
    return next((each for each in passing if _is_new(each.written.text, recent)), passing[0])


def take(with_: Rewording, *, draft_id: int, version: int, wish: Wish, text: str, actor: Actor) -> DraftRow:
    """Puts an offered wording, as it was shown, in the place of a waiting draft's text.

    It is made again from the facts, so that the draft knows what its new words rest on; whose edit stood there before
    is named in the audit. Raises Conflict when the draft or what it rests on moved on, Refused for who may not decide.
    """
    approval.may_decide(actor)
    with with_.store.read() as db:
        asked = _asked(db, with_, draft_id)
        found = next((each for each in _alternatives(asked, wish) if each.text == text), None)
        candidate = candidate_of(db, asked.draft, text, with_.brand, now=with_.clock())
    if found is None:
        raise Conflict("the facts changed since this was offered; ask for it again")
    findings = with_.inspect(candidate)
    with with_.store.begin() as db:
        draft = approval.waiting_at(db, draft_id, version)
        before, now = draft.text, with_.clock()
        _put(draft, found)
        draft.version, draft.updated_at = version + 1, now
        approval.judge(draft, candidate, findings)
        approval.note(db, draft, actor, "draft.rewritten", now, before=before, after=text, wish=wish.value)
        return draft


def sentences(with_: Rewording, *, draft_id: int) -> list[Sentence]:
    """The playbook's sentences that are true for this customer now. Raises InputError: no such draft."""
    with with_.store.read() as db:
        asked = _asked(db, with_, draft_id, any_status=True)
    return canned.sentences(asked.brief, asked.books)


def _alternatives(asked: _Asked, wish: Wish) -> Iterable[Written]:
    present = asked.draft.text.removeprefix(asked.lead)
    for written in alternatives(asked.brief, wish, asked.books, present=present, hard=partial(_is_hard, asked.brief)):
        yield led(written, asked.lead)


def _is_hard(brief: Brief, sentence: str) -> bool:
    """Whether only an engineer reads a sentence; asked of approved ones too, since there are others to choose."""
    nothing = FactSheet(brand=brief.sheet.brand)
    alone = Candidate(reply=sentence, platform=brief.platform, mention=brief.text, sheet=nothing)
    return next(iter(jargon.check(alone)), None) is not None


def _weighed(with_: Rewording, asked: _Asked, written: Written) -> Offer:
    with with_.store.read() as db:
        candidate = candidate_of(db, asked.draft, written.text, with_.brand, now=with_.clock())
    return Offer(asked.draft.version, written, with_.inspect(candidate))


def _blocked(offered: Offer) -> bool:
    return any(finding.level is Level.BLOCK for finding in offered.findings)


def _is_new(text: str, recent: list[frozenset[int]]) -> bool:
    own = runs(text)
    return all(likeness(own, other) <= SIMILAR for other in recent)


def _put(draft: DraftRow, written: Written) -> None:
    draft.text = draft.written = written.text
    draft.grounds = [asdict(ground) for ground in written.grounds]
    draft.moves = [move.value for move in written.moves]
    draft.facts_used, draft.facts_missing = list(written.facts_used), list(written.facts_missing or ())
    second = SECOND_WORD if draft.occasion else ""
    draft.writer, draft.edited_by = (
        f"{written.writer}{second}",
        None,
    )  # nobody's own words: the facts say when they are stale
    draft.four_eyes = ""  # whoever agreed, agreed to another text


def _asked(db: Session, with_: Rewording, draft_id: int, *, any_status: bool = False) -> _Asked:
    draft = db.get(DraftRow, draft_id)
    reading = draft.mention.reading if draft is not None else None
    if draft is None or reading is None:
        raise InputError(f"there is no draft {draft_id}")
    if not any_status:
        _must_be_drawn(draft)
    brand, mention, now = with_.brand, draft.mention, with_.clock()
    incident = db.get(incidents.IncidentRow, draft.incident_id) if draft.incident_id else None
    sheet = incidents.sheet_of(db, incident, brand.as_voice(), brand.zone(), now=now)
    plan = with_.plans.plan(Stage(draft.stage), Impact(draft.persona), sheet)
    language, lead = reply_language(draft.language, brand.languages), called(mention)
    if row := follow_ups.of_draft(db, draft.id) if draft.occasion else None:
        plan = plan_of(incident, Impact(draft.persona))
        why = lead_in(draft.text.removeprefix(lead), language, row.kind)
        lead += f"{why} " if why else ""
    earlier = mentions.of_case(db, mention.case_id) if mention.case_id else []
    brief = Brief(
        mention_id=f"{mention.platform}:{mention.external_id}",
        platform=mention.platform,
        author=mention.author,
        text=mention.text,
        language=language,
        reading=reading.value(),
        plan=plan,
        sheet=feedback.known(db, sheet, draft.occasion),
        now=now,
        limit=room_for(mention.platform, lead, bounds_of(db, mention.platform)),
        history=[row.text for row in earlier if row.id != mention.id and row.created_at <= mention.created_at],
        our_replies=drafts.sent_to_case(db, mention.case_id) if mention.case_id else [],
        agent=with_.agent,
    )
    recent = [text for text in drafts.recent_texts(db, limit=_RECENT) if text != draft.text]
    return _Asked(draft, brief, _books(db, brand), lead, tuple(recent))


def _must_be_drawn(draft: DraftRow) -> None:
    if draft.status != DraftStatus.WAITING.value:
        raise Conflict(f"this draft is {draft.status} already")
    if draft.occasion.startswith(f"{feedback.OCCASION}:"):
        raise Refused("this reply tells what came of feedback, in a colleague's own words; edit it")


def _books(db: Session, brand: settings.Brand) -> Books:
    """The texts in force, the brand's first language in front."""
    books = laid_over(load(), wordings.in_force(db, brand.name))
    home = next(language for language in (*brand.languages, *books) if language in books)
    return {home: books[home], **books}
