"""Everybody who ever edited a draft, whom four eyes bar; one new reply in the place of one that was taken down;
who told us to stop and was erased.
"""

import sqlalchemy as sa
from alembic import op

import core.store.base
from core.store.migrations import guards

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Of those that may still be approved, what the audit tells of earlier versions.
EDITED_BEFORE = """
    INSERT INTO draft_editors (draft_id, user_id)
    SELECT d.id, d.edited_by FROM drafts d WHERE d.edited_by IS NOT NULL
    UNION
    SELECT d.id, u.id FROM drafts d
    JOIN audit a ON a.subject = 'draft:' || CAST(d.id AS TEXT) AND a.action = 'draft.edited'
    JOIN users u ON u.name = a.actor
    WHERE d.status IN ('waiting', 'approved')
"""
EDITOR_ADDED = """
    INSERT INTO draft_editors (draft_id, user_id) SELECT NEW.id, NEW.edited_by
    WHERE NEW.edited_by IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM draft_editors e WHERE e.draft_id = NEW.id AND e.user_id = NEW.edited_by)
"""
# One of the two must have agreed to these very bytes in good time, and neither of them may ever have edited the reply.
TWO_AGREED = """
    SELECT 1 FROM agreements g
    WHERE g.draft_id = a.draft_id AND g.draft_version = a.draft_version AND g.sha256 = a.sha256
      AND g.revoked_at IS NULL AND g.expires_at > a.approved_at AND g.user_id <> a.approver_id
      AND NOT EXISTS (
        SELECT 1 FROM draft_editors e WHERE e.draft_id = a.draft_id AND e.user_id IN (g.user_id, a.approver_id))
"""
ONE_ALONE = f"""
    SELECT 1 FROM approvals a JOIN drafts d ON d.id = a.draft_id
    WHERE a.id = NEW.approval_id AND d.four_eyes <> '' AND NOT EXISTS ({TWO_AGREED})
"""
LIVE = "status IN ('approved', 'sending', 'sent', 'unknown') AND taken_down_at IS NULL"
TAKEN_DOWN = "taken_down_at IS NOT NULL"
# The platform may show what was taken down a while longer: read back, the same words would be taken for the new reply.
SAME_AGAIN = """
    SELECT 1 FROM deliveries t
    WHERE t.platform = NEW.platform AND t.target_id = NEW.target_id AND t.occasion = NEW.occasion
      AND t.sha256 = NEW.sha256 AND t.taken_down_at IS NOT NULL
"""
# name, table, event, the condition under which it is refused, what is said; those of an older name take its place
REPLACED = (
    ("delivery_has_four_eyes", "deliveries", "INSERT", f"EXISTS ({ONE_ALONE})", "this reply needs a second person"),
)
GUARDS = (
    ("delivery_says_another", "deliveries", "INSERT", f"EXISTS ({SAME_AGAIN})", "these words were taken down"),
    (
        "delivery_was_out",
        "deliveries",
        "UPDATE",
        "NEW.taken_down_at IS NOT NULL AND OLD.taken_down_at IS NULL AND OLD.status <> 'sent'",
        "only a reply that is out can be taken down",
    ),
    (
        "delivery_stays_down",
        "deliveries",
        "UPDATE",
        "OLD.taken_down_at IS NOT NULL AND (NEW.taken_down_at IS NULL OR NEW.taken_down_at <> OLD.taken_down_at)",
        "a reply is taken down once",
    ),
    (
        "editor_stays",
        "draft_editors",
        "DELETE",
        "EXISTS (SELECT 1 FROM drafts d WHERE d.id = OLD.draft_id)",
        "who edited a draft is kept as long as the draft",
    ),
    ("editor_is_sealed", "draft_editors", "UPDATE", "1 = 1", "who edited a draft never changes"),
)


def upgrade() -> None:
    op.create_table(
        "draft_editors",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_draft_editors_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_draft_editors_user_id")),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_draft_editors")),
    )
    op.create_table(
        "stops",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("at", core.store.base.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_stops")),
    )
    op.execute(EDITED_BEFORE)
    op.create_index("ix_deliveries_started", "deliveries", ["started_at"])
    op.drop_index("uq_deliveries_live_target", "deliveries")
    place = ["platform", "target_id", "occasion"]
    for name, which, unique in (
        ("uq_deliveries_live_target", LIVE, True),
        ("ix_deliveries_taken_down", TAKEN_DOWN, False),
    ):
        where = sa.text(which)
        op.create_index(name, "deliveries", place, unique=unique, sqlite_where=where, postgresql_where=where)
    _kept_by_itself(postgresql=op.get_bind().dialect.name == "postgresql")
    for guard in REPLACED:
        guards.put(*guard, replace=True)
    for guard in GUARDS:
        guards.put(*guard)


def _kept_by_itself(*, postgresql: bool) -> None:
    if postgresql:
        op.execute(
            f"CREATE FUNCTION draft_editor_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {EDITOR_ADDED}; "
            "RETURN NULL; END $$"
        )
    for name, event in (("draft_written_by", "INSERT"), ("draft_edited_by", "UPDATE OF edited_by")):
        act = "EXECUTE FUNCTION draft_editor_added()" if postgresql else f"BEGIN {EDITOR_ADDED}; END"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON drafts FOR EACH ROW {act}")


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
