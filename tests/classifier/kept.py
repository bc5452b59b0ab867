"""What was kept of a mention."""

from core.store.mentions import MentionRow
from tests.factories import Database


def row(database: Database, mention: int) -> MentionRow:
    with database.store.read() as db:
        return db.get_one(MentionRow, mention)
