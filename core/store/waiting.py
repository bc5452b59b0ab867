"""The list of waiting drafts: what it is ordered, chosen and searched by, one narrow row a draft.

Nothing writes these tables but the database itself: triggers keep them in step with drafts, posts, readings and cases
(see the migration). A snoozed draft stays listed with the time it wakes, so that it comes back without anybody's doing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, Text, and_, func, or_, select, text, true, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import DeliveryStatus
from core.store.base import Base
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from core.store.queue import Place

MOST_TERMS = 8
# The order, and behind it everything that is asked for: the list is read from this index alone.
IN_ORDER = (
    *("rank", "since", "draft_id"),
    *("wakes_at", "owner_id", "safety", "anger", "contacts", "blocked", "escalated"),
    *("platform", "language", "incident_id", "stage"),
)
OF_OWNER = ("owner_id", "rank", "since", "draft_id", "wakes_at")


class WaitingRow(Base):
    __tablename__ = "waiting"
    __table_args__ = (
        Index("ix_waiting_order", *IN_ORDER),
        Index(  # what one person has: few of very many
            "ix_waiting_owner",
            *OF_OWNER,
            sqlite_where=text("owner_id IS NOT NULL"),
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
    )

    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int]  # the draft's priority, negated: the order is ascending throughout
    since: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(index=True)
    platform: Mapped[str]
    language: Mapped[str]  # the customer's
    incident_id: Mapped[int | None]
    stage: Mapped[str]
    safety: Mapped[bool]
    anger: Mapped[bool]  # outage and angry
    contacts: Mapped[int]
    blocked: Mapped[bool]  # by the gate
    owner_id: Mapped[int | None]
    wakes_at: Mapped[datetime | None]
    escalated: Mapped[bool]


class WordsRow(Base):
    """Author, the customer's words and ours, in small letters."""

    __tablename__ = "waiting_words"

    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class View(StrEnum):
    """What can be looked at; every one but the last two is a part of ``all``."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ESCALATED = "escalated"
    SAFETY = "safety"
    ANGER = "anger"
    REPEAT = "repeat"
    BLOCKED = "blocked"
    SNOOZED = "snoozed"
    UNKNOWN = "unknown"  # deliveries that may or may not have gone out


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see; what is empty asks for nothing. ``me``: their user id."""

    me: int
    now: datetime
    view: View = View.ALL
    words: str = ""  # all of them must occur, whatever their case
    platform: str = ""
    language: str = ""
    incident: int | None = None
    stage: str = ""
    longer: timedelta | None = None  # waiting longer than


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are in each view, and how many of them each person has."""

    views: Mapping[View, int]
    owned: Mapping[int | None, int]

    def of(self, me: int) -> dict[View, int]:
        """As one person sees it."""
        nobody = self.views[View.ALL] - sum(self.owned.values())
        return {View.MINE: self.owned.get(me, 0), View.UNASSIGNED: nobody, **self.views}


def ids(db: Session, asked: Asked, *, after: Place | None = None, limit: int) -> list[int]:
    """The next drafts behind a place (None: the first), in the queue's order."""
    if asked.view is View.UNKNOWN:
        return list(db.scalars(_unknown(asked, after).limit(limit)))
    return list(db.scalars(stretch(db, asked, after).limit(limit)))


def stretch(db: Session, asked: Asked, after: Place | None) -> Select[int]:
    """The query of ``ids``, without its end."""
    rows = select(WaitingRow.draft_id).where(*_conditions(db, asked)).order_by(*ORDER)
    if after is None:
        return rows
    return rows.where(tuple_(*ORDER) > tuple_(-after.priority, after.since, after.id))


def count(db: Session, asked: Asked) -> int:
    """How many there are in all."""
    if asked.view is View.UNKNOWN:
        return db.scalar(select(func.count()).select_from(_unknown(asked, None).subquery())) or 0
    return db.scalar(select(func.count()).select_from(WaitingRow).where(*_conditions(db, asked))) or 0


def among(db: Session, asked: Asked, wanted: Sequence[int]) -> list[int]:
    """Which of these drafts belong to what is asked for."""
    if asked.view is View.UNKNOWN:
        return list(db.scalars(_unknown(asked, None).where(DraftRow.id.in_(wanted))))
    return list(
        db.scalars(select(WaitingRow.draft_id).where(WaitingRow.draft_id.in_(wanted), *_conditions(db, asked, wanted)))
    )


def counts(db: Session, now: datetime) -> Counts:
    """One pass over the list, and one over what somebody has."""
    awake = _awake(now)
    parts = {view: and_(awake, wanted) for view, wanted in PARTS.items()} | {View.SNOOZED: ~awake}
    row = db.execute(select(*[func.count().filter(wanted) for wanted in parts.values()]).select_from(WaitingRow)).one()
    owner = WaitingRow.owner_id
    owned = db.execute(select(owner, func.count()).where(owner.is_not(None), awake).group_by(owner))
    views = dict(zip(parts, row, strict=True)) | {View.UNKNOWN: count_unknown(db)}
    return Counts(views, {one[0]: one[1] for one in owned})


_ALL = select(func.count()).select_from(WaitingRow)


def count_all(db: Session) -> int:
    """How many drafts wait, put off or not."""
    return db.scalar(_ALL) or 0


def count_unknown(db: Session) -> int:
    unknown = DeliveryRow.status == DeliveryStatus.UNKNOWN.value
    return db.scalar(select(func.count()).select_from(DeliveryRow).where(unknown)) or 0


def snoozed_until(db: Session, wanted: Sequence[int], now: datetime) -> dict[int, datetime]:
    """Those of these drafts that are put off, with the end of it."""
    rows = select(WaitingRow.draft_id, WaitingRow.wakes_at).where(WaitingRow.draft_id.in_(wanted))
    ends = {row[0]: row[1] for row in db.execute(rows.where(WaitingRow.wakes_at > now))}
    return {draft: at for draft, at in ends.items() if at is not None}


def loaded(db: Session, wanted: Sequence[int]) -> list[DraftRow]:
    """These drafts in the order named; those that are gone are left out."""
    found = {draft.id: draft for draft in db.scalars(select(DraftRow).where(DraftRow.id.in_(wanted)))}
    return [found[each] for each in wanted if each in found]


# --- what is asked, as conditions ------------------------------------------------------------------------------

ORDER = (WaitingRow.rank, WaitingRow.since, WaitingRow.draft_id)
PARTS: dict[View, ColumnElement[bool]] = {
    View.ALL: true(),
    View.ESCALATED: WaitingRow.escalated.is_(True),
    View.SAFETY: WaitingRow.safety.is_(True),
    View.ANGER: WaitingRow.anger.is_(True),
    View.REPEAT: WaitingRow.contacts > 1,
    View.BLOCKED: WaitingRow.blocked.is_(True),
}


def _awake(now: datetime) -> ColumnElement[bool]:
    return or_(WaitingRow.wakes_at.is_(None), WaitingRow.wakes_at <= now)


def _conditions(db: Session, asked: Asked, only: Sequence[int] = ()) -> list[ColumnElement[bool]]:
    """``only``: the drafts it is asked of, when they are few."""
    wanted = [*_of_view(asked)]
    if asked.platform:
        wanted.append(WaitingRow.platform == asked.platform)
    if asked.language:
        wanted.append(WaitingRow.language == asked.language)
    if asked.incident is not None:
        wanted.append(WaitingRow.incident_id == asked.incident)
    if asked.stage:
        wanted.append(WaitingRow.stage == asked.stage)
    if asked.longer is not None:
        wanted.append(WaitingRow.since <= asked.now - asked.longer)
    if terms := terms_of(asked.words):
        holds = _holds_ascii if db.get_bind().dialect.name == "sqlite" else _holds
        speaking = select(WordsRow.draft_id).where(*map(holds, terms))
        speaking = speaking.where(WordsRow.draft_id.in_(only)) if only else speaking
        # The words are read once from end to end; + 0 keeps the list in its order's index, which ends a page early.
        wanted.append((WaitingRow.draft_id + 0).in_(speaking))
    return wanted


def _of_view(asked: Asked) -> list[ColumnElement[bool]]:
    match asked.view:
        case View.SNOOZED:
            return [WaitingRow.wakes_at > asked.now]
        case View.MINE:
            return [WaitingRow.owner_id == asked.me, _awake(asked.now)]
        case View.UNASSIGNED:
            return [WaitingRow.owner_id.is_(None), _awake(asked.now)]
        case view:
            return [PARTS[view], _awake(asked.now)]


def terms_of(words: str) -> list[str]:
    """What must occur, in small letters."""
    return list(dict.fromkeys(words.lower().split()))[:MOST_TERMS]


def _holds(term: str) -> ColumnElement[bool]:
    return WordsRow.words.contains(term, autoescape=True)


def _holds_ascii(term: str) -> ColumnElement[bool]:
    """The same where lower() knows only ASCII: a letter beyond it is looked for as people write it, é or É."""
    written = dict.fromkeys(_ascii_lower(way) for way in (term, term.upper(), term.title()))
    return or_(*[func.instr(WordsRow.words, way) > 0 for way in written])


def _ascii_lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _unknown(asked: Asked, after: Place | None) -> Select[int]:
    """Drafts whose delivery a person must settle. They are few and wait no more, so nothing of theirs is listed."""
    rows = (
        select(DraftRow.id)
        .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
        .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .where(DeliveryRow.status == DeliveryStatus.UNKNOWN.value)
        .order_by(-DraftRow.priority, DraftRow.waiting_since, DraftRow.id)
    )
    for term in terms_of(asked.words):
        said = (MentionRow.author, MentionRow.author_name, MentionRow.text, DraftRow.text)
        rows = rows.where(or_(*[column.icontains(term, autoescape=True) for column in said]))
    if asked.platform:
        rows = rows.where(MentionRow.platform == asked.platform)
    if after is not None:
        place = tuple_(-DraftRow.priority, DraftRow.waiting_since, DraftRow.id)
        rows = rows.where(place > tuple_(-after.priority, after.since, after.id))
    return rows
