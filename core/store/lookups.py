"""Whether posts are still there on their platform: which ones it is time to ask about, and how the asking goes."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.domain import DraftStatus
from core.store.base import Base
from core.store.drafts import DraftRow
from core.store.mentions import MentionRow, insert_or_ignore

_APART = {"synchronize_session": False}


class LookupRow(Base):
    """How one source fares. ``posts``: how many it was asked about on ``day``; some platforms take money for each."""

    __tablename__ = "lookups"

    source: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date | None]  # UTC
    posts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    not_before: Mapped[datetime | None]  # back-off after a failure
    problem: Mapped[str] = mapped_column(default="")

    def asked_on(self, now: datetime) -> int:
        """How many posts it was asked about on the day that ``now`` falls in."""
        return self.posts if self.day == now.astimezone(UTC).date() else 0

    def count(self, posts: int, now: datetime) -> None:
        self.posts, self.day, self.asked_at = self.asked_on(now) + posts, now.astimezone(UTC).date(), now


class Post(NamedTuple):
    """A post by its row and by its platform's own id."""

    id: int
    external_id: str


def of(db: Session, source: str) -> LookupRow:
    """The row of a source, made on first use; nobody else changes it until this transaction ends."""
    db.execute(insert_or_ignore(db, LookupRow, {"source": source, "posts": 0, "failures": 0, "problem": ""}))
    return db.get_one(LookupRow, source, with_for_update=True, populate_existing=True)


def problems(db: Session) -> dict[str, str]:
    """What is wrong with asking, by source."""
    rows = db.execute(select(LookupRow.source, LookupRow.problem).where(LookupRow.problem != ""))
    return {row.source: row.problem for row in rows}


def due(
    db: Session, source: str, *, since: datetime, before: datetime, waiting_before: datetime, limit: int,
    only_unsent: bool = False,
) -> list[Post]:  # fmt: skip
    """Posts that a source brought, written after ``since`` and last seen ``before``, the newest first.

    Ahead of them come those that a sender did not find, whose reply is approved, or waits and was last seen
    ``waiting_before``; with ``only_unsent`` none but these.
    """
    posts = (
        select(MentionRow.id, MentionRow.external_id)
        .where(MentionRow.source == source, MentionRow.created_at >= since, MentionRow.gone == "")
        .order_by(MentionRow.created_at.desc(), MentionRow.id.desc())
        .limit(limit)
    )
    first = or_(
        MentionRow.looked_at.is_(None),
        and_(_drafted(DraftStatus.APPROVED), _not_since(before)),
        and_(_drafted(DraftStatus.WAITING), _not_since(waiting_before)),
    )
    found = [Post(*row) for row in db.execute(posts.where(first))]
    if not only_unsent and len(found) < limit:
        found += [Post(*row) for row in db.execute(posts.where(_not_since(before)))]
    return list(dict.fromkeys(found))[:limit]


def _drafted(status: DraftStatus) -> ColumnElement[bool]:
    return MentionRow.id.in_(select(DraftRow.mention_id).where(DraftRow.status == status.value))


def _not_since(moment: datetime) -> ColumnElement[bool]:
    return or_(MentionRow.looked_at.is_(None), MentionRow.looked_at < moment)


def missed(db: Session, platform: str, external_id: str) -> None:
    """A sender did not find this post: its source is asked at its next turn, and only what that says counts."""
    here = update(MentionRow).where(MentionRow.platform == platform, MentionRow.external_id == external_id)
    db.execute(here.where(MentionRow.gone == "").values(looked_at=None), execution_options=_APART)


def looked(db: Session, ids: Collection[int], *, at: datetime) -> None:
    """Remembers when these posts, as far as they are here, were last seen."""
    here = update(MentionRow).where(MentionRow.id.in_(ids), MentionRow.gone == "").values(looked_at=at)
    db.execute(here, execution_options=_APART)
