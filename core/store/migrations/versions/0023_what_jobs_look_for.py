"""What jobs ask for every few seconds, from indexes: drafts to be drawn again, and posts that speak of danger."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_drafts_sheet", "drafts", ["status", "incident_id", "sheet_version"])
    op.create_index("ix_readings_impact", "readings", ["impact", "read_at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the update")
