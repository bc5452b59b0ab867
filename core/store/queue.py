"""What the approval queue asks of the rows: pages of waiting drafts, what became of the others, a case's history."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from core.domain import DeliveryStatus, DraftStatus
from core.store.audit import AuditRow
from core.store.base import UtcDateTime
from core.store.deliveries import ApprovalRow, DeliveryRow
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow
from core.store.users import UserRow

WAITING = DraftRow.status == DraftStatus.WAITING.value
ENDED_BADLY = (DeliveryStatus.REFUSED.value, DeliveryStatus.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft stands in the queue: priority (higher first), then when the customer wrote, then its id."""

    priority: int
    since: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery with the draft it carries and the name of who approved it."""

    delivery: DeliveryRow
    draft: DraftRow
    approver: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a case, as it is shown around another one."""

    id: int
    created_at: datetime
    platform: str
    author: str
    author_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What we answered in a case, and who approved it."""

    draft_id: int
    approved_at: datetime
    approver: str
    platform: str
    text: str


def place_of(draft: DraftRow) -> Place:
    return Place(draft.priority, draft.waiting_since, draft.id)


def waiting_after(db: Session, place: Place | None, *, limit: int) -> list[DraftRow]:
    """The next ``limit`` waiting drafts behind ``place`` (None: the first), in the queue's order.

    Goes priority by priority along the index, so that only the drafts of one priority are ever sorted.
    """
    found: list[DraftRow] = []
    priority = _next_priority(db, place.priority if place else None, including=True)
    while priority is not None and len(found) < limit:
        found += db.scalars(_of_priority(priority, place).limit(limit - len(found)))
        priority = _next_priority(db, priority, including=False)
    return found


def _next_priority(db: Session, highest: int | None, *, including: bool) -> int | None:
    query = select(func.max(DraftRow.priority)).where(WAITING)
    if highest is not None:
        query = query.where(DraftRow.priority <= highest if including else DraftRow.priority < highest)
    return db.scalar(query)


def _of_priority(priority: int, place: Place | None) -> Select[DraftRow]:
    query = select(DraftRow).where(WAITING, DraftRow.priority == priority).order_by(DraftRow.waiting_since, DraftRow.id)
    if place is None or place.priority != priority:
        return query
    later = DraftRow.waiting_since > place.since
    return query.where(or_(later, and_(DraftRow.waiting_since == place.since, DraftRow.id > place.id)))


def decided(db: Session, draft_id: int) -> AuditRow | None:
    """The last decision on a draft: who, what, when."""
    return db.scalar(
        select(AuditRow).where(AuditRow.subject == f"draft:{draft_id}").order_by(AuditRow.id.desc()).limit(1)
    )


def last_approval(db: Session) -> tuple[str, datetime] | None:
    """Who approved last, and when."""
    row = db.execute(
        select(UserRow.name, ApprovalRow.approved_at)
        .join(UserRow, UserRow.id == ApprovalRow.approver_id)
        .order_by(ApprovalRow.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


_POSTS = select(
    *(MentionRow.id, MentionRow.created_at, MentionRow.platform),
    *(MentionRow.author, MentionRow.author_name, MentionRow.text),
).where(MentionRow.case_id == bindparam("case_id"), MentionRow.gone == "")
_NEWEST_FIRST = (MentionRow.created_at.desc(), MentionRow.id.desc())
_AT, _ID = bindparam("at", type_=UtcDateTime()), bindparam("id", type_=Integer())
# The plain comparison of the time is what the index serves.
_BEFORE = _POSTS.where(
    MentionRow.created_at <= _AT, or_(MentionRow.created_at < _AT, MentionRow.id < _ID)
).order_by(*_NEWEST_FIRST)  # fmt: skip
_AFTER = _POSTS.where(
    MentionRow.created_at >= _AT, or_(MentionRow.created_at > _AT, MentionRow.id > _ID)
).order_by(*_NEWEST_FIRST)  # fmt: skip
ANSWERED = 300  # posts of a case, back from a moment, whose answers are looked for
_LAST_POSTS = (
    select(MentionRow.id)
    .where(MentionRow.case_id == bindparam("case_id"), MentionRow.created_at <= bindparam("until", type_=UtcDateTime()))
    .order_by(*_NEWEST_FIRST)
    .limit(ANSWERED)
)
_REPLIES = (
    select(DraftRow.id, ApprovalRow.approved_at, UserRow.name, DeliveryRow.platform, DeliveryRow.text)
    .select_from(MentionRow)
    .join(DraftRow, DraftRow.mention_id == MentionRow.id)
    .join(ApprovalRow, ApprovalRow.draft_id == DraftRow.id)
    .join(DeliveryRow, DeliveryRow.approval_id == ApprovalRow.id)
    .join(UserRow, UserRow.id == ApprovalRow.approver_id)
    .where(
        MentionRow.id.in_(_LAST_POSTS),
        ApprovalRow.approved_at >= bindparam("since", type_=UtcDateTime()),
        ApprovalRow.approved_at < bindparam("until", type_=UtcDateTime()),
        DeliveryRow.status.not_in(ENDED_BADLY),
        DeliveryRow.text != "",
    )
    .order_by(DeliveryRow.id)
)


def posts_before(db: Session, post: MentionRow, *, limit: int) -> list[Post]:
    """The last ``limit`` posts that the customer wrote before this one, oldest first."""
    return _around(db, _BEFORE, post, limit)


def posts_after(db: Session, post: MentionRow, *, limit: int) -> list[Post]:
    """The last ``limit`` posts that the customer wrote after this one, oldest first."""
    return _around(db, _AFTER, post, limit)


def _around(db: Session, posts: Select[int, datetime, str, str, str, str], post: MentionRow, limit: int) -> list[Post]:
    here = {"case_id": post.case_id, "at": post.created_at, "id": post.id}
    return [Post(*row) for row in db.execute(posts.limit(limit), here)][::-1]


def replies_in_case(
    db: Session, case_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> list[Reply]:
    """Our replies in a case that are out, on their way, or may be out, approved in this time; oldest first.

    Those to the last ``ANSWERED`` posts before its end: what is asked must not grow with the case.
    """
    span = {"since": since or datetime.min.replace(tzinfo=UTC), "until": until or datetime.max.replace(tzinfo=UTC)}
    return [Reply(*row) for row in db.execute(_REPLIES, {"case_id": case_id} | span)]


def recent_deliveries(db: Session, *, limit: int = 100) -> list[Sending]:
    """The newest deliveries, and before them every one whose outcome a person must settle."""
    unknown = DeliveryRow.status == DeliveryStatus.UNKNOWN.value
    shown = DeliveryRow.status.not_in([DeliveryStatus.UNKNOWN.value, DeliveryStatus.CANCELLED.value])
    newest = _joined().order_by(DeliveryRow.id.desc()).limit(limit)
    return _sendings(db, newest.where(unknown)) + _sendings(db, newest.where(shown))


def _joined() -> Select[DeliveryRow, DraftRow, str]:
    return (
        select(DeliveryRow, DraftRow, UserRow.name)
        .join(ApprovalRow, ApprovalRow.id == DeliveryRow.approval_id)
        .join(DraftRow, DraftRow.id == ApprovalRow.draft_id)
        .join(MentionRow, MentionRow.id == DraftRow.mention_id)
        .join(UserRow, UserRow.id == ApprovalRow.approver_id)
    )


def _sendings(db: Session, query: Select[DeliveryRow, DraftRow, str]) -> list[Sending]:
    return [Sending(row[0], row[1], row[2]) for row in db.execute(query)]


def deliveries_by_status(db: Session) -> dict[str, int]:
    rows = db.execute(select(DeliveryRow.status, func.count()).group_by(DeliveryRow.status))
    return {row[0]: row[1] for row in rows}
