"""Posts whose words are erased: the database lets go of the words, and never again drafts for or sends to such a post."""

import sqlalchemy as sa
from alembic import op

import core.store.base
from core.store.migrations import guards

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NOW = core.store.base.UtcDateTime(timezone=True)

POST_GONE = "SELECT 1 FROM mentions m WHERE m.id = NEW.mention_id AND m.gone <> ''"
TARGET_GONE = """
    SELECT 1 FROM approvals a JOIN drafts d ON d.id = a.draft_id JOIN mentions m ON m.id = d.mention_id
    WHERE a.id = NEW.approval_id AND m.gone <> ''
"""
APPROVED_OF_GONE = """
    SELECT 1 FROM drafts d JOIN mentions m ON m.id = d.mention_id WHERE d.id = NEW.draft_id AND m.gone <> ''
"""
# As in 0006, but that the words go with the post; their hash stays.
BOUND = ("approval_id", "sha256", "platform", "target_id", "account", "key", "occasion")
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in BOUND)
SEALED = (
    *("sha256", "platform", "target_id", "account", "publisher", "approver_id", "draft_id", "draft_version"),
    "occasion",
)
APPROVAL_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in SEALED)
EMPTIED = f"(NEW.text = '' AND EXISTS ({APPROVED_OF_GONE}))"
REVOKED_TWICE = f"""
    (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at <> OLD.revoked_at OR NOT {EMPTIED}))
"""
# Who decided what kind of thing, and when, stays; the hash is still that of the whole row.
KEPT = ("id", "at", "actor", "action", "previous", "hash")
NOTHING_LEFT = "'{\"erased\": true}'"
AUDIT_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in KEPT)

# name, table, event, the condition under which it is refused, what is said; those of an older name take its place
REPLACED = (
    (
        "delivery_is_bound",
        "deliveries",
        "UPDATE",
        f"{CHANGED} OR (NEW.text <> OLD.text AND NOT (NEW.text = '' AND EXISTS ({TARGET_GONE})))",
        "a delivery never changes what it delivers",
    ),
    (
        "approval_is_sealed",
        "approvals",
        "UPDATE",
        f"{APPROVAL_CHANGED} OR (NEW.text <> OLD.text AND NOT {EMPTIED}) OR {REVOKED_TWICE}",
        "an approval is only ever revoked, once",
    ),
    (
        "audit_is_sealed",
        "audit",
        "UPDATE",
        f"{AUDIT_CHANGED} OR NEW.subject NOT IN (OLD.subject, 'erased') OR CAST(NEW.detail AS TEXT) <> {NOTHING_LEFT}",
        "the audit trail is append-only",
    ),
)
GUARDS = (
    (
        "mention_stays_gone",
        "mentions",
        "UPDATE",
        "OLD.gone <> '' AND (NEW.gone = '' OR NEW.status <> 'gone' OR NEW.text <> '' OR NEW.author <> '')",
        "a post that is gone does not come back",
    ),
    *(
        (
            f"draft_has_a_post_{event.lower()}",
            "drafts",
            event,
            f"NEW.status IN ('waiting', 'approved') AND EXISTS ({POST_GONE})",
            "the post is gone",
        )
        for event in ("INSERT", "UPDATE")
    ),
    ("delivery_has_a_post", "deliveries", "INSERT", f"EXISTS ({TARGET_GONE})", "the post is gone"),
    (
        "delivery_sends_to_a_post",
        "deliveries",
        "UPDATE",
        f"NEW.status = 'sending' AND OLD.status <> 'sending' AND EXISTS ({TARGET_GONE})",
        "the post is gone",
    ),
)


def upgrade() -> None:
    op.add_column("mentions", sa.Column("looked_at", NOW, nullable=True))
    op.execute("UPDATE mentions SET looked_at = fetched_at")
    op.add_column("mentions", sa.Column("gone", sa.String(), nullable=False, server_default=""))
    op.add_column("mentions", sa.Column("gone_at", NOW, nullable=True))
    op.create_index("ix_mentions_looked", "mentions", ["source", "created_at", "looked_at"])
    for guard in REPLACED:
        guards.put(*guard, replace=True)
    for guard in GUARDS:
        guards.put(*guard)


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
