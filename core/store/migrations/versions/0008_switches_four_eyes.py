"""Switches that stop sending, the second pair of eyes, and what was found when a sent reply was looked at."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)
# One of the two must have agreed to these very bytes in good time, and neither of them may have written them.
TWO_AGREED = """
    SELECT 1 FROM agreements g
    WHERE g.draft_id = a.draft_id AND g.draft_version = a.draft_version AND g.sha256 = a.sha256
      AND g.revoked_at IS NULL AND g.expires_at > a.approved_at AND g.user_id <> a.approver_id
      AND (d.edited_by IS NULL OR (d.edited_by <> g.user_id AND d.edited_by <> a.approver_id))
"""
ONE_ALONE = f"""
    SELECT 1 FROM approvals a JOIN drafts d ON d.id = a.draft_id
    WHERE a.id = NEW.approval_id AND d.four_eyes <> '' AND NOT EXISTS ({TWO_AGREED})
"""
SWITCHED_OFF = """
    SELECT 1 FROM switches s
    WHERE s.scope = 'all'
       OR (s.scope = 'account' AND s.key = (SELECT a.publisher FROM approvals a WHERE a.id = NEW.approval_id))
       OR (s.scope = 'incident' AND s.key = (
            SELECT CAST(d.incident_id AS TEXT) FROM approvals a JOIN drafts d ON d.id = a.draft_id
            WHERE a.id = NEW.approval_id))
"""
SEALED = ("draft_id", "draft_version", "sha256", "user_id", "agreed_at", "expires_at")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in SEALED)
# name, table, event, the condition under which it is refused, what is said
GUARDS = (
    ("delivery_has_four_eyes", "deliveries", "INSERT", f"EXISTS ({ONE_ALONE})", "this reply needs a second person"),
    (
        "delivery_not_switched_off",
        "deliveries",
        "UPDATE",
        f"NEW.status = 'sending' AND OLD.status <> 'sending' AND EXISTS ({SWITCHED_OFF})",
        "sending is switched off",
    ),
    (
        "four_eyes_stay",
        "drafts",
        "UPDATE",
        "OLD.four_eyes <> '' AND NEW.four_eyes = '' AND NEW.version = OLD.version",
        "only another version of a reply can do without a second person",
    ),
    (
        "agreement_is_sealed",
        "agreements",
        "UPDATE",
        f"{CHANGED} OR OLD.revoked_at IS NOT NULL",
        "an agreement is only ever revoked, once",
    ),
    ("agreement_stays", "agreements", "DELETE", "1 = 1", "agreements are not deleted"),
)


def upgrade() -> None:
    op.create_table(
        "switches",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_switches")),
    )
    op.create_table(
        "agreements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", NOW, nullable=False),
        sa.Column("expires_at", NOW, nullable=False),
        sa.Column("revoked_at", NOW, nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_agreements_draft_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_agreements_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index("ix_agreements_draft", "agreements", ["draft_id", "draft_version"])
    op.add_column("drafts", sa.Column("four_eyes", sa.String(), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("looked_at", NOW, nullable=True))
    op.add_column("deliveries", sa.Column("differs", sa.Text(), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("taken_down_at", NOW, nullable=True))
    op.add_column("deliveries", sa.Column("taken_down", sa.String(), nullable=False, server_default=""))
    for guard in GUARDS:
        if op.get_bind().dialect.name == "postgresql":
            _postgresql(*guard)
        else:
            _sqlite(*guard)


def _sqlite(name: str, table: str, event: str, refuse: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refuse} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(name: str, table: str, event: str, refuse: str, message: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refuse} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
        f"RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
