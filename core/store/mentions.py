"""Mentions and their readings."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, false, func, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.domain import About, Eligibility, Emotion, Impact, Intent, Mention, MentionStatus, Reading, Sentiment
from core.store.base import Base
from core.store.cases import CaseRow


class MentionRow(Base):
    __tablename__ = "mentions"
    __table_args__ = (
        UniqueConstraint("platform", "external_id"),
        Index("ix_mentions_status", "status", "id"),
        Index("ix_mentions_author", "platform", "author"),
        Index("ix_mentions_case", "case_id", "created_at"),
        Index("ix_mentions_created", "brand", "created_at"),
        Index("ix_mentions_looked", "source", "created_at", "looked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    brand: Mapped[str]
    source: Mapped[str]
    platform: Mapped[str]
    external_id: Mapped[str]
    author: Mapped[str]
    author_id: Mapped[str]
    author_name: Mapped[str]
    followers: Mapped[int | None] = mapped_column(BigInteger)  # counts of some platforms pass 32 bits
    text: Mapped[str] = mapped_column(Text)
    url: Mapped[str]
    in_reply_to: Mapped[str | None]
    conversation_id: Mapped[str | None]
    quoted_id: Mapped[str | None]
    language: Mapped[str | None]
    community: Mapped[str]
    eligible: Mapped[str]
    named: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # handles beside ours
    shares: Mapped[int] = mapped_column(default=0)  # reposts folded into this one
    status: Mapped[str] = mapped_column(default=MentionStatus.NEW)
    created_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    relevance: Mapped[float | None]  # 0..1, whether it is about the brand at all; None: nothing tells
    relevant: Mapped[bool] = mapped_column(default=True, server_default=true())  # else: kept, not drafted, not counted
    spam_score: Mapped[float | None]  # 0..1, None before it is read
    spam: Mapped[bool] = mapped_column(default=False, server_default=false())  # comes later in the queue, never hidden
    looked_at: Mapped[datetime | None]  # when its source said last that it is there; None: soon to be asked
    gone: Mapped[str] = mapped_column(default="", server_default="")  # a Gone, once its words are erased
    gone_at: Mapped[datetime | None]

    reading: Mapped["ReadingRow | None"] = relationship(lazy="joined", viewonly=True)
    case: Mapped[CaseRow | None] = relationship(viewonly=True)


class ReadingRow(Base):
    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_impact", "impact", "read_at"),)

    mention_id: Mapped[int] = mapped_column(ForeignKey("mentions.id"), primary_key=True)
    sentiment: Mapped[str]
    sentiment_score: Mapped[float]
    emotion: Mapped[str]
    intents: Mapped[list[Any]]
    outage: Mapped[bool]
    outage_score: Mapped[float]
    angry: Mapped[bool]
    angry_score: Mapped[float]
    impact: Mapped[str]
    about: Mapped[str]
    language: Mapped[str]
    confidence: Mapped[float]
    model: Mapped[str]
    read_at: Mapped[datetime]

    def value(self) -> Reading:
        return Reading(
            sentiment=Sentiment(self.sentiment),
            sentiment_score=self.sentiment_score,
            emotion=Emotion(self.emotion),
            intents=tuple(Intent(intent) for intent in self.intents),
            outage=self.outage,
            outage_score=self.outage_score,
            angry=self.angry,
            angry_score=self.angry_score,
            impact=Impact(self.impact),
            about=About(self.about),
            language=self.language,
            confidence=self.confidence,
            model=self.model,
        )


def insert_or_ignore(db: Session, table: Any, values: dict[str, Any]) -> Any:
    """An INSERT that does nothing when a unique key is taken; add ``returning`` to see whether it did."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table).values(**values).on_conflict_do_nothing()


def keep(db: Session, mention: Mention, *, brand: str, source: str, case_id: int, now: datetime) -> int | None:
    """Stores a mention unless it is there already; returns its row id, or None for one already kept."""
    fields = ("external_id", "author", "author_id", "author_name", "followers", "text", "url", "in_reply_to")
    more = ("conversation_id", "quoted_id", "language", "community", "created_at")
    values = {name: getattr(mention, name) for name in (*fields, *more)}
    values |= {"brand": brand, "source": source, "platform": mention.platform.value, "eligible": mention.eligible.value}
    values |= {"shares": 0, "status": MentionStatus.NEW.value, "fetched_at": now, "looked_at": now}
    values["case_id"] = case_id
    values["named"] = list(mention.named)
    return db.execute(insert_or_ignore(db, MentionRow, values).returning(MentionRow.id)).scalar_one_or_none()


def find(db: Session, platform: str, external_id: str) -> MentionRow | None:
    return db.scalar(select(MentionRow).where(MentionRow.platform == platform, MentionRow.external_id == external_id))


def known(db: Session, platform: str, external_ids: Iterable[str]) -> set[str]:
    """Which of these ids are kept already."""
    rows = select(MentionRow.external_id).where(
        MentionRow.platform == platform, MentionRow.external_id.in_(list(external_ids))
    )
    return set(db.scalars(rows))


def widen_eligibility(db: Session, mention: Mention) -> None:
    """A post first met in a search may come again in our own mentions: then a reply to it is allowed, and drafted."""
    if mention.eligible is Eligibility.NONE:
        return
    row = find(db, mention.platform.value, mention.external_id)
    if row is not None and row.eligible == Eligibility.NONE.value and not row.gone:
        db.refresh(row, ["status", "relevant"], with_for_update=True)  # it may be read at this moment
        row.eligible = mention.eligible.value
        if not row.relevant:  # who addresses us is about us: read again, counted this time
            row.relevant, row.status = True, MentionStatus.NEW.value
        elif row.status == MentionStatus.WATCHED.value:
            row.status = MentionStatus.READ.value


def addressed_by_now(db: Session, mention_id: int) -> bool:
    """Whether its author addressed us, as far as any source told until now; stays so until the transaction ends."""
    told = select(MentionRow.eligible).where(MentionRow.id == mention_id)
    return db.scalar(told.with_for_update()) != Eligibility.NONE.value


def with_status(db: Session, status: MentionStatus, *, limit: int, brand: str | None = None) -> Sequence[MentionRow]:
    """The oldest mentions in one state, of one brand or of all."""
    rows = select(MentionRow).where(MentionRow.status == status.value).order_by(MentionRow.id).limit(limit)
    return db.scalars(rows.where(MentionRow.brand == brand) if brand is not None else rows).all()


def move(db: Session, mention_id: int, *, expect: MentionStatus, to: MentionStatus) -> bool:
    """Compare-and-set of a mention's status; False when somebody else moved it first."""
    done = db.execute(
        update(MentionRow)
        .where(MentionRow.id == mention_id, MentionRow.status == expect.value)
        .values(status=to.value)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def save_reading(db: Session, mention_id: int, reading: Reading, *, now: datetime) -> None:
    """Writes the reading of a mention, in place of an older one."""
    row = db.get(ReadingRow, mention_id) or ReadingRow(mention_id=mention_id)
    for name in ReadingRow.__table__.columns.keys():  # noqa: SIM118 - a column collection iterates over columns
        if name not in ("mention_id", "read_at", "intents"):
            setattr(row, name, getattr(reading, name))
    row.intents = [intent.value for intent in reading.intents]
    row.read_at = now
    db.add(row)


def note(db: Session, mention_id: int, **values: Any) -> None:
    """Keeps what was found about a mention besides its reading: relevance, spam."""
    db.execute(
        update(MentionRow)
        .where(MentionRow.id == mention_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def newest_words(db: Session, *, limit: int) -> list[tuple[str, str]]:
    """Author and text of the newest mentions."""
    here = select(MentionRow.author, MentionRow.text).where(MentionRow.gone == "")
    rows = db.execute(here.order_by(MentionRow.id.desc()).limit(limit))
    return [(row.author, row.text) for row in rows]


def of_case(db: Session, case_id: int) -> Sequence[MentionRow]:
    """All mentions of a case that still have their words, oldest first."""
    rows = select(MentionRow).where(MentionRow.case_id == case_id, MentionRow.gone == "")
    return db.scalars(rows.order_by(MentionRow.created_at, MentionRow.id)).all()


def any_gone(db: Session, ids: Iterable[int]) -> bool:
    """Whether words of one of these were erased; until the transaction ends, no more are."""
    rows = select(MentionRow.gone).where(MentionRow.id.in_(list(ids))).order_by(MentionRow.id)
    return any(db.scalars(rows.with_for_update(read=True)))


def by_ids(db: Session, ids: Iterable[int]) -> dict[int, MentionRow]:
    return {row.id: row for row in db.scalars(select(MentionRow).where(MentionRow.id.in_(list(ids))))}


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(MentionRow)) or 0
