"""What the front-line pack asks of the rows: the posts that ask something, and how the anger stands."""

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from core.domain import Intent
from core.store.cases import CaseRow
from core.store.mentions import MentionRow, ReadingRow

ASKING = (Intent.STATUS_QUESTION, Intent.QUESTION, Intent.SUPPORT_REQUEST, Intent.COMPENSATION_REQUEST)


def _intents(*wanted: Intent) -> list[ColumnElement[bool]]:
    return [cast(ReadingRow.intents, Text).contains(f'"{intent.value}"') for intent in wanted]


def asking(db: Session, incident_id: int, *, limit: int = 2000) -> list[tuple[str, str]]:
    """Text and language of the posts of an incident that ask something, newest first."""
    rows = (
        select(MentionRow.text, ReadingRow.language)
        .join(CaseRow, CaseRow.id == MentionRow.case_id)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(
            CaseRow.incident_id == incident_id, MentionRow.relevant, MentionRow.spam.is_(False), MentionRow.gone == ""
        )
        .where(or_(*_intents(*ASKING), MentionRow.text.contains("?")))
        .order_by(MentionRow.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.execute(rows)]


def angry_and_leaving(db: Session, incident_id: int) -> tuple[int, int]:
    """How many posts of an incident are angry, and how many customers threaten to leave."""
    row = db.execute(
        select(
            func.count().filter(ReadingRow.angry),
            func.count(MentionRow.case_id.distinct()).filter(*_intents(Intent.CHURN_THREAT)),
        )
        .select_from(MentionRow)
        .join(CaseRow, CaseRow.id == MentionRow.case_id)
        .join(ReadingRow, ReadingRow.mention_id == MentionRow.id)
        .where(CaseRow.incident_id == incident_id, MentionRow.relevant)
    ).one()
    return int(row[0]), int(row[1])
