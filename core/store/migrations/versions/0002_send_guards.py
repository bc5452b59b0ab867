"""The database's own word on sending: no delivery without an approval of the same bytes, no status move off the list."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BOUND = ("approval_id", "text", "sha256", "platform", "target_id", "account", "key")
APPROVED = """
    SELECT 1 FROM approvals a
    WHERE a.id = NEW.approval_id AND a.revoked_at IS NULL AND a.text = NEW.text AND a.sha256 = NEW.sha256
      AND a.platform = NEW.platform AND a.target_id = NEW.target_id AND a.account = NEW.account
"""
# Kept in step with core.domain.draft.DELIVERY_MOVES by a test that tries every pair.
MOVES = {
    "approved": ("sending", "cancelled", "refused"),
    "sending": ("sent", "refused", "unknown", "approved"),
    "unknown": ("sent", "refused"),
}
LEGAL = " OR ".join(
    f"(OLD.status = '{old}' AND NEW.status IN ({', '.join(repr(new) for new in news)}))" for old, news in MOVES.items()
)
CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in BOUND)
SEALED = ("text", "sha256", "platform", "target_id", "account", "publisher", "approver_id", "draft_id", "draft_version")
APPROVAL_CHANGED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in SEALED)

# name, table, event, the condition under which it is refused, what is said
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
        "delivery_moves",
        "deliveries",
        "UPDATE",
        f"NEW.status <> OLD.status AND NOT ({LEGAL})",
        "not a legal move of a delivery",
    ),
    (
        "delivery_sends_approved",
        "deliveries",
        "UPDATE",
        f"NEW.status = 'sending' AND OLD.status <> 'sending' AND NOT EXISTS ({APPROVED})",
        "the approval was revoked",
    ),
    ("delivery_stays", "deliveries", "DELETE", "1 = 1", "deliveries are not deleted"),
    (
        "approval_is_sealed",
        "approvals",
        "UPDATE",
        f"{APPROVAL_CHANGED} OR OLD.revoked_at IS NOT NULL",
        "an approval is only ever revoked, once",
    ),
    ("approval_stays", "approvals", "DELETE", "1 = 1", "approvals are not deleted"),
    ("audit_stays", "audit", "DELETE", "1 = 1", "the audit trail is append-only"),
    ("audit_is_sealed", "audit", "UPDATE", "1 = 1", "the audit trail is append-only"),
)


def upgrade() -> None:
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
