"""Promises and follow-ups, addresses that are watched, promotions on hold; a post may get one reply an occasion."""

import sqlalchemy as sa
from alembic import op

import core.store.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)
LIVE = sa.text("status IN ('approved', 'sending', 'sent', 'unknown')")
STANDING = sa.text("released_at IS NULL")

# As in 0002, with the occasion among what an approval and its delivery are bound to.
APPROVED = """
    SELECT 1 FROM approvals a
    WHERE a.id = NEW.approval_id AND a.revoked_at IS NULL AND a.text = NEW.text AND a.sha256 = NEW.sha256
      AND a.platform = NEW.platform AND a.target_id = NEW.target_id AND a.account = NEW.account
      AND a.occasion = NEW.occasion
"""
BOUND = ("approval_id", "text", "sha256", "platform", "target_id", "account", "key", "occasion")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in BOUND)
SEALED = (
    "text", "sha256", "platform", "target_id", "account", "publisher", "approver_id", "draft_id", "draft_version",
    "occasion",
)  # fmt: skip
APPROVAL_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in SEALED)
GUARDS = (
    (
        "delivery_is_approved",
        "deliveries",
        "INSERT",
        f"NEW.status <> 'approved' OR NOT EXISTS ({APPROVED})",
        "no delivery without a standing approval of the same bytes, target and account",
    ),
    ("delivery_is_bound", "deliveries", "UPDATE", CHANGED, "a delivery never changes what it delivers"),
    (
        "delivery_sends_approved",
        "deliveries",
        "UPDATE",
        f"NEW.status = 'sending' AND OLD.status <> 'sending' AND NOT EXISTS ({APPROVED})",
        "the approval was revoked",
    ),
    (
        "approval_is_sealed",
        "approvals",
        "UPDATE",
        f"{APPROVAL_CHANGED} OR OLD.revoked_at IS NOT NULL",
        "an approval is only ever revoked, once",
    ),
)


def upgrade() -> None:
    _occasions()
    _promises()
    _follow_ups()
    op.create_table(
        "links",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("checked_at", NOW, nullable=False),
        sa.Column("since", NOW, nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_links")),
    )
    _promotions()


def _occasions() -> None:
    for table in ("drafts", "approvals", "deliveries"):
        op.add_column(table, sa.Column("occasion", sa.String(), nullable=False, server_default=""))
    op.drop_index("uq_deliveries_live_target", table_name="deliveries")
    op.create_index(
        "uq_deliveries_live_target",
        "deliveries",
        ["platform", "target_id", "occasion"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    for name, table, event, refuse, message in GUARDS:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {refuse} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
                "RETURN NEW; END $$"
            )
        else:
            op.execute(f"DROP TRIGGER {name}")
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refuse} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_at", NOW, nullable=False),
        sa.Column("supposed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("made_at", NOW, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("settled_at", NOW, nullable=True),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_promises_incident_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_promises_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_incident_id"), "promises", ["incident_id"])
    op.create_index("ix_promises_due", "promises", ["status", "due_at"])
    op.create_table(
        "promise_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("made_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_promise_words_promise_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_promise_words_approval_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_promise_words_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_words")),
        sa.UniqueConstraint("source", "start", name=op.f("uq_promise_words_source_start")),
    )
    op.create_index(op.f("ix_promise_words_promise_id"), "promise_words", ["promise_id"])
    op.create_index(op.f("ix_promise_words_approval_id"), "promise_words", ["approval_id"])
    op.create_table(
        "promise_readings",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_promise_readings")),
    )


def _follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("promise_id", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("updated_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_follow_ups_case_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_follow_ups_incident_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_follow_ups_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("case_id", "occasion", name=op.f("uq_follow_ups_case_id_occasion")),
    )
    op.create_index(op.f("ix_follow_ups_promise_id"), "follow_ups", ["promise_id"])
    op.create_index(op.f("ix_follow_ups_draft_id"), "follow_ups", ["draft_id"])
    op.create_index("ix_follow_ups_status", "follow_ups", ["status", "id"])


def _promotions() -> None:
    op.create_table(
        "promotion_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_by", sa.String(), nullable=False),
        sa.Column("began_at", NOW, nullable=False),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.Column("released_at", NOW, nullable=True),
        sa.Column("override", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_promotion_holds_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_holds")),
    )
    op.create_index(op.f("ix_promotion_holds_incident_id"), "promotion_holds", ["incident_id"])
    op.create_index(
        "uq_promotion_holds_standing",
        "promotion_holds",
        ["brand"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_table(
        "promotions_held",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("promotion", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("scheduled_at", NOW, nullable=True),
        sa.Column("asked_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["promotion_holds.id"], name=op.f("fk_promotions_held_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions_held")),
        sa.UniqueConstraint("hold_id", "promotion", name=op.f("uq_promotions_held_hold_id_promotion")),
    )
    op.create_index(op.f("ix_promotions_held_hold_id"), "promotions_held", ["hold_id"])
    op.create_table(
        "promotion_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", NOW, nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("made_at", NOW, nullable=False),
        sa.Column("ended_at", NOW, nullable=True),
        sa.ForeignKeyConstraint(["hold_id"], ["promotion_holds.id"], name=op.f("fk_promotion_calls_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_calls")),
        sa.UniqueConstraint("hold_id", "event", "url", name=op.f("uq_promotion_calls_hold_id_event_url")),
    )
    op.create_index("ix_promotion_calls_due", "promotion_calls", ["status", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
