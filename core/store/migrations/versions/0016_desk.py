"""The queue as a team works through it: who has a case, put off, handed up, noted; the list itself, saved filters.

``waiting`` and ``waiting_words`` hold what the list of waiting drafts is ordered, chosen and searched by, narrow enough
to be read whole for every count. The database keeps them in step with the drafts by itself, whoever writes those.
"""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)
COLUMNS = (
    "draft_id, rank, since, case_id, platform, language, incident_id, stage, safety, anger, contacts, blocked, "
    "owner_id, wakes_at, escalated"
)
PLACE = """
    d.id, -d.priority, d.waiting_since, m.case_id, m.platform, COALESCE(r.language, m.language, 'und'), d.incident_id,
    d.stage, COALESCE(d.persona = 'safety' OR r.impact = 'safety', d.persona = 'safety'),
    COALESCE(r.outage AND r.angry, FALSE), COALESCE(c.contacts, 1), NOT d.passed, c.owner_id, c.snoozed_until,
    c.escalated_at IS NOT NULL
"""
WORDS = "d.id, lower(m.author || '\n' || m.author_name || '\n' || m.text || '\n' || d.text)"
DRAFTS = """
    drafts d JOIN mentions m ON m.id = d.mention_id LEFT JOIN readings r ON r.mention_id = m.id
    LEFT JOIN cases c ON c.id = m.case_id
"""

WAITS = "d.status || '' = 'waiting'"  # not by an index of the status: one draft is asked for, and its key is quicker


def listed(which: str) -> tuple[str, ...]:
    """Statements that list the waiting ones among some drafts."""
    return (
        f"INSERT INTO waiting ({COLUMNS}) SELECT {PLACE} FROM {DRAFTS} WHERE {WAITS} AND {which}",
        f"INSERT INTO waiting_words (draft_id, words) SELECT {WORDS} FROM {DRAFTS} WHERE {WAITS} AND {which}",
    )


def listed_anew(which: str) -> tuple[str, ...]:
    gone = f"WHERE draft_id IN (SELECT d.id FROM drafts d WHERE {which})"
    return (f"DELETE FROM waiting {gone}", f"DELETE FROM waiting_words {gone}", *listed(which))


CASE_MOVED = """
    UPDATE waiting SET contacts = NEW.contacts, owner_id = NEW.owner_id, wakes_at = NEW.snoozed_until,
        escalated = (NEW.escalated_at IS NOT NULL) WHERE case_id = NEW.id
"""
# A plan made while the tables are empty is kept for the session: without this it would read them whole for every row.
BY_KEY = "SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
# name, table, event, statements
KEPT = (
    ("waiting_draft_added", "drafts", "INSERT", listed("d.id = NEW.id")),
    (
        "waiting_draft_changed",
        "drafts",
        "UPDATE OF status, priority, waiting_since, stage, persona, passed, incident_id, text",
        listed_anew("d.id = NEW.id"),
    ),
    ("waiting_post_changed", "mentions", "UPDATE OF author, author_name, text, case_id", listed_anew("d.mention_id = NEW.id")),
    (
        "waiting_reading_changed",
        "readings",
        "UPDATE OF outage, angry, impact, language",
        listed_anew("d.mention_id = NEW.mention_id"),
    ),
    (
        "waiting_case_changed",
        "cases",
        "UPDATE OF contacts, owner_id, snoozed_until, escalated_at",
        (CASE_MOVED,),
    ),
)  # fmt: skip


def upgrade() -> None:
    for column in ("snoozed_until", "escalated_at"):
        op.add_column("cases", sa.Column(column, NOW, nullable=True))
    for column in ("snoozed_by", "escalated_by", "escalation"):
        op.add_column("cases", sa.Column(column, sa.String(), nullable=False, server_default=""))
    put_off = sa.text("snoozed_until IS NOT NULL")
    op.create_index("ix_cases_snoozed", "cases", ["snoozed_until"], sqlite_where=put_off, postgresql_where=put_off)
    _notes()
    _saved_filters()
    _list()
    for statement in listed("1 = 1"):
        op.execute(statement)
    for name, table, event, statements in KEPT:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {BY_KEY} "
                f"AS $$ BEGIN {'; '.join(statements)}; RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
        else:
            op.execute(
                f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW BEGIN {'; '.join(statements)}; END"
            )


def _notes() -> None:
    op.create_table(
        "case_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_case_notes_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index("ix_case_notes_case_id", "case_notes", ["case_id"])


def _saved_filters() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("made_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_filters_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filters_user_id_name")),
    )


def _list() -> None:
    op.create_table(
        "waiting",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", NOW, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("safety", sa.Boolean(), nullable=False),
        sa.Column("anger", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("wakes_at", NOW, nullable=True),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_waiting_draft_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_waiting")),
    )
    order = ["rank", "since", "draft_id", "wakes_at", "owner_id", "safety", "anger", "contacts", "blocked", "escalated"]
    op.create_index("ix_waiting_order", "waiting", [*order, "platform", "language", "incident_id", "stage"])
    op.create_index("ix_waiting_case_id", "waiting", ["case_id"])
    op.create_table(
        "waiting_words",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_waiting_words_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_waiting_words")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
