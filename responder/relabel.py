"""A person's word on a reading: it takes the model's place everywhere, in one transaction."""

from dataclasses import dataclass, replace

from core.clock import Clock
from core.domain import DraftStatus, Labels, MentionStatus, Reading, Stage
from core.errors import Conflict, InputError
from core.store import Session, Store, audit, corrections, drafts, events, incidents, mentions, rollups
from core.store.cases import CaseRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from responder.approval import Actor, may_decide
from responder.freshness import belongs
from responder.policy import priority

_CERTAIN = 1.0  # the confidence of a reading that a person decided on
_WHY = "the reading was corrected"


@dataclass(frozen=True, slots=True)
class Relabelled:
    """What a correction did. ``correction`` is what the next corrector must name as seen."""

    correction: int
    before: Labels
    after: Labels
    redrawn: bool  # the waiting reply was taken back: it rested on the old reading


def relabel(store: Store, *, mention_id: int, seen: int, labels: Labels, actor: Actor, clock: Clock) -> Relabelled:
    """Puts ``labels`` in the place of a mention's reading: queue, incident counts and trends follow at once.

    ``seen`` is the id of the correction that was in force on the corrector's page, 0 for none. Raises Conflict when
    somebody else corrected it meanwhile, InputError for a mention without a reading, Refused for a viewer. Labels
    that are as they were change nothing. Undone by another correction.
    """
    may_decide(actor)
    with store.begin() as db:
        mention = _read_mention(db, mention_id)
        last = corrections.newest_of(db, mention_id)
        if (last.id if last else 0) != seen:
            raise Conflict("somebody else corrected this reading meanwhile; look at it again")
        before = labels_of(mention)
        if before == labels:
            return Relabelled(seen, before, labels, redrawn=False)
        made = _keep(db, mention, before, labels, actor, clock)
        redrawn = _redraw(db, mention, labels, actor, clock)
        return Relabelled(made, before, labels, redrawn)


def labels_of(mention: MentionRow) -> Labels:
    """The labels of a mention as they stand. Raises InputError for one that has not been read."""
    return Labels.of(_reading(mention), relevant=mention.relevant, spam=mention.spam)


def _read_mention(db: Session, mention_id: int) -> MentionRow:
    """Locked until the correction is committed: who corrects second sees what the first one did."""
    mention = db.get(MentionRow, mention_id, with_for_update={"of": MentionRow})
    if mention is None:
        raise InputError(f"there is no mention {mention_id}")
    if mention.reading is None or mention.status == MentionStatus.NEW.value:
        raise InputError(f"mention {mention_id} has not been read yet")
    return mention


def _keep(db: Session, mention: MentionRow, before: Labels, after: Labels, actor: Actor, clock: Clock) -> int:
    now, old, read_at = clock(), _reading(mention), mention.reading.read_at  # type: ignore[union-attr]
    new = replace(after.over(old), confidence=_CERTAIN)
    made = corrections.add(
        db, mention_id=mention.id, before=before, after=after, model=old.model, actor=actor.name, now=now
    )
    mentions.save_reading(db, mention.id, new, now=read_at)
    _count(db, mention, old if before.relevant else None, new if after.relevant else None)
    mention.relevant, mention.spam = after.relevant, after.spam
    db.flush()
    _retie(db, mention)
    was, became = corrections.changes(before.plain(), after.plain())
    audit.record(
        db, actor=actor.name, action="reading.corrected", subject=f"mention:{mention.id}", now=now, before=was,
        after=became, model=old.model,
    )  # fmt: skip
    events.tell(db, "trends", now=now, corrected=mention.id)
    return made


def _reading(mention: MentionRow) -> Reading:
    if mention.reading is None:
        raise InputError(f"mention {mention.id} has not been read yet")
    return mention.reading.value()


def _count(db: Session, mention: MentionRow, old: Reading | None, new: Reading | None) -> None:
    if old is not None or new is not None:
        rollups.count(
            db, brand=mention.brand, platform=mention.platform, at=mention.created_at, new=new, old=old
        )  # fmt: skip


def _retie(db: Session, mention: MentionRow) -> None:
    """Whether the customer's case is part of the open incident, judged by all their posts as they are read now."""
    case = db.get(CaseRow, mention.case_id) if mention.case_id else None
    incident = incidents.newest_open(db, mention.brand)
    if case is None or incident is None or case.incident_id not in (None, incident.id):
        return
    case.incident_id = None
    said = [row for row in mentions.of_case(db, case.id) if row.reading is not None and row.relevant]
    if any(belongs(row, _reading(row), case, incident) for row in said):
        case.incident_id = incident.id


def _redraw(db: Session, mention: MentionRow, labels: Labels, actor: Actor, clock: Clock) -> bool:
    """The waiting reply rests on the old reading: it is drawn again, unless a person wrote it. Returns whether."""
    draft = drafts.live_of(db, mention.id)
    if draft is not None and draft.status != DraftStatus.WAITING.value:
        return False  # approved and on its way: undo is there for that
    if draft is not None and (draft.edited_by is not None or draft.occasion) and labels.relevant:
        _reorder(db, draft, mention, actor, clock)
        return False
    if draft is not None:
        _take_back(db, draft, actor, clock)
    if draft is not None or mention.status == MentionStatus.WATCHED.value:
        mention.status = MentionStatus.READ.value if labels.relevant else MentionStatus.WATCHED.value
    return draft is not None


def _reorder(db: Session, draft: DraftRow, mention: MentionRow, actor: Actor, clock: Clock) -> None:
    """A reply that a person edited keeps its words and takes its new place in the queue."""
    said = mentions.of_case(db, mention.case_id) if mention.case_id else []
    earlier = [row for row in said if row.id != mention.id and row.created_at <= mention.created_at]
    draft.priority = priority(_reading(mention), Stage(draft.stage), len(earlier), spam=mention.spam)
    draft.version += 1
    events.tell(db, "draft", now=clock(), draft_id=draft.id, action="draft.rechecked", by=actor.name)


def _take_back(db: Session, draft: DraftRow, actor: Actor, clock: Clock) -> None:
    now = clock()
    draft.status, draft.reason, draft.updated_at = DraftStatus.SUPERSEDED.value, _WHY, now
    db.flush()
    audit.record(
        db, actor=actor.name, action="draft.superseded", subject=f"draft:{draft.id}", now=now, reason=_WHY
    )  # fmt: skip
    events.tell(db, "draft", now=now, draft_id=draft.id, action="draft.superseded", by=actor.name)
